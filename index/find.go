package index

import (
	"context"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// Find gives the articles that answer a query, best first. It is what a diagnosis asks.
func (x *Index) Find(ctx context.Context, want knowledge.Query) ([]knowledge.Match, error) {
	q, views, found, err := x.find(ctx, want.Text, want.Language, want.Context)
	if err != nil {
		return nil, err
	}
	var matches []knowledge.Match
	for _, c := range found {
		it := &x.docs.items[c.item]
		if it.article == nil || len(want.Kinds) > 0 && !slices.Contains(want.Kinds, it.article.Kind) {
			continue
		}
		if len(matches) == max(want.Limit, 1) {
			break
		}
		matches = append(matches, x.match(c, q, views))
	}
	return matches, nil
}

func (x *Index) match(c candidate, q *query, views []view) knowledge.Match {
	it := &x.docs.items[c.item]
	m := knowledge.Match{Article: it.article, Section: x.docs.passages[c.passage].section,
		Language: c.language, Score: c.score, Coverage: c.coverage}
	for _, code := range it.codes() {
		if slices.Contains(q.codes, code) {
			m.Codes = append(m.Codes, code)
		}
	}
	for _, n := range q.mentions {
		if !slices.Contains(m.Mentions, n.id) {
			m.Mentions = append(m.Mentions, n.id)
		}
	}
	for _, n := range shared(it, q) {
		m.Concepts = append(m.Concepts, x.analyzer.glossary.ids[n])
	}
	m.Spans = explained(c, q, views)
	return m
}

// explained gives the parts of the query that the candidate's best passage has.
func explained(c candidate, q *query, views []view) []knowledge.Span {
	v := views[slices.IndexFunc(views, func(v view) bool { return v.language == c.language })]
	var marks []mark
	for i, alts := range v.units {
		if slices.ContainsFunc(alts, func(m matched) bool { return m.vector.within(c.passage, c.passage+1) }) {
			for _, s := range q.units[i].spans {
				marks = append(marks, mark{Span: s})
			}
		}
	}
	return merged(marks)
}

// explain says what each unit of the query adds to the score of the candidate's best passage,
// before the factors for kind, context and language.
func (r *ranker) explain(c candidate, q *query, views []view) []Reason {
	v := views[slices.IndexFunc(views, func(v view) bool { return v.language == c.language })]
	var reasons []Reason
	for i, alts := range v.units {
		gain, terms := 0.0, ""
		for _, m := range alts {
			if g := m.weight * m.vector.gain(c.passage); g > gain {
				gain, terms = g, strings.Join(m.terms, "+")
			}
		}
		if gain > 0 {
			reasons = append(reasons, Reason{q.units[i].norm + " = " + terms, q.units[i].weight * v.idf[i] * gain})
		}
	}
	return reasons
}

// gain is what a passage has of the vector, saturated: 0 to 1.
func (v *vector) gain(passage int) float64 {
	for _, h := range v.hits {
		if int(h.passage) == passage {
			return float64(h.x / (weights.k1 + h.x))
		}
	}
	return 0
}
