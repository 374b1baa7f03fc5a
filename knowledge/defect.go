package knowledge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Defect is one fault of a content pack, at the place where its author can mend it.
type Defect struct {
	File    string // path inside the pack; other packs than the first are named before it
	Line    int    // 1-based; 0 if the whole file is meant
	Field   string // "codes[3].message.nb", or a section id of a Markdown file; may be empty
	Message string
}

// Error gives "articles/x/en.md:3: title: ...".
func (d Defect) Error() string {
	var b strings.Builder
	b.WriteString(d.File)
	if d.Line > 0 {
		fmt.Fprintf(&b, ":%d", d.Line)
	}
	if d.Field != "" {
		b.WriteString(": " + d.Field)
	}
	return b.String() + ": " + d.Message
}

// Defects are all faults of the packs, sorted by file and line.
type Defects []Defect

// Error gives one line per defect.
func (ds Defects) Error() string {
	lines := make([]string, len(ds))
	for i, d := range ds {
		lines[i] = "knowledge: " + d.Error()
	}
	return strings.Join(lines, "\n")
}

func (ds *Defects) add(file string, line int, field, format string, args ...any) {
	*ds = append(*ds, Defect{file, line, field, fmt.Sprintf(format, args...)})
}

func (ds Defects) sorted() Defects {
	slices.SortStableFunc(ds, func(a, b Defect) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			strings.Compare(a.Field, b.Field), strings.Compare(a.Message, b.Message))
	})
	return slices.Compact(ds)
}
