package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// Suggestion completes what is being typed.
type Suggestion struct {
	Text string
	Name string // resource that it leads to; "" for words to search for
	Kind string // what that is: ARTICLE, ERROR_CODE or EVENT; TERM for words to search for
}

const (
	maxSuggestions     = 20
	defaultSuggestions = 8
	maxPrefix          = 300 // bytes; what is longer was not typed
	maxPrefixWords     = 16  // compared
)

// suggester holds everything that may be suggested, by language.
type suggester struct {
	completers map[knowledge.Language]*completer
	analyzer   *analyzer
}

func newSuggester(d *documents, a *analyzer) *suggester {
	s := &suggester{make(map[knowledge.Language]*completer), a}
	for _, l := range knowledge.Languages {
		s.completers[l] = newCompleter(a.lexicons[l])
	}
	a.each(func(x *lexicon) { s.completers[x.language].fill(d, a.glossary, x) })
	return s
}

// Suggest completes text, in the reader's language: every word typed is the beginning of a word
// of the suggestion. If nothing fits one slip in each word is forgiven and small words are
// dropped; then Chinese and Russian may be typed in Latin letters; then other languages are tried, and
// last a keyboard left in the wrong layout.
// Max is 8 by default, at most 20.
func (x *Index) Suggest(text string, l knowledge.Language, max int) []Suggestion {
	if max <= 0 {
		max = defaultSuggestions
	}
	if len(text) > maxPrefix {
		return nil
	}
	return x.suggest().complete(text, l, min(max, maxSuggestions))
}

func (s *suggester) complete(text string, l knowledge.Language, max int) []Suggestion {
	for _, typed := range []string{text, otherLayout(text, l)} {
		words := prefixWords(typed)
		if len(words) == 0 {
			continue
		}
		if found := s.own(typed, l, max); len(found) > 0 {
			return found
		}
		for _, other := range knowledge.Languages {
			if found := s.completers[other].complete(words, false, max); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// own completes what is typed in the reader's own language, perhaps in Latin letters.
func (s *suggester) own(typed string, l knowledge.Language, max int) []Suggestion {
	readings := [][]string{prefixWords(typed)}
	for _, slips := range []bool{false, true} {
		for i := 0; i < len(readings); i++ {
			if found := s.completers[l].complete(readings[i], slips, max); len(found) > 0 {
				return found
			}
			if i == 0 && !slips {
				readings = s.analyzer.appendBegun(readings, typed, l)
			}
		}
	}
	return nil
}

// appendBegun adds the words that Latin letters begin in a language of another script.
func (a *analyzer) appendBegun(readings [][]string, typed string, l knowledge.Language) [][]string {
	var texts []string
	switch l {
	case knowledge.Chinese:
		texts = []string{a.begunPinyin(typed)}
	case knowledge.Russian:
		texts = a.begunRussian(typed)
	}
	for _, text := range texts {
		words := prefixWords(text)
		twice := func(other []string) bool { return slices.Equal(words, other) }
		if len(words) > 0 && !slices.ContainsFunc(readings, twice) {
			readings = append(readings, words)
		}
	}
	return readings
}

// prefixWords gives the words typed, codes in the spelling that codes are kept in.
func prefixWords(text string) []string {
	words := foldedWords(text)
	words = words[:min(len(words), maxPrefixWords)]
	for i, w := range words {
		words[i] = codeSpelling(w)
	}
	return words
}

// codeSpelling repairs what people type for codes: the letter o for a zero, Cyrillic letters
// that look Latin; and articles of the Knowledge Base by their numbers. What cannot be a code stays as it is.
func codeSpelling(w string) string {
	if number := strings.TrimPrefix(w, "kb"); number != w && number != "" && strings.Trim(number, "0123456789") == "" {
		return number
	}
	s := strings.Map(toLatin, w)
	if rest, ok := strings.CutPrefix(s, "ox"); ok {
		s = "0x" + rest
	}
	if hex := strings.TrimPrefix(s, "0x"); strings.Trim(hex, "0123456789abcdef") != "" || !strings.ContainsAny(s, "0123456789") {
		return w
	}
	return s
}

// likeCode reports whether the words typed are more likely a code or the number of an event than words.
func likeCode(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.HasPrefix(w, "0x") || len(w) >= 3 && strings.ContainsAny(w, "0123456789") && strings.Trim(w, "0123456789abcdef") == ""
	})
}

// foldedWords cuts a text into words as they are compared: ideographs apart from letters, names
// with underscores whole.
func foldedWords(s string) []string {
	var words []string
	for i := 0; i < len(s); {
		n := sameScript(s[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
			continue
		}
		if w := strings.Trim(foldWord(s[i:i+n]), "_"); w != "" {
			words = append(words, w)
		}
		i += n
	}
	return words
}

// sameScript measures the run of ideographs or of other letters and digits that s begins with.
func sameScript(s string) int {
	first, _ := utf8.DecodeRuneInString(s)
	ideographs := unicode.Is(unicode.Han, first)
	for i, r := range s {
		switch {
		case ideographs && !unicode.Is(unicode.Han, r):
			return i
		case !ideographs && !inWord(r) && (r != '_' || i == 0) && (r != 0xAD && r != 0x200B || i == 0):
			return i
		}
	}
	return len(s)
}

// foldWord gives the letters that a word has on any keyboard: "nøkkel", "nokkel" and "noekkel"
// are the same. Codes keep theirs.
func foldWord(w string) string {
	w = letters.Replace(normalize(w))
	if strings.ContainsAny(w, "0123456789") {
		return w
	}
	return digraphs.Replace(w)
}

var digraphs = strings.NewReplacer("aa", "a", "ae", "a", "oe", "o")

// otherLayout gives the text that the same keys give on the other keyboard of a Russian reader;
// "" if there is none. Cyrillic letters may be meant Latin for every reader, as one who writes
// Russian to a foreign helpdesk.
func otherLayout(text string, l knowledge.Language) string {
	const latin, cyrillic = "qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю"
	from, to := []rune(cyrillic), []rune(latin)
	if !isCyrillic(strings.ToLower(text)) {
		if l != knowledge.Russian {
			return ""
		}
		from, to = to, from
	}
	return strings.Map(func(r rune) rune {
		if i := slices.Index(from, unicode.ToLower(r)); i >= 0 {
			return to[i]
		}
		return r
	}, text)
}
