package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// deriveHosts marks what product a KMS host serves, and drops those that say that they are none.
func deriveHosts(rs records) {
	rs["host"] = slices.DeleteFunc(rs["host"], func(h *record) bool { return h.first("is_kms_host") == "false" })
	for _, h := range rs["host"] {
		h.set("application", applicationOf(h), nil)
		h.set("serving", strconv.FormatBool(!h.has("license_status") || h.first("license_status") == "LICENSED"), h.evidence("license_status"))
	}
}

// deriveNeighbours compares each KMS host that a client uses with what DNS and the machine's own domain
// say of it: the port that DNS names for it, and whether it lies outside the organisation.
func deriveNeighbours(rs records) {
	seen, targets := srvSeen(rs["srv"]), targetsOf(rs["srv"])
	zones := suffixes(rs)
	official := slices.ContainsFunc(rs["user"], func(u *record) bool { return u.first("is_host_official") == "yes" })
	for _, kind := range []string{"host", "registry"} {
		for _, r := range rs[kind] {
			r.set("srv_seen", seen, r.evidence("dns_publishing"))
		}
	}
	for _, kind := range []string{"attempt", "client"} {
		for _, r := range rs[kind] {
			host := r.first("kms_host")
			if host == "" || host == none {
				continue
			}
			r.set("by_address", strconv.FormatBool(isAddress(hostName(host))), r.evidence("kms_host"))
			for _, t := range targets[hostKey(host)] {
				if sameHost(t.host, host) {
					r.add("srv_port", t.port, t.evidence)
				}
			}
			foreign, known := isForeign(host, ownZones(r, zones))
			if known {
				r.set("foreign_host", strconv.FormatBool(foreign && !official), r.evidence("kms_host"))
			}
			doubt := !known && strings.Contains(host, ".") && !isAddress(hostName(host)) && !isVendors(hostName(host)) && !isPrivate(hostName(host))
			r.set("foreign_doubt", strconv.FormatBool(doubt), r.evidence("kms_host"))
		}
	}
	deriveMissingIn(rs["srv"])
	deriveDiscovery(rs)
	workstations := map[string]bool{} // that hold a KMS host key
	for _, l := range rs["license"] {
		if l.machine != "" && l.first("channel_kind") == "KMS_HOST" && l.first("application") == "WINDOWS" && l.first("server_edition") == "false" {
			workstations[hostKey(l.machine)] = true
		}
	}
	for _, s := range rs["srv"] {
		s.set("no_answer", strconv.FormatBool(s.first("statement") == "dns-no-answer"), s.evidence("statement"))
		hosts := s.all("srv_host")
		found := slices.ContainsFunc(hosts, func(v value) bool {
			return isWorkstation(v.norm) || len(hosts) > 1 && workstations[hostKey(v.norm)]
		})
		s.set("workstation_host", strconv.FormatBool(found), s.evidence("srv_host"))
	}
}

// deriveDiscovery tells clients whose status names no KMS host whether they find one all the same, as a lookup or a
// request in the log shows: before the first activation the status never names any.
func deriveDiscovery(rs records) {
	found := map[string]*Evidence{}
	for _, s := range rs["srv"] {
		if s.first("srv_record") == "present" {
			found[s.machine] = s.evidence("srv_record")
		}
	}
	for _, a := range rs["attempt"] {
		if host := a.first("kms_host"); a.first("place") == "EVENT_12288" && host != "" && host != none {
			found[a.machine] = a.evidence("kms_host")
		}
	}
	for _, c := range rs["client"] {
		if c.first("kms_host_source") != "NONE" {
			continue
		}
		e := cmp.Or(found[c.machine], found[""])
		if c.machine == "" && len(found) == 1 {
			for _, e = range found {
			}
		}
		c.set("finds_host", strconv.FormatBool(e != nil), e)
	}
}

// deriveMissingIn names the zone in which another lookup proved that there is no record, none if it found one
// wherever it looked.
func deriveMissingIn(lookups []*record) {
	var last, other *record // the last two zones that have no record
	for _, o := range lookups {
		if o.first("srv_record") == none && o.has("dns_zone") {
			if last != nil && last.first("dns_zone") != o.first("dns_zone") {
				other = last
			}
			last = o
		}
	}
	for _, s := range lookups {
		s.set("missing_in", none, nil)
		for _, o := range []*record{last, other} {
			if o != nil && o.first("dns_zone") != s.first("dns_zone") {
				s.set("missing_in", o.first("dns_zone"), o.evidence("srv_record"))
				break
			}
		}
	}
}

// target is where an SRV record points.
type target struct {
	host, port string
	evidence   *Evidence
}

// targetsOf lists the different targets of all lookups by host; hosts and ports stand in the same order.
func targetsOf(lookups []*record) map[string][]target {
	targets, seen := map[string][]target{}, map[target]bool{}
	for _, s := range lookups {
		hosts, ports := s.all("srv_host"), s.all("srv_port")
		for i, h := range hosts {
			at := i
			switch {
			case len(ports) == 1:
				at = 0
			case len(ports) != len(hosts):
				continue
			}
			t := target{host: h.norm, port: ports[at].norm}
			if key := hostKey(h.norm); !seen[t] {
				seen[t] = true
				targets[key] = append(targets[key], target{t.host, t.port, ports[at].evidence})
			}
		}
	}
	return targets
}

