package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	groups    = 5 // groups of a product key
	groupSize = 5 // characters of a group
	keySize   = groups * groupSize

	masked = "XXXXX-XXXXX-XXXXX-XXXXX-"

	// maxSeparator is how many characters may stand between two groups: a dash, blanks around it.
	maxSeparator = 4
	// maxMisread is how many characters of a key may be ones that no key has, but that OCR and
	// typing errors put into one.
	maxMisread = 3
	// maxPasses bounds the repetition over chains of more than five groups, where the last group
	// of one key may begin another.
	maxPasses = 4
)

// Keys masks every full product key of the text as XXXXX-XXXXX-XXXXX-XXXXX-12345 with its own last
// five characters, by which administrators tell keys apart, and says how many it masked.
//
// Keys are found in upper and lower case, with any dash, blanks, or nothing between the groups, in
// full-width forms, with Cyrillic look-alikes and a few misread characters, but not across lines.
// Placeholders such as XXXXX-XXXXX-XXXXX-XXXXX-XXXXX are none. A key for which allowed, given it
// in capitals with hyphens, answers true stays as it is: meant for published generic keys. A nil
// allowed masks all. The time is linear in the text's length.
func Keys(text string, allowed func(key string) bool) (string, int) {
	total := 0
	for range maxPasses {
		masked, n := maskKeys(text, allowed)
		if n == 0 {
			break
		}
		text, total = masked, total+n
	}
	return text, total
}

func maskKeys(text string, allowed func(key string) bool) (string, int) {
	var out strings.Builder
	var l line
	done, n := 0, 0
	for start := 0; start < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i
		}
		l.fold(text, start, end)
		for i := 0; i < len(l.b); i++ {
			key, length := l.key(i)
			if length == 0 {
				continue
			}
			from, to := l.span(i, i+length)
			i += length - 1
			if allowed != nil && allowed(key) {
				continue
			}
			out.WriteString(text[done:from])
			out.WriteString(masked + key[len(masked):])
			done, n = to, n+1
		}
		start = end + 1
	}
	if n == 0 {
		return text, 0
	}
	out.WriteString(text[done:])
	return out.String(), n
}

// line is one line of a text folded to ASCII capitals.
type line struct {
	text  string
	start int
	b     []byte
	at    []int // offset in the text of each byte of b; empty if the line is plain ASCII
}

func (l *line) fold(text string, start, end int) {
	l.text, l.start = text, start
	l.b, l.at = l.b[:0], l.at[:0]
	plain := true
	for i := start; i < end && plain; i++ {
		plain = text[i] < utf8.RuneSelf
		l.b = append(l.b, upper[text[i]])
	}
	if plain {
		return
	}
	l.b = l.b[:0]
	for i, r := range text[start:end] {
		if c, ok := fold(r); ok {
			l.b, l.at = append(l.b, c), append(l.at, start+i)
		}
	}
}

// span turns offsets into the folded line into offsets into the text.
func (l *line) span(from, to int) (int, int) {
	if len(l.at) == 0 {
		return l.start + from, l.start + to
	}
	last := l.at[to-1]
	_, size := utf8.DecodeRuneInString(l.text[last:])
	return l.at[from], last + size
}

// key reads the product key that begins at b[i]: in canonical form, and its length in b. A length
// of 0 means that there is none.
func (l *line) key(i int) (string, int) {
	var k keyReader
	end := i
	for g := range groups {
		if g > 0 {
			end += k.separator(l.b[end:])
		}
		if !k.group(l.b[end:]) {
			return "", 0
		}
		end += groupSize
	}
	if !k.valid() || !k.joined() && (l.wordAt(i-1) || l.wordAt(end)) {
		return "", 0
	}
	return k.canonical(), end - i
}

func (l *line) wordAt(i int) bool {
	return i >= 0 && i < len(l.b) && kinds[l.b[i]] >= other
}

// keyReader collects the groups of one key.
type keyReader struct {
	chars               [keySize]byte
	n                   int
	misread, digits     int
	blanks, dashes, not int // separators: blanks only, with a dash, none at all
}

