package index

import (
	"math/bits"
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// entry is what the lexicon knows of one word as it is spelled.
type entry struct {
	Count int      // how often the texts of the language have it
	Term  string   // its stem; empty for stop words
	Parts []string // stems of the words that a compound is made of
}

// lexicon holds the words of one language: those of the texts and of the glossary. Once finished
// it does not change, so any number of goroutines may read it.
type lexicon struct {
	language knowledge.Language
	stemmer  *stemmer
	words    map[string]entry
	stems    map[string]int // term -> occurrences
	near     []spelling     // for repair, by length
	trigrams map[string]float64
	total    float64
	pinyin   func() (*pinyin, error) // of Chinese, once there is an index
}

// minWhole and maxWhole bound the words that can be compounds, minPart the parts of one; in
// letters. Shorter names count as parts only if they stand in shortParts.
const (
	minWhole = 7
	maxWhole = 40
	minPart  = 4
)

var shortParts = map[string]bool{"kms": true, "mak": true, "dns": true, "srv": true, "oem": true, "vpn": true, "tcp": true}

func newLexicon(l knowledge.Language) (*lexicon, error) {
	s, err := newStemmer(l)
	if err != nil {
		return nil, err
	}
	return &lexicon{language: l, stemmer: s, words: make(map[string]entry), stems: make(map[string]int)}, nil
}

// count adds the words of a text, each as often as it stands there times weight.
func (x *lexicon) count(tokens []token, weight int) {
	for _, t := range tokens {
		if t.shape == word || t.shape == joined {
			e := x.words[t.norm]
			e.Count += weight
			x.words[t.norm] = e
		}
	}
}

// finish stems and splits all words counted.
func (x *lexicon) finish() {
	for w, e := range x.words {
		if e.Term = x.term(w); e.Term != "" {
			x.stems[e.Term] += e.Count
		}
		x.words[w] = e
	}
	if x.stemmer.grammar.compounds {
		whole := make(map[string][]string)
		for w := range x.words {
			whole[w] = x.split(w)
		}
		for w, parts := range whole {
			e := x.words[w]
			e.Parts = parts
			x.words[w] = e
		}
	}
	x.learnSpelling()
}

// restore takes over words that a finished lexicon had.
func (x *lexicon) restore(words map[string]entry) {
	x.words = words
	for _, e := range words {
		if e.Term != "" {
			x.stems[e.Term] += e.Count
		}
	}
	x.learnSpelling()
}

// maxStemmed is the longest word, in bytes, that is worth stemming.
const maxStemmed = 128

// term gives the stem of a word, "" for a stop word.
func (x *lexicon) term(w string) string {
	switch s, ok := synonyms[w]; {
	case x.stemmer.stopWord(w):
		return ""
	case ok:
		return x.stemmer.stem(s)
	case len(w) > maxStemmed:
		return w
	}
	return x.stemmer.stem(w)
}

// lookup analyses any word, of the texts or not.
func (x *lexicon) lookup(w string) entry {
	if e, ok := x.words[w]; ok {
		return e
	}
	e := entry{Term: x.term(w)}
	if x.stemmer.grammar.compounds && e.Term != "" {
		e.Parts = x.split(w)
	}
	return e
}

// known reports whether the texts have the word in any inflection, or all parts of it.
func (x *lexicon) known(w string) bool {
	e := x.lookup(w)
	return e.Count > 0 || x.stems[e.Term] > 0 || len(e.Parts) > 0
}

// split takes a compound apart and gives the stems of all its parts, nil if it is none. Every
// part occurs at least twice by itself, all but the last as they stand or before a linking s or
// e. Of several ways the one with the fewest parts is taken, then the most even one.
func (x *lexicon) split(w string) []string {
	if n := utf8.RuneCountInString(w); n < minWhole || n > maxWhole {
		return nil
	}
	parts, _ := x.cut([]rune(w))
	return parts
}

// cut gives the parts of r and the length of the shortest.
func (x *lexicon) cut(r []rune) (best []string, shortest int) {
	for i := 3; i <= len(r)-minPart; i++ {
		head := x.head(string(r[:i]))
		if head == "" {
			continue
		}
		tail := string(r[i:])
		parts, n := []string{x.term(tail)}, len(r)-i
		if x.stemmer.stopWord(tail) || x.stems[parts[0]] < 2 {
			parts, n = x.cut(r[i:])
		}
		n = min(n, i)
		if parts != nil && (best == nil || len(parts)+1 < len(best) || len(parts)+1 == len(best) && n > shortest) {
			best, shortest = append([]string{x.term(head)}, parts...), n
		}
	}
	return best, shortest
}

// head gives the word that a first part stands for, "" if it is none.
func (x *lexicon) head(w string) string {
	if x.part(w) {
		return w
	}
	if n := len(w) - 1; w[n] == 's' || w[n] == 'e' {
		if x.part(w[:n]) {
			return w[:n]
		}
	}
	return ""
}

func (x *lexicon) part(w string) bool {
	if shortParts[w] {
		return true
	}
	return utf8.RuneCountInString(w) >= minPart && x.words[w].Count >= 2 && !x.stemmer.stopWord(w)
}

// spelling is a word prepared for comparison.
type spelling struct {
	text    []rune
	letters uint64 // one bit for each letter that occurs, modulo 64
	count   int
}

func spell(w string) spelling {
	s := spelling{text: []rune(w)}
	for _, r := range s.text {
		s.letters |= 1 << (r & 63)
	}
	return s
}

func (x *lexicon) learnSpelling() {
	x.trigrams = make(map[string]float64)
	for _, w := range sortedKeys(x.words) {
		s := spell(w)
		s.count = x.words[w].Count
		x.near = append(x.near, s)
		for _, t := range trigrams(w) {
			x.trigrams[t] += float64(s.count)
			x.total += float64(s.count)
		}
	}
	sort.SliceStable(x.near, func(i, j int) bool { return len(x.near[i].text) < len(x.near[j].text) })
}

// nearest gives the word of the texts that w is most likely a slip of: one edit away, from eight
// letters two, neighbours exchanged counting one, and the first letter right. Of equals the most frequent wins, then the
// first of the alphabet. The distance is 0 if there is none.
func (x *lexicon) nearest(w string) (best string, distance int) {
	s, count := spell(w), 0
	n := len(s.text)
	limit := allowed(n)
	if limit == 0 {
		return "", 0
	}
	distance = limit + 1
	from := sort.Search(len(x.near), func(i int) bool { return len(x.near[i].text) >= n-limit })
	for _, c := range x.near[from:] {
		if len(c.text) > n+limit {
			break
		}
		if c.text[0] != s.text[0] || bits.OnesCount64(s.letters^c.letters) > 2*limit {
			continue
		}
		d := edits(s.text, c.text, limit)
		if d > 0 && d <= limit && (d < distance || d == distance && c.count > count) {
			best, distance, count = string(c.text), d, c.count
		}
	}
	if best == "" {
		return "", 0
	}
	return best, distance
}

// allowed is the number of edits that a word of n letters may have suffered.
func allowed(n int) int {
	switch {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// edits counts insertions, deletions, replacements and exchanges of neighbours that turn a into
// b; above limit any number greater than limit comes back.
func edits(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		if slices.Min(row) > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// completions gives up to max terms of words that begin with prefix, the most frequent first.
func (x *lexicon) completions(prefix string, max int) []string {
	var found []string
	seen := make(map[string]bool)
	for w, e := range x.words {
		if len(w) > len(prefix) && w[:len(prefix)] == prefix && e.Term != "" && !seen[e.Term] {
			seen[e.Term] = true
			found = append(found, e.Term)
		}
	}
	sort.Slice(found, func(i, j int) bool {
		if a, b := x.stems[found[i]], x.stems[found[j]]; a != b {
			return a > b
		}
		return found[i] < found[j]
	})
	return found[:min(len(found), max)]
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
