package index

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// Reason is one line of how a score came about. The scores of a result's reasons, added up and
// multiplied by their factors, are the score of the result.
type Reason struct {
	Unit   string       // what the query asks for, as understood; "" for a factor
	Terms  []string     // what was found for it
	Via    string       // how the query leads to these terms, or what the factor is for
	Fields []FieldShare // where the section that matched has them, or the best one if it has not
	IDF    float64      // how rare the unit is in the language that matched
	Weight float64      // of the unit in the query
	Way    float64      // what the way counts: 1 for the word itself
	Here   float64      // how well the section that matched has it, at most Way
	Best   float64      // how well the best section of the item has it, at most Way
	Score  float64      // what the unit adds
	Factor float64      // 0 for units
}

// FieldShare tells how much of a term's weight in a section comes from one field.
type FieldShare struct {
	Field string  // title, asked (the users' own words), heading, body or keyword
	Share float64 // all shares of a reason add up to 1
}

// String is for people, in English.
func (r Reason) String() string {
	if r.Factor != 0 {
		return fmt.Sprintf("× %.3g %s", r.Factor, r.Via)
	}
	var at []string
	for _, f := range r.Fields {
		at = append(at, fmt.Sprintf("%s %.0f %%", f.Field, 100*f.Share))
	}
	where := fmt.Sprintf("match %.2f, best section %.2f", r.Here, r.Best)
	if r.Here == 0 {
		where = fmt.Sprintf("only in another section, %.2f", r.Best)
	}
	return fmt.Sprintf("+ %.3f %s → %s (%s): %s; idf %.2f, weight %.2f, way %.2f, %s",
		r.Score, r.Unit, strings.Join(r.Terms, "+"), r.Via, strings.Join(at, ", "), r.IDF, r.Weight, r.Way, where)
}

// rest is the way of a factor that factors does not know.
const rest = "other"

// explain says how the score of a candidate came about: what each unit adds, then the factors.
func (x *Index) explain(c candidate, q *query, views []view, reader knowledge.Context) ([]Reason, error) {
	v := viewOf(views, c.language)
	var reasons []Reason
	sum := 0.0
	for i := range v.units {
		r, err := x.reason(c, q, v, i)
		if err != nil {
			return nil, err
		}
		if r.Score > 0 {
			reasons = append(reasons, r)
			sum += r.Score
		}
	}
	for _, f := range x.ranker.factors(c, q, reader) {
		sum *= f.Factor
		reasons = append(reasons, f)
	}
	if f := c.score / sum; math.Abs(f-1) > 1e-6 {
		reasons = append(reasons, Reason{Via: rest, Factor: f})
	}
	return reasons, nil
}

// reason says what one unit adds. Its Score is 0 if the item does not have it.
func (x *Index) reason(c candidate, q *query, v view, i int) (Reason, error) {
	it, u := &x.docs.items[c.item], &q.units[i]
	r := Reason{Unit: u.norm, IDF: v.idf[i], Weight: u.weight}
	if u.repaired != "" {
		r.Unit = u.norm + " (" + u.repaired + ")"
	}
	at, here := -1, -1 // the alternatives that count: anywhere, and in the candidate's passage
	place := c.passage
	for n, m := range v.units[i] {
		for p := it.first; p < it.last; p++ {
			g := m.weight * m.vector.gain(p)
			if p == c.passage && g > r.Here {
				r.Here, here = g, n
			}
			if g > r.Best {
				r.Best, at, place = g, n, p
			}
		}
	}
	if at < 0 {
		return r, nil
	}
	if here >= 0 {
		at, place = here, c.passage
	}
	r.Score = u.weight * v.idf[i] * ((1-weights.spread)*r.Here + weights.spread*r.Best)
	m := v.units[i][at]
	r.Way, r.Terms, r.Via = m.weight, m.terms, x.analyzer.via(u, m.alternative, v.language)
	if len(m.terms) == 0 {
		var err error
		if r.Terms, r.Via, err = x.learnedAt(u, q.language, v.language, place); err != nil {
			return r, err
		}
	}
	return r, x.locate(&r, v.language, place)
}

// via says how a unit leads to an alternative.
func (a *analyzer) via(u *unit, alt alternative, l knowledge.Language) string {
	x := a.lexicons[l]
	is := func(terms ...string) bool { return slices.Equal(alt.terms, terms) }
	switch {
	case u.shape == piece && is(u.norm):
		return "part of the compound"
	case u.shape != word && is(u.norm):
		return "as written"
	}
	for _, w := range []string{u.norm, u.repaired} {
		switch e := x.lookup(w); {
		case w == "" || u.shape != word:
		case is(e.Term):
			return spelled("own word", w, u)
		case is(e.Parts...):
			return spelled("all parts of the compound", w, u)
		case len(alt.terms) == 1 && slices.Contains(e.Parts, alt.terms[0]):
			return spelled("part of the compound", w, u)
		}
	}
	for _, of := range []struct {
		g    *glossary
		list []int
		name string
	}{{a.glossary, u.concepts, "concept "}, {a.everyday, u.ways, "everyday word for "}} {
		for _, n := range of.list {
			if slices.ContainsFunc(of.g.terms[n][l], func(set []string) bool { return is(set...) }) {
				return of.name + of.g.ids[n]
			}
		}
	}
	switch {
	case slices.ContainsFunc(u.halves, func(h string) bool { return is(x.lookup(h).Term) }):
		return "hyphenated word"
	case len(alt.terms) == 1 && slices.Contains(u.short, alt.terms[0]):
		return "code that ends so"
	case u.complete:
		return "word that begins so"
	}
	return "related"
}

