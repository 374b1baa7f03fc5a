package formats

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// field names a line of an output, whatever the language of its label.
type field string

// term is one row of a label table: the field and its spellings in en, nb, sv, ru, zh, alternatives
// separated by "|". Many nb, sv and ru forms are translations by analogy: they are for recognition only.
type term struct {
	field field
	forms [5]string
}

var languages = [5]string{"en", "nb", "sv", "ru", "zh"}

// known is what a folded label or phrase means.
type known struct {
	field field
	lang  string // "" where several languages share the spelling
}

// labelSet finds fields by their folded labels.
type labelSet struct {
	byFold  map[string]known
	longest int             // bytes of the longest folded label
	heads   map[string]bool // what the folded labels begin with: headBytes of each, or the whole shorter one
}

const headBytes = 6

func newLabelSet(tables ...[]term) *labelSet {
	s := &labelSet{byFold: map[string]known{}, heads: map[string]bool{}}
	for _, table := range tables {
		for _, t := range table {
			for i, forms := range t.forms {
				for form := range strings.SplitSeq(forms, "|") {
					s.put(fold(form), t.field, languages[i])
				}
			}
		}
	}
	return s
}

func (s *labelSet) put(key string, f field, lang string) {
	if key == "" {
		return
	}
	if have, ok := s.byFold[key]; ok && have.lang != lang {
		lang = ""
		f = have.field
	}
	s.byFold[key] = known{f, lang}
	s.heads[key[:min(len(key), headBytes)]] = true
	s.longest = max(s.longest, len(key))
}

// cut splits "Label . . : value" at its first colon; ok is false where no short label stands before one.
func cut(text string) (label, value string, ok bool) {
	i := strings.IndexByte(text, ':')
	if i < 1 || i > 200 {
		return "", "", false
	}
	return strings.TrimRight(text[:i], " ."), strings.TrimSpace(text[i+1:]), true
}

// field looks a line up: by its label before the colon, else, where the colon was lost, by its first words.
func (s *labelSet) field(l *line) (k known, value string, ok bool) {
	if l.colon > 0 {
		if k, ok = s.byFold[l.label]; !ok {
			return known{}, "", false
		}
		return k, strings.TrimSpace(l.text[l.colon+1:]), true
	}
	if len(l.text) > 200 || !s.begins(l.text) {
		return known{}, "", false
	}
	words := strings.Fields(l.text)
	if len(words) < 3 {
		return known{}, "", false
	}
	var ends [9]int // of the folded words, by number
	f := ""
	for n := 1; n <= min(len(words)-1, 8) && len(f) <= s.longest; n++ {
		f += fold(words[n-1])
		ends[n] = len(f)
		if len(f) >= headBytes && !s.heads[f[:headBytes]] {
			break // no longer label can begin so
		}
	}
	for n := 8; n >= 2; n-- {
		if ends[n] == 0 || ends[n] > s.longest {
			continue
		}
		if k, ok := s.byFold[f[:ends[n]]]; ok {
			return k, strings.Join(words[n:], " "), true
		}
	}
	return known{}, "", false
}

// begins tells that s may begin with one of the labels.
func (s *labelSet) begins(text string) bool {
	var room [headBytes + utf8.UTFMax]byte
	head := room[:0]
	for _, r := range text {
		if r == 'ё' {
			r = 'е'
		}
		if r < utf8.RuneSelf {
			if c := lowerASCII(byte(r)); c >= 'a' && c <= 'z' || isDigit(c) {
				head = append(head, c)
			}
		} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
			head = utf8.AppendRune(head, unicode.ToLower(r))
		}
		if len(head) >= headBytes {
			break
		}
	}
	return s.heads[string(head[:min(len(head), headBytes)])]
}

// whole looks up a whole line.
func (s *labelSet) whole(text string) (k known, ok bool) {
	if s.begins(text) {
		k, ok = s.byFold[fold(text)]
	}
	return k, ok
}

// phrase looks up a whole line, or the longest known beginning of it, without regard to a label.
func (s *labelSet) phrase(text string) (known, bool) {
	if len(text) > 600 || !s.begins(text) {
		return known{}, false
	}
	f := fold(text)
	if k, ok := s.byFold[f]; ok {
		return k, true
	}
	for n := min(len(f)-1, s.longest); n >= headBytes; n-- {
		if k, ok := s.byFold[f[:n]]; ok {
			return k, true
		}
	}
	return known{}, false
}

// near finds a label that differs from the given one in a single character, as OCR and typing leave it.
// budget bounds the look-ups of a document.
func (s *labelSet) near(label string, budget *int) (known, bool) {
	f := fold(label)
	if len(f) < 8 || len(f) > 90 || *budget <= 0 {
		return known{}, false
	}
	*budget--
	for have, k := range s.byFold {
		if d := len(have) - len(f); d >= -2 && d <= 2 && len(have) >= 8 && oneEdit(have, f) {
			return k, true
		}
	}
	return known{}, false
}

