package index

import (
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// lexiconOf learns the words of a text, each counted twice so that it may be part of a compound.
func lexiconOf(t *testing.T, l knowledge.Language, text string) *lexicon {
	t.Helper()
	x, err := newLexicon(l)
	if err != nil {
		t.Fatal(err)
	}
	x.count(tokenize(text), 2)
	x.finish()
	return x
}

func TestInflectionsShareOneTerm(t *testing.T) {
	for _, c := range []struct {
		language knowledge.Language
		words    string
	}{
		{"en", "activate activated activating activation activates"},
		{"en", "license licenses licensed"},
		{"nb", "aktivere aktiverer aktivert aktiveres aktivering aktiveringen"},
		{"nb", "nøkkel nøkkelen nokkel"},
		{"nb", "vert verten verter verts"},
		{"nb", "lisens lisensen lisenser lisensene lisensiering"},
		{"sv", "licens licensen licenser licensiering"},
		{"nb", "installere installerer installasjon installasjonen"},
		{"sv", "aktivera aktiverar aktiverad aktiverades aktivering aktiveringen"},
		{"sv", "värd värden värdar vard"},
		{"sv", "installera installerad installation installationen"},
		{"ru", "активация активации активировать активируется активирован активацию"},
		{"ru", "ключ ключа ключи ключами"},
		{"ru", "служба службы службу службе"},
		{"ru", "лицензия лицензии лицензирования лицензирование"},
		{"ru", "виндовс винда windows"},
		{"ru", "офис офиса office"},
	} {
		t.Run(string(c.language)+" "+c.words, func(t *testing.T) {
			x := lexiconOf(t, c.language, "")
			words := strings.Fields(c.words)
			for _, w := range words[1:] {
				if a, b := x.term(words[0]), x.term(w); a != b {
					t.Errorf("%s is %q, %s is %q", words[0], a, w, b)
				}
			}
		})
	}
}

func TestDifferentWordsStayApart(t *testing.T) {
	for _, c := range []struct {
		language knowledge.Language
		a, b     string
	}{
		{"nb", "server", "service"}, {"sv", "värd", "värde"}, {"ru", "ключ", "включить"}, {"en", "count", "country"},
	} {
		x := lexiconOf(t, c.language, "")
		if x.term(c.a) == x.term(c.b) {
			t.Errorf("%s: %s and %s are both %q", c.language, c.a, c.b, x.term(c.a))
		}
	}
}

func TestCompoundsAreSplit(t *testing.T) {
	const nb = "volum lisens nøkkel aktivering server problem produkt vert multi hendelse logg tjeneste feil kode"
	const sv = "volym licens nyckel aktivering server problem produkt värd dator händelse logg tjänst"
	for _, c := range []struct {
		language knowledge.Language
		words    string
		whole    string
		parts    string // words whose terms the parts are
	}{
		{"nb", nb, "volumlisensnøkkel", "volum lisens nøkkel"},
		{"nb", nb, "aktiveringsproblemer", "aktivering problem"},
		{"nb", nb, "produktnøkkelen", "produkt nøkkel"},
		{"nb", nb, "kmsvert", "kms vert"},
		{"nb", nb, "hendelseslogg", "hendelse logg"},
		{"nb", nb, "lisensene", ""},
		{"nb", nb, "tastatur", ""},
		{"sv", sv, "volymlicensnyckel", "volym licens nyckel"},
		{"sv", sv, "aktiveringsservern", "aktivering server"},
		{"sv", sv, "värddatorn", "värd dator"},
		{"en", "key host", "keyhosts", ""},
	} {
		t.Run(c.whole, func(t *testing.T) {
			x := lexiconOf(t, c.language, c.words)
			var want []string
			for _, w := range strings.Fields(c.parts) {
				want = append(want, x.term(w))
			}
			if got := x.lookup(c.whole).Parts; !slices.Equal(got, want) {
				t.Errorf("parts %q, want %q", got, want)
			}
		})
	}
}

func TestNearestRepairsSlips(t *testing.T) {
	x := lexiconOf(t, knowledge.English, "activation product windows server license firewall record key keys")
	for _, c := range []struct {
		name, typed, want string
		distance          int
	}{
		{"letter missing", "activaton", "activation", 1},
		{"letters exchanged", "prodcut", "product", 1},
		{"two slips in a long word", "activtaionn", "activation", 2},
		{"two slips in a short word", "winoxs", "", 0},
		{"short words are left alone", "kye", "", 0},
		{"nothing near", "printer", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, d := x.nearest(c.typed); got != c.want || d != c.distance {
				t.Errorf("nearest(%q) = %q, %d; want %q, %d", c.typed, got, d, c.want, c.distance)
			}
		})
	}
}

func TestEditsOfUnequalLengthStopAtTheLimit(t *testing.T) {
	if got := edits([]rune("kms"), []rune("kmshost"), 2); got != 3 {
		t.Errorf("edits = %d, want limit+1 = 3", got)
	}
}
