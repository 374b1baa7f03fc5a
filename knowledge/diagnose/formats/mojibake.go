package formats

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Text that was read in a wrong code page and stored so ("nÃ¸kkel", "╤хЁтхЁ") can be read again in the right
// one. UTF-8 taken for a code page is certain: hardly any other text is valid UTF-8 when it goes back. One
// single-byte page taken for another is decided by the letters of the whole document.

var utf8Misread = []*charmap.Charmap{charmap.Windows1252, charmap.Windows1251, charmap.CodePage850, charmap.CodePage866, charmap.CodePage437}

var crossings = []struct{ shown, meant *charmap.Charmap }{
	{charmap.CodePage866, charmap.Windows1251}, {charmap.Windows1251, charmap.CodePage866},
	{charmap.CodePage850, charmap.Windows1252}, {charmap.Windows1252, charmap.CodePage850},
	{charmap.Windows1252, charmap.Windows1251}, {charmap.Windows1252, charmap.CodePage866},
}

// rereadable returns text in the code page that it was meant in; as it is where nothing speaks for another.
func rereadable(text string) string {
	if asciiOnly(text) {
		return text
	}
	lines := strings.Split(text, "\n")
	changed := false
	for i, s := range lines {
		if out := fromMisreadUTF8(s); out != s {
			lines[i], changed = out, true
		}
	}
	if changed {
		text = strings.Join(lines, "\n")
	}
	return crossedBack(text)
}

func fromMisreadUTF8(s string) string {
	if len(s) > maxLine || asciiOnly(s) || signScore(s) > 0 {
		return s
	}
	for _, cp := range utf8Misread {
		b, err := cp.NewEncoder().String(s)
		if err == nil && utf8.ValidString(b) && signScore(b) > signScore(s) {
			return b
		}
	}
	return s
}

func crossedBack(text string) string {
	s := text[:min(len(text), sampleBytes)]
	for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	s = strings.ToValidUTF8(s, "")
	if shown := strings.ReplaceAll(s, "\u00ad", ""); signScore(shown) > 2*foreign(shown) || foreign(shown) < 3 {
		return text // what a word processor has put between syllables
	}
	n, have := foreign(s), signScore(s)
	if n < 3 || have > 2*n || badSigns(s)*10 < n || strings.Contains(s, "██") { // which is masking
		return text
	}
	best, bestScore := -1, max(2*n-1, have+n)
	for i, x := range crossings {
		if out, ok := cross(s, x.shown, x.meant); ok && signScore(out) > bestScore {
			best, bestScore = i, signScore(out)
		}
	}
	if best < 0 {
		return text
	}
	out, ok := cross(text, crossings[best].shown, crossings[best].meant)
	if !ok {
		return text
	}
	return out
}

// cross reads the bytes that were shown as s in the page that was meant. The five bytes that windows-1252
// leaves free are kept as control characters.
func cross(s string, shown, meant *charmap.Charmap) (string, bool) {
	var out strings.Builder
	out.Grow(len(s))
	for _, r := range s {
		c, ok := shown.EncodeRune(r)
		switch {
		case ok:
		case r == utf8.RuneError: // lost already
			out.WriteRune(r)
			continue
		case r >= 0x80 && r <= 0x9F:
			c = byte(r)
		default:
			return "", false
		}
		out.WriteRune(meant.DecodeByte(c))
	}
	return out.String(), true
}

// foreign counts the characters outside ASCII.
func foreign(s string) int {
	n := 0
	for _, r := range s {
		if r >= 0x80 {
			n++
		}
	}
	return n
}

// signScore is letterScore for text that may be of any language. Only what stands in a word counts: a bullet,
// a quotation mark or a masking block says nothing, and a sign in the middle of a word is bad.
func signScore(s string) int {
	score, prev := 0, rune(' ')
	for i, r := range s {
		if r >= 0x80 {
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			score += wordScore(r, prev, next)
		}
		prev = r
	}
	return score
}

// badSigns counts the characters that no word of the languages has.
func badSigns(s string) int {
	n, prev := 0, rune(' ')
	for i, r := range s {
		if r >= 0x80 {
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if wordScore(r, prev, next) < 0 {
				n++
			}
		}
		prev = r
	}
	return n
}

func wordScore(r, prev, next rune) int {
	before, after := unicode.IsLetter(prev), unicode.IsLetter(next)
	switch {
	case unicode.Is(unicode.Han, r):
		return 3
	case r == '®' || r == '©' || r == '™' || r == '°' || r == '№' || r == 0xA0:
		return 0
	case unicode.IsPunct(r), unicode.Is(unicode.Sm, r), unicode.Is(unicode.Sc, r), unicode.Is(unicode.Sk, r):
		if before && after {
			return -3
		}
		return 0
	case unicode.IsSymbol(r), unicode.IsControl(r):
		if before || after {
			return -3
		}
		return 0
	case !before && !after:
		return 0
	}
	if !before {
		prev = ' '
	}
	return runeScore(r, prev)
}
