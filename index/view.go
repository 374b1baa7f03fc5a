package index

import (
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
	vector *vector
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
		items := 0
		for _, alt := range a.alternatives(&q.units[i], x, x.language == q.language) {
			m, err := r.meet(x.language, alt.terms)
			if err != nil {
				return v, err
			}
			if len(m.hits) == 0 {
				continue
			}
			v.units[i] = append(v.units[i], matched{alt, m})
			if alt.weight >= sameThing {
				items = max(items, m.items)
			}
		}
		v.idf[i] = idf(items, r.spoken[x.language])
	}
	return v, nil
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
