package diagnose

import (
	"iter"
	"strconv"
	"strings"

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

// certainties says for which machines a finding is less sure than its certainty, which is that of the surest;
// "" where it is the same for all. Documents that name no machine count only where none does.
func (e *Engine) certainties(g *group, l knowledge.Language) string {
	at := map[knowledge.Certainty][]string{}
	for _, fired := range byPlace(g.fired) {
		if fired[0].machine == "" && g.finding.MachineCount > 0 {
			continue
		}
		best := fired[0].confidence
		for _, fr := range fired[1:] {
			if certaintyRank(fr.confidence) < certaintyRank(best) {
				best = fr.confidence
			}
		}
		at[best] = append(at[best], fired[0].placeName())
	}
	if len(at) < 2 {
		return ""
	}
	var list []string
	for _, c := range []knowledge.Certainty{knowledge.Certain, knowledge.High, knowledge.Medium, knowledge.Low} {
		if names := at[c]; len(names) > 0 {
			shown := strings.Join(names[:min(len(names), shownPlaces)], ", ")
			if more := len(names) - shownPlaces; more > 0 {
				shown += " " + e.base.Message("report.machines.more", l, "count", strconv.Itoa(more))
			}
			list = append(list, e.base.Message("finding.certainty-of", l, "certainty", e.base.Message("report.certainty."+string(c), l), "machines", shown))
		}
	}
	separator := " "
	if l == knowledge.Chinese {
		separator = ""
	}
	return separator + e.base.Message("finding.certainty-differs", l, "list", strings.Join(list, "; "))
}

// shownPlaces is how many machines are named for one certainty.
const shownPlaces = 5

// placeName is the machine, or the document that names none.
func (f *firing) placeName() string {
	if f.machine != "" {
		return f.machine
	}
	if lead := f.lead(); lead != nil {
		for _, v := range lead.values {
			if v.evidence != nil {
				return v.evidence.Filename
			}
		}
	}
	return "?"
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
