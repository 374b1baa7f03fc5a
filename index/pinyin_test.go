package index

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// ideographs gives a text as fromPinyin writes it, and whether anything in it was pinyin.
func (x *Index) ideographs(t testing.TB, text string) (string, bool) {
	t.Helper()
	written, origin, err := x.analyzer.fromPinyin(text, tokenize(text))
	if err != nil {
		t.Fatal(err)
	}
	return written, origin != nil
}

func TestPinyinFindsWhatIsMeant(t *testing.T) {
	x := builtInIndex(t)
	for _, c := range []struct{ text, meant, article string }{
		{"win10 chanpin miyao zai nali kan", "win10 产品密钥在哪里看", "find-product-key"},
		{"KMS fuwuqi lianjie shibai", "KMS 服务器连接失败", "kms-unreachable"},
		{"jihuo chuwu 0xC004F074", "激活 chuwu 0xC004F074", "kms-unreachable"},
		{"dianhua jihuo", "电话激活", "phone-activation"},
		{"shizhong bu tongbu wufa jihuo", "时钟不同步无法激活", "time-skew"},
		{"genghuan zhuban hou windows wei jihuo", "更换主板后 windows 未激活", "hardware-change-reactivate"},
		{"fanghuoqiang duankou 1688", "防火墙端口 1688", "port-1688-firewall"},
		{"mi yao bei feng", "密钥被封", "key-blocked"},
		{"zhuomian bian heise", "桌面变黑色", "notification-state-black-desktop"},
		{"kuanxianqi yi guo", "宽限期已过", "grace-period-expired"},
		{"office xiezai chanpin miyao", "office 卸载产品密钥", "office-uninstall-key"},
		{"xuni ji zidong jihuo AVMA", "虚拟机自动激活 AVMA", "avma-activation"},
		{"pingguban guoqi", "评估版过期", "eval-edition"},
		{"ruhe beifen KMS zhuji", "如何备份 KMS 主机", "kms-backup"},
	} {
		t.Run(c.text, func(t *testing.T) {
			a := search(t, x, Request{Text: c.text, Language: knowledge.English})
			if a.QueryLanguage != knowledge.Chinese || a.DidYouMean != c.meant {
				t.Errorf("understood as %q in %s, want %q", a.DidYouMean, a.QueryLanguage, c.meant)
			}
			best := resultNames(a)
			best = best[:min(3, len(best))]
			if !slices.Contains(best, "articles/"+c.article) {
				t.Errorf("finds %q, want %s among the first three", best, c.article)
			}
		})
	}
}

