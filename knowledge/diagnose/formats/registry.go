package formats

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf16"
)

// parseRegistry reads the licensing service's keys from exports of regedit and from the output of reg query.
// It works on source lines: in them a backslash is a backslash and a quotation mark is one.
// Only values whose meaning is known become facts; full product keys stand in this key too.
func parseRegistry(p *page) {
	r := registry{p: p, used: map[int]bool{}}
	for i := 0; i < len(p.raw); i++ {
		i += r.read(i)
	}
	r.flush()
	for i := range p.lines {
		if r.used[p.lines[i].num] {
			p.lines[i].taken = true
		}
	}
}

var (
	regKeyRE     = compile(`^\[?(HKEY_LOCAL_MACHINE|HKEY_USERS|HKLM|HKU):?\\([^\[\]"<>|]+)\]?$`)
	regQueryRE   = compile(`^([A-Za-z][A-Za-z0-9]{1,60})\s+(REG_SZ|REG_EXPAND_SZ|REG_MULTI_SZ|REG_DWORD|REG_QWORD|REG_BINARY)(?:\s+(.+))?$`)
	regAskRE     = compile(`(?i)\breg(?:\.exe)? query "?(HKLM|HKEY_LOCAL_MACHINE|HKU|HKEY_USERS)\\([^"/]+?)"? /v "?([A-Za-z]{2,60})"?`)
	regAbsentRE  = compile(`(?i)^[\p{L}]{3,10}: .*(?:unable to find|finner ikke|fant ikke|kan ikke finne|hittade inte|hittar inte|kan inte hitta|kunde inte hitta|не удается найти|не удалось найти|не найден|找不到)`)
	regOwnRE     = compile(`(?i)\\(?:Office)?SoftwareProtectionPlatform((?:\\[^\\]+){0,3})$|\\Windows NT\\CurrentVersion\\SL((?:\\[^\\]+){0,3})$`)
	regServiceRE = compile(`(?i)\\Services\\(sppsvc|osppsvc|slsvc)$`)
	regHexRE     = compile(`^hex(?:\(([0-9a-fA-F])\))?:([0-9a-fA-F, \t]*)`)
)

