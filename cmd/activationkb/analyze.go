package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

func analyze(ctx context.Context, c *call) (int, error) {
	c.asking()
	failOn := c.flags.String("fail-on", "", "exit with 3 at a finding of this severity or worse: warning or error")
	format := c.flags.String("report", "", "print a report instead: markdown, html or text")
	var redact repeated
	c.flags.Var(&redact, "redact", "replace by pseudonyms: host, ip_address, user, sid, extended_pid, installation_id; may be repeated")
	c.flags.BoolVar(&c.ndjson, "ndjson", false, "print the API's events, one JSON a line, as they come")
	var said repeated
	c.flags.Var(&said, "answer", "QUESTION=ANSWER to a question of an earlier analysis: an option, words, or unknown; may be repeated")
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	opts, err := c.analysisOptions(*format, redact, said)
	if err != nil {
		return exitUsage, err
	}
	threshold, ok := map[string]pb.Finding_Severity{"": 0, "error": pb.Finding_ERROR, "warning": pb.Finding_WARNING}[*failOn]
	if !ok {
		return exitUsage, fmt.Errorf("--fail-on: %q is neither warning nor error", *failOn)
	}
	if len(c.args) == 0 {
		return exitUsage, errors.New("analyze: which files? - reads the standard input")
	}
	if c.json && c.ndjson {
		return exitUsage, errors.New("analyze: --json and --ndjson are two forms: choose one")
	}
	files, err := c.inputs()
	if err != nil {
		return exitUsage, err
	}
	k, err := c.connect()
	if err != nil {
		return exitUsage, err
	}
	defer k.close()
	m, err := c.watch(ctx, k, opts, files)
	if err != nil {
		return c.failed(err)
	}
	if !c.ndjson {
		if err := c.printAnalysis(m); err != nil {
			return exitUsage, err
		}
	}
	for _, f := range m.GetFindings() {
		if f.GetSeverity() <= threshold {
			return exitFindings, nil
		}
	}
	if m.GetVerdict().GetState() == pb.Verdict_UNRECOGNIZED {
		return exitNothing, nil
	}
	return exitAnswered, nil
}

func (c *call) analysisOptions(format string, redact, said []string) (*pb.UploadLogsRequest_Options, error) {
	opts := &pb.UploadLogsRequest_Options{LanguageCode: c.lang}
	if format != "" {
		v, ok := pb.ReportFormat_Value_value[strings.ToUpper(format)]
		if !ok || v == 0 {
			return nil, fmt.Errorf("--report: %q is none of markdown, html, text", format)
		}
		opts.ReportFormat = pb.ReportFormat_Value(v)
	}
	for _, r := range redact {
		v, ok := pb.Redaction_Kind_value[strings.ToUpper(r)]
		if !ok || v == 0 {
			return nil, fmt.Errorf("--redact: %q is not a kind of data that can be replaced", r)
		}
		opts.Redact = append(opts.Redact, pb.Redaction_Kind(v))
	}
	for _, s := range said {
		question, answer, ok := strings.Cut(s, "=")
		if !ok || question == "" || answer == "" {
			return nil, fmt.Errorf("--answer: %q is not QUESTION=ANSWER", s)
		}
		a := &pb.Answer{QuestionId: question, Value: &pb.Answer_Text{Text: answer}}
		if answer == "unknown" {
			a.Value = &pb.Answer_Unknown{Unknown: true}
		}
		opts.Answers = append(opts.Answers, a)
	}
	return opts, nil
}

// shownOfMany is how much of a finding about many machines is printed: machines, and lines that prove it.
const shownOfMany = 3

// machines says how many machines show a finding, and which come first.
func machines(f *pb.Finding) string {
	names := f.GetMachines()
	if len(names) > shownOfMany {
		names = append(slices.Clone(names[:shownOfMany]), "…")
	}
	return fmt.Sprintf("%d × %s", f.GetMachineCount(), strings.Join(names, ", "))
}

// aboutSeveral reports whether findings are about different machines: then even one alone is named.
func aboutSeveral(findings []*pb.Finding) bool {
	var first string
	for _, f := range findings {
		for _, name := range f.GetMachines() {
			if first == "" {
				first = name
			} else if name != first {
				return true
			}
		}
	}
	return false
}

func (c *call) printAnalysis(m *pb.AnalyzeLogsResponse) error {
	if c.json {
		return c.printJSON(m)
	}
	if m.GetReport() != "" {
		_, err := fmt.Fprint(c.stdout, m.GetReport())
		return err
	}
	p := newPrinter(c.stdout)
	p.paragraph(m.GetVerdict().GetSummary())
	fleet := aboutSeveral(m.GetFindings())
	for _, f := range m.GetFindings() {
		p.heading(fmt.Sprintf("[%s, %s] %s", f.GetSeverity(), f.GetCertainty(), f.GetTitle()))
		p.under(f.GetExplanation())
		switch {
		case f.GetMachineCount() > 1:
			p.under(machines(f))
		case fleet && f.GetMachineCount() == 1:
			p.under(f.GetMachines()[0])
		}
		for i, e := range f.GetEvidence() {
			if i == shownOfMany && f.GetMachineCount() > 1 {
				p.item("…")
				break
			}
			p.item(fmt.Sprintf("%s:%d: %s", e.GetFilename(), e.GetLine(), e.GetExcerpt()))
		}
		if f.GetArticle() != "" {
			p.under(f.GetArticle() + "  " + f.GetArticleTitle())
		}
	}
	for _, f := range m.GetFindings() {
		if rs := f.GetResolutions(); len(rs) > 0 && m.GetVerdict().GetState() != pb.Verdict_HEALTHY {
			p.resolutions(rs[:1])
			for _, r := range rs[1:] {
				p.heading("» " + r.GetTitle()) // its steps stand in the article and in a report
			}
			break
		}
	}
	p.warnings(m)
	for _, in := range m.GetInconclusive() {
		p.question(in.GetQuestion(), in.GetCollect())
	}
	return p.err
}

// warnings tells what keeps an analysis from being complete: of the request, then of each document. What is
// said of many documents is said of the first ones: an archive may hold a thousand pictures.
func (p *printer) warnings(m *pb.AnalyzeLogsResponse) {
	alike, order := map[string][]string{}, []string{}
	note := func(about, warning string) {
		kind := strings.Replace(warning, about, "", 1)
		if alike[kind] == nil {
			order = append(order, kind)
		}
		alike[kind] = append(alike[kind], warning)
	}
	for _, w := range m.GetWarnings() {
		note("", w)
	}
	for _, d := range m.GetDocuments() {
		for _, w := range d.GetWarnings() {
			note(d.GetFilename(), w)
		}
	}
	if len(order) > 0 {
		p.blank()
	}
	for _, kind := range order {
		for i, w := range alike[kind] {
			if i == shownOfMany {
				p.line(fmt.Sprintf("! … (%d)", len(alike[kind])))
				break
			}
			p.wrap("! ", "  ", w)
		}
	}
}
