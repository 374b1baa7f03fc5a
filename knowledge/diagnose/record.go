package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// A record is what rules bind to: the facts of one subject, or of several that belong together.
type record struct {
	kind    string    // machine license client host attempt event srv probe service registry user code
	machine string    // canonical name, "" = not told
	zone    string    // DNS zone that the record speaks of or its machine lives in
	doc     int       // index of the document, -1 = the caller's answers
	line    int       // of its first fact; later lines are later states
	values  []value   // those of one kind together, in the order in which they were recorded
	under   [][]value // of the records inherited from, for the kinds that this one does not record itself
}

// A value is one value of a fact, with the evidence for it.
type value struct {
	kind     string
	norm     string // normalized where the kind has a normal form, else as the source spells it
	evidence *Evidence
}

// Evidence is where a value was read.
type Evidence struct {
	Filename string
	Line     int
	Record   int
	Excerpt  string
}

func newRecord(kind, machine string, doc, line int) *record {
	return &record{kind: kind, machine: machine, doc: doc, line: line}
}

// span is where the values of a kind stand, or would be appended.
func span(values []value, kind string) (from, to int) {
	for from = 0; from < len(values) && values[from].kind != kind; from++ {
	}
	for to = from; to < len(values) && values[to].kind == kind; to++ {
	}
	return from, to
}

// all returns the values of a kind. They stay what they are, whatever is recorded later.
func (r *record) all(kind string) []value {
	from, to := span(r.values, kind)
	if from < to {
		return r.values[from:to:to]
	}
	for _, values := range r.under {
		if from, to := span(values, kind); from < to {
			return values[from:to:to]
		}
	}
	return nil
}

// take replaces the record's own values of a kind. It never moves values in place, for the sake of what all has
// returned and others have inherited. It grows by little: a fleet is a million values.
func (r *record) take(kind string, with ...value) {
	from, to := span(r.values, kind)
	n := len(r.values)
	switch {
	case from < n:
		r.values = slices.Concat(r.values[:from], with, r.values[to:])
	case n+len(with) > cap(r.values):
		r.values = append(append(make([]value, 0, n+n/8+len(with)+3), r.values...), with...)
	default:
		r.values = append(r.values, with...)
	}
}

// set replaces what is recorded.
func (r *record) set(kind, norm string, e *Evidence) { r.take(kind, value{kind, norm, e}) }

// add records a value once.
func (r *record) add(kind, norm string, e *Evidence) {
	switch have := r.all(kind); {
	case len(have) == 0:
		r.set(kind, norm, e)
	case !slices.ContainsFunc(have, func(v value) bool { return v.norm == norm }):
		r.take(kind, append(have, value{kind, norm, e})...)
	}
}

// inherit takes over the kinds that r does not record itself.
func (r *record) inherit(from *record) {
	r.under = append(append(r.under, slices.Clip(from.values)), from.under...)
}

// first returns the first value of a kind, "" where none is recorded.
func (r *record) first(kind string) string {
	if v := r.all(kind); len(v) > 0 {
		return v[0].norm
	}
	return ""
}

func (r *record) has(kind string) bool { return len(r.all(kind)) > 0 }

// evidence returns where a kind was read, nil where it is not recorded.
func (r *record) evidence(kind string) *Evidence {
	if v := r.all(kind); len(v) > 0 {
		return v[0].evidence
	}
	return nil
}

// records holds all records of an analysis by kind.
type records map[string][]*record

func (rs records) add(r *record) { rs[r.kind] = append(rs[r.kind], r) }

