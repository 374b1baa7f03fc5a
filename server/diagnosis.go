package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf16"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose"
	"github.com/activationkb/activationkb/knowledge/diagnose/report"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// diagnosisService answers symptoms and logs.
type diagnosisService struct {
	pb.UnimplementedDiagnosisServiceServer
	store  *store
	limits Limits
}

// Numbers of diagnoses in one answer.
const (
	defaultDiagnoses = 5
	maxDiagnoses     = 20
)

func (d *diagnosisService) DiagnoseSymptoms(ctx context.Context, req *pb.DiagnoseSymptomsRequest) (*pb.DiagnoseSymptomsResponse, error) {
	s, v, err := d.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	if strings.TrimSpace(req.GetText()) == "" && len(req.GetDocuments()) == 0 {
		return nil, fieldFault("text", "is empty; say what happens, or send documents")
	}
	files, err := d.files(req.GetDocuments())
	if err != nil {
		return nil, err
	}
	n := int(req.GetMaxDiagnoses())
	if n == 0 {
		n = defaultDiagnoses
	}
	result, err := s.engine.Diagnose(ctx, diagnose.SymptomRequest{
		Text: req.GetText(), Language: v.lang, Context: contextOf(req.GetContext()), Answers: answers(req.GetAnswers()),
		Tried: req.GetTried(), Documents: files, Max: min(n, maxDiagnoses),
	})
	if err != nil {
		return nil, err
	}
	return v.symptoms(req, result), nil
}

func answers(in []*pb.Answer) []diagnose.Answer {
	var out []diagnose.Answer
	for _, a := range in {
		out = append(out, diagnose.Answer{Question: a.GetQuestionId(), Option: a.GetOptionId(), Text: a.GetText(), Unknown: a.GetUnknown()})
	}
	return out
}

func (v view) symptoms(req *pb.DiagnoseSymptomsRequest, r *diagnose.Symptoms) *pb.DiagnoseSymptomsResponse {
	resp := &pb.DiagnoseSymptomsResponse{
		Outcome: enum[pb.DiagnoseSymptomsResponse_Outcome](pb.DiagnoseSymptomsResponse_Outcome_value, string(r.Outcome)),
		InScope: r.Outcome != diagnose.OutOfScope, ShortAnswer: r.ShortAnswer, LanguageCode: string(v.lang), Warnings: r.Warnings,
		Understood: &pb.DiagnoseSymptomsResponse_Understanding{
			Context: contextMessage(contextOf(req.GetContext())), ErrorCodes: codeStrings(r.Codes), Concepts: r.Concepts, Tried: req.GetTried(),
		},
		RecognizedErrorCodes: codeStrings(r.Codes), ContentRevision: v.base.Revision(),
	}
	for i := range r.Diagnoses {
		resp.Diagnoses = append(resp.Diagnoses, v.diagnosis(&r.Diagnoses[i], req.GetText()))
	}
	for _, q := range r.Questions {
		resp.Questions = append(resp.Questions, v.question(q))
	}
	for i := range r.Findings {
		resp.Findings = append(resp.Findings, v.finding(&r.Findings[i], nil))
	}
	return resp
}

func (v view) diagnosis(d *diagnose.Diagnosis, text string) *pb.Diagnosis {
	t, _ := d.Article.Text(v.lang)
	m := &pb.Diagnosis{
		Article: articleName(d.Article.ID), Title: t.Title, Summary: t.Summary, Confidence: math.Round(100*d.Confidence) / 100,
		ErrorCodes: codeStrings(d.Codes), References: v.references(d.Article.Sources),
	}
	for _, r := range d.Reasons {
		m.Reasons = append(m.Reasons, &pb.Diagnosis_Reason{
			Text: r.Text, Quote: r.Quote, Start: utf16Offset(text, r.Start), End: utf16Offset(text, r.End),
		})
	}
	m.Causes, m.Resolutions = v.advice(d.Article)
	return m
}

