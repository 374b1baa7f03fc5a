package index

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

func TestEvalQueriesAreRefusedByLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no tab", "good\ta\nno ids here\n", "2: want a query"},
		{"two tabs", "q\ta\tb\n", "1: want a query"},
		{"no ids", "# comment\nq\t \n", "2: want a query"},
		{"line too long", strings.Repeat("x", 1<<20), "1: bufio"},
	} {
		if _, err := readQueries(strings.NewReader(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	got, err := readQueries(strings.NewReader("# said by\nq one\ta, b\n\nq two\t-\n"))
	want := []Judged{{"q one", []string{"a", "b"}}, {"q two", nil}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

// Every id of the committed query sets exists, or a right answer would count as a miss.
func TestEvalQueriesNameArticlesThatExist(t *testing.T) {
	base := builtInBase(t)
	sets, err := ReadQueries("testdata/eval")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sets {
		for _, q := range s.Queries {
			for _, id := range q.Articles {
				if a, ok := base.Article(id); !ok || a.ID != id {
					t.Errorf("%s: %q: there is no article %q", s.Language, q.Text, id)
				}
			}
		}
	}
}

func TestEvalOfTheFixture(t *testing.T) {
	sets := []QuerySet{{"en", []Judged{
		{"the clock is wrong", []string{"clock-wrong"}},
		{"activate by phone", []string{"phone-activation"}},
		{"firewall blocks the key management service", []string{"spare"}},
		{"zebra crossing", nil},
	}}}
	e, err := Evaluate(context.Background(), fixture(t), sets, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Figures) != 2 {
		t.Fatalf("%d figures", len(e.Figures))
	}
	f := e.Figures[0]
	if f.Set != SetSymptoms || f.Query != "en" || f.Queries != 3 || f.OutOfScope != 1 || f.Success1.Value < 0.66 || f.Success1.Value > 0.67 {
		t.Errorf("%+v", f)
	}
	if f.AUC == nil || f.AUC.Value != 1 {
		t.Errorf("a query of unknown words is as confident as one that names its article: %+v", f.AUC)
	}
	if again, _ := Evaluate(context.Background(), fixture(t), sets, nil, io.Discard); !reflect.DeepEqual(e, again) {
		t.Error("two evaluations of the same differ")
	}
}

// slugs that are held out, found by trying.
func heldSlugs(n int) []string {
	var slugs []string
	for i := 0; len(slugs) < n; i++ {
		if slug := fmt.Sprintf("a-%d", i); heldOut(slug) {
			slugs = append(slugs, slug)
		}
	}
	return slugs
}

func TestEvalLeavesOutWhatHasSeveralRightAnswers(t *testing.T) {
	slugs := heldSlugs(4)
	c := &Corpus{articles: make(map[string]map[knowledge.Language]*CorpusArticle)}
	for i, texts := range [][2]string{{"alone", "body 1"}, {"same title", "body 2"}, {"same title", "body 3"}, {"another", "body 1 nb"}} {
		c.slugs = append(c.slugs, slugs[i])
		c.articles[slugs[i]] = map[knowledge.Language]*CorpusArticle{
			"sv": {Slug: slugs[i], Language: "sv", Title: texts[0], Body: texts[1]},
			"nb": {Slug: slugs[i], Language: "nb", Title: texts[0] + slugs[i], Body: texts[1]},
		}
	}
	if got, want := c.held(), []string{slugs[0], slugs[3]}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := c.pairs(slugs[0], true), [][2]knowledge.Language{{"nb", "sv"}, {"sv", "nb"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func FuzzReadQueries(f *testing.F) {
	f.Add("q\ta,b\nq two\t-\n")
	f.Add("# comment\n\tx\n")
	f.Fuzz(func(t *testing.T, text string) {
		queries, err := readQueries(strings.NewReader(text))
		if err != nil && queries != nil {
			t.Error("both queries and an error")
		}
		for _, q := range queries {
			if slices.Contains(q.Articles, "") || slices.Contains(q.Articles, "-") {
				t.Errorf("%q", q)
			}
		}
	})
}
