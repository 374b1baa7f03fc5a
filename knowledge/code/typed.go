package code

import (
	"strings"
	"unicode/utf8"
)

// ScanTyped finds the codes of what somebody typed: those of Scan, and the known ones that are spelled in other
// ways. They may be in parts ("0xC004 F074", "C004-F074", "0xC004(F074)"), be broken over a line end, stand in the
// notation of another language ("4004F040h", "&HC004F074", "0xC004F074UL"), behind a word without a blank, or in
// groups of three digits ("-1 073 418 124"). That is for short texts that people write: logs are full of numbers,
// of which some would be a known code by chance.
func ScanTyped(text string, known func(Code) bool) []Match {
	s := scanner{text: text}
	s.fold(text, 0)
	s.sound()
	for i := 0; i < len(s.b); i++ {
		m, ok := s.typed(i, known)
		if !ok || m.Kind == Digits {
			if sure, found := s.match(i); found {
				m, ok = sure, true
			}
		}
		if ok {
			i = m.End - 1
			s.matches = append(s.matches, s.original(m, 0))
		}
	}
	return s.matches
}

// ParseTyped reads one code as Parse does; if that fails, the known one that ScanTyped finds, perhaps after words.
func ParseTyped(s string, known func(Code) bool) (Code, error) {
	c, err := Parse(s)
	if err == nil || len(s) > maxInput {
		return c, err
	}
	m := ScanTyped(s, known)
	if len(m) != 1 || !known(m[0].Code) {
		return 0, err
	}
	before, errBefore := clean(s[:m[0].Start])
	after, errAfter := clean(s[m[0].End:])
	if errBefore != nil || errAfter != nil || after != "" || strings.ContainsAny(before, "0123456789") {
		return 0, err
	}
	return m[0].Code, nil
}

// sound reads Cyrillic letters that look like no hex digit, but sound like one: "0хС004Ф074".
func (s *scanner) sound() {
	const cyrillic, latin = "фФдДбБ", "fFdDbB"
	for k, at := range s.at {
		if s.b[k] != letter {
			continue
		}
		r, _ := utf8.DecodeRuneInString(s.text[at:])
		if i := strings.IndexRune(cyrillic, r); i >= 0 {
			s.b[k] = latin[i/2]
		}
	}
}

// typed reads the known code, or the flag, that begins at b[i] in a spelling that match does not read.
func (s *scanner) typed(i int, known func(Code) bool) (Match, bool) {
	if i > 0 && isDigit(s.b[i-1]) {
		return Match{}, false
	}
	if m, ok := s.apart(i); ok && known(m.Code) && (m.Kind == Hex || m.Code.likely()) {
		return m, true
	}
	if m, ok := s.blankFlag(i); ok {
		return m, true
	}
	m, v, ok := s.grouped(i)
	if m.Code = Code(v); ok && v < 1<<32 && m.Code.likely() && known(m.Code) {
		return m, true
	}
	m.Code = Code(-v) // the sign is forgotten as often as not
	return m, ok && v < 1<<31 && m.Code.likely() && known(m.Code)
}

// prefix measures what announces a hexadecimal number: 0x, &H, or an x by itself, which is no proof.
func (s *scanner) prefix(i int) (n int, sure bool) {
	switch b := s.b[i:]; {
	case isPrefix(b), len(b) > 1 && b[0] == '&' && b[1]|0x20 == 'h':
		return 2, true
	case b[0]|0x20 == 'x' && !s.alnumAt(i-1):
		return 1, false
	}
	return 0, false
}

// apart reads 8 hex digits with anything between them that is no letter or digit.
func (s *scanner) apart(i int) (Match, bool) {
	n, sure := s.prefix(i)
	j := i + n
	if sure {
		j += gap(s.b[j:])
	}
	if j >= len(s.b) || !sure && hexValue(s.b[j]) >= 16 {
		return Match{}, false
	}
	digits, end := s.eight(j)
	if len(digits) < 8 {
		return Match{}, false
	}
	m := Match{i, s.suffix(end), hex(digits), Hex}
	ok := !s.alnumAt(m.End)
	if !sure {
		m.Kind = Bare
		ok = ok && !s.chainBefore(i) && !s.chainAfter(m.End)
	}
	if !sure && allDigits(digits) {
		m.Kind = Digits
		ok = ok && s.lone(i, m.End)
	}
	return m, ok
}

// eight reads up to 8 hex digits with gaps between them.
func (s *scanner) eight(j int) (digits []byte, end int) {
	digits = make([]byte, 0, 8)
	for j < len(s.b) && hexValue(s.b[j]) <= 16 {
		digits = append(digits, s.b[j])
		j++
		if len(digits) == 8 {
			break
		}
		j += gap(s.b[j:])
	}
	return digits, j
}

