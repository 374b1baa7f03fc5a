package index

import (
	"cmp"
	"errors"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
)

// ErrEmptyQuery is returned for a query without any letter or digit.
var ErrEmptyQuery = errors.New("index: empty query")

// Bounds of a query. What is longer is not refused: a ticket's text is asked as it is.
const (
	maxText    = 64 << 10 // bytes looked at
	maxUnits   = 48       // terms searched for: codes first, then the rarest known words
	maxTyped   = 16       // a query of more terms was pasted, not typed: its words are not repaired
	maxRepairs = 6
)

// alternative is one way for a passage to satisfy a unit: it has all the terms.
type alternative struct {
	terms  []string
	weight float64
}

// unit is one thing asked for. However many alternatives and languages it has, it counts once.
type unit struct {
	shape    shape
	norm     string
	spans    []knowledge.Span // where the query has it
	weight   float64
	code     code.Code // of errCode
	at       []int     // its tokens
	paired   bool      // an ideograph that is part of a pair
	concepts []int
	ways     []int    // ways of speaking that it is part of
	halves   []string // joined forms it is a half of
	repaired string   // the word meant instead
	distance int      // edits between them, or between ideographs typed and meant
	complete bool     // it may be the beginning of a word
	short    []string // codes that its four digits may stand for
}

// query is a text understood: what is asked for, in which language, and how each language says it.
type query struct {
	text     string
	language knowledge.Language
	units    []unit
	mentions []mention
	codes    []code.Code
	// recordsOnly is set if the query is little else than codes and numbers of at least three
	// digits, which may be events.
	recordsOnly bool
	asksHow     bool   // how something is done or what it is, not why it fails
	meant       string // the text with repaired words, "" if nothing was repaired
	misheard    []edit // ideographs that only sounded right
}

// parse understands a text for a reader of the given language. Chinese in Latin letters is first written
// as Chinese (pinyin.go), Russian in Latin letters as Russian (cyrillic.go).
func (a *analyzer) parse(text string, reader knowledge.Language) (*query, error) {
	text = bounded(text)
	tokens := a.records.tokens(text)
	if len(tokens) == 0 {
		return nil, ErrEmptyQuery
	}
	q, origin, err := a.understood(text, tokens, reader)
	if err != nil {
		return nil, err
	}
	text = q.text
	if origin != nil {
		tokens = a.records.tokens(text)
	}
	q.asksHow = a.lexicons[q.language].stemmer.asksHow(text)
	if asked := a.lexicons[q.language].stemmer.question(text); asked != text {
		tokens = a.records.tokens(asked)
	}
	q.mentions = a.mentions(a.glossary, tokens, q.language)
	q.units = a.units(tokens, q)
	q.limit(a.lexicons[q.language])
	a.repair(q)
	if origin != nil {
		q.typed(origin)
	}
	records := 0
	for _, u := range q.units {
		switch {
		case u.shape == errCode:
			if len(u.short) == 0 {
				q.codes = append(q.codes, u.code)
			}
			records++
		case u.shape == number && len(u.norm) >= 3:
			records++
		}
	}
	q.recordsOnly = records > 0 && len(q.units) <= 2*records
	return q, nil
}

// understood begins a query: in which language it is, and what was meant with the letters typed. The
// origin of each byte is nil if that is what was typed.
func (a *analyzer) understood(text string, tokens []token, reader knowledge.Language) (*query, []knowledge.Span, error) {
	if read, origin, err := a.fromPinyin(text, tokens); origin != nil || err != nil {
		return &query{text: read, language: knowledge.Chinese}, origin, err
	}
	if read, origin := a.fromLatin(text, tokens, reader); origin != nil {
		return &query{text: read, language: knowledge.Russian}, origin, nil
	}
	q := &query{text: text, language: a.detect(tokens, reader)}
	edits, err := a.homophones(text, tokens)
	if len(edits) == 0 {
		return q, nil, err
	}
	var origin []knowledge.Span
	q.text, origin = edited(text, edits)
	q.misheard = edits
	return q, origin, nil
}

