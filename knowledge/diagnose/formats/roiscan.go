package formats

import (
	"strconv"
	"strings"
)

// parseROIScan reads the licences in the inventory of ROIScan.vbs (Robust Office Inventory Scan): the blocks of
// its log that begin with "Active License", and the <License> elements of its XML. Licences that are only
// possible, without a key, are no state of the machine; products, features and updates say nothing of activation.
func parseROIScan(p *page) {
	r := roiscan{p: p, machine: newBlock()}
	if strings.Contains(p.text, "<OFFICEINVENTORY") || strings.Contains(p.text, "<LicenseData>") {
		r.elements()
	}
	r.lines()
	r.flush()
	if r.licences > 0 {
		p.commit(r.machine, machineSubject(), ROIScan)
		p.saw("en")
	}
}

type roiscan struct {
	p        *page
	machine  *block
	host     string
	b        *block // the licence being read, nil between licences
	dns      *block // the host that DNS once gave
	status   string
	reason   *toolCode
	version  string // of the product that the licence belongs to
	verLine  int
	licences int
	strange  int
	used     []int
}

// roiFields are the properties of a licence, by the labels of the log and the attributes of the XML.
var roiFields = map[string]string{
	"description": "description", "channel": "channel", "licensefamily": "", "family": "",
	"remaininggraceperiod": "grace", "licensestatus": "status", "status": "status", "licensestatemoreinfo": "code", "statuscode": "code",
	"partialproductkey": "key", "skuidacid": "sku", "skuid": "sku", "applicationid": "application", "productid": "product", "productkeyid": "pid",
	"machinekey": "", "vlactivationtype": "type", "activationtype": "type", "adactivationobjectname": "ao", "activationobjectname": "ao",
	"kmshostdiscovered": "dns", "kmsserver": "dns", "kmshostoverride": "fixed", "kmsserveroverride": "fixed",
	"kmsportdiscovered": "dnsport", "kmsportoverride": "fixedport", "kmslookupdomain": "lookup", "keymanagementservicelookupdomain": "lookup",
	"vlactivationinterval": "activation", "activationinterval": "activation", "vlrenewalinterval": "renewal", "renewalinterval": "renewal",
	"adactivationobjectdn": "", "adactivationcsvlkpid": "", "adactivationcsvlkskuid": "",
}

var (
	roiActiveRE = compile(`^Active License(?:\t| {2,}|\s*:\s*)\s*(\S.*)$`)
	roiFieldRE  = compile(`^([A-Za-z][A-Za-z /]{2,40}?)\s*:\s*(.*)$`)
	roiHeadRE   = compile(`^(ComputerName|OS Details|Current User|ROI Script Build|Windows Installer Version|BuildNumber|ProductVersion|Possible Licenses)(?:\t| {2,}|\s*:\s*)\s*(\S.*)$`)
	roiOSRE     = compile(`\bVersion: ([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{3,5})\b`)
	roiAdminRE  = compile(`\bIsAdmin: (True|False)\b`)
	roiUnitsRE  = compile(`^([0-9]{1,6}) (days|hours)$`)
	roiTypeRE   = compile(`^[0-9] \((ADBA|KMS|Token|ALL)\)$`)
	officeVerRE = compile(`^1[4-9]\.[0-9]{1,2}(?:\.[0-9]{3,6}){1,2}$`)
)

// lines reads the log. A licence ends where lines follow that are none of its properties.
func (r *roiscan) lines() {
	if !strings.Contains(r.p.text, "Active License") {
		return
	}
	for i := range r.p.lines {
		l := &r.p.lines[i]
		switch {
		case l.taken || len(l.text) > maxLeaf:
			r.flush()
		case l.blank():
		case r.read(l):
			r.used = append(r.used, i)
			r.strange = 0
		default:
			if r.strange++; r.strange > 2 || l.prompt || ruled(l.text) {
				r.flush()
			}
		}
	}
}

func (r *roiscan) read(l *line) bool {
	if m := roiActiveRE.FindStringSubmatch(l.text); m != nil && licenceName(m[1]) {
		r.flush()
		r.begin(m[1], l.num, "")
		return true
	}
	if m := roiHeadRE.FindStringSubmatch(l.text); m != nil {
		r.heading(m[1], m[2], l.num)
		return r.b != nil
	}
	if r.b == nil {
		return false
	}
	m := roiFieldRE.FindStringSubmatch(l.text)
	if m == nil {
		return false
	}
	field, known := roiFields[fold(m[1])]
	if known {
		r.set(field, m[2], l.num, "")
	}
	return known
}

