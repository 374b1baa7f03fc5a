package formats

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// newWords finds words, given in small letters, in text of any spelling: all small, all large, or with large
// initials; of Latin words without accents, mixed too.
func newWords(words ...[]string) *finder {
	var b finderBuilder
	for _, list := range words {
		for _, w := range list {
			b.put(anyWord, w)
			b.put(anyWord, strings.ToUpper(w))
			b.put(anyWord, initials(w, 1))
			b.put(anyWord, initials(w, len(w)))
		}
	}
	return b.build()
}

// initials makes the initials of the first n words large.
func initials(s string, n int) string {
	initial := true
	return strings.Map(func(r rune) rune {
		if initial && n > 0 {
			r = unicode.ToUpper(r)
			n--
		}
		initial = r == ' '
		return r
	}, s)
}

// holds reports whether s holds one of the words.
func (f *finder) holds(s string) bool { return f.in(s) > 0 }

// What is looked for in every line of a document.
var (
	strongFinder     = newWords(strongWords)
	weakFinder       = newWords(weakWords)
	officeFinder     = newWords([]string{"office", "visio", "project", "word", "excel", "outlook", "microsoft 365"})
	oldWindowsFinder = newWords([]string{"windows xp", "windowsxp", "win xp", "winxp", "2000", "2003", "microsoft windows"})
)

// The functions below look for what an expression of clean.go would find, and cost less.

// tagged tells that s may hold one of the tags that tagRE takes away. XML has others.
func tagged(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = strings.TrimPrefix(s[i+1:], "/")
		n := 0
		for n < len(s) && n < 12 && lowerASCII(s[n]) >= 'a' && lowerASCII(s[n]) <= 'z' {
			n++
		}
		if tagNames[strings.ToLower(s[:n])] {
			return true
		}
	}
}

var tagNames = map[string]bool{"p": true, "div": true, "span": true, "li": true, "ul": true, "ol": true, "pre": true, "code": true, "b": true,
	"strong": true, "i": true, "em": true, "td": true, "tr": true, "th": true, "table": true, "tbody": true, "font": true, "h": true, "a": true, "blockquote": true,
	"o": true, "u": true, "s": true, "html": true, "body": true, "head": true, "meta": true, "img": true, "hr": true, "thead": true, "center": true, "small": true, "big": true,
	"kbd": true, "samp": true, "tt": true, "mark": true, "section": true, "article": true, "main": true, "dl": true, "dt": true, "dd": true, "sup": true, "sub": true}

// escapes tells that s may hold a sign escaped as in Markdown.
func escapes(s string) bool {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			return false
		}
		if strings.IndexByte("_*<>[]#-", s[i+1]) >= 0 && (i == 0 || s[i-1] != ':') {
			return true
		}
		s = s[i+1:]
	}
}

// labels tells that s begins with a word or some before a colon or an equals sign, and a blank or the end after it:
// ^\s*\p{L}[^:=]{1,60}\s?[:=](?:\s|$)
func labels(s string) bool {
	s = strings.TrimLeft(s, "\t\n\f\r ")
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(r) {
		return false
	}
	s = s[size:]
	i := strings.IndexAny(s, ":=")
	if i < 1 || i+1 < len(s) && strings.IndexByte("\t\n\f\r ", s[i+1]) < 0 {
		return false
	}
	n := utf8.RuneCountInString(s[:i])
	return n <= 60 || n == 61 && strings.IndexByte("\t\n\f\r ", s[i-1]) >= 0
}

// wordByte tells the bytes that make a word in an expression.
func wordByte(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
