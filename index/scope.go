package index

import (
	_ "embed"
	"math"
	"slices"
	"sync"

	"github.com/activationkb/activationkb/knowledge"
)

// subjectsFile lists what a helpdesk is asked that is not about activation. Coverage and score
// alone cannot tell: "the recovery key after an update" is made of our words, but BitLocker is not
// our subject. It ranks nothing and hides nothing; it only lowers the confidence.
//
//go:embed subjects.tsv
var subjectsFile string

// scopeWeights make the confidence, in natural logarithms of the odds. There are five of them for
// all languages, so that no single query can be tuned for; testdata/ranks.txt has what they reach.
var scopeWeights = struct {
	base, score, coverage, topic, subject float64
}{
	base:     -8.6, // without anything found it is not ours
	score:    4,    // of the logarithm of 1 + the best score
	coverage: 4.2,
	topic:    1.2,  // each concept of activation that the query names, two at most
	subject:  -4.3, // each other subject that it names, two at most
}

// mostNamed bounds how many topics and how many other subjects count: a long ticket mentions much.
const mostNamed = 2

// scope tells queries about activation from others.
type scope struct {
	once     sync.Once
	subjects *glossary
	topics   map[string]bool // ids of concepts
}

// confidence is how likely a query is about what the knowledge is about, from 0 to 1; above one
// half it should be answered. found is everything that the search found, best first.
func (x *Index) confidence(q *query, found []candidate) float64 {
	s := &x.scope
	s.once.Do(func() { s.read(x.base, x.analyzer) })
	w := &scopeWeights
	z := w.base + w.topic*s.named(q) + w.subject*s.foreign(q, x.analyzer)
	if len(found) > 0 {
		z += w.score*math.Log1p(found[0].score) + w.coverage*found[0].coverage
	}
	return 1 / (1 + math.Exp(-z))
}

func (s *scope) read(base *knowledge.Base, a *analyzer) {
	s.topics = make(map[string]bool)
	for _, c := range base.Concepts() {
		s.topics[c.ID] = c.Topic
	}
	s.subjects = newGlossary(readConcepts(subjectsFile), a)
}

// named counts the mentions of concepts of activation.
func (s *scope) named(q *query) float64 {
	n := 0
	for _, m := range q.mentions {
		if s.topics[m.id] {
			n++
		}
	}
	return float64(min(n, mostNamed))
}

// foreign counts the other subjects that the query names, in its own language or in English.
func (s *scope) foreign(q *query, a *analyzer) float64 {
	tokens := tokenize(q.text)
	found := s.subjects.find(tokens, a.lexicons[q.language])
	if q.language != knowledge.English {
		found = append(found, s.subjects.find(tokens, a.lexicons[knowledge.English])...)
	}
	var ids []int
	for _, m := range found {
		if !slices.Contains(ids, m.concept) {
			ids = append(ids, m.concept)
		}
	}
	return float64(min(len(ids), mostNamed))
}
