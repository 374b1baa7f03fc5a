package index

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/activationkb/activationkb/knowledge"
)

// Suggestion completes what is being typed.
type Suggestion struct {
	Text string
	Name string // resource that it leads to; "" for a term to search for
	Kind string // ARTICLE, ERROR_CODE, EVENT or TERM
}

const (
	maxSuggestions     = 20
	defaultSuggestions = 8
	maxPrefix          = 100 // bytes of a query that are compared
)

// phrasing is a suggestion prepared for comparison.
type phrasing struct {
	Suggestion
	folded string   // as fold gives it
	words  []string // of folded, and other spellings of codes
}

// suggester holds everything that may be suggested, by language.
type suggester struct {
	phrasings map[knowledge.Language][]phrasing
}

func newSuggester(d *documents) *suggester {
	s := &suggester{make(map[knowledge.Language][]phrasing)}
	for _, l := range knowledge.Languages {
		for i := range d.items {
			s.addItem(&d.items[i], l)
		}
		for _, c := range d.base.Concepts() {
			if terms := c.Terms[l]; len(terms) > 0 {
				s.add(l, Suggestion{Text: terms[0], Kind: "TERM"}, terms[1:]...)
			}
		}
	}
	return s
}

func (s *suggester) addItem(it *item, l knowledge.Language) {
	title, ok := it.title(l)
	switch {
	case !ok:
	case it.code != nil:
		hex := it.code.Code.String()
		s.add(l, Suggestion{title, it.name, "ERROR_CODE"}, hex[2:], hex[6:])
	case it.event != nil:
		s.add(l, Suggestion{title, it.name, "EVENT"}, it.event.ID, it.keywords()[0])
	default:
		s.add(l, Suggestion{title, it.name, "ARTICLE"})
	}
}

// add takes a suggestion with other words that lead to it.
func (s *suggester) add(l knowledge.Language, g Suggestion, others ...string) {
	p := phrasing{g, fold(g.Text), foldedWords(g.Text)}
	for _, o := range others {
		p.words = append(p.words, foldedWords(o)...)
	}
	s.phrasings[l] = append(s.phrasings[l], p)
}

func fold(s string) string { return letters.Replace(normalize(s)) }

func foldedWords(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Suggest completes text, in the reader's language: every word typed is the beginning of a word
// of the suggestion. If nothing fits one slip is forgiven, and then other languages are tried.
// Max is 8 by default, at most 20.
func (x *Index) Suggest(text string, l knowledge.Language, max int) []Suggestion {
	if max <= 0 {
		max = defaultSuggestions
	}
	max = min(max, maxSuggestions)
	if len(text) > maxPrefix {
		return nil
	}
	words := foldedWords(text)
	if len(words) == 0 {
		return nil
	}
	typed := fold(strings.TrimSpace(text))
	found := x.suggest.matching(l, typed, words, begins, max)
	if len(found) == 0 {
		found = x.suggest.matching(l, typed, words, beginsAlmost, max)
	}
	for _, other := range knowledge.Languages {
		if len(found) == 0 && other != l {
			found = x.suggest.matching(other, typed, words, begins, max)
		}
	}
	return found
}

// rated is a suggestion with how well it fits.
type rated struct {
	*phrasing
	score int
}

func (s *suggester) matching(l knowledge.Language, typed string, words []string, fits func(word, typed string) bool, max int) []Suggestion {
	var found []rated
	for i := range s.phrasings[l] {
		p := &s.phrasings[l][i]
		if n := p.fit(words, fits); n > 0 {
			if strings.HasPrefix(p.folded, typed) {
				n += 10
			}
			found = append(found, rated{p, n})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].before(found[j]) })
	suggestions := make([]Suggestion, 0, max)
	for _, f := range found[:min(len(found), max)] {
		suggestions = append(suggestions, f.Suggestion)
	}
	return suggestions
}

// before orders by fit, then articles before the rest, then the shorter.
func (a rated) before(b rated) bool {
	order := []string{"ARTICLE", "ERROR_CODE", "EVENT", "TERM"}
	switch i, j := slices.Index(order, a.Kind), slices.Index(order, b.Kind); {
	case a.score != b.score:
		return a.score > b.score
	case i != j:
		return i < j
	case len(a.Text) != len(b.Text):
		return len(a.Text) < len(b.Text)
	}
	return a.Text < b.Text
}

// fit is 0 unless all words fit, else higher the more of them are whole words.
func (p *phrasing) fit(words []string, fits func(word, typed string) bool) int {
	score := 1
	for _, w := range words {
		best := 0
		for _, have := range p.words {
			switch {
			case have == w:
				best = 2
			case best == 0 && fits(have, w):
				best = 1
			}
		}
		if best == 0 {
			return 0
		}
		score += best
	}
	return score
}

// begins reports whether word begins with what was typed; Chinese has no beginnings of words.
func begins(word, typed string) bool {
	return strings.HasPrefix(word, typed) || typed[0] > 0xE3 && strings.Contains(word, typed)
}

// beginsAlmost forgives one edit from four letters on.
func beginsAlmost(word, typed string) bool {
	if begins(word, typed) {
		return true
	}
	w, t := []rune(word), []rune(typed)
	if len(t) < 4 || strings.ContainsAny(typed, "0123456789") {
		return false
	}
	for n := len(t) - 1; n <= len(t)+1 && n <= len(w); n++ {
		if edits(t, w[:n], 1) <= 1 {
			return true
		}
	}
	return false
}
