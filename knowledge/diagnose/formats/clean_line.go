package formats

import (
	"encoding/json"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge/code"
)

// cleanLine returns the one or more lines that a source line holds. The indentation stays: wrapping is
// measured with it.
func cleanLine(s string) []string {
	s = narrow(s)
	if strings.Contains(s, "\x1b") {
		s = ansiRE.ReplaceAllString(s, "")
	}
	var parts []string
	for _, part := range expandEscapes(s) {
		if part = breakRE.ReplaceAllString(part, "\v"); strings.IndexByte(part, '\v') < 0 {
			parts = append(parts, part)
			continue
		}
		broken := strings.Split(part, "\v") // which is also a break within a paragraph of Word and Outlook
		if last := len(broken) - 1; strings.TrimSpace(broken[last]) == "" {
			broken = broken[:last] // the line ends here anyway
		}
		parts = append(parts, broken...)
	}
	for i, part := range parts {
		parts[i] = mend(unmark(part))
	}
	return parts
}

// splitCode is a code with a blank in it, as text recognition and phones leave it.
var splitCode = compile(`\b([0Oo][xX×]) ?((?:[CcDd]|8)[0Oo][0Oo][0-9A-Fa-f]) ?([0-9A-Fa-fOo]{4})\b`)

// maySplit tells that s may hold one: a blank right after what 0x is read as, or four signs later.
func maySplit(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i]|0x20 != 'x' && s[i] != "×"[0] || s[i-1] != '0' && s[i-1]|0x20 != 'o' {
			continue
		}
		rest := s[i+1:]
		if s[i] == "×"[0] && rest != "" {
			rest = rest[1:]
		}
		if len(rest) > 4 && (rest[0] == ' ' || rest[4] == ' ') {
			return true
		}
	}
	return false
}

// mend spells the codes at the beginning of an event's comma string as they were, where text recognition
// read "OxC004 F074, OxO0000000, host, ...".
func mend(s string) string {
	if maySplit(s) {
		s = splitCode.ReplaceAllString(s, "$1$2$3")
	}
	if strings.Count(s, ",") < 4 || len(s) > maxJoined {
		return s
	}
	for _, m := range slices.Backward(code.Scan(s)) {
		if t := s[m.Start:m.End]; m.Kind == code.Hex && !spanCode.MatchString(t) && strings.HasPrefix(strings.TrimLeft(s[m.End:], " "), ",") {
			s = s[:m.Start] + m.Code.String() + s[m.End:]
		}
	}
	return s
}

// narrow maps full-width forms, and the spaces, dashes and quotation marks that word processors put, to ASCII, and
// drops invisible characters.
func narrow(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < 0x80
	}
	if ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == 0xA0 || r == 0x3000 || r >= 0x2000 && r <= 0x200A || r == 0x202F || r == 0x205F:
			return ' '
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			return '-'
		case r >= 0x2018 && r <= 0x201B:
			return '\''
		case r >= 0x201C && r <= 0x201F:
			return '"'
		case r == 0x2028 || r == 0x2029:
			return '\v'
		case r == 0xFEFF || r == 0xAD || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

// expandEscapes breaks a line at literal "\n" as JSON and OCR dumps carry them. A path such as
// C:\new must stay whole: outside JSON the character after the n decides.
func expandEscapes(s string) []string {
	if strings.Count(s, `\n`) == 0 {
		return []string{s}
	}
	trimmed := strings.TrimSpace(s)
	json := strings.HasPrefix(trimmed, `"`) || strings.HasPrefix(trimmed, `{`) || strings.HasPrefix(trimmed, `[{`) || strings.Contains(s, `": "`) || strings.Contains(s, `":"`)
	var out []string
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch c := s[i+1]; {
		case c == 'n' && (json || breaksAfter(s[i+2:])):
			out = append(out, b.String())
			b.Reset()
			i++
		case c == 'r' && strings.HasPrefix(s[i+2:], `\n`):
			i++
		case json && (c == '\\' || c == '"' || c == '/'):
			b.WriteByte(c)
			i++
		case json && c == 't':
			b.WriteByte('\t')
			i++
		case json && c == 'u' && i+6 <= len(s):
			n, err := strconv.ParseUint(s[i+2:i+6], 16, 16)
			if err == nil {
				b.WriteRune(rune(n))
				i += 5
				continue
			}
			b.WriteByte('\\')
		default:
			b.WriteByte('\\')
		}
	}
	out = append(out, b.String())
	if json {
		out = unkey(out)
	}
	return out
}

