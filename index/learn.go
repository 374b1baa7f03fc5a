package index

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// How much is learned and kept. See the ablation in the package's documentation.
const (
	iterations      = 6
	maxSegment      = 60    // distinct terms; longer segments say little of single words
	minForward      = 0.015 // p(target|source) of a pair that is kept
	minBackward     = 0.005 // p(source|target)
	minSegments     = 2     // that a term stands in
	throughOthers   = 0.5   // share of the ways through a third language in a translation
	minTranslation  = 0.01
	minParaphrase   = 0.02
	maxTranslations = 10
)

// Learn learns from parallel texts which term translates which: IBM Model 1 in both directions
// for each pair of languages, over analysed terms. The knowledge's own texts and glossary are the
// teacher of this field, the corpus (nil for none) of everything else; its held-out articles are
// left alone. The same input gives the same bytes. Progress is told to log.
func Learn(base *knowledge.Base, corpus *Corpus, log io.Writer) ([]byte, error) {
	a, _, err := analyse(newDocuments(base))
	if err != nil {
		return nil, err
	}
	segments := ownSegments(base)
	fmt.Fprintf(log, "%d segments of the product's own\n", len(segments))
	if corpus != nil {
		own := len(segments)
		segments = append(segments, corpus.segments()...)
		fmt.Fprintf(log, "%d segments of the corpus\n", len(segments)-own)
	}
	return learn(a, segments, log).encode(), nil
}

func learn(a *analyzer, segments []segment, log io.Writer) *translations {
	vocabularies := make(map[knowledge.Language]*vocabulary)
	for _, l := range knowledge.Languages {
		vocabularies[l] = newVocabulary(a.lexicons[l], segments)
	}
	learned := make(pairs)
	for i, from := range knowledge.Languages {
		for _, to := range knowledge.Languages[i+1:] {
			m := align(vocabularies[from], vocabularies[to], segments)
			learned[[2]knowledge.Language{from, to}] = m.kept(false)
			learned[[2]knowledge.Language{to, from}] = m.kept(true)
			fmt.Fprintf(log, "%s-%s: %d pairs of terms seen, %d and %d terms with translations\n", from, to, len(m.source),
				len(learned[[2]knowledge.Language{from, to}]), len(learned[[2]knowledge.Language{to, from}]))
		}
	}
	return newTranslations(widened(learned))
}

// pairs holds probabilities by languages, source and target.
type pairs map[[2]knowledge.Language]map[string][]translation

// widened mixes what was learned of two languages with the ways through the other three, which
// know more and average out mistakes. From a language into itself they give paraphrases.
func widened(learned pairs) pairs {
	wide := make(pairs)
	for _, from := range knowledge.Languages {
		for _, to := range knowledge.Languages {
			pair := [2]knowledge.Language{from, to}
			wide[pair] = make(map[string][]translation)
			for term := range learned.sources(from) {
				if all := learned.mix(pair, term); len(all) > 0 {
					wide[pair][term] = all
				}
			}
		}
	}
	return wide
}

// sources gives all terms of a language with a translation into any other.
func (m pairs) sources(from knowledge.Language) map[string]bool {
	terms := make(map[string]bool)
	for pair, all := range m {
		if pair[0] == from {
			for term := range all {
				terms[term] = true
			}
		}
	}
	return terms
}

func (m pairs) mix(pair [2]knowledge.Language, term string) []translation {
	direct, through := m[pair][term], m.through(pair, term)
	share := throughOthers
	switch {
	case len(direct) == 0:
		share = 1
	case len(through) == 0:
		share = 0
	}
	p := make(map[string]float64)
	for _, t := range direct {
		p[t.term] += (1 - share) * t.p
	}
	for t, q := range through {
		p[t] += share * q
	}
	least := minTranslation
	if pair[0] == pair[1] {
		delete(p, term)
		least = minParaphrase
	}
	var all []translation
	for t, q := range p {
		if q >= least {
			all = append(all, translation{t, q})
		}
	}
	return likeliest(all)
}

// through follows a term into every third language and on from there.
func (m pairs) through(pair [2]knowledge.Language, term string) map[string]float64 {
	p, ways := make(map[string]float64), 0.0
	for _, via := range knowledge.Languages {
		first := m[[2]knowledge.Language{pair[0], via}][term]
		if via == pair[0] || via == pair[1] || len(first) == 0 {
			continue
		}
		ways++
		for _, z := range first {
			for _, t := range m[[2]knowledge.Language{via, pair[1]}][z.term] {
				p[t.term] += z.p * t.p
			}
		}
	}
	for t := range p {
		p[t] /= ways
	}
	return p
}

// likeliest sorts translations and keeps the best.
func likeliest(all []translation) []translation {
	sort.Slice(all, func(i, j int) bool {
		if all[i].p != all[j].p {
			return all[i].p > all[j].p
		}
		return all[i].term < all[j].term
	})
	return all[:min(len(all), maxTranslations)]
}

