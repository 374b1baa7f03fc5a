package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/activationkb/activationkb/index"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/knowledge/diagnose"
)

// ownSymptoms holds the committed symptom texts; like the query sets, it is no part of the binary.
const ownSymptoms = "server/testdata"

// symptomFile is what a folder of symptom texts may hold beside or instead of query sets.
const symptomFile = "symptoms.tsv"

func (c *call) evalLogs(ctx context.Context, dir string) (int, error) {
	if dir == "" {
		return exitUsage, errors.New("eval logs: give --logs DIR, a folder of samples with labels (*.json)")
	}
	base, err := knowledge.Load(content.FS())
	if err != nil {
		return exitUsage, err
	}
	m, err := diagnose.MeasureLogs(ctx, diagnose.New(base, nil), dir)
	if err != nil {
		return exitUsage, err
	}
	if c.json {
		return exitAnswered, c.printMeasured(m)
	}
	return exitAnswered, printMeasurement(c.stdout, m)
}

// printMeasurement prints a line for each format, and every difference.
func printMeasurement(w io.Writer, m *diagnose.Measurement) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%-14s %4s   %-23s   %s\n", "", "", "findings", "facts")
	fmt.Fprintf(&out, "%-14s %4s   %9s %6s %6s   %9s %6s %6s\n", "format", "logs", "precision", "recall", "F1", "precision", "recall", "F1")
	for _, f := range m.Figures {
		fmt.Fprintf(&out, "%-14s %4d   %9.3f %6.3f %6.3f   %9.3f %6.3f %6.3f\n", f.Format, f.Logs,
			f.Findings.Precision(), f.Findings.Recall(), f.Findings.F1(), f.Facts.Precision(), f.Facts.Recall(), f.Facts.F1())
	}
	fmt.Fprintf(&out, "\n%d false findings in %d logs without a problem.\n", m.False, m.Negatives)
	for _, s := range m.Skipped {
		fmt.Fprintf(&out, "Not read: %s\n", s)
	}
	for i, d := range m.Differ {
		if i == 0 {
			out.WriteByte('\n')
		}
		out.WriteString(d + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// symptomSet is what was measured of one folder.
type symptomSet struct {
	Set     string                    `json:"set"`
	Figures []diagnose.SymptomFigures `json:"figures"`
}

func (c *call) evalDiagnose(ctx context.Context, dir string) (int, error) {
	dirs := []string{dir}
	if dir == "" {
		dirs = nil
		for _, own := range []string{ownSymptoms, ownQueries} {
			found, err := inSourceTree(own)
			if err != nil {
				return exitUsage, err
			}
			dirs = append(dirs, found)
		}
	}
	sets := make(map[string][]diagnose.Symptom)
	var names []string
	for _, dir := range dirs {
		if err := readSymptoms(dir, sets, &names); err != nil {
			return exitUsage, err
		}
	}
	base, err := knowledge.Load(content.FS())
	if err != nil {
		return exitUsage, err
	}
	x, err := index.Build(base, index.Options{})
	if err != nil {
		return exitUsage, err
	}
	defer x.Close()
	e := diagnose.New(base, x)
	var out []symptomSet
	for _, name := range names {
		fmt.Fprintf(c.progress(), "%s: %d texts\n", name, len(sets[name]))
		figures, err := diagnose.MeasureSymptoms(ctx, e, sets[name])
		if err != nil {
			return exitUsage, err
		}
		out = append(out, symptomSet{name, figures})
	}
	if c.json {
		return exitAnswered, c.printMeasured(map[string]any{"sets": out})
	}
	return exitAnswered, printSymptoms(c.stdout, out)
}

// readSymptoms reads the symptom texts of a folder, or its query sets.
func readSymptoms(dir string, sets map[string][]diagnose.Symptom, names *[]string) error {
	keep := func(name string, symptoms []diagnose.Symptom) {
		sets[name] = symptoms
		*names = append(*names, name)
	}
	f, err := os.Open(filepath.Join(dir, symptomFile))
	if err == nil {
		defer f.Close()
		symptoms, err := diagnose.ReadSymptoms(f)
		if err != nil {
			return fmt.Errorf("eval: %s:%w", f.Name(), err)
		}
		keep("symptoms", symptoms)
		return nil
	}
	queries, err := index.ReadQueries(dir)
	if err != nil {
		return err
	}
	var symptoms []diagnose.Symptom
	for _, s := range queries {
		for _, q := range s.Queries {
			symptoms = append(symptoms, diagnose.Symptom{Language: s.Language, Text: q.Text, Articles: q.Articles})
		}
	}
	keep("queries", symptoms)
	return nil
}

func printSymptoms(w io.Writer, sets []symptomSet) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%-9s %-4s  %5s  %13s  %13s  %15s\n", "set", "lang", "n", "first", "among three", "scope right")
	for i, s := range sets {
		if i > 0 {
			out.WriteByte('\n')
		}
		for _, f := range s.Figures {
			part := func(n, of int) string { return fmt.Sprintf("%d (%.1f %%)", n, 100*float64(n)/float64(max(of, 1))) }
			fmt.Fprintf(&out, "%-9s %-4s  %5d  %13s  %13s  %15s\n", s.Set, f.Language, f.Asked, part(f.First, f.InScope), part(f.Three, f.InScope), part(f.ScopeRight, f.Asked))
		}
	}
	out.WriteString("\nfirst, among three: of the texts about activation, those whose first article, or\none of the first three, is right. scope right: of all n, rightly taken as such.\n")
	fmt.Fprintf(&out, "\n%-9s %-10s  %24s  %24s\n", "", "", "the first article", "those after it")
	fmt.Fprintf(&out, "%-9s %-10s  %8s %6s %8s  %8s %6s %8s\n", "set", "confidence", "n", "said", "is right", "n", "said", "is right")
	for _, s := range sets {
		all := s.Figures[len(s.Figures)-1]
		for i := range all.FirstSure {
			fmt.Fprintf(&out, "%-9s %-10s", s.Set, fmt.Sprintf("%.1f - %.1f", float64(i)/float64(len(all.FirstSure)), float64(i+1)/float64(len(all.FirstSure))))
			for _, c := range []diagnose.Calibration{all.FirstSure, all.NextSure} {
				n := float64(max(c[i].N, 1))
				fmt.Fprintf(&out, "  %8d %6.2f %8.2f", c[i].N, c[i].Said/n, float64(c[i].Right)/n)
			}
			out.WriteByte('\n')
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
