package index

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// maxSnippet is the length of a snippet in characters, its dots included.
const maxSnippet = 240

// seek gives the terms to mark in the texts of an item, each with what finding it is worth: the
// terms of all alternatives that occur in the item.
func (r *ranker) seek(q *query, v view, it *item) map[string]float64 {
	terms := make(map[string]float64)
	for i, alts := range v.units {
		if q.units[i].paired { // its pairs are marked
			continue
		}
		for _, alt := range alts {
			if !alt.vector.within(it.first, it.last) {
				continue
			}
			for _, t := range alt.terms {
				terms[t] = max(terms[t], alt.weight*v.idf[i])
			}
		}
	}
	return terms
}

// within reports whether one of the passages first to last, exclusive, is among the hits.
func (v *vector) within(first, last int) bool {
	i := sort.Search(len(v.hits), func(i int) bool { return int(v.hits[i].passage) >= first })
	return i < len(v.hits) && int(v.hits[i].passage) < last
}

// mark is a token that is sought.
type mark struct {
	knowledge.Span
	term string
}

// marks finds the sought terms among tokens, inflected or as parts of compounds.
func (x *lexicon) marks(tokens []token, seek map[string]float64) []mark {
	var found []mark
	var terms []string
	for _, t := range tokens {
		best := ""
		terms = x.appendTerms(terms[:0], t)
		for _, s := range terms {
			if seek[s] > seek[best] {
				best = s
			}
		}
		if best != "" {
			found = append(found, mark{knowledge.Span{Start: t.start, End: t.end}, best})
		}
	}
	return found
}

// spans gives the ranges to highlight, in bytes, in order and without overlap.
func (x *lexicon) spans(tokens []token, seek map[string]float64) []knowledge.Span {
	return merged(x.marks(tokens, seek))
}

func merged(marks []mark) []knowledge.Span {
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].Start < marks[j].Start })
	var spans []knowledge.Span
	for _, m := range marks {
		if n := len(spans) - 1; n >= 0 && m.Start <= spans[n].End {
			spans[n].End = max(spans[n].End, m.End)
			continue
		}
		spans = append(spans, m.Span)
	}
	return spans
}

// snippet cuts the sentences out of text that hold most of what is sought.
func (x *lexicon) snippet(text string, seek map[string]float64) (string, []Highlight) {
	marks := x.marks(tokenize(text), seek)
	cut := window(text, marks, seek)
	s := strings.Map(flat, text[cut.Start:cut.End])
	before, after := "", ""
	if !boundary(text, len(strings.TrimRight(text[:cut.Start], " "))) {
		before = "…"
	}
	if !boundary(text, cut.End) {
		after = "…"
	}
	var inside []mark
	for _, m := range marks {
		if m.Start >= cut.Start && m.End <= cut.End {
			m.Start += len(before) - cut.Start
			m.End += len(before) - cut.Start
			inside = append(inside, m)
		}
	}
	s = before + s + after
	return s, utf16Spans(s, merged(inside))
}

// flat makes one line of a text without moving what follows.
func flat(r rune) rune {
	if r < 0x80 && unicode.IsControl(r) {
		return ' '
	}
	return r
}

// window chooses the range of text to show: whole sentences if the first of them fits, else
// whole words.
func window(text string, marks []mark, seek map[string]float64) knowledge.Span {
	starts := sentences(text)
	best, score := knowledge.Span{}, -1.0
	for i := range starts[:len(starts)-1] {
		cut := knowledge.Span{Start: starts[i], End: starts[i+1]}
		for j := i + 2; j < len(starts) && fits(text[cut.Start:starts[j]]); j++ {
			cut.End = starts[j]
		}
		if !fits(text[cut.Start:cut.End]) {
			cut = densest(text, cut, marks, seek)
		}
		if s := worth(cut, marks, seek); s > score {
			best, score = cut, s
		}
	}
	return trim(text, best)
}

func fits(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) <= maxSnippet || len(s) <= utf8.UTFMax*maxSnippet && utf8.RuneCountInString(s) <= maxSnippet
}

// worth adds up the distinct terms that a range shows.
func worth(cut knowledge.Span, marks []mark, seek map[string]float64) float64 {
	seen, sum := make(map[string]bool), 0.0
	first := sort.Search(len(marks), func(i int) bool { return marks[i].Start >= cut.Start })
	for _, m := range marks[first:] {
		if m.Start >= cut.End {
			break
		}
		if m.End <= cut.End && !seen[m.term] {
			seen[m.term] = true
			sum += seek[m.term]
		}
	}
	return sum
}

// densest cuts a range out of a sentence that is too long, beginning at its start or before a mark.
func densest(text string, sentence knowledge.Span, marks []mark, seek map[string]float64) knowledge.Span {
	best := ahead(text, sentence.Start, sentence.End)
	score := worth(best, marks, seek)
	for _, m := range marks {
		if m.Start <= sentence.Start || m.End > sentence.End {
			continue
		}
		cut := ahead(text, m.Start, sentence.End)
		if s := worth(cut, marks, seek); s > score {
			best, score = cut, s
		}
	}
	return best
}

// ahead takes as many whole words from start as a snippet with two dots has room for.
func ahead(text string, start, end int) knowledge.Span {
	n, last := 0, start
	for i, r := range text[start:end] {
		if unicode.IsSpace(r) || r > 0x2E80 {
			last = start + i
		}
		if n++; n > maxSnippet-2 {
			if last == start {
				last = start + i
			}
			return knowledge.Span{Start: start, End: last}
		}
	}
	return knowledge.Span{Start: start, End: end}
}

func trim(text string, s knowledge.Span) knowledge.Span {
	kept := text[s.Start:s.End]
	s.Start += len(kept) - len(strings.TrimLeftFunc(kept, unicode.IsSpace))
	s.End = s.Start + len(strings.TrimSpace(kept))
	return s
}

// sentences gives where the sentences of text begin, and its end.
func sentences(text string) []int {
	starts := []int{0}
	for i, r := range text {
		next := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			next = i + 1
		}
		if next < len(text) && boundary(text, next) {
			starts = append(starts, next)
		}
	}
	return append(starts, len(text))
}

// boundary reports whether a sentence may end before offset i: after a line, after a mark of
// Chinese, or after another mark with space behind it.
func boundary(text string, i int) bool {
	if i == 0 || i == len(text) {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	switch r {
	case '\n', '。', '！', '？', '；':
		return true
	case '.', '!', '?':
		next, _ := utf8.DecodeRuneInString(text[i:])
		return unicode.IsSpace(next)
	}
	return text[i] == '\n'
}

// utf16Spans turns byte ranges of s, in order, into ranges of UTF-16 code units.
func utf16Spans(s string, spans []knowledge.Span) []Highlight {
	var found []Highlight
	at, units := 0, 0
	forward := func(to int) int {
		for _, r := range s[at:to] {
			units++
			if r > 0xFFFF {
				units++
			}
		}
		at = to
		return units
	}
	for _, sp := range spans {
		start := forward(sp.Start)
		found = append(found, Highlight{start, forward(sp.End)})
	}
	return found
}
