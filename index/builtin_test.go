package index

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// minFirst3 is the share of queries, in each language, that must find an article expected among
// the first three results. Raise it when the ranking gets better.
const minFirst3 = 0.9

// question is a record of testdata/queries.tsv.
type question struct {
	language knowledge.Language
	articles []string
	text     string
}

func questions(t testing.TB) []question {
	t.Helper()
	data, err := os.ReadFile("testdata/queries.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var found []question
	for n, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || !slices.Contains(knowledge.Languages, knowledge.Language(f[0])) {
			t.Fatalf("testdata/queries.tsv:%d: want language, articles and query", n+1)
		}
		found = append(found, question{knowledge.Language(f[0]), strings.Split(f[1], ","), f[2]})
	}
	return found
}

// draftOnce loads the knowledge as far as it can be loaded.
var draftOnce = sync.OnceValue(func() *knowledge.Base {
	base, _ := knowledge.Draft(os.DirFS("../knowledge/content"))
	return base
})

func builtInBase(t testing.TB) *knowledge.Base {
	t.Helper()
	if len(draftOnce().Articles()) == 0 {
		t.Fatal("the built-in pack holds no articles")
	}
	return draftOnce()
}

var indexOnce = sync.OnceValues(func() (*Index, error) { return Build(draftOnce(), Options{}) })

// builtInIndex is shared by tests and never closed.
func builtInIndex(t testing.TB) *Index {
	t.Helper()
	builtInBase(t)
	x, err := indexOnce()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestQuestionsFindTheirArticles(t *testing.T) {
	if testing.Short() {
		t.Skip("asks hundreds of questions, one after another")
	}
	x := builtInIndex(t)
	asked, first, first3 := make(map[knowledge.Language]int), make(map[knowledge.Language]int), make(map[knowledge.Language]int)
	for _, q := range questions(t) {
		exists := func(id string) bool { _, ok := x.base.Article(id); return ok }
		if !slices.ContainsFunc(q.articles, exists) {
			t.Logf("%s %q: not asked, there is no article %s", q.language, q.text, q.articles)
			continue
		}
		place := x.place(t, q)
		asked[q.language]++
		if place == 1 {
			first[q.language]++
		}
		if place > 0 && place <= 3 {
			first3[q.language]++
		} else {
			t.Logf("%s %q: %s is at place %d of %q", q.language, q.text, q.articles, place,
				resultNames(search(t, x, Request{Text: q.text, Language: q.language, Limit: 4})))
		}
	}
	for _, l := range knowledge.Languages {
		t.Logf("%s: %d asked, %d first, %d among the first three", l, asked[l], first[l], first3[l])
		if float64(first3[l]) < minFirst3*float64(asked[l]) {
			t.Errorf("%s: only %d of %d among the first three", l, first3[l], asked[l])
		}
	}
}

// place is the rank of the first article expected, counting articles only; 0 if there is none.
func (x *Index) place(t testing.TB, q question) int {
	t.Helper()
	kinds := []string{"PROBLEM", "TASK", "CONCEPT", "REFERENCE"}
	a := search(t, x, Request{Text: q.text, Language: q.language, Kinds: kinds, Limit: 100})
	return 1 + slices.IndexFunc(a.Results, func(r Result) bool {
		return slices.Contains(q.articles, strings.TrimPrefix(r.Name, "articles/"))
	})
}

func TestArticlesAreFoundByTheirTitles(t *testing.T) {
	if testing.Short() {
		t.Skip("asks hundreds of questions, one after another")
	}
	x := builtInIndex(t)
	for _, a := range x.base.Articles() {
		for l, text := range a.Texts {
			if place := x.place(t, question{l, []string{a.ID}, text.Title}); place == 0 || place > 3 {
				t.Errorf("%s in %s is at place %d for its own title %q", a.ID, l, place, text.Title)
			}
		}
	}
}

func TestEveryReaderGetsTheirLanguage(t *testing.T) {
	x := builtInIndex(t)
	for _, l := range knowledge.Languages {
		a := search(t, x, Request{Text: "служба управления ключами не отвечает", Language: l})
		if len(a.Results) == 0 || a.Results[0].Language != l || a.Results[0].MatchedLanguage != knowledge.Russian {
			t.Fatalf("%s: %+v", l, a.Results)
		}
		if n := a.Results[0].Name; n != "articles/kms-unreachable" && n != "articles/kms-request-not-answered" {
			t.Errorf("%s: first is %s", l, n)
		}
	}
}
