package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// deriveCase joins what several computers say of one attempt: the tests of the port that was asked, the
// output and the log of the host, the registry, and what the caller says of the host.
func deriveCase(rs records) {
	c := caseOf(rs)
	for _, kind := range []string{"attempt", "code"} {
		for _, r := range rs[kind] {
			c.probed(r)
			c.hostOutput(r)
			c.confirm(r)
			c.twins(r)
			c.fixed(r)
			r.set("host_confirmed", c.official, nil)
		}
	}
	for _, r := range rs["client"] {
		c.twins(r)
	}
	c.deadTargets(rs)
	c.hostPorts(rs["host"])
	c.agedOut(rs["host"])
	c.clients(rs)
	derivePublishing(rs)
}

// theCase indexes what attempts are compared with.
type theCase struct {
	names      map[string]string     // host key by address
	probes     map[[2]string]verdict // of tests of the KMS port, by host key and port
	hosts      map[string][]*record  // outputs of hosts, by host key; under "" those that name no machine
	processed  map[string][]*record  // 12290 by CMID
	logs       map[string][]*record  // 12290 by the recording host's key
	byCMID     map[string][]string   // clients by CMID
	shared     string                // the first CMID that several clients have
	fixedAt    map[string]bool       // machine and host key of registered hosts
	sourceOf   map[string]bool       // machines of which it is known where their host is from
	targets    map[string][]target   // SRV targets by host key
	anyTargets []target              // a few of them
	alive      map[string]bool       // host keys of hosts that work
	listed     map[int]int           // licenses by document
	office     map[int]bool          // documents that list a host license of Office
	counted    map[string][2]int     // recent and all CMIDs in a host's log
	official   string
}

func caseOf(rs records) *theCase {
	c := &theCase{
		names: map[string]string{}, probes: map[[2]string]verdict{}, hosts: map[string][]*record{}, processed: map[string][]*record{}, logs: map[string][]*record{},
		byCMID: map[string][]string{}, fixedAt: map[string]bool{}, sourceOf: map[string]bool{}, targets: targetsOf(rs["srv"]), alive: map[string]bool{},
		listed: map[int]int{}, office: map[int]bool{}, counted: map[string][2]int{}, official: "unknown",
	}
	c.noteNetwork(rs)
	c.noteHosts(rs)
	c.noteClients(rs)
	c.noteSources(rs)
	for _, u := range rs["user"] {
		c.official = cmp.Or(u.first("is_12288_host_right"), c.official)
	}
	return c
}

