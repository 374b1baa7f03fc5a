package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// deriveCounts compares the counts of KMS hosts with each other, with what they were, and with their own sums.
func deriveCounts(rs records) {
	deriveRequestGaps(rs["host"])
	deriveShortHosts(rs)
	deriveFallen(rs)
}

// licenseStates are those that slmgr.vbs counts requests of.
const licenseStates = 6

// deriveRequestGaps compares the requests received with those that failed and those of each licence state,
// where an output holds all of these lines. They add up.
func deriveRequestGaps(hosts []*record) {
	for _, h := range hosts {
		byStatus := h.all("requests_by_status")
		if len(byStatus) != licenseStates || !h.has("total_requests") || !h.has("failed_requests") {
			continue
		}
		gap := number(h, "total_requests") - number(h, "failed_requests")
		for _, v := range byStatus {
			_, n, _ := strings.Cut(v.norm, "=")
			count, _ := strconv.Atoi(n)
			gap -= count
		}
		h.set("request_gap", strconv.Itoa(max(gap, -gap)), h.evidence("total_requests"))
	}
}

// mostNeeded is the largest threshold, that of Windows workstations.
const mostNeeded = 25

// deriveShortHosts tells each host that is short of clients how many hosts are: clients that are split over
// several hosts reach the threshold of none. A host is not known to be the only one where DNS or requests
// name others whose counts no document shows.
func deriveShortHosts(rs records) {
	for _, application := range []string{"WINDOWS", "OFFICE", "UNKNOWN"} {
		counts := countsByHost(rs, application)
		need := needed(rs, application)
		known := knownHosts(rs)
		short := 0
		for host, r := range counts {
			if host != "" || len(known) == 0 {
				known[host] = true
			}
			if n := number(r, "current_count"); n > 0 && (n < need || need == 0 && n < mostNeeded) {
				short++
			}
		}
		for _, r := range counts {
			if need > 0 {
				r.set("threshold", strconv.Itoa(need), r.evidence("current_count"))
			}
			if (need > 0 || short < 2) && len(counts) > 1 || len(known) < 2 {
				r.set("short_hosts", strconv.Itoa(short), r.evidence("current_count"))
			}
		}
		for _, a := range rs["attempt"] {
			if r := counts[hostKey(a.first("kms_host"))]; r != nil && r != a && a.first("application") == application && r.has("short_hosts") {
				a.set("short_hosts", r.first("short_hosts"), r.evidence("current_count"))
			}
		}
	}
}

// countsByHost finds the newest count of each host for one product family: in the host's own output, else in
// the answer that a client got from it. An output without a name, under "", may be of any host that has one.
func countsByHost(rs records, application string) map[string]*record {
	counts := map[string]*record{}
	history := historyOf(rs["host"])
	for _, h := range rs["host"] {
		switch {
		case history.superseded[h]:
			h.set("short_hosts", "0", nil)
		case h.first("application") == application && h.has("current_count"):
			counts[shortName(h.machine)] = h
		}
	}
	for _, a := range rs["attempt"] {
		if a.first("application") != application || !a.has("current_count") || !a.has("kms_host") {
			continue
		}
		if key := hostKey(a.first("kms_host")); counts[key] == nil || counts[key].kind == "attempt" && before(counts[key], a) {
			counts[key] = a
		}
	}
	if len(counts) > 1 {
		delete(counts, "")
	}
	return counts
}

// hostKey is the short name of a host, or its address.
func hostKey(host string) string {
	if host = hostName(host); isAddress(host) {
		return host
	}
	return shortName(host)
}

// knownHosts are the hosts that DNS names and that clients asked.
func knownHosts(rs records) map[string]bool {
	known := map[string]bool{}
	for kind, fact := range map[string]string{"srv": "srv_host", "attempt": "kms_host", "client": "kms_host"} {
		for _, r := range rs[kind] {
			for _, v := range r.all(fact) {
				if v.norm != none {
					known[hostKey(v.norm)] = true
				}
			}
		}
	}
	return known
}

