package formats

import (
	"strings"
	"unicode/utf8"
)

// A mail saved as a file is quoted-printable: long lines end in "=", and "=3D" stands for "=".

var (
	printableHead = compile(`(?im)^content-transfer-encoding:\s{0,4}quoted-printable\s*$`)
	printableByte = compile(`=[0-9A-F]{2}`)
)

// quotedPrintable tells such a text, with its mail header or without.
func (p *page) quotedPrintable() bool {
	s := p.text[:min(len(p.text), sampleBytes)]
	return printableHead.MatchString(s) || strings.Count(s, "=\n") >= 3 && strings.Contains(s, "=3D")
}

// unprinted decodes the lines from i on that one line was broken into, and tells how many they are.
func unprinted(raw []string, i int) (line, int) {
	l := line{num: i + 1}
	n := 0
	var b strings.Builder
	for ; i+n < len(raw) && b.Len() < maxJoined; n++ {
		if n > 0 {
			l.joins = append(l.joins, join{b.Len(), i + n + 1})
		}
		s, soft := strings.CutSuffix(strings.TrimRight(raw[i+n], " \t"), "=")
		b.WriteString(unescapePrintable(s))
		if !soft {
			n++
			break
		}
	}
	l.text = b.String()
	if !utf8.ValidString(l.text) {
		enc, _ := legacy([]byte(l.text))
		l.text, _ = enc.NewDecoder().String(l.text)
		l.joins = nil
	}
	return l, n
}

func unescapePrintable(s string) string {
	return printableByte.ReplaceAllStringFunc(s, func(m string) string {
		return string([]byte{unhex(m[1])<<4 | unhex(m[2])})
	})
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c - 'A' + 10
}
