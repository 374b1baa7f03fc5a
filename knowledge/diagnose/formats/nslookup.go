package formats

import (
	"cmp"
	"strings"
)

// parseNslookup reads queries for the KMS service record: nslookup of any Windows and of Linux,
// Resolve-DnsName, dig and host. The record lines are English in every display language, so they are
// known by their keywords, also where several stand on one line or run into each other.
func parseNslookup(p *page) {
	if !missingRE.may(p.text) {
		return
	}
	q := lookup{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken {
			continue
		}
		if l.blank() {
			q.idle++
			continue
		}
		if q.read(i, l) {
			q.used = append(q.used, i)
			q.idle = 0
		} else if q.idle++; q.idle > 12 {
			q.flush()
		}
	}
	q.flush()
}

var (
	serviceRE  = compile(`(?i)_vlmcs\._tcp((?:\.[a-z0-9_-]+)*)\.?\s+SRV service location`)
	recordRE   = compile(`(?i)\b(priority|weight|port|svr hostname)\s*=\s*([^\s]+)`)
	addressRE  = compile(`(?i)([a-z0-9][a-z0-9._-]*)\s+(?:internet address|AAAA IPv6 address|has AAAA address)\s*=\s*([0-9a-f:.]+)`)
	resolveRE  = compile(`(?i)_vlmcs\._tcp((?:\.[a-z0-9_-]+)*)\.?\s+SRV\s+[0-9]+\s+\S+\s+([a-z0-9][a-z0-9._-]*)\s+([0-9]+)\s+([0-9]+)\s+([0-9]+)`)
	digRE      = compile(`(?i)_vlmcs\._tcp((?:\.[a-z0-9_-]+)*)\.?\s+(?:[0-9]+\s+)?(?:IN\s+SRV|has SRV record|service\s*=)\s+([0-9]+)\s+([0-9]+)\s+([0-9]+)\s+([a-z0-9][a-z0-9._-]*)`)
	shortRE    = compile(`^([0-9]{1,5}) ([0-9]{1,5}) ([0-9]{1,5}) ([A-Za-z0-9][A-Za-z0-9._-]*\.)$`)
	askedRE    = compile(`(?i)(?:nslookup|Resolve-DnsName|\bdig\b|\bhost\b).*?_vlmcs\._tcp((?:\.[a-z0-9_-]+)*)`)
	missingRE  = compile(`(?i)_vlmcs(?:\._tcp)?((?:\.[a-z0-9_-]+)*)`)
	digServer  = compile(`^;;\s*SERVER:\s*([0-9a-fA-F:.]+)#`)
	digAnswers = compile(`\bANSWER:\s*([0-9]+)`)
	serverRE   = compile(`^[\p{L}]{2,20}\s*:\s+(\S+)$`)
	gluedHead  = compile(`(?i)\b(?:server|tjener|сервер|服务器)\s*:\s*([a-z0-9][a-z0-9._-]*?)\s*(?:address(?:es)?|adress?e?)\s*:\s*([0-9]{1,3}(?:\.[0-9]{1,3}){3})`)
	headAddrRE = compile(`(?i)^(?:address(?:es)?|adresse?|adress|адрес|地址)\s*:\s*([0-9a-f:.]+)(?:#[0-9]+)?$`)
)

// wordings of an answer that says: there is no such record; and of no answer at all, which proves nothing.
var (
	absentWords = []string{"non-existent domain", "nxdomain", "dns name does not exist", "no service location", "no records", "no answer", "no such name", "не существует", "不存在", "finns inte", "finnes ikke", "existerar inte", "eksisterer ikke", "ikke-eksisterende", "obefintlig"}
	silentWords = []string{"no response from server", "timed out", "timeout", "server failed", "servfail", "query refused", "refused", "unspecified error", "connection refused", "no servers could be reached"}
)

// lookup is the query being read.
type lookup struct {
	p       *page
	cur     *block
	zone    string
	zoneNum int
	asked   bool
	hosts   []srv
	rec     srv
	answers bool // an answer or a failure was seen
	pending string
	servers []string
	srvNum  int
	list    bool     // a Format-List record of type SRV is being read
	head    []string // of a table of records
	used    []int
	idle    int
}