func TestPinyinIsWrittenInManyWays(t *testing.T) {
	x := builtInIndex(t)
	for text, want := range map[string]string{
		"zenme jihuo office 2016": "怎么激活 office 2016",
		"chanpin miyao":           "产品密钥",
		"chanpinmiyao":            "产品密钥",
		"Chan Pin Mi Yao":         "产品密钥",
		"chan-pin mi-yao":         "产品密钥",
		"ji'huo":                  "激活",
		"jihuo, fuwuqi":           "激活, 服务器",
		"jihuo2016":               "激活2016",
		"chanpin miyao? 密钥":       "产品密钥? 密钥",
		"zu celüe":                "组策略",
		"zu celve":                "组策略",
		"zu celue":                "组策略",
		"slmgr chanpin miyao":     "slmgr 产品密钥",
	} {
		if got, _ := x.ideographs(t, text); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// russianLetters are two ways to write Russian in Latin letters.
var russianLetters = []*strings.Replacer{
	strings.NewReplacer("щ", "shch", "ж", "zh", "х", "kh", "ч", "ch", "ш", "sh", "ц", "ts", "ю", "yu", "я", "ya", "а", "a", "б", "b", "в", "v", "г", "g",
		"д", "d", "е", "e", "ё", "yo", "з", "z", "и", "i", "й", "y", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s",
		"т", "t", "у", "u", "ф", "f", "ъ", "", "ы", "y", "ь", "", "э", "e"),
	strings.NewReplacer("щ", "sch", "ж", "j", "х", "h", "ч", "ch", "ш", "sh", "ц", "c", "ю", "ju", "я", "ja", "а", "a", "б", "b", "в", "v", "г", "g",
		"д", "d", "е", "e", "ё", "e", "з", "z", "и", "i", "й", "j", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s",
		"т", "t", "у", "u", "ф", "f", "ъ", "", "ы", "i", "ь", "", "э", "e"),
}

func TestPinyinLeavesOtherLanguagesAlone(t *testing.T) {
	x := builtInIndex(t)
	texts := []string{"windws", "windos activaton", "lisense", "lisens", "licens", "man kan", "hei", "hei kan jeg bruke en", "ni kan inte", "banan", "kanin", "minne", "mina",
		"nokkel", "losenord", "kode", "hade", "denne", "banken", "lenke", "ping", "pin", "tie", "guide", "menu", "menus", "banana", "china", "shanghai", "linux", "debian",
		"kak aktivirovat ofis", "kljuch ne podhodit", "oshibka", "mashina", "shina", "kod", "da", "ne", "nado", "mogu", "pochemu ne rabotaet",
		"KMS", "fuwuqi windws server lisense", "de", "xi", "zz"}
	sets, err := ReadQueries("testdata/eval")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		for _, q := range set.Queries {
			switch set.Language {
			case knowledge.Chinese:
			case knowledge.Russian:
				for _, latin := range russianLetters {
					texts = append(texts, latin.Replace(strings.ToLower(q.Text)))
				}
			default:
				texts = append(texts, q.Text, letters.Replace(strings.ToLower(q.Text)))
			}
		}
	}
	for _, text := range texts {
		if got, read := x.ideographs(t, text); read || got != text {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

// quotes gives the article that answers a Chinese query best, and the parts of the query that it has.
func (x *Index) quotes(t *testing.T, text string) (article string, quoted []string) {
	t.Helper()
	matches, err := x.Find(context.Background(), knowledge.Query{Text: text, Language: knowledge.Chinese})
	if err != nil || len(matches) == 0 {
		t.Fatal(matches, err)
	}
	for _, s := range matches[0].Spans {
		quoted = append(quoted, text[s.Start:s.End])
	}
	return matches[0].Article.ID, quoted
}

func TestPinyinIsQuotedAsTyped(t *testing.T) {
	x := builtInIndex(t)
	const text = "qing wen chanpin miyao bei feng"
	article, quoted := x.quotes(t, text)
	if !slices.Contains(quoted, "chanpin miyao") {
		t.Errorf("%s quotes %q", article, quoted)
	}
}

func TestPinyinTable(t *testing.T) {
	last := ""
	for line := range strings.Lines(pinyinFile) {
		syllable, ideographs, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if syllable == "#" {
			continue
		}
		if syllable <= last || len(syllable) > maxSyllable || strings.Trim(syllable, "abcdefghijklmnopqrstuvwxyzü") != "" {
			t.Errorf("syllable %q after %q", syllable, last)
		}
		last = syllable
		seen := make(map[rune]bool)
		for _, r := range ideographs {
			if !unicode.Is(unicode.Han, r) || seen[r] {
				t.Errorf("%s: %q is no ideograph, or there twice", syllable, r)
			}
			seen[r] = true
		}
	}
}

func FuzzPinyin(f *testing.F) {
	for _, s := range []string{"win10 chanpin miyao zai nali kan", "zu celüe", "CHAN-pin 密钥 mi'yao\xff", "jihuo  0xC004F074 kljuch"} {
		f.Add(s)
	}
	x := builtInIndex(f)
	f.Fuzz(func(t *testing.T, s string) {
		written, origin, err := x.analyzer.fromPinyin(s, tokenize(s))
		if err != nil {
			t.Fatal(err)
		}
		checkOrigin(t, s, written, origin)
		x.Suggest(s, knowledge.Chinese, 1)
	})
}

// checkOrigin wants each byte written to come from a part of the text typed, in order; nothing is written without.
func checkOrigin(t *testing.T, typed, written string, origin []knowledge.Span) {
	t.Helper()
	if origin == nil && written == typed {
		return
	}
	if len(origin) != len(written) || utf8.ValidString(typed) && !utf8.ValidString(written) {
		t.Fatalf("%q became %q of %d bytes with %d origins", typed, written, len(written), len(origin))
	}
	last := knowledge.Span{}
	for i, o := range origin {
		if o.Start < last.Start || o.End < last.End || o.Start >= o.End || o.End > len(typed) {
			t.Fatalf("byte %d of %q, from %q, has the origin %v after %v", i, written, typed, o, last)
		}
		last = o
	}
}