// advice takes causes and resolutions from an article; a task is one resolution.
func (v view) advice(a *knowledge.Article) (causes []*pb.Cause, resolutions []*pb.Resolution) {
	t, _ := a.Text(v.lang)
	for _, s := range t.Sections {
		switch {
		case strings.HasPrefix(s.ID, "cause."):
			causes = append(causes, &pb.Cause{Text: sentences([]string{s.Title, s.Text}), Article: articleName(a.ID)})
		case strings.HasPrefix(s.ID, "resolution."):
			resolutions = append(resolutions, v.resolution(a.ID, s.ID, s.Title, s.Steps))
		case s.ID == "steps":
			resolutions = append(resolutions, v.resolution(a.ID, s.ID, t.Title, s.Steps))
		}
	}
	return causes, resolutions
}

// utf16Offset turns a byte offset into one of UTF-16 code units, which is how browsers count.
func utf16Offset(s string, at int) int32 {
	if at < 0 || at > len(s) {
		return 0
	}
	return int32(len(utf16.Encode([]rune(s[:at]))))
}

func (v view) question(q *knowledge.Question) *pb.Question {
	m := &pb.Question{
		Id: q.ID, Text: v.base.Render(v.lang, q.Text.In(v.lang)).Text, Why: v.base.Render(v.lang, q.Why.In(v.lang)).Text,
		Type: enum[pb.Question_Type](pb.Question_Type_value, q.Type), Collect: v.collect(q.Collect),
	}
	for _, o := range q.Options {
		m.Options = append(m.Options, &pb.Question_Option{Id: o.ID, Text: v.base.Render(v.lang, o.Text.In(v.lang)).Text})
	}
	return m
}

// files unpacks what a JSON request carries.
func (d *diagnosisService) files(in []*pb.LogFile) ([]diagnose.File, error) {
	limits := diagnose.DefaultLimits
	limits.Unpacked = d.limits.Unpacked
	var out []diagnose.File
	for i, f := range in {
		data := f.GetContent()
		if f.GetText() != "" {
			data = []byte(f.GetText())
		}
		name := redact.Clean(f.GetFilename())
		if name == "" {
			name = fmt.Sprintf("document-%d", i+1)
		}
		files, err := diagnose.Unpack(diagnose.File{Name: name, Data: data}, limits)
		if err != nil {
			return nil, err
		}
		out = append(out, files...)
	}
	return out, nil
}

// analysisOptions is what all four ways into an analysis have in common.
type analysisOptions interface {
	GetLanguageCode() string
	GetContext() *pb.Context
	GetAnswers() []*pb.Answer
	GetRedact() []pb.Redaction_Kind
	GetView() pb.View_Value
	GetReportFormat() pb.ReportFormat_Value
}

func (d *diagnosisService) AnalyzeLogs(ctx context.Context, req *pb.AnalyzeLogsRequest) (*pb.AnalyzeLogsResponse, error) {
	files, err := d.files(req.GetDocuments())
	if err != nil {
		return nil, err
	}
	return d.analyze(ctx, files, req)
}

