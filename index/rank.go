package index

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/activationkb/activationkb/knowledge"
)

// weights of the ranking, each with its reason. Figures of testdata/ranks.txt tell what a change does.
var weights = struct {
	k1, b                            float32
	title, asked, heading, keyword   float32
	body, bodyK1, bodyB              float32
	spread                           float64
	code, version, ideograph, phrase float64
	parts, part, piece               float64
	joined, completed                float64
	repaired                         [3]float64
	synonym, translated              float64
	everyday, everydayAbroad         float64
	learned, paraphrase, sure        float64
	otherLanguage, agreement         float64
	errorCode, event                 float64
	context, against, cited, miscite float64
	nearest, unasked                 float64
	titled, task, problem            float64
	concept, related, floor, least   float64
}{
	k1: 4,    // the fields below add up to one x, and x/(k1+x) is gained: a title hit is not all
	b:  0.85, // long titles and long lists of ways to ask say a little less by each word

	title:   18,  // one word in a title is worth a paragraph about it; every section inherits it
	asked:   3,   // in users' own words, if in many of them
	heading: 0.5, // "Verten svarer ikke" names one cause
	keyword: 2.5, // article.yaml cites the code or event: a statement, not a mention

	// Running text by itself gains at most a half, and soon: BM25 as usual, with its length.
	body: 0.5, bodyK1: 1, bodyB: 0.85,

	spread: 0.5, // an article whose sections together answer beats one lucky sentence

	code:      2.5, // who types a code means that code
	version:   0.6, // of Windows 10 or Office 2016 there is much to say, of which the number chooses little
	ideograph: 0.4, // single ideographs only help where pairs break; the pairs carry the meaning

	phrase: 0.4, // of "Key Management Service" the first word counts 1, each further one this much

	parts:     0.85,                     // "nøkkel for volumlisens" answers "volumlisensnøkkel"
	part:      0.3,                      // "nøkkel" alone is a hint
	piece:     0.5,                      // and is asked for beside the whole
	joined:    0.9,                      // "autodiscovery" for "auto-discovery"
	completed: 0.5,                      // the last word may be half typed
	repaired:  [3]float64{1, 0.85, 0.6}, // by the number of edits

	synonym:    0.4, // another term of the same concept in the query's own language
	translated: 0.9, // the concept's term in another language

	// Everyday words have more senses than terms.
	everyday: 0.4, everydayAbroad: 0.75,

	learned:    1,   // a learned translation is weighed by its probability already
	paraphrase: 1,   // so is what it leads back to in the query's own language
	sure:       0.5, // but it may be another sense of the word: it covers the word by half

	// A text in another language than the query's is a weaker match than one in its own.
	otherLanguage: 0.85,

	// An article in five languages says the same in five ways. How well they answer together, on the mean,
	// tells more than the luckiest of them; the best alone decides about the rest, and which one is shown.
	agreement: 0.75,

	// Who asks nearly as the article foresees means that article, however many words others share with it.
	nearest: 0.6,
	unasked: 0.3, // what the foreseen wording has beyond the query speaks a little against it

	titled: 0.15, // a title with all that is asked for means just that, not something around it

	// "How do I change the port" wants to be shown the way, not what else fails there.
	task: 1.1, problem: 0.87,

	errorCode: 0.6, // records are short, which flatters them; articles help more
	event:     0.65,

	context: 1.15, against: 0.8, // the reader's channel, product, role agree or contradict
	cited: 1.3, miscite: 0.6, // the code is cited for this very context, or for another

	concept: 1.05, // article.yaml says that the article is about a concept which the query names

	related: 0.05, // the power of the number of articles that refer to it: what is in the way of much is met often

	floor: 0.12, // results below this share of the best are noise
	least: 0.04, // below this share they are even if a request leaves out the best
}

// ranker scores passages with BM25F over the postings of a store: true field lengths, document
// frequencies in items that speak the language, one count for each unit of the query. The same
// content gives the same scores in every process, whatever Bleve's segments look like.
type ranker struct {
	docs         *documents
	store        *store
	titles       map[knowledge.Language]length
	bodies       map[knowledge.Language]length
	asked        map[knowledge.Language]length
	spoken       map[knowledge.Language]int // items in the language
	versions     []float64                  // languages that each item is in
	referred     []float64                  // factor of each item for the articles that refer to it
	mostReferred float64
	translations *translations
	sheets       sync.Pool
	vectors      sync.Map // termKey -> *vector; only terms that occur, so it is bounded
	meanings     sync.Map // meaningKey -> *meaning; likewise
	sayings      sync.Map // sayingKey -> []saying
}

// length tells how long a field is in each passage, against the mean of those that have it.
type length struct {
	terms []int32
	mean  float32
	b     float32 // how much it counts
}

func newLength(terms []int32, b float32) length {
	total, n := 0, 0
	for _, t := range terms {
		if t > 0 {
			total, n = total+int(t), n+1
		}
	}
	return length{terms, float32(max(total, 1)) / float32(max(n, 1)), b}
}

// norm is 1 for a field of mean length, more for a longer one.
func (l length) norm(p int32) float32 {
	return 1 - l.b + l.b*float32(l.terms[p])/l.mean
}

