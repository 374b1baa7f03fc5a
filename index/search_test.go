package index

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

func search(t testing.TB, x *Index, req Request) *Answer {
	t.Helper()
	a, err := x.Search(context.Background(), req)
	if err != nil {
		t.Fatalf("%q: %v", req.Text, err)
	}
	return a
}

func resultNames(a *Answer) []string {
	var found []string
	for _, r := range a.Results {
		found = append(found, r.Name)
	}
	return found
}

func TestBestResult(t *testing.T) {
	x := built(t, fixture(t))
	for _, c := range []struct {
		name, text string
		reader     knowledge.Language
		want       string
		shown      knowledge.Language
		matched    knowledge.Language
	}{
		{"own language", "klokka går feil", "nb", "articles/clock-wrong", "nb", "nb"},
		{"Russian query, Norwegian reader", "служба управления ключами", "nb", "articles/no-contact", "nb", "ru"},
		{"Chinese query, Swedish reader", "防火墙阻止端口", "sv", "articles/no-contact", "sv", "zh"},
		{"inflected Russian", "нужна активация телефоном", "ru", "articles/phone-activation", "ru", "ru"},
		{"Norwegian without its letters", "finner ingen nokkelbehandlingstjeneste", "nb", "articles/no-contact", "nb", "nb"},
		{"article in Chinese only, found through the glossary", "hvor står reserveserveren", "nb", "articles/contoso.spare", "zh", "zh"},
		{"article in Norwegian only", "lisensskjema", "en", "articles/contoso.canteen", "nb", "nb"},
		{"slip of the pen", "klokkn går feil", "nb", "articles/clock-wrong", "nb", "nb"},
		{"half typed", "aktiveringssent", "nb", "articles/phone-activation", "nb", "nb"},
		{"compound written apart", "aktiverings senteret", "nb", "articles/phone-activation", "nb", "nb"},
		{"code without prefix in a sentence", "brannmuren gir c004f074 på porten", "nb", "articles/no-contact", "nb", "nb"},
		{"KB number", "kb929826 phone", "en", "articles/phone-activation", "en", "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := search(t, x, Request{Text: c.text, Language: c.reader})
			if len(a.Results) == 0 || a.Results[0].Name != c.want {
				t.Fatalf("%q finds %q, want %s first", c.text, resultNames(a), c.want)
			}
			if r := a.Results[0]; r.Language != c.shown || r.MatchedLanguage != c.matched {
				t.Errorf("shown in %s, matched in %s; want %s, %s", r.Language, r.MatchedLanguage, c.shown, c.matched)
			}
		})
	}
}

func TestCodeQueryShowsTheRecordThenItsArticles(t *testing.T) {
	x := built(t, fixture(t))
	for _, text := range []string{"0xC004F074", "c004f074", "-1073418124", "3221549172", "0хС004F074", "f074", "error 0xc004f074"} {
		a := search(t, x, Request{Text: text, Language: "en"})
		got := resultNames(a)
		if text == "f074" { // four digits are no code: best article first
			slices.Sort(got)
			got = slices.Compact(got)
			slices.Reverse(got)
		}
		if len(got) < 2 || got[0] != "errorCodes/0xC004F074" || got[1] != "articles/no-contact" {
			t.Errorf("%q finds %q", text, resultNames(a))
		}
		if recognised := len(a.Codes) == 1 && a.Codes[0] == 0xC004F074; recognised == (text == "f074") {
			t.Errorf("%q: codes %v", text, a.Codes)
		}
	}
}

func TestResultHoldsSectionSnippetAndHighlights(t *testing.T) {
	x := built(t, fixture(t))
	a := search(t, x, Request{Text: "brannmuren blokkerer port 1688", Language: "nb", Explain: true})
	r := a.Results[0]
	if r.SectionID != "cause.firewall" || r.SectionTitle != "Brannmuren blokkerer porten" {
		t.Errorf("section %q %q", r.SectionID, r.SectionTitle)
	}
	if got := marked(r.Snippet, r.SnippetHighlights); got != "TCP [1688] er stengt." {
		t.Errorf("snippet %s", got)
	}
	if r.Kind != "ARTICLE" || r.Pack != "built-in" || !slices.Equal(r.Codes, x.docs.items[x.docs.byName[r.Name]].codes()) {
		t.Errorf("result %+v", r)
	}
	a = search(t, x, Request{Text: "klokkene", Language: "nb"})
	if got := marked(a.Results[0].Title, a.Results[0].TitleHighlights); got != "[Klokken] [går] [feil]" {
		t.Errorf("title %s", got)
	}
}

