package index

import (
	"slices"
	"sort"

	"github.com/activationkb/activationkb/knowledge"
)

// wish is one way to satisfy a unit of the query in a text, with what finding its terms is worth.
type wish struct {
	vector *vector
	terms  []uint32
	worth  float64
}

// want gives what to look for in texts of the view's language.
func (x *Index) want(q *query, v view) ([]wish, error) {
	s := x.shelf(v.language)
	var found []wish
	for i, alts := range v.units {
		if q.units[i].paired { // its pairs are marked
			continue
		}
		for _, alt := range alts {
			worth := alt.weight * v.idf[i]
			if len(alt.terms) == 0 {
				learned, err := x.learnedWishes(&q.units[i], q.language, v.language, worth)
				if err != nil {
					return nil, err
				}
				found = append(found, learned...)
				continue
			}
			w := wish{alt.vector, make([]uint32, len(alt.terms)), worth}
			for k, t := range alt.terms {
				w.terms[k] = s.number(t)
			}
			found = append(found, w)
		}
	}
	return found, nil
}

// learnedWishes looks for each of the likelier terms that the learned lexicon has for a unit.
func (x *Index) learnedWishes(u *unit, from, to knowledge.Language, worth float64) ([]wish, error) {
	var found []wish
	for _, t := range x.ranker.translations.of(from, to, u.term(x.analyzer.lexicons[from])) {
		v, err := x.ranker.vector(to, t.term)
		if err != nil {
			return nil, err
		}
		if t.p >= likelyShown && len(v.hits) > 0 {
			found = append(found, wish{v, []uint32{x.shelf(to).number(t.term)}, t.p * worth})
		}
	}
	return found, nil
}

// sought is what to mark in the texts of an item.
type sought struct {
	terms []uint32
	worth []float64 // of each term, 0 if it is only sought together with others
	sets  []set
	mask  [16]uint64 // tells most other terms apart at a glance
}

// set is terms that are marked in a text only if it has all of them: "name" alone says nothing of
// the Domain Name System.
type set struct {
	places []int // among those sought
	worth  float64
}

// seek takes the wishes that the item meets.
func (it *item) seek(wishes []wish) *sought {
	s := new(sought)
	for _, w := range wishes {
		if w.vector.within(it.first, it.last) {
			s.add(w.worth, w.terms...)
		}
	}
	return s
}

func (s *sought) add(worth float64, terms ...uint32) {
	if len(terms) == 1 {
		i := s.place(terms[0])
		s.worth[i] = max(s.worth[i], worth)
		return
	}
	all := set{worth: worth}
	for _, t := range terms {
		all.places = append(all.places, s.place(t))
	}
	s.sets = append(s.sets, all)
}

// place gives the place of a term among those sought, a new one if needed.
func (s *sought) place(term uint32) int {
	if i := slices.Index(s.terms, term); i >= 0 {
		return i
	}
	s.terms, s.worth = append(s.terms, term), append(s.worth, 0)
	s.mask[term>>6&15] |= 1 << (term & 63)
	return len(s.terms) - 1
}

// index gives the place of a term among those sought, -1 if it is not.
func (s *sought) index(term uint32) int {
	if s.mask[term>>6&15]&(1<<(term&63)) == 0 {
		return -1
	}
	return slices.Index(s.terms, term)
}

// within reports whether one of the passages first to last, exclusive, is among the hits.
func (v *vector) within(first, last int) bool {
	i := sort.Search(len(v.hits), func(i int) bool { return int(v.hits[i].passage) >= first })
	return i < len(v.hits) && int(v.hits[i].passage) < last
}

// mark is a token that is sought.
type mark struct {
	knowledge.Span
	term  int // by place among those sought
	worth float64
}

// marks finds the sought terms in a text, inflected or as parts of compounds.
func (p *page) marks(s *sought) []mark {
	var found []mark
	for _, at := range p.sites {
		if i := s.index(at.term); i >= 0 {
			found = append(found, mark{knowledge.Span{Start: int(at.start), End: int(at.end)}, i, s.worth[i]})
		}
	}
	s.complete(found)
	best := found[:0]
	for _, m := range found {
		switch n := len(best) - 1; {
		case m.worth == 0:
		case n < 0 || best[n].Span != m.Span:
			best = append(best, m)
		case m.worth > best[n].worth:
			best[n] = m
		}
	}
	return best
}

// complete gives marks what the sets are worth that a text has all terms of.
func (s *sought) complete(marks []mark) {
	has := func(i int) bool { return slices.ContainsFunc(marks, func(m mark) bool { return m.term == i }) }
	for _, all := range s.sets {
		if slices.ContainsFunc(all.places, func(i int) bool { return !has(i) }) {
			continue
		}
		for i := range marks {
			if slices.Contains(all.places, marks[i].term) {
				marks[i].worth = max(marks[i].worth, all.worth)
			}
		}
	}
}

// merged joins marks that touch, as those of Chinese pairs do.
func merged(marks []mark) []knowledge.Span {
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].Start < marks[j].Start })
	var spans []knowledge.Span
	for _, m := range marks {
		if n := len(spans) - 1; n >= 0 && m.Start <= spans[n].End {
			spans[n].End = max(spans[n].End, m.End)
			continue
		}
		spans = append(spans, m.Span)
	}
	return spans
}
