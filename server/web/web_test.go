package web

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func words(t *testing.T, language string) map[string]string {
	t.Helper()
	data, err := files.ReadFile("i18n/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var w map[string]string
	if err := json.Unmarshal(data, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestWordsInFiveLanguages: the same keys and placeholders everywhere, no text left out or copied over.
func TestWordsInFiveLanguages(t *testing.T) {
	english := words(t, "en")
	placeholder := regexp.MustCompile(`\{\w+\}`)
	for _, language := range []string{"nb", "sv", "ru", "zh"} {
		w := words(t, language)
		if got, want := slices.Sorted(maps.Keys(w)), slices.Sorted(maps.Keys(english)); !slices.Equal(got, want) {
			t.Errorf("%s: keys %v, want %v", language, got, want)
		}
		for k, text := range w {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", language, k)
			}
			if !slices.Equal(placeholder.FindAllString(text, -1), placeholder.FindAllString(english[k], -1)) {
				t.Errorf("%s: %s has other placeholders than English", language, k)
			}
			script := map[string]*unicode.RangeTable{"ru": unicode.Cyrillic, "zh": unicode.Han}[language]
			if script != nil && !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(script, r) }) {
				t.Errorf("%s: %s is not in the language: %q", language, k, text)
			}
		}
	}
}

// TestEveryWordIsUsedAndKnown compares the keys in the pages with those of the files.
func TestEveryWordIsUsedAndKnown(t *testing.T) {
	english := words(t, "en")
	used := map[string]bool{}
	key := regexp.MustCompile("\"((?:search|portal)\\.[a-z-]+)\"")
	for _, name := range []string{"index.html", "portal.js", "embed.js"} {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(data), -1) {
			if Has("/" + m[1]) {
				continue // portal.js, portal.css
			}
			used[m[1]] = true
			if english[m[1]] == "" {
				t.Errorf("%s uses %s, which no language has", name, m[1])
			}
		}
	}
	for k := range english {
		if strings.HasPrefix(k, "search.") || strings.HasPrefix(k, "portal.") {
			if !used[k] {
				t.Errorf("%s is not used", k)
			}
		}
	}
}

// TestPagesKeepTheirPolicy: an inline script, style or handler would be blocked by the policy.
func TestPagesKeepTheirPolicy(t *testing.T) {
	page, err := files.ReadFile("index.html")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`<script>|<style|\sstyle=|\son[a-z]+=|https?://`).Find(page); m != nil {
		t.Errorf("index.html holds %q", m)
	}
	for _, name := range []string{"portal.js", "embed.js"} {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(`).Find(data); m != nil {
			t.Errorf("%s uses %s: answers must never become HTML", name, m)
		}
	}
}

func TestHandler(t *testing.T) {
	for path, want := range map[string]int{"/": 200, "/embed.js": 200, "/i18n/zh.json": 200, "/portal.css": 200} {
		if !Has(path) {
			t.Errorf("Has(%q) = false", path)
		}
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want || w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
	for _, path := range []string{"/i18n", "/web.go", "/../server.go", "/v1/search", ""} {
		if Has(path) {
			t.Errorf("Has(%q) = true", path)
		}
	}
}
