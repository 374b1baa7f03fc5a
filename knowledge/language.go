package knowledge

import "strings"

// traditional are characters that simplified Chinese writes otherwise.
var traditional = func() map[rune]bool {
	set := map[rune]bool{}
	for _, r := range "啟動務體確與後錄證網碼檔輸鍵驗個來時問題" {
		set[r] = true
	}
	return set
}()

func cyrillic(r rune) bool { return r >= 0x0400 && r <= 0x052F }

func han(r rune) bool { return r >= 0x3400 && r <= 0x9FFF }

// foreign finds the first letter that a language does not have.
func foreign(l Language, s string) (rune, bool) {
	for _, r := range s {
		switch {
		case r < 0x80:
		case cyrillic(r) && l != Russian, han(r) && (l != Chinese || traditional[r]),
			l == Norwegian && strings.ContainsRune("äöÄÖ", r), l == Swedish && strings.ContainsRune("æøÆØ", r):
			return r, true
		}
	}
	return 0, false
}

// lacksScript reports whether a text of a language with its own script has none of it, but more
// than a few Latin words.
func lacksScript(l Language, s string, few int) bool {
	return l == Russian && !strings.ContainsFunc(s, cyrillic) && latinWords(s) > few ||
		l == Chinese && !strings.ContainsFunc(s, han) && latinWords(s) > few
}

// latinWords counts the words that begin with a small Latin letter: names do not.
func latinWords(s string) int {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if w[0] >= 'a' && w[0] <= 'z' {
			n++
		}
	}
	return n
}

// functionWords are frequent words that each language does not share with its neighbours.
var functionWords = map[string]Language{
	"the": English, "and": English, "is": English, "with": English, "this": English, "of": English, "are": English,
	"og": Norwegian, "ikke": Norwegian, "fra": Norwegian, "hvis": Norwegian, "når": Norwegian, "også": Norwegian,
	"etter": Norwegian, "hva": Norwegian, "å": Norwegian, "til": Norwegian,
	"och": Swedish, "inte": Swedish, "från": Swedish, "är": Swedish, "att": Swedish, "för": Swedish, "också": Swedish,
	"efter": Swedish, "vad": Swedish, "till": Swedish, "när": Swedish,
}

// readsLike gives the language that has at least two function words more in a text than the language l has; "" if none.
func readsLike(l Language, s string) Language {
	if l == Russian || l == Chinese {
		return ""
	}
	count := map[Language]int{}
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < 'a' || r > 'z' && r < 0x80 }) {
		count[functionWords[w]]++
	}
	for _, other := range Languages {
		if other != l && count[other] > count[l]+1 {
			return other
		}
	}
	return ""
}

// copied reports whether a text that equals the English one should not: names may.
func copied(s string) bool { return words(s) > 6 && latinWords(s) > 3 }

// words counts what blanks separate.
func words(s string) int {
	n, in := 0, false
	for i := range len(s) {
		if was := in; s[i] > ' ' {
			if in = true; !was {
				n++
			}
		} else {
			in = false
		}
	}
	return n
}
