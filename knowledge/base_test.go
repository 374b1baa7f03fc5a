package knowledge_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/yuin/goldmark"
)

var update = flag.Bool("update", false, "write golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", name, got)
	}
}

// TestArticleIsRendered shows each section as Markdown, as HTML of a CommonMark renderer that
// passes raw HTML, and as plain text.
func TestArticleIsRendered(t *testing.T) {
	a, _ := load(t, small(t)).Article("no-host")
	for _, l := range []knowledge.Language{knowledge.English, knowledge.Chinese} {
		text, _ := a.Text(l)
		var b bytes.Buffer
		b.WriteString("title: " + text.Title + "\nsummary: " + text.Summary + "\n")
		for _, s := range text.Sections {
			b.WriteString("\n=== " + s.ID + " | " + s.Title + "\n--- markdown\n" + s.Markdown + "\n--- html\n")
			if err := goldmark.Convert([]byte(s.Markdown), &b); err != nil {
				t.Fatal(err)
			}
			b.WriteString("--- text\n" + s.Text + "\n--- intro\n" + s.Intro + "\n")
		}
		golden(t, "no-host."+string(l)+".golden", b.String())
	}
}

func TestStepTakesOverFromItsCommands(t *testing.T) {
	a, _ := load(t, small(t)).Article("no-host")
	text, _ := a.Text(knowledge.Norwegian)
	s, _ := text.Section("resolution.set")
	if len(s.Steps) != 2 {
		t.Fatalf("%d steps", len(s.Steps))
	}
	first, second := s.Steps[0], s.Steps[1]
	if first.Text != "Kjør slmgr.vbs /skms <KMS-vert> med <KMS-vert>." || first.Undo != "Gå tilbake med ospp.vbs /act." ||
		first.Risk != knowledge.RiskLow || first.Warning != "" || first.Elevated || len(first.Commands) != 1 {
		t.Errorf("first step: %+v", first)
	}
	// The worst risk wins: DATA_LOSS of the token over REGISTRY of the command.
	if second.Risk != knowledge.RiskDataLoss || second.RunOn != "KMS_HOST" || second.Text != `Sett HKLM\SOFTWARE\X med reg add HKLM\SOFTWARE\X.` {
		t.Errorf("second step: %+v", second)
	}
}

func TestRegistryStepsCarryTheBackupWarning(t *testing.T) {
	pack := small(t)
	for _, l := range knowledge.Languages {
		change(t, pack, "articles/no-host/"+string(l)+".md", "{risk DATA_LOSS}", "")
	}
	a, _ := load(t, pack).Article("no-host")
	text, _ := a.Text(knowledge.Swedish)
	s, _ := text.Section("resolution.set")
	const warning = "Säkerhetskopiera registret först; se KB 322756."
	if s.Steps[1].Warning != warning || !strings.HasPrefix(s.Markdown, "> "+warning) {
		t.Errorf("warning %q, section %q", s.Steps[1].Warning, s.Markdown)
	}
}

func TestCommandHasALineForEveryVariant(t *testing.T) {
	b := load(t, small(t))
	act, _ := b.Command("ospp-act")
	if got, want := act.Runs(knowledge.Chinese, b.Vocabulary()), []knowledge.Run{{`cscript 16\ospp.vbs /act`, "Office 2016"}, {`cscript 15\ospp.vbs /act`, "Office 2013"}}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	skms, _ := b.Command("slmgr-skms")
	if got := skms.Runs(knowledge.Russian, b.Vocabulary())[0].Line; got != "cscript slmgr.vbs /skms <узел KMS>" {
		t.Errorf("got %q", got)
	}
	reg, _ := b.Command("reg-set")
	if got := reg.Short(knowledge.English, b.Vocabulary()); got != `reg add HKLM\SOFTWARE\X` {
		t.Errorf("got %q", got)
	}
}

func TestShortTextIsRendered(t *testing.T) {
	b := load(t, small(t))
	for _, tt := range []struct{ in, markdown, text string }{
		{"Run {cmd ospp-act}.", "Run `ospp.vbs /act`.", "Run ospp.vbs /act."},
		{"{code 0xC004F074} in {event dns-client-1014}", "`0xC004F074` in 1014", "0xC004F074 in 1014"},
		{"See {article no-host}.", "See [0xC004F074: no host](articles/no-host).", "See “0xC004F074: no host”."},
		{"See {article reference}.", `See [A reference of \_everything\_](articles/reference).`, "See “A reference of _everything_”."},
		{"{a.kms_host} is *wrong* [x]", `{a.kms_host} is \*wrong\* \[x\]`, "{a.kms_host} is *wrong* [x]"},
		{"<kms-host> & <other>", "`<KMS host>` \\& \\<other\\>", "<KMS host> & <other>"},
		{"{lit a`b``c}", "```a`b``c```", "a`b``c"},
		{`{reg HKLM\{55c92734}\X} ends`, "`HKLM\\{55c92734}\\X` ends", `HKLM\{55c92734}\X ends`},
		{"Stop it {risk REGISTRY}.", "Stop it.", "Stop it."},
		{"Stop {elevated} it", "Stop it", "Stop it"},
		{"1. first", `1\. first`, "1. first"},
		{"{unknown thing}, {cmd gone}", `{unknown thing}, ` + "`gone`", "{unknown thing}, gone"},
		{"see {url https://example.com/a_b}", "see <https://example.com/a_b>", "see https://example.com/a_b"},
	} {
		got := b.Render(knowledge.English, tt.in)
		if got.Markdown != tt.markdown || got.Text != tt.text {
			t.Errorf("%q: got %q and %q", tt.in, got.Markdown, got.Text)
		}
	}
}

