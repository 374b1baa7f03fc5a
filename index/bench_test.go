package index

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/activationkb/activationkb/knowledge"
)

func BenchmarkBuild(b *testing.B) {
	base := builtInBase(b)
	b.ReportAllocs()
	for b.Loop() {
		x, err := Build(base, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(x.docs.passages)), "passages")
		x.Close()
	}
}

// BenchmarkSuggester prepares the suggestions.
func BenchmarkSuggester(b *testing.B) {
	x := builtInIndex(b)
	b.ReportAllocs()
	for b.Loop() {
		newSuggester(x.docs, x.analyzer)
	}
}

func BenchmarkReopen(b *testing.B) {
	base, dir := builtInBase(b), b.TempDir()
	first, err := Build(base, Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	first.Close()
	for b.Loop() {
		x, err := Build(base, Options{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		x.Close()
	}
}

func BenchmarkSearch(b *testing.B) {
	x := builtInIndex(b)
	texts := make(map[knowledge.Language][]string)
	for _, q := range questions(b) {
		texts[q.language] = append(texts[q.language], q.text)
	}
	for _, l := range knowledge.Languages {
		b.Run(string(l), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				req := Request{Text: texts[l][i%len(texts[l])], Language: l, Facets: true}
				if _, err := x.Search(context.Background(), req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSuggest types texts letter by letter: every prefix is asked for.
func BenchmarkSuggest(b *testing.B) {
	x := builtInIndex(b)
	typed := keystrokes(b, 40)
	took := make([]time.Duration, 0, len(typed))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k, start := typed[i%len(typed)], time.Now()
		x.Suggest(k.text, k.language, 8)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
	b.ReportMetric(float64(took[len(took)-1])/1e6, "max-ms")
}

// keystrokes gives every prefix of n questions, of all languages in turn, some with a slip, and
// of codes.
func keystrokes(t testing.TB, n int) []question {
	all := questions(t)
	texts := []question{{text: "0xC004F074", language: "en"}, {text: "-1073418124", language: "nb"}, {text: "hendelse 12288", language: "nb"},
		{text: "windows jihuo chanpin miyao", language: "zh"}, {text: "kak aktivirovat vindu", language: "ru"}}
	for i := range n - len(texts) {
		q := all[i*len(all)/n]
		if r := []rune(q.text); i%4 == 0 && len(r) > 6 {
			r[4], r[5] = r[5], r[4]
			q.text = string(r)
		}
		texts = append(texts, q)
	}
	var typed []question
	for _, q := range texts {
		for i := range q.text {
			if i > 0 {
				typed = append(typed, question{language: q.language, text: q.text[:i]})
			}
		}
		typed = append(typed, q)
	}
	return typed
}

// BenchmarkTicket asks with a text as long as texts are looked at.
func BenchmarkTicket(b *testing.B) {
	x := builtInIndex(b)
	var text strings.Builder
	for text.Len() < maxText {
		for _, q := range questions(b) {
			text.WriteString(q.text + "\n")
		}
	}
	for b.Loop() {
		if _, err := x.Find(context.Background(), knowledge.Query{Text: text.String(), Language: "nb", Limit: 10}); err != nil {
			b.Fatal(err)
		}
	}
}