func (d *diagnosisService) analyze(ctx context.Context, files []diagnose.File, opts analysisOptions) (*pb.AnalyzeLogsResponse, error) {
	s, v, err := d.store.open(ctx, opts.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	a, err := s.engine.Analyze(ctx, files, diagnose.Options{Language: v.lang, Context: contextOf(opts.GetContext()), Answers: answers(opts.GetAnswers())})
	if err != nil {
		return nil, err
	}
	mask := newMask(v.base, opts.GetRedact())
	mask.learn(a)
	resp := v.analysis(a, mask, opts.GetView() == pb.View_SUMMARY)
	resp.AnalysisKey = analysisKey(files, opts, s.revision)
	if f := opts.GetReportFormat(); f != pb.ReportFormat_VALUE_UNSPECIFIED {
		text, err := report.Write(f.String(), s.base, a)
		if err != nil {
			return nil, err
		}
		resp.Report = mask.text(text)
	}
	resp.Redactions = mask.counts()
	return resp, nil
}

// analysisKey lets a ticketing system tell that it has this analysis already.
func analysisKey(files []diagnose.File, opts analysisOptions, revision string) string {
	h := sha256.New()
	if m, ok := opts.(proto.Message); ok {
		m = proto.Clone(m)
		if r, ok := m.(*pb.AnalyzeLogsRequest); ok {
			r.Documents = nil
		}
		if data, err := (proto.MarshalOptions{Deterministic: true}).Marshal(m); err == nil {
			h.Write(data)
		}
	}
	fmt.Fprintf(h, "\x00%s\x00", revision)
	for _, f := range files {
		fmt.Fprintf(h, "%d:%s%d:", len(f.Name), f.Name, len(f.Data))
		h.Write(f.Data)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (v view) analysis(a *diagnose.Analysis, mask *mask, summary bool) *pb.AnalyzeLogsResponse {
	resp := &pb.AnalyzeLogsResponse{
		LanguageCode: string(v.lang), ContentRevision: v.base.Revision(), Warnings: a.Warnings,
		Verdict:   &pb.Verdict{State: enum[pb.Verdict_State](pb.Verdict_State_value, string(a.State)), Summary: mask.text(a.Summary)},
		Truncated: &pb.Truncation{Facts: int32(a.Truncated.Facts), Findings: int32(a.Truncated.Findings)},
	}
	for _, doc := range a.Documents {
		m := &pb.Document{
			Filename: mask.text(doc.Filename), Format: enum[pb.Document_Format](pb.Document_Format_value, string(doc.Format)),
			FormatTitle: v.base.Message("format."+string(doc.Format), v.lang), Encoding: doc.Encoding, LanguageCode: doc.Language,
			Machine: mask.text(doc.Machine), SizeBytes: doc.SizeBytes, LineCount: int32(doc.LineCount),
		}
		for _, w := range doc.Warnings {
			m.Warnings = append(m.Warnings, v.warning(m.Filename, w))
		}
		resp.Documents = append(resp.Documents, m)
	}
	if !summary {
		for i := range a.Facts {
			resp.Facts = append(resp.Facts, fact(&a.Facts[i], mask))
		}
	}
	for i := range a.Findings {
		resp.Findings = append(resp.Findings, v.finding(&a.Findings[i], mask))
	}
	for _, in := range a.Inconclusive {
		m := &pb.Inconclusive{RuleId: in.Rule, MissingFacts: in.Missing, QuestionId: in.Question.ID, Collect: v.collect(in.Question.Collect)}
		m.Question = v.base.Render(v.lang, in.Question.Text.In(v.lang)).Text
		resp.Inconclusive = append(resp.Inconclusive, m)
	}
	return resp
}

// warning says a parser's warning ("binary-content: the file is not text") in the answer's language.
func (v view) warning(filename, w string) string {
	id, english, _ := strings.Cut(w, ": ")
	if text := v.base.Message("warning."+id, v.lang, "filename", filename); text != "warning."+id {
		return text
	}
	return english
}

func fact(f *diagnose.Fact, mask *mask) *pb.Fact {
	return &pb.Fact{
		Kind: f.Kind, Value: mask.text(f.Value), NormalizedValue: mask.text(f.Normalized), Machine: mask.text(f.Machine), Count: int32(f.Count),
		Subject:  &pb.Subject{Id: f.Subject.ID, Kind: enum[pb.Subject_Kind](pb.Subject_Kind_value, string(f.Subject.Kind))},
		Evidence: evidence(f.Evidence, mask),
	}
}

func evidence(e diagnose.Evidence, mask *mask) *pb.Evidence {
	return &pb.Evidence{Filename: mask.text(e.Filename), Line: int32(e.Line), Record: int32(e.Record), Excerpt: mask.text(e.Excerpt)}
}

func (v view) finding(f *diagnose.Finding, mask *mask) *pb.Finding {
	m := &pb.Finding{
		FindingId: f.ID, Severity: enum[pb.Finding_Severity](pb.Finding_Severity_value, string(f.Severity)),
		Certainty: enum[pb.Finding_Certainty](pb.Finding_Certainty_value, string(f.Certainty)),
		Title:     mask.text(f.Title), Explanation: mask.text(f.Explanation), MachineCount: int32(f.MachineCount),
		InstanceKey: f.InstanceKey, ErrorCodes: codeStrings(f.Codes),
	}
	for _, name := range f.Machines {
		m.Machines = append(m.Machines, mask.text(name))
	}
	for _, e := range f.Evidence {
		m.Evidence = append(m.Evidence, evidence(e, mask))
	}
	if f.Article != nil {
		t, _ := f.Article.Text(v.lang)
		m.Article, m.ArticleTitle, m.References = articleName(f.Article.ID), t.Title, v.references(f.Article.Sources)
		_, m.Resolutions = v.advice(f.Article)
	}
	return m
}

func (d *diagnosisService) UploadLogs(stream grpc.ClientStreamingServer[pb.UploadLogsRequest, pb.AnalyzeLogsResponse]) error {
	files, opts, err := d.receive(stream, nil)
	if err != nil {
		return err
	}
	resp, err := d.analyze(stream.Context(), files, opts)
	if err != nil {
		return err
	}
	return stream.SendAndClose(resp)
}

func (d *diagnosisService) StreamAnalyzeLogs(stream grpc.BidiStreamingServer[pb.UploadLogsRequest, pb.AnalyzeLogsEvent]) error {
	progress := func(bytes int64, stage pb.AnalyzeLogsEvent_Progress_Stage) error {
		const most = 1<<31 - 1
		p := &pb.AnalyzeLogsEvent_Progress{Bytes: int32(min(bytes, most)), Stage: stage}
		return stream.Send(&pb.AnalyzeLogsEvent{Event: &pb.AnalyzeLogsEvent_Progress_{Progress: p}})
	}
	files, opts, err := d.receive(stream, progress)
	if err != nil {
		return err
	}
	if err := progress(sizeOf(files), pb.AnalyzeLogsEvent_Progress_DIAGNOSING); err != nil {
		return err
	}
	resp, err := d.analyze(stream.Context(), files, opts)
	if err != nil {
		return err
	}
	for _, f := range resp.GetFindings() {
		if err := stream.Send(&pb.AnalyzeLogsEvent{Event: &pb.AnalyzeLogsEvent_Finding{Finding: f}, ContentRevision: resp.GetContentRevision()}); err != nil {
			return err
		}
	}
	return stream.Send(&pb.AnalyzeLogsEvent{Event: &pb.AnalyzeLogsEvent_Analysis{Analysis: resp}, ContentRevision: resp.GetContentRevision()})
}

func sizeOf(files []diagnose.File) (n int64) {
	for _, f := range files {
		n += int64(len(f.Data))
	}
	return n
}

// progressEvery is how many bytes arrive between two progress messages.
const progressEvery = 4 << 20

// receive reads options, files and chunks within the limits, and unpacks.
func (d *diagnosisService) receive(stream interface {
	Recv() (*pb.UploadLogsRequest, error)
}, progress func(int64, pb.AnalyzeLogsEvent_Progress_Stage) error) ([]diagnose.File, *pb.UploadLogsRequest_Options, error) {
	opts := new(pb.UploadLogsRequest_Options)
	var raw []diagnose.File
	var total, told int64
	for first := true; ; first = false {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		switch p := m.GetPayload().(type) {
		case *pb.UploadLogsRequest_Options_:
			if !first {
				return nil, nil, fieldFault("options", "come first and once")
			}
			opts = p.Options
		case *pb.UploadLogsRequest_File_:
			raw = append(raw, diagnose.File{Name: redact.Clean(p.File.GetFilename())})
		case *pb.UploadLogsRequest_Chunk:
			if len(raw) == 0 {
				raw = append(raw, diagnose.File{})
			}
			if total += int64(len(p.Chunk)); total > d.limits.Upload {
				return nil, nil, faultf(diagnose.ErrTooLarge, fmt.Sprintf("the upload is larger than %d bytes", d.limits.Upload), "limit", fmt.Sprint(d.limits.Upload))
			}
			last := &raw[len(raw)-1]
			last.Data = append(last.Data, p.Chunk...)
			if progress != nil && total-told >= progressEvery {
				told = total
				if err := progress(total, pb.AnalyzeLogsEvent_Progress_RECEIVING); err != nil {
					return nil, nil, err
				}
			}
		}
	}
	if len(raw) == 0 {
		return nil, nil, fieldFault("file", "the upload holds no file")
	}
	limits := diagnose.DefaultLimits
	limits.Unpacked = d.limits.Unpacked
	var files []diagnose.File
	for i, f := range raw {
		if f.Name == "" {
			f.Name = fmt.Sprintf("document-%d", i+1)
		}
		unpacked, err := diagnose.Unpack(f, limits)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, unpacked...)
	}
	return files, opts, nil
}
