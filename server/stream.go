package server

import (
	"context"
	"math"
	"time"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge/diagnose"
)

// progressPause is how long a watcher waits for the next news of one stage. New stages are told at once.
const progressPause = 200 * time.Millisecond

// watch tells the caller of a stream how an analysis goes on. Sending waits for a slow caller, so that what
// is not taken is not produced either; a caller that has gone ends the analysis.
type watch struct {
	send     func(*pb.AnalyzeLogsEvent) error
	revision string
	total    int64 // bytes of the upload, 0 until all are received
	stage    pb.AnalyzeLogsEvent_Progress_Stage
	told     time.Time
}

// progress sends what is worth telling.
func (w *watch) progress(bytes int64, stage pb.AnalyzeLogsEvent_Progress_Stage) error {
	if now := time.Now(); stage != w.stage || now.Sub(w.told) >= progressPause {
		w.stage, w.told = stage, now
		p := &pb.AnalyzeLogsEvent_Progress{Bytes: clamp(bytes), Total: clamp(w.total), Stage: stage}
		return w.send(&pb.AnalyzeLogsEvent{Event: &pb.AnalyzeLogsEvent_Progress_{Progress: p}, ContentRevision: w.revision})
	}
	return nil
}

// clamp is the contract's number of bytes: 2,147,483,647 stands for anything larger.
func clamp(n int64) int32 { return int32(min(n, math.MaxInt32)) }

// follow gives what an analysis reports its progress to, and the context that ends it with the caller.
func (w *watch) follow(ctx context.Context) (context.Context, context.CancelCauseFunc, func(diagnose.Progress)) {
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, cancel, func(p diagnose.Progress) {
		bytes := p.Bytes
		if w.total > 0 {
			bytes = min(bytes, w.total) // what an archive holds is more than the archive
		}
		stage := enum[pb.AnalyzeLogsEvent_Progress_Stage](pb.AnalyzeLogsEvent_Progress_Stage_value, string(p.Stage))
		if err := w.progress(bytes, stage); err != nil {
			cancel(err)
		}
	}
}

// findings sends the groups and then every instance, each made when the one before is taken.
func (w *watch) findings(ctx context.Context, v view, a *diagnose.Analysis, mask *mask, resp *pb.AnalyzeLogsResponse, summary bool) error {
	for _, f := range resp.GetFindings() {
		if err := w.send(&pb.AnalyzeLogsEvent{Event: &pb.AnalyzeLogsEvent_Finding{Finding: f}, ContentRevision: w.revision}); err != nil {
			return err
		}
	}
	for f := range a.Instances() {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := v.instance(&f, mask, summary)
		if err := w.send(&pb.AnalyzeLogsEvent{Event: &pb.AnalyzeLogsEvent_Instance{Instance: m}, ContentRevision: w.revision}); err != nil {
			return err
		}
	}
	return nil
}

func (v view) instance(f *diagnose.Finding, mask *mask, summary bool) *pb.FindingInstance {
	m := &pb.FindingInstance{
		FindingId: f.ID, InstanceKey: f.InstanceKey, ErrorCodes: codeStrings(f.Codes), Explanation: mask.text(f.Explanation),
		Severity:  enum[pb.Finding_Severity](pb.Finding_Severity_value, string(f.Severity)),
		Certainty: enum[pb.Finding_Certainty](pb.Finding_Certainty_value, string(f.Certainty)),
	}
	for _, name := range f.Machines {
		m.Machine = mask.machine(name)
	}
	for _, e := range f.Evidence {
		if !summary {
			m.Evidence = append(m.Evidence, evidence(e, mask))
		}
	}
	return m
}