func newRanker(d *documents, s *store) (*ranker, error) {
	t, err := builtInTranslations()
	if err != nil {
		return nil, err
	}
	r := &ranker{docs: d, store: s, translations: t, titles: make(map[knowledge.Language]length),
		bodies: make(map[knowledge.Language]length), asked: make(map[knowledge.Language]length), spoken: make(map[knowledge.Language]int), versions: make([]float64, len(d.items))}
	r.referred = referredTo(d)
	r.mostReferred = slices.Max(append(slices.Clone(r.referred), 1))
	r.sheets.New = func() any { return newSheet(d) }
	for _, l := range knowledge.Languages {
		r.titles[l], r.bodies[l], r.asked[l] = newLength(s.tables.Titles[l], weights.b), newLength(s.tables.Bodies[l], weights.bodyB), newLength(s.tables.Asked[l], weights.b)
		for i := range d.items {
			if _, ok := d.items[i].title(l); ok {
				r.spoken[l]++
				r.versions[i]++
			}
		}
	}
	return r, nil
}

// referredTo gives for each item a factor that grows with the articles that name it as related.
func referredTo(d *documents) []float64 {
	n := make(map[string]int)
	for i := range d.items {
		if a := d.items[i].article; a != nil {
			for _, id := range a.Related {
				n[id]++
			}
		}
	}
	factors := make([]float64, len(d.items))
	for i := range d.items {
		factors[i] = 1
		if a := d.items[i].article; a != nil {
			factors[i] = math.Pow(float64(1+n[a.ID]), weights.related)
		}
	}
	return factors
}

// idf is the inverse document frequency of something that n of total items have.
func idf(n, total int) float64 {
	n = min(n, total) // translations add up to more, at times
	return math.Log(1 + (float64(total-n)+0.5)/(float64(n)+0.5))
}

// candidate is an item that matches a query, with its best passage.
type candidate struct {
	item     int
	passage  int
	language knowledge.Language // in which it matched
	score    float64
	coverage float64
	all      float64 // the sum of the scores in all languages
	agreed   float64 // what part of the score in its best language the languages together leave it
	nearest  float64 // how near the query is to the nearest foreseen wording, 0 to 1
	titled   float64 // what part of the query its title has, 0 to 1, in the language that has most
}

// rank scores every item that matches, best first. Each language is searched by itself, so that its
// words are as rare as they are in that language. An item keeps its best language, and a share of its
// score depends on the mean over all languages that it has: in one flat sum expansions would beat the
// query's own words, and what is written in one language only could not win.
func (r *ranker) rank(q *query, views []view, c knowledge.Context, least float64) []candidate {
	info, total := informative(q, views)
	s := r.sheets.Get().(*sheet)
	defer r.sheets.Put(s)
	found := s.found[:0]
	for _, v := range views {
		weight := weights.otherLanguage
		if v.language == q.language {
			weight = 1
		}
		asked := s.score(q, v, info)
		s.near.compare(r, q, v)
		found = s.best(v.language, weight, total, asked, found)
	}
	s.found = found
	for i := range found {
		f := &found[i]
		s.items[f.item].place = 0
		f.agreed = 1 - weights.agreement + weights.agreement*f.all/max(f.score*r.versions[f.item], math.SmallestNonzeroFloat32)
		f.nearest = s.near.nearest[f.item]
		f.score *= f.agreed * (1 + weights.nearest*f.nearest + weights.titled*f.titled)
	}
	s.near.wipe()
	found = slices.Clone(r.relevant(found, q, c, least))
	slices.SortFunc(found, r.compare)
	return r.pin(found, q)
}

func (r *ranker) compare(a, b candidate) int {
	if c := cmp.Compare(b.score, a.score); c != 0 {
		return c
	}
	return strings.Compare(r.docs.items[a.item].name, r.docs.items[b.item].name)
}

// relevant takes what items are worth by themselves into their scores, and drops what has less than the
// least share of the best. In a large collection that is nearly everything, so most is dropped before its worth is asked.
func (r *ranker) relevant(found []candidate, q *query, c knowledge.Context, least float64) []candidate {
	if len(found) == 0 {
		return nil
	}
	below := func(score float64) {
		found = slices.DeleteFunc(found, func(c candidate) bool { return c.score < score })
	}
	best := slices.MaxFunc(found, func(a, b candidate) int { return cmp.Compare(a.score, b.score) })
	below(least * best.score * r.prior(best.item, q, c) / r.highest(q, c))
	top := 0.0
	for i := range found {
		f := &found[i]
		f.score *= r.prior(f.item, q, c)
		top = max(top, f.score)
	}
	below(least * top)
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

// prior is what item n is worth whatever its words: its kind, how it fits the context, what refers to it.
func (r *ranker) prior(n int, q *query, c knowledge.Context) float64 {
	it, w := &r.docs.items[n], r.referred[n]
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
	if len(q.codes) > 0 {
		w *= citation(it, q, c)
	}
	if q.asksHow && it.article != nil {
		switch it.article.Kind {
		case knowledge.Task:
			w *= weights.task
		case knowledge.Problem:
			w *= weights.problem
		}
	}
	for range min(len(shared(it, q)), mostShared) {
		w *= weights.concept
	}
	return w
}

// highest is the most that a prior can be for a query in a context.
func (r *ranker) highest(q *query, c knowledge.Context) float64 {
	w := r.mostReferred * math.Pow(weights.concept, float64(min(len(q.mentions), mostShared)))
	for _, known := range []string{c.Channel, c.Product, c.Role} {
		if known != "" {
			w *= weights.context
		}
	}
	if len(q.codes) > 0 {
		w *= weights.cited
	}
	if q.asksHow {
		w *= weights.task
	}
	return w
}

// mostShared bounds how many shared concepts count.
const mostShared = 3

// shared gives the concepts, by number, that the query names and the article is about.
func shared(it *item, q *query) []int {
	if it.article == nil || len(it.article.Concepts) == 0 {
		return nil
	}
	var found []int
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
