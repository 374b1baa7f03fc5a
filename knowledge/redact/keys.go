package redact

import (
	"slices"
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
	// window is how many bytes a key may take at most: full-width letters have three.
	window = 160
	// maxPasses bounds the repetition over chains of more than five groups, where the last group
	// of one key may begin another.
	maxPasses = 4
)

// Keys masks every full product key of the text as XXXXX-XXXXX-XXXXX-XXXXX-12345 with its own last
// five characters, by which administrators tell keys apart, and says how many it masked.
//
// Keys are found in upper and lower case, with any dash, blanks, or nothing between the groups, in
// full-width forms, with Cyrillic look-alikes and a few misread characters, with escaped dashes of
// HTML, URLs and JSON, in UTF-16, and wrapped over lines with or without marks of a quotation; what
// broke such a key into lines stands behind its mask, so that lines keep their numbers.
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

// Cut shortens a text to at most n bytes, on a character and never inside a product key: half a
// key in an excerpt would be known by nobody, and shown.
func Cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	var l line
	for start := max(0, n-window); start < n; {
		end := min(lineEnd(text, start), n+window)
		if l.fold(text, start, end); l.keyOver(n) > 0 {
			return text[:l.keyOver(n)-1]
		}
		if l.foldWrapped(text, max(start, end-window), end); l.keyOver(n) > 0 {
			return text[:l.keyOver(n)-1]
		}
		start = end + 1
	}
	return text[:n]
}

// DropHalf removes what may be the first groups of a key from the end of an excerpt that somebody else
// has cut.
func DropHalf(excerpt string) string {
	at := len(excerpt)
	for at > 0 && (excerpt[at-1] == '-' || kinds[upper[excerpt[at-1]]] >= lookalike) {
		at--
	}
	groups := strings.Split(excerpt[at:], "-")
	if len(groups) < 2 || slices.ContainsFunc(groups[:len(groups)-1], func(g string) bool { return len(g) != groupSize }) {
		return excerpt
	}
	return excerpt[:at]
}

// keyOver finds a key that the given offset divides: where it begins, counted from 1; 0 if there is none.
func (l *line) keyOver(n int) int {
	for i := range l.b {
		if _, length := l.key(i); length > 0 {
			if from, to := l.span(i, i+length); from < n && n < to {
				return from + 1
			}
		}
	}
	return 0
}

func lineEnd(text string, start int) int {
	if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
		return start + i
	}
	return len(text)
}

// keyMasker writes a text with its keys masked.
type keyMasker struct {
	text    string
	allowed func(key string) bool
	out     strings.Builder
	done, n int
}

func maskKeys(text string, allowed func(key string) bool) (string, int) {
	m := keyMasker{text: text, allowed: allowed}
	var l line
	for start := 0; start < len(text); {
		end := lineEnd(text, start)
		if mayHoldKey(text[start:end]) {
			l.fold(text, start, end)
			m.scan(&l, len(text))
		}
		next := end + 1
		if from := max(start, m.done, end-window); endsInKey(text, from, end) {
			l.foldWrapped(text, from, end)
			m.scan(&l, end)
			next = max(next, m.done)
		}
		start = next
	}
	if m.n == 0 {
		return text, 0
	}
	m.out.WriteString(text[m.done:])
	return m.out.String(), m.n
}

// scan masks the keys of a folded line that begin before the given offset.
func (m *keyMasker) scan(l *line, before int) {
	for i := 0; i < len(l.b); i++ {
		if not := l.noKey(i); not >= 0 {
			i = not
			continue
		}
		key, length := l.key(i)
		if length == 0 {
			continue
		}
		from, to := l.span(i, i+length)
		if i += length - 1; from >= before || from < m.done || m.allowed != nil && m.allowed(key) {
			continue
		}
		m.out.WriteString(m.text[m.done:from])
		m.out.WriteString(inPlaceOf(m.text[from:to], masked+key[len(masked):]))
		m.done, m.n = to, m.n+1
	}
}

// inPlaceOf gives the mask the width of the characters that it stands for, and what wrapped them.
func inPlaceOf(found, mask string) string {
	if len(found) > 1 && found[1] == 0 { // UTF-16
		mask = strings.Join(strings.Split(mask, ""), "\x00")
	}
	first, last := strings.IndexByte(found, '\n'), strings.LastIndexByte(found, '\n')
	if first < 0 {
		return mask
	}
	if first > 0 && found[first-1] == '\r' {
		first--
	}
	last++
	wrap := found[first:last]
	if first != last-len("\n") { // more than one line end: without what stood between them
		wrap = strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' {
				return r
			}
			return -1
		}, wrap)
	}
	end := last
	for end < len(found) && isQuoteMark(found[end]) {
		end++
	}
	return mask + wrap + found[last:end]
}

