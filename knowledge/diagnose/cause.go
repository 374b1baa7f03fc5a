package diagnose

import (
	"cmp"
	"math"
	"slices"

	"github.com/activationkb/activationkb/knowledge"
)

// lead is the record that a firing starts from.
func (f *firing) lead() *record {
	for _, v := range variables(f.rule) {
		if r := f.bound[v]; r != nil {
			return r
		}
	}
	return nil
}

// explained is what findings stand for, by the finding that they make unnecessary: on their own machine, on
// any machine that asked the host that they are about, and where it rests on a record that they rest on too.
type explained struct {
	here    map[[2]string][]string // hosts that were asked, "" = unknown; by finding and machine
	asking  map[[2]string]bool     // by finding and host
	unnamed map[[2]string]bool     // by finding and the host that a machine without a name asked
	named   map[[2]string]bool     // the same of machines with a name
	records map[string]map[*record]bool
}

// suppress drops findings that another one explains. What is explained itself explains nothing: a rule names
// all that follows from it.
func suppress(fired []firing) []firing {
	all := explanations(fired, func(*firing) bool { return true })
	x := explanations(fired, func(f *firing) bool { return !all.covers(f) })
	return slices.DeleteFunc(fired, func(f firing) bool { return x.covers(&f) })
}

func explanations(fired []firing, stands func(*firing) bool) *explained {
	x := &explained{map[[2]string][]string{}, map[[2]string]bool{}, map[[2]string]bool{}, map[[2]string]bool{}, map[string]map[*record]bool{}}
	for i := range fired {
		if len(fired[i].rule.Suppresses) > 0 && stands(&fired[i]) {
			x.note(&fired[i])
		}
	}
	return x
}

func (x *explained) note(f *firing) {
	lead := f.lead()
	host, about := kmsHost(lead), hostsOf(lead)
	for _, id := range f.rule.Suppresses {
		if key := [2]string{id, f.machine}; !slices.Contains(x.here[key], host) {
			x.here[key] = append(x.here[key], host)
		}
		for _, h := range about {
			x.asking[[2]string{id, h}] = true
		}
		switch {
		case host == "":
		case f.machine == "":
			x.unnamed[[2]string{id, host}] = true
		default:
			x.named[[2]string{id, host}] = true
		}
		for _, r := range f.bound {
			if r != nil && r.machine == "" && r != lead {
				if x.records[id] == nil {
					x.records[id] = map[*record]bool{}
				}
				x.records[id][r] = true
			}
		}
	}
}

func (x *explained) covers(f *firing) bool {
	id, lead := f.finding.ID, f.lead()
	host := kmsHost(lead)
	hosts, here := x.here[[2]string{id, f.machine}]
	if here && (host == "" || slices.Contains(hosts, "") || slices.Contains(hosts, host)) {
		return true
	}
	if x.records[id][lead] {
		return true
	}
	if server := askedServer(lead); server != "" && x.asking[[2]string{id, server}] {
		return true
	}
	if host == "" {
		return false
	}
	return x.asking[[2]string{id, host}] || x.unnamed[[2]string{id, host}] || f.machine == "" && x.named[[2]string{id, host}]
}

// kmsHost is the KMS host that a record says was asked.
func kmsHost(r *record) string {
	if r == nil || r.kind == "host" || r.first("kms_host") == none {
		return ""
	}
	return hostKey(r.first("kms_host"))
}

// askedServer is the DNS server that a record says was asked.
func askedServer(r *record) string {
	if r == nil || r.kind != "srv" {
		return ""
	}
	return hostKey(r.first("dns_server"))
}

// hostsOf are the hosts that a record is about: those that others ask. What a client says is about itself.
func hostsOf(r *record) []string {
	var kinds []string
	switch {
	case r == nil:
		return nil
	case r.kind == "probe":
		kinds = []string{"kms_host", "kms_ip"}
	case r.kind == "host":
		kinds = []string{"srv_target"}
	case r.kind == "srv" && r.has("dead_target"):
		kinds = []string{"dead_target"}
	case r.kind == "srv":
		kinds = []string{"srv_host"}
	case r.kind != "service" && r.kind != "machine":
		return nil
	}
	var hosts []string
	if r.machine != "" {
		hosts = append(hosts, hostKey(r.machine))
	}
	for _, kind := range kinds {
		for _, v := range r.all(kind) {
			hosts = append(hosts, hostKey(v.norm))
		}
	}
	return hosts
}

// ask lists what would decide the rules that lack a fact, the most telling first. Only those are worth asking
// for that could give the cause of a problem found, or prove a finding that is doubtful; where nothing is
// found, any. What the caller was asked before is not asked again.
func (e *Engine) ask(open []firing, a *Analysis, rs records, answers []Answer) []Inconclusive {
	asked := map[string]bool{}
	for _, a := range answers {
		asked[a.Question] = true
	}
	useful := e.usefulTo(a.Findings)
	slices.SortStableFunc(open, func(a, b firing) int { return cmp.Compare(a.finding.Order, b.finding.Order) })
	var out []Inconclusive
	for i := range open {
		fr := &open[i]
		in := Inconclusive{Rule: fr.rule.ID, Missing: fr.missing}
		for _, fact := range fr.missing {
			if m, ok := fr.rule.Missing[fact]; ok && in.Question == nil {
				in.Question, _ = e.base.Question(m.Question)
			}
		}
		if in.Question != nil && !asked[in.Question.ID] && len(rs[in.Question.AnsweredBy]) == 0 && useful(fr) {
			asked[in.Question.ID] = true
			out = append(out, in)
		}
	}
	slices.SortStableFunc(out, func(a, b Inconclusive) int { return cmp.Compare(turn(a.Question), turn(b.Question)) })
	return out[:min(len(out), maxInconclusive)]
}

// turn is when a question is asked: those without an order come last.
func turn(q *knowledge.Question) int { return cmp.Or(q.Order, math.MaxInt) }

// usefulTo tells the rules whose answers would lead on from what is found.
func (e *Engine) usefulTo(found []Finding) func(*firing) bool {
	stands, sure := map[string]Finding{}, map[string]bool{}
	for _, f := range found {
		sure[f.ID] = certaintyRank(f.Certainty) <= certaintyRank(knowledge.High)
		if f.Severity != knowledge.Info {
			stands[f.ID] = f
		}
	}
	causes, symptom := map[string][]string{}, map[string]bool{}
	for id := range stands {
		if known, ok := e.base.Finding(id); ok {
			causes[id], symptom[id] = known.Causes, known.Symptom
		}
	}
	var targets []Finding // causes that nothing found explains, else symptoms
	cause := slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == knowledge.Error && !symptom[f.ID] })
	for _, f := range stands {
		explained := slices.ContainsFunc(causes[f.ID], func(id string) bool { return sure[id] })
		if explained || symptom[f.ID] && cause {
			continue
		}
		targets = append(targets, f)
	}
	return func(fr *firing) bool {
		if len(stands) == 0 {
			return true
		}
		if f, ok := stands[fr.finding.ID]; ok {
			return slices.ContainsFunc(targets, func(t Finding) bool { return t.ID == f.ID }) && f.Certainty != knowledge.Certain && certaintyRank(fr.rule.Confidence) <= certaintyRank(f.Certainty)
		}
		return slices.ContainsFunc(targets, func(f Finding) bool {
			return slices.Contains(causes[f.ID], fr.finding.ID) || f.Certainty != knowledge.Certain && slices.Contains(fr.rule.Suppresses, f.ID)
		})
	}
}
