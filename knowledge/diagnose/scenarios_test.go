package diagnose

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/activationkb/activationkb/knowledge"
)

// TestScenarios runs whole cases: the documents of several machines, and what a senior engineer makes of
// them. Each file of testdata/scenarios tells the case and its judgement in prose, then holds the documents,
// the caller's "answers" (a question's id and an option, a text or ? a line), and what to "want":
//
//	state PROBLEM_FOUND
//	kms-port-blocked CERTAIN    every error and warning, root cause first, with its certainty
//	dns-views-differ HIGH dns1  the same, of these machines and no others
//	info kms-srv-found          an observation that must be there; others may be
//	not kms-host-unreachable    what must not be there, an observation either
//	says kms01.contoso.com      what the findings' texts or evidence must show
//	ask srv-lookup              the first question, - for none
func TestScenarios(t *testing.T) {
	names, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d scenarios, %v: want 40 at least", len(names), err)
	}
	e := New(builtIn(t), nil)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			s := readScenario(t, name)
			a, err := e.Analyze(t.Context(), s.files, Options{Answers: s.answers(e.base)})
			if err != nil {
				t.Fatal(err)
			}
			s.compare(t, e.base, a)
		})
	}
}

// TestScenariosInAnyOrder: what documents say together does not depend on the order in which they come.
func TestScenariosInAnyOrder(t *testing.T) {
	names, _ := filepath.Glob("testdata/scenarios/*.txtar")
	e := New(builtIn(t), nil)
	for _, name := range names {
		s := readScenario(t, name)
		slices.Reverse(s.files)
		a, err := e.Analyze(t.Context(), s.files, Options{Answers: s.answers(e.base)})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.problems(a); !slices.Equal(got, s.want["problem"]) {
			t.Errorf("%s backwards: %q, want %q", filepath.Base(name), got, s.want["problem"])
		}
	}
}

// scenario is one case with its judgement.
type scenario struct {
	files    []File
	answered string
	want     map[string][]string // by the first word, "problem" for errors and warnings
}

func readScenario(t *testing.T, name string) *scenario {
	t.Helper()
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s := &scenario{want: map[string][]string{}}
	for _, f := range ar.Files {
		switch f.Name {
		case "answers":
			s.answered = string(f.Data)
		case "want":
			s.expect(string(f.Data))
		default:
			s.files = append(s.files, File{Name: f.Name, Data: f.Data})
		}
	}
	if len(ar.Comment) == 0 || len(s.want["state"]) != 1 || len(s.want["ask"]) != 1 {
		t.Fatalf("%s: a scenario tells its case, its state and what is asked next", name)
	}
	return s
}

func (s *scenario) expect(lines string) {
	for line := range strings.Lines(lines) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !slices.Contains([]string{"state", "info", "not", "says", "ask"}, word) {
			word, rest = "problem", strings.TrimSpace(line)
		}
		s.want[word] = append(s.want[word], rest)
	}
}

func (s *scenario) answers(base *knowledge.Base) []Answer {
	var out []Answer
	for line := range strings.Lines(s.answered) {
		id, v, _ := strings.Cut(strings.TrimSpace(line), " ")
		a := Answer{Question: id, Text: v, Unknown: v == "?"}
		if q, ok := base.Question(id); ok && q.Type == "CHOICE" {
			a = Answer{Question: id, Option: v}
		}
		out = append(out, a)
	}
	return out
}

// problems lists errors and warnings as "want" does. It names machines where the scenario names them.
func (s *scenario) problems(a *Analysis) []string {
	var out []string
	for _, f := range a.Findings {
		if f.Severity == knowledge.Info {
			continue
		}
		line := fmt.Sprintf("%s %s", f.ID, f.Certainty)
		if with := strings.Join(append([]string{line}, slices.Sorted(slices.Values(f.Machines))...), " "); slices.Contains(s.want["problem"], with) {
			line = with
		}
		out = append(out, line)
	}
	return out
}

func (s *scenario) compare(t *testing.T, base *knowledge.Base, a *Analysis) {
	t.Helper()
	if got := string(a.State); got != s.want["state"][0] {
		t.Errorf("state %s, want %s", got, s.want["state"][0])
	}
	if got := s.problems(a); !slices.Equal(got, s.want["problem"]) {
		t.Errorf("problems\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(s.want["problem"], "\n\t"))
	}
	for _, id := range s.want["info"] {
		if !slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.ID == id && f.Severity == knowledge.Info }) {
			t.Errorf("no observation %s", id)
		}
	}
	for _, id := range s.want["not"] {
		if slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.ID == id }) {
			t.Errorf("%s must not be found", id)
		}
	}
	shown := shownBy(a)
	for _, text := range s.want["says"] {
		if !strings.Contains(shown, text) {
			t.Errorf("no finding shows %q", text)
		}
	}
	if got := firstQuestion(t, base, a); got != s.want["ask"][0] {
		t.Errorf("asks %s, want %s", got, s.want["ask"][0])
	}
}

// shownBy is everything that the findings show.
func shownBy(a *Analysis) string {
	var b strings.Builder
	for _, f := range a.Findings {
		fmt.Fprintln(&b, f.Title, f.Explanation)
		for _, e := range f.Evidence {
			fmt.Fprintln(&b, e.Filename, e.Excerpt)
		}
	}
	return b.String()
}

// firstQuestion is the one output that is asked for next. It comes with the command that makes it.
func firstQuestion(t *testing.T, base *knowledge.Base, a *Analysis) string {
	t.Helper()
	if len(a.Inconclusive) == 0 {
		return "-"
	}
	q := a.Inconclusive[0].Question
	if _, ok := base.Command(q.Collect); !ok && q.Type == "PASTE" {
		t.Errorf("%s asks for an output and names no command for it", q.ID)
	}
	return q.ID
}
