package redact

import "strings"

// maxHost is the longest host name of DNS.
const maxHost = 253

// readHost reads a full host name. Service labels such as _vlmcs._tcp stay.
func (p *Pseudonymizer) readHost(s string, i int) (int, string) {
	if !p.kinds[Host] {
		return 0, ""
	}
	end := hostEnd(s, i)
	if !isHost(s[i:end]) {
		return 0, ""
	}
	return end, p.Value(Host, s[i:end])
}

// hostEnd gives the end of the letters, digits, hyphens, underscores and inner dots from s[i] on.
func hostEnd(s string, i int) int {
	end := i
	for end < len(s) && end-i <= maxHost && (isASCIIWord(s[end]) || s[end] == '-' || s[end] == '.') {
		end++
	}
	for end > i && (s[end-1] == '.' || s[end-1] == '-') {
		end--
	}
	return end
}

// isHost tells host names from file names, versions and the like by their last label.
func isHost(s string) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot <= 0 || len(s) > maxHost || strings.Contains(s, "..") {
		return false
	}
	last := s[dot+1:]
	if len(last) > 1 && last[0] < 'a' && last[1] >= 'a' { // a sentence after a lost blank: "dns.No"
		return false
	}
	return domains[strings.ToLower(last)] && !strings.EqualFold(s, "asp.net")
}

// host replaces the labels of a host name but a known last one and those of a service. The labels
// have pseudonyms of their own, so that kms01 and kms01.contoso.com are seen to be the same, and both
// names to be of the domain contoso.com.
func (p *Pseudonymizer) host(s string) string {
	trimmed := strings.TrimSuffix(s, ".")
	if trimmed == "" || strings.EqualFold(trimmed, "localhost") || isVendor(trimmed) {
		return s
	}
	labels := strings.Split(trimmed, ".")
	last := len(labels) - 1
	public := last > 0 && domains[strings.ToLower(labels[last])]
	prefix := prefixes[Host]
	if public && last == 1 {
		prefix = domainPrefix // contoso.com
	}
	for i, label := range labels {
		switch {
		case label == "" || public && i == last:
			continue
		case label[0] != '_' && !p.isPseudonym(label):
			labels[i] = p.label(strings.ToLower(label), prefix)
		}
		prefix = domainPrefix
	}
	return strings.Join(labels, ".") + s[len(trimmed):]
}

// isVendor reports whether a host is Microsoft's own: it tells nothing about the customer, and
// whether it is reached is often the point.
func isVendor(s string) bool {
	s = strings.ToLower(s)
	for _, v := range []string{
		"microsoft.com", "windows.com", "windows.net", "windowsupdate.com", "live.com",
		"office.com", "office.net", "office365.com", "msftncsi.com", "msftconnecttest.com",
		"usgovcloudapi.net", "chinacloudapi.cn",
	} {
		if s == v || strings.HasSuffix(s, "."+v) {
			return true
		}
	}
	return false
}

// domains holds last labels of host names: those of inner networks, the generic ones and the
// countries' that are not extensions of files or names of namespaces too.
var domains = set(`local lan internal intern intra intranet corp home priv private loc test
	example localdomain arpa ad
	com net org edu gov mil int info biz cloud online site dev tech
	no se fi dk ru su ua by kz cn tw hk jp kr uk ie de ch fr nl lu es pt pl cz sk hu ro
	bg gr tr eu us ca mx br ar au nz za il ir sg th vn id lt lv ee`)
