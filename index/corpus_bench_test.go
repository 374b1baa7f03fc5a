package index

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/mapping"
	bquery "github.com/blevesearch/bleve/v2/search/query"

	"github.com/activationkb/activationkb/knowledge"
)

// minBenchPassages is how large a collection the latencies are for.
const minBenchPassages = 12_000

// benchLimit is how many results are asked for: a page of the portal.
const benchLimit = 20

// BenchmarkCorpus asks this search and plain Bleve the same queries, in turn, over the built-in
// articles and a parallel corpus. ns/op is that of both together; the metrics tell them apart. Both
// have answered each query once before: what is measured is a service that runs, not its first hour.
func BenchmarkCorpus(b *testing.B) {
	c, err := ReadCorpus(corpusFolder)
	if err != nil {
		b.Skipf("needs the parallel corpus: %v", err)
	}
	x, plain := benchIndexes(b, c)
	asked := benchQueries(b, c)
	for _, q := range asked { // postings are read once
		benchOwn(b, x, q)
		benchPlain(b, plain, q)
	}
	var own, theirs []time.Duration
	for i := 0; b.Loop(); i++ {
		q := asked[i%len(asked)]
		own = append(own, benchOwn(b, x, q))
		theirs = append(theirs, benchPlain(b, plain, q))
	}
	report(b, own, theirs)
}

// BenchmarkCorpusOwn asks this search only, for profiles.
func BenchmarkCorpusOwn(b *testing.B) {
	c, err := ReadCorpus(corpusFolder)
	if err != nil {
		b.Skipf("needs the parallel corpus: %v", err)
	}
	x := benchIndex(b, c)
	asked := benchQueries(b, c)
	for _, q := range asked {
		benchOwn(b, x, q)
	}
	for i := 0; b.Loop(); i++ {
		benchOwn(b, x, asked[i%len(asked)])
	}
}

func report(b *testing.B, own, theirs []time.Duration) {
	for _, m := range []struct {
		name string
		of   func([]time.Duration) float64
	}{{"p50", quantile(0.5)}, {"p99", quantile(0.99)}, {"mean", meanOf}} {
		a, p := m.of(own), m.of(theirs)
		b.ReportMetric(a, m.name+"-us")
		b.ReportMetric(p, "bleve-"+m.name+"-us")
		b.ReportMetric(a/p, m.name+"-ratio")
	}
}

// quantile gives microseconds, as meanOf.
func quantile(share float64) func([]time.Duration) float64 {
	return func(took []time.Duration) float64 {
		sorted := slices.Sorted(slices.Values(took))
		return float64(sorted[int(share*float64(len(sorted)-1))].Nanoseconds()) / 1000
	}
}

func meanOf(took []time.Duration) float64 {
	var sum time.Duration
	for _, d := range took {
		sum += d
	}
	return float64(sum.Nanoseconds()) / 1000 / float64(len(took))
}

// benchQueries mixes what people ask with titles of the corpus, the same in every run.
func benchQueries(b *testing.B, c *Corpus) []question {
	sets, err := ReadQueries("testdata/eval")
	if err != nil {
		b.Fatal(err)
	}
	var asked []question
	for _, s := range sets {
		for _, q := range s.Queries {
			asked = append(asked, question{language: s.Language, text: q.Text})
		}
	}
	for i, slug := range c.held() {
		if l := knowledge.Languages[i%len(knowledge.Languages)]; c.articles[slug][l] != nil {
			asked = append(asked, question{language: l, text: c.articles[slug][l].Title})
		}
	}
	return asked
}

// benchIndex holds the built-in articles, codes and events, and the corpus.
func benchIndex(b *testing.B, c *Corpus) *Index {
	base := builtInBase(b)
	d := newDocuments(base)
	for _, slug := range c.slugs {
		for _, l := range knowledge.Languages {
			if a := c.articles[slug][l]; a != nil {
				d.addCorpus(a, true)
			}
		}
	}
	if len(d.passages) < minBenchPassages {
		b.Fatalf("%d passages", len(d.passages))
	}
	b.Logf("%d passages", len(d.passages))
	x := &Index{base: base, docs: d}
	if err := x.build(""); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { x.Close() })
	var err error
	if x.ranker, err = newRanker(x.docs, x.store); err != nil {
		b.Fatal(err)
	}
	return x
}

// benchIndexes gives the index and a plain Bleve one of the same passages: title and body in one
// field for each language, with Bleve's analyzer of that language.
func benchIndexes(b *testing.B, c *Corpus) (*Index, bleve.Index) {
	x := benchIndex(b, c)
	m, doc := bleve.NewIndexMapping(), bleve.NewDocumentStaticMapping()
	for _, l := range knowledge.Languages {
		f := mapping.NewTextFieldMapping()
		f.Analyzer, f.Store, f.IncludeTermVectors, f.IncludeInAll = plainAnalyzers[l], false, false, false
		doc.AddFieldMappingsAt(string(l), f)
	}
	m.DefaultMapping = doc
	plain, err := bleve.NewMemOnly(m)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { plain.Close() })
	batch := plain.NewBatch()
	for p := range x.docs.passages {
		texts := make(map[string]any)
		for _, l := range knowledge.Languages {
			if f, ok := x.docs.text(p, l); ok {
				texts[string(l)] = f.title + "\n" + f.heading + "\n" + f.body
			}
		}
		if err := batch.Index(x.docs.items[x.docs.passages[p].item].name+"#"+x.docs.passages[p].section, texts); err != nil {
			b.Fatal(err)
		}
	}
	if err := plain.Batch(batch); err != nil {
		b.Fatal(err)
	}
	return x, plain
}

var plainAnalyzers = map[knowledge.Language]string{"en": "en", "nb": "no", "sv": "sv", "ru": "ru", "zh": "cjk"}

func benchOwn(b *testing.B, x *Index, q question) time.Duration {
	start := time.Now()
	if _, err := x.Search(context.Background(), Request{Text: q.text, Language: q.language, Limit: benchLimit}); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func benchPlain(b *testing.B, x bleve.Index, q question) time.Duration {
	start := time.Now()
	var any []bquery.Query
	for _, l := range knowledge.Languages {
		m := bleve.NewMatchQuery(q.text)
		m.SetField(string(l))
		any = append(any, m)
	}
	req := bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(any...), benchLimit, 0, false)
	if _, err := x.Search(req); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
