package diagnose

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/figures.txt")

// logsDir holds real outputs with what an expert says of them; it is not part of the repository.
const logsDir = "../../../shared/logs"

const figuresFile = "testdata/figures.txt"

const figuresHeader = `# How well labelled logs are understood, see measure.go.
# Made by: go test ./knowledge/diagnose -run RealLogs -update. A figure that drops fails.
# what format logs precision recall F1, or: negatives - logs false
`

// TestRealLogs compares real logs with what an expert says of them, and fails where a figure falls under the
// committed one or a log without a problem gives a finding.
func TestRealLogs(t *testing.T) {
	if names, _ := filepath.Glob(filepath.Join(logsDir, "*.json")); len(names) == 0 {
		t.Skip("no labelled logs at " + logsDir + ": they are not part of the repository")
	}
	m, err := MeasureLogs(t.Context(), New(builtIn(t), nil), logsDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range m.Differ {
		t.Log(d)
	}
	now := figureLines(m)
	t.Log("\n" + now)
	if m.False > 0 {
		t.Errorf("%d false findings in logs without a problem", m.False)
	}
	if *update {
		if err := os.WriteFile(figuresFile, []byte(figuresHeader+now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(figuresFile)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal("no figures are committed: run it with -update")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dropped(string(committed), now) {
		t.Error(d)
	}
}

func figureLines(m *Measurement) string {
	var b strings.Builder
	row := func(what string, f Figures, t Tally) {
		fmt.Fprintf(&b, "%-9s %-13s %3d %.3f %.3f %.3f\n", what, f.Format, f.Logs, t.Precision(), t.Recall(), t.F1())
	}
	for _, f := range m.Figures {
		row("findings", f, f.Findings)
	}
	for _, f := range m.Figures {
		row("facts", f, f.Facts)
	}
	fmt.Fprintf(&b, "negatives -             %3d %d\n", m.Negatives, m.False)
	return b.String()
}

// dropped tells which precision or recall is lower than committed, and which lines are gone.
func dropped(committed, now string) []string {
	have := map[string][]string{}
	for line := range strings.Lines(now) {
		f := strings.Fields(line)
		have[f[0]+" "+f[1]] = f[2:]
	}
	var out []string
	for line := range strings.Lines(committed) {
		f := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(f) != 6 {
			continue
		}
		key := f[0] + " " + f[1]
		new := have[key]
		switch {
		case new == nil:
			out = append(out, key+": committed, but not measured")
		case new[1] < f[3] || new[2] < f[4]: // all have three decimals
			out = append(out, fmt.Sprintf("%s: precision %s, recall %s; committed are %s and %s", key, new[1], new[2], f[3], f[4]))
		}
	}
	return out
}

func TestDroppedFigures(t *testing.T) {
	const was = "# head\nfindings all 9 0.900 0.800 0.847\nfacts all 9 1.000 1.000 1.000\n"
	for _, c := range []struct {
		name, now string
		dropped   int
	}{
		{"equal", was[7:], 0},
		{"better", "findings all 9 0.950 0.800 0.869\nfacts all 10 1.000 1.000 1.000\n", 0},
		{"precision for recall", "findings all 9 0.850 0.900 0.874\nfacts all 9 1.000 1.000 1.000\n", 1},
		{"a line is gone", "findings all 9 0.900 0.800 0.847\n", 1},
		{"both worse", "findings all 9 0.100 0.100 0.100\nfacts all 9 0.999 1.000 1.000\n", 2},
	} {
		if got := dropped(was, c.now); len(got) != c.dropped {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestMeasureLogs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.txt": "LICENSE STATUS:  ---LICENSED---\nLast 5 characters of installed product key: ABCDE\n",
		"a.json": `{"file": "a.txt", "format": "ospp_dstatus", "expected_facts": {"license_status": "LICENSED", "partial_product_key": "XYZXY"},
			"expected_findings": ["licensed_ok", "clock_skew"]}`,
		"b.txt":  "nothing of the kind\n",
		"b.json": `{"file": "b.txt", "format": "unrelated"}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := MeasureLogs(t.Context(), New(builtIn(t), nil), dir)
	if err != nil {
		t.Fatal(err)
	}
	f := m.Figures[0]
	if len(m.Figures) != 3 || f.Findings.Both != 1 || f.Findings.Missed != 1 || f.Facts != (Tally{Both: 1, Extra: 1, Missed: 1}) || m.Negatives != 1 || m.False != 0 {
		t.Errorf("%+v", m)
	}
	if all := m.Figures[2]; all.Logs != 2 || all.Facts.F1() != 0.5 || all.Findings.Recall() != 0.5 {
		t.Errorf("all: %+v", all)
	}
	if _, err := MeasureLogs(t.Context(), New(builtIn(t), nil), t.TempDir()); err == nil {
		t.Error("an empty folder is measured")
	}
}

func TestReadSymptoms(t *testing.T) {
	got, err := ReadSymptoms(strings.NewReader("# head\nnb\ta-b,c\tpc finner ikke kms\n\nen\t-\tbread recipe\n"))
	if err != nil || len(got) != 2 || len(got[0].Articles) != 2 || got[1].Articles != nil || got[1].Text != "bread recipe" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"nb\ttext only\n", "de\t-\tText\n"} {
		if _, err := ReadSymptoms(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
