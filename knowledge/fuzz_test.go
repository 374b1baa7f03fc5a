package knowledge

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

var pageSeeds = []string{
	"# T\n\nS.\n\n## symptoms\n\n- a\n  b\n\n## resolution.x Y\n\n1. {cmd a} <kms-host>.\n   {verify} **b**\n2. `c` {reg HKLM\\{x}\\y}\n",
	"# {code 0xC004F074}\n\n{lit `}\n\n## a.b **x\n\n1. [a](b) <b>\n\t> q\n- x\n   1. y\n",
	"## \n\n# x\n# y\n\n1. a\n\ntext\n\n3. b\n",
	"# 标题\n\n**（文）**字\n中文\n\n## overview\n\n\\*a\\* _b_ &amp; ~~c~~ 1\\. x\n",
}

// FuzzPage: a page is parsed whatever it holds, defects name its lines, and no Markdown that is made
// from it has HTML, links or images of its own.
func FuzzPage(f *testing.F) {
	for _, s := range pageSeeds {
		f.Add(s)
	}
	base := newBase()
	f.Fuzz(func(t *testing.T, data string) {
		if line, why := badText([]byte(data)); why != "" {
			if line < 1 || line > strings.Count(data, "\n")+1 {
				t.Fatalf("line %d of bad text", line)
			}
			return
		}
		p := parsePage("x.md", data)
		for _, d := range p.defects {
			if d.Line < 1 || d.Line > strings.Count(data, "\n")+1 {
				t.Fatalf("defect outside of the file: %v", d)
			}
		}
		for i := range p.sections {
			s := base.section(Chinese, "", &p.sections[i])
			if len(p.defects) == 0 {
				safe(t, s.Markdown)
			}
		}
	})
}

func TestParsersAreLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time with the race detector")
	}
	for _, s := range []string{"{", "[", "`", "<a", "*", "1. x\n", "- \n", "## a.b c\n", "\n   {undo} x"} {
		data := "# T\n\nS.\n\n## steps\n\n1. x " + strings.Repeat(s, 200_000)
		start := time.Now()
		p := parsePage("x.md", data)
		for i := range p.sections {
			newBase().section(English, "", &p.sections[i])
		}
		// A quadratic parser would take minutes.
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%q many times took %v", s, took)
		}
	}
}

// FuzzInline: running text keeps every letter that is not markup, and renders to safe Markdown.
func FuzzInline(f *testing.F) {
	for _, s := range pageSeeds {
		f.Add(s)
	}
	base := newBase()
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r\n\t") {
			return
		}
		r := base.Render(English, s)
		if !utf8.ValidString(r.Text) || !utf8.ValidString(r.Markdown) {
			t.Fatal("not UTF-8")
		}
		safe(t, r.Markdown)
		spans := parseInline(s, 1, ignoreFaults)
		if len(spans) == 1 && spans[0].kind == plain && strings.TrimSpace(s) == s && r.Text != s {
			t.Fatalf("text %q became %q", s, r.Text)
		}
	})
}

// safe fails if a CommonMark reader would see HTML, an image, or a link that no token made.
func safe(t *testing.T, markdown string) {
	t.Helper()
	root := goldmark.DefaultParser().Parse(text.NewReader([]byte(markdown)))
	ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.HTMLBlock, *ast.RawHTML, *ast.Image:
			t.Fatalf("%T in %q", n, markdown)
		case *ast.Link:
			t.Fatalf("link to %s in %q", n.Destination, markdown)
		case *ast.AutoLink:
			if url := n.URL([]byte(markdown)); !bytes.HasPrefix(url, []byte("https://")) {
				t.Fatalf("address %s in %q", url, markdown)
			}
		}
		return ast.WalkContinue, nil
	})
}

// FuzzDocument: any YAML gives defects, never a panic.
func FuzzDocument(f *testing.F) {
	f.Add("id: x\nrules:\n  - when: {all: [{fact: a.b, not_in: c}]}\n", true)
	f.Add("- &a {id: x}\n- *a\n", false)
	f.Fuzz(func(t *testing.T, data string, finding bool) {
		if finding {
			parseDocument("x.yaml", "x.yaml", []byte(data), new(Finding))
		} else {
			parseDocument("x.yaml", "x.yaml", []byte(data), new([]Concept))
		}
	})
}

// FuzzLoad: a pack with any file in it loads or has defects.
func FuzzLoad(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/small.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for i, x := range archive.Files {
		f.Add(i, string(x.Data))
	}
	f.Fuzz(func(t *testing.T, i int, data string) {
		pack := fstest.MapFS{}
		for j, x := range archive.Files {
			pack[x.Name] = &fstest.MapFile{Data: x.Data}
			if i == j {
				pack[x.Name] = &fstest.MapFile{Data: []byte(data)}
			}
		}
		Draft(pack)
	})
}

// manyArticles is the small pack with n copies of its article, made about as long as real ones.
func manyArticles(tb testing.TB, n int) fstest.MapFS {
	archive, err := txtar.ParseFile("testdata/small.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	pack := fstest.MapFS{}
	for _, f := range archive.Files {
		pack[f.Name] = &fstest.MapFile{Data: f.Data}
		name, ok := strings.CutPrefix(f.Name, "articles/no-host/")
		if !ok {
			continue
		}
		for i := range n {
			id := fmt.Sprintf("no-host-%d", i)
			data := bytes.ReplaceAll(f.Data, []byte("id: no-host\naliases: [no-server]"), []byte("id: "+id))
			data = bytes.Replace(data, []byte("\n\n"), fmt.Appendf(nil, " %d\n\n", i), 1)
			if at := bytes.Index(data, []byte("## resolution.set")); at > 0 {
				paragraph := data[bytes.Index(data, []byte("## cause.record")):at]
				for j := range 9 {
					more := bytes.Replace(paragraph, []byte("record"), fmt.Appendf(nil, "record-%d", j), 1)
					data = bytes.Replace(data, []byte("## resolution.set"), bytes.Join([][]byte{more, bytes.Repeat(more[bytes.IndexByte(more, '\n')+2:], 4), []byte("## resolution.set")}, nil), 1)
				}
			}
			pack["articles/"+id+"/"+name] = &fstest.MapFile{Data: data}
		}
	}
	return pack
}

func BenchmarkLoad130Articles(b *testing.B) {
	pack := manyArticles(b, 130)
	size := 0
	for _, f := range pack {
		size += len(f.Data)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		if _, err := Load(pack); err != nil {
			b.Fatal(err)
		}
	}
}
