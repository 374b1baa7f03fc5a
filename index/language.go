package index

import (
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/no"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/bleve/v2/analysis/lang/sv"
	"github.com/blevesearch/bleve/v2/registry"

	"github.com/activationkb/activationkb/knowledge"
)

// analysisVersion changes whenever the same text may give other terms than before and the tables
// here do not show it, as after an update of Bleve.
const analysisVersion = "1"

// grammar is all that the index knows of a language beforehand. A new language is one row of
// grammars; Chinese needs no stems, for the tokens themselves are single and paired ideographs.
type grammar struct {
	stemmer, stop string // names in Bleve's registry
	compounds     bool   // writes compounds as one word
	// derivations are endings that snowball leaves and that turn a verb into its noun: both sides
	// of "aktivere" and "aktivering" must become one term. The rest must keep minStem letters.
	derivations []string
	// irregular gives the terms of words that snowball takes for inflected ones ("lisens": "lis").
	irregular map[string]string
	// chatter is what people say around a question. It is not asked for, though texts may have it.
	chatter string
	kept    string // stop words of Bleve's list that say something here: a server that is down
	// how is how people ask for a way to do something, or what something is, as parts of text between
	// bars; with blanks around where words are written apart.
	how     string
	letters string // letters that only this language has among those of its script
}

const minStem = 4

var grammars = map[knowledge.Language]grammar{
	knowledge.English: {stemmer: en.SnowballStemmerName, stop: en.StopName, kept: "down",
		how:     "how|can i|can we|what is",
		chatter: "please help hi hello hey thanks thank need want get gets getting got says say keep keeps can cannot can't don't doesn't does do how why what when where pc computer machine microsoft"},
	knowledge.Norwegian: {stemmer: no.SnowballStemmerName, stop: no.StopName, compounds: true,
		derivations: []string{"iering", "ering", "asjon", "ier", "er"}, letters: "æø",
		how:       "hvordan|korleis|kan vi|kan jeg|hva er",
		chatter:   "hei hjelp hjelpe vennligst takk får fikk sier skriver trenger hvordan hvorfor hva når hvor kan klarer prøver vil bare noen pc pcen maskin maskinen datamaskin datamaskinen microsoft",
		irregular: map[string]string{"lisens": "lisens", "lisensen": "lisens", "lisensens": "lisens"}},
	knowledge.Swedish: {stemmer: sv.SnowballStemmerName, stop: sv.StopName, compounds: true,
		derivations: []string{"iering", "ering", "ation", "ier", "er"}, letters: "äö",
		how:     "hur|kan vi|kan jag|vad är",
		chatter: "hej hjälp hjälpa snälla tack får fick säger skriver behöver hur varför vad när var kan försöker vill bara någon pc datorn dator maskin maskinen microsoft",
		irregular: map[string]string{"licens": "licens", "licensen": "licens", "licensens": "licens",
			"dator": "dator", "datorn": "dator", "datorer": "dator", "datorerna": "dator", "datorns": "dator",
			"värde": "värde", "värdet": "värde", "värdena": "värde"}},
	knowledge.Russian: {stemmer: ru.SnowballStemmerName, stop: ru.StopName,
		derivations: []string{"ирова", "ирован", "иру", "ир", "ац"},
		irregular:   map[string]string{"узел": "узл"}, // the vowel flees in all other cases
		how:         "как|можно|что такое",
		chatter:     "помогите помощь привет здравствуйте подскажите пожалуйста спасибо пишет говорит выдает выдаёт как почему что где когда нужно можно могу надо делать хочу компьютер компьютере компьютера комп компе пк microsoft майкрософт"},
	knowledge.Chinese: {how: "怎么|怎样|如何|能不能|是什么",
		chatter: "请问 请帮忙 帮忙 怎么办 怎么样 怎么 怎样 如何 什么 为什么 谢谢 你好 可以 需要 应该 电脑 计算机 微软"},
}

