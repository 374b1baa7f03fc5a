package formats

import "strings"

// parseIpconfig reads ipconfig /all for what name resolution depends on: the host's name, its DNS
// suffixes and its DNS servers. Labels are padded with " . . ." in every language.
func parseIpconfig(p *page) {
	c := ipconf{p: p, b: newBlock()}
	for i := range p.lines {
		l := &p.lines[i]
		if !l.taken && !l.blank() && c.read(l) {
			c.used = append(c.used, i)
		}
	}
	c.finish()
}

const (
	iTitle   field = "ip-title"
	iHost    field = "ip-host"
	iSuffix  field = "ip-suffix"
	iServers field = "ip-servers"
	iOther   field = "ip-other"
)

var ipconfigTerms = []term{
	{iHost, [5]string{"Host Name", "Vertsnavn", "Värddatornamn|Värdnamn", "Имя компьютера", "主机名"}},
	{iSuffix, [5]string{"Primary Dns Suffix", "Primært DNS-suffiks", "Primärt DNS-suffix", "Основной DNS-суффикс", "主 DNS 后缀"}},
	{iSuffix, [5]string{"DNS Suffix Search List", "Søkeliste for DNS-suffiks", "Söklista för DNS-suffix", "Порядок просмотра суффиксов DNS", "DNS 后缀搜索列表"}},
	{iSuffix, [5]string{"Connection-specific DNS Suffix", "Tilkoblingsspesifikt DNS-suffiks", "Anslutningsspecifika DNS-suffix", "DNS-суффикс подключения", "连接特定的 DNS 后缀"}},
	{iSuffix, [5]string{"Connection-specific DNS Suffix Search List", "", "", "", "连接特定的 DNS 后缀搜索列表"}},
	{iServers, [5]string{"DNS Servers", "DNS-servere", "DNS-servrar", "DNS-серверы", "DNS 服务器"}},
	{iOther, [5]string{"Node Type|IP Routing Enabled|WINS Proxy Enabled", "Nodetype", "Nodtyp", "Тип узла", "节点类型"}},
	{iOther, [5]string{"Physical Address|DHCP Enabled|IPv4 Address|Subnet Mask|Default Gateway|DHCP Server|Link-local IPv6 Address|Lease Obtained|Lease Expires|NetBIOS over Tcpip|DHCPv6 IAID|DHCPv6 Client DUID|Autoconfiguration Enabled", "Fysisk adresse|DHCP aktivert|IPv4-adresse|Nettverksmaske|Standard gateway|DHCP-server", "Fysisk adress|DHCP aktiverat|IPv4-adress|Nätmask|Standard-gateway|DHCP-server", "Физический адрес|DHCP включен|IPv4-адрес|Маска подсети|Основной шлюз|DHCP-сервер", "物理地址|DHCP 已启用|IPv4 地址|子网掩码|默认网关|DHCP 服务器"}},
}

// ipconf gathers one output; several adapters add to it.
type ipconf struct {
	p      *page
	b      *block
	last   field
	labels int
	langs  []string
	used   []int
}

func (c *ipconf) read(l *line) bool {
	if !strings.Contains(l.text, ":") || ipRE.MatchString(l.text) {
		return c.more(l)
	}
	i := strings.IndexByte(l.text, ':')
	head := l.text[:i]
	if !strings.Contains(head, ". ") && !strings.HasSuffix(head, ".") && !strings.Contains(head, " .") && c.labels == 0 {
		c.last = ""
		return false
	}
	k, value, ok := ipconfigLabels.field(l)
	if !ok {
		c.last = iOther
		return false
	}
	c.labels++
	c.langs = append(c.langs, k.lang)
	c.last = k.field
	c.set(k.field, value, l.num)
	return true
}

// more takes a further value of a list: the lines under "DNS Servers" have no label.
func (c *ipconf) more(l *line) bool {
	if c.last != iServers && c.last != iSuffix || strings.ContainsAny(l.text, " \t") {
		c.last = ""
		return false
	}
	c.set(c.last, l.text, l.num)
	return true
}

func (c *ipconf) set(f field, value string, num int) {
	value = strings.TrimSpace(value)
	switch f {
	case iHost:
		if _, _, ok := splitHostPort(value); ok {
			c.b.addValue(Computer, value, num)
			c.p.machines[normalHost(value)] = true
		}
	case iSuffix:
		if isHost(value) {
			c.b.addValue(DNSSuffix, value, num)
		}
	case iServers:
		if ipRE.MatchString(value) {
			c.b.addValue(DNSServer, value, num)
		}
	}
}

func (c *ipconf) finish() {
	if c.labels < 2 {
		return
	}
	for _, i := range c.used {
		c.p.lines[i].taken = true
	}
	for _, lang := range c.langs {
		c.p.saw(lang)
	}
	c.p.commit(c.b, machineSubject(), Ipconfig)
}
