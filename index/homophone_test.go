package index

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/activationkb/activationkb/knowledge"
)

// soundsLike gives a text as it was meant.
func (x *Index) soundsLike(t testing.TB, text string) string {
	t.Helper()
	edits, err := x.analyzer.homophones(text, tokenize(text))
	if err != nil {
		t.Fatal(err)
	}
	meant, _ := edited(text, edits)
	return meant
}

func TestHomophones(t *testing.T) {
	x := builtInIndex(t)
	for text, want := range map[string]string{
		"缓村里有旧记录":         "缓存里有旧记录",
		"宽线期以经过了":         "宽限期以经过了", // "以经过" may be right
		"诊段工具怎么用":         "诊断工具怎么用",
		"密要":              "密钥",
		"产品密要在哪里":         "产品密钥在哪里",
		"产品秘钥无效":          "产品秘钥无效", // which the glossary knows
		"windows激或失败":     "windows激活失败",
		"激或码":             "激活码",
		"没有激火 0xC004F074": "没有激活 0xC004F074",
		"防火抢端口":           "防火墙端口",
		"许可正过期":           "许可证过期",
		"連接不上服務其":         "連接不上服務器", // what is right stays traditional
		"电话激获":            "电话激活",
		"注册标权限":           "注册表权限",
		"自动发县":            "自动发现",
		"时种不同步":           "时钟不同步",
		"桌面边黑":            "桌面变黑",
		"水引":              "水印",
		"主机密月":            "主机密钥",
		"解吸失败":            "解析失败",
		"评估半":             "评估版",
		"硬件更还":            "硬件更换",
		"更换住板":            "更换主板",
		"联系不上主鸡":          "联系不上主机",
		"权县不足":            "权限不足",
		"管里员":             "管理员",
		"命领提示符":           "命令提示符",
		"激活次树":            "激活次数",
		"以激活":             "以激活",   // by activation
		"高铁票改签":           "高铁票改签", // unknown, and no slip
		"異步運行, 百分之二十":     "異步運行, 百分之二十",
		"數位位址":            "數位位址",
	} {
		if got := x.soundsLike(t, text); got != want {
			t.Errorf("%q sounds like %q, want %q", text, got, want)
		}
	}
}

// TestHomophonesAreRepaired asks with some: they find what was meant, and quote what was typed.
func TestHomophonesAreRepaired(t *testing.T) {
	x := builtInIndex(t)
	const text = "许可正过期"
	a := search(t, x, Request{Text: text, Language: knowledge.Chinese})
	if a.DidYouMean != "许可证过期" || a.QueryLanguage != knowledge.Chinese || a.Confidence < 0.5 {
		t.Errorf("did you mean %q in %s with confidence %.2f", a.DidYouMean, a.QueryLanguage, a.Confidence)
	}
	article, quoted := x.quotes(t, text)
	if !slices.ContainsFunc(quoted, func(s string) bool { return strings.HasPrefix(s, "许可正") }) {
		t.Errorf("%s quotes %q", article, quoted)
	}
}

// slipsOfSound are the queries of testdata/eval that have some.
var slipsOfSound = []string{"KMS服物器连系不上怎么半", "密匙输错了吧一直提示无校", "老机器bios里缺少许可正", "mak 激活次树用光了", "win11家庭版输专业版秘钥抱错",
	"offcie 激火不了 说dns名称不存在", "许可正快到期", "kms福务器 激话失败", "微软正板验证没通过", "windos机活失败怎么半", "激活宽线期以经过了", "kms 缓村要不要打开", "有没有微软官方的激活诊段工具，自动修的那种"}

func TestWhatSoundsRightIsLeftAlone(t *testing.T) {
	x := builtInIndex(t)
	var texts []string
	for _, c := range x.base.Concepts() {
		texts = append(texts, c.Terms[knowledge.Chinese]...)
	}
	for _, a := range x.base.Articles() {
		texts = append(texts, a.Texts[knowledge.Chinese].Title)
	}
	for _, q := range questions(t) {
		texts = append(texts, q.text)
	}
	sets, err := ReadQueries("testdata/eval")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		for _, q := range set.Queries {
			if !slices.Contains(slipsOfSound, q.Text) {
				texts = append(texts, q.Text)
			}
		}
	}
	for _, text := range texts {
		if got := x.soundsLike(t, text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestOtherSubjectsSoundRight counts repairs in texts that nothing was learned from, where unknown pairs abound.
func TestOtherSubjectsSoundRight(t *testing.T) {
	corpus, err := ReadCorpus(corpusFolder)
	if err != nil {
		t.Skip(err)
	}
	x := builtInIndex(t)
	pieces, changed := 0, 0
	for _, slug := range corpus.held() {
		a := corpus.articles[slug][knowledge.Chinese]
		if a == nil {
			continue
		}
		for _, run := range strings.FieldsFunc(a.Title+"\n"+a.Body, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
			for piece := range slices.Chunk([]rune(run), 15) {
				pieces++
				if got := x.soundsLike(t, string(piece)); got != string(piece) {
					changed++
					t.Logf("%q became %q", string(piece), got)
				}
			}
		}
	}
	if pieces < 1000 || changed > pieces/1000 {
		t.Errorf("%d of %d pieces are changed", changed, pieces)
	}
}

func FuzzHomophones(f *testing.F) {
	for _, s := range []string{"宽线期以经过了", "连接不上服務其 KMS", "密要\xff密要", "激 或"} {
		f.Add(s)
	}
	x := builtInIndex(f)
	f.Fuzz(func(t *testing.T, s string) {
		edits, err := x.analyzer.homophones(s, tokenize(s))
		if err != nil {
			t.Fatal(err)
		}
		written, origin := edited(s, edits)
		checkOrigin(t, s, written, origin)
	})
}
