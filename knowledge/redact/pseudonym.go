package redact

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind is what a pseudonym stands for.
type Kind string

// Kinds of names, as the API spells them.
const (
	Host           Kind = "HOST"
	IP             Kind = "IP"
	User           Kind = "USER"
	SID            Kind = "SID"
	ExtendedPID    Kind = "EXTENDED_PID"
	InstallationID Kind = "INSTALLATION_ID"
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Host, IP, User, SID, ExtendedPID, InstallationID} }

var prefixes = map[Kind]string{
	Host: "host-", IP: "ip-", User: "user-", SID: "sid-", ExtendedPID: "pid-", InstallationID: "iid-",
}

const domainPrefix = "domain-"

// Pseudonymizer replaces names by pseudonyms such as host-1, numbered as they come. The same name has
// the same pseudonym for the life of a Pseudonymizer, which serves one request, keeps nothing beyond
// it, and is not safe for concurrent use. The same texts in the same order get the same pseudonyms,
// so that two analyses of one upload can be compared.
type Pseudonymizer struct {
	kinds  map[Kind]bool
	names  map[string]Kind   // learned names in lower case
	parts  int               // the most parts that a learned name has
	given  map[string]string // pseudonyms by kind and name
	issued map[string]bool
	last   map[string]int // number by prefix
	seen   map[Kind]map[string]bool
}

// New makes a Pseudonymizer for the given kinds. Without kinds it changes nothing.
func New(kinds ...Kind) *Pseudonymizer {
	p := &Pseudonymizer{
		kinds: map[Kind]bool{}, names: map[string]Kind{}, given: map[string]string{},
		issued: map[string]bool{}, last: map[string]int{}, seen: map[Kind]map[string]bool{},
	}
	for _, k := range kinds {
		p.kinds[k] = true
	}
	return p
}

// Counts says how many different names of each kind were replaced so far.
func (p *Pseudonymizer) Counts() map[Kind]int {
	counts := map[Kind]int{}
	for kind, names := range p.seen {
		counts[kind] = len(names)
	}
	return counts
}

func (p *Pseudonymizer) count(kind Kind, name string) {
	if p.seen[kind] == nil {
		p.seen[kind] = map[string]bool{}
	}
	p.seen[kind][name] = true
}

