package index

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/activationkb/activationkb/knowledge"
)

// productKey is what may be one. Its groups must stay what they are, to be masked where the query is shown.
var productKey = regexp.MustCompile(`(?i)\b[a-z\d]{5}(?:-[a-z\d]{5}){4}\b`)

// repair looks for what unknown words of a typed query were meant to be. Codes, numbers, names
// with digits and product keys are never repaired.
func (a *analyzer) repair(q *query) {
	if len(q.units) > maxTyped {
		return
	}
	keys := productKey.FindAllStringIndex(q.text, -1)
	inKey := func(s knowledge.Span) bool {
		return slices.ContainsFunc(keys, func(k []int) bool { return k[0] <= s.Start && s.End <= k[1] })
	}
	repairable := func(u *unit) bool {
		return u.shape == word && len(u.short) == 0 && !strings.ContainsFunc(u.norm, unicode.IsDigit) && !a.known(u.norm) && !slices.ContainsFunc(u.spans, inKey)
	}
	var changed []*unit
	for i := range q.units {
		u := &q.units[i]
		if len(changed) == maxRepairs || !repairable(u) {
			u.complete = u.complete && u.shape == word && !a.known(u.norm)
			continue
		}
		if u.repaired, u.distance = a.nearest(u.norm, q.language); u.repaired != "" {
			changed = append(changed, u)
		}
	}
	q.meant = rewrite(q.text, changed)
}

// known reports whether any language has the word.
func (a *analyzer) known(w string) bool {
	for _, l := range knowledge.Languages {
		if a.lexicons[l].known(w) {
			return true
		}
	}
	return synonyms[w] != ""
}

func (a *analyzer) nearest(w string, l knowledge.Language) (string, int) {
	x := a.lexicons[l]
	for _, typed := range keyboard {
		if s := typed.Replace(w); s != w && x.known(s) {
			return s, 1
		}
	}
	if s := otherLayout(w, knowledge.Russian); a.known(s) && (isCyrillic(w) || len(w) >= minTransliterated) {
		return s, 1
	}
	best, distance := x.nearest(w)
	if best == "" && l != knowledge.English && !isCyrillic(w) {
		best, distance = a.lexicons[knowledge.English].nearest(w)
	}
	if best == "" && !isCyrillic(w) && len(w) >= minTransliterated {
		best, distance = a.transliterated(w)
	}
	return best, distance
}

// minTransliterated is the shortest word, in letters, that is tried as Russian in Latin letters.
const minTransliterated = 5

// transliterated gives the Russian word that Latin letters spell.
func (a *analyzer) transliterated(w string) (string, int) {
	s, x := toCyrillic.Replace(w), a.lexicons[knowledge.Russian]
	if x.known(s) {
		return s, 1
	}
	return x.nearest(s)
}

// toCyrillic is how Russians write without a Russian keyboard. Where they differ a repair follows.
var toCyrillic = strings.NewReplacer("shch", "щ", "sch", "щ", "zh", "ж", "kh", "х", "ch", "ч", "sh", "ш", "ts", "ц", "yu", "ю", "ju", "ю",
	"ya", "я", "ja", "я", "ia", "ия", "yo", "е", "a", "а", "b", "б", "c", "ц", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "х", "i", "и",
	"j", "й", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "q", "к", "r", "р", "s", "с", "t", "т", "u", "у", "v", "в",
	"w", "в", "x", "кс", "y", "ы", "z", "з", "'", "ь", "’", "ь", "4", "ч", "6", "ш")

// keyboard undoes what people type who have no å ä æ ö ø.
var keyboard = []*strings.Replacer{
	strings.NewReplacer("aa", "å", "ae", "æ", "oe", "ø"),
	strings.NewReplacer("aa", "å", "ae", "ä", "oe", "ö"),
}

func rewrite(text string, changed []*unit) string {
	if len(changed) == 0 {
		return ""
	}
	var edits []edit
	for _, u := range changed {
		for _, s := range u.spans {
			edits = append(edits, edit{s, u.repaired})
		}
	}
	sort.Slice(edits, func(i, j int) bool { return edits[i].span.Start < edits[j].span.Start })
	text, _ = edited(text, edits)
	return strings.TrimSpace(text)
}

// edit is what is meant by a part of a text.
type edit struct {
	span knowledge.Span
	text string
}

// edited applies edits, which are in order, and gives the origin of each byte.
func edited(text string, edits []edit) (string, []knowledge.Span) {
	var written []byte
	var origin []knowledge.Span
	end := 0
	keep := func(to int) {
		for ; end < to; end++ {
			written, origin = append(written, text[end]), append(origin, knowledge.Span{Start: end, End: end + 1})
		}
	}
	for _, e := range edits {
		keep(e.span.Start)
		for _, b := range []byte(e.text) {
			written, origin = append(written, b), append(origin, e.span)
		}
		end = e.span.End
	}
	keep(len(text))
	return string(written), origin
}
