package index

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// Bounds of frequent phrases.
const (
	minPhraseWords    = 2
	maxPhraseWords    = 4
	maxCountedWords   = 6 // longer ones show which phrases are torn out of them
	minPhraseArticles = 3 // that have it; two will do if it was a clause of its own
	maxPhrases        = 300
)

// collocation is words that stand together in several articles.
type collocation struct {
	text     string   // as most of them spell it
	others   []string // all spellings
	keys     []string
	articles int
}

// edges says which words phrases may begin and end with, apart from stop words.
type edges struct {
	// first and last are stop words that may stand there: without a negation a phrase says the
	// contrary. One may be the last only where the clause ends.
	first, last string
	inside      string // words that stand between two things
	nominative  bool   // only what has begun a clause is shown: the rest is inflected
	loose       string // words that leave open what is meant: never at an edge
}

var phraseEdges = map[knowledge.Language]edges{
	knowledge.English:   {first: "no cannot", inside: "and or", loose: "another other several many one something make see use ask asks reported determined names carries serves ends less longer without shows asked answered needs comes share fail five see different still judged appears changes refuses has"},
	knowledge.Norwegian: {first: "ingen intet", last: "ikke", inside: "og eller", loose: "annen annet andre flere mange en et gjelder tatt mindre via vurdert meldte fastslo spør spurte viser ulike fem oppgir må lenger bruker slutter nytt mangler"},
	knowledge.Swedish:   {first: "ingen inga inget", last: "inte", inside: "och eller", loose: "annan annat andra flera fler många en ett gäller ta tar går via hos fråga frågar mindre bedömts rapporterade fastställde anger visar får få frågade olika fem bort reda kvar inget måste använder slutar saknar"},
	knowledge.Chinese:   {loose: "在 如果 然后 或 可以 默认 确认属于 无害 用 使用 全部 客户端上 事件 右下角 找出 目前 安装的"},
	knowledge.Russian:   {first: "не нет", last: "нет", inside: "и или", nominative: true, loose: "этих это которых хотя другому другого нескольким стоит может через помощью сообщила сообщает определил никто осталось меньше для показывает обращается получают какие пять указанный узла"},
}

// frequentPhrases gives the collocations of titles, headings, summaries and symptoms that name
// something of the glossary, the most frequent first.
func frequentPhrases(d *documents, g *glossary, x *lexicon) []collocation {
	c := newCollector(d.base, g, x)
	for _, a := range d.base.Articles() {
		if t, ok := a.Texts[x.language]; ok {
			for _, s := range t.Sections {
				c.learnCapitals(s.Text)
			}
		}
	}
	for n, a := range d.base.Articles() {
		if t, ok := a.Texts[x.language]; ok {
			for _, text := range observed(t) {
				c.countAll(n+1, text)
			}
		}
	}
	return c.best()
}

// words gives all keys of the terms of a language.
func (g *glossary) words(l knowledge.Language) map[string]bool {
	words := make(map[string]bool)
	for _, phrases := range g.phrases[l] {
		for _, p := range phrases {
			for _, k := range p.keys {
				words[k] = true
			}
		}
	}
	return words
}

// observed gives the texts that say what a reader sees, as Markdown.
func observed(t *knowledge.ArticleText) []string {
	texts := []string{t.Title, t.Summary}
	for _, s := range t.Sections {
		if strings.Contains(s.ID, ".") {
			texts = append(texts, s.Title)
		}
		if s.ID == "symptoms" {
			texts = append(texts, s.Markdown)
		}
	}
	return texts
}

// verbatim is code spans, links and bold labels: no phrase reaches into them.
var verbatim = regexp.MustCompile("`+[^`]*`+|\\[[^\\]]*\\]\\([^)]*\\)|<[^>]*>|\\*\\*[^*]*\\*\\*")

// clauses cuts a text at punctuation and what stands there verbatim. A clause beside something
// verbatim is torn: of ideographs nobody can tell where its phrases begin.
func clauses(text string, keepTorn bool) []string {
	text = verbatim.ReplaceAllString(strings.ToValidUTF8(text, "|"), "|")
	var all []string
	from, torn := 0, false
	for i, r := range text + "\n" {
		if !breaks(text, i, r) {
			continue
		}
		if keepTorn || !torn && r != '|' {
			all = append(all, text[from:i])
		}
		from, torn = i+utf8.RuneLen(r), r == '|'
	}
	return all
}

