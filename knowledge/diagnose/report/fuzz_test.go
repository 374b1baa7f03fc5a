package report

import (
	"strings"
	"testing"
	"unicode"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// FuzzWrite puts hostile values into every place of a report that a document fills.
func FuzzWrite(f *testing.F) {
	f.Add("<script>alert(1)</script>", "````` ![x](http://evil.example/x.png)", "\x1b[31m\u202e")
	f.Add("</pre></code>&lt;b", "1. x\n# y\n---\n| a | b |", "javascript:alert(1)")
	f.Add("产品密钥，无效。", "  \t\u2028 ~~~ $x$ @all", strings.Repeat("å", 300))
	base, _ := analysis(f, knowledge.English, hostile)
	f.Fuzz(func(t *testing.T, title, excerpt, name string) {
		a := &diagnose.Analysis{
			Language: knowledge.Chinese, State: diagnose.ProblemFound, Summary: title,
			Documents: []*formats.Document{{Filename: name, Format: formats.EventText, Machine: excerpt, Warnings: []string{"x: " + title}}},
			Findings: []diagnose.Finding{{
				ID: "x", Severity: knowledge.Error, Certainty: knowledge.Certain, Title: title, Explanation: excerpt, Machines: []string{name, title}, MachineCount: 3,
				Evidence: []diagnose.Evidence{{Filename: name, Line: 1, Excerpt: excerpt}},
			}},
		}
		plain := &diagnose.Analysis{Language: a.Language, State: a.State, Documents: []*formats.Document{{Format: formats.EventText, Warnings: []string{"x: y"}}}, Findings: []diagnose.Finding{a.Findings[0]}}
		plain.Findings[0].Title, plain.Findings[0].Explanation, plain.Findings[0].Machines = "", "", []string{"", ""}
		plain.Findings[0].Evidence = []diagnose.Evidence{{Line: 1}}
		for _, format := range []string{"MARKDOWN", "HTML", "TEXT"} {
			got, err := Write(format, base, a, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range got {
				if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) {
					t.Fatalf("%s: %U in a report", format, r)
				}
			}
			if format != "HTML" {
				continue
			}
			if strings.Contains(strings.ToLower(got), "<script") || strings.Contains(strings.ToLower(got), "<img") || strings.Count(got, "<a ") > 0 {
				t.Fatalf("a value became HTML: %q %q %q", title, excerpt, name)
			}
			if n := strings.Count(got, "<li"); n > 0 {
				t.Fatalf("%d list items", n)
			}
		}
		_, _ = Write("TEXT", base, plain, Options{}) // nothing to tell must not stop it
	})
}

// FuzzWrap: no line is longer than it must be, and nothing gets lost.
func FuzzWrap(f *testing.F) {
	f.Add("  1. ", "Vis tidsforskjellen til verten fra klienten med w32tm /stripchart /computer:<KMS-vert> /samples:5 /dataonly.")
	f.Add("* ", "客户端与 KMS 主机的时钟相差过大，请同步两边的时钟；时区无关紧要。（请求时间 (UTC) 与 KMS 主机自身时间相差超过 4 小时时，主机会拒绝请求）")
	f.Fuzz(func(t *testing.T, prefix, s string) {
		if len(prefix) > 20 || strings.ContainsFunc(prefix+s, unicode.IsControl) {
			return
		}
		got := wrap(prefix, s)
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if bare(got) != bare(prefix+s) {
			t.Fatalf("%q became %q", s, got)
		}
		for i, line := range strings.Split(got, "\n") {
			if widthOf(line) > columns && strings.ContainsRune(strings.TrimPrefix(strings.TrimLeft(line, " "), prefix), ' ') && i > 0 {
				if first := strings.Fields(line)[0]; widthOf(prefix)+widthOf(first) < columns {
					t.Fatalf("a line of %d columns: %q", widthOf(line), line)
				}
			}
		}
	})
}
