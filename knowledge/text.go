package knowledge

import (
	"net/url"
	"slices"
	"strings"
)

// textUse says what a short text may hold.
type textUse uint8

const (
	resolved textUse = iota // tokens, resolved to plain text by Load
	running                 // tokens, resolved by Base.Render; raw literals are defects
	template                // the same with {variables}, for the caller to replace
	message                 // tokens, resolved by Load, and {variables}, replaced by Base.Message
)

// optional is text for fields that may be left out.
func (c checker) optional(p place, t Text) {
	if t != nil {
		c.text(p, t, resolved)
	}
}

// languages reports the languages of the pack that a text lacks.
func (c checker) languages(p place, has func(Language) bool) {
	var missing []string
	for _, l := range c.source.Languages {
		if !has(l) {
			missing = append(missing, string(l))
		}
	}
	if missing != nil {
		p.defect("missing language %s", strings.Join(missing, ", "))
	}
}

// text checks one text in all its languages and gives the spans of each.
func (c checker) text(p place, t Text, use textUse) map[Language][]span {
	if t == nil {
		return nil // "is required" was said already
	}
	c.languages(p, func(l Language) bool { return t[l] != "" })
	all := map[Language][]span{}
	var lead Language
	for _, l := range Languages {
		s, ok := t[l]
		if !ok {
			continue
		}
		at := p.at(string(l))
		report := func(_ int, format string, args ...any) { at.defect(format, args...) }
		if strings.TrimSpace(s) != s {
			at.defect("has blanks around it")
		}
		syntax := ignoreFaults
		if strings.ContainsAny(s, "{}") {
			syntax = report
		}
		all[l] = parseInline(s, at.line(), syntax)
		c.spans(all[l], use, report)
		if c.lint {
			c.shortProse(at, l, s, t)
		}
		if lead == "" {
			lead = l
		} else if diff := difference(signature(all[lead]), signature(all[l])); diff != "" {
			at.defect("tokens differ from %s: %s", lead, diff)
		}
	}
	return all
}

// spans checks each token, and the prose for what should be one.
func (c checker) spans(spans []span, use textUse, report faults) {
	for _, s := range spans {
		switch s.kind {
		case token:
			if fault := c.token(s); fault != "" {
				report(s.line, "{%s}: %s", strings.TrimSpace(s.name+" "+s.text), fault)
			}
		case placeholder:
			if find(c.base.vocabulary.Placeholders, s.text) == nil {
				report(s.line, "unknown placeholder <%s>", s.text)
			}
		case variable:
			if use != template && use != message {
				report(s.line, "unknown token {%s}", s.text)
			}
		case plain, literal:
			if !c.lint || use == resolved || use == message {
				break
			}
			if raw, name := rawLiteral(s.text, s.kind == literal); raw != "" {
				report(s.line, "raw %q: use {%s ...}", raw, name)
			}
		}
	}
}

// token says what is wrong with a token's argument, "" if nothing is.
func (c checker) token(s span) string {
	switch s.name {
	case "cmd":
		if _, ok := c.base.Command(s.text); !ok {
			return "unknown command"
		}
	case "code":
		v, ok := isCode(s.text)
		if !ok {
			return "not a code in the spelling 0xC004F074"
		}
		if _, ok := c.base.Code(v); !ok {
			return "unknown code"
		}
	case "event":
		if _, ok := c.base.Event(s.text); !ok {
			return "unknown event"
		}
	case "article":
		a, ok := c.base.articleIn(c.source.Name, s.text)
		if !ok {
			return "unknown article"
		}
		if a.ID != s.text && a.ID != c.source.Name+"."+s.text {
			return "former id: write " + a.ID
		}
	case "run-on":
		if find(c.base.vocabulary.Roles, s.text) == nil {
			return "unknown role"
		}
	default:
		return literalToken(s)
	}
	return ""
}

// literalToken checks the tokens that refer to nothing.
func literalToken(s span) string {
	switch s.name {
	case "kb":
		if !kbPattern.MatchString(s.text) {
			return "not a number of five to seven digits"
		}
	case "port":
		if n, ok := number(s.text); !ok || n < 1 || n > 65535 {
			return "not a port"
		}
	case "guid":
		if !guidPattern.MatchString(strings.ToLower(s.text)) {
			return "not a GUID"
		}
	case "url":
		if u, err := url.Parse(s.text); err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(s.text, " <>") {
			return "not an address that begins with https://"
		}
	case "risk":
		if !slices.Contains(risks[1:], Risk(s.text)) {
			return "unknown risk"
		}
	case "reg", "path", "lit":
		if s.text == "" {
			return "has no argument"
		}
	case "elevated":
		if s.text != "" {
			return "takes no argument"
		}
	case "verify", "undo", "warning":
		return "starts a line of a step"
	default:
		return "unknown token"
	}
	return ""
}