// unkey takes the JSON around a string off its first and last line: {"text":"first ... last"}.
func unkey(parts []string) []string {
	head, rest := parts[0], parts[1:]
	if i := max(strings.LastIndex(head, `":"`), strings.LastIndex(head, `": "`)); i >= 0 {
		i += 2 + strings.IndexByte(head[i+2:], '"') + 1
		parts = append([]string{head[:i], head[i:]}, rest...)
	}
	last := len(parts) - 1
	if t := strings.TrimRight(parts[last], " \t},]"); strings.HasSuffix(t, `"`) {
		parts[last] = strings.TrimSuffix(t, `"`)
	}
	return parts
}

func breaksAfter(rest string) bool {
	if rest == "" {
		return true
	}
	c := rest[0]
	return c >= 'A' && c <= 'Z' || c == ' ' || c == '\\' || c == '-' || c == '"' || c >= 0x80
}

// unmark removes quote prefixes, markup and markdown escapes from one line.
func unmark(s string) string {
	for range maxLayers {
		inner := unwrapped(s)
		if inner == s {
			break
		}
		s = inner
	}
	if escapes(s) {
		s = escapedRE.ReplaceAllString(s, "$1$2")
	}
	if strings.Contains(s, "**") {
		s = boldRE.ReplaceAllString(s, "$1")
	}
	if !fenceRE.MatchString(s) {
		s = strings.ReplaceAll(s, "`", "")
	}
	if m := keyedRE.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	return strings.TrimRight(s, " \t")
}

// unwrapped takes one layer of quotes, entities, quotation and tags off a line.
func unwrapped(s string) string {
	s = strings.TrimRight(s, " \t\f")
	if s != "" && s[len(s)-1] >= utf8.RuneSelf {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "│"), "┃")
	}
	s = strings.TrimRight(strings.TrimSuffix(s, " |"), " \t")
	if in, ok := unstring(s); ok {
		s = strings.TrimRight(in, " \t")
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = narrow(entityRE.ReplaceAllStringFunc(s, html.UnescapeString))
	}
	s = unquote(s)
	if strings.IndexByte(s, '<') >= 0 && tagged(s) {
		s = tagRE.ReplaceAllString(s, "")
	}
	return s
}

// unquote takes off what mail programs and comments put before a line.
func unquote(s string) string {
	for range 4 {
		m := quoteRE.FindStringIndex(s)
		if m == nil {
			break
		}
		s = s[m[1]:]
	}
	return s
}

// unstring takes the quotes off a line that is one string: of a JSON list, of a list in single quotes, or of a
// column of cells.
func unstring(s string) (string, bool) {
	if s == "" || !strings.ContainsRune("\"',;+", rune(s[len(s)-1])) {
		return "", false
	}
	if m := quotedRE.FindStringSubmatch(s); m != nil && !strings.Contains(m[1], `\`) {
		return m[1], true
	}
	t := strings.TrimLeft(strings.TrimRight(s, ",;"), " \t")
	if len(t) < 2 || t[0] != '"' || t[len(t)-1] != '"' {
		return "", false
	}
	var out string
	if json.Unmarshal([]byte(t), &out) == nil {
		return strings.ReplaceAll(out, "\n", " "), true
	}
	return "", false
}
