package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

func analyze(ctx context.Context, c *call) (int, error) {
	c.asking()
	failOn := c.flags.String("fail-on", "", "exit with 3 at a finding of this severity or worse: warning or error")
	format := c.flags.String("report", "", "print a report instead: markdown, html or text")
	var redact repeated
	c.flags.Var(&redact, "redact", "replace by pseudonyms: host, domain, user, ip_address, sid, ...; may be repeated")
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	opts, err := c.analysisOptions(*format, redact)
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
	k, err := c.connect()
	if err != nil {
		return exitUsage, err
	}
	defer k.close()
	m, err := c.sendFiles(ctx, k, opts)
	if err != nil {
		return c.failed(err)
	}
	if err := c.printAnalysis(m); err != nil {
		return exitUsage, err
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

func (c *call) analysisOptions(format string, redact []string) (*pb.UploadLogsRequest_Options, error) {
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
	return opts, nil
}

// sendFiles streams the files in the chunks of the contract.
func (c *call) sendFiles(ctx context.Context, k *client, opts *pb.UploadLogsRequest_Options) (*pb.AnalyzeLogsResponse, error) {
	stream, err := k.diagnosis.UploadLogs(c.ask(ctx))
	if err != nil {
		return nil, err
	}
	if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Options_{Options: opts}}); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for _, name := range c.args {
		if err := c.sendFile(stream, name); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	return stream.CloseAndRecv()
}

func (c *call) sendFile(stream interface {
	Send(*pb.UploadLogsRequest) error
}, name string) error {
	in, shown := c.stdin, "stdin"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in, shown = f, filepath.Base(name)
	}
	file := &pb.UploadLogsRequest_File{Filename: shown}
	if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_File_{File: file}}); err != nil {
		return err
	}
	for {
		chunk := make([]byte, 256<<10)
		n, err := io.ReadFull(in, chunk)
		if n > 0 {
			if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Chunk{Chunk: chunk[:n]}}); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
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
	for _, f := range m.GetFindings() {
		p.heading(fmt.Sprintf("[%s, %s] %s", f.GetSeverity(), f.GetCertainty(), f.GetTitle()))
		p.under(f.GetExplanation())
		for _, e := range f.GetEvidence() {
			p.item(fmt.Sprintf("%s:%d: %s", e.GetFilename(), e.GetLine(), e.GetExcerpt()))
		}
		if f.GetArticle() != "" {
			p.under(f.GetArticle() + "  " + f.GetArticleTitle())
		}
	}
	for _, f := range m.GetFindings() {
		if len(f.GetResolutions()) > 0 {
			p.resolutions(f.GetResolutions()[:1])
			break
		}
	}
	for _, in := range m.GetInconclusive() {
		p.question(in.GetQuestion(), in.GetCollect())
	}
	return p.err
}