// srv is one record of the answer.
type srv struct {
	host, port string
	num        int
}

func (q *lookup) open() {
	if q.cur == nil {
		q.cur = newBlock()
	}
}

func (q *lookup) read(i int, l *line) bool {
	t := l.text
	if m := asked(l); m != nil {
		q.flush()
		q.open()
		q.asked, q.zone, q.zoneNum = true, strings.Trim(m[1], "."), l.num
		if _, server, ok := strings.Cut(t, " @"); ok {
			q.pending, _, _ = strings.Cut(server, " ")
		}
		return true
	}
	if q.failure(l) || q.rows(l) || q.answer(l) {
		return true
	}
	return q.header(i, l)
}

// asked matches a command line.
func asked(l *line) []string {
	t := l.text
	if !missingRE.may(t) || strings.Contains(t, "SRV service location") || strings.HasPrefix(t, "***") || !askedLine(l) {
		return nil
	}
	return askedRE.FindStringSubmatch(t)
}

// askedLine tells a command line from a sentence that names the command.
func askedLine(l *line) bool {
	low := strings.ToLower(l.text)
	return l.prompt || strings.HasPrefix(low, "nslookup") || strings.HasPrefix(low, "resolve-dnsname") && !strings.Contains(low, " : ") || strings.HasPrefix(low, "dig ") || strings.HasPrefix(low, "host ")
}

// answer reads the record lines of nslookup; all of a line that lost its breaks.
func (q *lookup) answer(l *line) bool {
	t := l.text
	marks := serviceRE.FindAllStringSubmatchIndex(t, 64)
	records := recordRE.FindAllStringSubmatchIndex(t, 512)
	if marks == nil && (records == nil || !q.answers && !q.asked) && !(q.answers && addressRE.MatchString(t)) {
		return false
	}
	if m := gluedHead.FindStringSubmatch(t); m != nil {
		q.flush()
		q.open()
		q.addServer(m[1], l.num)
		q.addServer(m[2], l.num)
	}
	for len(marks) > 0 || len(records) > 0 {
		if len(marks) > 0 && (len(records) == 0 || marks[0][0] < records[0][0]) {
			q.location(strings.Trim(t[marks[0][2]:marks[0][3]], "."), l.at(marks[0][0]))
			marks = marks[1:]
			continue
		}
		m := records[0]
		q.value(strings.ToLower(t[m[2]:m[3]]), t[m[4]:m[5]], l.at(m[4]))
		records = records[1:]
	}
	q.addresses(l)
	return true
}

// location begins a record; another zone is another query.
func (q *lookup) location(zone string, num int) {
	q.closeRecord()
	if q.answers && q.zone != "" && !strings.EqualFold(q.zone, zone) {
		q.flush()
	}
	q.open()
	q.answers = true
	if zone != "" && !strings.EqualFold(zone, q.zone) || q.zoneNum == 0 {
		q.zone, q.zoneNum = zone, num
	}
	if q.srvNum == 0 {
		q.srvNum = num
	}
}

// value takes one "name = value" of the record; a name that comes again begins the next record.
func (q *lookup) value(name, v string, num int) {
	switch name {
	case "port":
		if q.rec.port != "" {
			q.closeRecord()
		}
		q.rec.port, q.rec.num = v, num
	case "svr hostname":
		if q.rec.host != "" {
			q.closeRecord()
		}
		q.rec.host, q.rec.num = q.unglue(v), num
	case "priority":
		if q.rec.host != "" {
			q.closeRecord()
		}
	}
}

// unglue takes apart a host name that lost line breaks have joined with the next line's ("a.ba.b").
func (q *lookup) unglue(v string) string {
	v = strings.TrimRight(v, ".,;)'\"")
	if n := len(v) / 2; len(v)%2 == 0 && strings.EqualFold(v[:n], v[n:]) && n > 3 {
		return v[:n]
	}
	if q.zone != "" {
		if i := strings.Index(strings.ToLower(v), "."+strings.ToLower(q.zone)); i > 0 && strings.HasSuffix(strings.ToLower(v[i+1+len(q.zone):]), strings.ToLower(q.zone)) {
			return v[:i+1+len(q.zone)]
		}
	}
	return v
}

