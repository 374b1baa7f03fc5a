package index

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"sync"

	"github.com/activationkb/activationkb/knowledge"
)

// weights of the ranking, each with its reason. Figures of testdata tell what a change does.
var weights = struct {
	k1, b                            float32
	title, heading, body, keyword    float32
	spread                           float32
	code, ideograph, phrase          float64
	parts, part, joined, completed   float64
	repaired                         [3]float64
	synonym, translated              float64
	otherLanguage                    float64
	errorCode, event                 float64
	context, against, cited, miscite float64
	concept, floor                   float64
}{
	k1: 2,   // a second occurrence still counts, a tenth does not
	b:  0.5, // sections are short and to the point: length says less against them than against pages

	title:   6,   // one word in a title is worth a paragraph about it; every section inherits it
	heading: 2,   // "Verten svarer ikke" names one cause
	body:    1,   // the unit of the others
	keyword: 2.5, // article.yaml cites the code or event: a statement, not a mention

	spread: 0.5, // an article whose sections together answer beats one lucky sentence

	code:      2.5,  // who types a code means that code
	ideograph: 0.25, // single ideographs only help where pairs break; the pairs carry the meaning

	phrase: 0.4, // of "Key Management Service" the first word counts 1, each further one this much

	parts:     0.85,                     // "nøkkel for volumlisens" answers "volumlisensnøkkel"
	part:      0.3,                      // "nøkkel" alone is a hint
	joined:    0.9,                      // "autodiscovery" for "auto-discovery"
	completed: 0.5,                      // the last word may be half typed
	repaired:  [3]float64{1, 0.85, 0.6}, // by the number of edits

	synonym:    0.4, // another term of the same concept in the query's own language
	translated: 0.9, // the concept's term in another language; the only link to it
	// A text in another language than the query's is a weaker match than one in its own.
	otherLanguage: 0.8,

	errorCode: 0.6, // records are short, which flatters them; articles help more
	event:     0.65,

	context: 1.15, against: 0.8, // the reader's channel, product, role agree or contradict
	cited: 1.3, miscite: 0.6, // the code is cited for this very context, or for another

	concept: 1.05, // article.yaml says that the article is about a concept which the query names

	floor: 0.12, // results below this share of the best are noise
}

// ranker scores passages with BM25F over the postings of a store: true field lengths, document
// frequencies in items that speak the language, one count for each unit of the query. The same
// content gives the same scores in every process, whatever Bleve's segments look like.
type ranker struct {
	docs    *documents
	store   *store
	titles  map[knowledge.Language]length
	bodies  map[knowledge.Language]length
	spoken  map[knowledge.Language]int // items in the language
	vectors sync.Map                   // termKey -> *vector; only terms that occur, so it is bounded
}

// length tells how long a field is in each passage, against the mean of those that have it.
type length struct {
	terms []int32
	mean  float32
}

func newLength(terms []int32) length {
	total, n := 0, 0
	for _, t := range terms {
		if t > 0 {
			total, n = total+int(t), n+1
		}
	}
	return length{terms, float32(max(total, 1)) / float32(max(n, 1))}
}

// norm is 1 for a field of mean length, more for a longer one.
func (l length) norm(p int32) float32 {
	return 1 - weights.b + weights.b*float32(l.terms[p])/l.mean
}

func newRanker(d *documents, s *store) *ranker {
	r := &ranker{docs: d, store: s, titles: make(map[knowledge.Language]length),
		bodies: make(map[knowledge.Language]length), spoken: make(map[knowledge.Language]int)}
	for _, l := range knowledge.Languages {
		r.titles[l], r.bodies[l] = newLength(s.tables.Titles[l]), newLength(s.tables.Bodies[l])
		for i := range d.items {
			if _, ok := d.items[i].title(l); ok {
				r.spoken[l]++
			}
		}
	}
	return r
}

// idf is the inverse document frequency of something that n of total items have.
func idf(n, total int) float64 {
	return math.Log(1 + (float64(total-n)+0.5)/(float64(n)+0.5))
}

// candidate is an item that matches a query, with its best passage.
type candidate struct {
	item     int
	passage  int
	language knowledge.Language // in which it matched
	score    float64
	coverage float64
}

// rank scores every item that matches, best first. Each language is searched by itself and an
// item keeps its best language: added up, expansions would beat the query's own words.
func (r *ranker) rank(q *query, views []view, c knowledge.Context) []candidate {
	best := make(map[int]candidate)
	info, total := informative(q, views)
	sheet := newSheet(len(r.docs.passages))
	for _, v := range views {
		weight := weights.otherLanguage
		if v.language == q.language {
			weight = 1
		}
		for _, m := range r.score(q, v, info, sheet) {
			m.score *= weight
			m.coverage = min(1, m.coverage/total)
			if old, ok := best[m.item]; !ok || m.score > old.score {
				best[m.item] = m
			}
		}
	}
	found := make([]candidate, 0, len(best))
	for _, m := range best {
		m.score *= r.prior(&r.docs.items[m.item], q, c)
		found = append(found, m)
	}
	sort.Slice(found, func(i, j int) bool { return r.before(found[i], found[j]) })
	return r.pin(relevant(found), q)
}

