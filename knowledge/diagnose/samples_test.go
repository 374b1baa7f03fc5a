package diagnose

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// builtIn loads the built-in content. Defects outside the findings, and articles that are still missing, are
// for the content's own test.
func builtIn(t *testing.T) *knowledge.Base {
	t.Helper()
	base, defects := drafted()
	for _, d := range defects {
		if strings.HasPrefix(d.File, "findings/") && d.Field != "article" {
			t.Error(d)
		}
	}
	return base
}

var drafted = sync.OnceValues(func() (*knowledge.Base, knowledge.Defects) { return knowledge.Draft(content.FS()) })

// TestSamples runs every sample of every finding: documents through formats and rules, against the
// outcome that the sample wants.
func TestSamples(t *testing.T) {
	base := builtIn(t)
	if len(base.Findings()) < 80 {
		t.Fatalf("only %d findings in the built-in content", len(base.Findings()))
	}
	e := New(base, nil)
	for _, f := range base.Findings() {
		t.Run(f.ID, func(t *testing.T) {
			for i := range f.Samples {
				s := &f.Samples[i]
				t.Run(s.Rule+"/"+string(s.Want), func(t *testing.T) { runSample(t, e, f, s) })
			}
		})
	}
}

func runSample(t *testing.T, e *Engine, f *knowledge.Finding, s *knowledge.Sample) {
	firings := e.firings(t, f, s)
	got, missing := outcome(firings)
	if got != s.Want {
		t.Errorf("outcome is %s, want %s; missing %v", got, s.Want, missing)
	}
	if s.Want != knowledge.Inconclusive || s.Missing == nil {
		return
	}
	for _, m := range s.Missing {
		if !slices.Contains(missing, m) {
			t.Errorf("missing is %v, want %s in it", missing, m)
		}
	}
}

// firings evaluates the sample's rule over the sample's documents and answers.
func (e *Engine) firings(t *testing.T, f *knowledge.Finding, s *knowledge.Sample) []firing {
	t.Helper()
	var docs []*formats.Document
	for _, name := range slices.Sorted(maps.Keys(s.Documents)) {
		d, err := e.read(name, strings.NewReader(s.Documents[name]), map[string]bool{})
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	rs := collect(docs)
	addContext(rs, knowledge.Context{})
	if warnings := e.addAnswers(rs, answersOf(e.base, s), knowledge.English); warnings != nil {
		t.Error(errors.New(strings.Join(warnings, "; ")))
	}
	derive(rs, e.base)
	if _, _, err := e.apply(t.Context(), rs); err != nil { // marks the codes that no other rule explains
		t.Fatal(err)
	}
	for i := range f.Rules {
		if f.Rules[i].ID == s.Rule {
			var out []firing
			evaluate(f, &f.Rules[i], newJoins(rs), func(fr firing) { out = append(out, fr) })
			return out
		}
	}
	t.Fatalf("no rule %s", s.Rule)
	return nil
}

// answersOf turns a sample's answers into the caller's: options of a choice, else text.
func answersOf(base *knowledge.Base, s *knowledge.Sample) []Answer {
	var answers []Answer
	for id, v := range s.Answers {
		a := Answer{Question: id, Text: v}
		if q, ok := base.Question(id); ok && q.Type == "CHOICE" {
			a = Answer{Question: id, Option: v}
		}
		answers = append(answers, a)
	}
	return answers
}

// outcome is that of the whole rule: fired if any binding fired, else inconclusive if any is, else clear.
func outcome(firings []firing) (knowledge.Outcome, []string) {
	var missing []string
	result := knowledge.Silent
	for _, want := range []knowledge.Outcome{knowledge.Clear, knowledge.Inconclusive, knowledge.Fired} {
		for _, f := range firings {
			if f.outcome == want {
				result = want
			}
			if f.outcome == knowledge.Inconclusive {
				missing = append(missing, f.missing...)
			}
		}
	}
	return result, missing
}

// TestFindingTexts: what a fired sample shows has no variable or token left in it, in any language.
func TestFindingTexts(t *testing.T) {
	e := New(builtIn(t), nil)
	for _, f := range e.base.Findings() {
		for i := range f.Samples {
			s := &f.Samples[i]
			if s.Want != knowledge.Fired {
				continue
			}
			for _, l := range knowledge.Languages {
				e.checkTexts(t, f.ID, s, l)
			}
		}
	}
}

func (e *Engine) checkTexts(t *testing.T, id string, s *knowledge.Sample, l knowledge.Language) {
	t.Helper()
	var files []File
	for _, name := range slices.Sorted(maps.Keys(s.Documents)) {
		files = append(files, File{Name: name, Data: []byte(s.Documents[name])})
	}
	a, err := e.Analyze(context.Background(), files, Options{Language: l, Answers: answersOf(e.base, s)})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(a.Findings, func(f Finding) bool { return f.ID == id })
	if i < 0 {
		t.Errorf("%s: the sample of %s fires the rule, but the finding is suppressed", id, s.Rule)
		return
	}
	unknown := e.base.Message("value.unknown", l)
	for _, text := range []string{a.Findings[i].Title, a.Findings[i].Explanation} {
		if strings.ContainsAny(text, "{}") || strings.Contains(text, " "+unknown) {
			t.Errorf("%s, %s, %s: %s", id, s.Rule, l, text)
		}
	}
	if len(a.Findings[i].Evidence) == 0 && len(s.Documents) > 0 {
		t.Errorf("%s: the sample of %s cites no line", id, s.Rule)
	}
}
