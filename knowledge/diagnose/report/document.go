package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// maxFiles is how many documents a report lists: it is read by people, and a fleet sends thousands.
const maxFiles = 100

// document is what the templates print: every word already in the report's language, every value of
// the uploaded files cleaned and masked, and on one line.
type document struct {
	Language, Revision, Key    string
	State, StateClass, Summary string
	Line                       *quote // the one line that matters
	Findings                   []finding
	Machines                   []machines
	Missing                    []missing
	Files                      []file
	Masked, Truncated          string
	MoreFiles                  string

	writer *writer
}

// Say gives a text of the service by its id; the templates name what they need.
func (d *document) Say(id string) string { return d.writer.say(id) }

// Label gives the same with the colon of the report's language behind it.
func (d *document) Label(id string) string {
	if d.writer.lang == knowledge.Chinese {
		return d.Say(id) + "："
	}
	return d.Say(id) + ": "
}

// Heading is a label with nothing behind it on its line.
func (d *document) Heading(id string) string { return strings.TrimSpace(d.Label(id)) }

type finding struct {
	Severity, Certainty, Title, Explanation string
	Class                                   string // severity id, for styles
	Machines, Codes                         string
	Evidence                                []quote
	Resolutions                             []resolution
	Elsewhere                               string // the finding above whose steps apply here too
	Sources                                 []source
}

// quote is one line of a document, or of one of its records.
type quote struct{ Where, Text string }

type resolution struct {
	Title string
	Steps []step
}

type step struct {
	Number   int
	Text     string
	Note     string // where to run it, its risk
	Commands []command
	Warning  string
	Verify   string
	Undo     string
}

type command struct{ Line, AppliesTo string }

type source struct{ Title, URI string }

// machines is one row of the fleet: how many computers a finding is about, and the first of them.
type machines struct {
	Finding string
	Count   int
	First   string
}

type missing struct{ Question, Command string }

type file struct {
	Name, Format, Machine string
	Lines                 int
	Warnings              []string
}

// writer turns an analysis into a document.
type writer struct {
	base  *knowledge.Base
	lang  knowledge.Language
	opts  Options
	told  map[string]string // titles of findings by the article whose steps they told
	tools map[string]bool   // variants of a tool that were printed in full
}

func newDocument(base *knowledge.Base, a *diagnose.Analysis, opts Options) *document {
	w := &writer{base: base, lang: a.Language, opts: opts, told: map[string]string{}, tools: map[string]bool{}}
	d := &document{
		Language: string(a.Language), Revision: base.Revision(), Key: opts.Key, Summary: w.clean(a.Summary),
		State: w.say("verdict.state." + string(a.State)), StateClass: strings.ToLower(string(a.State)),
		Masked: strings.Join(opts.Masked, ", "), writer: w,
	}
	for i := range a.Findings {
		d.Findings = append(d.Findings, w.finding(&a.Findings[i]))
	}
	if len(d.Findings) > 0 {
		d.Line = telling(a.Findings[0], d.Findings[0].Evidence)
	}
	d.Machines = w.fleet(a.Findings)
	for _, in := range a.Inconclusive {
		m := missing{Question: base.Render(w.lang, in.Question.Text.In(w.lang)).Text}
		if c, ok := base.Command(in.Question.Collect); ok {
			m.Command = c.Runs(w.lang, base.Vocabulary())[0].Line
		}
		d.Missing = append(d.Missing, m)
	}
	for i, doc := range a.Documents {
		if i == maxFiles {
			d.MoreFiles = w.say("report.truncated", "count", fmt.Sprint(len(a.Documents)-maxFiles))
			break
		}
		f := file{Name: w.clean(doc.Filename), Format: w.say("format." + string(doc.Format)), Machine: w.clean(doc.Machine), Lines: doc.LineCount}
		for _, warning := range doc.Warnings {
			f.Warnings = append(f.Warnings, w.warning(f.Name, warning))
		}
		d.Files = append(d.Files, f)
	}
	if a.Truncated.Findings > 0 {
		d.Truncated = w.say("report.truncated", "count", fmt.Sprint(a.Truncated.Findings))
	}
	return d
}

func (w *writer) say(id string, pairs ...string) string { return w.base.Message(id, w.lang, pairs...) }

