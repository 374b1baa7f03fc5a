// Package report writes an analysis as Markdown, HTML or plain text, ready for a ticket.
package report

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"strings"
	texttemplate "text/template"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// ErrFormat says that a report was asked for in a form that there is none of.
var ErrFormat = errors.New("report: format is none of MARKDOWN, HTML, TEXT")

//go:embed report.md.tmpl
var markdownTemplate string

//go:embed report.html.tmpl
var htmlTemplate string

//go:embed report.txt.tmpl
var textTemplate string

var (
	markdown = texttemplate.Must(texttemplate.New("md").Funcs(texttemplate.FuncMap{"fence": fence, "line": line, "escape": escape}).Parse(markdownTemplate))
	text     = texttemplate.Must(texttemplate.New("txt").Funcs(texttemplate.FuncMap{"line": line}).Parse(textTemplate))
	page     = template.Must(template.New("html").Parse(htmlTemplate))
)

// Write renders an analysis in its language. Evidence is untrusted: control and bidirectional characters
// are gone, Markdown fences are longer than any run inside, and HTML carries no script.
func Write(format string, base *knowledge.Base, a *diagnose.Analysis) (string, error) {
	d := newDocument(base, a)
	var b bytes.Buffer
	var err error
	switch format {
	case "MARKDOWN":
		err = markdown.Execute(&b, d)
	case "HTML":
		err = page.Execute(&b, d)
	case "TEXT":
		err = text.Execute(&b, d)
	default:
		return "", ErrFormat
	}
	return b.String(), err
}

// document is what the templates print: every word already in the report's language.
type document struct {
	Language                                                         string
	Title, Summary, Revision                                         string
	Findings                                                         []finding
	Missing                                                          []missing
	Documents                                                        []string
	FindingsTitle, EvidenceTitle, ToDoTitle, MissingTitle, FileTitle string
}

type finding struct {
	Severity, Certainty, Title, Explanation string
	Class                                   string // severity id, for styles
	Machines                                string
	Evidence                                []diagnose.Evidence
	Article                                 string
	Resolutions                             []resolution
	Sources                                 []string
}

type resolution struct {
	Title string
	Steps []step
}

type step struct {
	Text, Warning, Verify string
	Commands              []command
}

type command struct{ Line, AppliesTo string }

type missing struct{ Question, Command string }

func newDocument(base *knowledge.Base, a *diagnose.Analysis) *document {
	l := a.Language
	say := func(id string) string { return base.Message(id, l) }
	told := map[string]bool{}
	d := &document{
		Language: string(l), Title: say("report.title"), Summary: a.Summary, Revision: base.Revision(),
		FindingsTitle: say("report.findings"), EvidenceTitle: say("report.evidence"), ToDoTitle: say("report.what-to-do"),
		MissingTitle: say("report.missing"), FileTitle: say("report.documents"),
	}
	for i := range a.Findings {
		d.Findings = append(d.Findings, newFinding(base, &a.Findings[i], l, told))
	}
	for _, in := range a.Inconclusive {
		m := missing{Question: base.Render(l, in.Question.Text.In(l)).Text}
		if c, ok := base.Command(in.Question.Collect); ok {
			m.Command = c.Runs(l, base.Vocabulary())[0].Line
		}
		d.Missing = append(d.Missing, m)
	}
	for _, doc := range a.Documents {
		d.Documents = append(d.Documents, fmt.Sprintf("%s: %s", redact.Clean(doc.Filename), say("format."+string(doc.Format))))
	}
	return d
}

// newFinding prints the variants of a tool (Office has six paths) in full only once a report: told has them.
func newFinding(base *knowledge.Base, f *diagnose.Finding, l knowledge.Language, told map[string]bool) finding {
	out := finding{
		Severity: base.Message("report.severity."+string(f.Severity), l), Certainty: base.Message("report.certainty."+string(f.Certainty), l),
		Class: strings.ToLower(string(f.Severity)), Title: redact.Clean(f.Title), Explanation: redact.Clean(f.Explanation),
		Machines: redact.Clean(strings.Join(f.Machines, ", ")),
	}
	if more := f.MachineCount - len(f.Machines); more > 0 {
		out.Machines += fmt.Sprintf(" (+%d)", more)
	}
	for _, e := range f.Evidence {
		e.Filename, e.Excerpt = redact.Clean(e.Filename), strings.TrimSpace(redact.Clean(e.Excerpt))
		out.Evidence = append(out.Evidence, e)
	}
	if f.Article == nil {
		return out
	}
	t, _ := f.Article.Text(l)
	out.Article = t.Title
	for _, s := range t.Sections {
		if len(s.Steps) == 0 || !strings.HasPrefix(s.ID, "resolution.") && s.ID != "steps" {
			continue
		}
		r := resolution{Title: s.Title}
		for _, x := range s.Steps {
			st := step{Text: x.Text, Warning: x.Warning, Verify: x.Verify}
			for _, c := range x.Commands {
				for i, run := range c.Runs(l, base.Vocabulary()) {
					if i == 0 || !told[run.AppliesTo] {
						st.Commands = append(st.Commands, command{run.Line, run.AppliesTo})
					}
					told[run.AppliesTo] = true
				}
			}
			r.Steps = append(r.Steps, st)
		}
		out.Resolutions = append(out.Resolutions, r)
	}
	for _, s := range f.Article.Sources {
		if s.KB != "" {
			out.Sources = append(out.Sources, "KB "+s.KB)
		} else {
			out.Sources = append(out.Sources, s.Title)
		}
	}
	return out
}

// fence is longer than any run of backticks in the text that it encloses.
func fence(es []diagnose.Evidence) string {
	longest, run := 0, 0
	for _, e := range es {
		for _, r := range e.Excerpt {
			if r == '`' {
				run++
				longest = max(longest, run)
			} else {
				run = 0
			}
		}
		run = 0
	}
	return strings.Repeat("`", max(3, longest+1))
}

// line makes evidence one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// escape keeps words of the evidence from becoming Markdown: no link, no image, no HTML.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "|", `\|`, "!", `\!`).Replace(s)
}
