package index

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

func TestReasonsAddUpToTheScore(t *testing.T) {
	if testing.Short() {
		t.Skip("asks hundreds of questions, one after another")
	}
	x := builtInIndex(t)
	kms := knowledge.Context{Channel: "KMS", Product: "OFFICE"}
	for _, q := range questions(t) {
		for _, r := range search(t, x, Request{Text: q.text, Language: "nb", Context: kms, Explain: true}).Results {
			sum := 0.0
			for _, e := range r.Explanation {
				if sum += e.Score; e.Factor != 0 {
					sum *= e.Factor
				}
				if e.Via == rest {
					t.Errorf("%q, %s: a factor of %.3f has no name", q.text, r.Name, e.Factor)
				}
				if e.Score != 0 && (len(e.Terms) == 0 || len(e.Fields) == 0) {
					t.Errorf("%q, %s: no term or field in %s", q.text, r.Name, e)
				}
			}
			if math.Abs(sum-r.Score) > 1e-6 {
				t.Errorf("%q, %s: reasons give %.6f, the score is %.6f", q.text, r.Name, sum, r.Score)
			}
		}
	}
}

func TestReasonsNameTermFieldAndWay(t *testing.T) {
	x := built(t, fixture(t))
	for _, c := range []struct {
		name, text string
		reader     knowledge.Language
		want       string // part of a line about the first result
	}{
		{"own word", "brannmuren", "nb", "brannmuren → brannmur (own word)"},
		{"field", "klokkene", "nb", "title"},
		{"code of the record", "0xC004F074", "en", "0xC004F074 → 0xC004F074 (as written): title"},
		{"code cited", "0xC004F074 firewall", "en", "keyword"},
		{"repaired", "klokkn går feil", "nb", "(repaired, own word)"},
		{"four digits", "f074 port", "en", "(code that ends so)"},
		{"language and concept", "reserveserveren", "nb", "(concept backup-host)"},
		{"factor of the language", "reserveserveren", "nb", "× 0.85 language: asked in nb, matched in zh"},
		{"factor of the kind", "0xC004F041", "en", "× 0.6 kind ERROR_CODE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := search(t, x, Request{Text: c.text, Language: c.reader, Explain: true}).Results[0]
			if !slices.ContainsFunc(r.Explanation, func(e Reason) bool { return strings.Contains(e.String(), c.want) }) {
				t.Errorf("%s: no %q in %v", r.Name, c.want, r.Explanation)
			}
		})
	}
}

func TestSharesOfFieldsAreThoseOfTheScore(t *testing.T) {
	x := builtInIndex(t)
	for _, term := range []string{"kms", "vert", "0xC004F074", "nokkel"} {
		v, err := x.ranker.vector("nb", term)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range v.hits {
			shares, err := x.ranker.fields("nb", term, int(h.passage))
			sum := float32(0)
			for _, n := range shares {
				sum += n
			}
			if err != nil || math.Abs(float64(sum-h.x)) > 1e-3 {
				t.Fatalf("%s in passage %d: fields add up to %f, the score has %f; %v", term, h.passage, sum, h.x, err)
			}
		}
	}
}