// endsInKey sees whether a line may break off inside a key, and go on with it in the next one: most
// lines are told by their last few characters.
func endsInKey(text string, from, end int) bool {
	next := end + 1
	for next < len(text) && isQuoteMark(text[next]) {
		next++
	}
	if next >= len(text) || !mayBeKey(text[next]) {
		return false
	}
	for end > from && (text[end-1] == ' ' || text[end-1] == '\t' || text[end-1] == '\r') {
		end--
	}
	run, misread := 0, 0
	for end-run > from && run <= groupSize && kinds[upper[text[end-1-run]]] >= lookalike {
		if kinds[upper[text[end-1-run]]] == lookalike {
			misread++
		}
		run++
	}
	if end == from || run > groupSize {
		return false
	}
	if run == groupSize && misread == 0 { // one group, or the last of several
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(text[from : end-run])
	return strings.ContainsRune("-_~\\;", before) || before >= 0xFF01 && before <= 0xFF5E ||
		before == '\u2212' || before >= 0x2010 && before <= 0x2015
}

func mayBeKey(b byte) bool {
	k := kinds[upper[b]]
	return b >= utf8.RuneSelf || k == joint || k >= lookalike
}

// isQuoteMark tells what stands before a wrapped line: indentation and marks of quotation.
func isQuoteMark(b byte) bool { return b == ' ' || b == '\t' || b == '>' || b == '|' }

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
		plain = text[i] < utf8.RuneSelf && text[i] != 0
		l.b = append(l.b, upper[text[i]])
	}
	if plain {
		return
	}
	l.b = l.b[:0]
	l.add(text[start:end], start)
}

func (l *line) add(s string, at int) {
	for i, r := range s {
		if c, ok := fold(r); ok {
			l.b, l.at = append(l.b, c), append(l.at, at+i)
		}
	}
}

// foldWrapped folds the end of a line together with the lines that follow. Behind a dash or inside a
// group the line end is not seen; behind a whole group it is a blank.
func (l *line) foldWrapped(text string, from, end int) {
	l.text, l.start = text, from
	l.b, l.at = l.b[:0], l.at[:0]
	stop := min(len(text), end+window)
	for {
		l.add(strings.TrimRight(text[from:end], " \t\r"), from)
		if from = end + 1; from >= stop {
			return
		}
		if l.groupAtEnd() {
			l.b, l.at = append(l.b, ' '), append(l.at, end)
		}
		for from < stop && isQuoteMark(text[from]) {
			from++
		}
		end = min(stop, lineEnd(text, from))
	}
}

// groupAtEnd sees a whole group at the end.
func (l *line) groupAtEnd() bool {
	n := 0
	for n < len(l.b) && n <= groupSize && kinds[l.b[len(l.b)-1-n]] >= lookalike {
		n++
	}
	return n == groupSize
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

// noKey is the last character of the first group at i that no key has; -1 where there is none.
func (l *line) noKey(i int) int {
	for at := min(i+groupSize, len(l.b)) - 1; at >= i; at-- {
		if kinds[l.b[at]] < lookalike {
			return at
		}
	}
	return -1
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
	n, seen, dash := 0, 0, false
	for n < len(b) && seen < maxSeparator {
		size := 1
		switch kinds[b[n]] {
		case joint:
			dash = true
			if b[n] == '\\' {
				size = max(1, escaped(b[n:]))
			}
		case blank:
		default:
			if size = escaped(b[n:]); size > 0 {
				dash = true
			}
		}
		if size == 0 {
			break
		}
		n, seen = n+size, seen+1
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

// escapes are dashes as HTML, URLs and JSON write them, in capitals.
var escapes = []string{
	"&#45;", "&#X2D;", "&HYPHEN;", "&DASH;", "&NDASH;", "&MDASH;", "&#8209;", "&#8211;", "&#8212;", "&#173;", "&SHY;",
	"%2D", `\U002D`, `\U2010`, `\U2011`, `\U2012`, `\U2013`, `\U2014`, `\U2212`,
}

// escaped measures an escaped dash.
func escaped(b []byte) int {
	if len(b) == 0 || b[0] != '&' && b[0] != '%' && b[0] != '\\' {
		return 0
	}
	for _, e := range escapes {
		if len(b) >= len(e) && string(b[:len(e)]) == e {
			return len(e)
		}
	}
	return 0
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
		{" \t>|", blank}, {"-_.:~\\", joint}, {"01OI5SLZ", lookalike},
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
	case r == 0: // the other half of UTF-16
		return 0, false
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
