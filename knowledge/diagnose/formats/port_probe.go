package formats

import (
	"strings"
)

// parsePortProbe reads tests of whether a host answers and its port is open: Test-NetConnection (long,
// short and with warnings), telnet's failure, psping, portqry and nc.
func parsePortProbe(p *page) {
	p.probeTables()
	pr := probe{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken {
			continue
		}
		if l.blank() {
			pr.idle++
			continue
		}
		if pr.command(l) {
			continue
		}
		if pr.read(l) {
			pr.used = append(pr.used, i)
			pr.idle = 0
		} else if pr.idle++; pr.idle > 6 || l.prompt {
			pr.flush()
		}
	}
	pr.flush()
}

// TestedFrom begins the statement of the address that a port was tested from.
const TestedFrom = "tested-from "

const (
	tName    field = "tnc-name"
	tAddress field = "tnc-address"
	tPort    field = "tnc-port"
	tOther   field = "tnc-other"
	tSource  field = "tnc-source"
	tPing    field = "tnc-ping"
	tOpen    field = "tnc-open"
)

var probeTerms = []term{
	{tName, english("ComputerName")},
	{tAddress, english("RemoteAddress")},
	{tPort, english("RemotePort")},
	{tSource, english("SourceAddress")},
	{tOther, english("InterfaceAlias|PingReplyDetails (RTT)|NameResolutionResults|MatchingIPsecRules|NetworkIsolationContext|NetRoute (NextHop)|InterfaceDescription|ResolvedAddresses|IsAdmin|DetailedInfo")},
	{tPing, english("PingSucceeded")},
	{tOpen, english("TcpTestSucceeded")},
}

var (
	telnetRE  = compile(`(?i)(?:^|[\s:])(?:connecting to|kobler til|ansluter till|подключение к|正在连接(?:到)?|正在連線到)\s*([a-z0-9][a-z0-9._-]*?)(?:\.{3}|…)(.{0,200})$`)
	onPortRE  = compile(`(?i)(?:port|порт[а-я]{0,3}|端口)\D{0,4}([0-9]{1,5})`)
	psConnRE  = compile(`(?i)^(?:TCP connect to|Connecting to) (\S+?):([0-9]{1,5})(?: \(warmup\))?:(.{0,200})`)
	psLossRE  = compile(`(?i)Sent = [0-9]+, Received = ([0-9]+), Lost = [0-9]+`)
	warnTCPRE = compile(`(?i)TCP connect to \(?(\S+?)\s?:\s?([0-9]{1,5})\)? failed`)
	portqryRE = compile(`(?i)^TCP port ([0-9]{1,5}) \([^)]{1,60}\): (LISTENING|NOT LISTENING|FILTERED)`)
	queryRE   = compile(`(?i)^Querying target system called:\s*(\S*)`)
	ncRE      = compile(`(?i)(?:Connection to (\S+)(?: \([0-9a-f.:]+\))? ([0-9]{1,5}) port \[[^\]]{1,40}\] succeeded|connect to (\S+)(?: \([0-9a-f.:]+\))? port ([0-9]{1,5}) \(tcp\) (?:timed out|failed))`)
)

// askedPortRE is the command line of a test: its host and port, for results that name neither.
var askedPortRE = compile(`(?i)(?:Test-NetConnection|\btnc)\s+(?:-ComputerName\s+)?["']?([a-z0-9][a-z0-9._-]*)["']?\s.*?-Port\s+([0-9]{1,5})\b`)

// probe is the test being read.
type probe struct {
	p     *page
	cur   *block
	seen  map[field]bool
	used  []int
	idle  int
	asked *block // the host and port of the command line before
}

func (pr *probe) open() {
	if pr.cur == nil {
		pr.cur, pr.seen = newBlock(), map[field]bool{}
	}
}

func (pr *probe) read(l *line) bool {
	if pr.quiet(l) {
		return true
	}
	if k, value, ok := probeLabels.field(l); ok {
		if k.field == tName && len(pr.seen) > 0 || pr.seen[k.field] && k.field != tOther {
			pr.flush()
		}
		if k.field != tName && pr.cur == nil && k.field != tAddress && k.field != tOpen {
			return false
		}
		pr.open()
		pr.seen[k.field] = true
		pr.set(k.field, value, l.at(len(l.text)-len(value)))
		return true
	}
	return pr.sentence(l)
}

// command notes what a test is made to.
func (pr *probe) command(l *line) bool {
	if len(l.text) > 300 || !strings.Contains(l.text, "ort ") {
		return false
	}
	m := askedPortRE.FindStringSubmatch(l.text)
	if m == nil {
		return false
	}
	pr.flush()
	pr.asked = newBlock()
	pr.asked.addHost(m[1], "", l.num)
	pr.asked.add(KMSPort, m[2], m[2], l.num)
	return true
}

// quiet reads the answer of -InformationLevel Quiet, which is one word.
func (pr *probe) quiet(l *line) bool {
	if pr.asked == nil || pr.cur != nil || l.text != "True" && l.text != "False" {
		return false
	}
	pr.result(l.text, l.text == "True", l.num)
	return true
}

