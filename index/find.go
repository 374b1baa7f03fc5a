package index

import (
	"context"
	"slices"
	"sort"

	"github.com/activationkb/activationkb/knowledge"
)

// Find gives the articles that answer a query, best first. It is what a diagnosis asks.
func (x *Index) Find(ctx context.Context, want knowledge.Query) ([]knowledge.Match, error) {
	q, views, found, err := x.find(ctx, want.Text, want.Language, want.Context, weights.floor)
	if err != nil {
		return nil, err
	}
	var matches []knowledge.Match
	inScope := x.confidence(q, found)
	for _, c := range found {
		it := &x.docs.items[c.item]
		if it.article == nil || len(want.Kinds) > 0 && !slices.Contains(want.Kinds, it.article.Kind) {
			continue
		}
		if len(matches) == max(want.Limit, 1) {
			break
		}
		m := x.match(c, q, views)
		m.InScope = inScope
		matches = append(matches, m)
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
	v := viewOf(views, c.language)
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

// gain is what a passage has of the vector, saturated: 0 to 1.
func (v *vector) gain(passage int) float64 {
	i := sort.Search(len(v.hits), func(i int) bool { return int(v.hits[i].passage) >= passage })
	if i == len(v.hits) || int(v.hits[i].passage) != passage {
		return 0
	}
	return float64(v.hits[i].x / (weights.k1 + v.hits[i].x))
}
