package index

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// completer holds the phrasings of one language under their words. It does not change once filled,
// so any number of goroutines may read it.
type completer struct {
	phrasings []phrasing
	words     []string        // distinct, sorted
	postings  [][]posting     // phrasings that have the word
	idle      map[string]bool // small words
	kinds     map[string]bool // words for what a code is
	lexicon   *lexicon
}

// errorWords stand before codes as often as not.
const errorWords = "error code feil feilkode fel felkod ошибка код 错误 代码"

func newCompleter(x *lexicon) *completer {
	s := &completer{idle: make(map[string]bool), kinds: make(map[string]bool), lexicon: x}
	for w := range x.stemmer.stop {
		s.idle[foldWord(w)] = true
	}
	for w := range x.stemmer.chatter {
		s.idle[foldWord(w)] = true
	}
	return s
}

// fill takes in all titles, codes, events, concepts and frequent phrases of the language.
func (s *completer) fill(d *documents, g *glossary, x *lexicon) {
	about := newSubjects(d, g, x)
	for _, kind := range []string{"ERROR_CODE", "EVENT"} {
		for _, w := range foldedWords(d.base.Message("kind."+kind, x.language) + " " + errorWords) {
			s.kinds[w] = true
		}
	}
	named := mentionedBy(d.base.Articles())
	for i := range d.items {
		if it := &d.items[i]; it.article != nil {
			s.addArticle(it, x.language)
		} else {
			s.addRecord(it, x.language, named[it.name])
		}
	}
	for n, c := range d.base.Concepts() {
		if terms := c.Terms[x.language]; len(terms) > 0 {
			others := append(terms[1:len(terms):len(terms)], c.Terms[knowledge.English]...)
			s.addTerm(terms[0], about.concept(n, named[c.ID]), named[c.ID], others)
		}
	}
	for _, p := range frequentPhrases(d, g, x) {
		s.addTerm(p.text, about.phrase(p.text, x), p.articles, p.others)
	}
	s.sort()
}

// sort brings those first that more articles name, then the shorter ones, drops what is there twice, and files the rest.
func (s *completer) sort() {
	slices.SortStableFunc(s.phrasings, func(a, b phrasing) int {
		return cmp.Or(b.weight-a.weight, cmp.Compare(utf8.RuneCountInString(a.Text), utf8.RuneCountInString(b.Text)), cmp.Compare(a.Text, b.Text), a.rank-b.rank)
	})
	s.dropTwins()
	filed := make(map[string][]posting)
	for i, p := range s.phrasings {
		for _, w := range append(strings.Fields(p.starts[0]), p.codes...) {
			file(filed, w, posting(i)<<1)
		}
		for _, w := range p.others {
			file(filed, w, posting(i)<<1|1)
		}
	}
	s.words = sortedKeys(filed)
	for _, w := range s.words {
		s.postings = append(s.postings, filed[w])
	}
}

// dropTwins drops words to search for that are there already, perhaps as a title.
func (s *completer) dropTwins() {
	records := make(map[string]bool)
	for _, p := range s.phrasings {
		if p.rank != termRank {
			records[p.starts[len(p.starts)-1]] = true
		}
	}
	s.phrasings = slices.DeleteFunc(s.phrasings, func(p phrasing) bool {
		twice := p.rank == termRank && records[p.starts[0]]
		records[p.starts[0]] = true
		return twice
	})
}

// posting is the number of a phrasing, and in the lowest bit whether the word is one of its others.
type posting int32

func file(filed map[string][]posting, w string, p posting) {
	for _, part := range endings(w) {
		if !slices.ContainsFunc(filed[part], func(q posting) bool { return q>>1 == p>>1 }) {
			filed[part] = append(filed[part], p)
		}
	}
}

// endings gives the parts of a word that typing may begin with: of ideographs every one, of a
// name with underscores every part.
func endings(w string) []string {
	parts := []string{w}
	for i, r := range w {
		if i > 0 && unicode.Is(unicode.Han, r) {
			parts = append(parts, w[i:])
		}
		if r == '_' {
			parts = append(parts, w[i+1:])
		}
	}
	return parts
}

// How well one word fits.
const (
	begun  = 1 // the beginning of a word
	entire = 2
)

// complete gives the best phrasings in which every word fits.
func (s *completer) complete(words []string, slips bool, limit int) []Suggestion {
	typed := strings.Join(words, " ")
	code := likeCode(words)
	if code {
		words = without(words, s.kinds)
	}
	if slips {
		words = s.busy(words)
	}
	fit := make([]uint8, len(s.phrasings))
	one := make([]uint8, len(s.phrasings))
	for i, w := range words {
		clear(one)
		s.mark(one, w, slips)
		any := uint8(0)
		for c, n := range one {
			if i > 0 && fit[c] == 0 || n == 0 {
				fit[c] = 0
				continue
			}
			fit[c] += n
			any |= n
		}
		if any == 0 {
			return nil
		}
	}
	return s.best(fit, typed, code, limit)
}

// without leaves words out, unless nothing would be left.
func without(words []string, out map[string]bool) []string {
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return out[w] })
	if len(kept) == 0 {
		return words
	}
	return kept
}

// busy leaves out small words, and cuts ideographs where a word of the completer ends.
func (s *completer) busy(words []string) []string {
	var kept []string
	for _, w := range without(words, s.idle) {
		if !ideographic(w) {
			kept = append(kept, w)
			continue
		}
		if asked := strings.Fields(s.lexicon.stemmer.question(w)); len(asked) > 0 {
			w = strings.Join(asked, "")
		}
		kept = append(kept, s.segments(w)...)
	}
	return kept
}

func ideographic(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.Is(unicode.Han, r)
}

