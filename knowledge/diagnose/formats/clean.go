package formats

import (
	"strings"
	"unicode/utf8"
)

var (
	ansiRE    = compile(`\x1b\[[0-9;?]{0,16}[A-Za-z]`)
	breakRE   = compile(`(?i)<br\s{0,4}/?>|</(?:p|div|li|tr|pre|h[1-6])>`)
	tagRE     = compile(`(?i)</?(?:p|div|span|li|ul|ol|pre|code|b|strong|i|em|u|s|td|tr|th|table|tbody|thead|font|h[1-6]|a|blockquote|html|body|head|meta|img|hr|o:p|center|small|big|kbd|samp|tt|mark|section|article|main|dl|dt|dd|sup|sub)(?:\s[^<>]{0,300})?/?>`)
	quoteRE   = compile(`^[ \t]*(?:>+ ?|\|[ \t]+|/\*+[ \t]|\*[ \t]|\*/[ \t]*$|//+[ \t]|#+[ \t]|[│┃▎▏▌][ \t]*|[-•·][ \t]+|(?i:rem)[ \t]+|'[ \t])`)
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
	out := make([]line, 0, kept(p.raw)+8)
	mail := p.quotedPrintable()
	blanks := 0
	for i := 0; i < len(p.raw); i++ {
		s, l := p.raw[i], line{num: i + 1}
		if s == "" {
			if blanks++; blanks <= maxBlanks {
				out = append(out, l)
			}
			continue
		}
		blanks = 0
		if mail {
			var n int
			l, n = unprinted(p.raw, i)
			s = l.text
			i += n - 1
		}
		if len(s) > maxLine {
			p.warn("line-cut", "line %d is longer than 1 MiB and is cut", l.num)
			s = strings.ToValidUTF8(s[:maxLine], "")
		}
		for _, part := range cleanLine(s) {
			l.text, l.full = part, len(s) < maxJoined && consoleWidth(width(s))
			out = append(out, l)
		}
	}
	for n := 0; n < maxLayers && p.offPrefixes(out); n++ {
	}
	for i := range out {
		out[i].fence = fenceRE.MatchString(out[i].text)
	}
	out = splitLost(unwrap(singleSpaced(withoutTails(out))))
	for i := range out {
		out[i].look()
	}
	return out
}

// maxLayers bounds how often lines may have been dressed: quoted, then logged, then quoted again.
const maxLayers = 4

// kept is how many lines are left without the blank ones that are too many in a row.
func kept(raw []string) int {
	n, blanks := 0, 0
	for _, s := range raw {
		if s != "" {
			blanks = 0
		} else {
			blanks++
		}
		if blanks <= maxBlanks {
			n++
		}
	}
	return n
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

// width counts columns as a console does: East Asian characters take two.
func width(s string) int {
	n := 0
	for n < len(s) && s[n] < utf8.RuneSelf {
		n++
	}
	for _, r := range s[n:] {
		n++
		if r >= 0x1100 && (r <= 0x115F || r >= 0x2E80 && r <= 0xA4CF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE6F || r >= 0x20000) {
			n++
		}
	}
	return n
}

// splitLost finds labels in the middle of long lines, where a web page or a ticket system has eaten the
// line breaks, and breaks the lines there again.
func splitLost(in []line) []line {
	var out []line // only where there is one
	for i := range in {
		cuts := lostOffsets(in[i].text)
		if cuts == nil {
			if out != nil {
				out = append(out, in[i])
			}
			continue
		}
		if out == nil {
			out = append(make([]line, 0, len(in)+len(cuts)), in[:i]...)
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
	if out == nil {
		return in
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