func (q *lookup) closeRecord() {
	if q.rec.host != "" {
		q.hosts = append(q.hosts, q.rec)
	}
	q.rec = srv{}
}

// addresses takes "host  internet address = ip".
func (q *lookup) addresses(l *line) {
	for _, m := range addressRE.FindAllStringSubmatchIndex(l.text, 64) {
		ip := strings.TrimRight(l.text[m[4]:m[5]], ".")
		if ipRE.MatchString(ip) && q.cur != nil {
			q.cur.addValue(KMSIP, ip, l.at(m[4]))
		}
	}
}

// header reads "Server: name" and "Address: ip" at the top of an answer, the first in any language.
func (q *lookup) header(i int, l *line) bool {
	m := headAddrRE.FindStringSubmatch(l.text)
	if m == nil || !ipRE.MatchString(m[1]) {
		return false
	}
	if !q.soon(i) {
		return false
	}
	if q.answers {
		q.flush()
	}
	q.open()
	for j := i - 1; j >= 0 && j >= i-2; j-- {
		if s := serverRE.FindStringSubmatch(q.p.lines[j].text); s != nil && !q.p.lines[j].taken {
			q.addServer(s[1], q.p.lines[j].num)
			q.p.saw(headLanguage[strings.ToLower(strings.TrimSpace(q.p.lines[j].text[:strings.IndexByte(q.p.lines[j].text, ':')]))])
			q.used = append(q.used, j)
			break
		}
	}
	q.addServer(m[1], l.num)
	q.p.saw(headLanguage[strings.ToLower(strings.TrimSpace(l.text[:strings.IndexByte(l.text, ':')]))])
	return true
}

// headLanguage tells the display language by the words of the header; "server" is three languages'.
var headLanguage = map[string]string{"tjener": "nb", "adresse": "nb", "adress": "sv", "сервер": "ru", "服务器": "zh"}

// soon tells that the service record is spoken of within the lines after i, or was asked for before.
func (q *lookup) soon(i int) bool {
	if q.asked && !q.answers {
		return true
	}
	for j := i + 1; j < min(len(q.p.lines), i+8); j++ {
		if strings.Contains(strings.ToLower(q.p.lines[j].text), "_vlmcs") {
			return true
		}
	}
	return false
}

func (q *lookup) addServer(v string, num int) {
	v = strings.TrimSpace(v)
	if i := strings.IndexByte(v, '#'); i > 0 {
		v = v[:i]
	}
	if fold(v) == "unknown" || v == "" {
		return
	}
	for _, have := range q.servers {
		if have == v {
			return
		}
	}
	q.servers = append(q.servers, v)
	q.cur.addValue(DNSServer, v, num)
}

// flush commits the query if it had any outcome.
func (q *lookup) flush() {
	q.closeRecord()
	if q.cur != nil && (len(q.hosts) > 0 || q.cur.has[SRVRecord] || q.cur.has[Statement]) {
		q.commit()
	}
	*q = lookup{p: q.p}
}

func (q *lookup) commit() {
	b := q.cur
	if q.zone != "" {
		b.addValue(DNSZone, q.zone, q.zoneNum)
	}
	if _, _, ok := splitHostPort(q.pending); ok || ipRE.MatchString(q.pending) {
		q.addServer(q.pending, q.zoneNum)
	}
	if len(q.hosts) > 0 {
		b.drop(func(f Fact) bool { return f.Kind == SRVRecord })
		b.add(SRVRecord, Present, Present, cmp.Or(q.srvNum, q.hosts[0].num))
	}
	for _, h := range q.hosts {
		if _, _, ok := splitHostPort(h.host); !ok {
			continue
		}
		b.addValue(SRVHost, h.host, h.num)
		if isSmall(h.port) {
			b.add(SRVPort, h.port, h.port, h.num)
		}
	}
	for _, i := range q.used {
		q.p.lines[i].taken = true
	}
	q.p.saw("en")
	q.p.commit(b, q.p.next(SRVSubject), Nslookup)
}
