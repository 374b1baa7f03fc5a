package diagnose

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// Tally counts what was expected and said (Both), said only (Extra), and expected only (Missed).
type Tally struct {
	Both   int `json:"both"`
	Extra  int `json:"extra"`
	Missed int `json:"missed"`
}

// Precision is the share of what was said that is right; 1 where nothing was said.
func (t Tally) Precision() float64 { return share(t.Both, t.Both+t.Extra) }

// Recall is the share of what was expected that was said; 1 where nothing was expected.
func (t Tally) Recall() float64 { return share(t.Both, t.Both+t.Missed) }

// F1 is the harmonic mean of precision and recall.
func (t Tally) F1() float64 { return share(2*t.Both, 2*t.Both+t.Extra+t.Missed) }

func (t *Tally) add(u Tally) {
	t.Both, t.Extra, t.Missed = t.Both+u.Both, t.Extra+u.Extra, t.Missed+u.Missed
}

func share(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// Figures tell how well the logs of one format are understood.
type Figures struct {
	Format   string `json:"format"` // as the labels name it, or "all"
	Logs     int    `json:"logs"`
	Findings Tally  `json:"findings"`
	Facts    Tally  `json:"facts"` // of the kinds that a label names
}

// Measurement is how well an engine understands labelled logs.
type Measurement struct {
	Figures   []Figures `json:"figures"`       // by format, and the last over all
	Negatives int       `json:"negatives"`     // logs without a problem or of another subject
	False     int       `json:"falseFindings"` // errors and warnings found in those
	Skipped   []string  `json:"skipped"`       // samples that no parser reads yet
	Differ    []string  `json:"differences"`   // "sample: missed finding x", one for each difference
}

// MeasureLogs reads the labels (*.json) of a folder and the samples beside them, each sample as an upload of its
// own, and compares. It fails where there are none.
func MeasureLogs(ctx context.Context, e *Engine, dir string) (*Measurement, error) {
	names, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	if len(names) == 0 {
		return nil, fmt.Errorf("diagnose: no labels (*.json) in %s", dir)
	}
	m := &Measurement{}
	byFormat := map[string]*Figures{}
	for _, name := range names {
		l, err := formats.ReadLabel(name)
		if err != nil {
			return nil, err
		}
		f := byFormat[l.Format]
		if f == nil {
			f = &Figures{Format: l.Format}
			byFormat[l.Format] = f
		}
		if err := m.sample(ctx, e, l, f); err != nil {
			return nil, err
		}
	}
	all := Figures{Format: "all"}
	for _, format := range slices.Sorted(maps.Keys(byFormat)) {
		f := byFormat[format]
		if f.Logs == 0 {
			continue
		}
		m.Figures = append(m.Figures, *f)
		all.Logs += f.Logs
		all.Findings.add(f.Findings)
		all.Facts.add(f.Facts)
	}
	m.Figures = append(m.Figures, all)
	return m, nil
}

func (m *Measurement) sample(ctx context.Context, e *Engine, l *formats.Label, f *Figures) error {
	data, err := os.ReadFile(l.File)
	if err != nil {
		return err
	}
	name := filepath.Base(l.File)
	var all formats.Document // of an archive, the facts of all its files
	a, err := e.Analyze(ctx, []File{{Name: name, Data: data}}, Options{Seen: func(d *formats.Document) { all.Facts = append(all.Facts, d.Facts...) }})
	if err != nil {
		return err
	}
	if a.Documents[0].Encoding == "binary" {
		m.Skipped = append(m.Skipped, name)
		return nil
	}
	f.Logs++
	f.Findings.add(m.findings(name, l, a))
	j := l.Judge(&all)
	f.Facts.add(Tally{Both: j.Right, Extra: len(j.Wrong), Missed: len(j.Missing)})
	for _, s := range j.Missing {
		m.differ(name, "missed fact "+s)
	}
	for _, s := range j.Wrong {
		m.differ(name, "wrong fact "+s)
	}
	return nil
}

// findings compares the findings of one log. That there is no problem is no finding of its own where nothing was
// expected.
func (m *Measurement) findings(name string, l *formats.Label, a *Analysis) Tally {
	var t Tally
	found := map[string]bool{}
	for _, f := range a.Findings {
		found[f.ID] = true
		switch {
		case slices.Contains(l.Findings, f.ID), slices.Contains(l.Acceptable, f.ID):
		case f.ID == "no-problem" && len(l.Findings) == 0:
		default:
			t.Extra++
			m.differ(name, "extra finding "+f.ID)
			if len(l.Findings) == 0 && f.Severity != knowledge.Info || l.Unrelated() {
				m.False++
			}
		}
	}
	if len(l.Findings) == 0 {
		m.Negatives++
	}
	for _, id := range l.Findings {
		if found[id] {
			t.Both++
		} else {
			t.Missed++
			m.differ(name, "missed finding "+id)
		}
	}
	return t
}

func (m *Measurement) differ(name, what string) { m.Differ = append(m.Differ, name+": "+what) }
