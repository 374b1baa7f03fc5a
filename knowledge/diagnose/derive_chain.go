package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// deriveChain adds what the links between client and host say: versions that know no KMS, keys of another
// edition, DNS servers that disagree, what is pinned or asked, what arrived, and what a firewall lets through.
func deriveChain(rs records, base *knowledge.Base) {
	deriveVersions(rs)
	deriveKeyEditions(rs, base)
	deriveViews(rs["srv"])
	derivePings(rs)
	derivePinned(rs, base)
	deriveVendorHosts(rs)
	deriveArrivals(rs)
	deriveLogged(rs)
	deriveFirewall(rs)
}

// deriveViews notes where another DNS server, or another machine, gives another answer for the same zone.
func deriveViews(lookups []*record) {
	byZone := map[string][]*record{}
	for _, s := range lookups {
		if zone := hostName(s.first("dns_zone")); zone != "" && viewpoint(s) != "" && s.has("srv_record") {
			byZone[zone] = append(byZone[zone], s)
		}
	}
	for _, group := range byZone {
		for _, s := range group {
			for _, o := range group[:min(len(group), 500)] {
				if viewpoint(o) == viewpoint(s) {
					continue
				}
				if s.first("srv_record") != o.first("srv_record") {
					s.set("split_view", viewpoint(o), o.evidence("srv_record"))
					break
				}
				s.set("split_view", none, o.evidence("srv_record"))
			}
		}
	}
}

// viewpoint is where a lookup was answered, or else where it was made.
func viewpoint(s *record) string { return cmp.Or(hostName(s.first("dns_server")), s.machine) }

// derivePings tells pings of the DNS servers that documents name. A server that answers lookups is not out
// of reach, whatever a firewall does to its pings.
func derivePings(rs records) {
	servers, answers := map[string]bool{}, map[string]bool{}
	for _, kind := range []string{"machine", "srv"} {
		for _, r := range rs[kind] {
			for _, v := range r.all("dns_server") {
				servers[hostName(v.norm)] = true
				answers[hostName(v.norm)] = answers[hostName(v.norm)] || r.has("srv_record")
			}
		}
	}
	for _, p := range rs["probe"] {
		if p.has("kms_port") || len(servers) == 0 {
			continue
		}
		dns, answered := false, false
		for _, v := range append(slices.Clone(p.all("kms_host")), p.all("kms_ip")...) {
			dns, answered = dns || servers[hostName(v.norm)], answered || answers[hostName(v.norm)]
		}
		p.set("pings_dns", strconv.FormatBool(dns && !answered), p.evidence("ping"))
		if dns {
			p.set("kms_probe", "false", p.evidence("ping"))
		}
	}
}

// derivePinned tells KMS hosts that the registry sets for one product from those set for all.
func derivePinned(rs records, base *knowledge.Base) {
	for _, r := range rs["registry"] {
		nameByProduct(r, base)
		e := cmp.Or(r.evidence("kms_host"), r.evidence("registry_value"))
		if host := r.first("kms_host"); host != "" && host != none {
			r.set("by_address", strconv.FormatBool(isAddress(hostName(host))), e)
		}
		r.set("pinned", strconv.FormatBool(r.has("sku_id") && r.first("kms_host_source") == "REGISTRY"), e)
	}
}

// azureHosts are the KMS hosts of Azure for the virtual machines there.
var azureHosts = []string{"azkms.core.windows.net", "kms.core.windows.net", "azkms.core.usgovcloudapi.net", "kms.core.usgovcloudapi.net",
	"azkms.core.chinacloudapi.cn", "kms.core.chinacloudapi.cn"}

// deriveVendorHosts tells whether a client asks the KMS host of Azure; unknown where it names none, or only an
// address. A client that says that it is no virtual machine cannot be one there.
func deriveVendorHosts(rs records) {
	for _, kind := range []string{"attempt", "client"} {
		for _, r := range rs[kind] {
			host, asks := hostName(r.first("kms_host")), "unknown"
			switch {
			case r.first("is_vm") == "false":
				asks = "physical"
			case host != "" && host != none && !isAddress(host):
				asks = strconv.FormatBool(slices.Contains(azureHosts, host))
			}
			r.set("azure_host", asks, cmp.Or(r.evidence("kms_host"), r.evidence("error_code")))
		}
	}
}

// arrivalWindow is how far apart the clocks of a client and its host may be for one request.
const arrivalWindow = 5 * time.Minute