// Learn makes Text replace a host or user name that cannot be told by its shape, such as the
// NetBIOS name KMS01 or the account CONTOSO\ola. Of a full host name the label of the host and the
// first one of its domain are learned. Words that mean something else in texts about activation
// ("kms", "server"), names of one or two letters and the vendor's own hosts are not learned. Other
// kinds are known by their shape and ignored here.
func (p *Pseudonymizer) Learn(kind Kind, value string) {
	value = strings.Trim(value, " \t\r\n.")
	switch kind {
	case Host:
		p.learnHost(value)
	case User:
		if domain, user, ok := strings.Cut(value, `\`); ok {
			p.learnDomain(domain)
			value = user
		}
		value, _, _ = strings.Cut(value, "@")
		if !strings.Contains(value, `\`) { // no account's name; what looks like one within it is known by its shape
			p.learn(User, value)
		}
	}
}

func (p *Pseudonymizer) learnHost(value string) {
	if _, err := netip.ParseAddr(value); err == nil {
		return
	}
	value, _, _ = strings.Cut(value, ":")
	if isVendor(value) {
		return
	}
	name, domain, full := strings.Cut(value, ".")
	if full && !strings.Contains(domain, ".") && domains[strings.ToLower(domain)] { // a domain by itself
		p.learnDomain(name)
		return
	}
	p.learn(Host, name)
	p.learnDomain(domain)
}

// learnDomain takes CONTOSO of CONTOSO\ola and of contoso.com.
func (p *Pseudonymizer) learnDomain(value string) {
	label, _, _ := strings.Cut(strings.TrimSpace(value), ".")
	if lower := strings.ToLower(label); !domains[lower] && p.learn(Host, label) {
		p.label(lower, domainPrefix)
	}
}

func (p *Pseudonymizer) learn(kind Kind, value string) bool {
	const longest = 64
	n := strings.ToLower(strings.TrimSpace(value))
	if !p.kinds[kind] || utf8.RuneCountInString(n) < 3 || len(n) > longest || common[n] || p.isPseudonym(n) || !startsWord(n, 0) {
		return false
	}
	parts := 1
	for end := wordEnd(n, 0); end < len(n); end = wordEnd(n, end) {
		parts++
	}
	p.names[n] = kind
	p.parts = max(p.parts, parts)
	return true
}

// Value gives the pseudonym of a value that is known to be of a kind: the whole of a field. A kind
// that was not asked for, an empty value, a public one (loopback address, Microsoft's own host,
// well-known account) and a pseudonym stay as they are.
func (p *Pseudonymizer) Value(kind Kind, value string) string {
	if value == "" || p.isPseudonym(value) {
		return value
	}
	if a, err := netip.ParseAddr(value); err == nil && (kind == Host || kind == IP) {
		return p.address(a, value)
	}
	if host, port, ok := strings.Cut(value, ":"); ok && kind == Host {
		return p.Value(Host, host) + ":" + port
	}
	if domain, user, ok := strings.Cut(value, `\`); ok && kind == User {
		return p.netbios(domain) + `\` + p.Value(User, user)
	}
	if user, host, ok := strings.Cut(value, "@"); ok && kind == User {
		return p.Value(User, user) + "@" + p.Value(Host, host)
	}
	if !p.kinds[kind] {
		return value
	}
	out := p.plain(kind, value)
	if out != value {
		p.count(kind, strings.ToLower(value))
	}
	return out
}

// plain replaces a value that has no parts of other kinds.
func (p *Pseudonymizer) plain(kind Kind, value string) string {
	lower := strings.ToLower(value)
	switch {
	case kind == Host && !common[lower] && !strings.Contains(value, " "):
		return p.host(value)
	case kind == User && !common[lower],
		kind == SID && accountSID(value),
		kind == ExtendedPID, kind == InstallationID:
		return p.pseudonym(kind, lower)
	}
	return value
}

// address replaces an address other than the loopback, the unspecified one and 0.x.x.x, which is
// a version.
func (p *Pseudonymizer) address(a netip.Addr, value string) string {
	version := a.Is4() && a.As4()[0] == 0
	if !p.kinds[IP] || version || a.IsLoopback() || a.IsUnspecified() {
		return value
	}
	one := a.Unmap().WithZone("").String()
	p.count(IP, one)
	return p.pseudonym(IP, one)
}

// netbios replaces the short name of a domain or, for local accounts, of a computer.
func (p *Pseudonymizer) netbios(name string) string {
	lower := strings.ToLower(name)
	if !p.kinds[Host] || lower == "" || common[lower] || p.isPseudonym(name) || strings.Contains(name, " ") {
		return name
	}
	p.count(Host, lower)
	return p.label(lower, domainPrefix)
}

func (p *Pseudonymizer) pseudonym(kind Kind, value string) string {
	return p.give(string(kind), value, prefixes[kind])
}

// label names one label of a host name: by the prefix under which it was first seen, so that it is
// known again wherever it stands.
func (p *Pseudonymizer) label(value, prefix string) string {
	return p.give(string(Host), value, prefix)
}

// give needs the value in one spelling. A number is left out where a real name looks like it.
func (p *Pseudonymizer) give(kind, value, prefix string) string {
	key := kind + "\x00" + value
	if name, ok := p.given[key]; ok {
		return name
	}
	var name string
	for name == "" || p.names[name] != "" {
		p.last[prefix]++
		name = prefix + strconv.Itoa(p.last[prefix])
	}
	p.given[key], p.issued[name] = name, true
	return name
}

// isPseudonym keeps pseudonyms stable when a text passes twice.
func (p *Pseudonymizer) isPseudonym(s string) bool { return p.issued[s] }

// common holds words that are names of computers or accounts in places, but words everywhere else.
var common = set(`kms mak dns adba windows office microsoft server servers host hosts client
	clients localhost computer machine workgroup domain local system service error event time user
	users admin administrator administrators guest public default network root none null unknown
	code key keys license licence activation product all any not the and for win srv test
	authority builtin font slmgr ospp state status true false name names`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