func TestTextsThatNobodyRendersAreResolvedAtLoad(t *testing.T) {
	b := load(t, small(t))
	c, _ := b.Code(0xC004F074)
	if got := c.Message.In(knowledge.Chinese); got != "没有主机，参阅 12288。" {
		t.Errorf("got %q", got)
	}
	if got := b.Message("warning.registry", knowledge.Norwegian); got != "Sikkerhetskopier registeret først; se KB 322756." {
		t.Errorf("got %q", got)
	}
	if got := b.Message("verdict", knowledge.Russian, "count", "{count}", "x"); got != "Проблем: {count}" {
		t.Errorf("got %q", got)
	}
	if got := b.Message("no.such", knowledge.Russian); got != "no.such" {
		t.Errorf("got %q", got)
	}
}

func TestRecordsAreFound(t *testing.T) {
	b := load(t, small(t))
	if a, ok := b.Article("no-server"); !ok || a.ID != "no-host" {
		t.Error("alias of an article does not resolve")
	}
	if e, ok := b.Event("1014"); !ok || e.ID != "dns-client-1014" {
		t.Error("bare number of one event does not resolve")
	}
	if k, ok := b.Key("8HVX7"); !ok || k.Edition != "Windows X" {
		t.Error("no key 8HVX7")
	}
	if k, ok := b.Key("00000000-0000-0000-0000-000000000001"); !ok || k.Kind != "HOST" {
		t.Error("no host key by activation id")
	}
	if p, ok := b.Product("{00000000-0000-0000-0000-000000000002}"); !ok || p.Name != "Windows X" {
		t.Error("no product by GUID in braces")
	}
	if fs := b.FindingsOf("no-host"); len(fs) != 1 || fs[0].ID != "wrong-host" {
		t.Errorf("findings of no-host: %v", fs)
	}
	if got := b.Vocabulary().Title("KMS_HOST", knowledge.Swedish); got != "KMS-värd" {
		t.Errorf("title of a role: %q", got)
	}
	if _, ok := b.Code(0); ok {
		t.Error("there is no record of S_OK")
	}
}

func TestCodeIsExplainedByContext(t *testing.T) {
	b := load(t, small(t))
	slmgr := knowledge.Context{Channel: "KMS", Place: "SLMGR"}
	refs := b.ArticlesFor(0xC004F074, slmgr)
	if len(refs) != 1 || refs[0].Article.ID != "no-host" || !refs[0].Matches {
		t.Errorf("refs %+v", refs)
	}
	causes, resolutions := b.Explain(0xC004F074, slmgr, knowledge.English)
	if len(causes) != 1 || causes[0].Title != "There is no record" || len(resolutions) != 1 || resolutions[0].Intro != "Do this with care." {
		t.Errorf("by article: %+v %+v", causes, resolutions)
	}
	// The context speaks against the article, and the code has no explanation of its own.
	causes, resolutions = b.Explain(0xC004F074, knowledge.Context{Channel: "MAK"}, knowledge.English)
	if causes != nil || resolutions != nil {
		t.Errorf("against the context: %+v %+v", causes, resolutions)
	}
	// 0xC004F039 stands for 0xC004F038, which no article explains.
	causes, resolutions = b.Explain(0xC004F039, knowledge.Context{}, knowledge.Swedish)
	if len(causes) != 1 || causes[0].Text != "För få datorer." || len(resolutions) != 1 || resolutions[0].Steps[0].Text != "Kör ospp.vbs /act." || !resolutions[0].Steps[0].Elevated {
		t.Errorf("by record: %+v %+v", causes, resolutions)
	}
}

func TestUnknownCodeIsDecoded(t *testing.T) {
	d := load(t, small(t)).Decode(0xC0040005)
	var nearest []string
	for _, c := range d.Nearest {
		nearest = append(nearest, c.Code.String())
	}
	if want := []string{"0x80070005", "0xC004F038", "0xC004F039", "0xC004F074"}; !slices.Equal(nearest, want) {
		t.Errorf("nearest %v", nearest)
	}
	d = load(t, small(t)).Decode(0x80070005)
	if d.Symbol == nil || d.Symbol.Name != "ERROR_ACCESS_DENIED" || d.Facility == nil || d.Facility.Name != "FACILITY_WIN32" {
		t.Errorf("%+v", d)
	}
}

