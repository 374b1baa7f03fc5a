package index

import (
	"errors"
	"fmt"
	"slices"

	"github.com/activationkb/activationkb/knowledge"
)

// hit is a passage that has a term: x is how much, fields weighted and length normalised, and title how
// surely the title of its item has it, 0 to 1.
type hit struct {
	passage  int32
	x, title float32
}

// vector lists where a term stands in one language.
type vector struct {
	hits  []hit
	items int // distinct items
}

type termKey struct {
	language knowledge.Language
	term     string
}

// vector gives where a term stands.
func (r *ranker) vector(l knowledge.Language, term string) (*vector, error) {
	key := termKey{l, term}
	if v, ok := r.vectors.Load(key); ok {
		return v.(*vector), nil
	}
	all, err := r.read(l, term)
	if err != nil {
		return nil, fmt.Errorf("index: term %q: %w", term, err)
	}
	v := r.sorted(all)
	if len(v.hits) > 0 {
		r.vectors.Store(key, v)
	}
	return v, nil
}

// read adds up the fields. What stands in a title or among the keywords holds for all sections.
func (r *ranker) read(l knowledge.Language, term string) (map[int32]hit, error) {
	all := make(map[int32]hit)
	add := func(p int32, x, title float32) {
		h := all[p]
		all[p] = hit{p, h.x + x, h.title + title}
	}
	inherit := func(p int32, x, title float32) {
		it := &r.docs.items[r.docs.passages[p].item]
		if _, ok := it.title(l); ok {
			for q := it.first; q < it.last; q++ {
				add(int32(q), x, title)
			}
		}
	}
	title := func(p int32, _ int) { inherit(p, weights.title/r.titles[l].norm(p), 1) } // said twice is no more the subject
	asked := func(p int32, n int) { inherit(p, weights.asked*float32(n)/r.asked[l].norm(p), 0) }
	keyword := func(p int32, _ int) { inherit(p, weights.keyword, 0) }
	heading := func(p int32, _ int) { add(p, weights.heading, 0) }
	body := func(p int32, n int) { add(p, saturated(float32(n)/r.bodies[l].norm(p)), 0) }
	return all, errors.Join(
		r.store.postings(titleField+string(l), term, title),
		r.store.postings(askedField+string(l), term, asked),
		r.store.postings(keywordsField, term, keyword),
		r.store.postings(headingField+string(l), term, heading),
		r.store.postings(bodyField+string(l), term, body))
}

func (r *ranker) sorted(all map[int32]hit) *vector {
	v := &vector{hits: make([]hit, 0, len(all))}
	for _, h := range all {
		v.hits = append(v.hits, h)
	}
	slices.SortFunc(v.hits, func(a, b hit) int { return int(a.passage - b.passage) })
	last := -1
	for _, h := range v.hits {
		if i := r.docs.passages[h.passage].item; i != last {
			last = i
			v.items++
		}
	}
	return v
}

// meet gives the passages that have all terms, each with its weakest term.
func (r *ranker) meet(l knowledge.Language, terms []string) (*vector, error) {
	v, err := r.vector(l, terms[0])
	for _, t := range terms[1:] {
		if err != nil || len(v.hits) == 0 {
			break
		}
		var w *vector
		if w, err = r.vector(l, t); err == nil {
			v = both(v, w)
		}
	}
	return v, err
}

func both(a, b *vector) *vector {
	v := &vector{items: min(a.items, b.items)}
	for i, j := 0, 0; i < len(a.hits) && j < len(b.hits); {
		p, q := a.hits[i], b.hits[j]
		switch {
		case p.passage < q.passage:
			i++
		case p.passage > q.passage:
			j++
		default:
			v.hits = append(v.hits, hit{p.passage, min(p.x, q.x), min(p.title, q.title)})
			i, j = i+1, j+1
		}
	}
	return v
}

// saturated is what a text gains by having a term so often, its length considered: many times say
// little more than a few, sooner than in titles, and never more than a good title.
func saturated(often float32) float32 {
	gain := weights.body * often / (weights.bodyK1 + often)
	return weights.k1 * gain / (1 - gain)
}