// suffix gives the end of what other notations put behind the digits: h, L, UL, and an 0x in the wrong place.
func (s *scanner) suffix(j int) int {
	k := j + gap(s.b[j:])
	if k > j && isPrefix(s.b[k:]) && !s.alnumAt(k+2) {
		return k + 2
	}
	for k = j; k < len(s.b) && k < j+3 && strings.IndexByte("uUlL", s.b[k]) >= 0; k++ {
	}
	if k == j && k < len(s.b) && s.b[k]|0x20 == 'h' {
		k++
	}
	if s.alnumAt(k) {
		return j
	}
	return k
}

// blankFlag reads "0x 2a": a lone 0x announces what follows.
func (s *scanner) blankFlag(i int) (Match, bool) {
	if b := s.b[i:]; !isPrefix(b) || b[0] != '0' || len(b) < 4 || b[2] != ' ' || !isDigit(b[3]) || s.alnumAt(i-1) {
		return Match{}, false
	}
	n := hexRun(s.b[i+3:])
	if n > 7 || s.alnumAt(i+3+n) {
		return Match{}, false
	}
	return Match{i, i + 3 + n, hex(s.b[i+3 : i+3+n]), Flag}, true
}

// grouped reads a decimal number in groups of three digits, or of 9 or 10 digits.
func (s *scanner) grouped(i int) (m Match, v int64, ok bool) {
	m = Match{Start: i, Kind: Decimal}
	j := i
	if s.b[i] == '-' && !s.alnumAt(i-1) {
		m.Kind = Signed
		j++
	}
	digits, end := s.thousands(j)
	end = s.suffix(end)
	if len(digits) < 9 || len(digits) > 10 || s.alnumAt(end) || !s.lone(i, end) || s.chainBefore(i) || s.chainAfter(end) {
		return m, 0, false
	}
	m.End = end
	return m, decimal(digits), true
}

// thousands reads digits, and those that follow them in groups of three.
func (s *scanner) thousands(j int) (digits []byte, end int) {
	n := s.digits(j)
	digits, end = s.b[j:j+n:j+n], j+n
	for n <= 3 && len(digits) < 10 && end < len(s.b) && strings.IndexByte(" .,'_", s.b[end]) >= 0 && s.digits(end+1) == 3 {
		digits = append(digits, s.b[end+1:end+4]...)
		end += 4
	}
	return digits, end
}

// digits counts the decimal digits that stand at j, 11 at most.
func (s *scanner) digits(j int) int {
	n := 0
	for n <= 10 && j+n < len(s.b) && isDigit(s.b[j+n]) {
		n++
	}
	return n
}

// lone reports whether i..j is not part of a longer row of digits, such as a telephone number or a version.
func (s *scanner) lone(i, j int) bool {
	digit := func(k int) bool { return k >= 0 && k < len(s.b) && isDigit(s.b[k]) }
	joint := func(k int) bool { return k >= 0 && k < len(s.b) && strings.IndexByte(" .-/+", s.b[k]) >= 0 }
	return !(joint(i-1) && (s.b[i-1] == '+' || digit(i-2)) || joint(j) && digit(j+1))
}

// alnumAt reports whether a letter or digit stands at k.
func (s *scanner) alnumAt(k int) bool { return s.wordAt(k) && s.b[k] != '_' }

// maxGap is how many marks may stand between two parts of a code: "\r\n> " in quoted mail.
const maxGap = 4

// gap measures what stands between two parts of a code.
func gap(b []byte) int {
	n := 0
	for range maxGap {
		step := escaped(b[n:])
		if step == 0 && n < len(b) && b[n] != mark && (b[n] == '_' || !isWord(b[n])) {
			step = 1
		}
		if step == 0 {
			break
		}
		n += step
	}
	return n
}

// escaped measures what stands for a blank or another mark in an address ("%20"), in a string ("\n") and in
// HTML ("&nbsp;", "<br>").
func escaped(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	switch b[0] {
	case '%':
		if (b[1] == '0' || b[1] == '2') && hexValue(b[2]) < 16 {
			return 3
		}
	case '\\':
		if strings.IndexByte("nrt", b[1]) >= 0 {
			return 2
		}
	case '&':
		return enclosed(b, ';', "#0123456789")
	case '<':
		return enclosed(b, '>', "/ ")
	}
	return 0
}

// enclosed measures an entity or a tag, which has small letters and perhaps others; 0 if it does not end soon.
func enclosed(b []byte, end byte, others string) int {
	for n := 1; n < min(len(b), 8); n++ {
		switch c := b[n]; {
		case c == end:
			return n + 1
		case (c < 'a' || c > 'z') && strings.IndexByte(others, c) < 0:
			return 0
		}
	}
	return 0
}
