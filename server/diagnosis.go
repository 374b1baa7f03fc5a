package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	slots  *slots
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
	n := int(req.GetMaxDiagnoses())
	if n == 0 {
		n = defaultDiagnoses
	}
	files := filesOf(req.GetDocuments())
	leave, err := d.slots.enter(ctx, files)
	if err != nil {
		return nil, err
	}
	defer leave()
	text := hide(v.base, req.GetText()) // before anything is quoted or split
	result, err := s.engine.Diagnose(ctx, diagnose.SymptomRequest{
		Text: text, Language: v.lang, Context: contextOf(req.GetContext()), Answers: answers(req.GetAnswers()),
		Tried: req.GetTried(), Documents: files, Limits: diagnose.Limits{Unpacked: d.limits.Unpacked}, Max: min(n, maxDiagnoses),
	})
	if err != nil {
		return nil, err
	}
	return v.symptoms(req, text, result), nil
}

func answers(in []*pb.Answer) []diagnose.Answer {
	var out []diagnose.Answer
	for _, a := range in {
		out = append(out, diagnose.Answer{Question: a.GetQuestionId(), Option: a.GetOptionId(), Text: a.GetText(), Unknown: a.GetUnknown()})
	}
	return out
}

func (v view) symptoms(req *pb.DiagnoseSymptomsRequest, text string, r *diagnose.Symptoms) *pb.DiagnoseSymptomsResponse {
	mask := newMask(v.base, nil)
	resp := &pb.DiagnoseSymptomsResponse{
		Outcome: enum[pb.DiagnoseSymptomsResponse_Outcome](pb.DiagnoseSymptomsResponse_Outcome_value, string(r.Outcome)),
		InScope: r.Outcome != diagnose.OutOfScope, ShortAnswer: r.ShortAnswer, LanguageCode: string(v.lang), Warnings: mask.texts(r.Warnings),
		Understood: &pb.DiagnoseSymptomsResponse_Understanding{
			Context: contextMessage(contextOf(req.GetContext())), ErrorCodes: codeStrings(r.Codes), Concepts: r.Concepts, Tried: mask.texts(req.GetTried()),
		},
		RecognizedErrorCodes: codeStrings(r.Codes), ContentRevision: v.base.Revision(),
	}
	for i := range r.Diagnoses {
		resp.Diagnoses = append(resp.Diagnoses, v.diagnosis(&r.Diagnoses[i], text, mask))
	}
	for _, q := range r.Questions {
		resp.Questions = append(resp.Questions, v.question(q))
	}
	for i := range r.Findings {
		resp.Findings = append(resp.Findings, v.finding(&r.Findings[i], mask))
	}
	return resp
}

func (v view) diagnosis(d *diagnose.Diagnosis, text string, mask *mask) *pb.Diagnosis {
	t, _ := d.Article.Text(v.lang)
	m := &pb.Diagnosis{
		Article: articleName(d.Article.ID), Title: t.Title, Summary: t.Summary, Confidence: math.Round(100*d.Confidence) / 100,
		ErrorCodes: codeStrings(d.Codes), References: v.references(d.Article.Sources),
	}
	for _, r := range d.Reasons {
		m.Reasons = append(m.Reasons, &pb.Diagnosis_Reason{
			Text: mask.text(r.Text), Quote: mask.text(r.Quote), Start: utf16Offset(text, r.Start), End: utf16Offset(text, r.End),
		})
	}
	m.Causes, m.Resolutions = v.advice(d.Article, "")
	return m
}

