package diagnose

import (
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
