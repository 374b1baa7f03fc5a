package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
)

// deriveCodes makes one record per code that counts: the latest state of each machine and product.
// A code that a later success on the same machine overtook does not, nor does the summary 0xC004F074
// where an event 12288 of the same machine tells the cause, nor the codes of a reference.
func deriveCodes(rs records, base *knowledge.Base) {
	precise := map[string]bool{}
	for _, a := range rs["attempt"] {
		if c := a.first("error_code"); a.first("place") == "EVENT_12288" && c != "" && c != summaryCode.String() {
			precise[a.machine] = true
		}
	}
	seen, won, machines := map[string]bool{}, successes(rs), surroundingsOf(rs)
	for _, kind := range []string{"attempt", "license", "event", "machine", "service"} {
		for _, r := range rs[kind] {
			if kind == "event" && r.first("event_id") == "12288" || r.first("reference") == "true" || won.overtook(r) {
				continue // the attempt made of a 12288 speaks for it
			}
			for _, v := range r.all("error_code") {
				place := placeOf(r)
				key := strings.Join([]string{r.machine, v.norm, place, r.first("license_name")}, "\x00")
				if seen[key] || v.norm == summaryCode.String() && anyPrecise(precise, r.machine) && place != "EVENT_12288" {
					continue
				}
				seen[key] = true
				rs.add(codeOf(r, v, place, machines, base))
			}
		}
	}
	slices.SortStableFunc(rs["code"], func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.doc, b.doc), cmp.Compare(a.line, b.line))
	})
}

// codeOf is the record of one code, with what is known of where it was seen.
func codeOf(r *record, v value, place string, m surroundings, base *knowledge.Base) *record {
	c := newRecord("code", r.machine, r.doc, r.line)
	c.zone = r.zone
	c.inherit(r)
	nameByProduct(c, base)
	c.set("error_code", v.norm, v.evidence)
	c.set("place", place, v.evidence)
	c.set("application", applicationOf(c), v.evidence)
	kind := channelKind(c.first("channel"))
	if kind != "" {
		c.set("channel_kind", kind, c.evidence("channel"))
	}
	c.set("kms_client", strconv.FormatBool(kind == "KMS_CLIENT"), v.evidence)
	c.set("evaluation", strconv.FormatBool(cmp.Or(kind, m.kinds[identity(r)]) == "EVAL"), cmp.Or(c.evidence("channel"), v.evidence))
	c.set("threshold", threshold(c), v.evidence)
	c.set("fixed_host", strconv.FormatBool(m.fixed[r.machine]), v.evidence)
	c.set("spare", cmp.Or(r.first("spare"), "false"), v.evidence)
	c.set("bypass", strconv.FormatBool(needsNoActivation(c.first("license_name"))), v.evidence)
	c.set("elevated", cmp.Or(m.elevated[""], m.elevated[r.machine], "unknown"), v.evidence)
	return c
}

// needsNoActivation tells the Office licences that only stand in for others.
func needsNoActivation(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "bypass") || strings.Contains(name, "subprepid")
}

// surroundings is what the documents and the caller say of each machine that a code may be from.
type surroundings struct {
	fixed    map[string]bool   // the KMS host is from the registry
	elevated map[string]string // true or false; under "" what the caller says
	kinds    map[string]string // of the channel of all its licences; "several" where they differ
}

func surroundingsOf(rs records) surroundings {
	s := surroundings{map[string]bool{}, map[string]string{}, map[string]string{}}
	for _, l := range rs["license"] {
		kind := cmp.Or(l.first("channel_kind"), "unknown")
		if was := s.kinds[identity(l)]; was != "" && was != kind {
			kind = "several"
		}
		s.kinds[identity(l)] = kind
	}
	for _, kind := range []string{"client", "attempt", "registry"} {
		for _, r := range rs[kind] {
			s.fixed[r.machine] = s.fixed[r.machine] || r.first("kms_host_source") == "REGISTRY"
		}
	}
	for _, kind := range []string{"machine", "user"} {
		for _, r := range rs[kind] {
			if r.has("elevated") {
				s.elevated[r.machine] = r.first("elevated")
			}
		}
	}
	return s
}

// summaryCode says only that every KMS host failed.
const summaryCode = code.Code(0xC004F074)

// anyPrecise: a machine that a document does not name may be the one that the events are from.
func anyPrecise(precise map[string]bool, machine string) bool {
	return precise[machine] || precise[""] || machine == "" && len(precise) > 0
}

// placeOf says where a record was seen, in the ids of the contract, TEXT for prose.
func placeOf(r *record) string {
	switch {
	case r.has("place"):
		return r.first("place")
	case r.kind == "event":
		return "EVENT_" + strings.ToUpper(strings.ReplaceAll(r.first("event_id"), "-", "_"))
	case r.kind == "license":
		if r.first("application") == "OFFICE" {
			return "OSPP"
		}
		return "SLMGR"
	}
	return "TEXT"
}

// deriveShortage tells each host record whether some client reports that a count is too small.
func deriveShortage(rs records) {
	short := slices.ContainsFunc(rs["code"], func(c *record) bool { return c.first("error_code") == "0xC004F038" })
	for _, h := range rs["host"] {
		h.set("clients_short", strconv.FormatBool(short), h.evidence("current_count"))
	}
}