// advice takes causes and resolutions from an article, that of the section named first; a task is one resolution.
func (v view) advice(a *knowledge.Article, section string) (causes []*pb.Cause, resolutions []*pb.Resolution) {
	t, _ := a.Text(v.lang)
	for _, s := range t.Beginning(section) {
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

// filesOf is what a JSON request carries.
func filesOf(in []*pb.LogFile) []diagnose.File {
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
		out = append(out, diagnose.File{Name: name, Data: data})
	}
	return out
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
	return d.analyze(ctx, filesOf(req.GetDocuments()), req, nil)
}

// analyze answers an upload. A watch, where there is one, is told the progress, the findings and every
// instance; the answer itself is left to the caller.
func (d *diagnosisService) analyze(ctx context.Context, files []diagnose.File, opts analysisOptions, w *watch) (*pb.AnalyzeLogsResponse, error) {
	s, v, err := d.store.open(ctx, opts.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	leave, err := d.slots.enter(ctx, files)
	if err != nil {
		return nil, err
	}
	defer leave()
	mask, summary := newMask(v.base, opts.GetRedact()), opts.GetView() == pb.View_SUMMARY
	options := diagnose.Options{Language: v.lang, Context: contextOf(opts.GetContext()), Answers: answers(opts.GetAnswers()), Seen: mask.learn}
	options.Limits.Unpacked = d.limits.Unpacked
	if w != nil {
		var cancel context.CancelCauseFunc
		w.revision = s.revision
		ctx, cancel, options.Progress = w.follow(ctx)
		defer cancel(nil)
	}
	a, err := s.engine.Analyze(ctx, files, options)
	if err != nil {
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	mask.keys = a.Keys
	resp := v.analysis(a, mask, summary)
	if w != nil {
		if err := w.findings(ctx, v, a, mask, resp, summary); err != nil {
			return nil, err
		}
	}
	resp.AnalysisKey = analysisKey(files, opts, s.revision)
	if f := opts.GetReportFormat(); f != pb.ReportFormat_VALUE_UNSPECIFIED {
		text, err := report.Write(f.String(), s.base, a, report.Options{Hide: mask.text, Masked: mask.words(v), Key: resp.GetAnalysisKey()})
		if err != nil {
			return nil, err
		}
		resp.Report = hide(s.base, text)
	}
	resp.Redactions = mask.counts()
	v.bound(resp)
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
		fmt.Fprintf(h, "%d:%s%d:", len(f.Name), f.Name, f.Size())
		_, _ = io.Copy(h, io.NewSectionReader(f.Reader(), 0, f.Size())) // what cannot be read again has been read
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (v view) analysis(a *diagnose.Analysis, mask *mask, summary bool) *pb.AnalyzeLogsResponse {
	resp := &pb.AnalyzeLogsResponse{
		LanguageCode: string(v.lang), ContentRevision: v.base.Revision(), Warnings: mask.texts(a.Warnings),
		Verdict:   &pb.Verdict{State: enum[pb.Verdict_State](pb.Verdict_State_value, string(a.State)), Summary: mask.text(a.Summary)},
		Truncated: &pb.Truncation{Facts: int32(a.Truncated.Facts), Findings: int32(a.Truncated.Findings)},
	}
	for _, doc := range a.Documents {
		m := &pb.Document{
			Filename: mask.text(doc.Filename), Format: enum[pb.Document_Format](pb.Document_Format_value, string(doc.Format)),
			FormatTitle: v.base.Message("format."+string(doc.Format), v.lang), Encoding: doc.Encoding, LanguageCode: doc.Language,
			Machine: mask.machine(doc.Machine), SizeBytes: doc.SizeBytes, LineCount: int32(doc.LineCount),
		}
		for _, w := range doc.Warnings {
			m.Warnings = append(m.Warnings, mask.text(v.warning(m.Filename, w)))
		}
		resp.Documents = append(resp.Documents, m)
	}
	if !summary {
		for i := range a.Facts {
			resp.Facts = append(resp.Facts, fact(&a.Facts[i], mask))
		}
	}
	for i := range a.Findings {
		f := v.finding(&a.Findings[i], mask)
		if summary {
			f.Evidence = nil
		}
		resp.Findings = append(resp.Findings, f)
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
	if text := v.base.Message("warning."+id, v.lang, "filename", filename, "limit", english); text != "warning."+id {
		return text
	}
	return english
}

func fact(f *diagnose.Fact, mask *mask) *pb.Fact {
	return &pb.Fact{
		Kind: f.Kind, Value: mask.text(f.Value), NormalizedValue: mask.text(f.Normalized), Machine: mask.machine(f.Machine), Count: int32(f.Count),
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
		m.Machines = append(m.Machines, mask.machine(name))
	}
	for _, e := range f.Evidence {
		m.Evidence = append(m.Evidence, evidence(e, mask))
	}
	if f.Article != nil {
		t, _ := f.Article.Text(v.lang)
		m.Article, m.ArticleTitle, m.References = articleName(f.Article.ID), t.Title, v.references(f.Article.Sources)
		_, m.Resolutions = v.advice(f.Article, f.Section)
	}
	return m
}

func (d *diagnosisService) UploadLogs(stream grpc.ClientStreamingServer[pb.UploadLogsRequest, pb.AnalyzeLogsResponse]) error {
	u, err := d.receive(stream, nil)
	if err != nil {
		return err
	}
	defer u.close()
	resp, err := d.analyze(stream.Context(), u.files, u.opts, nil)
	if err != nil {
		return err
	}
	return stream.SendAndClose(resp)
}

func (d *diagnosisService) StreamAnalyzeLogs(stream grpc.BidiStreamingServer[pb.UploadLogsRequest, pb.AnalyzeLogsEvent]) error {
	w := &watch{send: stream.Send}
	if s := d.store.current.Load(); s != nil {
		w.revision = s.revision
	}
	u, err := d.receive(stream, w.progress)
	if err != nil {
		return err
	}
	defer u.close()
	w.total = sizeOf(u.files)
	resp, err := d.analyze(stream.Context(), u.files, u.opts, w)
	if err != nil {
		return err
	}
	return stream.Send(&pb.AnalyzeLogsEvent{Event: &pb.AnalyzeLogsEvent_Analysis{Analysis: resp}, ContentRevision: resp.GetContentRevision()})
}

func sizeOf(files []diagnose.File) (n int64) {
	for _, f := range files {
		n += f.Size()
	}
	return n
}
