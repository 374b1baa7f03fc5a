package index

import (
	"math"
	"strings"
	"unicode"

	"github.com/activationkb/activationkb/knowledge"
)

// names are words of every language of this field: they tell nothing about the language of a query.
var names = map[string]bool{
	"windows": true, "office": true, "microsoft": true, "server": true, "kms": true, "mak": true, "dns": true, "srv": true,
	"slmgr": true, "ospp": true, "visio": true, "project": true, "key": true, "management": true, "service": true,
	"active": true, "directory": true, "nslookup": true, "vamt": true, "oem": true, "gvlk": true, "tcp": true, "ip": true,
	"ato": true, "dlv": true, "dli": true, "skms": true, "ckms": true, "ipk": true, "azure": true, "vpn": true, "pro": true,
	"enterprise": true, "retail": true, "sppsvc": true, "adba": true, "powershell": true, "telnet": true, "ping": true,
}

// detect tells the language of a query: by script; among languages of the Latin script by
// function words, letters, the words of the texts and their trigrams. Codes, numbers and product
// names do not count. In doubt it is reader.
func (a *analyzer) detect(tokens []token, reader knowledge.Language) knowledge.Language {
	var ideographs, cyrillic, latin int
	var words []string
	for _, t := range tokens {
		switch {
		case t.shape == han:
			ideographs++
		case t.shape != word || names[t.norm]:
		case isCyrillic(t.norm):
			cyrillic++
		case len(t.norm) == 1: // a drive, a switch
		default:
			latin++
			words = append(words, t.norm)
		}
	}
	switch {
	case ideographs > 0 && ideographs >= cyrillic+latin:
		return knowledge.Chinese
	case cyrillic > 0 && cyrillic >= latin:
		return knowledge.Russian
	case latin > 0:
		return a.latin(words, reader)
	}
	return reader
}

func isCyrillic(w string) bool {
	for _, r := range w {
		if unicode.Is(unicode.Cyrillic, r) {
			return true
		}
	}
	return false
}

// readerBias is what the reader's own language is worth against what the words say, in the
// natural logarithms that evidence returns: a query of one ambiguous word stays in it.
const readerBias = 1.5

// maxEvidence is how many words of a long text tell its language.
const maxEvidence = 100

// latinLanguages share a script.
var latinLanguages = []knowledge.Language{knowledge.English, knowledge.Norwegian, knowledge.Swedish}

func (a *analyzer) latin(words []string, reader knowledge.Language) knowledge.Language {
	words = words[:min(len(words), maxEvidence)]
	best, top := reader, math.Inf(-1)
	for _, l := range latinLanguages {
		score := 0.0
		if l == reader {
			score = readerBias
		}
		for _, w := range words {
			score += a.lexicons[l].evidence(w, a.most(w))
		}
		if score > top {
			best, top = l, score
		}
	}
	return best
}

// most is how often the texts of the language that has it most have a word.
func (a *analyzer) most(w string) int {
	n := 0
	for _, l := range latinLanguages {
		n = max(n, a.lexicons[l].words[w].Count)
	}
	return n
}

// evidence is how much one word speaks for the language, as a logarithm. Texts quote other languages: a word
// counts by how often they have it, against the language that has it most.
func (x *lexicon) evidence(w string, most int) float64 {
	score := 0.0
	switch {
	case x.stemmer.stopWord(w):
		score += 2
	case x.words[w].Count > 0:
		score += float64(x.words[w].Count) / float64(most)
	case x.known(w):
		score += 0.5
	}
	if strings.ContainsAny(w, x.stemmer.grammar.letters) {
		score += 2
	}
	return score + x.spelledLike(w)
}

// spelledLike compares the trigrams of a word with those of the texts; about -1 to 1.
func (x *lexicon) spelledLike(w string) float64 {
	if x.total == 0 {
		return 0
	}
	score, n := 0.0, 0
	for _, t := range trigrams(w) {
		score += math.Log((x.trigrams[t] + 0.5) / (x.total + 1) * 5000)
		n++
	}
	return max(-1, min(1, score/float64(max(n, 1))/4))
}

func trigrams(w string) []string {
	r := []rune("^" + w + "$")
	var found []string
	for i := 0; i+3 <= len(r); i++ {
		found = append(found, string(r[i:i+3]))
	}
	return found
}
