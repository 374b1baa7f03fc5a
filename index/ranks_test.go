package index

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/ranks.txt")

const ranksFile = "testdata/ranks.txt"

const ranksHeader = `# How well the search answers, see evaluate.go; between 0 and 1.
# Made by: go test ./index -run Ranks -update. A figure that drops by more than its tolerance fails.
# set query content queries ndcg@10 mrr@10 recall@10 success@1 success@3 auc
`

// tolerance is how far a figure may drop below the committed one. The same content gives the same
// figures: the tolerance is for changes that pay elsewhere.
var tolerance = map[string]float64{
	SetSymptoms: 0.03, // 68 queries in a language: two of them may lose their first place
	SetSame:     0.01, // about 250 queries in a language: two or three
	SetCross:    0.03, // about 80 queries in a pair of languages: two or three
	SetCrossB:   0.03, // as cross
}

// overall is the share of the tolerance that a whole set has: chance evens out over its languages.
const overall = 0.5

// corpusFolder lies beside the repository, if at all.
const corpusFolder = "../../shared/corpus"

// rank is a line of ranksFile: what is measured, and the figures.
type rank struct {
	key    string // set, query, content, number of queries
	values []float64
}

func rankOf(f Figures) rank {
	r := rank{key: fmt.Sprintf("%-8s %-2s %-2s %4d", f.Set, cmp.Or(f.Query, "-"), cmp.Or(f.Content, "-"), f.Queries)}
	for _, e := range []Estimate{f.NDCG, f.MRR, f.Recall, f.Success1, f.Success3} {
		r.values = append(r.values, e.Value)
	}
	if f.AUC != nil {
		r.values = append(r.values, f.AUC.Value)
	}
	return r
}

func (r rank) String() string {
	s := r.key
	for _, v := range r.values {
		s += fmt.Sprintf(" %.3f", v)
	}
	return s
}

func parseRank(line string) (rank, error) {
	f := strings.Fields(line)
	if len(f) < 9 {
		return rank{}, fmt.Errorf("%d fields", len(f))
	}
	n, err := strconv.Atoi(f[3])
	r := rank{key: fmt.Sprintf("%-8s %-2s %-2s %4d", f[0], f[1], f[2], n)}
	for _, s := range f[4:] {
		v, e := strconv.ParseFloat(s, 64)
		r.values, err = append(r.values, v), cmp.Or(err, e)
	}
	return r, err
}

// allowed is how far a figure of the line may drop.
func (r rank) allowed() float64 {
	f := strings.Fields(r.key)
	if f[1] == "-" {
		return overall * tolerance[f[0]]
	}
	return tolerance[f[0]]
}

// compare tells which figures dropped too far, and whether any rose.
func (r rank) compare(now rank) (dropped []string, better bool) {
	names := []string{"ndcg", "mrr", "recall", "success@1", "success@3", "auc"}
	if len(now.values) != len(r.values) {
		return []string{fmt.Sprintf("%d figures, committed are %d", len(now.values), len(r.values))}, false
	}
	for i, v := range r.values {
		if now.values[i] < v-r.allowed()-0.0005 { // the file has three decimals
			dropped = append(dropped, fmt.Sprintf("%s %.3f, committed is %.3f", names[i], now.values[i], v))
		}
		better = better || now.values[i] > v+0.001
	}
	return dropped, better
}

func TestRanks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	sets, err := ReadQueries("testdata/eval")
	if err != nil {
		t.Fatal(err)
	}
	corpus, err := ReadCorpus(corpusFolder)
	if err != nil && *update {
		t.Fatalf("the figures of the corpus would be lost: %v", err)
	}
	e, err := Evaluate(context.Background(), builtInBase(t), sets, corpus, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	var now []rank
	for _, f := range e.Figures {
		now = append(now, rankOf(f))
	}
	if *update {
		writeRanks(t, now)
	}
	for _, old := range committedRanks(t) {
		if i := slices.IndexFunc(now, func(r rank) bool { return r.key == old.key }); i >= 0 {
			old.check(t, now[i])
		} else if corpus != nil || strings.HasPrefix(old.key, SetSymptoms) {
			t.Errorf("%s: committed, but not measured; were queries added? Then run it with -update", old.key)
		}
	}
	if corpus == nil {
		t.Skipf("the sets same, cross and crossb need the parallel corpus in %s", corpusFolder)
	}
}

func (r rank) check(t *testing.T, now rank) {
	dropped, better := r.compare(now)
	for _, d := range dropped {
		t.Errorf("%s: %s", r.key, d)
	}
	if better {
		t.Logf("better: %v\n   was: %v", now, r)
	}
}

func writeRanks(t *testing.T, now []rank) {
	t.Helper()
	text := ranksHeader
	for _, r := range now {
		text += r.String() + "\n"
	}
	if err := os.WriteFile(ranksFile, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func committedRanks(t *testing.T) []rank {
	t.Helper()
	data, err := os.ReadFile(ranksFile)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal("no figures are committed: run it with -update")
	}
	if err != nil {
		t.Fatal(err)
	}
	var ranks []rank
	n := 0
	for line := range strings.Lines(string(data)) {
		if n++; strings.HasPrefix(line, "#") {
			continue
		}
		r, err := parseRank(line)
		if err != nil {
			t.Fatalf("%s:%d: %v", ranksFile, n, err)
		}
		ranks = append(ranks, r)
	}
	return ranks
}

func TestRanksTellADropFromARise(t *testing.T) {
	was, err := parseRank("same nb nb 250 0.700 0.650 0.800 0.600 0.750")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		now     []float64
		dropped int
		better  bool
	}{
		{"equal", []float64{0.7, 0.65, 0.8, 0.6, 0.75}, 0, false},
		{"within the tolerance", []float64{0.691, 0.65, 0.8, 0.6, 0.75}, 0, false},
		{"two dropped, one rose", []float64{0.68, 0.6, 0.9, 0.6, 0.75}, 2, true},
		{"a figure is gone", []float64{0.7, 0.65, 0.8, 0.6}, 1, false},
	} {
		dropped, better := was.compare(rank{was.key, c.now})
		if len(dropped) != c.dropped || better != c.better {
			t.Errorf("%s: %q, %v", c.name, dropped, better)
		}
	}
	if whole, _ := parseRank("same - - 999 0.700 0.650 0.800 0.600 0.750"); whole.allowed() >= was.allowed() {
		t.Error("a whole set has no tighter tolerance than one language")
	}
}
