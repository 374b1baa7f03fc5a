package index

import (
	"slices"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

func norms(text string) []string {
	var found []string
	for _, t := range tokenize(text) {
		found = append(found, t.norm)
	}
	return found
}

func TestTokenize(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"code with prefix", "Error 0xc004f074.", []string{"error", "0xC004F074"}},
		{"bare code", "C004F074 igjen", []string{"0xC004F074", "igjen"}},
		{"signed decimal", "exit -1073418124", []string{"exit", "0xC004F074"}},
		{"Cyrillic look-alikes in a code", "0хС004F074", []string{"0xC004F074"}},
		{"full-width code", "０ｘＣ００４Ｆ０７４", []string{"0xC004F074"}},
		{"Cyrillic look-alikes in a name", "КMS-хост", []string{"kms", "kmsхост", "хост"}},
		{"program with extension and switch", `cscript slmgr.vbs /skms`, []string{"cscript", "slmgr", "skms"}},
		{"switch with a hyphen", "SLMGR -SKMS", []string{"slmgr", "skms"}},
		{"record name", "_vlmcs._tcp", []string{"vlmcs", "tcp"}},
		{"KB number in two words", "KB 2885698 mangler", []string{"2885698", "mangler"}},
		{"KB number in one word", "kb2885698", []string{"2885698"}},
		{"KB as a word", "the KB says", []string{"the", "kb", "says"}},
		{"version", "Windows 8.1.", []string{"windows", "8.1"}},
		{"number glued to a name", "win10 office2016", []string{"win", "10", "office", "2016"}},
		{"four hex digits stay whole", "f041", []string{"f041"}},
		{"hyphenated word", "auto-discovery", []string{"auto", "autodiscovery", "discovery"}},
		{"ideographs alone and in pairs", "主机", []string{"主", "主机", "机"}},
		{"traditional ideographs", "產品", []string{"产", "产品", "品"}},
		{"ideographs after Latin", "KMS主机", []string{"kms", "主", "主机", "机"}},
		{"decomposed letter", "no\u0308kkel", []string{"nökkel"}},
		{"yo", "счётчик", []string{"счетчик"}},
		{"soft hyphen", "aktive\u00adring", []string{"aktivering"}},
		{"control characters and broken UTF-8", "kms\x00\x1b[31mhost\xff", []string{"kms", "31mhost"}},
		{"nothing", " \t?!", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := norms(c.text); !slices.Equal(got, c.want) {
				t.Errorf("tokenize(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func FuzzTokenize(f *testing.F) {
	for _, s := range []string{"slmgr.vbs /ato 0xC004F074", "KMS主机 密钥", "auto-discovery kb2885698", "н\u0301e\xff8.1..2", "-1073418124"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { inOrder(t, s, tokenize(s)) })
}

// inOrder checks that tokens lie in the text, one behind the other.
func inOrder(t *testing.T, text string, tokens []token) {
	t.Helper()
	last := 0
	for _, tok := range tokens {
		if tok.start < 0 || tok.end > len(text) || tok.start >= tok.end || tok.norm == "" {
			t.Fatalf("token %+v in %q of %d bytes", tok, text, len(text))
		}
		if tok.shape != joined && tok.shape != bigram {
			if tok.start < last {
				t.Fatalf("token %+v of %q begins before %d, where the last one ended", tok, text, last)
			}
			last = tok.end
		}
	}
}

func TestAsksHow(t *testing.T) {
	a, err := newAnalyzer(fixture(t))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[knowledge.Language][2]string{
		knowledge.English:   {"How do I change the port?", "shows the wrong port"},
		knowledge.Norwegian: {"hei, hvordan bytter jeg nøkkel", "nøkkelen er blokkert, hvorfor"},
		knowledge.Swedish:   {"Hur, exakt, byter man nyckel", "nyckeln har tjurat"},
		knowledge.Russian:   {"Как сменить ключ", "никакой ключ не подходит"},
		knowledge.Chinese:   {"怎么更换产品密钥", "为什么激活不了"},
	} {
		for i, s := range want {
			if got := a.lexicons[text].stemmer.asksHow(s); got != (i == 0) {
				t.Errorf("%s: %q: %v", text, s, got)
			}
		}
	}
}
