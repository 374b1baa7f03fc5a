package code

import (
	"strings"
	"unicode/utf8"
)

// Kind tells how a code was spelled, and so how sure it is that a code was meant.
type Kind int

// Spellings, in the order of their use.
const (
	Hex     Kind = iota // 0x and 8 digits (or 16 sign-extended): any value, also flags and 0x00000000
	Bare                // 8 hex digits without 0x: only values of ranges that carry error codes
	Decimal             // unsigned: only values of those ranges
	Signed              // negative: only values of those ranges
	Win32               // win32:N
	Flag                // 0x and 1 to 7 digits: 0x0 means success, most others are no error codes
	Digits              // 8 decimal ones in groups or behind a word, which only ScanTyped finds: perhaps a telephone number
)

// String gives the name of the kind in capitals.
func (k Kind) String() string {
	return [...]string{"HEX", "BARE", "DECIMAL", "SIGNED", "WIN32", "FLAG", "DIGITS"}[k]
}

// Match is a code found in a text.
type Match struct {
	Start, End int // byte offsets into the text, End exclusive
	Code       Code
	Kind       Kind
}

// Scan finds the codes of a running text, in order and without overlap, in every spelling of
// Parse. Codes may be glued to words ("0x8007000Dog") and hold look-alikes. Codes without 0x are
// found only where nothing suggests a GUID, a hash, a version or another longer number. Whether a
// value is an error at all is for the caller to judge. The time is linear in the text's length.
func Scan(text string) []Match {
	s := scanner{text: text}
	for start := 0; start < len(text); {
		end := len(text)
		if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
			end = start + n
		}
		s.line(start, end)
		start = end + 1
	}
	return s.matches
}

// scanner folds one line at a time, so that its memory is bounded by the longest line.
type scanner struct {
	text    string
	b       []byte // the line, folded to ASCII
	at      []int  // offset in the text of each byte of b; empty if the line is plain ASCII
	matches []Match
}

func (s *scanner) line(start, end int) {
	s.fold(s.text[start:end], start)
	for i := 0; i < len(s.b); i++ {
		m, ok := s.match(i)
		if !ok {
			continue
		}
		i = m.End - 1
		s.matches = append(s.matches, s.original(m, start))
	}
}

func (s *scanner) fold(line string, start int) {
	s.b, s.at = s.b[:0], s.at[:0]
	if ascii(line) {
		s.b = append(s.b, line...)
		return
	}
	for i, r := range line {
		if f, ok := fold(r); ok {
			s.b, s.at = append(s.b, f), append(s.at, start+i)
		}
	}
}

// original turns offsets into the folded line into offsets into the text.
func (s *scanner) original(m Match, start int) Match {
	if len(s.at) == 0 {
		m.Start, m.End = m.Start+start, m.End+start
		return m
	}
	last := s.at[m.End-1]
	_, size := utf8.DecodeRuneInString(s.text[last:])
	m.Start, m.End = s.at[m.Start], last+size
	return m
}

// match finds the code that begins at b[i], if any.
func (s *scanner) match(i int) (Match, bool) {
	c := s.b[i]
	switch {
	case !isWord(c) && c != '-':
	case isPrefix(s.b[i:]):
		return s.prefixed(i)
	case i > 0 && isWord(s.b[i-1]):
	case c == '-':
		return s.signed(i)
	case c|0x20 == 'w':
		return s.win32(i)
	case hexValue(c) < 16:
		return s.bare(i)
	}
	return Match{}, false
}

func (s *scanner) prefixed(i int) (Match, bool) {
	digits := s.b[i+2:]
	n := hexRun(digits)
	typed := s.b[i] == '0'
	first := digits[:min(8, len(digits))]
	switch {
	case n == 16 && extended(digits):
		return Match{i, i + 18, hex(digits[8:16]), Hex}, true
	case n == 8 && typed && !s.inNumber(i):
	case len(first) == 8 && (n <= 8 || s.glued(i+10, i+2+n)) && zeroLike(first):
	case n > 0 && n < 8 && typed && !s.inNumber(i) && !s.wordAt(i-1) && !s.wordAt(i+2+n):
		return Match{i, i + 2 + n, hex(digits[:n]), Flag}, true
	default:
		return Match{}, false
	}
	return Match{i, i + 10, hex(first), Hex}, true
}

// inNumber reports whether what stands before i makes 0x part of something else: 1920x1080, or
// the address of a stack frame.
func (s *scanner) inNumber(i int) bool {
	return i > 0 && (isDigit(s.b[i-1]) || s.b[i-1] == '@')
}

// glued reports whether the hex digits from..to are the beginning of a word that follows a code:
// letters of another alphabet, or letters that go on with others ("0xC004F074error").
func (s *scanner) glued(from, to int) bool {
	if s.foreign(from) && !s.foreign(from-1) {
		return true
	}
	for _, d := range s.b[from:to] {
		if isDigit(d) {
			return false
		}
	}
	return to-from < 8 && s.wordAt(to)
}

func (s *scanner) foreign(k int) bool {
	return len(s.at) > 0 && s.text[s.at[k]] >= utf8.RuneSelf
}

func (s *scanner) wordAt(k int) bool {
	return k >= 0 && k < len(s.b) && isWord(s.b[k])
}

