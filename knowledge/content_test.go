package knowledge_test

import (
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
