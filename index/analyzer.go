package index

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"

	"github.com/activationkb/activationkb/knowledge"
)

// analyzer turns texts into terms, the same way for what is indexed and what is asked.
// It does not change once built.
type analyzer struct {
	lexicons map[knowledge.Language]*lexicon
	glossary *glossary
	everyday *glossary // ways of speaking that belong to no subject
	records  records
	cyrillic func() *cyrillic // learned when a query first may be Russian in Latin letters
}

// analyse learns the words of all documents and concepts, and gives the terms of all passages by language.
func analyse(d *documents) (*analyzer, map[knowledge.Language][]passageTerms, error) {
	a, err := newAnalyzer(d.base)
	if err != nil {
		return nil, nil, err
	}
	all := make(map[knowledge.Language][]passageTerms)
	for _, l := range knowledge.Languages {
		all[l] = make([]passageTerms, len(d.passages))
	}
	a.each(func(x *lexicon) {
		texts := make([]passageTokens, len(d.passages))
		for p := range texts {
			if f, ok := d.text(p, x.language); ok {
				texts[p] = cutUp(f)
				texts[p].count(x)
			}
		}
		for _, c := range slices.Concat(d.base.Concepts(), everyday) {
			for _, t := range c.Terms[x.language] {
				x.count(tokenize(t), 2) // a term of the glossary may be a part of a compound
			}
		}
		x.finish()
		for p := range texts {
			all[x.language][p] = texts[p].terms(x)
		}
	})
	a.readGlossaries(d.base)
	return a, all, nil
}

// readGlossaries takes in what the words of the lexicons, which are finished, are terms of.
func (a *analyzer) readGlossaries(base *knowledge.Base) {
	a.glossary, a.everyday = newGlossary(base.Concepts(), a), newGlossary(everyday, a)
}

// passageTokens is a passage in one language, cut up but not analysed.
type passageTokens struct {
	title, heading, body []token
	asked                [][]token // each way to ask by itself
}

func cutUp(f fields) passageTokens {
	t := passageTokens{title: tokenize(f.title), heading: tokenize(f.heading), body: tokenize(f.body)}
	for _, s := range f.asked {
		t.asked = append(t.asked, tokenize(s))
	}
	return t
}

func (t *passageTokens) count(x *lexicon) {
	for _, tokens := range append([][]token{t.title, t.heading, t.body}, t.asked...) {
		x.count(tokens, 1)
	}
}

// opening is how many terms at the beginning of a text count twice: there it says what it is about.
const opening = 15

// passageTerms is a passage in one language, analysed.
type passageTerms struct {
	title, heading, body []string
	asked                [][]string // each way to ask by itself
}

func (t *passageTokens) terms(x *lexicon) passageTerms {
	p := passageTerms{title: x.terms(t.title), heading: x.terms(t.heading), body: x.terms(t.body)}
	p.body = append(p.body, p.body[:min(opening, len(p.body))]...)
	for _, tokens := range t.asked {
		p.asked = append(p.asked, x.terms(tokens))
	}
	return p
}

func newAnalyzer(base *knowledge.Base) (*analyzer, error) {
	a := &analyzer{lexicons: make(map[knowledge.Language]*lexicon), records: newRecords(base)}
	for _, l := range knowledge.Languages {
		x, err := newLexicon(l)
		if err != nil {
			return nil, fmt.Errorf("index: analysis of %s: %w", l, err)
		}
		a.lexicons[l] = x
	}
	a.cyrillic = sync.OnceValue(func() *cyrillic { return newCyrillic(a.lexicons[knowledge.Russian]) })
	return a, nil
}

// each runs work for every lexicon, all at the same time.
func (a *analyzer) each(work func(*lexicon)) {
	var wait sync.WaitGroup
	for _, x := range a.lexicons {
		wait.Go(func() { work(x) })
	}
	wait.Wait()
}

// terms gives what a text is indexed under in the language of x. A compound is indexed as itself
// and as each of its parts.
func (x *lexicon) terms(tokens []token) []string {
	terms := make([]string, 0, len(tokens))
	for _, t := range tokens {
		terms = x.appendTerms(terms, t)
	}
	return terms
}

func (x *lexicon) appendTerms(terms []string, t token) []string {
	switch t.shape {
	case word, joined:
		e := x.lookup(t.norm)
		if e.Term == "" {
			return terms
		}
		return append(append(terms, e.Term), e.Parts...)
	default:
		return append(terms, t.norm)
	}
}

// analysisHash names everything that decides which terms a text gives.
func analysisHash() string {
	h := sha256.New()
	fmt.Fprint(h, analysisVersion, grammars, synonyms, everydayFile, extensions, shortParts, minWhole, minPart, opening, stopIdeographs, traditional, simple)
	return fmt.Sprintf("%x", h.Sum(nil)[:6])
}
