package index

import (
	"slices"

	"github.com/activationkb/activationkb/knowledge"
)

// phrase is one term of a concept in one language, cut into the keys that a query is matched by.
type phrase struct {
	concept int
	keys    []string
}

// glossary finds concepts in queries and gives their terms in other languages.
type glossary struct {
	ids     []string
	phrases map[knowledge.Language]map[string][]phrase // by first key
	terms   []map[knowledge.Language][][]string        // concept -> language -> alternatives, each a set of index terms
}

// mention is a concept that a query names.
type mention struct {
	concept    int
	id         string // of the glossary
	start, end int    // tokens of the query, end exclusive
}

func newGlossary(concepts []*knowledge.Concept, a *analyzer) *glossary {
	g := &glossary{phrases: make(map[knowledge.Language]map[string][]phrase)}
	for _, l := range knowledge.Languages {
		g.phrases[l] = make(map[string][]phrase)
	}
	for n, c := range concepts {
		g.ids = append(g.ids, c.ID)
		g.terms = append(g.terms, make(map[knowledge.Language][][]string))
		for _, l := range knowledge.Languages {
			for _, t := range c.Terms[l] {
				g.add(n, l, tokenize(t), a.lexicons[l])
			}
		}
	}
	return g
}

func (g *glossary) add(concept int, l knowledge.Language, tokens []token, x *lexicon) {
	keys := make([]string, 0, len(tokens))
	for _, t := range tokens {
		if k := x.key(t); k != "" {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return
	}
	g.phrases[l][keys[0]] = append(g.phrases[l][keys[0]], phrase{concept, keys})
	if set := x.required(tokens); len(set) > 0 && !slices.ContainsFunc(g.terms[concept][l], func(s []string) bool { return slices.Equal(s, set) }) {
		g.terms[concept][l] = append(g.terms[concept][l], set)
	}
}

// key is what a token is matched by: stems of words, single ideographs; "" for tokens that are
// made of others, and for stop words.
func (x *lexicon) key(t token) string {
	switch t.shape {
	case word:
		return x.lookup(t.norm).Term
	case bigram, joined:
		return ""
	}
	return t.norm
}

// required gives the terms that a text must have to contain the tokens: pairs of ideographs
// instead of single ones, where there are pairs.
func (x *lexicon) required(tokens []token) []string {
	var set []string
	for i, t := range tokens {
		if t.shape == joined || t.shape == han && inPair(tokens, i) {
			continue
		}
		if t.shape == word {
			if s := x.lookup(t.norm).Term; s != "" {
				set = append(set, s)
			}
			continue
		}
		set = append(set, t.norm)
	}
	slices.Sort(set)
	return slices.Compact(set)
}

func inPair(tokens []token, i int) bool {
	for j := max(0, i-2); j < len(tokens) && j <= i+2; j++ {
		if t := tokens[j]; t.shape == bigram && t.start <= tokens[i].start && tokens[i].end <= t.end {
			return true
		}
	}
	return false
}

// find gives the concepts named by tokens when read in one language, longest first at each
// place; what lies inside a longer one is left out.
func (g *glossary) find(tokens []token, x *lexicon) []mention {
	var keys []string
	var at []int
	for i, t := range tokens {
		if k := x.key(t); k != "" {
			keys, at = append(keys, k), append(at, i)
		}
	}
	var found []mention
	for i := 0; i < len(keys); {
		longest := 0
		for _, p := range g.phrases[x.language][keys[i]] {
			n := len(p.keys)
			if n < longest || i+n > len(keys) || !slices.Equal(keys[i:i+n], p.keys) {
				continue
			}
			if n > longest {
				found = dropFrom(found, at[i])
			}
			longest = n
			found = append(found, mention{p.concept, g.ids[p.concept], at[i], at[i+n-1] + 1})
		}
		i += max(1, longest)
	}
	return found
}

func dropFrom(found []mention, start int) []mention {
	return slices.DeleteFunc(found, func(m mention) bool { return m.start == start })
}
