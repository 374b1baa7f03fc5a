package diagnose

// deriveAddresses gives a KMS host that a record names by its address also the name that other outputs tell
// for this address, as its second value: a client that was set to the address asks the same host.
func deriveAddresses(rs records) {
	names := map[string]value{}
	note := func(ip string, name value) {
		known, seen := names[ip]
		switch {
		case !seen:
			names[ip] = name
		case !sameHost(known.norm, name.norm):
			names[ip] = value{} // two names: neither is certain
		}
	}
	for kind, host := range map[string]string{"license": "kms_host", "probe": "kms_host", "srv": "srv_host"} {
		for _, r := range rs[kind] {
			hosts, ips := r.all(host), r.all("kms_ip")
			if len(hosts) != 1 || hosts[0].norm == none || isAddress(hostName(hosts[0].norm)) || kind != "srv" && len(ips) != 1 {
				continue
			}
			for _, ip := range ips {
				note(hostName(ip.norm), hosts[0])
			}
		}
	}
	for _, kind := range []string{"license", "event", "attempt"} {
		for _, r := range rs[kind] {
			host := r.all("kms_host")
			if len(host) != 1 || !isAddress(hostName(host[0].norm)) {
				continue
			}
			if name := names[hostName(host[0].norm)]; name.norm != "" {
				r.add("kms_host", name.norm, name.evidence)
			}
		}
	}
}
