package index

import (
	"slices"
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

// TestSuggestBuiltIn types what people type and wants the text among the first three suggestions.
func TestSuggestBuiltIn(t *testing.T) {
	x := builtInIndex(t)
	for _, c := range []struct {
		language    knowledge.Language
		typed       string
		text, leads string // text is the beginning of a suggestion, "" for none at all
	}{
		{"en", "-10734181", "0xC004F074", "errorCodes/0xC004F074"},
		{"en", "3221549172", "0xC004F074", "errorCodes/0xC004F074"},
		{"en", "0xc004f074", "0xC004F074", "errorCodes/0xC004F074"},
		{"en", "OxC004f074", "0xC004F074", "errorCodes/0xC004F074"},
		{"ru", "0хс004ф074", "", ""},
		{"ru", "0хс004f07", "0xC004F074", "errorCodes/0xC004F074"},
		{"en", "9003", "0x8007232B", "errorCodes/0x8007232B"},
		{"en", "SL_E_NOT_GEN", "0xC004F200", "errorCodes/0xC004F200"},
		{"en", "not_gen", "0xC004F200", "errorCodes/0xC004F200"},
		{"nb", "feil 80070005", "0x80070005", "errorCodes/0x80070005"},
		{"nb", "1228", "12288: ", "events/12288"},
		{"sv", "händelse 8198", "8198: ", "events/8198"},
		{"nb", "noekkelbehandl", "nøkkelbehandlingstjenesten", ""},
		{"nb", "brannmru", "brannmur", ""},
		{"nb", "firewall", "brannmur", ""},
		{"nb", "ｂｒａｎｎｍ", "brannmur", ""},
		{"sv", "svart skr", "Svart skrivbord", "articles/notification-state-black-desktop"},
		{"sv", "skrivbordet är sv", "Skrivbordet är svart", ""},
		{"sv", "brndvägg", "brandvägg", ""},
		{"en", "acitvate windows", "activate Windows", ""},
		{"en", "phone", "telephone activation", ""},
		{"ru", "чёрный раб", "Черный рабочий стол", "articles/notification-state-black-desktop"},
		{"ru", "брандмуэр", "брандмауэр", ""},
		{"ru", "rk.x ghjler", "ключ продукта", ""},
		{"ru", "ылмшс", "", ""},
		{"en", "ыдьпк", "slmgr.vbs", ""},
		{"zh", "防火墙", "防火墙", ""},
		{"zh", "ＫＭＳ主机", "KMS 主机", ""},
		{"zh", "怎么激活电话", "通过电话激活", "articles/phone-activation"},
		{"zh", "无法联系", "0xC004F074：无法联系", "articles/kms-unreachable"},
		{"zh", "桌面变", "桌面变黑", ""},
	} {
		found := x.Suggest(c.typed, c.language, 4)
		fits := func(s Suggestion) bool {
			return strings.HasPrefix(s.Text, c.text) && (c.leads == "" || s.Name == c.leads)
		}
		switch {
		case c.text == "" && len(found) > 0:
			t.Errorf("%s: %q suggests %+v, want nothing", c.language, c.typed, found)
		case c.text != "" && !slices.ContainsFunc(found, fits):
			t.Errorf("%s: %q suggests %+v, want %q leading to %q", c.language, c.typed, found, c.text, c.leads)
		}
	}
}

func TestSuggestTwiceTheSame(t *testing.T) {
	d := newDocuments(builtInBase(t))
	a, _, err := analyse(d)
	if err != nil {
		t.Fatal(err)
	}
	one, two := newSuggester(d, a), newSuggester(d, a)
	for _, l := range knowledge.Languages {
		for i, p := range one.completers[l].phrasings {
			if q := two.completers[l].phrasings[i]; p.Suggestion != q.Suggestion {
				t.Fatalf("%s: suggestion %d is %+v, then %+v", l, i, p.Suggestion, q.Suggestion)
			}
		}
	}
}

func TestSuggestNothingTwice(t *testing.T) {
	x := builtInIndex(t)
	for _, q := range keystrokes(t, 40) {
		seen := make(map[string]bool)
		found := x.Suggest(q.text, q.language, maxSuggestions)
		for _, s := range found {
			if seen[s.Text] || s.Name != "" && seen[s.Name] {
				t.Errorf("%s: %q suggests %+v twice", q.language, q.text, s)
			}
			seen[s.Text], seen[s.Name] = true, true
		}
		if len(found) > maxSuggestions {
			t.Errorf("%q: %d suggestions", q.text, len(found))
		}
	}
}

func TestSuggestHostile(t *testing.T) {
	x := builtInIndex(t)
	for name, typed := range map[string]string{
		"one endless word":      strings.Repeat("a", 1<<20),
		"a word of full length": strings.Repeat("a", maxPrefix),
		"many short words":      strings.Repeat("a ", maxPrefix/2),
		"many ideographs":       strings.Repeat("激", maxPrefix/3),
		"broken UTF-8":          "kms\xff\xfe\x80",
		"only marks":            "_._-__%%\x00\u202e",
		"half a rune":           "nø"[:2],
		"zero-width letters":    "\u200bkms\u00ad",
	} {
		if n := len(x.Suggest(typed, "nb", 1<<30)); n > maxSuggestions {
			t.Errorf("%s: %d suggestions", name, n)
		}
	}
}

// TestPhrases wants phrases that say something, in every language.
func TestPhrases(t *testing.T) {
	x := builtInIndex(t)
	for l, want := range map[knowledge.Language][]string{
		knowledge.English:   {"grace period", "Key Management Service", "no KMS host"},
		knowledge.Norwegian: {"aktiver Windows", "Skrivebordet er svart", "ingen KMS-vert"},
		knowledge.Swedish:   {"aktivera Windows", "produktnyckeln är ogiltig"},
		knowledge.Russian:   {"ключ продукта", "не удалось", "черный рабочий стол"},
		knowledge.Chinese:   {"产品密钥已被阻止"},
	} {
		var texts []string
		for _, p := range frequentPhrases(x.docs, x.analyzer.glossary, x.analyzer.lexicons[l]) {
			texts = append(texts, p.text)
			if n := len(strings.Fields(p.text)); l != knowledge.Chinese && (n < minPhraseWords || n > maxPhraseWords) || strings.ContainsAny(p.text, "`*[]():;") {
				t.Errorf("%s: %q is no phrase", l, p.text)
			}
		}
		for _, w := range want {
			if !slices.Contains(texts, w) {
				t.Errorf("%s: no phrase %q among %q", l, w, texts)
			}
		}
	}
}

// TestSuggestInLatinLetters types Chinese and Russian in Latin letters and wants a text that has the words meant first.
func TestSuggestInLatinLetters(t *testing.T) {
	x := builtInIndex(t)
	for _, c := range []struct {
		language   knowledge.Language
		typed, has string
	}{
		{"zh", "jih", "激活"},
		{"zh", "jihu", "激活"},
		{"zh", "jihuo", "激活"},
		{"zh", "ji huo", "激活"},
		{"zh", "office jih", "激活"},
		{"zh", "chanpin", "产品"},
		{"zh", "chanpinm", "产品密钥"},
		{"zh", "dianhua ji", "电话激活"},
		{"zh", "fanghuo", "防火墙"},
		{"zh", "zhuomian", "桌面"},
		{"zh", "kuanx", "宽限"},
		{"zh", "pinggub", "评估版"},
		{"zh", "xuni", "虚拟"},
		{"zh", "activ", "Activ"},
		{"ru", "aktivac", "Активация"},
		{"ru", "aktivats", "Активация"},
		{"ru", "kluch", "ключ"},
		{"ru", "klyuch pr", "ключ продукта"},
		{"ru", "oshibk", "ошибк"},
		{"ru", "kak aktivir", "активировать"},
		{"ru", "chernyj rab", "Черный рабочий"},
		{"ru", "licenz", "Лицензи"},
		{"ru", "windows akt", "Windows актив"},
		{"ru", "po telef", "по телефону"},
		{"ru", "activate", "ACTIVATE"},
		{"ru", "jib,rf", "ошибк"},
		{"nb", "jihu", ""}, // nobody else's
		{"en", "oshibk", ""},
		{"zh", "xyzzy", ""},
	} {
		first := ""
		if s := x.Suggest(c.typed, c.language, 5); len(s) > 0 {
			first = s[0].Text
		}
		if !strings.Contains(first, c.has) || (first == "") != (c.has == "") {
			t.Errorf("%s: %q suggests %q, want %q in it", c.language, c.typed, first, c.has)
		}
	}
}