// heading takes what the log says of the computer and of the product.
func (r *roiscan) heading(label, value string, line int) {
	switch label {
	case "ComputerName":
		if host, _, ok := splitHostPort(value); ok {
			r.host = normalHost(host)
			r.machine.machine = r.host
			r.machine.add(Computer, host, r.host, line)
		}
	case "OS Details":
		if m := roiOSRE.FindStringSubmatch(value); m != nil {
			r.machine.add(OSVersion, m[1], m[1], line)
		}
	case "Current User":
		if m := roiAdminRE.FindStringSubmatch(value); m != nil {
			r.machine.addSpan(Elevated, m[0], strings.ToLower(m[1]), line, m[0])
		}
	case "BuildNumber", "ProductVersion":
		r.flush()
		r.version, r.verLine = "", 0
		if officeVerRE.MatchString(value) {
			r.version, r.verLine = value, line
		}
	}
}

// elements reads the XML: attributes of <License>, inside <SKU> with the product's version.
func (r *roiscan) elements() {
	m := newMarkup(r.p.text)
	first, last := 0, 0
	for {
		t, ok := m.next()
		if !ok {
			break
		}
		switch fold(t.name) {
		case "officeinventory":
			first, last = minLine(first, t.line), max(last, t.line)
		case "computer", "computerinfo":
			for _, a := range t.attrs {
				if f := fold(a.name); f == "name" || f == "computername" {
					r.heading("ComputerName", a.value, a.line)
				}
			}
		case "sku":
			r.version, r.verLine = "", 0
			for _, a := range t.attrs {
				if f := fold(a.name); (f == "buildnumber" || f == "productversion") && officeVerRE.MatchString(a.value) {
					r.version, r.verLine = a.value, a.line
				}
			}
		case "license":
			if r.element(&t) {
				first, last = minLine(first, t.line), max(last, m.lineOf(t.end))
			}
		}
	}
	if r.licences > 0 && first > 0 {
		r.p.claim(first, last)
	}
}

