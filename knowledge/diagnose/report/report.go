// Package report writes an analysis as Markdown, HTML or plain text, ready for a ticket.
package report

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	texttemplate "text/template"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose"
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
	markdown = texttemplate.Must(texttemplate.New("md").Funcs(texttemplate.FuncMap{"fence": fence, "code": span, "escape": escape}).Parse(markdownTemplate))
	text     = texttemplate.Must(texttemplate.New("txt").Funcs(texttemplate.FuncMap{"wrap": wrap, "rule": rule}).Parse(textTemplate))
	page     = template.Must(template.New("html").Parse(htmlTemplate))
)

// Options of a report. The zero value is a report without them.
type Options struct {
	Hide   func(string) string // masks what the documents say; nil = as it is
	Masked []string            // what was masked, in words, with its number
	Key    string              // the analysis key
}

// Write renders an analysis in its language. Evidence is untrusted: control and bidirectional characters
// are gone, Markdown fences are longer than any run inside, and HTML carries no script.
func Write(format string, base *knowledge.Base, a *diagnose.Analysis, opts Options) (string, error) {
	d := newDocument(base, a, opts)
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
