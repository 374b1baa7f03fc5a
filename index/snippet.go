package index

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// maxSnippet is the length of a snippet in characters, its dots included. An ideograph counts
// twice: it says as much as half a word and is as wide as two letters.
const maxSnippet = 240

// wide is the first character of those that are as wide as two.
const wide = 0x2E80

func width(r rune) int {
	if r >= wide {
		return 2
	}
	return 1
}

// fits reports whether a text is short enough for a snippet.
func fits(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) <= maxSnippet {
		return true
	}
	n := 0
	for _, r := range s {
		if n += width(r); n > maxSnippet {
			return false
		}
	}
	return true
}

// highlights gives what to mark if the whole text is shown.
func (p *page) highlights(s *sought) []Highlight {
	return utf16Spans(p.text, merged(p.marks(s)))
}

// snippet cuts the sentences out of the text that hold most of what is sought.
func (p *page) snippet(sought *sought) (string, []Highlight) {
	text, marks := p.text, p.marks(sought)
	cut := p.window(marks)
	before, after := "", ""
	if !boundary(text, len(strings.TrimRight(text[:cut.Start], " "))) {
		before = "…"
	}
	if !boundary(text, cut.End) {
		after = "…"
	}
	inside := marks[:0]
	for _, m := range marks {
		if m.Start >= cut.Start && m.End <= cut.End {
			m.Start += len(before) - cut.Start
			m.End += len(before) - cut.Start
			inside = append(inside, m)
		}
	}
	s := before + strings.Map(flat, text[cut.Start:cut.End]) + after
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
func (p *page) window(marks []mark) knowledge.Span {
	best, score := knowledge.Span{}, -1.0
	for _, c := range p.cuts {
		span := knowledge.Span{Start: int(c.start), End: int(c.end)}
		if c.long {
			span = densest(p.text, span, marks)
		}
		if w := worth(span, marks); w > score {
			best, score = span, w
		}
		if len(marks) == 0 {
			break
		}
	}
	return trim(p.text, best)
}

// worth adds up the distinct terms that a range shows.
func worth(cut knowledge.Span, marks []mark) float64 {
	first := sort.Search(len(marks), func(i int) bool { return marks[i].Start >= cut.Start })
	shown, sum := marks[first:], 0.0
	for i, m := range shown {
		if m.Start >= cut.End {
			break
		}
		if m.End <= cut.End && !slices.ContainsFunc(shown[:i], func(o mark) bool { return o.term == m.term && o.End <= cut.End }) {
			sum += m.worth
		}
	}
	return sum
}

// densest cuts a range out of a sentence that is too long, beginning at its start or before a mark.
func densest(text string, sentence knowledge.Span, marks []mark) knowledge.Span {
	best := ahead(text, sentence.Start, sentence.End)
	score := worth(best, marks)
	for _, m := range marks {
		if m.Start <= sentence.Start || m.End > sentence.End {
			continue
		}
		cut := ahead(text, m.Start, sentence.End)
		if w := worth(cut, marks); w > score {
			best, score = cut, w
		}
	}
	return best
}

// ahead takes as many whole words from start as a snippet with two dots has room for.
func ahead(text string, start, end int) knowledge.Span {
	n, last := 0, start
	for i, r := range text[start:end] {
		if unicode.IsSpace(r) || r >= wide {
			last = start + i
		}
		if n += width(r); n > maxSnippet-2 {
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
	s.End = s.Start + len(strings.TrimSuffix(strings.TrimSpace(kept), itemEnd))
	return s
}

// sentences gives where the sentences of text begin, and its end.
func sentences(text string) []int {
	starts := []int{0}
	for i, r := range text {
		if r < 0x80 && r != '\n' && !strings.ContainsRune(".!?)\"", r) {
			continue
		}
		next := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			next = i + 1
		}
		if next < len(text) && (r == '\n' || text[next] != '\n' && ended(text, next)) {
			starts = append(starts, next)
		}
	}
	return append(starts, len(text))
}

// closing marks stand behind the end of a sentence and belong to it.
const closing = "\"”»)）』」"

// boundary reports whether a line or a sentence may end before offset i.
func boundary(text string, i int) bool {
	return i == 0 || i == len(text) || text[i-1] == '\n' || text[i] == '\n' ||
		strings.HasPrefix(text[i:], itemEnd+"\n") || ended(text, i)
}

// ended reports whether a sentence ends before offset i, inside the text: after a mark of Chinese,
// or after another mark with space behind it.
func ended(text string, i int) bool {
	next, _ := utf8.DecodeRuneInString(text[i:])
	if strings.ContainsRune(closing, next) {
		return false
	}
	said := strings.TrimRight(text[:i], closing)
	switch r, n := utf8.DecodeLastRuneInString(said); r {
	case '。', '！', '？', '；':
		return true
	case '!', '?':
		return unicode.IsSpace(next)
	case '.':
		return unicode.IsSpace(next) && !abbreviated(said[:len(said)-n])
	}
	return false
}

// abbreviations after which a sentence goes on, in any of the languages.
var abbreviations = map[string]bool{"см": true, "рис": true, "стр": true, "напр": true, "тыс": true, "eks": true,
	"ex": true, "bl": true, "dvs": true, "nr": true, "ca": true, "kl": true, "approx": true, "vs": true}

// abbreviated reports whether a full stop belongs to the word before it.
func abbreviated(before string) bool {
	w := before[len(strings.TrimRightFunc(before, unicode.IsLetter)):]
	return utf8.RuneCountInString(w) == 1 || abbreviations[strings.ToLower(w)]
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
