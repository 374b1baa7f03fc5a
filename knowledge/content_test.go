package knowledge_test

import (
	"io/fs"
	"regexp"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
)

func TestContentHasNoDefects(t *testing.T) {
	for _, d := range knowledge.Lint(content.FS()) {
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
