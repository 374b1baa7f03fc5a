package knowledge_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
)

func TestContentHasNoDefects(t *testing.T) {
	_, defects := knowledge.Lint(content.FS())
	for _, d := range defects {
		t.Error(d)
	}
}

func BenchmarkLoadContent(b *testing.B) {
	for b.Loop() {
		knowledge.Draft(content.FS())
	}
}

// A command that no article, finding, question or code names is one that nobody sees.
func TestEveryCommandIsUsed(t *testing.T) {
	b, _ := knowledge.Draft(content.FS())
	used := map[string]bool{}
	for _, c := range b.Commands() {
		used[c.Undo], used[c.Verify] = true, true
	}
	err := fs.WalkDir(content.FS(), ".", func(name string, _ fs.DirEntry, err error) error {
		data, _ := fs.ReadFile(content.FS(), name)
		for _, m := range commandUse.FindAllSubmatch(data, -1) {
			used[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.Commands() {
		if !used[c.ID] {
			t.Errorf("commands.yaml: nothing uses %s", c.ID)
		}
	}
}

var commandUse = regexp.MustCompile(`(?:\{cmd |collect: )([a-z0-9-]+)`)

// neutral is what a reader of any language types or looks for: codes, GUIDs, KB numbers, registry paths, and whatever
// is set as code.
var neutral = regexp.MustCompile("`[^`]+`|0x[0-9A-Fa-f]{8}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|KB [0-9]{5,7}|HK(?:LM|CU|EY_[A-Z_]+)\\\\[^ *]*")

// placeholders are translated.
var placeholders = regexp.MustCompile(`\\?<[^<>]+>`)

// TestSectionsOfRules: what a rule shows first is a section of its finding's article, with steps.
func TestSectionsOfRules(t *testing.T) {
	base := load(t, content.FS())
	for _, f := range base.Findings() {
		for _, r := range f.Rules {
			if r.Section == "" {
				continue
			}
			a, ok := base.Article(f.Article)
			if !ok {
				t.Fatalf("%s: %s names a section of no article", f.ID, r.ID)
			}
			text, _ := a.Text(knowledge.English)
			if first := text.Beginning(r.Section)[0]; first.ID != r.Section || len(first.Steps) == 0 {
				t.Errorf("%s: %s: %s has no section %s with steps", f.ID, r.ID, f.Article, r.Section)
			}
		}
	}
}

// TestLiteralsAreTheSameInAllLanguages looks at what readers see, not at the tokens that it is made of.
func TestLiteralsAreTheSameInAllLanguages(t *testing.T) {
	base := load(t, content.FS())
	count := 0
	for _, a := range base.Articles() {
		for i, lead := range a.Texts[knowledge.English].Sections {
			want := literals(lead.Markdown)
			count += len(want)
			for _, l := range knowledge.Languages[1:] {
				if got := literals(a.Texts[l].Sections[i].Markdown); !slices.Equal(got, want) {
					t.Errorf("%s/%s.md: %s:\n has %q\nwant %q", a.ID, l, lead.ID, got, want)
				}
			}
		}
	}
	if count < 3000 {
		t.Errorf("found %d literals: the pattern misses them", count)
	}
}

func literals(markdown string) []string {
	all := neutral.FindAllString(placeholders.ReplaceAllString(markdown, "<>"), -1)
	slices.Sort(all)
	return all
}

// TestEveryRuleOfTheTableIsInAFinding: the decision table of the domain has 115 rules, R001 to R115.
func TestEveryRuleOfTheTableIsInAFinding(t *testing.T) {
	assigned := map[string]bool{}
	for _, f := range load(t, content.FS()).Findings() {
		for _, r := range f.Rules {
			assigned[r.ID] = true
		}
	}
	for n := 1; n <= 115; n++ {
		if id := fmt.Sprintf("R%03d", n); !assigned[id] {
			t.Errorf("%s is in no finding", id)
		}
	}
}
