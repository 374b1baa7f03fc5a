package index

import (
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

func TestEvalSubjectsAreCompleteRows(t *testing.T) {
	seen := make(map[string]bool)
	for i, line := range strings.Split(strings.TrimSpace(subjectsFile), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 1+len(knowledge.Languages) || slices.Contains(f, "") || strings.Contains(line, "||") || seen[f[0]] {
			t.Errorf("subjects.tsv:%d: want a new id and terms in every language: %q", i+1, line)
		}
		seen[f[0]] = true
	}
}

// A word is not of another subject if our own titles or our glossary have it.
func TestEvalSubjectsAreNotOurs(t *testing.T) {
	x := builtInIndex(t)
	x.confidence(&query{language: knowledge.English}, nil)
	check := func(l knowledge.Language, where, text string) {
		for _, m := range x.scope.subjects.find(tokenize(text), x.analyzer.lexicons[l]) {
			t.Errorf("%s: %s names the subject %q: %s", l, where, m.id, text)
		}
	}
	for _, a := range x.base.Articles() {
		for l, text := range a.Texts {
			check(l, "the title of "+a.ID, text.Title)
		}
	}
	for _, c := range x.base.Concepts() {
		for l, terms := range c.Terms {
			for _, term := range terms {
				check(l, "the concept "+c.ID, term)
			}
		}
	}
}

func TestEvalConfidenceTellsSubjectsApart(t *testing.T) {
	x := builtInIndex(t)
	for _, c := range []struct {
		language knowledge.Language
		text     string
		ours     bool
	}{
		{"en", "kms host not found in dns", true},
		{"nb", "windows er ikke aktivert etter bytte av hovedkort", true},
		{"zh", "无法联系密钥管理服务", true},
		{"en", "0xC004F074", true},
		{"en", "the calendar of a shared mailbox is empty", false},
		{"sv", "hörlurar fungerar inte i mötet", false},
		{"ru", "где купить билет на поезд", false},
		{"zh", "足球比赛几点", false},
		{"nb", "xyzzy", false},
	} {
		if a := search(t, x, Request{Text: c.text, Language: c.language}); a.Confidence > 0.5 != c.ours || a.Confidence < 0 || a.Confidence > 1 {
			t.Errorf("%s %q: confidence %.2f", c.language, c.text, a.Confidence)
		}
	}
}
