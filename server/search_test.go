package server_test

import (
	"strings"
	"testing"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

func TestSearchExplainsLineByLine(t *testing.T) {
	c := pb.NewSearchServiceClient(running().Channel())
	for _, explain := range []bool{true, false} {
		m, err := c.Search(t.Context(), &pb.SearchRequest{Query: "kms brannmur", LanguageCode: "nb", Explain: explain})
		if err != nil || len(m.GetResults()) == 0 {
			t.Fatalf("%v, %v", m, err)
		}
		for _, r := range m.GetResults() {
			if (r.GetExplanation() != "") != explain {
				t.Fatalf("explain %v: %q", explain, r.GetExplanation())
			}
			for _, line := range strings.Split(r.GetExplanation(), "\n") {
				if explain && !strings.HasPrefix(line, "+ ") && !strings.HasPrefix(line, "× ") {
					t.Errorf("%s: line %q is neither a part nor a factor", r.GetName(), line)
				}
			}
		}
	}
}

func TestSearchMarksEachReadersWords(t *testing.T) {
	c := pb.NewSearchServiceClient(running().Channel())
	for language, want := range map[string]string{
		"en": "<mark>clock", "nb": "<mark>klokke", "sv": "<mark>klock", "ru": "<mark>час", "zh": "<mark>时",
	} {
		m, err := c.Search(t.Context(), &pb.SearchRequest{Query: "clock differs", LanguageCode: language})
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, r := range m.GetResults() {
			if r.GetLanguageCode() != language || r.GetMatchedLanguageCode() == "" {
				t.Errorf("%s: %s is in %q, matched in %q", language, r.GetName(), r.GetLanguageCode(), r.GetMatchedLanguageCode())
			}
			all.WriteString(strings.ToLower(r.GetSnippetHtml()))
		}
		if !strings.Contains(all.String(), want) {
			t.Errorf("%s: no snippet has %q", language, want)
		}
	}
}
