package formats

import (
	"strings"
)

// parseNameLookup reads that a KMS host's own name is not in DNS: the answer of nslookup or Resolve-DnsName, or
// what ping and Test-NetConnection say instead of testing. Failures for other names are nobody's concern here.
func parseNameLookup(p *page) {
	var known map[string]string
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || len(l.text) > 400 {
			continue
		}
		name := missingName(l.text)
		if name != "" && known == nil {
			known = p.knownHosts()
		}
		if name == "" || known[name] == "" && !strings.Contains(name, "kms") {
			continue
		}
		b := newBlock()
		if !b.addHost(name, "", l.num) {
			continue
		}
		b.add(KMSIP, l.text, None, l.num)
		l.taken = true
		p.commit(b, p.next(ProbeSubject), Nslookup)
	}
}

var (
	answeredRE   = compile(`^(?:\*{2,3} .{0,200}\s|Resolve-DnsName ?: )([A-Za-z0-9][A-Za-z0-9.-]{1,252})\s?: (.{4,100})$`)
	unresolvedRE = compile(`(?i)name resolution of ([a-z0-9][a-z0-9.-]{1,252}) failed`)
	unpingedRE   = compile(`(?i)^(?:ping[\p{L}-]{0,20} .{2,60}|При проверке связи .{2,40} )(?:host|vert|verten|värd|värden|värddatorn|узел|主机) ([a-z0-9][a-z0-9.-]{1,251}[a-z0-9])[.。](?: |$|\p{Han})`)
)

// missingName is the name that a line says does not exist, or "".
func missingName(text string) string {
	if m := answeredRE.FindStringSubmatch(text); m != nil && containsAny(strings.ToLower(m[2]), absentWords) {
		return normalHost(m[1])
	}
	for _, re := range []*pattern{unresolvedRE, unpingedRE} {
		if m := re.FindStringSubmatch(text); m != nil {
			return normalHost(m[1])
		}
	}
	return ""
}