func spelled(how, w string, u *unit) string {
	if w == u.repaired {
		return "repaired, " + how
	}
	return how
}

// likelyShown is the probability from which a learned pair is named and marked in texts.
const likelyShown = 0.15

// learnedAt gives the terms that the learned lexicon has for a unit and that a passage has,
// likeliest first; of unlikely ones only the first.
func (x *Index) learnedAt(u *unit, from, to knowledge.Language, passage int) (terms []string, via string, err error) {
	var pairs []string
	source := u.term(x.analyzer.lexicons[from])
	all := x.ranker.translations.of(from, to, source)
	if from == to {
		all = append([]translation{{source, 1}}, all...)
	}
	for _, t := range all {
		v, err := x.ranker.vector(to, t.term)
		if err != nil {
			return nil, "", err
		}
		if v.gain(passage) > 0 && (t.p >= likelyShown || len(terms) == 0) {
			terms = append(terms, t.term)
			pairs = append(pairs, fmt.Sprintf("%s>%s %.2f", source, t.term, t.p))
		}
	}
	via = fmt.Sprintf("learned %s>%s: %s", from, to, strings.Join(pairs, ", "))
	if from == to && len(terms) > 0 && terms[0] == source { // the rest are paraphrases
		via = strings.Join(append([]string{spelled("own word", cmp.Or(u.repaired, u.norm), u)}, pairs[1:]...), ", ")
	}
	return terms, via, nil
}

// locate fills in the shares of the fields.
func (x *Index) locate(r *Reason, l knowledge.Language, passage int) error {
	var sums [len(fieldNames)]float64
	total := 0.0
	for _, t := range r.Terms {
		one, err := x.ranker.fields(l, t, passage)
		if err != nil {
			return err
		}
		for i, n := range one {
			sums[i] += float64(n)
			total += float64(n)
		}
	}
	for i, n := range sums {
		if n > 0 {
			r.Fields = append(r.Fields, FieldShare{fieldNames[i], n / total})
		}
	}
	return nil
}

var fieldNames = [...]string{"title", "asked", "heading", "body", "keyword"}

// fields takes apart by field what a passage has of a term, weighted as read does it.
func (r *ranker) fields(l knowledge.Language, term string, passage int) (x [len(fieldNames)]float32, err error) {
	first := int32(r.docs.items[r.docs.passages[passage].item].first)
	add := func(field int, at int32, weight func(p int32, n int) float32) func(int32, int) {
		return func(p int32, n int) {
			if p == at {
				x[field] += weight(p, n)
			}
		}
	}
	flat := func(weight float32) func(int32, int) float32 { return func(int32, int) float32 { return weight } }
	long := func(weight float32, length length) func(int32, int) float32 {
		return func(p int32, n int) float32 { return weight * float32(n) / length.norm(p) }
	}
	return x, errors.Join(
		r.store.postings(titleField+string(l), term, add(0, first, func(p int32, _ int) float32 { return weights.title / r.titles[l].norm(p) })),
		r.store.postings(askedField+string(l), term, add(1, first, long(weights.asked, r.asked[l]))),
		r.store.postings(headingField+string(l), term, add(2, int32(passage), flat(weights.heading))),
		r.store.postings(bodyField+string(l), term, add(3, int32(passage), func(p int32, n int) float32 { return saturated(float32(n) / r.bodies[l].norm(p)) })),
		r.store.postings(keywordsField, term, add(4, first, flat(weights.keyword))))
}

// factors names what the score was multiplied by, other than 1.
func (r *ranker) factors(scored candidate, q *query, c knowledge.Context) []Reason {
	it, matched := &r.docs.items[scored.item], scored.language
	var found []Reason
	factor := func(f float64, format string, args ...any) {
		if f != 1 {
			found = append(found, Reason{Via: fmt.Sprintf(format, args...), Factor: f})
		}
	}
	if matched != q.language {
		factor(weights.otherLanguage, "language: asked in %s, matched in %s", q.language, matched)
	}
	factor(scored.agreed, "the item's languages together")
	near := 1 + weights.nearest*scored.nearest
	factor(near, "asked nearly as foreseen")
	factor((near+weights.titled*scored.titled)/near, "the title has much of what is asked for")
	one := &query{} // without codes and concepts the prior is that of kind and context
	kind := r.prior(scored.item, one, knowledge.Context{})
	factor(kind/r.referred[scored.item], "kind %s", it.kind)
	factor(r.referred[scored.item], "other articles refer to it")
	for _, d := range []knowledge.Context{{Channel: c.Channel}, {Product: c.Product}, {Role: c.Role}} {
		factor(r.prior(scored.item, one, d)/kind, "context %s%s%s", d.Channel, d.Product, d.Role)
	}
	factor(citation(it, q, c), "citation of the code")
	factor(r.prior(scored.item, &query{asksHow: q.asksHow}, knowledge.Context{})/kind, "asked how")
	var ids []string
	for _, m := range q.mentions {
		if it.article != nil && slices.Contains(it.article.Concepts, m.id) && !slices.Contains(ids, m.id) {
			ids = append(ids, m.id)
		}
	}
	factor(math.Pow(weights.concept, float64(min(len(ids), mostShared))), "concepts %s", strings.Join(ids, ", "))
	return found
}
