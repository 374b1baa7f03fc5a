package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// cyrillic reads Russian that is typed in Latin letters: as it sounds, in any of the usual ways ("kak
// aktivirovat", "pochemu ne aktiviruetsja"), or with the keyboard in the wrong layout ("rfr frnbdbhjdfnm").
type cyrillic struct {
	lexicon *lexicon
	words   map[string][]string // by skeleton
}

func newCyrillic(x *lexicon) *cyrillic {
	c := &cyrillic{x, make(map[string][]string)}
	all := slices.Concat(sortedKeys(x.words), sortedKeys(x.stemmer.stop), sortedKeys(x.stemmer.chatter), sortedKeys(synonyms))
	slices.Sort(all)
	for _, w := range slices.Compact(all) {
		if isCyrillic(w) {
			s := skeleton(toLatinLetters.Replace(w))
			c.words[s] = append(c.words[s], w)
		}
	}
	return c
}

// toLatinLetters is one of the ways to write Russian in Latin letters.
var toLatinLetters = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ж", "zh", "з", "z", "и", "i", "й", "y",
	"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "c",
	"ч", "ch", "ш", "sh", "щ", "sh", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya")

// skeleton gives what all ways to write a word in Latin letters have in common: one letter stands for й, ы
// and и, one for е, ё and э, soft signs and the second of two equal letters are left out.
func skeleton(w string) string {
	w = toVowels.Replace(toConsonants.Replace(w))
	return string(slices.Compact([]byte(w)))
}

var (
	toConsonants = strings.NewReplacer("shch", "sh", "sch", "sh", "kh", "h", "tz", "c", "ts", "c", "4", "ch", "6", "sh", "ck", "k", "q", "k",
		"w", "v", "x", "h", "yo", "e", "jo", "e", "ye", "e", "je", "e", "y", "i", "j", "i", "'", "", "’", "")
	toVowels = strings.NewReplacer("iiu", "u", "iu", "u", "iie", "e", "ie", "e")
)

// rarer are the letters that stand for others than usual.
var rarer = []*strings.Replacer{strings.NewReplacer("j", "zh"), strings.NewReplacer("g", "zh"), strings.NewReplacer("c", "k"),
	strings.NewReplacer("w", "sh"), strings.NewReplacer("x", "ks")}

// sounding gives the Russian word that Latin letters spell, "" if there is none.
func (c *cyrillic) sounding(typed string) string {
	plain := toCyrillic.Replace(typed)
	if found := c.words[skeleton(typed)]; len(found) > 0 {
		return c.closest(found, plain)
	}
	for _, r := range rarer {
		if s := r.Replace(typed); s != typed {
			if found := c.words[skeleton(s)]; len(found) > 0 {
				return c.closest(found, toCyrillic.Replace(s))
			}
		}
	}
	if len(typed) >= minTransliterated && (c.lexicon.known(plain) || c.lexicon.learned(plain)) {
		return plain
	}
	return ""
}

// closest gives the word that has the most letters of another but for soft signs, of equals the most frequent.
func (c *cyrillic) closest(words []string, to string) string {
	letters := func(w string) []rune { return []rune(strings.ReplaceAll(w, "ь", "")) }
	distance := func(w string) int { return edits(letters(w), letters(to), maxRead) }
	return slices.MinFunc(words, func(a, b string) int {
		return cmp.Or(distance(a)-distance(b), c.lexicon.words[b].Count-c.lexicon.words[a].Count)
	})
}

// sameKeys gives the Russian word that the keys typed give in the other layout, "" if there is none.
func (c *cyrillic) sameKeys(typed string) string {
	w := otherKeys(typed)
	if x := c.lexicon; isCyrillic(w) && (x.known(w) || x.stemmer.small(w) || synonyms[w] != "") {
		return w
	}
	return ""
}

// otherKeys gives the letters on the same keys.
func otherKeys(typed string) string { return otherLayout(typed, knowledge.Russian) }

// slip gives the letters of a word back if they may be repaired, else "".
func (c *cyrillic) slip(letters string) string {
	if _, distance := c.lexicon.nearest(letters); distance == 0 || utf8.RuneCountInString(letters) < minTransliterated {
		return ""
	}
	return letters
}

// learned reports whether the corpus that translations were learned from has a word, in any inflection.
func (x *lexicon) learned(w string) bool {
	t, err := builtInTranslations()
	if err != nil {
		return false
	}
	_, ok := slices.BinarySearch(t.terms[x.language], x.lookup(w).Term)
	return ok
}

// typedWord is a word in Latin letters that may be Russian.
type typedWord struct {
	span    knowledge.Span
	letters string // Cyrillic ones in place of those typed
	read    string // the word that they mean, "" if it is no Russian
	speaks  int    // 1 for Russian, -1 against it, 0 if it may be either
	known   bool   // some language has it
}

