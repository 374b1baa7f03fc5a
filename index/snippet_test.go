package index

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// marked puts brackets around the highlights of s.
func marked(s string, spans []Highlight) string {
	units := utf16.Encode([]rune(s))
	var b strings.Builder
	last := 0
	for _, h := range spans {
		b.WriteString(string(utf16.Decode(units[last:h.Start])) + "[" + string(utf16.Decode(units[h.Start:h.End])) + "]")
		last = h.End
	}
	return b.String() + string(utf16.Decode(units[last:]))
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("ord uten betydning ", 20)
	for _, c := range []struct {
		name     string
		language knowledge.Language
		text     string
		seek     string // words
		want     string
	}{
		{"inflected word", "nb", "Windows blir ikke aktivert. Prøv igjen.", "aktivere", "Windows blir ikke [aktivert]. Prøv igjen."},
		{"the best sentence of a long text", "nb", long + ". Verten svarer på port 1688. " + long + ".", "vert 1688", "[Verten] svarer på port [1688]."},
		{"a sentence that is too long is cut before the word", "nb", long + "brannmuren " + long, "brannmur", "…[brannmuren] " + strings.TrimSpace(strings.Repeat("ord uten betydning ", 12)) + "…"},
		{"nothing found shows the beginning", "en", "First sentence. Second.", "absent", "First sentence. Second."},
		{"code in another spelling", "en", "Fails with 0xC004F074 today.", "c004f074", "Fails with [0xC004F074] today."},
		{"Chinese", "zh", "无法联系密钥管理服务。请重试。", "密钥管理", "无法联系[密钥管理]服务。请重试。"},
		{"offsets are UTF-16", "en", "😀 the host", "host", "😀 the [host]"},
		{"lines become blanks", "en", "One\nhost", "host", "One [host]"},
		{"empty text", "en", "", "host", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := lexiconOf(t, c.language, "")
			seek := make(map[string]float64)
			for _, term := range x.terms(tokenize(c.seek)) {
				if utf8.RuneCountInString(term) > 1 {
					seek[term] = 1
				}
			}
			s, spans := x.snippet(c.text, seek)
			if got := marked(s, spans); got != c.want {
				t.Errorf("snippet\n  %s\nwant\n  %s", got, c.want)
			}
			if n := utf8.RuneCountInString(s); n > maxSnippet {
				t.Errorf("%d characters", n)
			}
		})
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("One sentence. Another with host! 密钥。", "host")
	f.Add("\xff. \xff", "a")
	x, err := newLexicon(knowledge.English)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, words string) {
		seek := make(map[string]float64)
		for _, term := range x.terms(tokenize(words)) {
			seek[term] = 1
		}
		s, spans := x.snippet(text, seek)
		if n := utf8.RuneCountInString(s); n > maxSnippet {
			t.Fatalf("%d characters", n)
		}
		last, end := 0, len(utf16.Encode([]rune(s)))
		for _, h := range spans {
			if h.Start < last || h.End <= h.Start || h.End > end {
				t.Fatalf("highlight %v of %q (%d units)", h, s, end)
			}
			last = h.End
		}
	})
}
