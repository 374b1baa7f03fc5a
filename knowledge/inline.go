package knowledge

import (
	"strings"
	"unicode/utf8"
)

// spanKind is what a piece of running text is.
type spanKind uint8

const (
	plain       spanKind = iota
	bold                 // ** : switches bold on or off
	literal              // `text`
	placeholder          // <kms-host>
	token                // {cmd slmgr-dlv}
	variable             // {a.kms_host}, {name}: replaced by whoever shows the text
)

// span is one piece of running text, as written.
type span struct {
	kind spanKind
	name string // of a token
	text string // the text, the argument of a token, the name of a placeholder or variable
	line int
}

// markers are the tokens without an argument.
var markers = map[string]bool{"elevated": true, "verify": true, "undo": true, "warning": true}

// faults takes what a parser finds wrong, with its line.
type faults func(line int, format string, args ...any)

func ignoreFaults(int, string, ...any) {}

// parseInline splits running text into spans. Line breaks become blanks, or nothing between
// Chinese characters. What is malformed stays as text.
func parseInline(s string, line int, fault faults) []span {
	p := inlineParser{source: s, s: s, line: line, start: line, fault: fault}
	p.spans = make([]span, 0, 1+2*(strings.Count(s, "{")+strings.Count(s, "<")+strings.Count(s, "**"))+strings.Count(s, "`"))
	for p.s != "" {
		p.next()
	}
	p.flush()
	if p.bold > 0 {
		fault(p.bold, "** is not closed")
	}
	return p.spans
}

type inlineParser struct {
	source string
	s      string // what is left
	line   int
	from   int             // where the text that is not yet a span begins in source
	joined strings.Builder // text before from, if lines were joined
	start  int             // line where text begins
	last   rune            // of what stands before s
	bold   int             // line of the open **, 0 if none
	spans  []span
	fault  faults
}

// at is the position of s in source.
func (p *inlineParser) at() int { return len(p.source) - len(p.s) }

// special are the bytes that may start something else than text.
const special = "\n*`<{}[h"

func (p *inlineParser) next() {
	if i := strings.IndexAny(p.s, special); i != 0 {
		if i < 0 {
			i = len(p.s)
		}
		p.write(i)
		return
	}
	switch p.s[0] {
	case '\n':
		p.lineBreak()
	case '*':
		p.star()
	case '`':
		p.enclosed('`', literal, "` is not closed")
	case '<':
		p.angle()
	case '{':
		p.brace()
	case '}':
		p.fault(p.line, "} without {")
		p.write(1)
	case '[':
		if strings.Contains(p.s[:min(len(p.s), maxToken)], "](") {
			p.fault(p.line, "links are not allowed: use {article ...} or {url ...}")
		}
		p.write(1)
	default:
		if strings.HasPrefix(p.s, "http://") || strings.HasPrefix(p.s, "https://") {
			p.fault(p.line, "raw address: use {url ...}")
		}
		p.write(1)
	}
}

// write takes n bytes as text.
func (p *inlineParser) write(n int) {
	if p.from == p.at() && p.joined.Len() == 0 {
		p.start = p.line
	}
	p.last, _ = utf8.DecodeLastRuneInString(p.s[:n])
	p.s = p.s[n:]
}

func (p *inlineParser) lineBreak() {
	p.joined.WriteString(p.source[p.from:p.at()])
	p.s = strings.TrimLeft(p.s[1:], " ")
	p.from = p.at()
	p.line++
	if next, _ := utf8.DecodeRuneInString(p.s); !wide(p.last) || !wide(next) {
		p.joined.WriteByte(' ')
	}
}

// wide reports whether r belongs to Chinese text, which has no blanks between words.
func wide(r rune) bool {
	return r >= 0x3000 && r <= 0x303F || r >= 0x4E00 && r <= 0x9FFF || r >= 0xFF00 && r <= 0xFFEF
}

func (p *inlineParser) flush() {
	text := p.source[p.from:p.at()]
	if p.joined.Len() > 0 {
		text = p.joined.String() + text
		p.joined.Reset()
	}
	if text != "" {
		p.spans = append(p.spans, span{plain, "", text, p.start})
	}
}

func (p *inlineParser) add(s span, n int) {
	p.flush()
	s.line = p.line
	p.spans = append(p.spans, s)
	p.line += strings.Count(p.s[:n], "\n")
	p.s, p.last = p.s[n:], 0
	p.from = p.at()
}

func (p *inlineParser) star() {
	if !strings.HasPrefix(p.s, "**") {
		p.fault(p.line, "single *: only **bold** is allowed")
		p.write(1)
		return
	}
	if p.bold > 0 {
		p.bold = 0
	} else {
		p.bold = p.line
	}
	p.add(span{kind: bold}, 2)
}

func (p *inlineParser) enclosed(end byte, kind spanKind, fault string) {
	i := strings.IndexByte(p.s[1:], end)
	if i < 0 {
		p.fault(p.line, "%s", fault)
		p.write(1)
		return
	}
	p.add(span{kind: kind, text: strings.ReplaceAll(p.s[1:1+i], "\n", " ")}, i+2)
}

// angle reads <kms-host>. Any other < before a letter, / or ! would be HTML.
func (p *inlineParser) angle() {
	if id, n := placeholderAt(p.s); n > 0 {
		p.add(span{kind: placeholder, text: id}, n)
		return
	}
	if len(p.s) > 1 && (asciiLetter(p.s[1]) || p.s[1] == '/' || p.s[1] == '!') {
		p.fault(p.line, "raw HTML is not allowed")
	}
	p.write(1)
}

// placeholderAt reads a placeholder at the start of s: its id and its length with the brackets.
func placeholderAt(s string) (id string, n int) {
	if len(s) < 3 || s[0] != '<' || s[1] < 'a' || s[1] > 'z' {
		return "", 0
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '>':
			return s[1:i], i + 1
		case c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			return "", 0
		}
	}
	return "", 0
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// brace reads a token or a variable. Braces inside an argument must balance.
func (p *inlineParser) brace() {
	n := balanced(p.s)
	if n == 0 {
		p.fault(p.line, "{ is not closed")
		p.write(1)
		return
	}
	inner := strings.TrimSpace(strings.ReplaceAll(p.s[1:n-1], "\n", " "))
	name, arg, _ := strings.Cut(inner, " ")
	switch {
	case markers[inner] || arg != "" && wordLike(name):
		p.add(span{kind: token, name: name, text: strings.TrimSpace(arg)}, n)
	case variableName(inner):
		p.add(span{kind: variable, text: inner}, n)
	default:
		p.fault(p.line, "malformed token %s", p.s[:n])
		p.write(n)
	}
}

// maxToken is how long a token may be; it keeps the parser linear.
const maxToken = 400

// balanced gives the length of the braced text at the start of s, 0 if it does not end.
func balanced(s string) int {
	depth := 0
	for i := range min(len(s), maxToken) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

func wordLike(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '-' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}

// variableName accepts name, a.kms_host and user.some_fact.
func variableName(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || part[0] < 'a' || part[0] > 'z' {
			return false
		}
		for i := range len(part) {
			if c := part[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return strings.Count(s, ".") <= 1
}
