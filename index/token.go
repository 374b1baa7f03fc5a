package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/activationkb/activationkb/knowledge/code"
)

// shape is what a token looks like, before any language is considered.
type shape uint8

const (
	word    shape = iota // letters of an alphabet, perhaps with digits
	number               // decimal digits, perhaps with inner points: "1688", "8.1"
	errCode              // an error code in any spelling; norm is the canonical one
	han                  // one ideograph
	bigram               // two neighbouring ideographs
	joined               // both halves of a hyphenated word as one: "autodiscovery"
	piece                // part of a compound; norm is its term. Only queries have such units
)

// token is one unit of a text, the same for all languages: only the lexicon knows stems.
type token struct {
	start, end int // byte offsets into the text
	shape      shape
	norm       string // lower case, full-width and look-alike letters folded; codes as 0xC004F074
}

// tokenize cuts text into tokens in the order of their beginnings. Points, underscores, slashes
// and hyphens separate, so that "slmgr.vbs /skms", "SLMGR -skms" and "_vlmcs._tcp" share terms.
// Control characters and broken UTF-8 separate too.
func tokenize(text string) []token { return cutAt(text, code.Scan(text)) }

// cutAt gives the codes found in a text and the words between them.
func cutAt(text string, codes []code.Match) []token {
	tokens := make([]token, 0, len(text)/6+1)
	from := 0
	for _, m := range codes {
		tokens = appendWords(tokens, text, from, m.Start)
		tokens = append(tokens, token{m.Start, m.End, errCode, m.Code.String()})
		from = m.End
	}
	return appendWords(tokens, text, from, len(text))
}

func appendWords(tokens []token, text string, from, to int) []token {
	first := len(tokens)
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:to])
		switch {
		case unicode.Is(unicode.Han, r):
			tokens = appendHan(tokens, first, text, i, i+n)
		case inWord(r):
			n = runLength(text[i:to])
			tokens = appendRun(tokens, first, text, i, i+n)
		}
		i += n
	}
	return tokens
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)) &&
		!unicode.Is(unicode.Han, r)
}

// runLength measures the word that s begins with. A point or comma between digits belongs to it.
func runLength(s string) int {
	digit := false
	for i, r := range s {
		switch {
		case inWord(r):
			digit = unicode.IsDigit(r)
		case r == 0xAD || r == 0x200B: // soft hyphen and zero-width space are not seen
		case r == '.' && digit && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
		default:
			return i
		}
	}
	return len(s)
}

func appendHan(tokens []token, first int, text string, start, end int) []token {
	for i := len(tokens) - 1; i >= first && i >= len(tokens)-2; i-- {
		if p := tokens[i]; p.shape == han && p.end == start {
			tokens = append(tokens, token{p.start, end, bigram, p.norm + simplified(text[start:end])})
			break
		}
	}
	return append(tokens, token{start, end, han, simplified(text[start:end])})
}

// appendRun adds one run of letters and digits: extensions of programs and the "KB" of article
// numbers are dropped, names with a number at the end ("win10", "kms01") are cut in two.
func appendRun(tokens []token, first int, text string, start, end int) []token {
	s := normalize(text[start:end])
	letters := strings.TrimRight(s, "0123456789")
	digits := s[len(letters):]
	switch {
	case s == "" || extensions[s] && start > 0 && text[start-1] == '.':
		return tokens
	case letters == "" || strings.Trim(s, "0123456789.") == "":
		if n := len(tokens) - 1; n >= first && tokens[n].norm == "kb" && len(s) >= 5 {
			tokens = tokens[:n]
		}
		return append(tokens, token{start, end, number, s})
	case letters == "kb" && len(digits) >= 5:
		return append(tokens, token{start, end, number, digits})
	case len(letters) >= 3 && digits != "" && len(s) == end-start:
		cut := start + len(letters)
		return append(appendWord(tokens, first, text, start, cut, letters), token{cut, end, number, digits})
	}
	return appendWord(tokens, first, text, start, end, s)
}

// extensions of programs and consoles, which people leave out as often as not.
var extensions = map[string]bool{"vbs": true, "exe": true, "msc": true, "dll": true, "cpl": true}

func appendWord(tokens []token, first int, text string, start, end int, s string) []token {
	if n := len(tokens) - 1; n >= first {
		p := tokens[n]
		if p.shape == word && start == p.end+1 && text[p.end] == '-' {
			tokens = append(tokens, token{p.start, end, joined, p.norm + s})
		}
	}
	return append(tokens, token{start, end, word, s})
}

// normalize folds a word to lower case and to the letters that it was meant to have: composed,
// of normal width, and Latin where Cyrillic letters only look so ("КMS" with a Cyrillic К).
func normalize(s string) string {
	if isLowerASCII(s) {
		return s
	}
	s = strings.ToLower(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 'ё':
			return 'е'
		case r == 0xAD || r == 0x200B || r == '.' && !strings.ContainsAny(s, "0123456789"):
			return -1
		}
		return r
	}, s)
	if latin, cyrillic := scripts(s); latin && cyrillic {
		s = strings.Map(toLatin, s)
	}
	return s
}

func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

func scripts(s string) (latin, cyrillic bool) {
	for _, r := range s {
		latin = latin || r >= 'a' && r <= 'z'
		cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
	}
	return latin, cyrillic
}

// toLatin replaces a Cyrillic letter by the Latin one that it looks like.
func toLatin(r rune) rune {
	const cyrillic, latin = "авекмнорстухіј", "abekmhopctyxij"
	if i := strings.IndexRune(cyrillic, r); i >= 0 {
		return rune(latin[i/2])
	}
	return r
}