// needed is the count that a client which is not activated needs, 5 for Office, 0 where no such client is
// known: a host that serves only servers needs fewer than one that serves workstations.
func needed(rs records, application string) int {
	need := 0
	if application == "OFFICE" {
		need = 5
	}
	for _, c := range rs["code"] {
		if c.first("application") == application && c.first("error_code") == "0xC004F038" {
			need = max(need, number(c, "threshold"))
		}
	}
	for _, l := range rs["client"] {
		if l.first("application") == application && l.has("license_status") && l.first("license_status") != "LICENSED" {
			need = max(need, number(l, "threshold"))
		}
	}
	for _, a := range rs["attempt"] {
		if a.first("application") == application && a.first("activation_result") == "FAILED" && number(a, "current_count") < number(a, "threshold") && a.has("current_count") {
			need = max(need, number(a, "threshold"))
		}
	}
	return need
}

// deriveFallen tells which threshold a host's count fell below, none if it did not: between two outputs of
// the host, between the answers that one client got from it, or as the caller says.
func deriveFallen(rs records) {
	higher := ""
	for _, u := range rs["user"] {
		higher = u.first("count_was_higher")
	}
	history := historyOf(rs["host"])
	for _, h := range rs["host"] {
		now, err := strconv.Atoi(h.first("current_count"))
		if err != nil {
			continue
		}
		switch before := history.before[h]; {
		case before != nil:
			h.set("fell_below", crossed(number(before, "current_count"), now, h.first("application")), before.evidence("current_count"))
		case history.superseded[h], higher == "no":
			h.set("fell_below", none, nil)
		case higher == "yes":
			h.set("fell_below", crossed(50, now, h.first("application")), h.evidence("current_count"))
		}
	}
	answers := answersByHost(rs["event"])
	for _, a := range rs["attempt"] {
		if now, err := strconv.Atoi(a.first("current_count")); err == nil {
			for _, e := range answers[placeKey(a)+hostKey(a.first("kms_host"))] {
				if fell := a.first("fell_below"); before(e, a) && (fell == "" || fell == none) {
					a.set("fell_below", crossed(number(e, "current_count"), now, a.first("application")), e.evidence("current_count"))
				}
			}
		}
	}
}

// answersByHost are the events 12289 of each machine and document, by the host that the request went to.
func answersByHost(events []*record) map[string][]*record {
	sent, answers := map[string]calls{}, map[string][]*record{}
	for _, e := range events {
		if at := eventTime(e); e.first("event_id") == "12288" && !at.IsZero() {
			sent[placeKey(e)] = append(sent[placeKey(e)], call{e, at})
		}
	}
	for _, rs := range sent {
		slices.SortStableFunc(rs, func(a, b call) int { return a.at.Compare(b.at) })
	}
	for _, e := range events {
		if e.first("event_id") != "12289" || !e.has("current_count") {
			continue
		}
		at, rs := eventTime(e), sent[placeKey(e)]
		i, _ := slices.BinarySearchFunc(rs, at.Add(-attemptWindow), func(r call, t time.Time) int { return r.at.Compare(t) })
		if i < len(rs) && rs[i].at.Sub(at) <= attemptWindow {
			key := placeKey(e) + hostKey(rs[i].first("kms_host"))
			answers[key] = append(answers[key], e)
		}
	}
	return answers
}

// crossed is the threshold that lies between two counts, none where there is none.
func crossed(before, now int, application string) string {
	switch {
	case now >= before:
	case before >= 25 && now < 25 && application != "OFFICE":
		return "25"
	case before >= 5 && now < 5:
		return "5"
	}
	return none
}

// history tells of each output of a KMS host the one before it, and whether a later one is there.
type history struct {
	before     map[*record]*record
	superseded map[*record]bool
}

// historyOf orders the outputs of each host and licence. Requests only add up, so the output with fewer is
// the earlier one; without them, the one that stands before in the same document.
func historyOf(hosts []*record) history {
	groups := map[string][]*record{}
	for _, h := range hosts {
		if h.has("current_count") {
			key := strings.Join([]string{identity(h), h.first("activation_id"), h.first("application")}, "\x00")
			groups[key] = append(groups[key], h)
		}
	}
	out := history{map[*record]*record{}, map[*record]bool{}}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b *record) int {
			return cmp.Or(cmp.Compare(number(a, "total_requests"), number(b, "total_requests")), cmp.Compare(a.doc, b.doc), cmp.Compare(a.line, b.line))
		})
		for i := 1; i < len(g); i++ {
			a, b := g[i-1], g[i]
			counted := a.has("total_requests") && b.has("total_requests") && a.first("total_requests") != b.first("total_requests")
			if counted || a.doc == b.doc {
				out.before[b], out.superseded[a] = a, true
			}
		}
	}
	return out
}
