package index

import (
	"cmp"
	"math"

	"github.com/activationkb/activationkb/knowledge"
)

// view is the query as one language says it.
type view struct {
	language knowledge.Language
	units    [][]matched // for each unit its alternatives that occur
	idf      []float64
}

// matched is an alternative that occurs somewhere.
type matched struct {
	alternative
	translations []translation // instead of terms: the learned ones, all of which count together
	vector       *vector
	sure         float64 // for coverage: how certainly a passage with it has what was asked for
}

// views looks the query up in every language, its own first.
func (r *ranker) views(q *query, a *analyzer) ([]view, error) {
	languages := []knowledge.Language{q.language}
	for _, l := range knowledge.Languages {
		if l != q.language {
			languages = append(languages, l)
		}
	}
	views := make([]view, len(languages))
	for i, l := range languages {
		var err error
		if views[i], err = r.view(q, a.lexicons[l], a); err != nil {
			return nil, err
		}
	}
	return views, nil
}

func (r *ranker) view(q *query, x *lexicon, a *analyzer) (view, error) {
	v := view{language: x.language, units: make([][]matched, len(q.units)), idf: make([]float64, len(q.units))}
	for i := range q.units {
		ways, items, err := r.ways(q, &q.units[i], x, a)
		if err != nil {
			return v, err
		}
		v.units[i], v.idf[i] = ways, idf(items, r.spoken[x.language])
	}
	return v, nil
}

// ways looks up all alternatives of a unit in the language of x, and how many items have what means the same.
func (r *ranker) ways(q *query, u *unit, x *lexicon, a *analyzer) (found []matched, items int, err error) {
	add := func(alt alternative, v *vector) {
		if len(v.hits) == 0 {
			return
		}
		found = append(found, matched{alt, nil, v, alt.weight})
		if alt.weight >= sameThing {
			items = max(items, v.items)
		}
	}
	own := x.language == q.language
	learned, term, plain := weights.learned, weights.translated, weights.everydayAbroad
	if own {
		learned, term, plain = weights.paraphrase, weights.synonym, weights.everyday
	}
	for _, alt := range a.alternatives(u, x, own) {
		v, err := r.meet(x.language, alt.terms)
		if err != nil {
			return nil, 0, err
		}
		add(alt, v)
	}
	if err := r.say(a.glossary, u.concepts, x.language, term, add); err != nil {
		return nil, 0, err
	}
	// What is said rarely, but meant often in other words, is not rare.
	said := func(alt alternative, v *vector) {
		add(alt, v)
		items = max(items, int(alt.weight*float64(v.items)))
	}
	if err := r.say(a.everyday, u.ways, x.language, plain, said); err != nil {
		return nil, 0, err
	}
	m, err := r.learned(q.language, x.language, u.term(a.lexicons[q.language]))
	if err == nil && m != nil && len(m.vector.hits) > 0 {
		found = append(found, matched{alternative{nil, learned * weights.repaired[u.distance]}, m.translations, m.vector, weights.sure})
		if !own {
			items = max(items, m.vector.items)
		}
	}
	return found, items, err
}

// saying is one way to say a concept, with where all of its terms stand.
type saying struct {
	terms  []string
	vector *vector
}

type sayingKey struct {
	glossary *glossary
	concept  int
	language knowledge.Language
}

// say calls add with each way in which a language says any of some concepts and which occurs.
func (r *ranker) say(g *glossary, concepts []int, l knowledge.Language, weight float64, add func(alternative, *vector)) error {
	for _, c := range concepts {
		key := sayingKey{g, c, l}
		known, ok := r.sayings.Load(key)
		if !ok {
			all, err := r.occurring(g.terms[c][l], l)
			if err != nil {
				return err
			}
			known, _ = r.sayings.LoadOrStore(key, all)
		}
		for _, s := range known.([]saying) {
			add(alternative{s.terms, weight}, s.vector)
		}
	}
	return nil
}

func (r *ranker) occurring(sets [][]string, l knowledge.Language) ([]saying, error) {
	var found []saying
	for _, terms := range sets {
		v, err := r.meet(l, terms)
		if err != nil {
			return nil, err
		}
		if len(v.hits) > 0 {
			found = append(found, saying{terms, v})
		}
	}
	return found, nil
}

// sameThing is the weight from which an alternative means the same as the unit, so that its
// frequency is the unit's. Lighter ones are hints.
const sameThing = 0.5

// informative gives what each unit is worth for coverage: its idf in the language where it is
// most common; unknown things are worth most. Ideographs count in pairs, and a pair that only
// stands where two others meet counts nothing.
func informative(q *query, views []view) (info []float64, total float64) {
	info = make([]float64, len(q.units))
	occurs := make([]bool, len(q.units))
	for i := range q.units {
		info[i] = views[0].idf[i]
		for _, v := range views {
			if len(v.units[i]) > 0 {
				info[i] = min(info[i], v.idf[i])
				occurs[i] = true
			}
		}
	}
	for i, u := range q.units {
		if u.paired || u.shape == bigram && !occurs[i] && q.between(u, occurs) {
			info[i] = 0
		}
		info[i] *= u.weight
		total += info[i]
	}
	return info, max(total, 1e-9)
}

// between reports whether pairs that occur hold both ideographs of a pair.
func (q *query) between(pair unit, occurs []bool) bool {
	before, after := false, false
	for i, u := range q.units {
		if u.shape != bigram || !occurs[i] {
			continue
		}
		for _, s := range u.spans {
			before = before || s.Start < pair.spans[0].Start && s.End > pair.spans[0].Start
			after = after || s.Start < pair.spans[0].End && s.End > pair.spans[0].End
		}
	}
	return before && after
}

// term gives what a unit is looked up by in the learned lexicon, "" for codes and numbers.
func (u *unit) term(x *lexicon) string {
	switch u.shape {
	case word:
		return x.lookup(cmp.Or(u.repaired, u.norm)).Term
	case piece, bigram, han:
		return u.norm
	}
	return ""
}

// meaning is what a term may mean in a language.
type meaning struct {
	translations []translation
	vector       *vector // of all of them together
}

type meaningKey struct {
	from, to knowledge.Language
	term     string
}

// learned adds up the translations of a term: all of them together are as good as the term is. From
// a language into itself the term is one of its own paraphrases. It gives nil for "".
func (r *ranker) learned(from, to knowledge.Language, term string) (*meaning, error) {
	if term == "" {
		return nil, nil
	}
	key := meaningKey{from, to, term}
	if m, ok := r.meanings.Load(key); ok {
		return m.(*meaning), nil
	}
	all := r.translations.of(from, to, term)
	if from == to && len(all) > 0 {
		all = append(all, translation{term, 1})
	}
	sums, items := make(map[int32]hit), 0.0
	for _, t := range all {
		v, err := r.vector(to, t.term)
		if err != nil {
			return nil, err
		}
		for _, h := range v.hits {
			sum := sums[h.passage]
			sums[h.passage] = hit{h.passage, sum.x + float32(t.p)*h.x, min(1, sum.title+float32(t.p)*h.title)}
		}
		items += t.p * float64(v.items)
	}
	m := &meaning{all, r.sorted(sums)}
	m.vector.items = int(math.Round(items))
	if len(m.vector.hits) > 0 {
		r.meanings.Store(key, m)
	}
	return m, nil
}