func TestFacetsCountBeforeTheirOwnFilter(t *testing.T) {
	x := built(t, fixture(t))
	count := func(a *Answer, field, value string) int {
		for _, f := range a.Facets {
			for _, v := range f.Values {
				if f.Field == field && v.Value == value {
					return v.Count
				}
			}
		}
		return 0
	}
	const text = "aktivering vert brannmur klokke telefon"
	all := search(t, x, Request{Text: text, Language: "nb", Facets: true})
	tasks := search(t, x, Request{Text: text, Language: "nb", Facets: true, Kinds: []string{"TASK"}})
	if count(all, "kind", "PROBLEM") != 2 || count(tasks, "kind", "PROBLEM") != 2 {
		t.Errorf("problems: %d without filter, %d with one on kinds; want 2 and 2", count(all, "kind", "PROBLEM"), count(tasks, "kind", "PROBLEM"))
	}
	if tasks.Total != 1 || count(tasks, "channel", "KMS") != 0 || count(tasks, "channel", "MAK") != 1 {
		t.Errorf("tasks: total %d, facets %v", tasks.Total, tasks.Facets)
	}
	chinese := search(t, x, Request{Text: "备用主机", Language: "nb", ContentLanguages: []knowledge.Language{"nb"}})
	if slices.Contains(resultNames(chinese), "articles/contoso.spare") {
		t.Error("an article without a Norwegian text passes the filter for Norwegian")
	}
	packs := search(t, x, Request{Text: "备用主机", Language: "nb", Packs: []string{"contoso"}})
	if got := resultNames(packs); !slices.Equal(got, []string{"articles/contoso.spare"}) {
		t.Errorf("pack contoso: %q", got)
	}
}

func TestContextSteersWithoutExcluding(t *testing.T) {
	x := built(t, fixture(t))
	const text = "aktivering"
	kms := search(t, x, Request{Text: text, Language: "nb", Context: knowledge.Context{Channel: "KMS"}})
	mak := search(t, x, Request{Text: text, Language: "nb", Context: knowledge.Context{Channel: "MAK"}})
	if kms.Total != mak.Total {
		t.Errorf("totals %d and %d differ", kms.Total, mak.Total)
	}
	score := func(a *Answer) float64 {
		i := slices.IndexFunc(a.Results, func(r Result) bool { return r.Name == "articles/phone-activation" })
		return a.Results[i].Score
	}
	if score(mak) <= score(kms) {
		t.Errorf("the MAK article scores %.3f for a MAK reader, %.3f for a KMS reader", score(mak), score(kms))
	}
}

func TestPagesFitTogetherAndBuildsAgree(t *testing.T) {
	base := fixture(t)
	x, y := built(t, base), built(t, base)
	for _, text := range []string{"aktivering vert port", "0xC004F074", "主机", "узел"} {
		whole := search(t, x, Request{Text: text, Language: "nb"})
		var paged []Result
		for offset := 0; offset < whole.Total; offset += 2 {
			paged = append(paged, search(t, y, Request{Text: text, Language: "nb", Offset: offset, Limit: 2}).Results...)
		}
		if !reflect.DeepEqual(whole.Results, paged) {
			t.Errorf("%q: pages give %q, the whole is %q", text, resultNames(&Answer{Results: paged}), resultNames(whole))
		}
	}
	if a := search(t, x, Request{Text: "vert", Language: "nb", Offset: 1000}); len(a.Results) != 0 || a.Total == 0 {
		t.Errorf("beyond the end: %d results of %d", len(a.Results), a.Total)
	}
}