// vocabulary numbers the terms of one language in the segments.
type vocabulary struct {
	terms    []string
	segments [][]int32 // distinct terms of each segment, nil if there are none or too many
}

func newVocabulary(x *lexicon, segments []segment) *vocabulary {
	v := &vocabulary{segments: make([][]int32, len(segments))}
	numbers, count := make(map[string]int32), []int(nil)
	for i, s := range segments {
		for _, term := range x.learnable(s.texts[x.language]) {
			n, ok := numbers[term]
			if !ok {
				n = int32(len(v.terms))
				numbers[term] = n
				v.terms, count = append(v.terms, term), append(count, 0)
			}
			v.segments[i] = append(v.segments[i], n)
		}
		slices.Sort(v.segments[i])
		v.segments[i] = slices.Compact(v.segments[i])
		for _, n := range v.segments[i] {
			count[n]++
		}
	}
	for i, s := range v.segments {
		s = slices.DeleteFunc(s, func(n int32) bool { return count[n] < minSegments })
		if len(s) > maxSegment {
			s = nil
		}
		v.segments[i] = s
	}
	return v
}

// learnable gives the terms of a text that have translations: not codes, not numbers, and of
// ideographs the pairs, beside single ones that stand alone.
func (x *lexicon) learnable(text string) []string {
	var terms []string
	tokens := tokenize(text)
	for i, t := range tokens {
		switch {
		case t.shape == errCode || t.shape == number || t.shape == joined:
		case t.shape == han && (inPair(tokens, i) || strings.Contains(stopIdeographs, t.norm)):
		default:
			terms = x.appendTerms(terms, t)
		}
	}
	return terms
}

// alignment is the state of learning for two languages: every pair of terms that stand in one
// segment, with both conditional probabilities.
type alignment struct {
	from, to       *vocabulary
	source, target []int32
	forward, back  []float64 // p(target|source), p(source|target)
}

func align(from, to *vocabulary, segments []segment) *alignment {
	m := &alignment{from: from, to: to}
	numbers := make(map[uint64]int32)
	var pairs []int32 // numbers of pairs, segment by segment, source by source
	for i := range segments {
		for _, s := range from.segments[i] {
			for _, t := range to.segments[i] {
				key := uint64(s)<<32 | uint64(t)
				n, ok := numbers[key]
				if !ok {
					n = int32(len(m.source))
					numbers[key] = n
					m.source, m.target = append(m.source, s), append(m.target, t)
				}
				pairs = append(pairs, n)
			}
		}
	}
	m.forward, m.back = m.uniform(), m.uniform()
	counts := make([]float64, len(m.source))
	for range iterations {
		m.step(segments, pairs, m.forward, counts, false)
		m.step(segments, pairs, m.back, counts, true)
	}
	return m
}

func (m *alignment) uniform() []float64 {
	p := make([]float64, len(m.source))
	for i := range p {
		p[i] = 1
	}
	return p
}

// step is one iteration of expectation maximisation: every term of the one side of a segment is
// shared out among those of the other side that may have caused it.
func (m *alignment) step(segments []segment, pairs []int32, p, counts []float64, reverse bool) {
	clear(counts)
	at := 0
	var sums []float64
	for i := range segments {
		s, t := m.from.segments[i], m.to.segments[i]
		if len(s) == 0 || len(t) == 0 {
			continue
		}
		block := pairs[at : at+len(s)*len(t)]
		at += len(block)
		caused := len(t)
		if reverse {
			caused = len(s)
		}
		sums = append(sums[:0], make([]float64, caused)...)
		for k, n := range block {
			sums[m.effect(k, len(t), reverse)] += p[n]
		}
		for k, n := range block {
			counts[n] += segments[i].weight * p[n] / sums[m.effect(k, len(t), reverse)]
		}
	}
	m.normalise(p, counts, reverse)
}

// effect gives which term of the explained side the k-th pair of a block has.
func (m *alignment) effect(k, targets int, reverse bool) int {
	if reverse {
		return k / targets
	}
	return k % targets
}

func (m *alignment) normalise(p, counts []float64, reverse bool) {
	causes := m.source
	if reverse {
		causes = m.target
	}
	totals := make([]float64, max(len(m.from.terms), len(m.to.terms)))
	for n, c := range counts {
		totals[causes[n]] += c
	}
	for n, c := range counts {
		p[n] = c / totals[causes[n]]
	}
}

// kept gives the likeliest translations of each term, from target to source if reverse.
func (m *alignment) kept(reverse bool) map[string][]translation {
	source, target, from, to, forward, back := m.source, m.target, m.from, m.to, m.forward, m.back
	if reverse {
		source, target, from, to, forward, back = target, source, to, from, back, forward
	}
	all := make(map[string][]translation)
	for n, p := range forward {
		if p > minForward && back[n] > minBackward {
			s := from.terms[source[n]]
			all[s] = append(all[s], translation{to.terms[target[n]], p})
		}
	}
	for s, found := range all {
		all[s] = likeliest(found)
	}
	return all
}
