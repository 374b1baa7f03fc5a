package index

import (
	"context"
	"slices"
	"sort"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
)

// Request is a search. Empty lists do not restrict.
type Request struct {
	Text             string               // as typed; the first 64 KiB count
	Language         knowledge.Language   // the reader's: results are shown in it where they have it
	ContentLanguages []knowledge.Language // only items that have a text in one of these
	Kinds            []string             // PROBLEM, TASK, CONCEPT, REFERENCE, ERROR_CODE, EVENT
	Products         []string             // ids of vocabulary.yaml, as Channels and Roles
	Channels         []string
	Roles            []string
	Packs            []string
	Context          knowledge.Context // steers the order, never excludes
	Offset           int
	Limit            int  // default 20
	Facets           bool // count the values of all fields
	Explain          bool // say how each score came about
}

// Answer is one page of results with what was understood.
type Answer struct {
	Results       []Result
	Total         int // of all pages
	Facets        []Facet
	QueryLanguage knowledge.Language
	Codes         []code.Code // recognised in the query, in its order
	DidYouMean    string      // the query with repaired words, "" if it needed no repair
	Confidence    float64     // that the query is about what the knowledge is about, 0..1; see scope.go
}

// Result is one item with its best section.
type Result struct {
	Name              string // "articles/kms-unreachable", "errorCodes/0xC004F074", "events/12288"
	Kind              string // ARTICLE, ERROR_CODE or EVENT
	Title             string
	SectionID         string // "" if title and summary match best, and for codes and events
	SectionTitle      string
	Snippet           string // plain text, at most 240 characters
	TitleHighlights   []Highlight
	SnippetHighlights []Highlight
	Language          knowledge.Language // of title and snippet
	MatchedLanguage   knowledge.Language // of the text that matched
	Score             float64            // comparable within one answer
	Coverage          float64            // as in knowledge.Match
	Codes             []code.Code        // that the item is about
	Pack              string
	Explanation       []Reason
}

// Highlight is a range of UTF-16 code units.
type Highlight struct{ Start, End int }

// Facet counts the values of one field over all results, as if that field were not restricted.
type Facet struct {
	Field  string // kind, product, channel, role or pack
	Values []FacetValue
}

// FacetValue is a value with the number of results that have it.
type FacetValue struct {
	Value string
	Count int
}

const defaultLimit = 20

// Search answers a request. The same content gives the same results in the same order in every
// process. ErrEmptyQuery is returned if there is nothing to search for.
func (x *Index) Search(ctx context.Context, req Request) (*Answer, error) {
	q, views, found, err := x.find(ctx, req.Text, req.Language, req.Context, req.least())
	if err != nil {
		return nil, err
	}
	answer := &Answer{QueryLanguage: q.language, Codes: q.codes, DidYouMean: q.meant, Confidence: x.confidence(q, found)}
	if req.Facets {
		answer.Facets = x.facets(found, req)
	}
	found = x.admitted(found, &req, "")
	answer.Total = len(found)
	if req.Limit <= 0 {
		req.Limit = defaultLimit
	}
	from := min(max(req.Offset, 0), len(found))
	p := presenter{x, q, views, &req, make(map[knowledge.Language][]wish)}
	for _, c := range found[from:min(from+req.Limit, len(found))] {
		r, err := p.result(c)
		if err != nil {
			return nil, err
		}
		answer.Results = append(answer.Results, r)
	}
	return answer, nil
}

// least is the share of the best score that a result needs before the request has left anything out.
func (req *Request) least() float64 {
	restricted := func(field string) bool { return len(req.wanted(field)) > 0 }
	if len(req.ContentLanguages) > 0 || slices.ContainsFunc(facetFields, restricted) {
		return weights.least
	}
	return weights.floor
}

// find understands a text and ranks everything that answers it, down to the least share of the best score.
func (x *Index) find(ctx context.Context, text string, reader knowledge.Language, c knowledge.Context, least float64) (*query, []view, []candidate, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, nil, err
	}
	q, err := x.analyzer.parse(text, reader)
	if err != nil {
		return nil, nil, nil, err
	}
	views, err := x.ranker.views(q, x.analyzer)
	if err != nil {
		return nil, nil, nil, err
	}
	return q, views, x.ranker.rank(q, views, c, least), ctx.Err()
}

// values gives what an item has in a field.
func (it *item) values(field string) []string {
	switch field {
	case "kind":
		return []string{it.kind}
	case "product":
		return it.products
	case "channel":
		return it.channels
	case "role":
		return it.roles
	}
	return []string{it.pack}
}

var facetFields = []string{"kind", "product", "channel", "role", "pack"}

