package redact

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/netip"
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

// Pseudonymizer replaces names by pseudonyms such as host-1a2b3c. The same name has the same
// pseudonym for the life of a Pseudonymizer, and another one in the next: its key is random and
// never leaves it. It serves one request and is not safe for concurrent use.
type Pseudonymizer struct {
	key    []byte
	kinds  map[Kind]bool
	names  map[string]Kind // learned names in lower case
	parts  int             // the most parts that a learned name has
	counts map[Kind]int
}

// New makes a Pseudonymizer with a fresh key for the given kinds. Without kinds it changes nothing.
func New(kinds ...Kind) *Pseudonymizer {
	p := &Pseudonymizer{
		key:    make([]byte, sha256.Size),
		kinds:  map[Kind]bool{},
		names:  map[string]Kind{},
		counts: map[Kind]int{},
	}
	rand.Read(p.key) // never fails
	for _, k := range kinds {
		p.kinds[k] = true
	}
	return p
}

// Counts says how many replacements of each kind were made so far.
func (p *Pseudonymizer) Counts() map[Kind]int { return maps.Clone(p.counts) }

// Learn makes Text replace a host or user name that cannot be told by its shape, such as the
// NetBIOS name KMS01 or the account CONTOSO\ola. Of a full host name the first label is learned.
// Words that mean something else in texts about activation ("kms", "server") and names of one or
// two letters are not learned. Other kinds are known by their shape and ignored here.
func (p *Pseudonymizer) Learn(kind Kind, value string) {
	value = strings.Trim(value, " \t\r\n.")
	switch kind {
	case Host:
		if _, err := netip.ParseAddr(value); err != nil {
			value, _, _ = strings.Cut(value, ":")
			value, _, _ = strings.Cut(value, ".")
			p.learn(Host, value)
		}
	case User:
		if domain, user, ok := strings.Cut(value, `\`); ok {
			p.learn(Host, domain)
			value = user
		}
		value, _, _ = strings.Cut(value, "@")
		p.learn(User, value)
	}
}

func (p *Pseudonymizer) learn(kind Kind, value string) {
	const longest = 64
	n := strings.ToLower(value)
	if !p.kinds[kind] || utf8.RuneCountInString(n) < 3 || len(n) > longest || common[n] || p.isPseudonym(n) {
		return
	}
	parts := 1
	for end := wordEnd(n, 0); end < len(n); end = wordEnd(n, end) {
		parts++
	}
	p.names[n] = kind
	p.parts = max(p.parts, parts)
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
		return p.Value(Host, domain) + `\` + p.Value(User, user)
	}
	if user, host, ok := strings.Cut(value, "@"); ok && kind == User {
		return p.Value(User, user) + "@" + p.Value(Host, host)
	}
	if !p.kinds[kind] {
		return value
	}
	out := p.plain(kind, value)
	if out != value {
		p.counts[kind]++
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
	p.counts[IP]++
	return p.pseudonym(IP, a.Unmap().WithZone("").String())
}

// pseudonym needs the value in one spelling. Six hex digits are enough to tell apart the names of
// one request.
func (p *Pseudonymizer) pseudonym(kind Kind, value string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(string(kind) + "\x00" + value))
	return prefixes[kind] + hex.EncodeToString(mac.Sum(nil)[:3])
}

// isPseudonym keeps pseudonyms stable when a text passes twice.
func (p *Pseudonymizer) isPseudonym(s string) bool {
	_, digits, ok := strings.Cut(s, "-")
	if !ok || len(digits) != 6 {
		return false
	}
	for _, c := range digits {
		if !strings.ContainsRune("0123456789abcdef", c) {
			return false
		}
	}
	for _, prefix := range prefixes {
		if len(s) == len(prefix)+6 && strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

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