// separator measures what stands between two groups; 0 is allowed for a key typed in one run.
func (k *keyReader) separator(b []byte) int {
	n, dash := 0, false
	for n < len(b) && n < maxSeparator && (kinds[b[n]] == blank || kinds[b[n]] == joint) {
		dash = dash || kinds[b[n]] == joint
		n++
	}
	switch {
	case n == 0:
		k.not++
	case dash:
		k.dashes++
	default:
		k.blanks++
	}
	return n
}

func (k *keyReader) group(b []byte) bool {
	if len(b) < groupSize {
		return false
	}
	for _, c := range b[:groupSize] {
		switch kinds[c] {
		case keyDigit:
			k.digits++
		case keyLetter:
		case lookalike:
			if k.misread++; k.misread > maxMisread {
				return false
			}
		default:
			return false
		}
		k.chars[k.n] = c
		k.n++
	}
	return true
}

// joined reports whether dashes stand between all groups: a form that only keys have.
func (k *keyReader) joined() bool { return k.dashes == groups-1 }

// valid tells a key from a placeholder, a masked key and mere words or numbers.
func (k *keyReader) valid() bool {
	if k.not > 0 && k.not < groups-1 {
		return false
	}
	if !k.joined() && (k.digits == 0 || k.digits+k.misread == keySize || k.misread > 0) {
		return false
	}
	same := 0
	for g := range groups {
		group := string(k.chars[g*groupSize : (g+1)*groupSize])
		if group == "XXXXX" {
			return false
		}
		if strings.Count(group, group[:1]) == groupSize {
			same++
		}
	}
	return same < groups-1
}

func (k *keyReader) canonical() string {
	b := make([]byte, 0, keySize+groups-1)
	for i, c := range k.chars {
		if i > 0 && i%groupSize == 0 {
			b = append(b, '-')
		}
		b = append(b, c)
	}
	return string(b)
}

// What a folded byte can be in a product key. From other on it is part of a word.
const (
	nothing = iota
	blank
	joint
	other
	lookalike
	keyDigit
	keyLetter
)

var kinds, upper = tables()

func tables() (kinds, upper [256]byte) {
	for i := range upper {
		upper[i] = byte(i)
	}
	for c := byte('a'); c <= 'z'; c++ {
		upper[c] = c - 'a' + 'A'
		kinds[upper[c]] = other
	}
	for _, c := range []struct {
		chars string
		kind  byte
	}{
		{" \t", blank}, {"-_.:~\\", joint}, {"01OI5SLZ", lookalike},
		{"2346789", keyDigit}, {"BCDFGHJKMNPQRTVWXY", keyLetter},
	} {
		for i := range len(c.chars) {
			kinds[c.chars[i]] = c.kind
		}
	}
	return kinds, upper
}

// fold maps a rune to the ASCII capital that it is or looks like; it reports false for what is
// not seen.
func fold(r rune) (byte, bool) {
	switch {
	case r < utf8.RuneSelf:
		return upper[byte(r)], true
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms
		return upper[byte(r-0xFEE0)], true
	case r >= 0x3040 && r < 0xD800:
		return 0, true
	}
	if c, ok := alike[r]; ok {
		return c, true
	}
	switch {
	case invisible(r):
		return 0, false
	case unicode.Is(unicode.Pd, r) || r == '−':
		return '-', true
	case unicode.IsSpace(r):
		return ' ', true
	case unicode.IsLetter(r):
		return 'A', true // in a word, in no key
	}
	return 0, true
}

// alike holds Cyrillic letters drawn like those of the key alphabet, and the OCR's bullets.
var alike = map[rune]byte{
	'В': 'B', 'С': 'C', 'с': 'C', 'Н': 'H', 'К': 'K', 'к': 'K', 'М': 'M', 'Р': 'P', 'р': 'P',
	'Т': 'T', 'Х': 'X', 'х': 'X', 'У': 'Y', 'у': 'Y', '•': '-', '·': '-', '¬': '-',
}