func TestQueriesThatAreNone(t *testing.T) {
	x := built(t, fixture(t))
	for _, text := range []string{"", "  \t", "?!", "\x00\x07", "\xff\xfe"} {
		if _, err := x.Search(context.Background(), Request{Text: text, Language: "en"}); !errors.Is(err, ErrEmptyQuery) {
			t.Errorf("%q: error %v, want ErrEmptyQuery", text, err)
		}
	}
	if a := search(t, x, Request{Text: "what is the", Language: "en"}); a.Total != 0 {
		t.Errorf("function words find %q", resultNames(a))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := x.Search(ctx, Request{Text: "host", Language: "en"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestHostileQueries(t *testing.T) {
	x := built(t, fixture(t))
	long := strings.Repeat("klokken går feil fordi brannmur ", 400)
	for name, text := range map[string]string{
		"10 KB":              long,
		"one endless word":   strings.Repeat("vertaktivering", 5000),
		"all words unknown":  fmt.Sprint(slices.Repeat([]int{0xabcde, 0xfffff1}, 3000)),
		"control characters": "klok\x00ken \x1b[31mgår\u202e feil",
		"many codes":         strings.Repeat("0xC004F074 ", 2000),
		"cut inside a rune":  strings.Repeat("密", 30000),
	} {
		t.Run(name, func(t *testing.T) {
			search(t, x, Request{Text: text, Language: "nb"})
		})
	}
	if a := search(t, x, Request{Text: long, Language: "nb"}); len(a.Results) == 0 || a.Results[0].Name != "articles/clock-wrong" {
		t.Errorf("the long query finds %q", resultNames(a))
	}
	before := 0
	x.ranker.vectors.Range(func(any, any) bool { before++; return true })
	for i := range 200 {
		search(t, x, Request{Text: fmt.Sprintf("nonsense%dword", i), Language: "en"})
	}
	after := 0
	x.ranker.vectors.Range(func(any, any) bool { after++; return true })
	if after > before+10 {
		t.Errorf("unknown words stay in memory: %d terms became %d", before, after)
	}
}

func TestDidYouMean(t *testing.T) {
	x := built(t, fixture(t))
	for _, c := range []struct{ name, text, want string }{
		{"a slip", "brannmurren blokerer porten", "brannmuren blokkerer porten"},
		{"nothing to repair", "brannmuren blokkerer porten", ""},
		{"codes are not repaired", "0xC004F07A brannmur", ""},
		{"names with digits are not repaired", "klokke1", ""},
		{"Chinese is not repaired", "备用主杌", ""},
		{"letters typed on another keyboard", "aapne porten", "åpne porten"},
		{"product keys are not repaired", "porten ABCDE-VERTN-FGHJK-VWXYZ-KLMNP", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := search(t, x, Request{Text: c.text, Language: "nb"}).DidYouMean; got != c.want {
				t.Errorf("%q: did you mean %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestQueryLanguage(t *testing.T) {
	x := built(t, fixture(t))
	for _, c := range []struct {
		text   string
		reader knowledge.Language
		want   knowledge.Language
	}{
		{"the clock of the host is wrong", "zh", "en"},
		{"klokken til verten går feil", "en", "nb"},
		{"klockan hos värden går fel", "en", "sv"},
		{"Windows KMS не отвечает", "en", "ru"},
		{"KMS 主机", "en", "zh"},
		{"0xC004F074", "sv", "sv"},
		{"slmgr /ato", "ru", "ru"},
		{"Windows Server KMS", "nb", "nb"},
	} {
		if got := search(t, x, Request{Text: c.text, Language: c.reader}).QueryLanguage; got != c.want {
			t.Errorf("%q is %s, want %s", c.text, got, c.want)
		}
	}
}

func TestFindTellsWhatIsCovered(t *testing.T) {
	x := built(t, fixture(t))
	find := func(text string) knowledge.Match {
		t.Helper()
		m, err := x.Find(context.Background(), knowledge.Query{Text: text, Language: "nb", Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(m) == 0 {
			return knowledge.Match{}
		}
		return m[0]
	}
	m := find("brannmuren blokkerer, 0xC004F074")
	if m.Article == nil || m.Article.ID != "no-contact" || m.Coverage < 0.8 || len(m.Codes) != 1 || !slices.Contains(m.Concepts, "firewall") {
		t.Errorf("match %+v", m)
	}
	if len(m.Spans) == 0 || m.Spans[0] != (knowledge.Span{Start: 0, End: len("brannmuren")}) {
		t.Errorf("spans %v", m.Spans)
	}
	for _, text := range []string{"oppskrift på vafler med syltetøy", "jeg har glemt passordet til skriveren", "今天天气怎么样"} {
		if m := find(text); m.Coverage > 0.3 {
			t.Errorf("%q is covered %.2f by %s", text, m.Coverage, m.Article.ID)
		}
	}
	tasks, err := x.Find(context.Background(), knowledge.Query{Text: "aktivering brannmur", Language: "nb", Kinds: []knowledge.ArticleKind{knowledge.Task}, Limit: 5})
	if err != nil || len(tasks) != 1 || tasks[0].Article.ID != "phone-activation" {
		t.Errorf("tasks %v, %v", tasks, err)
	}
}

func TestConcurrentSearches(t *testing.T) {
	x := built(t, fixture(t))
	queries := []string{"brannmur", "часы", "主机 0xC004F074", "clokc wrong", "värden nere", "aktiveringsproblem"}
	want := make([]*Answer, len(queries))
	for i, q := range queries {
		want[i] = search(t, built(t, x.base), Request{Text: q, Language: "en"})
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i, q := range queries {
				if a, err := x.Search(context.Background(), Request{Text: q, Language: "en"}); err != nil || !reflect.DeepEqual(a, want[i]) {
					t.Errorf("%q: %v, %v", q, a, err)
				}
				x.Suggest(q, "nb", 5)
			}
		})
	}
	wait.Wait()
}

func TestRussianTypedOnAnotherKeyboard(t *testing.T) {
	x := builtInIndex(t)
	for text, want := range map[string]string{
		"aktivacia windows po telefonu": "активация",
		"rk.x ghjlernf pf,kjrbhjdfy":    "",
		"ыдьпк не работает":             "slmgr",
		"pfgbcb srv kms":                "записи",
	} {
		a := search(t, x, Request{Text: text, Language: "ru", Limit: 5})
		if len(a.Results) == 0 || !strings.Contains(a.DidYouMean, want) {
			t.Errorf("%q: %d results, meant %q", text, len(a.Results), a.DidYouMean)
		}
	}
}
