package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// State of a verdict.
type State string

// States of a verdict. HEALTHY needs a positive fact, not only the absence of faults.
const (
	ProblemFound State = "PROBLEM_FOUND"
	Healthy      State = "HEALTHY"
	Undecided    State = "INCONCLUSIVE"
	Unrecognized State = "UNRECOGNIZED"
)

// incidental is what tells of a machine in outputs of any subject: alone it is not about activation.
var incidental = setOf("computer", "os_version", "installed_update", "is_vm", "elevated", "time_source")

// ofActivation reports whether the documents hold anything about activation: facts of it, or a file that was
// collected for it, which may be empty.
func ofActivation(docs []*formats.Document, rs records) bool {
	for _, d := range docs {
		if d.Format != formats.Unrecognized && d.Format != formats.EVTX && formats.BundleMachine(d.Filename) != "" {
			return true
		}
	}
	for kind, list := range rs {
		if slices.ContainsFunc(list, func(r *record) bool { return kind != "user" && r.ofActivation() }) {
			return true
		}
	}
	return false
}

func (r *record) ofActivation() bool {
	switch r.kind {
	case "machine":
		return slices.ContainsFunc(r.values, func(v value) bool { return !incidental[v.kind] || isFalseAlarmUpdate(v) })
	case "probe":
		return cmp.Or(r.first("kms_port"), "1688") == "1688" && !r.has("clock_offset") && r.first("statement") != formats.NoTimeAnswer
	}
	return true
}

// stateOf: a problem needs a finding, health a positive one; what is about activation and gives neither is
// undecided.
func stateOf(findings []Finding, ofActivation bool) State {
	for _, f := range findings {
		if f.Severity != knowledge.Info {
			return ProblemFound
		}
	}
	switch {
	case slices.ContainsFunc(findings, func(f Finding) bool { return f.positive }):
		return Healthy
	case ofActivation || len(findings) > 0:
		return Undecided
	}
	return Unrecognized
}

// problems counts the findings that are no mere observations.
func (a *Analysis) problems() int {
	n := 0
	for _, f := range a.Findings {
		if f.Severity != knowledge.Info {
			n++
		}
	}
	return n
}

func (e *Engine) summary(a *Analysis) string {
	switch {
	case a.State == ProblemFound:
		return e.base.Message("verdict.problem-found", a.Language, "title", a.Findings[0].Title, "count", fmt.Sprint(a.problems()))
	case a.State == Healthy:
		return e.base.Message("verdict.healthy", a.Language)
	case a.State == Unrecognized:
		return e.base.Message("verdict.unrecognized", a.Language, "seen", e.seen(a))
	case len(a.Inconclusive) == 0:
		command := func(id string) string { return e.base.Render(a.Language, "{cmd "+id+"}").Text }
		return e.base.Message("verdict.inconclusive-alone", a.Language, "windows", command("slmgr-dlv"), "office", command("ospp-dstatus"))
	}
	return e.base.Message("verdict.inconclusive", a.Language)
}

// shownDocuments is how many documents the summary of an unrecognized upload names.
const shownDocuments = 5

// seen names the documents with what they were taken for.
func (e *Engine) seen(a *Analysis) string {
	var names []string
	for _, d := range a.Documents[:min(len(a.Documents), shownDocuments)] {
		names = append(names, d.Filename+" – "+e.base.Message("format."+string(d.Format), a.Language))
	}
	list := strings.Join(names, "; ")
	if more := len(a.Documents) - len(names); more > 0 {
		list += " " + e.base.Message("verdict.more", a.Language, "count", fmt.Sprint(more))
	}
	return list
}
