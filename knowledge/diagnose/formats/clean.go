package formats

import (
	"encoding/json"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge/code"
)

var (
	ansiRE    = compile(`\x1b\[[0-9;?]{0,16}[A-Za-z]`)
	breakRE   = compile(`(?i)<br\s{0,4}/?>|</(?:p|div|li|tr|pre|h[1-6])>`)
	tagRE     = compile(`(?i)</?(?:p|div|span|li|ul|ol|pre|code|b|strong|i|em|u|s|td|tr|th|table|tbody|thead|font|h[1-6]|a|blockquote|html|body|head|meta|img|hr|o:p|center|small|big|kbd|samp|tt|mark|section|article|main|dl|dt|dd|sup|sub)(?:\s[^<>]{0,300})?/?>`)
	quoteRE   = compile(`^[ \t]*(?:>+ ?|\|[ \t]+|/\*+[ \t]|\*[ \t]|\*/[ \t]*$|//+[ \t]|#+[ \t]|[-•·][ \t]+|(?i:rem)[ \t]+|'[ \t])`)
	chatRE    = compile(`^\s{0,8}\[[0-9:., /APMapm-]{8,26}\] [^:\[\]]{1,40}: `)
	escapedRE = compile(`(^|[^:\\])\\([_*<>\[\]#-])`) // not the root of a drive: C:\>
	boldRE    = compile(`\*\*([^*\s](?:[^*]{0,400}[^*\s])?)\*\*`)
	entityRE  = compile(`&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});`)
	quotedRE  = compile(`^[ \t]*["']([^"']*)["'][ \t]*[,+;]?[ \t]*$`)
	keyedRE   = compile(`^[ \t]*"[^"]{1,60}"[ \t]*:[ \t]*"([^"]*)"[ \t]*,?$`)
	fenceRE   = compile("^[ \t]*(?:```|~~~)")
)

// clean turns source lines into logical lines: quote marks and markup gone, wrapped lines joined again,
// lost line breaks found again. Every logical line knows the source lines it comes from.
func (p *page) clean() []line {
	out := make([]line, 0, len(p.raw)/4)
	raw, stamped := offPrefixes(p.raw)
	mail := p.quotedPrintable()
	blanks := 0
	for i := 0; i < len(raw); i++ {
		s, l := raw[i], line{num: i + 1, stamped: stamped != nil && stamped[i]}
		if s == "" {
			if blanks++; blanks <= maxBlanks {
				out = append(out, l)
			}
			continue
		}
		blanks = 0
		if mail {
			var n int
			l, n = unprinted(raw, i)
			s = l.text
			i += n - 1
		}
		if len(s) > maxLine {
			p.warn("line-cut", "line %d is longer than 1 MiB and is cut", l.num)
			s = strings.ToValidUTF8(s[:maxLine], "")
		}
		for _, part := range cleanLine(s) {
			l.text, l.fence, l.full = part, fenceRE.MatchString(part), len(s) < maxJoined && consoleWidth[width(s)]
			out = append(out, l)
		}
	}
	out = unwrap(singleSpaced(withoutTails(out)))
	return splitLost(out)
}

// maxBlanks are the blank lines in a row that are kept, more than any parser waits for. A text that has such a
// row is still a long one without the rest of it.
const maxBlanks = 80

