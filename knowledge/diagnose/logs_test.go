package diagnose

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
)

// logsDir holds real outputs with the findings that an expert expects; it is not part of the repository.
const logsDir = "../../../shared/logs"

// label is what an expert says of one log.
type label struct {
	File     string   `json:"file"`
	Format   string   `json:"format"`
	Findings []string `json:"expected_findings"`
}

// score counts findings that were expected and found, found only, and expected only.
type score struct{ both, extra, missed, files int }

func (s score) precision() float64 { return ratio(s.both, s.both+s.extra) }
func (s score) recall() float64    { return ratio(s.both, s.both+s.missed) }
func (s score) f1() float64        { return ratio(2*s.both, 2*s.both+s.extra+s.missed) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// TestRealLogs compares the findings of real logs with those an expert expects, and fails where the figures
// fall under the committed ones or an unrelated log gives any finding.
func TestRealLogs(t *testing.T) {
	names, _ := filepath.Glob(filepath.Join(logsDir, "*.json"))
	if len(names) == 0 {
		t.Skip("no labelled logs at " + logsDir + ": they are not part of the repository")
	}
	e := New(builtIn(t), nil)
	byFormat := map[string]*score{}
	total := &score{}
	for _, name := range names {
		l := readLabel(t, name)
		data, err := os.ReadFile(l.File)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(l.File) == ".evtx" && !readsEVTX(e, data) {
			continue // until there is a parser
		}
		found := e.findingIDs(t, l.File, data)
		if l.Format == "unrelated" && len(found) > 0 {
			t.Errorf("%s: an unrelated log gives %v", filepath.Base(l.File), found)
		}
		if byFormat[l.Format] == nil {
			byFormat[l.Format] = &score{}
		}
		extra, missed := compareFindings(l.Findings, found, byFormat[l.Format], total)
		if len(extra)+len(missed) > 0 {
			t.Logf("%s: extra %v, missed %v", filepath.Base(l.File), extra, missed)
		}
	}
	t.Log("\n" + table(byFormat, total))
	if total.precision() < 0.95 || total.recall() < 0.9 {
		t.Errorf("precision %.3f, recall %.3f: want 0.95 and 0.9 at least", total.precision(), total.recall())
	}
}

func readsEVTX(e *Engine, data []byte) bool {
	a, err := e.Analyze(context.Background(), []File{{Name: "x.evtx", Data: data}}, Options{})
	return err == nil && len(a.Facts) > 0
}

func readLabel(t *testing.T, name string) label {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var l label
	if err := json.Unmarshal(data, &l); err != nil {
		t.Fatal(err)
	}
	l.File = filepath.Join(logsDir, filepath.Base(l.File))
	for i, id := range l.Findings {
		l.Findings[i] = strings.ReplaceAll(id, "_", "-")
	}
	if l.Format == "unrelated" || slices.Equal(l.Findings, []string{"no-problem"}) {
		l.Findings = nil // labelled as no problem: nothing is expected
	}
	return l
}

func (e *Engine) findingIDs(t *testing.T, name string, data []byte) []string {
	t.Helper()
	a, err := e.Analyze(context.Background(), []File{{Name: filepath.Base(name), Data: data}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range a.Findings {
		ids = append(ids, f.ID)
	}
	return ids
}

func compareFindings(want, got []string, scores ...*score) (extra, missed []string) {
	for _, id := range got {
		if !slices.Contains(want, id) && (id != "no-problem" || len(want) > 0) {
			extra = append(extra, id)
		}
	}
	for _, id := range want {
		if !slices.Contains(got, id) {
			missed = append(missed, id)
		}
	}
	for _, s := range scores {
		s.files++
		s.extra += len(extra)
		s.missed += len(missed)
		s.both += len(want) - len(missed)
	}
	return extra, missed
}

func table(byFormat map[string]*score, total *score) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "format\tlogs\tprecision\trecall\tF1")
	row := func(name string, s *score) {
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\n", name, s.files, s.precision(), s.recall(), s.f1())
	}
	for _, format := range slices.Sorted(maps.Keys(byFormat)) {
		row(format, byFormat[format])
	}
	row("all", total)
	w.Flush()
	return b.String()
}
