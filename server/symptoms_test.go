package server_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

// Floors of the symptom diagnosis over testdata/symptoms.tsv, each language by itself.
const (
	minSymptomFirst3 = 0.83 // of the texts about activation, the article expected is among the first three
	minScopeRight    = 0.94 // of all texts, the decision whether they are about activation is right
)

func TestSymptoms(t *testing.T) {
	data, err := os.ReadFile("testdata/symptoms.tsv")
	if err != nil {
		t.Fatal(err)
	}
	client := pb.NewDiagnosisServiceClient(running().Channel())
	type tally struct{ asked, inScope, scopeRight, first, first3 int }
	tallies := map[string]*tally{}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 3 {
			continue
		}
		n := tallies[f[0]]
		if n == nil {
			n = new(tally)
			tallies[f[0]] = n
		}
		r, err := client.DiagnoseSymptoms(t.Context(), &pb.DiagnoseSymptomsRequest{Text: f[2], LanguageCode: f[0], MaxDiagnoses: 3})
		if err != nil {
			t.Fatal(err)
		}
		n.asked++
		if r.GetInScope() == (f[1] != "-") {
			n.scopeRight++
		} else {
			t.Logf("%s %q: in scope = %v", f[0], f[2], r.GetInScope())
		}
		if f[1] == "-" {
			continue
		}
		n.inScope++
		place := slices.IndexFunc(r.GetDiagnoses(), func(d *pb.Diagnosis) bool {
			return slices.Contains(strings.Split(f[1], ","), strings.TrimPrefix(d.GetArticle(), "articles/"))
		})
		switch {
		case place == 0:
			n.first++
			n.first3++
		case place > 0:
			n.first3++
		default:
			var got []string
			for _, d := range r.GetDiagnoses() {
				got = append(got, d.GetArticle())
			}
			t.Logf("%s %q: %v", f[0], f[2], got)
		}
		checkShortAnswer(t, r)
	}
	for l, n := range tallies {
		t.Logf("%s: scope right %d of %d; first %d, among three %d of %d", l, n.scopeRight, n.asked, n.first, n.first3, n.inScope)
		if float64(n.first3) < minSymptomFirst3*float64(n.inScope) || float64(n.scopeRight) < minScopeRight*float64(n.asked) {
			t.Errorf("%s: below the floor", l)
		}
	}
	if len(tallies) != 5 {
		t.Errorf("%d languages", len(tallies))
	}
}

func checkShortAnswer(t *testing.T, r *pb.DiagnoseSymptomsResponse) {
	t.Helper()
	if s := r.GetShortAnswer(); r.GetInScope() && (s == "" || len([]rune(s)) > 400) {
		t.Errorf("short answer of %d characters: %s", len([]rune(s)), s)
	}
	for _, d := range r.GetDiagnoses() {
		if d.GetConfidence() < 0 || d.GetConfidence() > 1 || len(d.GetReasons()) == 0 {
			t.Errorf("%s: confidence %v, %d reasons", d.GetArticle(), d.GetConfidence(), len(d.GetReasons()))
		}
	}
}