func (r *ranker) before(a, b candidate) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	return r.docs.items[a.item].name < r.docs.items[b.item].name
}

// relevant drops the tail.
func relevant(found []candidate) []candidate {
	for i, c := range found {
		if c.score < weights.floor*found[0].score {
			return found[:i]
		}
	}
	return found
}

// pin puts the records of codes and events first where the query is little else than these.
func (r *ranker) pin(found []candidate, q *query) []candidate {
	if !q.recordsOnly {
		return found
	}
	place := func(c candidate) int {
		it := &r.docs.items[c.item]
		i := -1
		switch {
		case it.code != nil:
			i = slices.IndexFunc(q.units, func(u unit) bool { return u.shape == errCode && u.code == it.code.Code })
		case it.event != nil:
			i = slices.IndexFunc(q.units, func(u unit) bool { return u.shape == number && u.norm == strconv.Itoa(it.event.Number) })
		}
		if i < 0 {
			return len(q.units)
		}
		return i
	}
	sort.SliceStable(found, func(i, j int) bool { return place(found[i]) < place(found[j]) })
	return found
}

// sheet holds a number for each passage; it is used for one view after the other.
type sheet struct {
	score, coverage []float64 // sums over units
	gain, quality   []float64 // of the unit at hand
}

func newSheet(passages int) *sheet {
	all := make([]float64, 4*passages)
	return &sheet{all[:passages], all[passages : 2*passages], all[2*passages : 3*passages], all[3*passages:]}
}

// take notes where one unit is found, and gives those passages in order.
func (s *sheet) take(alts []matched, touched []int32) []int32 {
	for _, alt := range alts {
		for _, h := range alt.vector.hits {
			if s.quality[h.passage] == 0 {
				touched = append(touched, h.passage)
			}
			s.quality[h.passage] = max(s.quality[h.passage], alt.weight)
			s.gain[h.passage] = max(s.gain[h.passage], alt.weight*float64(h.x/(weights.k1+h.x)))
		}
	}
	slices.Sort(touched)
	return touched
}

// score rates all passages of one language and gives each item with its best.
func (r *ranker) score(q *query, v view, info []float64, s *sheet) []candidate {
	clear(s.score)
	clear(s.coverage)
	spread := make(map[int]float64)
	var touched []int32
	for i, alts := range v.units {
		touched = s.take(alts, touched[:0])
		weight := q.units[i].weight * v.idf[i]
		r.collect(touched, s.gain, spread, weight)
		for _, p := range touched {
			s.score[p] += weight * s.gain[p]
			s.coverage[p] += info[i] * s.quality[p]
			s.gain[p], s.quality[p] = 0, 0
		}
	}
	return r.best(v.language, s.score, s.coverage, spread)
}

// collect adds what each item gains from one unit anywhere in it.
func (r *ranker) collect(touched []int32, gain []float64, spread map[int]float64, weight float64) {
	for i := 0; i < len(touched); {
		item, top := r.docs.passages[touched[i]].item, 0.0
		for ; i < len(touched) && int(touched[i]) < r.docs.items[item].last; i++ {
			top = max(top, gain[touched[i]])
		}
		spread[item] += weight * top
	}
}

func (r *ranker) best(l knowledge.Language, score, coverage []float64, spread map[int]float64) []candidate {
	found := make([]candidate, 0, len(spread))
	for i, total := range spread {
		it := &r.docs.items[i]
		top := it.first
		for p := it.first; p < it.last; p++ {
			if score[p] > score[top] {
				top = p
			}
		}
		s := float64(weights.spread)
		found = append(found, candidate{i, top, l, (1-s)*score[top] + s*total, coverage[top]})
	}
	return found
}

// prior is what an item is worth whatever its words: its kind, and how it fits the context.
func (r *ranker) prior(it *item, q *query, c knowledge.Context) float64 {
	w := 1.0
	switch {
	case it.code != nil:
		w = weights.errorCode
	case it.event != nil:
		w = weights.event
	}
	for _, d := range []struct {
		ids   []string
		known string
	}{{it.channels, c.Channel}, {it.products, c.Product}, {it.roles, c.Role}} {
		switch {
		case d.known == "" || len(d.ids) == 0:
		case slices.Contains(d.ids, d.known):
			w *= weights.context
		default:
			w *= weights.against
		}
	}
	return w * citation(it, q, c) * math.Pow(weights.concept, float64(min(len(shared(it, q)), 3)))
}

// shared gives the concepts, by number, that the query names and the article is about.
func shared(it *item, q *query) []int {
	var found []int
	if it.article == nil {
		return nil
	}
	for _, m := range q.mentions {
		if slices.Contains(it.article.Concepts, m.id) && !slices.Contains(found, m.concept) {
			found = append(found, m.concept)
		}
	}
	return found
}

// citation tells whether the article cites the query's codes for the context.
func citation(it *item, q *query, c knowledge.Context) float64 {
	w := 1.0
	if it.article == nil {
		return w
	}
	for _, ref := range it.article.Codes {
		if slices.Contains(q.codes, ref.Code) {
			switch s := ref.When.Score(c); {
			case s > 0:
				w = weights.cited
			case s < 0 && w == 1:
				w = weights.miscite
			}
		}
	}
	return w
}
