package formats

import "strings"

// maxJoined bounds a line put together from wrapped ones; without it, a file of lines of one length would
// cost quadratic time.
const maxJoined = 4 << 10

func indentOf(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// unwrap joins lines that a console or a mail program broke: at a fixed column, inside a GUID or a code,
// inside a comma string, inside a label, or between a label and its value.
func unwrap(in []line) []line {
	cols := wrapColumns(in)
	out := in[:0] // what is written has been read
	margin := 0
	var before, next line
	for i := range in {
		before, next = next, in[i]
		if strings.TrimSpace(before.text) == "" {
			margin = paragraphMargin(in[i:])
		}
		if len(out) > 0 {
			last := &out[len(out)-1]
			if sep, ok := continues(last, before, next, cols, margin); ok && len(last.text) < maxJoined {
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

// consoleWidth tells the columns at which consoles and mail programs break lines.
func consoleWidth(cols int) bool { return cols == 80 || cols == 100 || cols == 120 }

// columns tells at which columns a text is wrapped: the usual console widths where a line fills one exactly,
// and the width that its longest lines share, 0 for none.
type columns int

func (c columns) at(w int) bool { return consoleWidth(w) || w > 0 && w == int(c) }

func wrapColumns(in []line) columns {
	count, longest := 0, 0
	for i := range in {
		t := in[i].text
		if len(t) < 60 || len(t) > 800 || ruled(t) {
			continue
		}
		switch w := width(t); {
		case w > longest:
			count, longest = 1, w
		case w == longest:
			count++
		}
	}
	if longest < 60 || count < 3 {
		return 0
	}
	return columns(longest)
}

var (
	spanGUID = compile(`\b` + guidPattern + `\b`)
	spanCode = compile(`\b0[xX][0-9a-fA-F]{8}\b`)

	stampRE   = compile(`^\s*(?:\[?[0-9]{2,4}[-/:. ]|[A-Z][a-z]{2} +[0-9]{1,2} [0-9]{2}:|[0-9]+,)`)
	dateEnd   = compile(`, ?[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}$`) // of a comma string
	timeStart = compile(`^[0-9]{1,2}:[0-9]{2} ?,`)
	commaCode = compile(`0[xX][0-9a-fA-F]{8}\s?,`)
)

// continues decides whether next goes on where last stopped, and what stands between them; before is the line
// that it stopped with.
func continues(last *line, before, next line, cols columns, margin int) (sep string, ok bool) {
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
	if before.full && strings.Contains(b, ",") && commaCode.MatchString(a) && !startsLabel(b) {
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
	if stampRE.MatchString(b) || prompt(b) || strings.HasPrefix(b, "***") || b == "True" || b == "False" {
		return "", false // a line of its own, however long the one before
	}
	if strings.Contains(strings.TrimSpace(a), "   ") {
		return "", false // columns of a table
	}
	w := width(before.text)
	switch {
	case cols.at(w-margin) || cols.at(w) || before.full:
		return "", indentOf(next.text) <= margin
	case cols.at(w-margin+1) && len(last.joins) > 0:
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
	n, m := len(tail), 0
	for n > 0 && inToken(tail[n-1]) {
		n--
	}
	for m < len(head) && inToken(head[m]) {
		m++
	}
	if len(tail)-n+m < len("0x00000000") {
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

func inToken(c byte) bool { return isHex(c) || c == '-' || c|0x20 == 'x' }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// ruled tells a separator line.
func ruled(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) >= 3 && (strings.HasPrefix(s, "---") && strings.HasSuffix(s, "---") || strings.Trim(s, "-=_*~#") == "")
}

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
