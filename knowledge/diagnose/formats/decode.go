package formats

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
)

// sampleBytes bounds what the guesses look at; the chosen decoder then reads everything once.
const sampleBytes = 64 << 10

// decode returns the text of data, the name of its encoding, and whether it is text at all.
func decode(data []byte) (text, name string, ok bool) {
	if enc, n, skip := byMark(data); enc != nil {
		return finishDecode(enc, n, data[skip:])
	}
	if enc, n := wideWithoutMark(data); enc != nil {
		return finishDecode(enc, n, data)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if looksBinary(sample(data)) {
		return "", "binary", false
	}
	if utf8.Valid(data) {
		return rereadable(string(data)), "utf-8", true
	}
	if nearlyUTF8(sample(data)) {
		return rereadable(string(bytes.ToValidUTF8(data, []byte("\uFFFD")))), "utf-8", true
	}
	enc, n := legacy(sample(data))
	return finishDecode(enc, n, data)
}

func finishDecode(enc encoding.Encoding, name string, data []byte) (string, string, bool) {
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil || looksBinary(sample(out)) {
		return "", "binary", false
	}
	return rereadable(string(out)), name, true
}

func sample(data []byte) []byte { return data[:min(len(data), sampleBytes)] }

func byMark(data []byte) (encoding.Encoding, string, int) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM), "utf-16le", 2
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM), "utf-16be", 2
	}
	return nil, "", 0
}

// wideWithoutMark sees UTF-16 without a byte order mark: in a log, every other byte of most characters is 0
// (or 4 for Cyrillic), and NUL never stands in text of any other encoding.
func wideWithoutMark(data []byte) (encoding.Encoding, string) {
	s := sample(data)
	if len(s) < 8 {
		return nil, ""
	}
	var zero [2]int
	for i, b := range s {
		if b == 0 {
			zero[i&1]++
		}
	}
	half := len(s) / 2
	switch {
	case zero[1] > half/5 && zero[0] <= half/50:
		return xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM), "utf-16le"
	case zero[0] > half/5 && zero[1] <= half/50:
		return xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM), "utf-16be"
	}
	return nil, ""
}

// looksBinary counts bytes that no text has. A few are tolerated: consoles copy bells and escapes.
func looksBinary(s []byte) bool {
	bad := 0
	for _, b := range s {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != '\v' && b != 0x1B && b != 0x1A && b != '\b' && b != 7 {
			bad++
		}
	}
	return bad > 0 && bad*100 >= len(s)
}

// nearlyUTF8 accepts text with a few broken sequences, as a log cut in the middle of a character has.
func nearlyUTF8(s []byte) bool {
	good, bad := 0, 0
	for n := 0; n < utf8.UTFMax && len(s) > 0 && !utf8.Valid(s[len(s)-1:]); n++ {
		if utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1] // the first byte of what is cut off at the end
			break
		}
		if r, _ := utf8.DecodeLastRune(s); r != utf8.RuneError {
			break
		}
		s = s[:len(s)-1]
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		s = s[n:]
	}
	return good > 10*bad
}

// codePages are the encodings that consoles (OEM) and editors (ANSI) of the five languages write.
var codePages = []struct {
	name string
	enc  encoding.Encoding
}{
	{"windows-1252", charmap.Windows1252},
	{"ibm850", charmap.CodePage850},
	{"windows-1251", charmap.Windows1251},
	{"ibm866", charmap.CodePage866},
}

// legacy picks the code page under which the high bytes make the likeliest letters.
func legacy(s []byte) (encoding.Encoding, string) {
	best, bestName, bestScore := encoding.Encoding(charmap.Windows1252), "windows-1252", 0
	for _, cp := range codePages {
		out, err := cp.enc.NewDecoder().Bytes(s)
		if err != nil {
			continue
		}
		if n := letterScore(string(out)); n > bestScore {
			best, bestName, bestScore = cp.enc, cp.name, n
		}
	}
	if n := gbkScore(s); n > bestScore {
		return simplifiedchinese.GB18030, "gb18030"
	}
	return best, bestName
}

// letterScore rewards the letters of the languages written here and punishes what a wrong code page shows:
// box drawing, signs, and capitals in the middle of a word.
func letterScore(s string) int {
	score, prev := 0, rune(' ')
	for _, r := range s {
		if r >= 0x80 {
			score += runeScore(r, prev)
		}
		prev = r
	}
	return score
}

func runeScore(r, prev rune) int {
	switch {
	case r == utf8.RuneError || unicode.IsControl(r):
		return -8
	case r >= 'а' && r <= 'я' || r == 'ё':
		return 3
	case r >= 'А' && r <= 'Я':
		if unicode.IsLower(prev) {
			return -4
		}
		return 2
	case r == 0xA0: // as much as the letter that another page has in its place
		return 3
	case isNordic(r):
		if prev < 0x80 || isNordic(prev) {
			return 3
		}
		return -2
	case r == '–' || r == '—' || r == '«' || r == '»' || r == '“' || r == '”' || r == '’' || r == '…' || r == '®' || r == '©' || r == '№':
		return 1
	}
	return -3
}

func isNordic(r rune) bool {
	switch r {
	case 'å', 'ä', 'ö', 'ø', 'æ', 'Å', 'Ä', 'Ö', 'Ø', 'Æ', 'é', 'ü', 'ß', 'è', 'á', 'ó', 'í', 'ç', 'ñ', 'ê', 'à':
		return true
	}
	return false
}

// gbkScore reads the bytes as GBK pairs. The 3,755 everyday characters stand in rows B0-D7; Cyrillic or
// Nordic text read as GBK falls outside them or breaks a pair.
func gbkScore(s []byte) int {
	score := 0
	for i := 0; i < len(s); i++ {
		lead := s[i]
		if lead < 0x80 {
			continue
		}
		if i+1 >= len(s) || lead == 0x80 || lead == 0xFF || s[i+1] < 0x40 || s[i+1] == 0x7F || s[i+1] == 0xFF {
			score -= 12
			continue
		}
		switch trail := s[i+1]; {
		case trail < 0xA1:
			score -= 4
		case lead >= 0xB0 && lead <= 0xD7:
			score += 7 // two Cyrillic letters would earn 6
		case lead >= 0xA1 && lead <= 0xA9:
			score += 3
		default:
			score -= 2
		}
		i++
	}
	return score
}