// srvSeen sums up all lookups: present if one found a record, missing if all proved that there is none.
func srvSeen(lookups []*record) string {
	seen := "unknown"
	for _, s := range lookups {
		switch s.first("srv_record") {
		case "present":
			return "present"
		case none:
			seen = "missing"
		}
	}
	return seen
}

// suffixes collects the DNS suffixes of each machine, and the zones in which it finds KMS hosts of the same zone:
// nobody publishes another's. Those of machines that no document names may be any's.
func suffixes(rs records) map[string][]string {
	zones := map[string][]string{}
	note := func(machine, zone string) {
		zones[machine] = append(zones[machine], zone)
		if len(zones[anyMachine]) < 100 {
			zones[anyMachine] = append(zones[anyMachine], zone)
		}
	}
	for _, m := range rs["machine"] {
		for _, v := range m.all("dns_suffix") {
			note(m.machine, hostName(v.norm))
		}
	}
	for _, s := range rs["srv"] {
		zone := hostName(s.first("dns_zone"))
		if zone != "" && slices.ContainsFunc(s.all("srv_host"), func(v value) bool { return strings.HasSuffix(hostName(v.norm), "."+zone) }) {
			note(s.machine, zone)
		}
	}
	return zones
}

const anyMachine = "*"

// ownZones are the domains that a machine's organisation is known by in the documents.
func ownZones(r *record, suffixes map[string][]string) []string {
	zones := []string{domainOf(r.machine), hostName(r.first("kms_lookup_domain"))}
	if r.machine == "" {
		zones = append(zones, suffixes[anyMachine]...)
	} else {
		zones = append(append(zones, suffixes[r.machine]...), suffixes[""]...)
	}
	return slices.DeleteFunc(zones, func(z string) bool { return !strings.Contains(z, ".") })
}

// vendorZones are where the vendor and the cloud providers run KMS hosts for their customers' machines.
var vendorZones = []string{"core.windows.net", "core.usgovcloudapi.net", "core.chinacloudapi.cn", "windows.googlecloud.com",
	"amazonaws.com", "aliyuncs.com", "tencentyun.com"}

func isVendors(host string) bool {
	return slices.ContainsFunc(vendorZones, func(z string) bool { return strings.HasSuffix(host, "."+z) })
}

// isForeign tells that a host is neither of the organisation's domains nor of a vendor's. It is not known
// of short names and addresses, nor where no domain of the organisation is. A domain that the Internet does not
// know serves nobody outside, and one owner may have the same name under several ends.
func isForeign(host string, own []string) (foreign, known bool) {
	host = hostName(host)
	if len(own) == 0 || !strings.Contains(host, ".") || isAddress(host) {
		return false, false
	}
	if isVendors(host) || isPrivate(host) {
		return false, true
	}
	return !slices.ContainsFunc(own, func(z string) bool { return ownerOf(z) == ownerOf(host) }), true
}

// isPrivate tells names under an end that is not delegated, such as .local and .lan; those that stand for public
// ones in documents are taken for such.
func isPrivate(host string) bool {
	suffix, public := publicsuffix.PublicSuffix(host)
	return !public && !strings.Contains(suffix, ".") && suffix != "example"
}

// ownerOf is the word that somebody has registered: "contoso" of "kms.corp.contoso.co.uk".
func ownerOf(domain string) string {
	owner, _, _ := strings.Cut(registered(domain), ".")
	return owner
}

// registered is the domain that somebody owns: "contoso.co.uk" of "kms.corp.contoso.co.uk".
func registered(domain string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return d
	}
	return domain
}

// isWorkstation tells the names that Windows gives to workstations by itself.
func isWorkstation(host string) bool {
	name := shortName(host)
	return strings.HasPrefix(name, "desktop-") && len(name) == 15 || strings.HasPrefix(name, "laptop-") && len(name) == 15
}

// lastTests leaves out the tests of a port that were made again from the same address, further down in the same
// document: what they tell is over.
func lastTests(probes []*record) []*record {
	last := map[string]*record{}
	key := func(p *record) string {
		for _, v := range p.all("statement") {
			if from, ok := strings.CutPrefix(v.norm, formats.TestedFrom); ok && p.has("tcp_open") {
				return strings.Join([]string{placeKey(p), hostName(p.first("kms_host")), p.first("kms_port"), from}, "\x00")
			}
		}
		return ""
	}
	for _, p := range probes {
		last[key(p)] = p
	}
	return filter(probes, func(p *record) bool { k := key(p); return k == "" || last[k] == p })
}

// deriveProbes tells tests of a KMS port from others.
func deriveProbes(rs records) {
	ports := map[string]bool{"1688": true}
	for _, kind := range []string{"attempt", "client", "host", "srv"} {
		for _, r := range rs[kind] {
			for _, v := range append(slices.Clone(r.all("kms_port")), r.all("srv_port")...) {
				ports[v.norm] = true
			}
		}
	}
	rs["probe"] = lastTests(rs["probe"])
	for _, p := range rs["probe"] {
		if p.has("kms_port") {
			p.set("kms_probe", strconv.FormatBool(ports[p.first("kms_port")]), p.evidence("kms_port"))
		}
	}
}
