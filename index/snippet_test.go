package index

import (
	"context"
	"slices"
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

// seek looks for the terms of words, of ideographs for pairs only.
func (s *shelf) seek(words string) *sought {
	found := new(sought)
	for _, term := range s.lexicon.terms(tokenize(words)) {
		if utf8.RuneCountInString(term) > 1 {
			found.add(1, s.number(term))
		}
	}
	return found
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
		{"an abbreviation ends no sentence", "ru", long + ". Подробнее см. «Узел недоступен». " + long, "узел", "Подробнее см. «[Узел] недоступен»."},
		{"a closing quote belongs to its sentence", "zh", strings.Repeat("无关的文字", 40) + "。“主机未激活。”然后重试。" + strings.Repeat("无关的文字", 40), "主机", "“[主机]未激活。”然后重试。"},
		{"compound that has the word", "nb", "Hent en ny vertsnøkkel i dag.", "nøkkel", "Hent en ny [vertsnøkkel] i dag."},
		{"compound asked, words apart", "sv", "En nyckel för värden.", "värdnyckel", "En [nyckel] för [värden]."},
		{"inflected Russian", "ru", "Ключами управляют узлы.", "ключ узел", "[Ключами] управляют [узлы]."},
		{"lines become blanks", "en", "One\nhost", "host", "One [host]"},
		{"empty text", "en", "", "host", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			shelf := newShelf(lexiconOf(t, c.language, c.text+" värd värden nyckel vert nøkkel"))
			s, spans := shelf.page(c.text).snippet(shelf.seek(c.seek))
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
		shelf := newShelf(x)
		s, spans := shelf.page(text).snippet(shelf.seek(words))
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

// BenchmarkSnippets shows 20 results of a question again and again.
func BenchmarkSnippets(b *testing.B) {
	x := builtInIndex(b)
	for _, l := range knowledge.Languages {
		all := questions(b)
		q := all[slices.IndexFunc(all, func(q question) bool { return q.language == l })]
		asked, views, found, err := x.find(context.Background(), q.text, l, knowledge.Context{}, weights.floor)
		if err != nil {
			b.Fatal(err)
		}
		found = found[:min(20, len(found))]
		b.Run(string(l), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p := presenter{x, asked, views, &Request{Language: l}, make(map[knowledge.Language][]wish)}
				for _, c := range found {
					p.result(c)
				}
			}
			b.ReportMetric(float64(len(found)), "results")
		})
	}
}
