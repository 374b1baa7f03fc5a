package diagnose

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// Symptom is a text that a person may write, with the articles that answer it; none where it is of another
// subject.
type Symptom struct {
	Language knowledge.Language
	Text     string
	Articles []string // ids, each as right as the others
}

// ReadSymptoms reads lines of language, article ids separated by commas or -, and text, separated by tabs.
func ReadSymptoms(r io.Reader) ([]Symptom, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var out []Symptom
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || !slices.Contains(knowledge.Languages, knowledge.Language(f[0])) {
			return nil, fmt.Errorf("%d: want a language, article ids or -, and a text", n)
		}
		s := Symptom{Language: knowledge.Language(f[0]), Text: f[2]}
		if f[1] != "-" {
			s.Articles = strings.Split(f[1], ",")
		}
		out = append(out, s)
	}
	return out, nil
}

// SymptomFigures tell how well symptoms in one language are diagnosed.
type SymptomFigures struct {
	Language   string `json:"language"` // or "all"
	Asked      int    `json:"asked"`
	InScope    int    `json:"inScope"`    // have an answer
	First      int    `json:"first"`      // of those: a right article stands first
	Three      int    `json:"three"`      // or among the first three
	ScopeRight int    `json:"scopeRight"` // of all: rightly taken as about activation or not

	// How sure the answer is of its articles, against how often these are right: of the first, and of
	// those after it. Texts about something else count as well, if they are answered.
	FirstSure Calibration `json:"firstSure"`
	NextSure  Calibration `json:"nextSure"`
}

func (f *SymptomFigures) add(g SymptomFigures) {
	f.Asked, f.InScope, f.First, f.Three, f.ScopeRight = f.Asked+g.Asked, f.InScope+g.InScope, f.First+g.First, f.Three+g.Three, f.ScopeRight+g.ScopeRight
	f.FirstSure.add(g.FirstSure)
	f.NextSure.add(g.NextSure)
}

// Calibration counts diagnoses by their confidence: below 0.2, below 0.4 and so on.
type Calibration [5]struct {
	Said  float64 `json:"said"` // the sum of their confidences
	Right int     `json:"right"`
	N     int     `json:"n"`
}

func (c *Calibration) note(confidence float64, right bool) {
	b := &c[min(len(c)-1, int(confidence*float64(len(c))))]
	b.Said += confidence
	b.N++
	if right {
		b.Right++
	}
}

func (c *Calibration) add(o Calibration) {
	for i := range c {
		c[i].Said, c[i].Right, c[i].N = c[i].Said+o[i].Said, c[i].Right+o[i].Right, c[i].N+o[i].N
	}
}

// MeasureSymptoms diagnoses each symptom as a first message, in its language. The last figures are over all.
func MeasureSymptoms(ctx context.Context, e *Engine, symptoms []Symptom) ([]SymptomFigures, error) {
	byLanguage := map[knowledge.Language]*SymptomFigures{}
	all := SymptomFigures{Language: "all"}
	for _, s := range symptoms {
		r, err := e.Diagnose(ctx, SymptomRequest{Text: s.Text, Language: s.Language, Max: 3})
		if err != nil {
			return nil, fmt.Errorf("diagnose: %q: %w", s.Text, err)
		}
		f := byLanguage[s.Language]
		if f == nil {
			f = &SymptomFigures{Language: string(s.Language)}
			byLanguage[s.Language] = f
		}
		one := s.judge(r)
		f.add(one)
		all.add(one)
	}
	var out []SymptomFigures
	for _, l := range knowledge.Languages {
		if f := byLanguage[l]; f != nil {
			out = append(out, *f)
		}
	}
	return append(out, all), nil
}

func (s *Symptom) judge(r *Symptoms) SymptomFigures {
	f := SymptomFigures{Asked: 1}
	if (r.Outcome != OutOfScope) == (len(s.Articles) > 0) {
		f.ScopeRight = 1
	}
	for i, d := range r.Diagnoses {
		sure := &f.NextSure
		if i == 0 {
			sure = &f.FirstSure
		}
		sure.note(d.Confidence, slices.Contains(s.Articles, d.Article.ID))
	}
	if len(s.Articles) == 0 {
		return f
	}
	f.InScope = 1
	switch slices.IndexFunc(r.Diagnoses, func(d Diagnosis) bool { return slices.Contains(s.Articles, d.Article.ID) }) {
	case 0:
		f.First, f.Three = 1, 1
	case 1, 2:
		f.Three = 1
	}
	return f
}
