package index

import (
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

func TestSuggest(t *testing.T) {
	x := built(t, fixture(t))
	for _, c := range []struct {
		name, typed string
		language    knowledge.Language
		text, leads string // of the first suggestion; "" for none
	}{
		{"beginning of a title", "klok", "nb", "Klokken går feil", "articles/clock-wrong"},
		{"beginning of a later word", "telef", "sv", "Aktivera per telefon", "articles/phone-activation"},
		{"two words", "finner nøkk", "nb", "Finner ingen nøkkelbehandlingstjeneste", "articles/no-contact"},
		{"without å and ø", "finner nokk", "nb", "Finner ingen nøkkelbehandlingstjeneste", "articles/no-contact"},
		{"one slip", "kloken", "nb", "Klokken går feil", "articles/clock-wrong"},
		{"code half typed", "0xC004F07", "nb", "0xC004F074 (SL_E_SAMPLE)", "errorCodes/0xC004F074"},
		{"code without prefix", "c004f041", "nb", "0xC004F041", "errorCodes/0xC004F041"},
		{"last four digits", "f041", "en", "0xC004F041", "errorCodes/0xC004F041"},
		{"term of a concept", "brandv", "sv", "brandvägg", ""},
		{"another term of a concept", "reserves", "nb", "reservevert", ""},
		{"Chinese inside a title", "电话", "zh", "通过电话激活", "articles/phone-activation"},
		{"Russian", "часы", "ru", "Часы показывают неверное время", "articles/clock-wrong"},
		{"another language than the reader's", "часы", "nb", "Часы показывают неверное время", "articles/clock-wrong"},
		{"nothing fits", "zzzz", "en", "", ""},
		{"nothing typed", " ", "en", "", ""},
		{"too much typed", strings.Repeat("klokken ", 50), "nb", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var first Suggestion
			if s := x.Suggest(c.typed, c.language, 5); len(s) > 0 {
				first = s[0]
			}
			if first.Text != c.text || first.Name != c.leads {
				t.Errorf("%q suggests %+v, want %q leading to %q", c.typed, first, c.text, c.leads)
			}
		})
	}
	if n := len(x.Suggest("a", "nb", 1)); n != 1 {
		t.Errorf("%d suggestions, want at most 1", n)
	}
}