// oneEdit reports whether a and b differ by at most one replaced, missing or added character.
func oneEdit(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	for i > 0 && (i < len(a) && !utf8.RuneStart(a[i]) || i < len(b) && !utf8.RuneStart(b[i])) {
		i--
	}
	a, b = a[i:], b[i:]
	if a == b {
		return true
	}
	_, n := utf8.DecodeRuneInString(a)
	_, m := utf8.DecodeRuneInString(b)
	return a[n:] == b[m:] || a == b[m:] || a[n:] == b
}

// The label sets of the formats, and the union that cleaning works with.
var (
	slmgrLabels    = newLabelSet(slmgrTerms)
	slmgrPhrases   = newLabelSet(slmgrPhraseTerms)
	statusPhrases  = newStatusPhrases()
	osppLabels     = newLabelSet(osppTerms)
	eventLabels    = newLabelSet(eventTerms)
	probeLabels    = newLabelSet(probeTerms)
	ipconfigLabels = newLabelSet(ipconfigTerms)
	allLabels      = newLabelSet(slmgrTerms, osppTerms, eventTerms, probeTerms, ipconfigTerms)
	valueLabels    = newLabelSet(slmgrTerms, osppTerms, probeTerms)
	lostLabels     = newLiterals(slmgrTerms, osppTerms, eventTerms, probeTerms)
)

func knownLabel(folded string) bool { _, ok := allLabels.byFold[folded]; return ok }
func wantsValue(folded string) bool { _, ok := valueLabels.byFold[folded]; return ok }

// startsLabel tells that a line begins with a label or a phrase of some format.
func startsLabel(text string) bool {
	if label, _, ok := cut(text); ok {
		return knownLabel(fold(label))
	}
	if len(text) > 200 {
		return false
	}
	_, ok := slmgrPhrases.whole(text)
	return ok
}

// literal is a label as it is spelled, for finding it in the middle of a line.
type literal struct {
	text string
	bare bool // a phrase: no colon follows
	weak bool // a word that any text may hold before a colon
}

type literals map[rune][]literal

func newLiterals(tables ...[]term) literals {
	out := literals{}
	for _, table := range tables {
		for _, t := range table {
			out.add(t, false)
		}
	}
	for _, t := range slmgrPhraseTerms {
		out.add(t, true)
	}
	for r := range out {
		sort.SliceStable(out[r], func(i, j int) bool { return len(out[r][i].text) > len(out[r][j].text) })
	}
	return out
}

func (ls literals) add(t term, bare bool) {
	for _, forms := range t.forms {
		for form := range strings.SplitSeq(forms, "|") {
			if form == "" || bare && len(form) < 12 {
				continue
			}
			r, _ := utf8.DecodeRuneInString(form)
			ls[r] = append(ls[r], literal{form, bare, weakFields[t.field]})
		}
	}
}

var weakFields = map[field]bool{
	"name": true, "description": true, "log-name": true, "source": true, "date": true, "level": true, "task": true,
	"keywords": true, "user": true, "computer": true, "message": true, "id": true, "opcode": true, "record": true, "index": true,
}

// labelOffsets are the places in a long line where lost lines began, or nil where the line is whole.
func labelOffsets(s string) []int {
	if len(s) < 48 || strings.Count(s, ":") < 2 && !strings.Contains(s, "DNS") {
		return nil
	}
	var cuts []int
	strong := 0
	for i, r := range s {
		if len(cuts) > 0 && i < cuts[len(cuts)-1]+2 {
			continue
		}
		l, ok := lostLabels.at(s, i, r)
		if !ok || !boundary(s, i, r, len(l.text)) {
			continue
		}
		if !l.weak {
			strong++
		}
		cuts = append(cuts, i)
	}
	if strong >= 2 || strong >= 1 && len(cuts) >= 4 || len(cuts) >= 6 {
		return merge(s, cuts)
	}
	return nil
}

// merge drops a cut inside a longer label that began just before it ("KMS machine name" / "name").
func merge(s string, cuts []int) []int {
	kept := cuts[:0]
	end := -1
	for _, c := range cuts {
		if c < end {
			continue
		}
		r, _ := utf8.DecodeRuneInString(s[c:])
		if l, ok := lostLabels.at(s, c, r); ok {
			end = c + len(l.text)
		}
		if c > 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

func (ls literals) at(s string, i int, r rune) (literal, bool) {
	for _, l := range ls[r] {
		if !strings.HasPrefix(s[i:], l.text) {
			continue
		}
		if l.bare || strings.HasPrefix(strings.TrimLeft(s[i+len(l.text):min(len(s), i+len(l.text)+40)], " ."), ":") {
			return l, true
		}
	}
	return literal{}, false
}

// boundary tells that a label of some length may begin at i: not in the middle of a word of the same case,
// unless it is so long that it cannot be a part of a word.
func boundary(s string, i int, r rune, length int) bool {
	if i == 0 {
		return true
	}
	prev := runeBefore(s, i)
	if i >= 10 && spanCode.MatchString(s[i-10:i]) {
		return true // "0x4004F00DREMAINING GRACE"
	}
	switch {
	case prev == '-' || prev == '_' || prev == '/' || prev == '\\':
		return i >= 3 && strings.HasSuffix(s[:i], "---")
	case unicode.IsUpper(r):
		return !unicode.IsUpper(prev) || length >= 12
	case unicode.IsLower(r):
		return !unicode.IsLetter(prev)
	}
	return true
}