func minLine(a, b int) int {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// element reads one licence. One that is not in use is passed over: the scan lists all that a product could have.
func (r *roiscan) element(t *tag) bool {
	name, active := "", true
	for _, a := range t.attrs {
		switch fold(a.name) {
		case "name":
			name = a.value
		case "isactive":
			active = strings.EqualFold(a.value, "true")
		}
	}
	if !active || !licenceName(name) {
		return !active
	}
	for i := range t.attrs {
		a := &t.attrs[i]
		excerpt := r.p.span(a.off, a.end)
		if fold(a.name) == "name" {
			r.begin(a.value, a.line, excerpt)
		}
	}
	for i := range t.attrs {
		a := &t.attrs[i]
		if field := roiFields[fold(a.name)]; field != "" {
			r.set(field, a.value, a.line, r.p.span(a.off, a.end))
		}
	}
	r.flush()
	return true
}

func (r *roiscan) begin(name string, line int, excerpt string) {
	r.b, r.dns, r.status, r.reason = newBlock(), newBlock(), "", nil
	r.b.addSpan(LicenseName, name, name, line, excerpt)
	if e := editionOf(name); e != "" {
		r.b.addSpan(Edition, e, e, line, excerpt)
	}
}

func (r *roiscan) set(field, v string, line int, excerpt string) {
	b := r.b
	if v = strings.TrimSpace(v); v == "" || masked(v) {
		return
	}
	switch field {
	case "description":
		if c, n := channelOfDescription(v); c != "" {
			b.addSpan(Channel, c, n, line, excerpt)
		}
	case "channel":
		if n := roiChannel(v); n != "" && !b.has[Channel] {
			b.addSpan(Channel, v, n, line, excerpt)
		}
	case "status":
		if st := r.p.toolStatus(v); st != "" && !b.has[LicenseStatus] {
			r.status = st
			b.addSpan(LicenseStatus, v, st, line, excerpt)
		}
	case "code":
		if value, c, ok := firstCode(v); ok && r.reason == nil {
			r.reason = &toolCode{value, c, line, excerpt}
		}
	case "key":
		if five := lastFive(v); five != "" {
			b.addSpan(PartialProductKey, five, five, line, excerpt)
		}
	case "sku", "application":
		r.guid(field, v, line, excerpt)
	case "product":
		if productIDRE.MatchString(v) {
			b.addSpan(ProductID, v, v, line, excerpt)
		}
	case "pid":
		if pid := pidRE.FindString(v); pid != "" {
			b.addSpan(ExtendedPID, pid, pid, line, excerpt)
		}
	default:
		r.setVolume(field, v, line, excerpt)
	}
}

func (r *roiscan) guid(field, v string, line int, excerpt string) {
	g := findGUID(v)
	switch {
	case g == "":
	case field == "sku":
		r.b.addSpan(SkuID, g, normalGUID(g), line, excerpt)
		r.b.addSpan(ActivationID, g, normalGUID(g), line, excerpt)
	default:
		r.b.addSpan(ApplicationID, g, normalGUID(g), line, excerpt)
	}
}

// setVolume takes the fields of volume activation. The scan rounds times to hours and days.
func (r *roiscan) setVolume(field, v string, line int, excerpt string) {
	b := r.b
	switch field {
	case "type":
		if m := roiTypeRE.FindStringSubmatch(v); m != nil {
			b.addSpan(ActivationType, v, strings.Replace(strings.ToUpper(m[1]), "ADBA", "AD", 1), line, excerpt)
		}
	case "ao":
		b.addSpan(AOName, v, v, line, excerpt)
	case "lookup":
		b.addSpan(KMSLookupDomain, v, normalHost(v), line, excerpt)
	case "grace", "activation", "renewal":
		kind := map[string]Kind{"grace": GraceMinutes, "activation": ActivationMinutes, "renewal": RenewalMinutes}[field]
		if n := roiMinutes(v); n > 0 {
			b.addSpan(kind, v, strconv.Itoa(n), line, excerpt)
		}
	case "dns":
		r.dns.addHostSpan(v, FromDNS, line, excerpt)
	case "fixed":
		b.addHostSpan(v, FromRegistry, line, excerpt)
	case "dnsport":
		r.dns.addPortSpan(v, line, excerpt)
	case "fixedport":
		b.addPortSpan(v, line, excerpt)
	}
}

func (b *block) addHostSpan(v, source string, line int, excerpt string) {
	if host, _, ok := splitHostPort(v); ok {
		b.addSpan(KMSHost, host, normalHost(host), line, excerpt)
		b.addSpan(KMSHostSource, v, source, line, excerpt)
	}
}

func (b *block) addPortSpan(v string, line int, excerpt string) {
	if n, err := strconv.Atoi(v); err == nil && n > 0 && n < 65536 {
		b.addSpan(KMSPort, v, v, line, excerpt)
	}
}

func roiMinutes(v string) int {
	m := roiUnitsRE.FindStringSubmatch(v)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	if m[2] == "days" {
		return n * 24 * 60
	}
	return n * 60
}

// roiChannel reads the scan's own names of licence types ("KMS_ClientC2R", "MAK_AE", "Retail").
func roiChannel(v string) string {
	switch {
	case strings.HasPrefix(v, "KMS_Client"):
		return "VOLUME_KMSCLIENT"
	case v == "KMS_Host":
		return "VOLUME_KMS"
	case strings.HasPrefix(v, "MAK"):
		return "VOLUME_MAK"
	case v == "Retail":
		return "RETAIL"
	case v == "Subscription":
		return "TIMEBASED_SUB"
	}
	return ""
}

func (r *roiscan) flush() {
	b := r.b
	if b != nil && (b.has[LicenseStatus] || b.has[PartialProductKey] || b.has[Channel]) {
		if !fixedHost(b) { // a client with a host that is set asks only that one
			b.drop(func(f Fact) bool { return f.Kind == KMSPort })
			b.facts = append(b.facts, r.dns.facts...)
		}
		if r.reason != nil {
			b.addStatusCodes(r.status, []toolCode{*r.reason}, r.reason)
		}
		if r.version != "" {
			b.add(OfficeVersion, r.version, r.version, r.verLine)
		}
		b.machine = r.host
		for i := range b.facts {
			b.facts[i].Machine = r.host
		}
		for _, i := range r.used {
			r.p.lines[i].taken = true
		}
		r.licences++
		r.p.commit(b, r.p.next(LicenseSubject), ROIScan)
	}
	r.b, r.dns, r.used, r.strange = nil, nil, nil, 0
}
