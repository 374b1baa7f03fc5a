package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns of a plain text report, so that it survives mail and terminals.
const columns = 80

// wrap breaks a text at blanks, and between ideographs, into lines of at most 80 columns. The first line
// begins with the given prefix, the others with as many blanks. What has no place to break, such as a
// path, stays whole.
func wrap(prefix, s string) string {
	indent := strings.Repeat(" ", widthOf(prefix))
	var out strings.Builder
	out.WriteString(prefix)
	at, begun := widthOf(prefix), false
	for _, word := range pieces(s) {
		bare := strings.TrimSpace(word)
		if bare == "" && at+widthOf(word) > columns {
			continue // blanks at the end of a line
		}
		if begun && at+widthOf(strings.TrimRight(word, " ")) > columns {
			out.WriteString("\n" + indent)
			at, begun, word = len(indent), false, bare
		}
		if !begun {
			word = bare
		}
		out.WriteString(word)
		at, begun = at+widthOf(word), true
	}
	return out.String()
}

// pieces cuts before every blank and around every ideograph; what a line must not begin with stays
// with the character before it.
func pieces(s string) []string {
	var out []string
	from := 0
	var before rune
	for i, r := range s {
		if i > from && (r == ' ' || wide(before) || wide(r)) && !unicode.In(r, unicode.Po, unicode.Pe, unicode.Pf) && !unicode.In(before, unicode.Ps, unicode.Pi) {
			out = append(out, s[from:i])
			from = i
		}
		before = r
	}
	return append(out, s[from:])
}

func wide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}

// widthOf counts the columns of a text in a terminal.
func widthOf(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// rule underlines a heading.
func rule(mark, s string) string { return strings.Repeat(mark, min(widthOf(s), columns)) }
