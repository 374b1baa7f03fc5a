package diagnose

import (
	"iter"
	"strconv"

	"github.com/activationkb/activationkb/knowledge"
)

// group is one finding, and all that fired for it.
type group struct {
	finding Finding
	fired   []*firing
}

// place is the machine that a firing is about; documents that name none are taken for a machine each.
func (f *firing) place() string {
	if f.machine == "" {
		return strconv.Itoa(f.doc)
	}
	return "\x00" + f.machine
}

// Instances yields every occurrence of every finding: one for each machine that shows it, with that machine's
// own values and evidence and the InstanceKey of its group. The order is that of the findings, then that of
// the documents; what the answer leaves out of Findings is among them.
func (a *Analysis) Instances() iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for i := range a.groups {
			g := &a.groups[i]
			for _, fired := range byPlace(g.fired) {
				if !yield(a.instance(g, fired)) {
					return
				}
			}
		}
	}
}

// byPlace splits firings by machine, in the order of their first appearance.
func byPlace(fired []*firing) [][]*firing {
	at := map[string]int{}
	var out [][]*firing
	for _, fr := range fired {
		i, seen := at[fr.place()]
		if !seen {
			i = len(out)
			at[fr.place()] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], fr)
	}
	return out
}

func (a *Analysis) instance(g *group, fired []*firing) Finding {
	f := a.engine.newFinding(fired[0], a.Language)
	for _, fr := range fired {
		f.join(fr)
	}
	f.InstanceKey, f.Article = g.finding.InstanceKey, g.finding.Article
	if m := fired[0].machine; m != "" {
		f.Machines = []string{m}
	}
	f.MachineCount = len(f.Machines)
	return f
}

// newFinding is a finding with what one firing says.
func (e *Engine) newFinding(fr *firing, l knowledge.Language) Finding {
	return Finding{
		ID: fr.finding.ID, Severity: fr.severity(), Certainty: fr.confidence, order: fr.finding.Order, positive: fr.finding.Positive,
		Title: e.fill(fr.finding.Title.In(l), fr, l), Explanation: e.fill(fr.finding.Explanation.In(l), fr, l),
	}
}