// clean makes a value of a document fit to print: masked, without characters that are not seen, on one line.
func (w *writer) clean(s string) string {
	s = redact.Clean(s)
	if w.opts.Hide != nil {
		s = w.opts.Hide(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// warning says a parser's warning ("binary-content: the file is not text") in the report's language.
func (w *writer) warning(name, warning string) string {
	id, english, _ := strings.Cut(warning, ": ")
	if s := w.say("warning."+id, "filename", name, "limit", w.clean(english)); s != "warning."+id {
		return s
	}
	return w.clean(english)
}

func (w *writer) finding(f *diagnose.Finding) finding {
	out := finding{
		Severity: w.say("report.severity." + string(f.Severity)), Certainty: w.say("report.certainty." + string(f.Certainty)),
		Class: strings.ToLower(string(f.Severity)), Title: w.clean(f.Title), Explanation: w.clean(f.Explanation), Machines: w.machines(f),
	}
	var codes []string
	for _, c := range f.Codes {
		codes = append(codes, c.String())
	}
	out.Codes = strings.Join(codes, ", ")
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, quote{Where: w.where(e), Text: w.clean(e.Excerpt)})
	}
	if f.Article == nil {
		return out
	}
	for _, s := range f.Article.Sources {
		out.Sources = append(out.Sources, sourceOf(s))
	}
	if out.Elsewhere = w.told[f.Article.ID]; out.Elsewhere == "" {
		w.told[f.Article.ID] = out.Title
		out.Resolutions = w.resolutions(f.Article, f.Section)
	}
	return out
}

func (w *writer) where(e diagnose.Evidence) string {
	if e.Record > 0 {
		return fmt.Sprintf("%s:%d (%s %d)", w.clean(e.Filename), e.Line, w.say("report.record"), e.Record)
	}
	return fmt.Sprintf("%s:%d", w.clean(e.Filename), e.Line)
}

// machines names the computers of a finding, as far as the answer does.
func (w *writer) machines(f *diagnose.Finding) string {
	var names []string
	for _, m := range f.Machines {
		names = append(names, w.clean(m))
	}
	s := strings.Join(names, ", ")
	if more := f.MachineCount - len(f.Machines); more > 0 {
		s += " " + w.say("report.machines.more", "count", fmt.Sprint(more))
	}
	return s
}

// fleet tells how many computers each finding is about, where there is more than one.
func (w *writer) fleet(fs []diagnose.Finding) []machines {
	var rows []machines
	seen := map[string]bool{}
	several := false
	for i := range fs {
		for _, m := range fs[i].Machines {
			seen[m] = true
		}
		several = several || fs[i].MachineCount > 1
		if fs[i].MachineCount > 0 {
			rows = append(rows, machines{Finding: w.clean(fs[i].Title), Count: fs[i].MachineCount, First: w.machines(&fs[i])})
		}
	}
	if !several && len(seen) < 2 {
		return nil
	}
	return rows
}

// telling is the quotation that shows most of the first finding: one with its code, else its first.
func telling(f diagnose.Finding, quotes []quote) *quote {
	for i, q := range quotes {
		for _, c := range f.Codes {
			if strings.Contains(strings.ToUpper(q.Text), strings.ToUpper(c.String()[2:])) {
				return &quotes[i]
			}
		}
	}
	if i := slices.IndexFunc(quotes, func(q quote) bool { return q.Text != "" }); i >= 0 {
		return &quotes[i]
	}
	return nil
}

func sourceOf(s knowledge.Source) source {
	if s.KB == "" {
		return source{s.Title, s.URI}
	}
	title := "KB " + s.KB
	if s.Title != "" {
		title += ": " + s.Title
	}
	return source{title, cmp.Or(s.URI, "https://support.microsoft.com/help/"+s.KB)}
}

func (w *writer) resolutions(a *knowledge.Article, section string) []resolution {
	t, _ := a.Text(w.lang)
	var out []resolution
	for _, s := range t.Beginning(section) {
		if len(s.Steps) == 0 || !strings.HasPrefix(s.ID, "resolution.") && s.ID != "steps" {
			continue
		}
		r := resolution{Title: s.Title}
		for i := range s.Steps {
			r.Steps = append(r.Steps, w.step(i+1, &s.Steps[i]))
		}
		out = append(out, r)
	}
	return out
}

// step prints the variants of a tool (Office has six paths) in full only once a report.
func (w *writer) step(number int, s *knowledge.Step) step {
	out := step{Number: number, Text: s.Text, Warning: s.Warning, Verify: s.Verify, Undo: s.Undo}
	var notes []string
	if s.RunOn != "" {
		notes = append(notes, w.say("step.run-on", "role", w.base.Vocabulary().Title(s.RunOn, w.lang)))
	}
	if s.Elevated {
		notes = append(notes, w.say("step.elevated"))
	}
	if r := string(s.Risk); r != "" && r != "NONE" && r != "LOW" {
		notes = append(notes, w.say("step.risk")+": "+w.say("step.risk."+r))
	}
	out.Note = strings.Join(notes, "; ")
	for _, c := range s.Commands {
		for i, run := range c.Runs(w.lang, w.base.Vocabulary()) {
			if i == 0 || !w.tools[run.AppliesTo] {
				out.Commands = append(out.Commands, command{run.Line, run.AppliesTo})
			}
			w.tools[run.AppliesTo] = true
		}
	}
	return out
}