// typed shows how a text was read, and gives the units the places that they have in what was typed.
func (q *query) typed(origin []knowledge.Span) {
	q.meant = cmp.Or(q.meant, strings.TrimSpace(q.text))
	for i := range q.units {
		u := &q.units[i]
		u.spans = slices.Clone(u.spans)
		for k, s := range u.spans {
			u.spans[k] = knowledge.Span{Start: origin[s.Start].Start, End: origin[s.End-1].End}
		}
		for _, e := range q.misheard {
			if slices.ContainsFunc(u.spans, func(s knowledge.Span) bool { return s.Start < e.span.End && e.span.Start < s.End }) {
				u.distance = 1
			}
		}
	}
}

// bounded cuts a text at maxText, not inside a rune.
func bounded(text string) string {
	if len(text) <= maxText {
		return text
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// mentions finds concepts as the query's language and English name them: English terms stand in
// queries of every language.
func (a *analyzer) mentions(g *glossary, tokens []token, l knowledge.Language) []mention {
	found := g.find(tokens, a.lexicons[l])
	if l == knowledge.English {
		return found
	}
	for _, m := range g.find(tokens, a.lexicons[knowledge.English]) {
		if !slices.ContainsFunc(found, func(o mention) bool { return o.start < m.end && m.start < o.end && o.end-o.start >= m.end-m.start }) {
			found = append(found, m)
		}
	}
	return found
}

func (a *analyzer) units(tokens []token, q *query) []unit {
	x := a.lexicons[q.language]
	var units []unit
	byNorm := make(map[string]int)
	for i, t := range tokens {
		if t.shape == joined || t.shape == word && x.stemmer.small(t.norm) || t.shape == han && strings.Contains(stopIdeographs, t.norm) || t.shape == bigram && strings.ContainsAny(t.norm, particles) {
			continue
		}
		n, ok := byNorm[t.norm]
		if !ok {
			n = len(units)
			byNorm[t.norm] = n
			units = append(units, a.unit(tokens, i))
		}
		units[n].spans = append(units[n].spans, knowledge.Span{Start: t.start, End: t.end})
		units[n].at = append(units[n].at, i)
	}
	units = x.appendPieces(units)
	for _, m := range q.mentions {
		m.join(units, func(u *unit) *[]int { return &u.concepts })
	}
	for _, m := range a.mentions(a.everyday, tokens, q.language) {
		m.join(units, func(u *unit) *[]int { return &u.ways })
	}
	if n := len(units) - 1; n >= 0 && len(tokens) > 0 && tokens[len(tokens)-1].end == len(q.text) {
		units[n].complete = units[n].norm == tokens[len(tokens)-1].norm
	}
	return units
}

// appendPieces asks for the parts of compounds as well: what is said of "lisens" may answer
// "volumlisensnøkkel".
func (x *lexicon) appendPieces(units []unit) []unit {
	for _, u := range units {
		if u.shape != word {
			continue
		}
		for _, p := range x.lookup(u.norm).Parts {
			units = append(units, unit{shape: piece, norm: p, weight: weights.piece, at: u.at, spans: u.spans})
		}
	}
	return units
}

// join ties the units that name a concept to it, in one of their lists. Together they weigh less than as many things.
func (m mention) join(units []unit, list func(*unit) *[]int) {
	var members []*unit
	for i := range units {
		u := &units[i]
		inside := slices.ContainsFunc(u.at, func(i int) bool { return m.start <= i && i < m.end })
		if inside && !u.paired && !slices.Contains(*list(u), m.concept) {
			members = append(members, u)
		}
	}
	for _, u := range members {
		if len(u.concepts)+len(u.ways) == 0 {
			n := float64(len(members))
			u.weight *= (1 + weights.phrase*(n-1)) / n
		}
		*list(u) = append(*list(u), m.concept)
	}
}

func (a *analyzer) unit(tokens []token, i int) unit {
	t := tokens[i]
	u := unit{shape: t.shape, norm: t.norm, weight: 1}
	switch t.shape {
	case errCode:
		u.code, _ = code.Parse(t.norm)
		u.weight = weights.code
		if last := uint16(u.code); u.code == code.Code(last) && last >= 0x1000 { // "0xF074"
			u.short = a.records.ending[last]
		}
	case han:
		if inPair(tokens, i) {
			u.weight, u.paired = weights.ideograph, true
		}
	case word, number:
		if t.shape == number && isVersion(t.norm) {
			u.weight = weights.version
		}
		if digits, ok := code.Short(t.norm); ok && strings.ContainsAny(t.norm, "abcdef") && strings.ContainsAny(t.norm, "0123456789") {
			u.short = a.records.ending[digits]
		}
		for _, j := range []int{i - 1, i + 1, i - 2, i + 2} {
			if j >= 0 && j < len(tokens) && tokens[j].shape == joined && tokens[j].start <= t.start && t.end <= tokens[j].end {
				u.halves = append(u.halves, tokens[j].norm)
			}
		}
	}
	return u
}

// isVersion reports whether a number may be a version of Windows or Office: 7, 8.1, 2016.
func isVersion(n string) bool {
	return len(n) <= 2 || strings.Contains(n, ".") || len(n) == 4 && strings.HasPrefix(n, "20")
}

// limit keeps the most telling units of a long text, in their order.
func (q *query) limit(x *lexicon) {
	if len(q.units) <= maxUnits {
		return
	}
	rank := func(u unit) int {
		switch n := x.stems[x.lookup(u.norm).Term]; {
		case u.shape == errCode:
			return -1
		case u.shape == word && n == 0: // names and slips of the pen
			return 1 << 30
		default:
			return n
		}
	}
	order := slices.Clone(q.units)
	sort.SliceStable(order, func(i, j int) bool { return rank(order[i]) < rank(order[j]) })
	q.units = order[:maxUnits]
	sort.Slice(q.units, func(i, j int) bool { return q.units[i].at[0] < q.units[j].at[0] })
}

// alternatives lists how passages in the language of x may satisfy a unit, but for its concepts and translations.
func (a *analyzer) alternatives(u *unit, x *lexicon, own bool) []alternative {
	var alts []alternative
	switch u.shape {
	case piece:
		if own {
			alts = append(alts, alternative{[]string{u.norm}, 1})
		}
	case word:
		if own || x.words[u.norm].Count > 0 { // a foreign stem that looks the same is chance
			alts = x.spellings(alts, u.norm, 1)
		}
		if u.repaired != "" && (own || x.words[u.repaired].Count > 0) {
			alts = x.spellings(alts, u.repaired, weights.repaired[u.distance])
		}
		if own && u.complete && utf8.RuneCountInString(u.norm) >= 3 {
			for _, t := range x.completions(u.norm, 8) {
				alts = append(alts, alternative{[]string{t}, weights.completed})
			}
		}
	default:
		alts = append(alts, alternative{[]string{u.norm}, weights.repaired[u.distance]})
	}
	for _, h := range u.halves {
		alts = append(alts, alternative{[]string{x.lookup(h).Term}, weights.joined})
	}
	for _, c := range u.short {
		alts = append(alts, alternative{[]string{c}, 1})
	}
	return alts
}

func (x *lexicon) spellings(alts []alternative, w string, weight float64) []alternative {
	e := x.lookup(w)
	if e.Term == "" {
		return alts
	}
	alts = append(alts, alternative{[]string{e.Term}, weight})
	if len(e.Parts) > 0 {
		alts = append(alts, alternative{e.Parts, weight * weights.parts})
		for _, p := range e.Parts {
			alts = append(alts, alternative{[]string{p}, weight * weights.part})
		}
	}
	return alts
}