// rawLiteral finds something in prose that a token should hold, and the name of that token.
func rawLiteral(s string, inCode bool) (raw, name string) {
	for i := range len(s) {
		if i > 0 && wordByte(s[i-1]) {
			continue
		}
		rest := s[i:]
		switch c := s[i]; {
		case c == '0' && len(rest) > 4 && rest[1]|0x20 == 'x':
			if n := run(rest[2:], hexByte); n >= 3 {
				return rest[:n+2], "code"
			}
		case c == 'H' && rawRegistry(rest):
			return rest[:run(rest, wordByte)], "reg"
		case c == 'K' && !inCode:
			if n := rawKB(rest); n > 0 {
				return rest[:n], "kb"
			}
		case hexByte(c) && guidAt(rest):
			return rest[:36], "guid"
		case c == '1' && !inCode && strings.HasPrefix(rest, "1688") && run(rest, wordByte) == 4:
			return "1688", "port"
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			if n := rawCommand(rest); n > 0 {
				return rest[:n], "cmd"
			}
		}
	}
	return "", ""
}

func wordByte(c byte) bool { return asciiLetter(c) || c >= '0' && c <= '9' || c == '_' }

func hexByte(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// run counts how many bytes at the start of s satisfy is.
func run(s string, is func(byte) bool) int {
	n := 0
	for n < len(s) && is(s[n]) {
		n++
	}
	return n
}

func rawRegistry(s string) bool {
	return strings.HasPrefix(s, `HKLM\`) || strings.HasPrefix(s, `HKCU\`) || strings.HasPrefix(s, "HKEY_")
}

// rawKB reads "KB 929826" with any kind of blank or none.
func rawKB(s string) int {
	if !strings.HasPrefix(s, "KB") {
		return 0
	}
	rest := strings.TrimLeft(s[2:], " \u00a0\u202f")
	if n := run(rest, func(c byte) bool { return c >= '0' && c <= '9' }); n >= 5 {
		return len(s) - len(rest) + n
	}
	return 0
}

func guidAt(s string) bool {
	if len(s) < 36 || len(s) > 36 && wordByte(s[36]) {
		return false
	}
	for i := range 36 {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !hexByte(s[i]) {
			return false
		}
	}
	return true
}

// tools that prose names with a switch only when it means a command.
var toolNames = []string{"slmgr.vbs", "slmgr", "ospp.vbs", "nslookup", "ipconfig", "netsh", "w32tm", "dism", "sfc", "cscript"}

func rawCommand(s string) int {
	for _, name := range toolNames {
		if len(s) <= len(name)+2 || !strings.EqualFold(s[:len(name)], name) {
			continue
		}
		if s[len(name)] == ' ' && strings.IndexByte("/-", s[len(name)+1]) >= 0 && asciiLetter(s[len(name)+2]) {
			return len(name) + 2 + run(s[len(name)+2:], wordByte)
		}
	}
	return 0
}

// signature lists what must be the same in all languages, sorted.
func signature(spans []span) []string {
	tokens := appendTokens(nil, spans)
	slices.Sort(tokens)
	return tokens
}

func appendTokens(tokens []string, spans []span) []string {
	for _, s := range spans {
		switch s.kind {
		case token:
			tokens = append(tokens, "{"+strings.TrimSpace(s.name+" "+s.text)+"}")
		case placeholder:
			tokens = append(tokens, "<"+s.text+">")
		case variable:
			tokens = append(tokens, "{"+s.text+"}")
		}
	}
	return tokens
}

// difference says how the sorted list b differs from a, "" if not at all.
func difference(a, b []string) string {
	var missing, extra []string
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			missing, a = append(missing, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			extra, b = append(extra, b[0]), b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	var parts []string
	if missing != nil {
		parts = append(parts, "missing "+strings.Join(missing, " "))
	}
	if extra != nil {
		parts = append(parts, "extra "+strings.Join(extra, " "))
	}
	return strings.Join(parts, "; ")
}
