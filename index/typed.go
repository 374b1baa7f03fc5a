package index

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
)

// records are the numbers that the knowledge has records for. People spell them in ways that only a look at
// what there is can tell from prices, versions and telephone numbers.
type records struct {
	codes  map[code.Code]bool
	ending map[uint16][]string // last four digits -> codes
	events map[string]bool
	kb     map[string]bool // articles of the Knowledge Base
}

func newRecords(base *knowledge.Base) records {
	r := records{make(map[code.Code]bool), make(map[uint16][]string), make(map[string]bool), make(map[string]bool)}
	cite := func(sources []knowledge.Source) {
		for _, s := range sources {
			r.kb[s.KB] = true
		}
	}
	for _, c := range base.Codes() {
		r.codes[c.Code] = true
		r.ending[uint16(c.Code)] = append(r.ending[uint16(c.Code)], c.Code.String())
		cite(c.Sources)
	}
	for _, e := range base.Events() {
		r.events[strconv.Itoa(e.Number)] = true
		cite(e.Sources)
	}
	for _, a := range base.Articles() {
		cite(a.Sources)
	}
	return r
}

// Words that stand near a number and tell what it is, in all languages; longer words that begin with them do too,
// if they have more than three letters.
var (
	codeWords  = []string{"error", "err", "code", "hresult", "hr", "exit", "feil", "kode", "kod", "fel", "felkod", "ошибк", "код", "错误", "代码", "报错"}
	eventWords = []string{"event", "evt", "ev", "id", "log", "logg", "hendelse", "händelse", "handelse", "событи", "эвент", "журнал", "ид", "事件", "日志"}
	patchWords = []string{"kb", "q", "кб", "кв", "patch", "hotfix", "update", "oppdatering", "uppdatering", "патч", "обновлени", "исправлени", "补丁", "更新"}
)

// glued are those that people write right before a number; true if they are dropped where they stand apart, like "KB".
var glued = map[string]bool{"kb": true, "q": true, "кб": true, "кв": true, "id": false, "ид": false, "ev": false}

// tokens is tokenize for a query: it also knows the codes, events and articles on record that are spelled apart or
// in other odd ways. All else stays what it is.
func (r *records) tokens(text string) []token {
	matches := code.ScanTyped(text, func(c code.Code) bool { return r.codes[c] })
	tokens := cutAt(text, matches)
	doubtful := func(m code.Match) bool {
		if m.Kind != code.Digits || len(tokens) == 1 {
			return false
		}
		i, _ := slices.BinarySearchFunc(tokens, m.Start, func(t token, start int) int { return t.start - start })
		return !beside(tokens, i, i+1, codeWords)
	}
	if slices.ContainsFunc(matches, doubtful) {
		tokens = cutAt(text, slices.DeleteFunc(matches, doubtful))
	}
	return r.join(text, tokens)
}

// reach is how many tokens away the word may stand that tells what a number is.
const reach = 4

func beside(tokens []token, from, to int, words []string) bool {
	around := slices.Concat(tokens[max(0, from-reach):from], tokens[to:min(len(tokens), to+reach)])
	return slices.ContainsFunc(around, func(t token) bool {
		return slices.ContainsFunc(words, func(w string) bool {
			return t.norm == w || utf8.RuneCountInString(w) > 3 && strings.HasPrefix(t.norm, w)
		})
	})
}

// join puts numbers together that were typed in groups or behind letters: "12 289", "KB 2885 698", "id12288".
func (r *records) join(text string, tokens []token) []token {
	joined := make([]token, 0, len(tokens))
	for i := 0; i < len(tokens); {
		norm, n := r.number(text, tokens, i)
		if n == 0 {
			joined = append(joined, tokens[i])
			i++
			continue
		}
		if last := len(joined) - 1; last >= 0 && glued[joined[last].norm] {
			joined = joined[:last]
		}
		joined = append(joined, token{tokens[i].start, tokens[i+n-1].end, number, norm})
		i += n
	}
	return joined
}

// maxNumber is how many digits the number of an article has, and none has more.
const maxNumber = 7

// number gives the number of an event or an article that the tokens from i on spell, and how many they are.
func (r *records) number(text string, tokens []token, i int) (norm string, n int) {
	if s := tokens[i].shape; s != word && s != number {
		return "", 0
	}
	digits := strings.TrimLeftFunc(tokens[i].norm, unicode.IsLetter)
	letters := strings.TrimSuffix(tokens[i].norm, digits)
	if _, ok := glued[letters]; letters != "" && !ok || digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return "", 0
	}
	groups := strings.Split(digits, ".")
	for end := i + 1; ; end++ {
		all := strings.Join(groups, "")
		switch {
		case len(all) > maxNumber:
			return norm, n
		case r.kb[all] && (glued[letters] || beside(tokens, i, end, patchWords)),
			r.events[all] && thousands(groups) && (letters != "" || beside(tokens, i, end, eventWords) || numbersOnly(tokens)):
			norm, n = all, end-i
		}
		if end == len(tokens) || tokens[end].shape != number || utf8.RuneCountInString(text[tokens[end-1].end:tokens[end].start]) != 1 {
			return norm, n
		}
		groups = append(groups, strings.Split(tokens[end].norm, ".")...)
	}
}

// thousands reports whether a number is in one piece or in groups of three digits.
func thousands(groups []string) bool {
	return len(groups) == 1 || len(groups[0]) <= 3 && !slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 })
}

func numbersOnly(tokens []token) bool {
	return !slices.ContainsFunc(tokens, func(t token) bool { return t.shape != number })
}
