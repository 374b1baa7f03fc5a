package index

import (
	"context"
	"strings"
	"testing"

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

func BenchmarkSuggest(b *testing.B) {
	x := builtInIndex(b)
	for _, typed := range []string{"akt", "kms-ver", "f07", "brannmru"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				x.Suggest(typed, "nb", 8)
			}
		})
	}
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
