package index

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

var ablate = flag.Bool("ablate", false, "write testdata/ablation.txt: what each lever is worth; takes minutes")

// levers are the parts of the search that can be taken out, each alone.
var levers = []struct {
	name string
	off  func()
}{
	{"all of it", func() {}},
	{"ways to ask", func() { weights.asked = 0 }},
	{"learned translations", func() { weights.learned = 0 }},
	{"learned paraphrases", func() { weights.paraphrase = 0 }},
	{"languages together", func() { weights.agreement = 0 }},
	{"nearest way to ask", func() { weights.nearest = 0 }},
	{"share of the title", func() { weights.titled = 0 }},
	{"way or failure", func() { weights.task, weights.problem = 1, 1 }},
	{"glossary", func() { weights.synonym, weights.translated, weights.concept = 0, 0, 1 }},
	{"everyday words", func() { weights.everyday, weights.everydayAbroad = 0, 0 }},
	{"related articles", func() { weights.related = 0 }},
	{"parts of compounds", func() { weights.parts, weights.part, weights.piece = 0, 0, 0 }},
	{"repair of words", func() { weights.repaired = [3]float64{1, 0, 0} }},
	{"titles (as running text)", func() { weights.title = 1 }},
	{"length of running text", func() { weights.bodyB = 0 }},
	{"saturation of running text", func() { weights.bodyK1 = 1000; weights.body = 0.99 }},
	{"spread over sections", func() { weights.spread = 0 }},
	{"phrases as one thing", func() { weights.phrase = 1 }},
	{"single ideographs", func() { weights.ideograph = 0 }},
	{"weight of codes", func() { weights.code = 1 }},
	{"weight of versions", func() { weights.version = 1 }},
	{"keywords", func() { weights.keyword = 0 }},
}

// TestAblation measures with one lever off at a time: nDCG@10 of the symptoms by language, and of the corpus.
func TestAblation(t *testing.T) {
	if !*ablate {
		t.Skip("run with -ablate")
	}
	sets, err := ReadQueries("testdata/eval")
	if err != nil {
		t.Fatal(err)
	}
	corpus, err := ReadCorpus(corpusFolder)
	if err != nil {
		t.Skip(err)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "# nDCG@10 with one lever off. Made by: go test ./index -run Ablation -ablate -timeout 1h\n%-28s", "off")
	whole := weights
	for i, lever := range levers {
		weights = whole
		lever.off()
		e, err := Evaluate(context.Background(), builtInBase(t), sets, corpus, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			for _, l := range knowledge.Languages {
				fmt.Fprintf(&table, " %6s", l)
			}
			fmt.Fprintf(&table, " %6s %6s %6s %6s\n", "all", "same", "cross", "crossb")
		}
		fmt.Fprintf(&table, "%-28s", lever.name)
		for _, l := range knowledge.Languages {
			fmt.Fprintf(&table, " %6.3f", figure(e, SetSymptoms, l))
		}
		for _, set := range []string{SetSymptoms, SetSame, SetCross, SetCrossB} {
			fmt.Fprintf(&table, " %6.3f", figure(e, set, ""))
		}
		table.WriteByte('\n')
		t.Log(lever.name)
	}
	weights = whole
	if err := os.WriteFile("testdata/ablation.txt", []byte(table.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func figure(e *Evaluation, set string, l knowledge.Language) float64 {
	for _, f := range e.Figures {
		if f.Set == set && f.Query == l && (l != "" || f.Content == "") {
			return f.NDCG.Value
		}
	}
	return -1
}
