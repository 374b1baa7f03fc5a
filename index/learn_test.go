package index

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// parallels pairs English and Norwegian words in changing company.
func parallels() []segment {
	words := [][2]string{{"red", "rød"}, {"house", "hus"}, {"big", "stor"}, {"key", "nøkkel"}, {"server", "tjener"}, {"old", "gammel"}}
	var all []segment
	for i := range words {
		for j := range words {
			if i != j {
				all = append(all, segment{1, map[knowledge.Language]string{
					knowledge.English: words[i][0] + " " + words[j][0], knowledge.Norwegian: words[j][1] + " " + words[i][1]}})
			}
		}
	}
	return all
}

func TestTranslationsAreLearnedFromCompany(t *testing.T) {
	a, _, err := analyse(newDocuments(fixture(t)))
	if err != nil {
		t.Fatal(err)
	}
	learned := learn(a, parallels(), io.Discard)
	for _, tt := range []struct {
		from, to   knowledge.Language
		term, want string
	}{
		{knowledge.English, knowledge.Norwegian, "hous", "hus"},
		{knowledge.English, knowledge.Norwegian, "old", "gammel"},
		{knowledge.Norwegian, knowledge.English, "hus", "hous"},
	} {
		got := learned.of(tt.from, tt.to, tt.term)
		if len(got) == 0 || got[0].term != tt.want || got[0].p < 0.9 {
			t.Errorf("%s>%s %s: %v", tt.from, tt.to, tt.term, got)
		}
	}
	if got := learned.of(knowledge.English, knowledge.Russian, "hous"); len(got) > 0 {
		t.Errorf("Russian out of nothing: %v", got)
	}
	if again := learn(a, parallels(), io.Discard); !bytes.Equal(again.encode(), learned.encode()) {
		t.Error("the same texts gave other bytes")
	}
}

func TestThirdLanguagesWiden(t *testing.T) {
	m := pairs{
		{"en", "nb"}: {"host": {{"vert", 0.8}}},
		{"nb", "sv"}: {"vert": {{"vard", 0.5}}},
		{"nb", "en"}: {"vert": {{"host", 0.6}, {"server", 0.4}}},
	}
	wide := widened(m)
	if got := wide[[2]knowledge.Language{"en", "sv"}]["host"]; !slices.Equal(got, []translation{{"vard", 0.4}}) {
		t.Errorf("through Norwegian: %v", got)
	}
	if got := wide[[2]knowledge.Language{"en", "en"}]["host"]; len(got) != 1 || got[0].term != "server" || got[0].p < 0.31 || got[0].p > 0.33 {
		t.Errorf("paraphrases: %v", got)
	}
}

func TestTranslationsAreStored(t *testing.T) {
	learned := newTranslations(pairs{
		{"en", "nb"}: {"host": {{"vert", 0.8}, {"tjener", 0.1}}, "hostess": {{"vertinn", 1}}},
		{"ru", "zh"}: {"узел": {{"主机", 0.7}}},
	})
	data := learned.encode()
	read, err := decodeTranslations(data)
	if err != nil {
		t.Fatal(err)
	}
	if got := read.of("en", "nb", "host"); len(got) != 2 || got[0].term != "vert" || got[0].p != 0.8 {
		t.Errorf("%v", got)
	}
	if got := read.of("ru", "zh", "узел"); len(got) != 1 || got[0].term != "主机" {
		t.Errorf("%v", got)
	}
	for _, term := range []string{"hos", "hostes", ""} {
		if got := read.of("en", "nb", term); got != nil {
			t.Errorf("%q: %v", term, got)
		}
	}
	for n := range data {
		if _, err := decodeTranslations(data[:n]); !errors.Is(err, errTranslations) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

func TestBuiltInTranslations(t *testing.T) {
	if n := len(translationsFile); n > 3<<20 {
		t.Errorf("%d bytes, at most 3 MiB", n)
	}
	learned, err := builtInTranslations()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from, to   knowledge.Language
		term, want string
	}{
		{"nb", "sv", "nokkel", "nyckel"}, {"sv", "ru", "nyckel", "ключ"}, {"ru", "nb", "ключ", "nokkel"},
		{"en", "zh", "host", "主机"}, {"zh", "ru", "主机", "узл"}, {"nb", "en", "vert", "host"},
	} {
		if got := learned.of(tt.from, tt.to, tt.term); len(got) == 0 || got[0].term != tt.want {
			t.Errorf("%s>%s %s: %v, not %s first", tt.from, tt.to, tt.term, got, tt.want)
		}
	}
}

// FuzzTranslations: whatever the bytes are, they are read or refused.
func FuzzTranslations(f *testing.F) {
	f.Add(newTranslations(pairs{{"en", "nb"}: {"host": {{"vert", 0.8}}}}).encode())
	f.Add([]byte(translationsMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := decodeTranslations(data)
		if err != nil {
			return
		}
		for pair := range read.dictionaries {
			for _, term := range read.terms[pair[0]] {
				read.of(pair[0], pair[1], term)
			}
		}
	})
}

func writeCorpus(t *testing.T, lines string) string {
	t.Helper()
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, lines)
	z.Close()
	if err := os.WriteFile(filepath.Join(dir, "articles.nb.jsonl.gz"), packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCorpusIsCutIntoParallels(t *testing.T) {
	c, err := ReadCorpus(writeCorpus(t, `{"slug":"reset-printer","lang":"nb","title":"Skriv ut","headings":[["next step","Neste trinn"]],"body":"En. To.\nTre"}
{"slug":"reset-printer","lang":"sv","title":"Skriv ut igen","headings":[["next step","Nästa steg"]],"body":"Ett. Två.\nTre"}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range c.segments() {
		got = append(got, s.texts["en"]+"|"+strings.TrimSpace(s.texts["nb"])+"|"+strings.TrimSpace(s.texts["sv"]))
	}
	want := []string{"reset printer|Skriv ut|Skriv ut igen", "next step|Neste trinn|Nästa steg", "|En.|Ett.", "|To.|Två.", "|Tre|Tre"}
	if !slices.Equal(got, want) {
		t.Errorf("\ngot  %q\nwant %q", got, want)
	}
}

func TestHeldOutArticlesAreNotLearnedFrom(t *testing.T) {
	c := &Corpus{articles: make(map[string]map[knowledge.Language]*CorpusArticle)}
	held := 0
	for i := range 900 {
		slug := "article-" + strings.Repeat("x", i%30) + string(rune('a'+i/30))
		c.articles[slug] = map[knowledge.Language]*CorpusArticle{"nb": {Title: slug}}
		if heldOut(slug) {
			held++
		}
	}
	c.slugs = sortedKeys(c.articles)
	if held < 60 || held > 140 {
		t.Errorf("%d of 900 held out", held)
	}
	for _, s := range c.segments() {
		if heldOut(s.texts["nb"]) {
			t.Fatalf("%s is learned from", s.texts["nb"])
		}
	}
}

func TestMalformedCorpus(t *testing.T) {
	for name, lines := range map[string]string{
		"not JSON":         "{",
		"no slug":          `{"lang":"nb","title":"x"}`,
		"unknown language": `{"slug":"x","lang":"de"}`,
	} {
		if _, err := ReadCorpus(writeCorpus(t, lines)); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadCorpus(t.TempDir()); err == nil {
		t.Error("an empty folder is no corpus")
	}
}
