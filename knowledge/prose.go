package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest sentences that a reader is asked to take in: words, or characters of Chinese.
// Tokens and code count as nothing.
const (
	maxSentenceWords      = 45
	maxSentenceCharacters = 130
)

// avoided is a term that people type and texts do not use.
type avoided struct{ term, preferred string }

// avoid collects the terms of the glossary that texts must not use, lower-case.
func (l *loader) avoid() {
	l.avoided = map[Language][]avoided{}
	for _, c := range l.base.Concepts() {
		for lang, terms := range c.Avoid {
			for _, t := range terms {
				l.avoided[lang] = append(l.avoided[lang], avoided{strings.ToLower(t), c.Terms[lang][0]})
			}
		}
	}
}

// prose checks the language of a text, tokens left out: that it is the one that it claims to be
// and that its sentences can be read. A few Latin words may stand alone in a language with a script of its own.
func (c checker) prose(l Language, text string, few int, report func(string, ...any)) {
	if r, found := foreign(l, text); found {
		report("letter %q is not of this language", r)
	}
	if lacksScript(l, text, few) {
		report("has no letter of this language")
	}
	if other := readsLike(l, strings.ToLower(text)); other != "" {
		report("reads like %s, not %s", other, l)
	}
	for s := range strings.FieldsFuncSeq(endSentences.Replace(text), func(r rune) bool { return r == '\x00' }) {
		if n, limit, unit := length(l, s); n > limit {
			report("sentence of %d %s, at most %d: %s", n, unit, limit, beginning(s))
		}
	}
}

// preferred reports the terms of the glossary that texts do not use.
func (c checker) preferred(l Language, text string, report func(string, ...any)) {
	lower := strings.ToLower(text)
	for _, a := range c.avoided[l] {
		if usesTerm(lower, a.term) {
			report("%q: the term is %q", a.term, a.preferred)
		}
	}
}

var endSentences = strings.NewReplacer(". ", ".\x00", "! ", "!\x00", "? ", "?\x00", "; ", ";\x00", "。", "。\x00", "！", "！\x00", "？", "？\x00", "；", "；\x00")

func length(l Language, sentence string) (n, limit int, unit string) {
	if l != Chinese {
		return words(sentence), maxSentenceWords, "words"
	}
	for _, r := range sentence {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n, maxSentenceCharacters, "characters"
}

// beginning is enough of a sentence to find it.
func beginning(s string) string {
	all := strings.Fields(s)
	return strings.Join(all[:min(len(all), 6)], " ") + " …"
}

// usesTerm finds a term where a word begins; endings may follow it.
func usesTerm(text, term string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], term)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		if first, _ := utf8.DecodeRuneInString(term); han(first) || !unicode.IsLetter(before) && before != '-' {
			return true
		}
		at += len(term)
	}
}

// shortProse checks the prose of a short text in one of its languages.
func (c checker) shortProse(p place, l Language, s string, t Text) {
	text := proseOf(parseInline(s, 1, ignoreFaults))
	english := t[English]
	few := 0
	switch {
	case l == English || english == "":
	case s == english && copied(text):
		p.defect("copied from English")
		return
	case s == english:
		few = words(text)
	}
	c.prose(l, text, few, p.defect)
	c.preferred(l, text, p.defect)
}

// blockProse checks the prose of a block of a page, beside the same page in the leading language.
func (c checker) blockProse(l Language, text, section string, lead *page, report func(string, ...any)) {
	if lead != nil && lead.prose[text] && copied(text) {
		report("is copied from English")
		return
	}
	c.prose(l, text, 3, report)
	if section != "symptoms" { // in the words of users
		c.preferred(l, text, report)
	}
}

// checkAvoided checks that a concept's avoided terms are terms, and not the preferred ones.
func checkAvoided(p place, v *Concept) {
	for l, terms := range v.Avoid {
		for i, t := range terms {
			if at := slices.Index(v.Terms[l], t); at < 1 {
				p.at(string(l)).item(i).defect("%q is not one of the terms after the first", t)
			}
		}
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
