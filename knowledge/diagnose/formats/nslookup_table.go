package formats

import (
	"cmp"
	"slices"
	"strings"
)

// column reads Resolve-DnsName | Format-Table with columns of the user's choice: the head names them, and no
// value of a record holds a blank.
func (q *lookup) column(l *line) bool {
	f := strings.Fields(l.text)
	if len(f) < 2 || len(f) > 12 {
		return false
	}
	if slices.ContainsFunc(f, func(s string) bool { return strings.EqualFold(s, "NameTarget") }) && !strings.ContainsAny(l.text, ":|,") {
		q.head = f
		return true
	}
	if len(f) != len(q.head) {
		return false
	}
	row := map[string]string{}
	for i, name := range q.head {
		row[strings.ToLower(name)] = f[i]
	}
	zone, named := strings.CutPrefix(strings.ToLower(row["name"]), "_vlmcs._tcp")
	host := row["nametarget"]
	if !named && row["name"] != "" || !isSmall(cmp.Or(row["port"], "0")) || !isHost(host) || !strings.Contains(host, ".") || strings.HasSuffix(host, "..") {
		return false
	}
	if strings.HasSuffix(zone, "..") || strings.HasSuffix(zone, "…") {
		zone = "" // cut at the window's edge
	}
	q.location(strings.Trim(cmp.Or(zone, q.zone), "."), l.num)
	q.rec = srv{strings.TrimSuffix(host, "."), row["port"], l.num}
	return true
}

// rows reads the one-line records of Resolve-DnsName, dig, host and Linux nslookup.
func (q *lookup) rows(l *line) bool {
	t := l.text
	if q.column(l) {
		return true
	}
	if m := resolveRE.FindStringSubmatch(t); m != nil {
		q.location(strings.Trim(m[1], "."), l.num)
		q.rec = srv{m[2], m[5], l.num}
		return true
	}
	if m := digRE.FindStringSubmatch(t); m != nil {
		q.location(strings.Trim(m[1], "."), l.num)
		q.rec = srv{strings.TrimSuffix(m[5], "."), m[4], l.num}
		return true
	}
	if m := shortRE.FindStringSubmatch(t); m != nil && q.asked {
		q.location(q.zone, l.num)
		q.rec = srv{strings.TrimSuffix(m[4], "."), m[3], l.num}
		return true
	}
	if !q.answers {
		return q.listed(l)
	}
	if ip := rowA(t); ip != "" {
		q.cur.addValue(KMSIP, ip, l.num)
		return true
	}
	return q.listed(l)
}

// rowA is the address of "host A 3600 Answer 10.0.0.5" and "host. 3600 IN A 10.0.0.5".
func rowA(t string) string {
	f := strings.Fields(t)
	if len(f) != 5 || !addressRow(f[1]) && !(strings.EqualFold(f[2], "IN") && addressRow(f[3])) || !ipRE.MatchString(f[4]) {
		return ""
	}
	if _, port, ok := splitHostPort(f[0]); !ok || port != "" {
		return ""
	}
	return f[4]
}

func addressRow(kind string) bool {
	return strings.EqualFold(kind, "A") || strings.EqualFold(kind, "AAAA")
}

// listed reads Resolve-DnsName | Format-List.
func (q *lookup) listed(l *line) bool {
	label, v, ok := cut(l.text)
	if !ok {
		return false
	}
	switch fold(label) {
	case "name":
		if zone, ok := strings.CutPrefix(strings.ToLower(v), "_vlmcs._tcp"); ok {
			q.location(strings.Trim(v[len(v)-len(zone):], "."), l.num)
			q.list = true
			return true
		}
		q.list = false
	case "nametarget":
		if q.list {
			q.rec.host, q.rec.num = v, l.num
		}
		return q.list
	case "port":
		if q.list {
			q.rec.port = v
			q.closeRecord()
		}
		return q.list
	}
	return false
}