func breaks(text string, i int, r rune) bool {
	switch r {
	case '\'', '’', '-':
		return false
	case '.':
		return i == 0 || i+1 >= len(text) || !unicode.IsDigit(rune(text[i-1])) || !unicode.IsDigit(rune(text[i+1]))
	}
	return r == '\n' || unicode.IsPunct(r) || unicode.IsSymbol(r)
}

// collector counts phrases of one language.
type collector struct {
	base     *knowledge.Base
	glossary *glossary
	lexicon  *lexicon
	edges    edges
	loose    map[string]bool
	named    map[string]bool // words of the glossary
	found    map[string]*counted
	capitals map[string]int // word -> how much more often it has a capital letter inside a clause
}

// counted is a phrase in all inflections.
type counted struct {
	keys      []string
	spellings map[string]int
	shown     map[string]int // those of them that may be shown
	articles  int
	clause    bool // it was a whole one
	last      int  // article that was counted last
}

func newCollector(base *knowledge.Base, g *glossary, x *lexicon) *collector {
	c := &collector{base: base, glossary: g, lexicon: x, edges: phraseEdges[x.language], loose: make(map[string]bool), named: g.words(x.language),
		found: make(map[string]*counted), capitals: make(map[string]int)}
	for _, w := range strings.Fields(c.edges.loose) {
		c.loose[w] = true
	}
	return c
}

// learnCapitals looks at words that do not begin a sentence.
func (c *collector) learnCapitals(text string) {
	words := strings.Fields(text)
	for i := 1; i < len(words); i++ {
		before, _ := utf8.DecodeLastRuneInString(words[i-1])
		if !unicode.IsLetter(before) {
			continue
		}
		if lower := strings.ToLower(words[i]); words[i] == lower {
			c.capitals[lower]--
		} else {
			c.capitals[lower]++
		}
	}
}

func (c *collector) countAll(article int, text string) {
	ideographs := c.lexicon.stemmer.filter == nil
	for _, clause := range clauses(text, !ideographs) {
		if ideographs {
			c.countIdeographs(article, clause)
			continue
		}
		words := c.written(clause)
		for from := range words {
			for to := from + minPhraseWords; to <= min(from+maxCountedWords, len(words)); to++ {
				c.count(article, words, from, to)
			}
		}
	}
}

// written is a word of a clause.
type written struct {
	text, key         string
	named             bool // the glossary has it
	first, last       bool // a phrase may begin and end with it
	negates, connects bool
	outside           bool // a code, an event: no phrase has it
}

func (c *collector) written(clause string) []written {
	var words []written
	for _, text := range strings.Fields(clause) {
		norm := normalize(text)
		w := written{text: text, connects: c.edges.has(c.edges.inside, norm), negates: c.edges.has(c.edges.last, norm),
			outside: strings.HasPrefix(text, "0x") || strings.Trim(text, "-'’") != text}
		bare := !c.lexicon.stemmer.small(norm) && !c.loose[norm] && (utf8.RuneCountInString(norm) > 1 || isDigit(norm))
		w.first = bare && !isDigit(norm) || c.edges.has(c.edges.first, norm)
		w.last = bare || w.negates
		for _, t := range tokenize(text) {
			if _, ok := c.base.Event(t.norm); ok {
				w.outside = true // it is suggested itself
			}
			if k := c.lexicon.key(t); t.shape != joined {
				w.key += cmp.Or(k, t.norm)
				w.named = w.named || c.named[k]
			}
		}
		words = append(words, w)
	}
	return words
}

func isDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// has reports whether a list has a word.
func (edges) has(list, w string) bool { return slices.Contains(strings.Fields(list), w) }

