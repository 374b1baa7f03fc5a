package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

func lookup(ctx context.Context, c *call) (int, error) {
	c.asking()
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	if len(c.args) == 0 {
		return exitUsage, errors.New("lookup: which code? For example: activationkb lookup 0xC004F074")
	}
	k, err := c.connect()
	if err != nil {
		return exitUsage, err
	}
	defer k.close()
	m, err := k.knowledge.GetErrorCode(c.ask(ctx), &pb.GetErrorCodeRequest{Name: "errorCodes/" + strings.Join(c.args, " "), LanguageCode: c.lang})
	if err != nil {
		return c.failed(err)
	}
	if c.json {
		return exitAnswered, c.printJSON(m)
	}
	p := newPrinter(c.stdout)
	p.paragraph(strings.TrimSpace(m.GetCode() + "  " + m.GetSymbol()))
	p.paragraph(m.GetMessage())
	if m.GetDoubt() != "" {
		p.paragraph("(?) " + m.GetDoubt())
	}
	for _, x := range m.GetCauses() {
		p.item(x.GetText())
	}
	p.resolutions(m.GetResolutions())
	p.blank()
	for _, a := range m.GetArticles() {
		p.line(a.GetName() + "  " + a.GetTitle())
	}
	p.references(m.GetReferences())
	return exitAnswered, p.err
}

func search(ctx context.Context, c *call) (int, error) {
	c.asking()
	n := c.flags.Int("n", 10, "results")
	explain := c.flags.Bool("explain", false, "say what made each score: term, field, lexicon pair, weight")
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	k, err := c.connect()
	if err != nil {
		return exitUsage, err
	}
	defer k.close()
	m, err := k.search.Search(c.ask(ctx), &pb.SearchRequest{Query: strings.Join(c.args, " "), LanguageCode: c.lang, PageSize: int32(*n), Explain: *explain})
	if err != nil {
		return c.failed(err)
	}
	status := exitAnswered
	if len(m.GetResults()) == 0 {
		status = exitNothing
	}
	if c.json {
		return status, c.printJSON(m)
	}
	p := newPrinter(c.stdout)
	for i, r := range m.GetResults() {
		if i > 0 {
			p.blank()
		}
		p.paragraph(r.GetTitle())
		p.under(r.GetSnippet())
		p.under(r.GetName())
		for line := range strings.Lines(r.GetExplanation()) {
			p.under(strings.TrimSuffix(line, "\n"))
		}
	}
	if m.GetDidYouMean() != "" {
		p.paragraph("→ " + m.GetDidYouMean() + "?")
	}
	if len(m.GetResults()) == 0 {
		fmt.Fprintln(c.stderr, "activationkb: nothing found")
	}
	return status, p.err
}

// maxInput bounds what is read from a file or the standard input: the limit of a JSON body.
const maxInput = 16 << 20

func diagnoseText(ctx context.Context, c *call) (int, error) {
	c.asking()
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	text := strings.Join(c.args, " ")
	if text == "-" {
		data, err := io.ReadAll(io.LimitReader(c.stdin, maxInput))
		if err != nil {
			return exitUsage, err
		}
		text = string(data)
	}
	k, err := c.connect()
	if err != nil {
		return exitUsage, err
	}
	defer k.close()
	m, err := k.diagnosis.DiagnoseSymptoms(c.ask(ctx), &pb.DiagnoseSymptomsRequest{Text: text, LanguageCode: c.lang})
	if err != nil {
		return c.failed(err)
	}
	status := exitAnswered
	if !m.GetInScope() {
		status = exitNothing
	}
	if c.json {
		return status, c.printJSON(m)
	}
	p := newPrinter(c.stdout)
	if !m.GetInScope() {
		p.paragraph(m.GetShortAnswer())
	}
	for _, d := range m.GetDiagnoses() {
		p.blank()
		p.paragraph(fmt.Sprintf("%3.0f %%  %s", 100*d.GetConfidence(), d.GetTitle()))
		p.under(d.GetSummary())
		for _, r := range d.GetReasons() {
			p.item(r.GetText())
		}
		p.under(d.GetArticle())
	}
	if len(m.GetDiagnoses()) > 0 {
		p.resolutions(m.GetDiagnoses()[0].GetResolutions())
	}
	for _, q := range m.GetQuestions() {
		p.question(q.GetText(), q.GetCollect())
		for _, o := range q.GetOptions() {
			p.item(o.GetText())
		}
	}
	return status, p.err
}

// resolutions prints steps with their commands, ready to be copied.
func (p *printer) resolutions(rs []*pb.Resolution) {
	for _, r := range rs {
		p.heading("» " + r.GetTitle())
		for i, s := range r.GetSteps() {
			p.step(i+1, s.GetText())
			p.commands(s.GetCommands())
			if s.GetWarning() != "" {
				p.under("! " + s.GetWarning())
			}
			if s.GetVerify() != "" {
				p.under("✓ " + s.GetVerify())
			}
		}
	}
}

// commands prints the first variant of each; the others only once, since Office has six of everything.
func (p *printer) commands(cmds []*pb.Command) {
	for i, cmd := range cmds {
		again := i > 0 && cmds[i-1].GetId() == cmd.GetId() && p.told[cmd.GetAppliesTo()]
		if !again {
			p.command(cmd.GetRun(), cmd.GetAppliesTo())
		}
		p.told[cmd.GetAppliesTo()] = true
	}
}

func (p *printer) references(refs []*pb.Reference) {
	for _, r := range refs {
		p.line(strings.TrimSpace(r.GetTitle() + "  " + r.GetUri()))
	}
}

func (p *printer) question(text string, collect *pb.Command) {
	p.heading("? " + text)
	if collect != nil {
		p.command(collect.GetRun(), "")
	}
}
