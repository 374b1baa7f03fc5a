package formats

import (
	"cmp"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseLicensingDiag reads the report of licensingdiag.exe: one element for each property of the active
// licence, or the same names and values as lines of text. Names are the tool's, values those of the licensing
// interface. What the tool writes encoded (tickets, hardware hashes, ids for the telephone) is passed over.
func parseLicensingDiag(p *page) {
	if !containsAny(p.text, []string{"LicensingStatus", "LocalGenuineState", "ActivePartialProductKey", "ActiveSku"}) {
		return
	}
	if strings.Contains(p.text, "<DiagnosticInformation") {
		p.diagnosticInformation()
	}
	d := licensingDiag{p: p, b: newBlock(), machine: newBlock()}
	if strings.Contains(p.text, "<LicensingData") || strings.Contains(p.text, "<LicensingStatus") {
		d.elements()
	}
	if d.to == 0 {
		d.lines()
	}
	d.flush()
}

// diagnosticInformation reads the report in which attributes tell of the machine, its services and the newest
// events. Whose machine it is and what the events say is taken from it; codes are found as in any text.
func (p *page) diagnosticInformation() {
	m, machine := newMarkup(p.text), newBlock()
	source := ""
	for {
		t, ok := m.next()
		if !ok {
			break
		}
		told := map[string]string{}
		for _, a := range t.attrs {
			told[fold(a.name)] = a.value
		}
		switch name := fold(t.name); {
		case t.closing:
		case name == "machinename" || name == "computername":
			if host, _, ok := splitHostPort(t.text); ok && machine.machine == "" {
				machine.machine = normalHost(host)
				machine.addSpan(Computer, host, normalHost(host), t.textLine, p.span(t.off, t.textEnd))
			}
		case name == "events":
			source = told["source"]
		case name == "event" && told["id"] != "" && t.text != "":
			e := &event{id: idOf(told["id"]), source: cmp.Or(told["source"], source), time: cmp.Or(told["timeutc"], told["time"]),
				computer: machine.machine, line: t.line, format: LicensingDiag, body: []string{t.text}, bodyLine: []int{t.textLine}}
			if e.id != "" && p.addEvent(e) {
				p.claim(t.line, t.textLine)
			}
		}
	}
	p.commit(machine, machineSubject(), LicensingDiag)
}

// flush ends a report. A file can hold several, of before and after.
func (d *licensingDiag) flush() {
	if d.own >= 2 {
		d.commit()
	}
	*d = licensingDiag{p: d.p, b: newBlock(), machine: newBlock()}
}

type licensingDiag struct {
	p          *page
	b, machine *block
	status     string // as the source spells it
	statusLine int
	statusText string // its excerpt
	reason     *toolCode
	key        *block // the channel of the key, where the licence does not tell its own
	own        int
	used       []int // logical lines
	from, to   int   // source lines of the XML
}

// elements reads the leaves of the report's XML.
func (d *licensingDiag) elements() {
	m := newMarkup(d.p.text)
	for {
		t, ok := m.next()
		if !ok {
			return
		}
		name := fold(t.name)
		if name == "diagreport" || name == "licensingdata" {
			if !t.closing && d.own > 0 {
				d.flush()
			}
			if d.from == 0 {
				d.from = t.line
			}
			d.to = max(d.to, t.line)
		}
		if t.text == "" || t.closing || d.from == 0 && !diagOwn[name] {
			continue
		}
		if d.from == 0 {
			d.from = t.line
		}
		d.to = max(d.to, t.textLine)
		d.set(name, t.text, t.textLine, d.p.span(t.off, t.textEnd))
	}
}

// lines reads "Name: value" and "Name = value".
func (d *licensingDiag) lines() {
	for i := range d.p.lines {
		l := &d.p.lines[i]
		if l.taken || l.blank() || len(l.text) > maxLeaf {
			continue
		}
		name, value, ok := property(l.text)
		if !ok || !camel(name) && name != "Result" {
			continue
		}
		if f := fold(name); diagOwn[f] || d.own > 0 && diagKnown[f] {
			d.set(f, value, l.num, "")
			d.used = append(d.used, i)
		}
	}
}

// diagOwn are names that nothing but this report has; two of them make a text one.
var diagOwn = map[string]bool{"licensingstatus": true, "licensingstatusreason": true, "localgenuinestate": true, "lastonlinegenuineresult": true,
	"activepartialproductkey": true, "activeskuid": true, "activeskudescription": true, "activeproductkeychannel": true, "activeproductkeypidex": true,
	"activeproductkeypid2": true, "gracetimeminutes": true, "activevolumecustomerpid": true, "localgenuineresultp": true, "activeproductkeypkeyid": true}

var diagKnown = map[string]bool{"osversion": true, "productname": true, "editionid": true, "tampereditems": true, "oemmarkerversion": true,
	"productuniquenessgroups": true, "computername": true, "validityexpiration": true, "totalgracedays": true, "offlineinstallationid": true, "computersid": true, "toolversion": true}

var osNumberRE = compile(`^[0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{4,5})?\b`)

func (d *licensingDiag) set(name, value string, line int, excerpt string) {
	if diagOwn[name] {
		d.own++
	}
	if value == "" || masked(value) {
		return
	}
	b := d.b
	switch name {
	case "licensingstatus":
		d.status, d.statusLine, d.statusText = value, line, excerpt
	case "licensingstatusreason":
		if c, err := code.Parse(value); err == nil && c != 0 {
			d.reason = &toolCode{value, c, line, excerpt}
		}
	case "localgenuinestate":
		if st := genuineState(value); st != "" {
			b.addSpan(Statement, value, st, line, excerpt)
		}
	case "tampereditems":
		b.addSpan(Statement, shy(value[:min(len(value), 200)]), TamperedFile, line, excerpt)
	case "gracetimeminutes":
		if isInteger(value) && value != "0" {
			b.addSpan(GraceMinutes, value, value, line, excerpt)
		}
	case "activepartialproductkey":
		if five := lastFive(value); five != "" {
			b.addSpan(PartialProductKey, five, five, line, excerpt)
		}
	case "activeproductkeypidex":
		if pid := pidRE.FindString(value); pid != "" {
			b.addSpan(ExtendedPID, pid, pid, line, excerpt)
		}
	case "activeproductkeypid2":
		if productIDRE.MatchString(value) {
			b.addSpan(ProductID, value, value, line, excerpt)
		}
	default:
		d.describe(name, value, line, excerpt)
	}
}

var productIDRE = compile(`^[0-9]{5}-(?:[0-9]{3}|OEM|[0-9]{5})-[0-9]{5,7}-(?:[0-9]{5}|[A-Z]{2}[0-9A-Z]{3})$`)

// describe takes the fields that name the licence and the machine.
func (d *licensingDiag) describe(name, value string, line int, excerpt string) {
	b := d.b
	switch name {
	case "activeskuid":
		if g := findGUID(value); g != "" {
			b.addSpan(SkuID, g, normalGUID(g), line, excerpt)
			b.addSpan(ActivationID, g, normalGUID(g), line, excerpt)
		}
	case "activeskudescription":
		if v, n := channelOfDescription(value); v != "" && !b.has[Channel] {
			b.addSpan(Channel, v, n, line, excerpt)
		}
	case "activeproductkeychannel":
		if n := keyChannel(value); n != "" {
			d.key = newBlock()
			d.key.addSpan(Channel, value, n, line, excerpt)
		}
	case "productuniquenessgroups":
		if g := normalGUID(value); g == windowsApplication {
			b.addSpan(ApplicationID, value, g, line, excerpt)
		}
	case "productname":
		if strings.Contains(value, "Windows") && !b.has[LicenseName] {
			b.addSpan(LicenseName, value, value, line, excerpt)
		}
	case "editionid":
		b.addSpan(Edition, value, value, line, excerpt)
	case "osversion":
		if m := osNumberRE.FindString(value); m != "" && !d.machine.has[OSVersion] {
			d.machine.addSpan(OSVersion, value, m, line, excerpt)
		}
	case "computername":
		if host, _, ok := splitHostPort(value); ok {
			d.b.machine, d.machine.machine = normalHost(host), normalHost(host)
		}
	}
}

// windowsApplication is the application id of Windows itself.
const windowsApplication = "55c92734-d682-4d71-983e-d6ec3f16059f"

// TamperedFile is the statement that a validation found a file changed; the value names it.
const TamperedFile = "tampered-file"

func (d *licensingDiag) commit() {
	status := d.p.toolStatus(d.status)
	if status == "" && d.reason != nil && strings.Contains(strings.ToUpper(d.status), "GRACE") {
		status = graceOfReason[d.reason.code]
	}
	if status != "" {
		d.b.addSpan(LicenseStatus, d.status, status, d.statusLine, d.statusText)
	}
	if d.reason != nil {
		d.b.addStatusCodes(status, []toolCode{*d.reason}, d.reason)
	}
	if d.key != nil && !d.b.has[Channel] {
		d.b.facts = append(d.b.facts, d.key.facts...)
	}
	for _, b := range []*block{d.b, d.machine} {
		for i := range b.facts {
			b.facts[i].Machine = d.b.machine
		}
	}
	if d.to > 0 {
		d.p.claim(d.from, d.to)
	}
	for _, i := range d.used {
		d.p.lines[i].taken = true
	}
	d.p.saw("en")
	d.p.commit(d.machine, machineSubject(), LicensingDiag)
	d.p.commit(d.b, d.p.next(LicenseSubject), LicensingDiag)
}

// graceOfReason tells which grace period it is, where the state says only that there is one.
var graceOfReason = map[code.Code]string{0x4004F00C: "OOB_GRACE", 0x4004F00D: "OOT_GRACE", 0x4004F065: "NON_GENUINE_GRACE"}