// deriveArrivals looks for each request in the log of the host that it went to. Only a log that covers the
// time of the request can prove that it did not arrive.
func deriveArrivals(rs records) {
	logs := map[string]*arrivals{}
	for _, e := range rs["event"] {
		if at := eventTime(e); e.first("event_id") == "12290" && e.machine != "" && !at.IsZero() {
			if logs[e.machine] == nil {
				logs[e.machine] = &arrivals{shown: e, byCMID: map[string]calls{}}
			}
			logs[e.machine].add(call{e, at})
		}
	}
	for _, a := range rs["attempt"] {
		at := eventTime(a)
		if at.IsZero() || !a.has("cmid") || !a.has("kms_host") {
			a.set("arrived", "unknown", a.evidence("error_code")) // no log can tell
			continue
		}
		for host, log := range logs {
			if sameHost(host, a.first("kms_host")) {
				log.note(a, at)
			}
		}
	}
}

// arrivals are the requests in the log of one KMS host, and the time that it covers.
type arrivals struct {
	shown       *record
	first, last time.Time
	byCMID      map[string]calls
}

func (l *arrivals) add(c call) {
	if l.first.IsZero() || c.at.Before(l.first) {
		l.first = c.at
	}
	if c.at.After(l.last) {
		l.last = c.at
	}
	cmid := strings.ToLower(c.first("cmid"))
	l.byCMID[cmid] = append(l.byCMID[cmid], c)
}

// note looks at the requests of the same CMID, of clones at no more than a thousand.
func (l *arrivals) note(a *record, at time.Time) {
	same := l.byCMID[strings.ToLower(a.first("cmid"))]
	for _, e := range same[:min(len(same), 1000)] {
		if e.at.Sub(at).Abs() <= arrivalWindow || e.has("client_time") && e.first("client_time") == a.first("client_time") {
			a.set("arrived", "true", e.evidence("event_id"))
			return
		}
	}
	if len(same) <= 1000 && !at.Before(l.first) && !at.After(l.last) {
		a.set("arrived", "false", l.shown.evidence("event_id"))
	}
}

// deriveLogged notes on each KMS client whether its log holds a request: yes where one was read, no only
// where a search of the log found none.
func deriveLogged(rs records) {
	logged, searched := map[string]*Evidence{}, map[string]*Evidence{}
	for _, e := range rs["event"] {
		if e.first("event_id") == "12288" {
			logged[e.machine] = e.evidence("event_id")
		}
	}
	for _, m := range rs["machine"] {
		for _, v := range m.all("statement") {
			if v.norm == formats.NoRequestLogged {
				searched[m.machine] = v.evidence
			}
		}
	}
	for _, c := range rs["client"] {
		for _, machine := range []string{c.machine, ""} {
			if e, ok := logged[machine]; ok {
				c.set("request_logged", "true", e)
				break
			}
			if e, ok := searched[machine]; ok {
				c.set("request_logged", "false", e)
				break
			}
		}
	}
}

// deriveFirewall sums up the rules for KMS of each machine: BLOCK beats all, then any rule that is on.
func deriveFirewall(rs records) {
	for _, m := range rs["machine"] {
		var state string
		var shown value
		profiles := ""
		for _, v := range m.all("firewall_rule") {
			words := append(strings.Fields(v.norm), "", "", "")
			s := "OFF"
			if words[0] == "ON" {
				s = map[string]string{"ALLOW": "ALLOW", "BLOCK": "BLOCK"}[words[1]]
			}
			if s == "ALLOW" {
				profiles += "," + words[2]
			}
			if firewallRank[s] > firewallRank[state] {
				state, shown = s, v
			}
		}
		if state == "" || m.first("client_only") == "true" {
			continue
		}
		m.set("kms_firewall", state, shown.evidence)
		for _, v := range m.all("statement") {
			if profile, ok := strings.CutPrefix(v.norm, formats.NetworkProfile); ok {
				m.add("network_profile", profile, v.evidence)
			}
		}
		if state == "ALLOW" && strings.Trim(profiles, ",") != "" {
			for _, p := range strings.FieldsFunc(profiles, func(r rune) bool { return r == ',' }) {
				m.add("firewall_profile", p, shown.evidence)
			}
		}
	}
}

var firewallRank = map[string]int{"OFF": 1, "ALLOW": 2, "BLOCK": 3}