var (
	unescaped = strings.NewReplacer(`\\`, `\`, `\"`, `"`)
	hexDigits = strings.NewReplacer(",", "", " ", "", "\t", "")
)

// maxKey bounds the path of a key, maxContinued the lines of one hexadecimal value.
const (
	maxKey       = 400
	maxContinued = 512
)

// registry is the key being read; what was found by discovery is another subject than what was set.
type registry struct {
	p       *page
	path    string // "" where the key is not ours
	b, seen *block
	service string
	used    map[int]bool
}

// read takes the source line i and returns how many further lines belong to it.
func (r *registry) read(i int) int {
	t := r.source(i)
	if t == "" || len(t) > 4400 {
		return 0
	}
	if strings.Contains(t, "HK") {
		if m := regKeyRE.FindStringSubmatch(t); m != nil {
			r.begin(m[1], m[2], i+1)
			return 0
		}
		if m := regAskRE.FindStringSubmatch(t); m != nil {
			r.absent(m, i)
			return 0
		}
	}
	if r.path == "" {
		return 0
	}
	name, data, more, ok := r.value(t, i)
	if !ok {
		if prompt(t) || strings.HasPrefix(t, "[") {
			r.flush()
		}
		return 0
	}
	for n := i; n <= i+more; n++ {
		r.used[n+1] = true
	}
	r.set(strings.ToLower(name), name, data, i+1)
	return more
}

// source is a source line without what quoting and markup put around it.
func (r *registry) source(i int) string {
	s := r.p.raw[i]
	if len(s) > 8000 {
		return ""
	}
	return strings.Trim(unquote(narrow(s)), " \t`*")
}

// begin opens a key; others than those of licensing are passed over.
func (r *registry) begin(root, path string, num int) {
	r.flush()
	path = strings.TrimRight(strings.TrimSpace(path), `\`)
	if len(path) > maxKey {
		return
	}
	full := hive(root) + `\` + path
	if m := regServiceRE.FindStringSubmatch(full); m != nil {
		r.path, r.service, r.b, r.seen = full, strings.ToLower(m[1]), newBlock(), newBlock()
		r.used[num] = true
		return
	}
	m := regOwnRE.FindStringSubmatch(full)
	if m == nil {
		return
	}
	r.path, r.b, r.seen = full, newBlock(), newBlock()
	r.used[num] = true
	sub := m[1] + m[2]
	app := findGUID(sub)
	sku := findGUID(sub[strings.Index(sub, app)+len(app):])
	for _, b := range []*block{r.b, r.seen} {
		b.addGUID(app, num, ApplicationID)
		b.addGUID(sku, num, SkuID)
	}
}

// hive is the short name of a root.
func hive(root string) string {
	if strings.EqualFold(root, "HKU") || strings.EqualFold(root, "HKEY_USERS") {
		return "HKU"
	}
	return "HKLM"
}

// value splits a line of either form; more is how many continuation lines a hexadecimal value has.
func (r *registry) value(t string, i int) (name, data string, more int, ok bool) {
	if m := regQueryRE.FindStringSubmatch(t); m != nil {
		return m[1], queried(m[2], m[3]), 0, true
	}
	name, body, ok := strings.Cut(strings.TrimPrefix(t, `"`), `"=`)
	if !ok || t[0] != '"' || body == "" || !valueName(name) {
		return "", "", 0, false
	}
	for strings.HasPrefix(body, "hex") && strings.HasSuffix(body, `\`) && more < maxContinued && i+more+1 < len(r.p.raw) {
		more++
		body = strings.TrimSuffix(body, `\`) + r.source(i+more)
	}
	data, ok = exported(body)
	return name, data, more, ok
}

// valueName tells a letter and up to sixty more letters or digits.
func valueName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == '_' || !wordByte(c) || i == 0 && isDigit(c) {
			return false
		}
	}
	return len(s) > 1 && len(s) <= 61
}

// queried is the data of reg query: numbers as 0x1, parts of a list parted by \0.
func queried(kind, data string) string {
	switch kind {
	case "REG_DWORD", "REG_QWORD":
		if n, err := strconv.ParseUint(strings.TrimSpace(data), 0, 64); err == nil {
			return strconv.FormatUint(n, 10)
		}
		return ""
	case "REG_MULTI_SZ":
		return strings.Trim(strings.ReplaceAll(data, `\0`, "; "), "; ")
	case "REG_BINARY":
		return ""
	}
	return strings.TrimSpace(data)
}

// exported is the data of a .reg file: "text", dword:0000000a, hex(7):63,00,... ; a minus deletes the value.
func exported(s string) (string, bool) {
	switch {
	case strings.HasPrefix(s, `"`):
		end := strings.LastIndexByte(s, '"')
		if end < 1 {
			return "", false
		}
		return unescaped.Replace(s[1:end]), true
	case strings.HasPrefix(s, "dword:"):
		n, err := strconv.ParseUint(strings.TrimSpace(s[len("dword:"):]), 16, 32)
		return strconv.FormatUint(n, 10), err == nil
	}
	m := regHexRE.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	raw, err := hex.DecodeString(hexDigits.Replace(m[2]))
	if err != nil {
		return "", false
	}
	switch m[1] {
	case "1", "2", "7":
		return wideText(raw), true
	case "4", "b", "B":
		return littleEndian(raw)
	}
	return "", true
}

// wideText reads UTF-16 with zero ends: of a text, or of each part of a list.
func wideText(raw []byte) string {
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])|uint16(raw[i+1])<<8)
	}
	return strings.Join(strings.FieldsFunc(string(utf16.Decode(units)), func(c rune) bool { return c == 0 }), "; ")
}

func littleEndian(raw []byte) (string, bool) {
	var n uint64
	if len(raw) > 8 {
		return "", false
	}
	for i, b := range raw {
		n |= uint64(b) << (8 * i)
	}
	return strconv.FormatUint(n, 10), true
}

