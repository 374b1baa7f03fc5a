package formats

import (
	"fmt"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseVAMT reads the lists of computers that the Volume Activation Management Tool saves as .cil and .cilx:
// computers with their products, some thousands in a file. Attributes and elements are found by name wherever
// they stand in a computer or a product, because the versions of the tool nest them differently; every value
// must have the shape of its kind. Each product is a licence of its computer.
func parseVAMT(p *page) {
	if !strings.Contains(p.text, "<Product") || !strings.Contains(p.text, "SoftwareLicensingData") && !strings.Contains(p.text, "LicenseStatus") {
		return
	}
	v := vamt{p: p, m: newMarkup(p.text)}
	for {
		t, ok := v.m.next()
		if !ok || len(p.doc.Facts) >= maxFacts {
			break
		}
		v.tag(&t)
	}
	v.endComputer()
	if v.last > 0 {
		p.claim(v.first, v.last)
		p.uncut(v.first, v.last)
		p.saw("en")
	}
}

// uncut takes back that lines were cut: here they were read whole.
func (p *page) uncut(first, last int) {
	p.doc.Warnings = slices.DeleteFunc(p.doc.Warnings, func(w string) bool {
		var n int
		_, err := fmt.Sscanf(w, "line-cut: line %d ", &n)
		return err == nil && n >= first && n <= last
	})
}

// vamt follows the nesting: what is open, the computer and the product that are being read.
type vamt struct {
	p            *page
	m            *markup
	open         []string // folded names, at most maxNesting
	deep         int      // elements deeper than that
	root         bool     // inside SoftwareLicensingData
	computer     *block
	name, id     string
	inProduct    int // nesting depth of the product, 0 = outside
	inComputer   int
	computerLine int
	product      *block
	status       string
	reason       *toolCode
	codes        []toolCode
	own          int
	first, last  int // source lines that are this format's
	from         int
}

var (
	vamtComputers = map[string]bool{"computer": true, "machine": true, "managedcomputer": true, "managedmachine": true}
	vamtProducts  = map[string]bool{"product": true, "activeproduct": true, "installedproduct": true, "managedproduct": true}
)

func (v *vamt) tag(t *tag) {
	name := fold(t.name)
	if t.closing {
		v.close(name)
		return
	}
	if name == "softwarelicensingdata" {
		v.root = true
		v.mark(t.line)
	}
	if len(v.open) >= maxNesting {
		if !t.empty {
			v.deep++
		}
		return
	}
	v.open = append(v.open, name)
	switch depth := len(v.open); {
	case vamtComputers[name] && v.inProduct == 0:
		v.endComputer()
		v.computer, v.inComputer, v.computerLine = newBlock(), depth, t.line
	case vamtProducts[name] && v.inProduct == 0:
		v.product, v.inProduct, v.from = newBlock(), depth, t.line
	}
	for i := range t.attrs {
		a := &t.attrs[i]
		v.value(name, fold(a.name), a.value, a.line, a.off, a.end)
	}
	if n := len(v.open); t.text != "" && n > 1 {
		v.value(v.open[n-2], name, t.text, t.textLine, t.off, t.textEnd)
	}
	if t.empty {
		v.close(name)
	}
}

// close ends the innermost element of that name, and with it those that were never closed.
func (v *vamt) close(name string) {
	if v.deep > 0 {
		v.deep--
		return
	}
	for i := len(v.open) - 1; i >= 0; i-- {
		if v.open[i] != name {
			continue
		}
		v.open = v.open[:i]
		if v.inProduct > i {
			v.endProduct(v.m.at)
		}
		if v.inComputer > i {
			v.endComputer()
		}
		return
	}
}

func (v *vamt) mark(line int) {
	if v.first == 0 {
		v.first = line
	}
	v.last = max(v.last, line)
}

// value takes an attribute of an element, or the text of an element inside another one.
func (v *vamt) value(element, key, value string, line, off, end int) {
	if value == "" || masked(value) && lastFive(value) == "" || v.inProduct == 0 && v.inComputer == 0 {
		return
	}
	switch {
	case key == "name" && vamtComputers[element], vamtNames[key]:
		v.setName(value)
		return
	case key == "id" && vamtComputers[element]:
		v.id = normalGUID(findGUID(value))
		return
	case key == "osversion" && v.computer != nil:
		if m := osNumberRE.FindString(value); m != "" {
			v.computer.addSpan(OSVersion, value, m, line, v.p.span(off, end))
		}
		return
	}
	if v.inProduct > 0 {
		if key == "id" || key == "name" {
			key = element + key
		}
		v.set(key, value, line, v.p.span(off, end))
	}
}

var vamtNames = map[string]bool{"fullyqualifieddomainname": true, "computername": true, "machinename": true, "hostname": true}

func (v *vamt) setName(value string) {
	if host, _, ok := splitHostPort(value); ok {
		v.name = normalHost(host)
	}
}

// vamtKinds are the fields whose value is a fact as it stands.
var vamtKinds = map[string]Kind{
	"skuid": SkuID, "activationid": SkuID, "sku": SkuID, "applicationid": ApplicationID,
	"cmid": CMID, "clientmachineid": CMID, "kmshost": KMSHost, "kmshostname": KMSHost, "kmsserver": KMSHost,
	"keymanagementservicemachine": KMSHost, "discoveredkeymanagementservicemachinename": KMSHost,
	"kmsport": KMSPort, "keymanagementserviceport": KMSPort, "discoveredkeymanagementservicemachineport": KMSPort,
	"graceperiodremaining": GraceMinutes, "remaininggraceperiod": GraceMinutes,
	"vlactivationinterval": ActivationMinutes, "vlrenewalinterval": RenewalMinutes,
}

func (v *vamt) set(key, value string, line int, excerpt string) {
	b := v.product
	switch key {
	case "skuname", "productname", "licensename":
		b.addSpan(LicenseName, value, value, line, excerpt)
		if e := editionOf(value); e != "" {
			b.addSpan(Edition, e, e, line, excerpt)
		}
		v.channel(value, line, excerpt)
	case "productdescription", "description":
		v.channel(value, line, excerpt)
	case "productkeytype", "keytype", "productkeychannel", "channel":
		if n := keyTypeChannel(value); n != "" && !b.has[Channel] {
			b.addSpan(Channel, value, n, line, excerpt)
		}
	case "partialproductkey", "installedpartialproductkey", "productkey":
		if five := lastFive(value); five != "" {
			b.addSpan(PartialProductKey, five, five, line, excerpt)
			v.own++
		}
	case "licensestatus", "licensestatustext":
		if st := v.p.toolStatus(value); st != "" && !b.has[LicenseStatus] {
			v.status = st
			b.addSpan(LicenseStatus, value, st, line, excerpt)
			v.own++
		}
	case "genuinestatus", "genuinestatustext", "genuinestate":
		if st := genuineState(value); st != "" {
			b.addSpan(Statement, value, st, line, excerpt)
		}
	case "productkeyid", "extendedpid", "pid", "productid":
		if pid := pidRE.FindString(value); pid != "" {
			b.addSpan(ExtendedPID, pid, pid, line, excerpt)
		}
	case "vlactivationtype", "vlactivationtypeenabled":
		if word := regActivationTypes[value]; word != "" {
			b.addSpan(ActivationType, value, word, line, excerpt)
		}
	case "licensestatusreason", "lasterrorcode":
		v.code(key, value, line, excerpt)
	default:
		v.setKind(key, value, line, excerpt)
	}
}

func (v *vamt) setKind(key, value string, line int, excerpt string) {
	b := v.product
	kind, ok := vamtKinds[key]
	switch {
	case !ok || value == "4294967295":
	case kind == SkuID || kind == ApplicationID || kind == CMID:
		if g := findGUID(value); g != "" && !b.has[kind] {
			b.addSpan(kind, g, normalGUID(g), line, excerpt)
		}
	case kind == KMSHost:
		v.host(key, value, line, excerpt)
	case isInteger(value) && value != "0" && value[0] != '-':
		b.addSpan(kind, value, value, line, excerpt)
	}
}

// host takes "host" and "host:port". Where the name came from is known from the property's name alone.
func (v *vamt) host(key, value string, line int, excerpt string) {
	host, port, ok := splitHostPort(value)
	if !ok {
		return
	}
	v.product.addSpan(KMSHost, host, normalHost(host), line, excerpt)
	if port != "" {
		v.product.addSpan(KMSPort, port, port, line, excerpt)
	}
	switch {
	case strings.HasPrefix(key, "discovered"):
		v.product.addSpan(KMSHostSource, value, FromDNS, line, excerpt)
	case strings.HasPrefix(key, "keymanagement"):
		v.product.addSpan(KMSHostSource, value, FromRegistry, line, excerpt)
	}
}

func (v *vamt) channel(value string, line int, excerpt string) {
	if c, n := channelOfDescription(value); c != "" && !v.product.has[Channel] {
		v.product.addSpan(Channel, c, n, line, excerpt)
	}
}

// code keeps codes until the product's state is known. What the tool's own errands ended with (the computer
// could not be reached, WMI refused) says nothing of an activation.
func (v *vamt) code(key, value string, line int, excerpt string) {
	c, err := code.Parse(value)
	if err != nil || c == 0 || key == "lasterrorcode" && !activationCode(c) {
		return
	}
	found := toolCode{value, c, line, excerpt}
	v.codes = append(v.codes, found)
	if key == "licensestatusreason" {
		v.reason = &found
	}
}

// activationCode tells the codes that an activation can end in: those of licensing, of name resolution and
// of the Internet.
func activationCode(c code.Code) bool {
	switch {
	case licensing(c):
		return true
	case c>>16 == 0x8007:
		n := c & 0xFFFF
		return n >= 0x2329 && n <= 0x26B3 || n >= 0x2EE2 && n <= 0x2F9F
	}
	return false
}

func (v *vamt) endProduct(end int) {
	if v.product == nil {
		return
	}
	b := v.product
	if v.own > 0 && (v.root || v.name != "" || v.id != "") && (b.has[LicenseName] || b.has[SkuID] || b.has[LicenseStatus] && b.has[PartialProductKey]) {
		v.commitComputer()
		b.addStatusCodes(v.status, v.codes, v.reason)
		v.place(b)
		v.p.commit(b, v.p.next(LicenseSubject), VAMT)
		v.mark(v.from)
		v.mark(v.m.lineOf(end))
	}
	v.product, v.inProduct, v.own, v.status, v.codes, v.reason = nil, 0, 0, "", nil, nil
	if v.computer == nil {
		v.name = "" // the next row names its own
	}
}

// place names the machine of a block's facts: what the list calls the computer, else the number that the tool
// gave it, because a list that is saved without names still tells its computers apart.
func (v *vamt) place(b *block) {
	b.machine = v.name
	if b.machine == "" {
		b.machine = v.id
	}
	for i := range b.facts {
		b.facts[i].Machine = b.machine
	}
}

func (v *vamt) commitComputer() {
	if v.computer != nil && len(v.computer.facts) > 0 {
		v.place(v.computer)
		v.p.commit(v.computer, machineSubject(), VAMT)
		v.computer.facts = nil
	}
}

func (v *vamt) endComputer() {
	v.endProduct(v.m.at)
	if v.computer != nil {
		v.p.whole = append(v.p.whole, span{v.computerLine, v.m.lineOf(v.m.at)})
	}
	v.computer, v.inComputer, v.name, v.id = nil, 0, "", ""
}