// count takes a part of a clause if it has a meaning at both ends and as a whole.
func (c *collector) count(article int, clause []written, from, to int) {
	words := clause[from:to]
	last := words[len(words)-1]
	if !words[0].first || !last.last || last.negates && to < len(clause) {
		return
	}
	texts, keys, named := make([]string, len(words)), make([]string, len(words)), false
	for i, w := range words {
		if w.outside || w.connects && !isDigit(last.text) {
			return
		}
		texts[i], keys[i], named = w.text, w.key, named || w.named
	}
	if named {
		c.note(article, strings.Join(c.uncapitalized(texts, from == 0), " "), keys, from == 0 || !c.edges.nominative).whole(from == 0 && to == len(clause))
	}
}

// uncapitalized takes the capital letter from a word that has it only because a sentence begins.
func (c *collector) uncapitalized(words []string, first bool) []string {
	lower := strings.ToLower(words[0])
	if _, n := utf8.DecodeRuneInString(words[0]); !first || strings.ContainsFunc(words[0][n:], unicode.IsUpper) || c.capitals[lower] > 0 {
		return words
	}
	return append([]string{lower}, words[1:]...)
}

func (c *collector) note(article int, text string, keys []string, shown bool) *counted {
	key := strings.Join(keys, " ")
	p := c.found[key]
	if p == nil {
		p = &counted{keys: keys, spellings: make(map[string]int), shown: make(map[string]int)}
		c.found[key] = p
	}
	p.spellings[text]++
	if shown {
		p.shown[text]++
	}
	if p.last != article {
		p.last = article
		p.articles++
	}
	return p
}

func (p *counted) whole(yes bool) { p.clause = p.clause || yes }

// frequent reports whether enough articles have the phrase.
func (p *counted) frequent() bool {
	return p.articles >= minPhraseArticles || p.clause && p.articles == minPhraseArticles-1
}

// Ideographs of a phrase.
const (
	minIdeographs = 4
	maxIdeographs = 12
)

// countIdeographs takes a whole clause that is short and names something.
func (c *collector) countIdeographs(article int, clause string) {
	text := strings.TrimLeft(strings.Join(strings.Fields(clause), " "), "- 0123456789")
	n, last := 0, '的'
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			n++
		}
		last = r
	}
	if slices.ContainsFunc(strings.Fields(c.edges.loose), func(w string) bool { return strings.HasPrefix(text, w) }) {
		return
	}
	if n >= minIdeographs && n <= maxIdeographs && len(c.glossary.find(tokenize(text), c.lexicon)) > 0 && !strings.ContainsRune(particles+"为中有以及或和", last) {
		c.note(article, text, foldedWords(text), true).whole(true)
	}
}

// best gives the phrases that stand in enough articles, without those that are mostly part of a
// longer one.
func (c *collector) best() []collocation {
	var all []collocation
	for _, k := range sortedKeys(c.found) {
		if p := c.found[k]; p.frequent() && len(p.shown) > 0 {
			all = append(all, collocation{p.spelling(), sortedKeys(p.spellings), p.keys, p.articles})
		}
	}
	best := slices.DeleteFunc(slices.Clone(all), func(p collocation) bool {
		return c.lexicon.stemmer.filter != nil && (len(p.keys) > maxPhraseWords || slices.ContainsFunc(all, p.within))
	})
	slices.SortFunc(best, func(a, b collocation) int {
		return cmp.Or(b.weight()-a.weight(), cmp.Compare(a.text, b.text))
	})
	return best[:min(len(best), maxPhrases)]
}

func (p collocation) weight() int { return p.articles * (len(p.keys) - 1) }

// within reports whether p is part of a longer phrase in two of three articles.
func (p collocation) within(longer collocation) bool {
	return len(longer.keys) > len(p.keys) && 3*longer.articles >= 2*p.articles && contains(longer.keys, p.keys)
}

func contains(keys, part []string) bool {
	for i := 0; i+len(part) <= len(keys); i++ {
		if slices.Equal(keys[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// spelling is the most frequent one, of equals the first of the alphabet.
func (p *counted) spelling() string {
	best := ""
	for _, s := range sortedKeys(p.shown) {
		if best == "" || p.shown[s] > p.shown[best] {
			best = s
		}
	}
	return best
}
