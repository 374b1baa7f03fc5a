package diagnose

import (
	"slices"
)

// Bounds of the combinations that one rule is tried on: uploads choose how many records there are. Each
// leading record has its own share, so that many records cost detail and never a machine.
const (
	maxBindings    = 1 << 20 // of one rule
	maxBindingsOne = 200     // of one leading record
)

// fewDocuments is how many documents without a machine's name are taken for outputs of one machine.
const fewDocuments = 10

// joins finds the records that belong beside another one without looking at all of them.
type joins struct {
	records records
	kinds   map[string]*joined
}

// joined holds the records of one kind by what they can be joined on.
type joined struct {
	all       []*record
	byMachine map[string][]*record
	byZone    map[string][]*record
	byDoc     map[int][]*record    // those that name no machine
	byAsked   map[string][]*record // by the KMS host that they asked
	sole      bool                 // all of one machine, or none of any
	docs      int
}

func newJoins(rs records) *joins { return &joins{rs, map[string]*joined{}} }

func (j *joins) of(kind string) *joined {
	if k := j.kinds[kind]; k != nil {
		return k
	}
	k := &joined{all: j.records[kind], byMachine: map[string][]*record{}, byZone: map[string][]*record{}, byDoc: map[int][]*record{}, byAsked: map[string][]*record{}, sole: true}
	docs := map[int]bool{}
	for _, r := range k.all {
		if docs[r.doc] = true; r.machine != "" {
			k.byMachine[r.machine] = append(k.byMachine[r.machine], r)
		} else {
			k.byDoc[r.doc] = append(k.byDoc[r.doc], r)
		}
		if r.zone != "" {
			k.byZone[r.zone] = append(k.byZone[r.zone], r)
		}
		if host := r.first("kms_host"); host != "" && host != none {
			k.byAsked[hostKey(host)] = append(k.byAsked[hostKey(host)], r)
		}
		k.sole = k.sole && r.machine == k.all[0].machine
	}
	k.docs = len(docs)
	j.kinds[kind] = k
	return k
}

// own are the kinds that speak of one machine alone. What another machine says of itself is no evidence,
// though both are in one zone, unless it asked this one; SRV records and KMS hosts serve the whole zone.
var own = setOf("license", "client", "attempt", "code", "event", "machine", "service", "registry", "probe")

// beside returns the records of a kind that may stand beside r: those of its machine, else of its zone, else
// the only ones there are. Where r names the KMS host that it asked, no other host's output stands for it.
func (j *joins) beside(kind string, r *record) []*record {
	k := j.of(kind)
	if len(k.all) == 0 {
		return nil
	}
	found := k.beside(r, own[kind] && own[r.kind])
	if kind == "host" && len(found) > 1 {
		return asked(found, r)
	}
	return found
}

func (k *joined) beside(r *record, ofOneMachine bool) []*record {
	if same := k.byMachine[r.machine]; len(same) > 0 {
		return same
	}
	if !ofOneMachine {
		if same := k.byZone[r.zone]; len(same) > 0 {
			return same
		}
		if k.sole {
			return k.all
		}
		return nil
	}
	if same := k.byDoc[r.doc]; r.machine == "" && r.doc >= 0 && len(same) > 0 {
		return same
	}
	if r.machine != "" {
		if clients := k.byAsked[shortName(r.machine)]; len(clients) > 0 {
			return filter(clients, func(c *record) bool { return sameHost(c.first("kms_host"), r.machine) })
		}
	}
	if k.sole && (r.machine == "" || k.all[0].machine == "") && k.docs <= fewDocuments {
		return k.all
	}
	return nil
}

// asked narrows hosts to the one that a record names; all of them where it names none, or another.
func asked(hosts []*record, r *record) []*record {
	name := r.first("kms_host")
	if name == "" || name == none || r.kind == "host" {
		return hosts
	}
	named := filter(hosts, func(h *record) bool {
		return h.machine != "" && slices.ContainsFunc(r.all("kms_host"), func(v value) bool { return sameHost(h.machine, v.norm) })
	})
	if len(named) > 0 {
		return named
	}
	return hosts
}

func filter(rs []*record, keep func(*record) bool) []*record {
	var out []*record
	for _, r := range rs {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}

// each calls yield with every binding of a rule: the first variable that the condition names leads, the
// others follow it. The binding is the caller's until yield returns.
func (j *joins) each(vars []string, bind map[string]string, yield func(b binding, lead *record)) {
	at := slices.IndexFunc(vars, func(v string) bool { return len(j.records[bind[v]]) > 0 })
	if at < 0 {
		return
	}
	leads := j.records[bind[vars[at]]]
	share := max(1, min(maxBindingsOne, maxBindings/len(leads)))
	b := make(binding, len(vars))
	for _, lead := range leads {
		left := share
		j.bind(b, vars, 0, at, lead, bind, &left, yield)
	}
}

// bind binds variable i and those behind it, at most as often as left allows.
func (j *joins) bind(b binding, vars []string, i, at int, lead *record, bind map[string]string, left *int, yield func(binding, *record)) {
	switch {
	case i == len(vars):
		*left--
		yield(b, lead)
		return
	case i == at:
		b[vars[i]] = lead
		j.bind(b, vars, i+1, at, lead, bind, left, yield)
		return
	}
	found := j.beside(bind[vars[i]], lead)
	if len(found) == 0 {
		b[vars[i]] = nil
		j.bind(b, vars, i+1, at, lead, bind, left, yield)
	}
	for _, r := range found {
		if *left <= 0 {
			return
		}
		b[vars[i]] = r
		j.bind(b, vars, i+1, at, lead, bind, left, yield)
	}
}
