package diagnose

// deadTargets notes on lookups the target whose name DNS does not know, and the one that neither answers pings nor
// the port while another one works: of one host alone it would be an outage, beside another it is a record that
// nobody removed.
func (c *theCase) deadTargets(rs records) {
	for _, s := range rs["srv"] {
		dead, alive := "", false
		var shown *Evidence
		resolved := len(s.all("kms_ip")) >= len(s.all("srv_host"))
		for _, v := range s.all("srv_host") {
			key := hostKey(v.norm)
			tests := c.probes[[2]string{key, ""}]
			alive = alive || c.alive[key] || tests.result == "open"
			if tests.result == "dead" && !c.alive[key] {
				dead, shown = v.norm, tests.shown
			}
			if e := c.missing[hostName(v.norm)]; e != nil && !resolved && tests.result != "open" {
				dead, shown, alive = v.norm, e, true
				break
			}
		}
		if dead != "" && alive {
			s.set("dead_target", hostName(dead), shown)
		}
	}
}

// hostPorts gives each host the port that DNS names for it; one that names no machine any of them.
func (c *theCase) hostPorts(hosts []*record) {
	for _, h := range hosts {
		targets := c.targets[hostKey(h.machine)]
		if h.machine == "" {
			targets = c.anyTargets
			if len(c.targets) == 1 && len(targets) > 0 {
				h.set("srv_target", targets[0].host, targets[0].evidence) // that it is this one, nothing speaks against
			}
		}
		for _, t := range targets[:min(len(targets), maxTried)] {
			h.add("srv_port", t.port, t.evidence)
		}
	}
}

// derivePublishing tells lookups and hosts what is known of the publishing of SRV records: whether it is off,
// and whether the host's log says that it failed.
func derivePublishing(rs records) {
	byHand, state := false, ""
	var shown *Evidence
	for _, u := range rs["user"] {
		byHand = byHand || u.first("host_should_publish") == "no"
	}
	for _, kind := range []string{"host", "registry"} {
		for _, r := range rs[kind] {
			switch {
			case r.first("dns_publishing") == "true":
				state, shown = "on", r.evidence("dns_publishing")
			case r.first("dns_publishing") == "false" && state == "":
				state, shown = "off", r.evidence("dns_publishing")
			}
		}
	}
	if byHand && state == "off" {
		state = "by-hand"
	}
	for _, s := range rs["srv"] {
		if state != "" {
			s.set("publishing", state, shown)
		}
	}
	for _, e := range rs["event"] {
		result := map[string]string{"12293": "failed", "12294": "ok"}[e.first("event_id")]
		if result == "" {
			continue
		}
		for _, h := range rs["host"][:min(len(rs["host"]), 100)] {
			if h.machine == e.machine || h.machine == "" || e.machine == "" {
				h.set("publish_result", result, e.evidence("event_id"))
			}
		}
	}
}