func (pr *probe) set(f field, value string, num int) {
	b := pr.cur
	switch f {
	case tName:
		b.addHost(value, "", num)
	case tAddress:
		if ipRE.MatchString(value) {
			b.addValue(KMSIP, value, num)
		}
	case tPort:
		b.addInt(KMSPort, value, num)
	case tSource:
		if ipRE.MatchString(value) {
			b.add(Statement, value, TestedFrom+value, num)
		}
	case tPing, tOpen:
		if v := strings.ToLower(value); v == "true" || v == "false" {
			b.add(map[field]Kind{tPing: Ping, tOpen: TCPOpen}[f], value, v, num)
		}
	}
}

// probeWords are what one of the sentences below holds at least; a look at them spares the patterns.
var probeWords = []string{"...", "…", "TCP", "tcp", "Connecting to", "Received =", "Querying"}

// sentence reads the tools that report in sentences.
func (pr *probe) sentence(l *line) bool {
	t := l.text
	if len(t) > 500 || !containsAny(t, probeWords) {
		return false
	}
	if m := warnTCPRE.FindStringSubmatch(t); m != nil {
		return true // the list that follows says the same
	}
	if m := telnetRE.FindStringSubmatch(t); m != nil {
		pr.telnet(m, l)
		return true
	}
	if m := psConnRE.FindStringSubmatch(t); m != nil {
		pr.psping(m, l)
		return true
	}
	if m := psLossRE.FindStringSubmatch(t); m != nil && pr.seen[tOther] {
		pr.result(m[0], m[1] != "0", l.num)
		return true
	}
	if m := queryRE.FindStringSubmatch(t); m != nil {
		pr.flush()
		pr.open()
		pr.cur.addHost(m[1], "", l.num)
		return true
	}
	if m := portqryRE.FindStringSubmatch(t); m != nil {
		pr.open()
		pr.cur.add(KMSPort, m[1], m[1], l.num)
		pr.result(m[2], strings.EqualFold(m[2], "LISTENING"), l.num)
		return true
	}
	if m := ncRE.FindStringSubmatch(t); m != nil {
		pr.flush()
		pr.open()
		pr.cur.addHost(m[1]+m[3], "", l.num)
		pr.cur.add(KMSPort, m[2]+m[4], m[2]+m[4], l.num)
		pr.result(m[0], m[1] != "", l.num)
		return true
	}
	return false
}

// telnet prints something only where it fails: "Connecting To host...Could not open connection to the
// host, on port 1688: Connect failed", in the display language.
func (pr *probe) telnet(m []string, l *line) {
	pr.flush()
	port := onPortRE.FindStringSubmatch(m[2])
	if port == nil {
		return
	}
	pr.open()
	pr.cur.addHost(m[1], "", l.num)
	pr.cur.add(KMSPort, port[1], port[1], l.num)
	pr.result(m[2], false, l.num)
	for word, lang := range map[string]string{"kobler": "nb", "ansluter": "sv", "подключение": "ru", "正在连接": "zh"} {
		if strings.Contains(strings.ToLower(l.text), word) {
			pr.p.saw(lang)
		}
	}
}

// psping prints a line a try and a summary; the tries are one probe.
func (pr *probe) psping(m []string, l *line) {
	if pr.cur == nil || !pr.seen[tOther] {
		pr.flush()
		pr.open()
		pr.seen[tOther] = true
		pr.cur.addHost(m[1]+":"+m[2], "", l.num)
	}
	rest := strings.ToLower(m[3])
	switch {
	case strings.Contains(rest, "refused") || strings.Contains(rest, "timeout") || strings.Contains(rest, "timed out"):
		pr.result(strings.TrimSpace(m[3]), false, l.num)
	case strings.HasSuffix(rest, "ms"):
		pr.result(strings.TrimSpace(m[3]), true, l.num)
	}
}

// result states the outcome; one success among several tries is a success.
func (pr *probe) result(value string, open bool, num int) {
	pr.open()
	if pr.cur.has[TCPOpen] {
		if !open || pr.cur.get(TCPOpen) == "true" {
			return
		}
		pr.cur.drop(func(f Fact) bool { return f.Kind == TCPOpen })
	}
	pr.cur.add(TCPOpen, value, trueOrFalse(open), num)
}

// flush commits a test that says something about a host, not a mere list with a ComputerName.
func (pr *probe) flush() {
	if pr.cur != nil && pr.asked != nil {
		for _, f := range pr.asked.facts {
			if !pr.cur.has[f.Kind] {
				pr.cur.facts, pr.cur.has[f.Kind] = append(pr.cur.facts, f), true
			}
		}
	}
	if pr.cur != nil && (pr.cur.has[TCPOpen] || pr.cur.has[Ping] || pr.cur.has[KMSPort] && pr.seen[tAddress]) {
		for _, i := range pr.used {
			pr.p.lines[i].taken = true
		}
		pr.p.saw("en")
		pr.p.commit(pr.cur, pr.p.next(ProbeSubject), PortProbe)
	}
	*pr = probe{p: pr.p}
}
