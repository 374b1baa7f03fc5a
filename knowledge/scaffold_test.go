package knowledge_test

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// contentFolder is the small pack on disk.
func contentFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, small(t)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestScaffoldIsWellFormedButForItsMarks(t *testing.T) {
	for _, tt := range []struct{ kind, id, file string }{
		{"article", "new-one", "articles/new-one/zh.md"},
		{"finding", "new-finding", "findings/new-finding.yaml"},
		{"rule", "new-finding/R116", "findings/new-finding.yaml"},
		{"rule", "wrong-host/R116", "findings/wrong-host.yaml"},
		{"code", "0xC004F050", "codes/0xC004F.yaml"},
		{"code", "0xC004F001", "codes/0xC004F.yaml"},
		{"code", "0xC004FFFF", "codes/0xC004F.yaml"},
		{"code", "0xD0000022", "codes/0xD000.yaml"},
	} {
		t.Run(tt.kind+" "+tt.id, func(t *testing.T) {
			dir := contentFolder(t)
			files, err := knowledge.Scaffold(dir, tt.kind, tt.id)
			if err != nil || !slices.Contains(files, filepath.Join(dir, tt.file)) {
				t.Fatalf("wrote %v, %v", files, err)
			}
			marks := 0
			_, defects := knowledge.Lint(os.DirFS(dir))
			for _, d := range defects {
				if strings.Contains(d.Error(), "TODO") {
					marks++
				} else if !strings.Contains(d.Message, "has no letter of this language") {
					t.Error(d)
				}
			}
			if marks == 0 {
				t.Error("lint accepts what is still to do")
			}
			if _, err := knowledge.Scaffold(dir, tt.kind, tt.id); !errors.Is(err, knowledge.ErrScaffold) {
				t.Errorf("second time: %v", err)
			}
		})
	}
}

func TestScaffoldOfAFormatIsGo(t *testing.T) {
	dir := t.TempDir()
	files, err := knowledge.Scaffold(dir, "format", "my-tool")
	if err != nil || len(files) != 2 {
		t.Fatalf("wrote %v, %v", files, err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), files[0], nil, parser.AllErrors); err != nil {
		t.Error(err)
	}
}

func TestScaffoldRefuses(t *testing.T) {
	for _, tt := range []struct{ name, kind, id string }{
		{"unknown kind", "poem", "x-y"},
		{"malformed id", "article", "../x"},
		{"rule without a finding", "rule", "R116"},
		{"rule that exists", "rule", "wrong-host/R001"},
		{"malformed code", "code", "hello"},
		{"what exists", "article", "no-host"},
		{"a code that exists", "code", "0xC004F074"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if files, err := knowledge.Scaffold(contentFolder(t), tt.kind, tt.id); !errors.Is(err, knowledge.ErrScaffold) {
				t.Errorf("wrote %v, %v", files, err)
			}
		})
	}
}