// bare finds 8 or 16 hex digits and 10 decimal ones at the beginning of a word.
func (s *scanner) bare(i int) (Match, bool) {
	n := hexRun(s.b[i:])
	digits := s.b[i : i+n]
	m := Match{Start: i, End: i + n, Kind: Bare}
	switch {
	case n == 8:
		m.Code = hex(digits)
		if allDigits(digits) && !m.Code.likelyDecimal() {
			return m, false
		}
	case n == 16 && extended(digits):
		m.Code = hex(digits[8:])
	case n == 10 && allDigits(digits):
		v := decimal(digits)
		if v > 1<<32-1 || i > 0 && s.b[i-1] == '-' { // negative ones are signed
			return m, false
		}
		m.Code, m.Kind = Code(v), Decimal
	default:
		return m, false
	}
	return m, m.Code.likely() && s.free(i, i+n)
}

func (s *scanner) signed(i int) (Match, bool) {
	n := i + 1
	for n < len(s.b) && n-i <= 11 && isDigit(s.b[n]) {
		n++
	}
	if n-i != 10 && n-i != 11 { // 9 or 10 digits reach from 0xC4... and 0x8... to 0xFA...
		return Match{}, false
	}
	v := decimal(s.b[i+1 : n])
	if v > 1<<31 {
		return Match{}, false
	}
	m := Match{i, n, Code(-v), Signed}
	return m, m.Code.likely() && s.free(i, n)
}

func (s *scanner) win32(i int) (Match, bool) {
	const tag = "win32:"
	if len(s.b)-i < len(tag) || !strings.EqualFold(string(s.b[i:i+len(tag)]), tag) {
		return Match{}, false
	}
	n := i + len(tag)
	for n < len(s.b) && n < i+len(tag)+5 && isDigit(s.b[n]) {
		n++
	}
	v := decimal(s.b[i+len(tag) : n])
	if n == i+len(tag) || v > 0xFFFF || s.wordAt(n) {
		return Match{}, false
	}
	return Match{i, n, FromWin32(uint32(v)), Win32}, true
}

// free reports whether i..j stands for itself, and is no part of a GUID, a version, a number with
// decimals, a colour, an address or another chain of digits.
func (s *scanner) free(i, j int) bool {
	if i > 0 && strings.IndexByte("#@%&$+", s.b[i-1]) >= 0 || s.wordAt(j) {
		return false
	}
	if i > 1 && s.b[i-1] == '.' && isDigit(s.b[i-2]) || j+1 < len(s.b) && s.b[j] == '.' && isWord(s.b[j+1]) {
		return false
	}
	return !s.chainBefore(i) && !s.chainAfter(j)
}

// chainBefore reports whether a group of digits is joined by a hyphen to what begins at i, as in
// a GUID. Words may be joined: "feil-C004F074".
func (s *scanner) chainBefore(i int) bool {
	if i == 0 || s.b[i-1] != '-' {
		return false
	}
	from := i - 1
	for from > 0 && i-from <= maxGroup && isWord(s.b[from-1]) {
		from--
	}
	return isGroup(s.b[from : i-1])
}

func (s *scanner) chainAfter(j int) bool {
	if j >= len(s.b) || s.b[j] != '-' {
		return false
	}
	to := j + 1
	for to < len(s.b) && to-j <= maxGroup && isWord(s.b[to]) {
		to++
	}
	return isGroup(s.b[j+1 : to])
}

// maxGroup is the length of the longest group of a GUID.
const maxGroup = 12

// isGroup reports whether a word is rather digits than letters.
func isGroup(b []byte) bool {
	for _, d := range b {
		if isDigit(d) {
			return true
		}
	}
	return len(b) > 0 && hexRun(b) == len(b)
}

func allDigits(b []byte) bool {
	for _, d := range b {
		if !isDigit(d) {
			return false
		}
	}
	return true
}

// decimal reads at most 11 digits.
func decimal(b []byte) int64 {
	var v int64
	for _, d := range b {
		v = v*10 + int64(d-'0')
	}
	return v
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// likely reports whether the upper half is one that Windows puts on error codes which have to do
// with activation: without 0x before it, any other number is taken for a mere number.
func (c Code) likely() bool {
	if c == 0x8000_0000 { // the smallest 32-bit number
		return false
	}
	switch c >> 16 {
	case 0xC004, 0x4004, 0x8004, // licensing and COM
		0x8007, 0xC007, // Win32
		0x8000, 0x8001, 0x8002, 0x8008, // general, RPC, dispatch
		0x8009, 0x800B, 0x800F, // security and DNS, certificates, servicing
		0x8013, 0x8018, 0x8024, // .NET, enrolment, Windows Update
		0x803F, 0x87E1, 0x8A01, 0xCAA2, 0xCAA5, 0xCAA7, // Store and sign-in
		0xC000, 0xC002, 0xD000: // NTSTATUS
		return true
	}
	return false
}

// likelyDecimal is likely for 8 hex digits without a letter, which are far more often telephone
// and order numbers.
func (c Code) likelyDecimal() bool {
	switch c >> 16 {
	case 0x8004, 0x8007, 0x8009, 0x8024:
		return true
	case 0x8000:
		return c&0xF000 == 0x4000
	}
	return false
}
