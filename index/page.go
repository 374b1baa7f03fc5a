package index

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/activationkb/activationkb/knowledge"
)

// page is a text made ready for snippets. Its terms are numbers, so that a search compares
// numbers and stems nothing.
type page struct {
	text  string
	sites []site // in the order of the text
	cuts  []cut  // for each sentence, the snippet that begins with it
}

// site is where a term stands, in bytes. A compound has one for itself and one for each of its
// parts.
type site struct{ start, end, term uint32 }

// cut is a range of whole sentences, as many as fit into a snippet.
type cut struct {
	start, end uint32
	long       bool // it is one sentence, and too long
}

// shelf keeps the pages of one language. Each is made when it is first shown, so the shelf never
// holds more than the content: some 10 MB for the built-in one in five languages.
type shelf struct {
	lexicon *lexicon
	bodies  []atomic.Pointer[page] // by passage
	titles  []atomic.Pointer[page] // by item

	mu      sync.RWMutex
	numbers map[string]uint32 // of terms
}

// shelf gives the pages of a language.
func (x *Index) shelf(l knowledge.Language) *shelf {
	x.shelving.Do(func() {
		x.shelves = make(map[knowledge.Language]*shelf, len(x.analyzer.lexicons))
		for l, lexicon := range x.analyzer.lexicons {
			s := newShelf(lexicon)
			s.bodies = make([]atomic.Pointer[page], len(x.docs.passages))
			s.titles = make([]atomic.Pointer[page], len(x.docs.items))
			x.shelves[l] = s
		}
	})
	return x.shelves[l]
}

func newShelf(x *lexicon) *shelf {
	return &shelf{lexicon: x, numbers: make(map[string]uint32)}
}

// at gives the page at a place, made of the text that read gives if it is not there yet. Two
// goroutines may make the same page; that costs less than a lock for each.
func (s *shelf) at(place *atomic.Pointer[page], read func() string) *page {
	p := place.Load()
	if p == nil {
		p = s.page(read())
		place.Store(p)
	}
	return p
}

// page reads a text.
func (s *shelf) page(text string) *page {
	tokens := tokenize(text)
	terms, ends := make([]string, 0, 2*len(tokens)), make([]int, len(tokens))
	for i, t := range tokens {
		terms = s.lexicon.appendTerms(terms, t)
		ends[i] = len(terms)
	}
	p := &page{text: text, sites: make([]site, len(terms)), cuts: cuts(text)}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := 0
	for i, t := range tokens {
		for ; at < ends[i]; at++ {
			p.sites[at] = site{uint32(t.start), uint32(t.end), s.add(terms[at])}
		}
	}
	return p
}

// number gives the number of a term. Terms that no page has get one too, so callers ask only for
// terms that the index has.
func (s *shelf) number(term string) uint32 {
	s.mu.RLock()
	n, ok := s.numbers[term]
	s.mu.RUnlock()
	if ok {
		return n
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(term)
}

func (s *shelf) add(term string) uint32 {
	n, ok := s.numbers[term]
	if !ok {
		n = uint32(len(s.numbers))
		s.numbers[strings.Clone(term)] = n
	}
	return n
}

// cuts gives the snippets of whole sentences that a text has.
func cuts(text string) []cut {
	starts := sentences(text)
	found := make([]cut, len(starts)-1)
	for i := range found {
		end := i + 1
		for end+1 < len(starts) && fits(text[starts[i]:starts[end+1]]) {
			end++
		}
		s := trim(text, knowledge.Span{Start: starts[i], End: starts[end]})
		found[i] = cut{uint32(s.Start), uint32(s.End), !fits(text[s.Start:s.End])}
	}
	return found
}
