package index

import (
	"math"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// minOften is how many fields have a pair of ideographs that is meant instead of one that none has.
const minOften = 8

// heard is a line of ideographs, a 0 before and after each run of them. Who types Chinese by its sound is
// offered all that sounds so, and takes the wrong one as others press a wrong key: "缓村" for "缓存".
type heard struct {
	*pinyin
	learned func(pair string) bool // the corpus has it
	line    []rune
	at      []knowledge.Span
}

// homophones gives the edits that a text needs whose ideographs but sound right.
func (a *analyzer) homophones(text string, tokens []token) ([]edit, error) {
	x := a.lexicons[knowledge.Chinese]
	unknown := func(t token) bool { return t.shape == bigram && !x.learned(t.norm) }
	if len(text) > maxPrefix || !slices.ContainsFunc(tokens, unknown) {
		return nil, nil
	}
	p, err := x.pinyin()
	if err != nil {
		return nil, err
	}
	h := heard{pinyin: p, learned: x.learned}
	h.take(tokens)
	var edits []edit
	for i, r := range h.line {
		if m := h.meant(i); m != r {
			edits = append(edits, edit{h.at[i], string(m)})
		}
	}
	return edits, nil
}

func (h *heard) take(tokens []token) {
	end := -1
	for _, t := range tokens {
		if t.shape != han {
			continue
		}
		if t.start != end {
			h.line, h.at = append(h.line, 0), append(h.at, knowledge.Span{})
		}
		h.line, h.at = append(h.line, []rune(t.norm)...), append(h.at, knowledge.Span{Start: t.start, End: t.end})
		end = t.end
	}
	h.line = append(h.line, 0)
}

// meant gives the ideograph that was meant by one: it sounds the same and makes a word with a neighbour
// with which the one typed makes nothing.
func (h *heard) meant(i int) rune {
	best, often := h.line[i], 0
	if best == 0 || h.related(i, i-1) || h.related(i, i+1) {
		return best
	}
	left, right := h.doubtful(i, i-1), h.doubtful(i, i+1)
	for _, syllable := range h.readings[h.line[i]] {
		for _, r := range h.ideographs[syllable] {
			n := 0
			if left {
				n += h.bound(h.line[i-1], r, h.line[i-1])
			}
			if right {
				n += h.bound(r, h.line[i+1], h.line[i+1])
			}
			if n > often && r != '一' { // which stands before everything
				best, often = r, n
			}
		}
	}
	return best
}

// known reports whether any text has the ideographs at two neighbouring places side by side.
func (h *heard) known(i, k int) bool {
	pair := [2]rune{h.line[min(i, k)], h.line[max(i, k)]}
	return pair[0] != 0 && pair[1] != 0 && (h.seen[pair] > 0 || h.learned(string(pair[:])))
}

// related reports whether two neighbours may be a word as they were typed.
func (h *heard) related(i, k int) bool {
	return h.known(i, k) && !h.small(i) && !h.small(k)
}

func (h *heard) small(i int) bool { return strings.ContainsRune(particles+stopIdeographs, h.line[i]) }

// doubtful reports whether the ideograph at i may be wrong beside that at k: no text has them so. A small
// one stands beside any, be they never seen, if both belong to something else.
func (h *heard) doubtful(i, k int) bool {
	return h.line[k] != 0 && !h.known(i, k) && !(h.small(i) && h.known(i, 2*i-k) && h.known(k, 2*k-i))
}

// How firmly an ideograph is bound to a neighbour: what part of the fields with the neighbour have the pair,
// or of the fields with either, as the geometric mean of both parts.
const (
	minBound  = 0.5
	minMutual = 0.2
)

// bound is how many fields have a pair that is a word in which one of them stays as it is.
func (p *pinyin) bound(a, b, stays rune) int {
	n := p.together(a, b)
	share := float64(n) / float64(p.alone(stays))
	mutual := float64(n) / math.Sqrt(float64(p.alone(a))*float64(p.alone(b)))
	if n < minOften || !p.word(a, b) || share < minBound && mutual < minMutual {
		return 0
	}
	return n
}