// fromLatin writes Russian in Latin letters as it is written and gives the origin of each byte, nil if it
// is not convincing. Names, commands and what Russian texts have in Latin letters too stay. Only to a Russian
// reader a single word is convincing.
func (a *analyzer) fromLatin(text string, tokens []token, reader knowledge.Language) (string, []knowledge.Span) {
	unknown := func(t token) bool { return t.shape == word && !names[t.norm] && !a.known(t.norm) }
	if len(text) > maxPrefix || !slices.ContainsFunc(tokens, unknown) {
		return text, nil
	}
	c := a.cyrillic()
	sounds, keys := a.typedWords(text, inSounding, toCyrillic.Replace, c.sounding), a.typedWords(text, inKeys, otherKeys, c.sameKeys)
	best, likely := sounds, likelihood(sounds)
	if n := likelihood(keys); n > likely {
		best, likely = keys, n
	}
	isRead := func(w typedWord) bool { return w.read != "" }
	first := slices.IndexFunc(best, isRead)
	if likely <= 0 || reader != knowledge.Russian && !slices.ContainsFunc(best[first+1:], isRead) {
		return text, nil
	}
	var edits []edit
	for _, w := range best {
		if w.read == "" && !w.known {
			w.read = c.slip(w.letters)
		}
		if w.read != "" {
			edits = append(edits, edit{w.span, w.read})
		}
	}
	return edited(text, edits)
}

// What a word in Latin letters may be made of: as it sounds, with soft signs, and by the keys of Russian letters.
func inSounding(r rune) bool { return inWord(r) || r == '\'' || r == '’' }
func inKeys(r rune) bool     { return inWord(r) || strings.ContainsRune("[];',.", r) }

// likelihood is positive if a text is convincing Russian: words that only Russian has outweigh those that
// it has not, be they but unknown.
func likelihood(words []typedWord) int {
	n, letters := 0, 0
	for _, w := range words {
		n += unknownWords * w.speaks
		if w.speaks > 0 {
			letters += w.span.End - w.span.Start
		}
		if w.read == "" && !w.known {
			n--
		}
	}
	if letters < minLetters {
		return 0
	}
	return n
}

// unknownWords is how many unknown words speak as much against Russian as one that it has speaks for it.
const unknownWords = 3

// maxRead is how many bytes a word has at most that is read.
const maxRead = 40

// typedWords cuts a text where in does not hold, and reads what has Latin letters.
func (a *analyzer) typedWords(text string, in func(rune) bool, spell, read func(string) string) []typedWord {
	var words []typedWord
	for i := 0; i < len(text); {
		n := strings.IndexFunc(text[i:], func(r rune) bool { return !in(r) })
		if n < 0 {
			n = len(text) - i
		}
		typed := strings.ToLower(text[i : i+n])
		if n > 0 && n <= maxRead && !isName(text[:i], typed, text[i+n:]) {
			w := typedWord{span: knowledge.Span{Start: i, End: i + n}, letters: spell(typed), read: read(typed)}
			a.weigh(&w, typed)
			words = append(words, w)
		}
		i += max(n, 1)
	}
	return words
}

// isName reports whether a word is a name or part of one, an option of a command, or no word.
func isName(before, w, after string) bool {
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' }
	digit := func(r rune) bool { return unicode.IsDigit(r) && r != '4' && r != '6' }
	if names[w] || !strings.ContainsFunc(w, letter) || strings.ContainsFunc(w, digit) {
		return true
	}
	if len(w) == keyGroup && (strings.HasSuffix(before, "-") || strings.HasPrefix(after, "-")) {
		return true
	}
	n := len(before) - 1
	return n >= 0 && (strings.Contains(`/\._@`, before[n:]) || before[n] == '-' && (n == 0 || before[n-1] == ' ' || len(w) == 1))
}

// keyGroup is how many letters of a product key stand between hyphens. It must stay what it is to be masked.
const keyGroup = 5

// weigh tells what a word speaks for.
func (a *analyzer) weigh(w *typedWord, typed string) {
	small := false // in a language of the Latin script
	for _, l := range latinLanguages {
		x := a.lexicons[l]
		small = small || x.stemmer.small(typed)
		w.known = w.known || x.learned(typed)
	}
	w.known = w.known || small || a.known(typed)
	texts := a.lexicons[knowledge.Russian].words
	switch {
	case w.read == "" && (small || w.known && texts[typed].Count == 0):
		w.speaks = -1
	case w.read != "" && texts[typed].Count > texts[w.read].Count: // Russians write it in Latin letters
		w.read = ""
	case utf8.RuneCountInString(w.read) > 1 && !w.known && !a.nearLatin(typed):
		w.speaks = 1
	}
}

// nearLatin reports whether a word may be a slip of one that a language of the Latin script has.
func (a *analyzer) nearLatin(w string) bool {
	return slices.ContainsFunc(latinLanguages, func(l knowledge.Language) bool {
		_, distance := a.lexicons[l].nearest(w)
		return distance > 0
	})
}

// begunRussian gives what a text in Latin letters that goes on may begin in Russian: letter by letter, or as
// the words that it has.
func (a *analyzer) begunRussian(text string) []string {
	letters, words := strings.Fields(strings.ToLower(text)), strings.Fields(strings.ToLower(text))
	for i, w := range words {
		if isName("", w, "") {
			continue
		}
		letters[i] = toCyrillic.Replace(w)
		words[i] = cmp.Or(a.cyrillic().sounding(w), letters[i])
	}
	return []string{strings.Join(letters, " "), strings.Join(words, " ")}
}
