package knowledge

import "strings"

// Run is one way to type a command.
type Run struct {
	Line      string // the whole line, placeholders in the reader's language
	AppliesTo string // the product versions that it is for; empty if it is the only way
}

// Runs lists every way to type c: one for each variant of its tool, or the one line it has.
func (c *Command) Runs(l Language, v *Vocabulary) []Run {
	if c.tool == nil {
		return []Run{{Line: v.fill(l, c.Line)}}
	}
	runs := make([]Run, len(c.tool.Variants))
	for i, variant := range c.tool.Variants {
		runs[i] = Run{v.fill(l, strings.TrimSpace(variant.Run+" "+c.Args)), variant.AppliesTo.In(l)}
	}
	return runs
}

// Short is c as running text shows it: "slmgr.vbs /dlv".
func (c *Command) Short(l Language, v *Vocabulary) string {
	if c.tool == nil {
		return v.fill(l, c.Line)
	}
	return v.fill(l, strings.TrimSpace(c.tool.Name+" "+c.Args))
}

// longCommand is how many bytes of a command a sentence can carry.
const longCommand = 60

// abbreviate cuts a long command behind its name: "Get-WinEvent …", "reg query …".
func abbreviate(line string) string {
	if len(line) <= longCommand {
		return line
	}
	words := strings.Fields(line)
	n := 1
	for n < min(len(words), 3) && strings.Trim(words[n], "abcdefghijklmnopqrstuvwxyz") == "" {
		n++
	}
	return strings.Join(words[:n], " ") + " …"
}

// fill puts placeholders such as <kms-host> into the reader's language. Unknown ones stay.
func (v *Vocabulary) fill(l Language, s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := 1
		if id, length := placeholderAt(s); length > 0 {
			if t := find(v.Placeholders, id); t != nil {
				b.WriteString("<" + t.Title.In(l) + ">")
				s = s[length:]
				continue
			}
			n = length
		}
		b.WriteString(s[:n])
		s = s[n:]
	}
	return b.String() + s
}

// Title is the title of an id of the vocabulary in the language l: of a channel, role, product,
// place or section. An unknown id is its own title.
func (v *Vocabulary) Title(id string, l Language) string {
	for _, terms := range [][]Term{v.Channels, v.Roles, v.Products, v.Places, v.Sections} {
		if t := find(terms, id); t != nil {
			return t.Title.In(l)
		}
	}
	return id
}

func find(terms []Term, id string) *Term {
	for i := range terms {
		if terms[i].ID == id {
			return &terms[i]
		}
	}
	return nil
}
