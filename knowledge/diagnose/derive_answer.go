package diagnose

import (
	"strconv"
	"strings"
	"time"
)

// answeringHost is the KMS host that a request went to: the recording machine of the host's own events.
func answeringHost(r *record) string {
	if r.first("place") == "EVENT_12290" {
		return r.machine
	}
	return r.first("kms_host")
}

// hostOutput tells what the host that was asked says of itself: by name, else the only output there is.
func (c *theCase) hostOutput(r *record) {
	host := answeringHost(r)
	outputs := c.hosts[""]
	switch {
	case host != "" && host != none && len(c.hosts[c.key(host)]) > 0:
		outputs = c.hosts[c.key(host)]
	case len(outputs) == 0 && (host == "" || host == none) && len(c.hosts) == 1:
		for _, only := range c.hosts {
			outputs = only
		}
	}
	c.serves(r, outputs)
	for _, h := range outputs[:min(len(outputs), maxTried)] {
		if r.first("application") == "OFFICE" && h.first("application") == "WINDOWS" {
			r.set("host_channel", h.first("channel"), h.evidence("channel"))
			continue
		}
		for fact, kind := range map[string]string{"host_state": "license_status", "host_count": "current_count", "host_channel": "channel"} {
			if h.has(kind) {
				r.set(fact, h.first(kind), h.evidence(kind))
			}
		}
	}
}

// serves tells of an Office client whether the host that it asked serves Office. One license alone is what
// slmgr.vbs shows of Windows by itself; that there is none for Office takes a list of several, or its answer that
// it has none, which may be all that is known of the host.
func (c *theCase) serves(r *record, outputs []*record) {
	if r.first("application") != "OFFICE" {
		return
	}
	if len(c.hosts) == 0 && len(c.noOffice) == 1 {
		for _, shown := range c.noOffice {
			r.set("office_served", "false", shown)
		}
	}
	outputs = outputs[:min(len(outputs), maxTried)]
	for _, h := range outputs {
		if h.first("application") == "OFFICE" {
			r.set("office_served", "true", h.evidence("license_name"))
			return
		}
	}
	for _, h := range outputs {
		switch {
		case c.noOffice[h.doc] != nil:
			r.set("office_served", "false", c.noOffice[h.doc])
		case c.listed[h.doc] > 1 && !c.office[h.doc]:
			r.set("office_served", "false", h.evidence("license_name"))
		default:
			continue
		}
		return
	}
}

// distinct counts the CMIDs in a host's log: those of the thirty days before its end, and all.
func (c *theCase) distinct(host string) (recent, ever int) {
	key := hostKey(host)
	if n, ok := c.counted[key]; ok {
		return n[0], n[1]
	}
	log := c.logs[key]
	var end time.Time
	for _, e := range log {
		if t := eventTime(e); t.After(end) {
			end = t
		}
	}
	late, all := map[string]bool{}, map[string]bool{}
	for _, e := range log {
		cmid := strings.ToLower(e.first("cmid"))
		if cmid == "" {
			continue
		}
		if all[cmid] = true; end.Sub(eventTime(e)) <= memory {
			late[cmid] = true
		}
	}
	c.counted[key] = [2]int{len(late), len(all)}
	return len(late), len(all)
}

// agedOut tells that a host's count fell below a threshold because clients stayed away: its log once held
// enough of them, and of the last thirty days too few.
func (c *theCase) agedOut(hosts []*record) {
	for _, h := range hosts {
		log := c.logs[hostKey(h.machine)]
		count, err := strconv.Atoi(h.first("current_count"))
		if h.machine == "" || len(log) == 0 || err != nil {
			continue
		}
		if recent, ever := c.distinct(h.machine); recent <= count+1 && ever > count {
			h.set("fell_below", crossed(ever, count, h.first("application")), log[0].evidence("event_id"))
		}
	}
}

// memory is how long a KMS host remembers a client.
const memory = 30 * 24 * time.Hour

// tooFew is the code of a host whose count is too small.
const tooFew = "0xC004F038"

// clients marks machines that ask KMS hosts and are none themselves: a firewall rule for incoming requests is
// off on every one of them.
func (c *theCase) clients(rs records) {
	asks, hosts := map[string]bool{}, knownHosts(rs)
	for _, a := range rs["attempt"] {
		asks[a.machine] = asks[a.machine] || a.first("place") == "EVENT_12288"
	}
	for _, m := range rs["machine"] {
		if key := hostKey(m.machine); m.machine != "" && asks[m.machine] && !hosts[key] && len(c.hosts[key]) == 0 {
			m.set("client_only", "true", nil)
		}
	}
}
