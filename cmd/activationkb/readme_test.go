package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/server"
)

// TestReadmeExamplesAreTrue runs the commands of the README's console blocks against a running server and
// compares the answers that stand there. With -update it writes them.
func TestReadmeExamplesAreTrue(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	s, err := server.New(server.Options{HTTP: "127.0.0.1:0", Content: []fs.FS{content.FS()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Run(t.Context()) }() // ends with the test
	const path = "../../README.md"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var out strings.Builder
	examples, inside := 0, false
	for _, line := range strings.Split(string(readme), "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
			out.WriteString(line + "\n")
		case inside && isCommand:
			examples++
			out.WriteString(line + "\n" + answer(t, dir, strings.ReplaceAll(command, "127.0.0.1:8080", s.HTTPAddr().String())))
		case !inside:
			out.WriteString(line + "\n")
		}
	}
	want := strings.TrimSuffix(out.String(), "\n")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(readme) != want {
		t.Errorf("the README's answers are not those of the program; run go test ./cmd/activationkb -update\n%s", want)
	}
	if examples < 4 {
		t.Errorf("%d commands found in console blocks", examples)
	}
}

func answer(t *testing.T, dir, command string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", command)
	cmd.Dir = filepath.Clean(dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}
