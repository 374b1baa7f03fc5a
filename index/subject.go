package index

import "slices"

// subjects knows which articles are about what their titles name.
type subjects struct {
	titles []subject
	named  map[int][]naming // concept -> titles that name it
}

// subject is a title cut into keys, codes left out.
type subject struct {
	name string // of the article
	keys []string
}

type naming struct {
	title  int
	keys   int  // of the term
	listed bool // the article lists the concept
	first  bool // the title begins with it, but for codes
}

func newSubjects(d *documents, g *glossary, x *lexicon) *subjects {
	s := &subjects{named: make(map[int][]naming)}
	for i := range d.items {
		title, ok := d.items[i].title(x.language)
		if !ok || d.items[i].article == nil {
			continue
		}
		tokens := tokenize(title)
		for _, m := range g.find(tokens, x) {
			listed := slices.Contains(d.items[i].article.Concepts, m.id)
			s.named[m.concept] = append(s.named[m.concept], naming{
				len(s.titles), len(x.keys(tokens[m.start:m.end])), listed, len(x.keys(tokens[:m.start])) == 0})
		}
		s.titles = append(s.titles, subject{d.items[i].name, x.keys(tokens)})
	}
	return s
}

// keys gives what tokens are matched by, without codes.
func (x *lexicon) keys(tokens []token) []string {
	var keys []string
	for _, t := range tokens {
		if k := x.key(t); k != "" && t.shape != errCode {
			keys = append(keys, k)
		}
	}
	return keys
}

// concept gives the article that is about a concept: the only title that names it says little
// else, or begins with it, or no other article lists the concept. It is "" if there is none. Articles is how many list it.
func (s *subjects) concept(n, articles int) string {
	named := s.named[n]
	if len(named) != 1 {
		return ""
	}
	m := named[0]
	if 2*m.keys < len(s.titles[m.title].keys) && !(m.listed && (articles == 1 || m.first && 3*m.keys >= len(s.titles[m.title].keys))) {
		return ""
	}
	return s.titles[m.title].name
}

// phrase gives the article whose title, and no other, has the phrase and little else; else "".
func (s *subjects) phrase(text string, x *lexicon) string {
	part := x.keys(tokenize(text))
	name, n := "", 0
	for _, t := range s.titles {
		if contains(t.keys, part) {
			if n++; 2*len(part) >= len(t.keys) {
				name = t.name
			}
		}
	}
	if n != 1 {
		return ""
	}
	return name
}