// stopIdeographs carry no meaning alone.
const stopIdeographs = "的了是在我你他它们这那和与或也就都而及着吗呢吧啊把被让给对为以于个不没有还只里"

// particles stand between words: a pair with one of them spans two words, says nothing and is rare,
// which would make it weigh most.
const particles = "的了是我你他们这那和与吗呢吧啊把被让还只里"

// synonyms of spelling, in all languages: what people type for names that texts write properly.
var synonyms = map[string]string{
	"win": "windows", "виндовс": "windows", "виндоус": "windows", "винда": "windows", "винду": "windows",
	"винды": "windows", "винде": "windows", "шиндовс": "windows",
	"офис": "office", "офиса": "office", "офису": "office", "офисе": "office", "оффис": "office",
	"кмс": "kms", "мак": "mak", "днс": "dns", "впн": "vpn", "слмгр": "slmgr", "оем": "oem",
	"майкрософт": "microsoft", "сервак": "сервер", "сервака": "сервер", "комп": "компьютер", "компа": "компьютер",
	"компе": "компьютер",
}

// stemmer reduces words of one language to terms. It is safe for concurrent use.
type stemmer struct {
	grammar grammar
	chatter map[string]bool
	filter  analysis.TokenFilter // nil for Chinese
	stop    analysis.TokenMap
}

func newStemmer(l knowledge.Language) (*stemmer, error) {
	g := grammars[l]
	s := &stemmer{grammar: g, chatter: make(map[string]bool)}
	for _, w := range strings.Fields(g.chatter) {
		s.chatter[w] = true
	}
	if g.stemmer == "" {
		return s, nil
	}
	cache, err := registry.NewCache(), error(nil)
	if s.filter, err = cache.TokenFilterNamed(g.stemmer); err != nil {
		return nil, err
	}
	if s.stop, err = cache.TokenMapNamed(g.stop); err != nil {
		return nil, err
	}
	for _, w := range strings.Fields(g.kept) {
		delete(s.stop, w)
	}
	return s, nil
}

// stem gives the term of a word in lower case, with å ä æ ö ø folded to a and o: the letters
// matter to the stemmer, not to people who type on another keyboard.
func (s *stemmer) stem(w string) string {
	if t, ok := s.grammar.irregular[w]; ok {
		return letters.Replace(t)
	}
	if s.filter != nil {
		w = string(s.filter.Filter(analysis.TokenStream{{Term: []byte(w)}})[0].Term)
	}
	for _, d := range s.grammar.derivations {
		if rest, ok := strings.CutSuffix(w, d); ok && len([]rune(rest)) >= minStem {
			w = rest
			break
		}
	}
	return letters.Replace(w)
}

var letters = strings.NewReplacer("å", "a", "ä", "a", "æ", "a", "ö", "o", "ø", "o", "é", "e", "ü", "u", "à", "a")

// question blanks out the chatter of a language without spaces, so that offsets stay.
func (s *stemmer) question(text string) string {
	if s.filter != nil {
		return text
	}
	for _, c := range strings.Fields(s.grammar.chatter) {
		text = strings.ReplaceAll(text, c, strings.Repeat(" ", len(c)))
	}
	return text
}

// asksHow reports whether a text asks how something is done, or what it is.
func (s *stemmer) asksHow(text string) bool {
	text, gap := strings.ToLower(text), ""
	if s.filter != nil {
		text, gap = " "+strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !inWord(r) }), " ")+" ", " "
	}
	for how := range strings.SplitSeq(s.grammar.how, "|") {
		if strings.Contains(text, gap+how+gap) {
			return true
		}
	}
	return false
}

// stopWord reports whether a word carries no meaning of its own.
func (s *stemmer) stopWord(w string) bool { return s.stop[w] }

// small reports whether a word is not asked for: it carries no meaning or is said around a question.
func (s *stemmer) small(w string) bool { return s.stopWord(w) || s.chatter[w] }
