package diagnose

import (
	"slices"
	"strconv"
	"time"
)

// deriveClockDifference compares the client's clock in a 12288 with the host's in the 12290 of the
// same request. Only equal CMID and equal minutes to expiration prove that it is the same one. Clones may share
// even these: where several clients do, the host must have recorded the client's name.
func deriveClockDifference(rs records) {
	request := func(r *record) string { return r.first("cmid") + " " + r.first("grace_minutes") }
	processed := map[string][]*record{}
	for _, e := range rs["event"] {
		if e.first("event_id") == "12290" && e.has("cmid") && e.has("grace_minutes") {
			byName := request(e) + " " + shortName(e.first("computer"))
			processed[request(e)], processed[byName] = append(processed[request(e)], e), append(processed[byName], e)
		}
	}
	clients := map[string]map[string]bool{}
	for _, a := range rs["attempt"] {
		if clients[request(a)] == nil {
			clients[request(a)] = map[string]bool{}
		}
		clients[request(a)][shortName(a.machine)] = true
	}
	for _, a := range rs["attempt"] {
		same := processed[request(a)+" "+shortName(a.machine)]
		if len(same) == 0 && len(clients[request(a)]) == 1 {
			same = processed[request(a)]
		}
		for _, e := range same[:min(len(same), 1000)] {
			if a.first("grace_minutes") == "0" && e.first("client_time") != a.first("client_time") {
				continue // of every request of an expired client the minutes are 0
			}
			client, errC := time.Parse(time.RFC3339, a.first("client_time"))
			host, errH := time.Parse(time.RFC3339, e.first("event_time"))
			if errC == nil && errH == nil {
				a.set("host_time", e.first("event_time"), e.evidence("event_time"))
				a.set("clock_difference", strconv.Itoa(int(host.Sub(client).Abs().Seconds())), e.evidence("event_time"))
			}
		}
	}
}

// timeRefusals are the codes that a KMS host's clock may be behind: its own, and the one that sums up whatever
// happened with the hosts that were asked.
var timeRefusals = setOf("0xC004F06C", "0xC004F074")

// deriveMeasuredClocks gives failed attempts the difference that w32tm measured on their machine: to the KMS host
// that they asked or, where they do not tell which one that was, to the only computer that was compared with.
func deriveMeasuredClocks(rs records) {
	if !slices.ContainsFunc(rs["probe"], func(p *record) bool { return p.has("clock_offset") }) {
		return
	}
	machines := map[string]bool{}
	for _, a := range rs["attempt"] {
		machines[a.machine] = true
	}
	j := newJoins(rs)
	for _, a := range rs["attempt"] {
		if a.has("clock_difference") || !timeRefusals[a.first("error_code")] || a.first("current") == "false" {
			continue
		}
		measured := filter(j.beside("probe", a), func(p *record) bool {
			return p.has("clock_offset") && (len(machines) == 1 || p.machine == a.machine && (p.machine != "" || p.doc == a.doc))
		})
		host := a.first("kms_host")
		if p := comparedWith(host, measured); p != nil {
			seconds := number(p, "clock_offset")
			a.set("clock_difference", strconv.Itoa(max(seconds, -seconds)), p.evidence("clock_offset"))
			a.set("clock_of_host", strconv.FormatBool(p.has("computer") && host != "" && host != none), p.evidence("computer"))
		}
	}
}

// comparedWith is the last comparison with a host; of an unknown one, the last if all are with one computer.
func comparedWith(host string, measured []*record) *record {
	var last *record
	for _, p := range measured {
		switch {
		case host == "" || host == none:
			if last != nil && !sameHost(last.first("computer"), p.first("computer")) {
				return nil
			}
			last = p
		case !p.has("computer"), slices.ContainsFunc(p.all("computer"), func(v value) bool { return sameHost(v.norm, host) }):
			last = p
		}
	}
	return last
}