// noteNetwork notes addresses, SRV targets and tests of ports.
func (c *theCase) noteNetwork(rs records) {
	for _, s := range rs["srv"] {
		if hosts, ips := s.facts["srv_host"], s.facts["kms_ip"]; len(hosts) == len(ips) {
			for i := range hosts {
				c.names[hostName(ips[i].norm)] = hostKey(hosts[i].norm)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.targets)) {
		if len(c.anyTargets) < maxTried {
			c.anyTargets = append(c.anyTargets, c.targets[key]...)
		}
	}
	for _, p := range rs["probe"] {
		if p.first("kms_probe") != "true" || !p.has("tcp_open") {
			continue
		}
		p.set("pings_dns", "false", p.evidence("kms_port"))
		for _, v := range slices.Concat(p.facts["kms_host"], p.facts["kms_ip"]) {
			c.tested(c.key(v.norm), p)
		}
	}
}

// noteHosts notes the outputs and the logs of KMS hosts, and what licenses documents list.
func (c *theCase) noteHosts(rs records) {
	for _, h := range rs["host"] {
		key := ""
		if h.machine != "" {
			key = hostKey(h.machine)
		}
		c.hosts[key] = append(c.hosts[key], h)
		c.alive[key] = c.alive[key] || h.first("license_status") == "LICENSED"
	}
	for _, e := range rs["event"] {
		if e.first("event_id") == "12290" {
			cmid := strings.ToLower(e.first("cmid"))
			c.processed[cmid] = append(c.processed[cmid], e)
			c.logs[hostKey(e.machine)] = append(c.logs[hostKey(e.machine)], e)
		}
	}
	for _, a := range rs["attempt"] {
		if a.first("activation_result") == "SUCCESS" && a.has("kms_host") {
			c.alive[c.key(a.first("kms_host"))] = true
		}
	}
	for _, l := range rs["license"] {
		c.listed[l.doc]++
		c.office[l.doc] = c.office[l.doc] || l.first("application") == "OFFICE" && l.first("channel_kind") == "KMS_HOST"
	}
}

// noteClients notes which clients have which CMID.
func (c *theCase) noteClients(rs records) {
	for _, kind := range []string{"event", "client", "machine"} {
		for _, r := range rs[kind] {
			if name := r.first("client_name"); name != "" && r.has("cmid") {
				c.seen(r.first("cmid"), name)
			}
		}
	}
}

// noteSources notes which hosts registries hold.
func (c *theCase) noteSources(rs records) {
	for _, kind := range []string{"client", "registry", "attempt"} {
		for _, r := range rs[kind] {
			c.sourceOf[r.machine] = c.sourceOf[r.machine] || r.has("kms_host_source")
			if r.first("kms_host_source") == "REGISTRY" && r.has("kms_host") {
				c.fixedAt[r.machine+"\x00"+c.key(r.first("kms_host"))] = true
			}
		}
	}
}

// seen notes that a client has a CMID; two clients are enough for any to have a twin.
func (c *theCase) seen(cmid, name string) {
	cmid = strings.ToLower(cmid)
	if len(c.byCMID[cmid]) < 3 && !slices.Contains(c.byCMID[cmid], name) {
		c.byCMID[cmid] = append(c.byCMID[cmid], name)
		if len(c.byCMID[cmid]) == 2 {
			c.shared = cmp.Or(c.shared, cmid)
		}
	}
}

// key is the short name of a host, of its address too where a lookup tells it.
func (c *theCase) key(host string) string {
	if name := c.names[hostName(host)]; name != "" {
		return name
	}
	return hostKey(host)
}

// verdict is what the tests of a port say together: open, closed, or dead where the host answers no ping
// either. Where they differ, an open port is left to doubt.
type verdict struct {
	result string
	shown  *Evidence
}

func (c *theCase) tested(host string, p *record) {
	result := "closed"
	switch {
	case p.first("tcp_open") == "true":
		result = "open"
	case p.first("ping") == "false":
		result = "dead"
	}
	for _, port := range []string{p.first("kms_port"), ""} {
		key := [2]string{host, port}
		if was, seen := c.probes[key]; seen && was.result != result {
			result = "open"
		}
		c.probes[key] = verdict{result, p.evidence("tcp_open")}
	}
}

func (c *theCase) probed(r *record) {
	host := r.first("kms_host")
	if host == "" || host == none {
		return
	}
	if v, tested := c.probes[[2]string{c.key(host), r.first("kms_port")}]; tested {
		r.set("probe_result", v.result, v.shown)
	}
}

// confirm notes that the host's own log has the same answer to the same client.
func (c *theCase) confirm(r *record) {
	if r.first("place") != "EVENT_12288" || !r.has("error_code") {
		return
	}
	same := c.processed[strings.ToLower(r.first("cmid"))]
	for _, e := range same[:min(len(same), 1000)] {
		if e.first("error_code") == r.first("error_code") {
			r.set("confirmed", "true", e.evidence("error_code"))
			return
		}
	}
}

// twins tells whether other clients have the same CMID, and of a host that is short of clients whether any
// of its clients do. That none do is known where the host's log holds as many CMIDs as it counts.
func (c *theCase) twins(r *record) {
	if r.kind == "client" {
		own := shortName(r.machine)
		for _, name := range c.byCMID[strings.ToLower(r.first("cmid"))] {
			if r.machine != "" && name != own {
				r.set("cmid_twin", name, r.evidence("cmid"))
				return
			}
		}
		r.set("cmid_twin", none, r.evidence("cmid"))
		return
	}
	if r.first("error_code") != tooFew {
		return
	}
	if c.shared != "" {
		r.set("cmid_shared", "true", r.evidence("error_code"))
		if !r.has("cmid") {
			r.set("cmid", c.shared, nil)
		}
		return
	}
	log := c.logs[hostKey(answeringHost(r))]
	count, err := strconv.Atoi(r.first("host_count"))
	if err != nil {
		if count, err = strconv.Atoi(r.first("current_count")); err != nil {
			return
		}
	}
	if recent, _ := c.distinct(answeringHost(r)); len(log) > 0 && recent >= count {
		r.set("cmid_shared", "false", log[0].evidence("event_id"))
	}
}

// fixed tells whether the registry of the same machine, or of one that is not named, holds the host asked.
func (c *theCase) fixed(r *record) {
	if host := r.first("kms_host"); r.kind == "attempt" && host != "" && host != none {
		key := "\x00" + c.key(host)
		if fixed := c.fixedAt[r.machine+key] || c.fixedAt[key]; fixed || c.sourceOf[r.machine] {
			r.set("host_fixed", strconv.FormatBool(fixed), r.evidence("kms_host"))
		}
	}
}
