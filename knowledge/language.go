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

// lacksScript reports whether a text of a language with its own script has none of it.
func lacksScript(l Language, s string) bool {
	switch l {
	case Russian:
		return !strings.ContainsFunc(s, cyrillic)
	case Chinese:
		return !strings.ContainsFunc(s, han)
	}
	return false
}

// functionWords are frequent words that each language does not share with its neighbours.
var functionWords = map[string]Language{
	"the": English, "and": English, "is": English, "with": English, "this": English,
	"og": Norwegian, "ikke": Norwegian, "fra": Norwegian, "hvis": Norwegian, "når": Norwegian, "også": Norwegian,
	"och": Swedish, "inte": Swedish, "från": Swedish, "är": Swedish, "att": Swedish, "för": Swedish, "också": Swedish,
}

// mostlyIn guesses which of English, Norwegian and Swedish a text is in; "" if it cannot tell.
func mostlyIn(s string) Language {
	count := map[Language]int{}
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < 'a' || r > 'z' && r < 0x80 }) {
		if l, ok := functionWords[w]; ok {
			count[l]++
		}
	}
	var best Language
	for _, l := range Languages {
		if count[l] > count[best] {
			best = l
		}
	}
	return best
}

// copied reports whether a text that equals the English one should not: names may.
func copied(s string) bool {
	return words(s) > 6 && mostlyIn(strings.ToLower(s)) == English
}

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

// shortLanguage checks that a short text is in the language that it claims. A few words may be
// the same everywhere: product names.
func (c checker) shortLanguage(p place, l Language, s string, t Text) {
	prose := proseOf(parseInline(s, 1, ignoreFaults))
	if r, found := foreign(l, prose); found {
		p.defect("letter %q is not of this language", r)
	}
	english := t[English]
	switch {
	case l == English || english == "":
	case s == english && copied(prose):
		p.defect("copied from English")
	case s != english && lacksScript(l, prose) && words(prose) > 1:
		p.defect("has no letter of this language")
	}
}

// proseOf joins what is neither token nor code.
func proseOf(spans []span) string {
	var b strings.Builder
	writeProse(&b, spans)
	return b.String()
}

func writeProse(b *strings.Builder, spans []span) {
	for _, s := range spans {
		if s.kind == plain {
			b.WriteString(s.text)
		}
		b.WriteByte(' ')
	}
}