// withoutTails takes off the backslash by which markdown keeps a line break, where most lines end in one.
func withoutTails(in []line) []line {
	full, tails := 0, 0
	for i := range in {
		if in[i].text != "" {
			full++
		}
		if strings.HasSuffix(in[i].text, `\`) {
			tails++
		}
	}
	if tails < 2 || tails*2 < full {
		return in
	}
	for i := range in {
		in[i].text = strings.TrimRight(strings.TrimSuffix(in[i].text, `\`), " \t")
	}
	return in
}

// singleSpaced drops the empty lines of a text that has one after every line, as copies from mail programs
// have: there they separate nothing.
func singleSpaced(in []line) []line {
	var full, spaced int
	for i := range in {
		if in[i].text == "" {
			continue
		}
		full++
		if i+1 == len(in) || in[i+1].text == "" {
			spaced++
		}
	}
	if full < 4 || spaced*10 < full*9 {
		return in
	}
	out := in[:0]
	for i := range in {
		if in[i].text != "" || i > 0 && in[i-1].text == "" {
			out = append(out, in[i])
		}
	}
	return out
}

// cleanLine returns the one or more lines that a source line holds. The indentation stays: wrapping is
// measured with it.
func cleanLine(s string) []string {
	s = narrow(s)
	if strings.Contains(s, "\x1b") {
		s = ansiRE.ReplaceAllString(s, "")
	}
	var parts []string
	for _, part := range expandEscapes(s) {
		if !strings.ContainsRune(part, '<') || !breakRE.MatchString(part) {
			parts = append(parts, part)
			continue
		}
		broken := strings.Split(breakRE.ReplaceAllString(part, "\n"), "\n")
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

func oddPrefix(s string) bool {
	for i := strings.IndexAny(s, "xX×"); i >= 0; {
		if i > 0 && (s[i-1] == '0' || s[i-1] == 'O' || s[i-1] == 'o') {
			return true
		}
		next := strings.IndexAny(s[i+1:], "xX×")
		if next < 0 {
			return false
		}
		i += next + 1
	}
	return false
}

// mend spells the codes at the beginning of an event's comma string as they were, where text recognition
// read "OxC004 F074, OxO0000000, host, ...".
func mend(s string) string {
	if oddPrefix(s) && splitCode.MatchString(s) {
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

// narrow maps full-width forms to ASCII and drops invisible characters.
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
		case r == 0xA0 || r == 0x3000 || r == 0x2007 || r == 0x202F:
			return ' '
		case r >= 0x2010 && r <= 0x2013 || r == 0x2212:
			return '-'
		case r == 0xFEFF || r == 0xAD || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069:
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
	s = strings.TrimRight(s, " \t\f")
	if in, ok := unstring(s); ok {
		s = strings.TrimRight(in, " \t")
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = narrow(entityRE.ReplaceAllStringFunc(s, html.UnescapeString))
	}
	for range 4 {
		m := quoteRE.FindStringIndex(s)
		if m == nil {
			break
		}
		s = s[m[1]:]
	}
	if m := chatRE.FindStringIndex(s); m != nil {
		s = s[m[1]:]
	}
	if strings.IndexByte(s, '<') >= 0 && tagged(s) {
		s = tagRE.ReplaceAllString(s, "")
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
	return strings.TrimRight(strings.TrimSuffix(s, " |"), " \t")
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

// width counts columns as a console does: East Asian characters take two.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 && (r <= 0x115F || r >= 0x2E80 && r <= 0xA4CF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE6F || r >= 0x20000) {
			n++
		}
	}
	return n
}

// maxJoined bounds a line put together from wrapped ones; without it, a file of lines of one length would
// cost quadratic time.
const maxJoined = 4 << 10

func indentOf(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// unwrap joins lines that a console or a mail program broke: at a fixed column, inside a GUID or a code,
// inside a comma string, inside a label, or between a label and its value.
func unwrap(in []line) []line {
	cols := wrapColumns(in)
	out := make([]line, 0, len(in))
	margin := 0
	for i := range in {
		if i == 0 || strings.TrimSpace(in[i-1].text) == "" {
			margin = paragraphMargin(in[i:])
		}
		next := in[i]
		if len(out) > 0 {
			last := &out[len(out)-1]
			if sep, ok := continues(last, next, cols, margin, width(in[i-1].text), in[i-1].full); ok && len(last.text) < maxJoined {
				text := strings.TrimLeft(next.text, " \t")
				last.joins = append(last.joins, join{len(last.text) + len(sep), next.num})
				last.text += sep + text
				continue
			}
		}
		out = append(out, next)
	}
	for i := range out {
		out[i] = trimLine(out[i])
	}
	return out
}

func trimLine(l line) line {
	n := indentOf(l.text)
	l.text = strings.TrimSpace(l.text)
	for k := range l.joins {
		l.joins[k].off -= n
	}
	return l
}

// paragraphMargin is the indentation that a whole paragraph shares: a code block's, not the console's.
func paragraphMargin(ls []line) int {
	m := -1
	for i := 0; i < len(ls) && i < 200 && strings.TrimSpace(ls[i].text) != ""; i++ {
		if n := indentOf(ls[i].text); m < 0 || n < m {
			m = n
		}
	}
	return max(m, 0)
}

// consoleWidth are the columns at which consoles and mail programs break lines.
var consoleWidth = map[int]bool{80: true, 100: true, 120: true}

// wrapColumns guesses at which columns the text is wrapped: the usual console widths where a line fills
// one exactly, and any width that the longest lines share.
func wrapColumns(in []line) map[int]bool {
	counts, longest := map[int]int{}, 0
	for i := range in {
		t := in[i].text
		if len(t) < 60 || len(t) > 800 || ruled(t) {
			continue
		}
		w := width(t)
		counts[w]++
		longest = max(longest, w)
	}
	cols := maps.Clone(consoleWidth)
	if longest >= 60 && counts[longest] >= 3 {
		cols[longest] = true
	}
	return cols
}

var (
	spanGUID = compile(`\b` + guidPattern + `\b`)
	spanCode = compile(`\b0[xX][0-9a-fA-F]{8}\b`)

	stampRE   = compile(`^\s*(?:\[?[0-9]{2,4}[-/:. ]|[A-Z][a-z]{2} +[0-9]{1,2} [0-9]{2}:|[0-9]+,)`)
	dateEnd   = compile(`, ?[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}$`) // of a comma string
	timeStart = compile(`^[0-9]{1,2}:[0-9]{2} ?,`)
	commaCode = compile(`0[xX][0-9a-fA-F]{8}\s?,`)
)

// continues decides whether next goes on where last stopped, and what stands between them.
func continues(last *line, next line, cols map[int]bool, margin, lastWidth int, full bool) (sep string, ok bool) {
	a, b := last.text, strings.TrimLeft(next.text, " \t")
	if a == "" || b == "" || last.fence || next.fence || ruled(a) || ruled(b) || len(a) > maxJoined {
		return "", false
	}
	if brokenToken(a, b) {
		return "", true
	}
	if strings.HasSuffix(a, ",") && commaCode.MatchString(a) && b[0] != '<' && strings.Count(b, ",") > 0 && !startsLabel(b) {
		return " ", true
	}
	if full && strings.Contains(b, ",") && commaCode.MatchString(a) && !startsLabel(b) {
		return "", true
	}
	if dateEnd.MatchString(a) && timeStart.MatchString(b) && commaCode.MatchString(a) {
		return " ", true
	}
	if b[0] == ',' && commaCode.MatchString(a) {
		return "", true
	}
	if startsLabel(b) || labels(b) {
		return " ", labelBroken(a, b)
	}
	if valueless(a) && !strings.HasSuffix(b, ":") && !prompt(b) {
		return " ", true
	}
	if stampRE.MatchString(b) || prompt(b) || strings.HasPrefix(b, "***") {
		return "", false
	}
	if strings.Contains(strings.TrimSpace(a), "   ") {
		return "", false // columns of a table
	}
	w := lastWidth - margin
	switch {
	case cols[w] || cols[lastWidth] || full:
		return "", indentOf(next.text) <= margin
	case cols[w+1] && len(last.joins) > 0:
		return " ", indentOf(next.text) <= margin
	}
	return "", false
}

// brokenToken tells that a GUID or a hexadecimal code begins at the end of a and is finished by b.
func brokenToken(a, b string) bool {
	tail, head := a[max(0, len(a)-40):], b[:min(len(b), 40)]
	c := tail[len(tail)-1]
	if !isHex(c) && c != '-' && c != 'x' || !isHex(head[0]) && head[0] != '-' {
		return false
	}
	both := tail + head
	for _, re := range []*pattern{spanGUID, spanCode} {
		for _, m := range re.FindAllStringIndex(both, -1) {
			if m[0] < len(tail) && m[1] > len(tail) {
				return true
			}
		}
	}
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// ruled tells a separator line.
func ruled(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) >= 3 && (strings.HasPrefix(s, "---") && strings.HasSuffix(s, "---") || strings.Trim(s, "-=_*~#") == "")
}

// prompt tells a command line of cmd, PowerShell or a shell.
var promptRE = compile(`^(?:\[[^\]]{1,80}\]:? ?(?:PS|\$|#)|PS [A-Za-z]:\\|PS> ?|[A-Za-z]:\\[^<>|]{0,200}>|\$ |[a-z0-9_.-]{1,32}@[A-Za-z0-9_.-]{1,64}[:~])`)

func prompt(s string) bool { return promptRE.MatchString(s) }

// labelBroken tells a label that was itself broken: "Requests with License Status License expired or
// Hardware out of" / "tolerance: 0".
func labelBroken(a, b string) bool {
	i := strings.IndexByte(b, ':')
	if i < 0 || strings.ContainsRune(a, ':') || len(a) > 120 || len(a) < 12 {
		return false
	}
	return knownLabel(fold(a+" "+b[:i])) && !knownLabel(fold(b[:i]))
}

// valueless tells a known label whose value must stand on the next line.
func valueless(a string) bool {
	a = strings.TrimSpace(a)
	return strings.HasSuffix(a, ":") && len(a) < 100 && wantsValue(fold(a))
}

// splitLost finds labels in the middle of long lines, where a web page or a ticket system has eaten the
// line breaks, and breaks the lines there again.
func splitLost(in []line) []line {
	out := make([]line, 0, len(in))
	for i := range in {
		cuts := lostOffsets(in[i].text)
		if cuts == nil {
			out = append(out, in[i])
			continue
		}
		from, first := 0, len(out)
		for _, to := range append(cuts, len(in[i].text)) {
			if to > from {
				out = append(out, subLine(&in[i], from, to))
			}
			from = to
		}
		withoutSeparator(out[first:])
	}
	return out
}

func subLine(l *line, from, to int) line {
	s := line{text: l.text[from:to], num: l.at(from)}
	for _, j := range l.joins {
		if j.off > from && j.off < to {
			s.joins = append(s.joins, join{j.off - from, j.num})
		}
	}
	return trimLine(s)
}

// runeBefore is the rune that ends at off.
func runeBefore(s string, off int) rune {
	r, _ := utf8.DecodeLastRuneInString(s[:off])
	return r
}