// wanted gives the values that a field is restricted to.
func (req *Request) wanted(field string) []string {
	switch field {
	case "kind":
		return req.Kinds
	case "product":
		return req.Products
	case "channel":
		return req.Channels
	case "role":
		return req.Roles
	}
	return req.Packs
}

// admits reports whether an item passes all filters but that of one field.
func (req *Request) admits(it *item, except string) bool {
	for _, f := range facetFields {
		if want := req.wanted(f); f != except && len(want) > 0 && !overlap(want, it.values(f)) {
			return false
		}
	}
	return len(req.ContentLanguages) == 0 || slices.ContainsFunc(req.ContentLanguages, func(l knowledge.Language) bool {
		_, ok := it.title(l)
		return ok
	})
}

// admitted gives the candidates that pass all filters but that of one field, without the noise among them.
func (x *Index) admitted(found []candidate, req *Request, except string) []candidate {
	var admitted []candidate
	best := 0.0
	for _, c := range found {
		if req.admits(&x.docs.items[c.item], except) {
			admitted, best = append(admitted, c), max(best, c.score)
		}
	}
	return slices.DeleteFunc(admitted, func(c candidate) bool { return c.score < weights.floor*best })
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func (x *Index) facets(found []candidate, req Request) []Facet {
	var facets []Facet
	for _, field := range facetFields {
		counts := make(map[string]int)
		for _, c := range x.admitted(found, &req, field) {
			for _, v := range x.docs.items[c.item].values(field) {
				counts[v]++
			}
		}
		facets = append(facets, Facet{field, sortedCounts(counts)})
	}
	return facets
}

func sortedCounts(counts map[string]int) []FacetValue {
	var values []FacetValue
	for _, v := range sortedKeys(counts) {
		values = append(values, FacetValue{v, counts[v]})
	}
	sort.SliceStable(values, func(i, j int) bool { return values[i].Count > values[j].Count })
	return values
}

// presenter shows what one search found.
type presenter struct {
	*Index
	q      *query
	views  []view
	req    *Request
	wishes map[knowledge.Language][]wish
}

// result shows a candidate to the reader: in their language if the item has it, else in the one
// that matched.
func (p *presenter) result(c candidate) (Result, error) {
	it := &p.docs.items[c.item]
	l := p.req.Language
	if _, ok := it.title(l); !ok {
		l = c.language
	}
	r := Result{Name: it.name, Kind: it.resultKind(), Language: l, MatchedLanguage: c.language,
		Score: c.score, Coverage: c.coverage, Codes: it.codes(), Pack: it.pack}
	wishes, err := p.wished(l)
	if err != nil {
		return r, err
	}
	seek, shelf := it.seek(wishes), p.shelf(l)
	r.Title, _ = it.title(l)
	r.TitleHighlights = shelf.at(&shelf.titles[c.item], func() string { return r.Title }).highlights(seek)
	n := p.shown(it, c.passage, l, &r)
	r.Snippet, r.SnippetHighlights = shelf.at(&shelf.bodies[n], func() string { return p.docs.shown(n, l) }).snippet(seek)
	if p.req.Explain {
		r.Explanation, err = p.explain(c, p.q, p.views, p.req.Context)
	}
	return r, err
}

// wished gives what to look for in a language.
func (p *presenter) wished(l knowledge.Language) ([]wish, error) {
	if w, ok := p.wishes[l]; ok {
		return w, nil
	}
	w, err := p.want(p.q, viewOf(p.views, l))
	p.wishes[l] = w
	return w, err
}

func viewOf(views []view, l knowledge.Language) view {
	return views[slices.IndexFunc(views, func(v view) bool { return v.language == l })]
}

// shown gives the passage to cut the snippet from and names its section: that of the candidate,
// or the summary if the section is not in the language.
func (x *Index) shown(it *item, passage int, l knowledge.Language, r *Result) int {
	if it.article != nil {
		s, ok := it.article.Texts[l].Section(x.docs.passages[passage].section)
		if !ok {
			return it.first
		}
		r.SectionID, r.SectionTitle = s.ID, s.Title
	}
	return passage
}

// shown is the text of a passage as a snippet has it.
func (d *documents) shown(p int, l knowledge.Language) string {
	f, _ := d.text(p, l)
	return unlisted(f.body)
}

func (it *item) resultKind() string {
	if it.article != nil {
		return "ARTICLE"
	}
	return it.kind
}

// codes lists the error codes that an item is about.
func (it *item) codes() []code.Code {
	var codes []code.Code
	switch {
	case it.article != nil:
		for _, c := range it.article.Codes {
			if !slices.Contains(codes, c.Code) {
				codes = append(codes, c.Code)
			}
		}
	case it.code != nil:
		codes = append(codes, it.code.Code)
	}
	return codes
}
