package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// deriveCase joins what several computers say of one attempt: the tests of the port that was asked, the
// output and the log of the host, the registry, and what the caller says of the host.
func deriveCase(rs records, base *knowledge.Base) {
	c := caseOf(rs)
	c.noteAbsent(rs["machine"], base)
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
	for _, kind := range []string{"client", "registry"} {
		for _, r := range rs[kind] {
			if e := c.missing[hostName(r.first("kms_host"))]; e != nil {
				r.set("host_missing", "true", e)
			}
		}
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
	missing    map[string]*Evidence  // names that DNS does not know
	listed     map[int]int           // licenses by document
	office     map[int]bool          // documents that list a host license of Office
	noOffice   map[int]*Evidence     // documents that say that there is none
	counted    map[string][2]int     // recent and all CMIDs in a host's log
	official   string
}

func caseOf(rs records) *theCase {
	c := &theCase{
		names: map[string]string{}, probes: map[[2]string]verdict{}, hosts: map[string][]*record{}, processed: map[string][]*record{}, logs: map[string][]*record{},
		byCMID: map[string][]string{}, fixedAt: map[string]bool{}, sourceOf: map[string]bool{}, targets: targetsOf(rs["srv"]), alive: map[string]bool{}, missing: map[string]*Evidence{},
		listed: map[int]int{}, office: map[int]bool{}, noOffice: map[int]*Evidence{}, counted: map[string][2]int{}, official: "unknown",
	}
	c.noteNetwork(rs)
	c.noteHosts(rs)
	c.noteProbes(rs["probe"])
	c.noteClients(rs)
	c.noteSources(rs)
	for _, u := range rs["user"] {
		c.official = cmp.Or(u.first("is_12288_host_right"), c.official)
	}
	return c
}

// noteNetwork notes addresses and SRV targets.
func (c *theCase) noteNetwork(rs records) {
	for _, s := range rs["srv"] {
		if hosts, ips := s.all("srv_host"), s.all("kms_ip"); len(hosts) == len(ips) {
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
}

// noteProbes notes tests of ports. A host whose ping fails is silent only where nothing else shows that it is
// up: what it printed itself, another test, or that it is a vendor's, which answer no ping at all.
func (c *theCase) noteProbes(probes []*record) {
	up, quiet := map[string]bool{}, map[string]bool{}
	for _, p := range probes {
		if p.first("kms_ip") == none {
			c.missing[hostName(p.first("kms_host"))] = p.evidence("kms_ip")
		}
		for _, key := range c.probedHosts(p) {
			up[key] = up[key] || p.first("ping") == "true" || p.first("tcp_open") == "true"
			quiet[key] = quiet[key] || p.first("ping") == "false"
		}
	}
	for _, p := range probes {
		keys := c.probedHosts(p)
		lives := slices.ContainsFunc(keys, func(key string) bool { return up[key] || c.alive[key] }) ||
			slices.ContainsFunc(p.all("kms_host"), func(v value) bool { return isVendors(hostName(v.norm)) })
		silent := !lives && (p.first("ping") == "false" || slices.ContainsFunc(keys, func(key string) bool { return quiet[key] }))
		p.set("host_silent", strconv.FormatBool(silent), cmp.Or(p.evidence("ping"), p.evidence("tcp_open")))
		p.set("host_listens", c.listens(keys, p.first("kms_port")), p.evidence("kms_port"))
		if p.first("kms_probe") != "true" || !p.has("tcp_open") {
			continue
		}
		p.set("pings_dns", "false", p.evidence("kms_port"))
		if p.first("host_listens") == "false" && p.first("tcp_open") == "false" {
			continue // closed on purpose
		}
		for _, key := range keys {
			c.tested(key, p)
		}
	}
}

// listens tells whether a host says that it listens on a port: "unknown" where no output of it tells its port. An
// output that names no machine is the host's if there is no other.
func (c *theCase) listens(keys []string, port string) string {
	answer := "unknown"
	outputs := c.hosts[""]
	for _, key := range keys {
		if len(c.hosts[key]) > 0 {
			outputs = c.hosts[key]
		}
	}
	if len(outputs) == 0 || len(c.hosts[""]) == len(outputs) && len(c.hosts) > 1 {
		return answer
	}
	for _, h := range outputs[:min(len(outputs), maxTried)] {
		switch own := h.first("kms_port"); own {
		case "":
		case port:
			return "true"
		default:
			answer = "false"
		}
	}
	return answer
}

// probedHosts are the keys of what a test was made to.
func (c *theCase) probedHosts(p *record) []string {
	var keys []string
	for _, v := range slices.Concat(p.all("kms_host"), p.all("kms_ip")) {
		keys = append(keys, c.key(v.norm))
	}
	return keys
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

// noteAbsent notes which documents say that a host license of Office is not installed.
func (c *theCase) noteAbsent(machines []*record, base *knowledge.Base) {
	for _, m := range machines {
		for _, v := range m.all("statement") {
			id, absent := strings.CutPrefix(v.norm, formats.LicenseAbsent)
			if p, ok := base.Product(strings.TrimSpace(id)); absent && ok && channelKind(p.Channel) == "KMS_HOST" && strings.Contains(p.Name, "Office") {
				c.noOffice[m.doc] = v.evidence
			}
		}
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
	case p.first("host_silent") == "true":
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
