package report

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/knowledge/diagnose"
)

// hostile is an event whose host and machine try to leave the places that a report gives them.
const hostile = "Log Name: Application\nSource: Microsoft-Windows-Security-SPP\nEvent ID: 12288\nComputer: pc1.contoso.com\nDescription:\n" +
	"0xC004F06C, 0x00000000, kms1.contoso.com:1688, 11111111-2222-3333-4444-555555555555, 2026/11/21 10:00, 0, 2, 41760, 2de67392-b7a7-462a-b1ca-108dd189f588, 25 " +
	"````` <script>alert(1)</script> ![x](http://evil.example/x.png) \x1b[31m\u202e\n"

var builtIn = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load(content.FS()) })

func analysis(t testing.TB, l knowledge.Language, text string) (*knowledge.Base, *diagnose.Analysis) {
	t.Helper()
	base, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	a, err := diagnose.New(base, nil).Analyze(context.Background(), []diagnose.File{{Name: "<b>event`.txt", Data: []byte(text)}}, diagnose.Options{Language: l})
	if err != nil {
		t.Fatal(err)
	}
	return base, a
}

func TestReportsInEveryFormAndLanguage(t *testing.T) {
	for _, l := range knowledge.Languages {
		base, a := analysis(t, l, hostile)
		if len(a.Findings) == 0 {
			t.Fatal("the sample gives no finding")
		}
		for _, format := range []string{"MARKDOWN", "HTML", "TEXT"} {
			t.Run(string(l)+"/"+format, func(t *testing.T) {
				text, err := Write(format, base, a, Options{})
				if err != nil {
					t.Fatal(err)
				}
				for _, want := range []string{"0xC004F06C", base.Message("report.title", l), base.Revision()} {
					if !strings.Contains(text, want) {
						t.Errorf("%q is missing", want)
					}
				}
				if m := regexp.MustCompile(`(report|format|verdict)\.[A-Za-z-]+`).FindString(text); m != "" {
					t.Errorf("a message id instead of its text: %s", m)
				}
				if strings.ContainsAny(text, "\x1b\u202e") {
					t.Error("control characters of the evidence are in the report")
				}
			})
		}
	}
}

func TestEvidenceStaysInItsPlace(t *testing.T) {
	base, a := analysis(t, knowledge.English, hostile)
	html, err := Write("HTML", base, a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(html, "<script") || strings.Contains(html, "<b>event") || strings.Contains(html, "<img") {
		t.Error("evidence became HTML")
	}
	markdown, err := Write("MARKDOWN", base, a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(markdown, "\n``````text\n") {
		t.Errorf("the fence is not longer than the run of five inside it:\n%s", markdown[:min(len(markdown), 1500)])
	}
	if strings.Contains(markdown, "\n- <b>event") {
		t.Error("a file name became HTML in Markdown")
	}
}

func TestUnknownForm(t *testing.T) {
	base, a := analysis(t, knowledge.English, hostile)
	if _, err := Write("PDF", base, a, Options{}); !errors.Is(err, ErrFormat) {
		t.Errorf("got %v", err)
	}
}
