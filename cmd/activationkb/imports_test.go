package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/activationkb/activationkb/"

// allowed is the import graph: which packages of ours each package may import. Arrows point one way,
// so that knowledge can be read without the server, and the server without Bleve.
var allowed = map[string][]string{
	"api":                        {},
	"api/activationkb/v1":        {},
	"api/internal/protodeps":     {},
	"server/web":                 {},
	"knowledge/code":             {},
	"knowledge/redact":           {},
	"knowledge/content":          {}, // only cmd and tests import it: the program works with any content
	"knowledge":                  {"knowledge/code"},
	"knowledge/diagnose/formats": {"knowledge/code"},
	"knowledge/diagnose":         {"knowledge", "knowledge/diagnose/formats", "knowledge/code", "knowledge/redact"},
	"knowledge/diagnose/report":  {"knowledge", "knowledge/diagnose", "knowledge/redact"},
	"index":                      {"knowledge", "knowledge/code"}, // and diagnose does not know index: knowledge holds what both speak
	"server":                     {"api", "api/activationkb/v1", "server/web", "index", "knowledge", "knowledge/code", "knowledge/diagnose", "knowledge/diagnose/formats", "knowledge/diagnose/report", "knowledge/redact"},
	"cmd/activationkb":           {"api/activationkb/v1", "server", "index", "knowledge", "knowledge/content", "knowledge/diagnose"},
	"deploy":                     {},
}

// reserved says which packages of ours may import a library, with the reason.
var reserved = map[string]struct {
	prefixes []string
	reason   string
}{
	"github.com/blevesearch/":                {[]string{"index"}, "one package decides how text becomes terms"},
	"google.golang.org/grpc":                 {[]string{"api", "server", "cmd"}, "the domain does not speak a transport"},
	"github.com/grpc-ecosystem/grpc-gateway": {[]string{"api", "server"}, "the domain does not speak a transport"},
	"net/http":                               {[]string{"api", "server", "cmd"}, "the domain does not speak a transport"},
}

func TestImportGraph(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0], module)
		may, known := allowed[pkg]
		if !known {
			t.Errorf("package %s is not in the import graph: add it to allowed, with its reason", pkg)
			continue
		}
		for _, imported := range fields[1:] {
			if ours, ok := strings.CutPrefix(imported, module); ok && !slices.Contains(may, ours) {
				t.Errorf("%s must not import %s", pkg, ours)
			}
			checkReserved(t, pkg, imported)
		}
	}
}

func checkReserved(t *testing.T, pkg, imported string) {
	for library, r := range reserved {
		if !strings.HasPrefix(imported, library) {
			continue
		}
		if !slices.ContainsFunc(r.prefixes, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") }) {
			t.Errorf("%s must not import %s: %s", pkg, imported, r.reason)
		}
	}
}