func TestRevisionTellsContentsApartButNotLineEnds(t *testing.T) {
	pack, changed := small(t), small(t)
	first := load(t, pack).Revision()
	for name, f := range changed {
		changed[name] = &fstest.MapFile{Data: bytes.ReplaceAll(f.Data, []byte("\n"), []byte("\r\n"))}
	}
	if got := load(t, changed).Revision(); got != first || len(got) != 16 {
		t.Errorf("revision %s, with CRLF %s", first, got)
	}
	change(t, pack, "winerror.yaml", "number: 5", "number: 6")
	if got := load(t, pack).Revision(); got == first {
		t.Error("revision does not change with the content")
	}
}

// contoso is a second pack with an article of its own and one that replaces a built-in one.
func contoso() fstest.MapFS {
	pack := fstest.MapFS{}
	for name, text := range map[string]string{
		"README.txt":                       "ignored",
		"pack.yaml":                        "name: contoso\nversion: \"1\"\nformatVersion: 1\nlanguages: [en]\noverrides: [reference]\n",
		"articles/proxy/article.yaml":      "id: proxy\nkind: CONCEPT\nsources: [{title: Intranet}]\nrelated: [proxy-list, no-host]\n",
		"articles/proxy/en.md":             "# The proxy\n\nSee {article proxy-list} and {article no-host}.\n\n## overview\n\nA.\n\n## how-it-works\n\nB.\n\n## limits\n\nC.\n",
		"articles/proxy-list/article.yaml": "id: proxy-list\nkind: REFERENCE\nsources: [{title: Intranet}]\n",
		"articles/proxy-list/en.md":        "# List of proxies\n\nThe list.\n\n## overview\n\nA.\n\n## entry.one One\n\nB.\n",
		"articles/reference/article.yaml":  "id: reference\nkind: REFERENCE\nsources: [{title: Intranet}]\n",
		"articles/reference/en.md":         "# Our own reference\n\nOurs.\n\n## overview\n\nA.\n\n## entry.one One\n\nB.\n",
	} {
		pack[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return pack
}

func TestSecondPackAddsAndReplaces(t *testing.T) {
	builtIn := small(t)
	for _, id := range []string{"how-it-works", "limits"} {
		change(t, builtIn, "vocabulary.yaml", "  - {id: overview,", "  - {id: "+id+", title: {en: X, nb: X, sv: X, ru: X, zh: X}}\n  - {id: overview,")
	}
	b := load(t, builtIn, contoso())
	var ids []string
	for _, a := range b.Articles() {
		ids = append(ids, a.ID+" "+a.Pack)
	}
	if want := []string{"contoso.proxy contoso", "contoso.proxy-list contoso", "no-host built-in", "reference contoso"}; !slices.Equal(ids, want) {
		t.Errorf("articles %v", ids)
	}
	a, _ := b.Article("contoso.proxy")
	text, l := a.Text(knowledge.Chinese)
	if text.Summary != "See “List of proxies” and “0xC004F074: no host”." || l != knowledge.English {
		t.Errorf("%s: %s", l, text.Summary)
	}
	if want := []string{"contoso.proxy-list", "no-host"}; !slices.Equal(a.Related, want) {
		t.Errorf("related %v", a.Related)
	}
	a, _ = b.Article("no-host")
	text, _ = a.Text(knowledge.Norwegian)
	if s, _ := text.Section("if-not-solved"); s.Text != "- Les «Our own reference»; test TCP 1688." {
		t.Errorf("link to the replaced article: %s", s.Text)
	}
}

func TestDefectsOfASecondPack(t *testing.T) {
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"overrides what is not built in", "pack.yaml", "[reference]", "[proxy-list]", `contoso/pack.yaml: overrides: "proxy-list" is not both a built-in article and one of this pack`},
		{"two packs of one name", "pack.yaml", "contoso", "built-in", `pack-2/pack.yaml:1: name: another pack is named "built-in"`},
		{"newer format", "pack.yaml", "formatVersion: 1", "formatVersion: 9\nnews: x", "contoso/pack.yaml:3: formatVersion: needs version 9 or newer of the content format; this program reads version 1"},
		{"vocabulary", "vocabulary.yaml", "", "channels: []\nroles: []\nproducts: []\nplaces: []\nsections: []\nplaceholders: []\n", "contoso/vocabulary.yaml:1: only the built-in pack has a vocabulary"},
		{"id of the built-in pack", "winerror.yaml", "", "- {number: 5, name: X}\n", "contoso/winerror.yaml:1: [0].number: duplicate: 5 stands before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pack := contoso()
			delete(pack, "articles/proxy/article.yaml")
			delete(pack, "articles/proxy/en.md")
			change(t, pack, tt.file, tt.old, tt.new)
			_, defects := knowledge.Lint(small(t), pack)
			if got := strings.ReplaceAll(defects.Error(), "knowledge: ", ""); got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestPackWithoutPackFile(t *testing.T) {
	if _, defects := knowledge.Lint(fstest.MapFS{}); defects.Error() != "knowledge: pack.yaml: is missing: every pack has one" {
		t.Errorf("got %s", defects)
	}
}
