package index

import (
	"fmt"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// Ranks of phrasings, the order of equally good ones.
const (
	articleRank = iota
	codeRank
	eventRank
	termRank
)

// phrasing is a suggestion prepared for comparison.
type phrasing struct {
	Suggestion
	rank   int
	weight int      // articles that name it, of equally good ones of a rank
	starts []string // the words of the text, folded; again without a code or number in front
	codes  []string // more words that it is known by, spellings of its code and numbers
	others []string // more words that lead to it: they are not seen, and fit less
}

// mentionedBy counts the articles that name a record, by resource name, or a concept, by id.
func mentionedBy(articles []*knowledge.Article) map[string]int {
	n := make(map[string]int)
	for _, a := range articles {
		for _, c := range a.Codes {
			n["errorCodes/"+c.Code.String()]++
		}
		for _, e := range a.Events {
			n["events/"+e]++
		}
		for _, c := range a.Concepts {
			n[c]++
		}
	}
	return n
}

func (s *completer) add(g Suggestion, rank, weight int, others ...string) *phrasing {
	p := phrasing{Suggestion: g, rank: rank, weight: weight, starts: []string{strings.Join(foldedWords(g.Text), " ")}}
	for _, o := range others {
		p.others = append(p.others, foldedWords(o)...)
	}
	if head, rest, ok := strings.Cut(strings.Replace(g.Text, "：", ": ", 1), ": "); ok && strings.ContainsAny(head, "0123456789") && !strings.Contains(head, " ") {
		p.starts = append(p.starts, strings.Join(foldedWords(rest), " "))
	}
	s.phrasings = append(s.phrasings, p)
	return &s.phrasings[len(s.phrasings)-1]
}

func (s *completer) addArticle(it *item, l knowledge.Language) {
	title, ok := it.title(l)
	if !ok {
		return
	}
	others := it.keywords()
	for _, c := range it.article.Codes {
		others = append(others, c.Code.String()[2:], c.Code.String()[6:])
	}
	s.add(Suggestion{title, it.name, "ARTICLE"}, articleRank, 0, others...)
}

func (s *completer) addRecord(it *item, l knowledge.Language, weight int) {
	title, ok := it.title(l)
	switch {
	case !ok:
	case it.event != nil:
		number := fmt.Sprint(it.event.Number)
		s.add(Suggestion{number + ": " + title, it.name, "EVENT"}, eventRank, weight, it.event.ID)
	default:
		c := it.code.Code
		hex := foldWord(c.String())
		p := s.add(Suggestion{title, it.name, "ERROR_CODE"}, codeRank, weight)
		p.starts = append(p.starts, hex[2:])
		p.codes = []string{hex[2:], hex[6:], strings.TrimLeft(hex[2:], "0"), fmt.Sprint(uint32(c)), strings.TrimPrefix(fmt.Sprint(c.Signed()), "-")}
		if win32 := uint32(c) & 0xFFFF; uint32(c)>>16 == 0x8007 && win32 >= 100 {
			p.codes = append(p.codes, fmt.Sprint(win32))
		}
	}
}

func (s *completer) addTerm(text, name string, weight int, others []string) {
	kind := "ARTICLE"
	if name == "" {
		kind = "TERM"
	}
	s.add(Suggestion{text, name, kind}, termRank, weight, others...)
}
