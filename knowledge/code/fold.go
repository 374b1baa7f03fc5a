package code

import "unicode"

// Stand-ins for what is not ASCII: boundaries matter, the characters themselves do not.
const (
	letter = 'z' // a letter or digit that cannot belong to a code
	mark   = '~' // anything else, and every letter of a script written without spaces
)

// fold maps a rune to the ASCII byte that it is or looks like in an error code. It reports false
// for runes that are not seen (soft hyphen, zero-width and direction marks) and vanish.
func fold(r rune) (byte, bool) {
	switch {
	case r < 0x80:
		return byte(r), true
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms
		return byte(r - 0xFEE0), true
	case r >= 0x3040 && r < 0xD800: // most of East Asia, decided early
		return mark, true
	}
	if b, ok := alike[r]; ok {
		return b, true
	}
	switch {
	case r == 0xAD || r == 0x34F || unicode.Is(unicode.Cf, r):
		return 0, false
	case unicode.IsSpace(r):
		return ' ', true
	case r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		return letter, true
	}
	return mark, true
}

// alike holds Cyrillic and Greek letters drawn like hex digits or the x, and typographic signs
// that word processors put in place of typed ones.
var alike = map[rune]byte{
	'а': 'a', 'А': 'A', 'в': 'b', 'В': 'B', 'с': 'c', 'С': 'C', 'е': 'e', 'Е': 'E',
	'о': 'o', 'О': 'O', 'х': 'x', 'Х': 'X',
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ο': 'O', 'ο': 'o', 'Χ': 'X', 'χ': 'x',
	'×': 'x', '✕': 'x', '⨯': 'x',
	'‐': '-', '‑': '-', '‒': '-', '–': '-', '−': '-', '﹣': '-',
	'“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '「': '"', '」': '"', '『': '"', '』': '"',
	'‘': '\'', '’': '\'', '‹': '\'', '›': '\'', '…': '.', '。': '.', '、': ',',
	'【': '[', '】': ']', '《': '<', '》': '>',
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isWord(b byte) bool {
	return isDigit(b) || b == '_' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

// hexValue gives the value of a hex digit, 16 for the letter O, which people type for zero, and
// 17 for everything else.
func hexValue(b byte) Code {
	switch {
	case isDigit(b):
		return Code(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return Code(b|0x20-'a') + 10
	case b|0x20 == 'o':
		return 16
	}
	return 17
}

// hexRun counts the hex digits that b begins with.
func hexRun(b []byte) int {
	n := 0
	for n < len(b) && hexValue(b[n]) < 16 {
		n++
	}
	return n
}

// hex reads up to eight hex digits; a letter O counts as zero.
func hex(b []byte) Code {
	var c Code
	for _, d := range b {
		c = c<<4 | hexValue(d)&0xF
	}
	return c
}

// isPrefix reports whether b begins with 0x, in any case, or with the letter O in place of zero.
func isPrefix(b []byte) bool {
	return len(b) > 1 && (b[0] == '0' || b[0]|0x20 == 'o') && b[1]|0x20 == 'x'
}

// extended reports whether 16 hex digits are a sign-extended negative 32-bit value.
func extended(b []byte) bool {
	return hex(b[:8]) == 0xFFFF_FFFF && hex(b[8:16]).Failure()
}