// regKnown are the values that mean something for activation.
var regKnown = map[string]Kind{
	"keymanagementservicename": KMSHost, "keymanagementserviceport": KMSPort, "keymanagementservicelookupdomain": KMSLookupDomain,
	"discoveredkeymanagementservicename": KMSHost, "discoveredkeymanagementserviceport": KMSPort, "discoveredkeymanagementserviceipaddress": KMSIP,
	"discoveredkeymanagementservicemachinename": KMSHost, "discoveredkeymanagementservicemachineport": KMSPort,
	"discoveredkeymanagementservicemachineipaddress": KMSIP,
	"disablednspublishing":                           DNSPublishing, "disablekeymanagementservicehostcaching": HostCaching,
	"vlactivationinterval": ActivationMinutes, "vlrenewalinterval": RenewalMinutes, "vlactivationtype": ActivationType,
	"keymanagementservicelisteningport": "", "keymanagementserviceregisteredportnumber": "", "dnsdomainpublishlist": "",
	"enablekmslowpriority": "", "skiprearm": "", "useroperations": "", "notificationdisabled": "", "alternateurl": "",
	"activationalternateurl": "",
}

func (r *registry) set(key, name, data string, num int) {
	if r.service != "" {
		r.start(key, data, num)
		return
	}
	kind, known := regKnown[key]
	if !known || data == "" || masked(data) {
		return
	}
	b, source := r.b, FromRegistry
	if strings.HasPrefix(key, "discovered") {
		b, source = r.seen, FromDNS
	}
	b.add(RegistryValue, r.path+`\`+name+"="+data, r.path+`\`+name+"="+data, num)
	number := isInteger(data)
	switch kind {
	case KMSHost:
		b.addHost(data, source, num)
	case KMSPort:
		if n, err := strconv.Atoi(data); err == nil && n > 0 && n < 65536 {
			b.add(kind, data, data, num)
		}
	case DNSPublishing, HostCaching: // the values say what is switched off
		if number {
			b.add(kind, name+"="+data, trueOrFalse(data == "0"), num)
		}
	case ActivationMinutes, RenewalMinutes:
		b.addInt(kind, data, num)
	case ActivationType:
		if word := regActivationTypes[data]; word != "" {
			b.add(kind, data, word, num)
		}
	case KMSLookupDomain, KMSIP:
		b.addValue(kind, data, num)
	}
}

var regActivationTypes = map[string]string{"0": "ALL", "1": "AD", "2": "KMS", "3": "TOKEN"}

// start tells how a service is set to begin: 4 is disabled.
func (r *registry) start(key, data string, num int) {
	state := map[string]string{"2": "AUTO_START", "3": "DEMAND_START", "4": "DISABLED"}[data]
	if key == "start" && state != "" {
		r.b.add(Statement, r.service, r.service, num)
		r.b.add(ServiceState, data, state, num)
	}
}

// absent reads the answer to a question for one value that is not there: no host is set, or publishing was
// never switched off.
func (r *registry) absent(m []string, i int) {
	r.flush()
	next := i + 1
	for next < len(r.p.raw) && next < i+4 && r.source(next) == "" {
		next++
	}
	if next >= len(r.p.raw) || !regAbsentRE.MatchString(r.source(next)) {
		return
	}
	r.begin(m[1], m[2], i+1)
	if r.path == "" || r.service != "" {
		r.path, r.service = "", ""
		return
	}
	switch strings.ToLower(m[3]) {
	case "keymanagementservicename":
		r.b.add(KMSHost, m[3], None, next+1)
		r.b.add(KMSHostSource, m[3], FromNowhere, next+1)
	case "disablednspublishing":
		r.b.add(DNSPublishing, m[3], "true", next+1)
	}
	r.used[next+1] = true
	r.flush()
}

// flush commits the key's values: what is set, and apart from it what was discovered.
func (r *registry) flush() {
	if r.path != "" && r.service != "" && r.b.has[ServiceState] {
		r.p.commit(r.b, r.p.next(ServiceSubject), Registry)
	}
	if r.path != "" && r.service == "" {
		for _, b := range []*block{r.b, r.seen} {
			if b.has[RegistryValue] || b.has[KMSHost] || b.has[DNSPublishing] {
				r.p.commit(b, r.p.next(RegistrySubject), Registry)
			}
		}
	}
	r.path, r.service = "", ""
}
