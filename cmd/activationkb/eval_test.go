package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/index"
)

func TestEvalRefusesWhatItCannotMeasure(t *testing.T) {
	for _, c := range []struct{ name, args, want string }{
		{"nothing named", "eval", "eval: of what?"},
		{"unknown subject", "eval weather", `eval: cannot evaluate "weather"`},
		{"two subjects", "eval search logs", `eval: cannot evaluate "search logs"`},
		{"no logs named", "eval logs", "eval logs: give --logs DIR"},
		{"no labels there", "eval logs --logs testdata", "diagnose: no labels (*.json) in testdata"},
		{"no symptoms there", "eval diagnose --queries testdata", "index: no query sets"},
		{"no query sets there", "eval search --queries testdata", "index: no query sets"},
		{"no corpus there", "eval search --corpus testdata", "index: no *.jsonl.gz in testdata"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, problem bytes.Buffer
			if code := run(t.Context(), strings.Fields(c.args), nil, &out, &problem); code != exitUsage {
				t.Errorf("status %d", code)
			}
			if out.Len() > 0 || !strings.Contains(problem.String(), c.want) {
				t.Errorf("%q, %q; want %q", out.String(), problem.String(), c.want)
			}
		})
	}
}

func TestEvalOutsideTheSourceTreeAsksForQueries(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := inSourceTree(ownQueries); err == nil || !strings.Contains(err.Error(), "--queries DIR") {
		t.Errorf("%v", err)
	}
}

func TestEvalPrintsTableAndJSON(t *testing.T) {
	dir := t.TempDir()
	queries := "kms host not found in dns\tdns-srv-record-missing\nbread recipe\t-\n"
	if err := os.WriteFile(filepath.Join(dir, "en.tsv"), []byte(queries), 0o644); err != nil {
		t.Fatal(err)
	}
	var table, figures, problem bytes.Buffer
	if code := run(t.Context(), []string{"eval", "search", "--queries", dir}, nil, &table, &problem); code != exitAnswered || problem.Len() > 0 {
		t.Fatalf("status %d: %s", code, problem.String())
	}
	for line := range strings.Lines(table.String()) {
		if columns(strings.TrimSpace(line)) > width {
			t.Errorf("more than %d columns: %q", width, line)
		}
	}
	for _, want := range []string{"symptoms  en ", "symptoms  all ", "need --corpus DIR"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
	if code := run(t.Context(), []string{"eval", "search", "--json", "--queries", dir}, nil, &figures, &problem); code != exitAnswered {
		t.Fatalf("status %d: %s", code, problem.String())
	}
	var e index.Evaluation
	if err := json.Unmarshal(figures.Bytes(), &e); err != nil || len(e.Figures) != 2 || e.Figures[0].Queries != 1 || e.Figures[0].OutOfScope != 1 {
		t.Errorf("%v: %s", err, figures.String())
	}
}

func TestEvalDiagnoseAndLogs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"symptoms.tsv": "en\tdns-srv-record-missing\tkms host not found in dns\nen\t-\tbread recipe\n",
		"a.txt":        "LICENSE STATUS:  ---LICENSED---\nLast 5 characters of installed product key: ABCDE\n",
		"a.json":       `{"file": "a.txt", "format": "ospp_dstatus", "expected_facts": {"license_status": "LICENSED"}, "expected_findings": ["licensed_ok"]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ args, want string }{
		{"eval diagnose --queries " + dir, "symptoms  all"},
		{"eval diagnose --json --queries " + dir, `"scopeRight": 2`},
		{"eval logs --logs " + dir, "all               1       1.000  1.000  1.000       1.000  1.000  1.000"},
		{"eval logs --json --logs " + dir, `"negatives": 0`},
	} {
		var out, problem bytes.Buffer
		if code := run(t.Context(), strings.Fields(c.args), nil, &out, &problem); code != exitAnswered || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: status %d, %s\n%s; want %q", c.args, code, problem.String(), out.String(), c.want)
		}
		for line := range strings.Lines(out.String()) {
			if columns(strings.TrimSpace(line)) > width {
				t.Errorf("%s: more than %d columns: %q", c.args, width, line)
			}
		}
	}
}
