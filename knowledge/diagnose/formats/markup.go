package formats

import (
	"html"
	"strings"
)

// Bounds of markup. What is longer is passed over; nothing is allocated for it.
const (
	maxTag        = 64 << 10 // bytes of one tag
	maxAttributes = 128      // of one tag
	maxLeaf       = 4 << 10  // bytes of one text
	maxNesting    = 64
)

// tag is one tag of XML as diagnostic tools write it: often without escapes, sometimes cut off.
type tag struct {
	name     string // local name
	attrs    []attribute
	text     string // what stands between this tag and the next one, trimmed and unescaped
	closing  bool   // </name>
	empty    bool   // <name/>
	off, end int    // in the text: from "<" to the end of the tag
	textEnd  int    // where the text after it ends
	line     int    // source line of "<"
	textLine int    // source line on which the text begins
}

type attribute struct {
	name, value string
	off, end    int // in the text, from the name to the quotation mark
	line        int
}

// markup walks the tags of a text once, from front to back. It knows no document types and no entities but
// the five of XML and numbers, and it needs no well-formed input: a tag that does not end is passed over.
type markup struct {
	s       string
	at      int
	line    int // of the offset counted
	counted int
}

func newMarkup(s string) *markup { return &markup{s: s, line: 1} }

// lineOf is the source line of an offset; offsets only grow.
func (m *markup) lineOf(off int) int {
	if off > m.counted {
		m.line += strings.Count(m.s[m.counted:off], "\n")
		m.counted = off
	}
	return m.line
}

// next returns the next tag; ok is false at the end.
func (m *markup) next() (t tag, ok bool) {
	for m.at < len(m.s) {
		i := strings.IndexByte(m.s[m.at:], '<')
		if i < 0 {
			break
		}
		m.at += i
		rest := m.s[m.at:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			m.skip("-->")
		case strings.HasPrefix(rest, "<![CDATA["):
			m.skip("]]>")
		case strings.HasPrefix(rest, "<?"), strings.HasPrefix(rest, "<!"):
			m.skip(">")
		default:
			if t, ok = m.tag(); ok {
				m.readText(&t)
				return t, true
			}
		}
	}
	m.at = len(m.s)
	return tag{}, false
}

func (m *markup) skip(end string) {
	if i := strings.Index(m.s[m.at:], end); i >= 0 {
		m.at += i + len(end)
		return
	}
	m.at = len(m.s)
}

// tag reads the tag at the current "<". Where there is none, it moves on past what it has looked at, so that
// no byte is looked at twice.
func (m *markup) tag() (tag, bool) {
	t := tag{off: m.at}
	s := m.s[:min(len(m.s), m.at+maxTag)]
	i := m.at + 1
	if i < len(s) && s[i] == '/' {
		t.closing = true
		i++
	}
	from := i
	for i < len(s) && nameByte(s[i]) {
		i++
	}
	if i == from || i-from > 200 {
		m.at = i
		return t, false
	}
	t.name, t.line = localName(s[from:i]), m.lineOf(m.at)
	for i < len(s) {
		switch c := s[i]; {
		case c == '>':
			t.end = i + 1
			m.at = t.end
			return t, true
		case c == '<': // the tag before it was none
			m.at = i
			return t, false
		case c == '/' && i+1 < len(s) && s[i+1] == '>':
			t.empty = true
			i++
		case nameByte(c):
			i = m.attribute(&t, s, i)
		default:
			i++
		}
	}
	m.at = i
	return t, false
}

// attribute reads name="value" from i on and returns where it ends.
func (m *markup) attribute(t *tag, s string, i int) int {
	a := attribute{off: i}
	for i < len(s) && nameByte(s[i]) {
		i++
	}
	a.name = localName(s[a.off:i])
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t') {
		i++
	}
	if i >= len(s) || s[i] != '=' {
		return i
	}
	for i++; i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t'); i++ {
	}
	if i >= len(s) || s[i] != '"' && s[i] != '\'' {
		return i
	}
	end := strings.IndexByte(s[i+1:], s[i])
	if end < 0 {
		return len(s)
	}
	a.end = i + 1 + end + 1
	if end <= maxLeaf && len(t.attrs) < maxAttributes {
		a.value, a.line = unescape(s[i+1:i+1+end]), m.lineOf(a.off)
		t.attrs = append(t.attrs, a)
	}
	return a.end
}

// readText takes what stands between a tag and the next one, or the CDATA section that follows it.
func (m *markup) readText(t *tag) {
	t.textEnd, t.textLine = t.end, t.line
	if t.closing || t.empty {
		return
	}
	rest := m.s[t.end:min(len(m.s), t.end+maxLeaf)]
	blank := len(rest) - len(strings.TrimLeft(rest, " \t\n"))
	body, ok := strings.CutPrefix(rest[blank:], "<![CDATA[")
	end := strings.IndexByte(rest, '<')
	if ok {
		if end = strings.Index(body, "]]>"); end >= 0 {
			body, end = body[:end], len(rest)-len(body)+end
		}
	} else if end >= 0 {
		body = unescape(rest[blank:max(blank, end)])
	}
	if end < 0 {
		return
	}
	t.textEnd, t.textLine = t.end+end, m.lineOf(t.end+blank)
	t.text = strings.TrimSpace(body)
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == ':' || c == '-' || c == '.' || c >= 0x80
}

func localName(s string) string { return s[strings.LastIndexByte(s, ':')+1:] }

func unescape(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	return entityRE.ReplaceAllStringFunc(s, html.UnescapeString)
}
