package diagnose

import (
	"maps"
	"testing"
)

// TestCodeWithoutARuleLeadsToItsArticle: the general article on reading codes is for codes that no
// article explains.
func TestCodeWithoutARuleLeadsToItsArticle(t *testing.T) {
	for code, want := range map[string]string{
		"0x80072338": "kms-host-srv-dns-permissions",
		"0xC004F012": "hresult-reference",
	} {
		text := "slmgr /ato\nActivating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\nError: " + code + " text\n"
		a, err := New(builtIn(t), nil).Analyze(t.Context(), []File{{Name: "ato.txt", Data: []byte(text)}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Findings) != 1 || a.Findings[0].ID != "other-error-code" || a.Findings[0].Article == nil || a.Findings[0].Article.ID != want {
			t.Errorf("%s: findings %+v, want other-error-code with %s", code, a.Findings, want)
		}
	}
}

// TestUnexplainedCodesStandApart: each code that no rule explains is a finding with its own title and article,
// however often it was seen.
func TestUnexplainedCodesStandApart(t *testing.T) {
	attempt := func(code string) string {
		return "C:\\>cscript slmgr.vbs /ato\nActivating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\nError: " + code + " text\n\n"
	}
	text := attempt("0x80072338") + attempt("0xC004F012") + attempt("0xC004F012")
	a, err := New(builtIn(t), nil).Analyze(t.Context(), []File{{Name: "ato.txt", Data: []byte(text)}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range a.Findings {
		if f.ID != "other-error-code" || len(f.Codes) != 1 || f.Article == nil || f.InstanceKey == "" {
			t.Fatalf("finding %+v, want other-error-code with one code and an article", f)
		}
		got[f.Codes[0].String()] = f.Title + ", " + f.Article.ID
	}
	want := map[string]string{"0x80072338": "Error 0x80072338, kms-host-srv-dns-permissions", "0xC004F012": "Error 0xC004F012, hresult-reference"}
	if !maps.Equal(got, want) || len(a.Findings) != len(want) {
		t.Errorf("%d findings %v, want %v", len(a.Findings), got, want)
	}
	if a.Findings[0].InstanceKey == a.Findings[1].InstanceKey {
		t.Error("two findings have the same key")
	}
}
