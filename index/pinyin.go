package index

import (
	"cmp"
	_ "embed"
	"math"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// pinyinFile lists for each syllable the ideographs that are read so.
//
//go:embed pinyin.txt
var pinyinFile string

// pinyin reads Chinese that is typed in Latin letters: "chanpin miyao", "chanpinmiyao" and "chan pin
// mi yao" for "产品密钥". Which of the ideographs that sound alike are meant it learns from the texts.
type pinyin struct {
	ideographs map[string][]rune // those of the texts, by syllable
	syllables  []string          // sorted
	readings   map[rune][]string // syllables of an ideograph, be it in the texts or not
	// seen is how many fields of passages and terms of the glossary have two neighbours, and how many of the
	// fields have one ideograph, which stands before a 0.
	seen  map[[2]rune]int
	total int // of single ideographs
}

// minSeen is how many fields must have two neighbours to be read together: once may be chance.
const minSeen = 2

func newPinyin(s *store, concepts []*knowledge.Concept) (*pinyin, error) {
	p := &pinyin{ideographs: make(map[string][]rune), readings: make(map[rune][]string), seen: make(map[[2]rune]int)}
	for _, field := range []string{titleField, headingField, bodyField, askedField} {
		if err := p.count(s, field+string(knowledge.Chinese)); err != nil {
			return nil, err
		}
	}
	for _, c := range concepts {
		for _, t := range tokenize(strings.Join(c.Terms[knowledge.Chinese], "\n")) {
			if t.shape == bigram {
				p.seen[[2]rune([]rune(t.norm))]++
			}
		}
	}
	for line := range strings.Lines(pinyinFile) {
		syllable, ideographs, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if syllable == "#" {
			continue
		}
		for _, r := range ideographs {
			p.readings[r] = append(p.readings[r], syllable)
			if p.alone(r) > 0 {
				p.ideographs[syllable] = append(p.ideographs[syllable], r)
			}
		}
	}
	p.syllables = sortedKeys(p.ideographs)
	return p, nil
}

// count takes in the terms of a field.
func (p *pinyin) count(s *store, field string) error {
	terms, err := s.reader.FieldDict(field)
	if err != nil {
		return err
	}
	defer terms.Close()
	for {
		t, err := terms.Next()
		if err != nil || t == nil {
			return err
		}
		switch r := []rune(t.Term); {
		case !ideographic(t.Term):
		case len(r) == 1:
			p.seen[[2]rune{r[0]}] += int(t.Count)
			p.total += int(t.Count)
		case len(r) == 2:
			p.seen[[2]rune(r)] += int(t.Count)
		}
	}
}

// alone is how many fields have the ideograph.
func (p *pinyin) alone(r rune) int { return p.seen[[2]rune{r}] }

// together is how many fields have two ideographs side by side, 0 if that may be chance.
func (p *pinyin) together(a, b rune) int {
	if n := p.seen[[2]rune{a, b}]; n >= minSeen {
		return n
	}
	return 0
}

// latinWord is a word that may be pinyin.
type latinWord struct {
	token
	familiar bool // some language has it
	begun    bool // it may go on
}

// syllable is one read as an ideograph, after the likeliest way to read what stands before it.
type syllable struct {
	span      knowledge.Span // in the text typed
	ideograph rune
	word      int // by number
	before    *syllable
	paired    bool    // the texts have it after the one before
	score     float64 // logarithm of the likelihood up to here
}

// readAll reads all words that can be read, side by side or not. What forms no pair with its neighbours
// is left out: a syllable by itself may mean anything.
func (p *pinyin) readAll(text string, words []latinWord) []*syllable {
	var read, ways []*syllable
	for i, w := range words {
		if i > 0 && !linked(text[words[i-1].end:w.start]) {
			read, ways = appendBest(read, ways), nil
		}
		next := p.read(ways, w, i)
		if len(next) == 0 {
			read = appendBest(read, ways)
		}
		ways = next
	}
	return appendBest(read, ways)
}

// linked reports whether what stands between two syllables may stand inside of a word.
func linked(between string) bool { return strings.Trim(between, " -'’") == "" }

// maxSyllable is the length of "zhuang".
const maxSyllable = 6

// read goes on from the ways to read what stands before and gives those to read one more word: for each
// ideograph at its end the likeliest. There are none for a word that is not pinyin, nor for one that
// some language has, unless it is a single syllable.
func (p *pinyin) read(before []*syllable, w latinWord, number int) []*syllable {
	if len(w.norm) != w.end-w.start || w.familiar && p.ideographs[w.norm] == nil {
		return nil
	}
	ways := make([][]*syllable, len(w.norm)+1)
	if ways[0] = before; before == nil {
		ways[0] = []*syllable{nil}
	}
	for i := range w.norm {
		for end := i + 1; end <= min(i+maxSyllable, len(w.norm)) && len(ways[i]) > 0; end++ {
			for _, r := range p.spelled(w, i, end) {
				s := &syllable{span: knowledge.Span{Start: w.start + i, End: w.start + end}, ideograph: r, word: number}
				if p.follow(s, ways[i]) {
					ways[end] = append(ways[end], s)
				}
			}
		}
	}
	return slices.DeleteFunc(ways[len(w.norm)], func(s *syllable) bool { return s.within(s.before) && !s.paired })
}

// spelled gives the ideographs that a part of a word spells. The end of one that goes on may begin a syllable.
func (p *pinyin) spelled(w latinWord, from, to int) []rune {
	part := w.norm[from:to]
	if !w.begun || to < len(w.norm) {
		return p.ideographs[part]
	}
	var all []rune
	i, _ := slices.BinarySearch(p.syllables, part)
	for ; i < len(p.syllables) && strings.HasPrefix(p.syllables[i], part); i++ {
		all = append(all, p.ideographs[p.syllables[i]]...)
	}
	return all
}

// within reports whether a syllable belongs to the word of another.
func (s *syllable) within(other *syllable) bool { return other != nil && other.word == s.word }

// strange is what is added to the score where the texts never have two ideographs side by side.
const strange = -3

// follow finds the likeliest way before a syllable and reports whether there is any. Inside a word each
// syllable must form a pair with one of its neighbours.
func (p *pinyin) follow(s *syllable, before []*syllable) bool {
	alone := math.Log(float64(p.alone(s.ideograph)) / float64(p.total))
	s.score = math.Inf(-1)
	for _, b := range before {
		score, n := alone, 0
		if b != nil {
			n = p.together(b.ideograph, s.ideograph)
			switch {
			case n > 0:
				score = b.score + math.Log(float64(n)/float64(p.alone(b.ideograph)))
			case s.within(b) && !b.paired:
				continue
			default:
				score += b.score + strange
			}
		}
		if score > s.score {
			s.before, s.paired, s.score = b, n > 0, score
		}
	}
	return !math.IsInf(s.score, -1)
}

// appendBest adds the syllables of the likeliest way that form pairs.
func appendBest(read, ways []*syllable) []*syllable {
	if len(ways) == 0 {
		return read
	}
	best := slices.MaxFunc(ways, func(a, b *syllable) int { return cmp.Compare(a.score, b.score) })
	first := len(read)
	for s, held := best, false; s != nil; s, held = s.before, s.paired {
		if s.paired || held {
			read = append(read, s)
		}
	}
	slices.Reverse(read[first:])
	return read
}

// spells reports whether a word splits into syllables.
func (p *pinyin) spells(w string) bool {
	ends := make([]bool, len(w)+1)
	ends[0] = true
	for i := range w {
		for end := i + 1; end <= min(i+maxSyllable, len(w)) && ends[i]; end++ {
			ends[end] = ends[end] || p.ideographs[w[i:end]] != nil
		}
	}
	return ends[len(w)]
}

// minShare is what part of the fields with the rarer of two neighbours must have both together to show a word.
const minShare = 0.05

// solid reports whether a syllable and the one before make a word, and are not neighbours by chance.
func (p *pinyin) solid(s *syllable) bool {
	return s.paired && p.word(s.before.ideograph, s.ideograph)
}

// word reports whether two ideographs side by side make a word.
func (p *pinyin) word(a, b rune) bool {
	n := p.together(a, b)
	return n > 0 && !strings.ContainsAny(string([]rune{a, b}), particles+stopIdeographs) &&
		float64(n) >= minShare*float64(min(p.alone(a), p.alone(b)))
}

// minLetters is how many letters of pinyin make a query Chinese.
const minLetters = 4

// convincing reports whether more words are Chinese than speak against it: those that another language
// has, and those that are unknown and no syllables.
func (p *pinyin) convincing(words []latinWord, read []*syllable, chinese *lexicon) bool {
	taken, solid := make([]bool, len(words)), make([]bool, len(words))
	for _, s := range read {
		taken[s.word] = true
		if p.solid(s) {
			solid[s.before.word], solid[s.word] = true, true
		}
	}
	speaking, against, letters := 0, 0, 0
	for i, w := range words {
		if solid[i] {
			letters += len(w.norm)
		}
		switch {
		case solid[i] && !w.familiar:
			speaking++
		case taken[i] || chinese.known(w.norm):
		case w.familiar || !p.spells(w.norm):
			against++
		}
	}
	return speaking > against && letters >= minLetters
}

// fromPinyin writes the pinyin of a typed text in ideographs and gives the origin of each byte, nil if
// nothing was pinyin.
func (a *analyzer) fromPinyin(text string, tokens []token) (string, []knowledge.Span, error) {
	words := a.latinWords(tokens)
	unknown := func(w latinWord) bool { return !w.familiar }
	if len(text) > maxPrefix || !slices.ContainsFunc(words, unknown) {
		return text, nil, nil
	}
	chinese := a.lexicons[knowledge.Chinese]
	p, err := chinese.pinyin()
	if err != nil {
		return "", nil, err
	}
	read := p.readAll(text, words)
	if !p.convincing(words, read, chinese) {
		return text, nil, nil
	}
	text, origin := inIdeographs(text, read)
	return text, origin, nil
}

// latinWords gives the words that may be pinyin.
func (a *analyzer) latinWords(tokens []token) []latinWord {
	var words []latinWord
	for _, t := range tokens {
		if t.shape == word && len(t.norm) > 1 && !names[t.norm] {
			words = append(words, latinWord{token: t, familiar: a.familiar(t.norm)})
		}
	}
	return words
}

// minBegun is how many letters of pinyin are completed.
const minBegun = 3

// begunPinyin writes the pinyin of a text that goes on in ideographs: "jihu" is the beginning of "激活". It
// is "" if there is none, or if anything that no language has cannot be read.
func (a *analyzer) begunPinyin(text string) string {
	words := a.latinWords(tokenize(text))
	last := len(words) - 1
	if last < 0 || words[last].end < len(text) || words[last].familiar {
		return ""
	}
	p, err := a.lexicons[knowledge.Chinese].pinyin()
	if err != nil {
		return ""
	}
	words[last].begun = true
	read, letters := p.readAll(text, words), 0
	unread := make([]int, len(words))
	for i, w := range words {
		unread[i] = w.end - w.start
	}
	for _, s := range read {
		unread[s.word] -= s.span.End - s.span.Start
		letters += s.span.End - s.span.Start
	}
	for i, w := range words {
		if unread[i] > 0 && !w.familiar {
			return ""
		}
	}
	if letters < minBegun {
		return ""
	}
	text, _ = inIdeographs(text, read)
	return text
}

// familiar reports whether any language has the word, be it Russian in Latin letters.
func (a *analyzer) familiar(w string) bool {
	small := func(l knowledge.Language) bool { return a.lexicons[l].stemmer.stopWord(w) }
	return a.known(w) || slices.ContainsFunc(knowledge.Languages, small) ||
		len(w) >= minTransliterated && a.lexicons[knowledge.Russian].known(toCyrillic.Replace(w))
}

// inIdeographs puts ideographs in the place of their syllables and gives the origin of each byte.
func inIdeographs(text string, read []*syllable) (string, []knowledge.Span) {
	var edits []edit
	for i, s := range read {
		if i > 0 {
			if gap := (knowledge.Span{Start: read[i-1].span.End, End: s.span.Start}); linked(text[gap.Start:gap.End]) {
				edits = append(edits, edit{gap, ""})
			}
		}
		edits = append(edits, edit{s.span, string(s.ideograph)})
	}
	return edited(text, edits)
}