// segments cuts ideographs into the longest pieces that the completer has, from the left.
func (s *completer) segments(w string) []string {
	r := []rune(w)
	var pieces []string
	for from := 0; from < len(r); {
		to := len(r)
		for to > from+1 && !s.has(string(r[from:to])) {
			to--
		}
		if piece := string(r[from:to]); s.has(piece) || len(pieces) == 0 {
			pieces = append(pieces, piece)
		}
		from = to
	}
	return pieces
}

func (s *completer) has(prefix string) bool {
	i := sort.SearchStrings(s.words, prefix)
	return i < len(s.words) && strings.HasPrefix(s.words[i], prefix)
}

// mark notes in fit what w fits.
func (s *completer) mark(fit []uint8, w string, slips bool) {
	s.markPrefix(fit, w, w)
	if !slips || strings.ContainsAny(w, "0123456789") || ideographic(w) {
		return
	}
	s.slips(w, func(meant string) { s.markPrefix(fit, meant, w) })
}

// markPrefix notes every phrasing that has a word with the prefix. One single letter is no word.
func (s *completer) markPrefix(fit []uint8, prefix, typed string) {
	for i := sort.SearchStrings(s.words, prefix); i < len(s.words) && strings.HasPrefix(s.words[i], prefix); i++ {
		n := uint8(begun)
		if len(s.words[i]) == len(prefix) && len(typed) > 1 {
			n = entire
		}
		for _, p := range s.postings[i] {
			if p&1 == 1 {
				fit[p>>1] = max(fit[p>>1], begun)
			} else {
				fit[p>>1] = max(fit[p>>1], n)
			}
		}
	}
}

// minSlip is the number of letters from which on a slip is forgiven.
const minSlip = 4

// slips calls yield with every beginning of a word that is one edit away from w: a letter wrong,
// missing or too many, or two neighbours exchanged. Only letters that follow in some word are tried.
func (s *completer) slips(w string, yield func(string)) {
	r := []rune(w)
	if len(r) < minSlip {
		return
	}
	for i := range r {
		if i == 0 { // the first letter is right, or exchanged with the second
			yield(string(r[1]) + string(r[0]) + string(r[2:]))
			continue
		}
		head, tail := string(r[:i]), string(r[i+1:])
		yield(head + tail)
		if i+1 < len(r) {
			yield(head + string(r[i+1]) + string(r[i]) + string(r[i+2:]))
		}
		s.following(head, func(next string) {
			yield(head + next + tail)
			yield(head + next + string(r[i:]))
		})
	}
}

// following calls yield with every letter that comes after the prefix in some word.
func (s *completer) following(prefix string, yield func(letter string)) {
	for i := sort.SearchStrings(s.words, prefix); i < len(s.words) && strings.HasPrefix(s.words[i], prefix); {
		rest := s.words[i][len(prefix):]
		if rest == "" {
			i++
			continue
		}
		_, n := utf8.DecodeRuneInString(rest)
		yield(rest[:n])
		next := prefix + rest[:n]
		i += sort.Search(len(s.words)-i, func(k int) bool { w := s.words[i+k]; return w > next && !strings.HasPrefix(w, next) })
	}
}

// best orders the phrasings that fit: what begins with the text typed, then by whole words,
// then articles before codes, events and terms, or codes and events first if a code was typed.
func (s *completer) best(fit []uint8, typed string, code bool, limit int) []Suggestion {
	order := [...]uint64{0, 1, 2, 3}
	if code {
		order = [...]uint64{2, 0, 1, 3}
	}
	var keys []uint64
	for c, n := range fit {
		if n > 0 {
			place := s.phrasings[c].place(typed)
			keys = append(keys, (3-place)<<48|uint64(255-n)<<40|order[s.phrasings[c].rank]<<32|uint64(c))
		}
	}
	slices.Sort(keys)
	return s.pick(keys, limit)
}

// place is 3 if typed is the whole text and leads somewhere, 2 if the text begins with it, 1 if it
// stands further on and has several words, else 0; of ideographs every one may be a beginning.
// Words that were typed to the end have nothing left to complete.
func (c *phrasing) place(typed string) uint64 {
	place := uint64(0)
	for _, s := range c.starts {
		switch {
		case s == typed && c.Name != "":
			return 3
		case s == typed:
		case strings.HasPrefix(s, typed), ideographic(typed) && strings.Contains(s, typed):
			place = 2
		case place == 0 && strings.Contains(typed, " ") && strings.Contains(s, " "+typed):
			place = 1
		}
	}
	return place
}

// pick takes the first ones, no resource twice. Short beginnings fit many articles: the last
// quarter is left to words, which help to go on typing.
func (s *completer) pick(keys []uint64, limit int) []Suggestion {
	var picked []Suggestion
	seen := make(map[string]bool)
	spare := limit / 4 // places that only terms may take
	for _, k := range keys {
		p := &s.phrasings[uint32(k)]
		good := p.rank == termRank && k>>48 <= max(1, keys[0]>>48) // begins with what was typed, or nothing does
		if p.Name != "" && seen[p.Name] || !good && len(picked) >= limit-spare {
			continue
		}
		if good && spare > 0 {
			spare--
		}
		seen[p.Name] = true
		if picked = append(picked, p.Suggestion); len(picked) == limit {
			break
		}
	}
	return s.fillUp(picked, seen, keys, limit)
}

// fillUp takes the next best for places that no term wanted.
func (s *completer) fillUp(picked []Suggestion, seen map[string]bool, keys []uint64, limit int) []Suggestion {
	for _, k := range keys {
		if len(picked) == limit {
			break
		}
		if p := &s.phrasings[uint32(k)]; p.Name != "" && !seen[p.Name] {
			seen[p.Name] = true
			picked = append(picked, p.Suggestion)
		}
	}
	return picked
}