// collect turns the facts of the documents into records: one per subject, and one per machine
// and document for what is said of the machine itself. Where there are more facts than an answer lists,
// the documents give theirs back: all that is needed of them is in the records.
func collect(docs []*formats.Document) records {
	rs := records{}
	names := canonicalNames(docs)
	total := 0
	for _, d := range docs {
		total += len(d.Facts)
	}
	for i, d := range docs {
		bySubject := map[string]*record{}
		e := new(Evidence)
		for j := range d.Facts {
			f := &d.Facts[j]
			machine := names[cmp.Or(f.Machine, d.Machine)]
			key := f.Subject.ID + "\x00" + machine
			r := bySubject[key]
			if r == nil {
				r = newRecord(recordKind(f.Subject.Kind), machine, i, f.Position.Line)
				bySubject[key] = r
				rs.add(r)
			}
			if at := (Evidence{d.Filename, f.Position.Line, f.Position.Record, f.Excerpt}); *e != at {
				e = &at // facts of one line share it
			}
			r.add(string(f.Kind), cmp.Or(f.Normalized, f.Value), e)
		}
		joinHosts(bySubject)
		if total > maxFacts {
			d.Facts = nil
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(rs)) {
		for _, r := range rs[kind] {
			r.zone = zoneOf(r)
		}
	}
	return rs
}

func recordKind(k formats.SubjectKind) string {
	if k == "KMS_HOST" {
		return "host"
	}
	return strings.ToLower(string(k))
}

// joinHosts lets a KMS host record see the licence block that it was printed in ("host-2" and "license-2").
func joinHosts(bySubject map[string]*record) {
	for key, host := range bySubject {
		if host.kind != "host" {
			continue
		}
		if license := bySubject[strings.Replace(key, "host-", "license-", 1)]; license != nil {
			serves := cmp.Or(host.first("is_kms_host"), "true") // WMI says false of every client
			host.inherit(license)
			license.set("is_kms_host", serves, cmp.Or(host.evidence("is_kms_host"), host.evidence("current_count")))
		}
	}
}

// canonicalNames maps every machine name in the documents to one spelling: lower case, without a
// trailing dot, and the full name where a short one has exactly one.
func canonicalNames(docs []*formats.Document) map[string]string {
	names := map[string]string{}
	full := map[string][]string{}
	spell := func(n string) {
		if short, _, dotted := strings.Cut(n, "."); dotted && !isAddress(n) && len(full[short]) < 3 && !slices.Contains(full[short], n) {
			full[short] = append(full[short], n)
		}
	}
	note := func(name string) {
		if _, seen := names[name]; seen || name == "" {
			return
		}
		names[name] = hostName(name)
		spell(names[name])
	}
	for _, d := range docs {
		note(d.Machine)
		for i := range d.Facts {
			f := &d.Facts[i]
			note(f.Machine)
			if f.Kind == formats.KMSHost || f.Kind == formats.SRVHost {
				spell(hostName(f.Normalized))
			}
		}
	}
	for name, n := range names {
		if f := full[n]; len(f) == 1 {
			names[name] = f[0]
		}
	}
	return names
}

// hostName normalizes a host: lower case, no trailing dot, no port.
func hostName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.LastIndexByte(s, ':'); i > 0 && strings.Count(s, ":") == 1 {
		s = s[:i]
	}
	return strings.TrimSuffix(s, ".")
}

// sameHost compares names as people and tools write them: a short name equals a full one that begins with it.
func sameHost(a, b string) bool {
	a, b = hostName(a), hostName(b)
	if a == b {
		return a != ""
	}
	if isAddress(a) || isAddress(b) {
		return false
	}
	shortA, restA, _ := strings.Cut(a, ".")
	shortB, restB, _ := strings.Cut(b, ".")
	return shortA == shortB && (restA == "" || restB == "")
}

func isAddress(s string) bool {
	return strings.Contains(s, ":") || strings.Trim(s, "0123456789.") == "" && s != ""
}

// domainOf returns the zone that a full host name lies in, "" for short names and addresses.
func domainOf(host string) string {
	if isAddress(host) {
		return ""
	}
	_, domain, _ := strings.Cut(hostName(host), ".")
	return domain
}

func zoneOf(r *record) string {
	switch {
	case r.first("dns_zone") != "" && r.first("dns_zone") != none:
		return hostName(r.first("dns_zone"))
	case domainOf(r.machine) != "":
		return domainOf(r.machine)
	case r.first("dns_suffix") != "" && r.first("dns_suffix") != none:
		return hostName(r.first("dns_suffix"))
	}
	return domainOf(r.first("kms_host"))
}

// none is the normalized value of a fact whose absence a document proves.
const none = "none"
