package formats

import (
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseMGADiag reads the report of MGADiag.exe (Microsoft Genuine Advantage Diagnostic Tool), whole or as the
// sections that people paste. A section begins with a title that ends in "-->"; the tool is translated, so its
// first section is read by the shape of the values, and the output of slmgr that it quotes by slmgr's own
// parser. Most lines hold "N/A, hr = 0x80070002" for what is not installed: that is no failure. The encoded
// data (Office details, Spsys.log, hardware hashes) are passed over.
func parseMGADiag(p *page) {
	if !strings.Contains(p.text, "-->") && !strings.Contains(p.text, "--&gt;") {
		return
	}
	g := mgadiag{p: p}
	for i := range p.lines {
		g.line(i)
	}
	g.flush(len(p.lines))
}

// The sections that hold something for activation.
const (
	mgaOther      = ""
	mgaValidation = "validation"
	mgaLicensing  = "licensing"
	mgaWAT        = "wat"
	mgaFiles      = "files"
	mgaOffice     = "office"
	mgaOEM        = "oem"
)

// mgaSections are the titles that are known, folded without "data"; of others only the form is.
var mgaSections = map[string]string{"windowsvalidation": mgaValidation, "wga": mgaValidation, "licensing": mgaLicensing,
	"windowsactivationtechnologies": mgaWAT, "filescan": mgaFiles, "oga": mgaOffice, "oemactivation20": mgaOEM,
	"oemactivation10": mgaOther, "hwid": mgaOther, "browser": mgaOther, "other": mgaOther, "wganotifications": mgaOther, "oganotifications": mgaOther,
	"vistawgaer": mgaOther, "wgaer": mgaOther, "windowsxpnotifications": mgaOther, "notifications": mgaOther}

var (
	mgaReportRE = compile(`\([1-9]\.[0-9]\.[0-9]{4}\.[0-9]\)\s*:?\s*$`)
	mgaTitleRE  = compile(`^(.{2,60}?)\s*--(?:>|&gt;)\s*$`)
	mgaGluedRE  = compile(`((?:WgaER|WGA Notifications|OGA Notifications|OGA|WGA|Vista WgaER|Windows XP Notifications|Notifications|Browser|File Scan|Licensing|HWID|Other|OEM Activation [12]\.0) [Dd]ata|Windows Activation Technologies)--(?:>|&gt;)\s*$`)
	mgaKeyRE    = compile(`(?:[*X0-9A-Z]{1,5}-){4}([0-9A-Z]{5})\b`) // cleaning may have taken some of the asterisks
	mgaPIDRE    = compile(`\b[0-9]{5}-(?:OEM|[0-9]{3})-[0-9]{7}-[0-9]{5}\b`)
	mgaOSRE     = compile(`^([0-9]\.[0-9]\.[0-9]{4,5})\.[0-9]\.[0-9A-Fa-f]{8}\b`)
	mgaPlainRE  = compile(`^(?:[0-9]{1,3}|0[xX][0-9a-fA-F]{1,8})$`)
	mgaHrRE     = compile(`(?i)\bhr\s*=\s*(0x[0-9a-f]{8})`)
	mgaFileRE   = compile(`(?i)^(?:Tampered File|File Mismatch)\s*:\s*(\S[^|\[]{0,200})`)
)

// mgadiag is the report being read.
type mgadiag struct {
	p                *page
	section          string
	begun            bool
	titles           int  // sections with a known title
	known            bool // the first section has been seen: others without a known title are not it
	from             int  // logical line that the report begins with
	last             int  // last logical line that is surely its own
	licensingFrom    int  // logical lines of slmgr's output, 0 = none
	licensingTo      int
	b                *block // what the validation says of the licence
	machine          *block
	verdict          string // of the validation
	verdictLine      int
	verdictText      string
	codeLine         int // of the validation code
	code             string
	codes            map[code.Code]bool
	tampered         bool
	markerLine       int
	marker, markerOf string
	office           []*block
}

func (g *mgadiag) line(i int) {
	l := &g.p.lines[i]
	if l.taken || l.fence || len(l.text) > maxLeaf || !g.begun && !mgaMayBegin(l.text) {
		return
	}
	if mgaReportRE.MatchString(l.text) && len(l.text) < 120 {
		g.flush(i)
		g.begin(i)
		g.titles = 2
		g.section = mgaValidation // the next title is the first section's, in whatever language
		return
	}
	if title, before, ok := mgaTitle(l.text); ok {
		if before != "" && g.begun {
			g.field(before, l.num)
		}
		g.open(i, title)
		return
	}
	if !g.begun || l.blank() {
		return
	}
	if k, _, ok := slmgrLabels.field(l); ok && k.field == fVersion && g.licensingFrom == 0 {
		g.section, g.licensingFrom = mgaLicensing, i // a section under a translated title
	}
	if g.section == mgaLicensing {
		g.licensingTo, g.last = i, i
		return
	}
	if l.prompt || g.section == mgaOEM && failureIn(l.text) { // the next command, or prose after the last section
		g.flush(i)
		return
	}
	if g.field(l.text, l.num) || g.filler(l.text) {
		g.last = i
	} else if i > g.last+6 { // prose after the report
		g.flush(i)
	}
}

// failureIn tells that a text names a failure of the licensing services.
func failureIn(text string) bool {
	_, c, ok := firstCode(text)
	return ok && licensing(c) && c.Failure()
}

// mgaMayBegin tells by its last character that a line can be a title; most of a long text ends otherwise.
func mgaMayBegin(text string) bool {
	return text != "" && strings.ContainsRune(">;:)", rune(text[len(text)-1]))
}

// mgaTitle splits a section's title from what web pages have glued before it.
func mgaTitle(text string) (title, before string, ok bool) {
	if m := mgaGluedRE.FindStringSubmatchIndex(text); m != nil {
		return text[m[2]:m[3]], strings.TrimSpace(text[:m[0]]), true
	}
	if m := mgaTitleRE.FindStringSubmatch(text); m != nil && !strings.ContainsAny(m[1], "<>=/{}") {
		return m[1], "", true
	}
	return "", "", false
}

func (g *mgadiag) begin(i int) {
	*g = mgadiag{p: g.p, begun: true, from: i, last: i, b: newBlock(), machine: newBlock(), codes: map[code.Code]bool{}}
}

// open begins a section. A second first section is another report.
func (g *mgadiag) open(i int, title string) {
	f := fold(title)
	kind, known := mgaSections[strings.TrimSuffix(f, "data")]
	switch {
	case !known && !g.begun:
		return
	case kind == mgaValidation && known && (!g.begun || g.known):
		g.flush(i)
		g.begin(i)
	case !g.begun:
		g.begin(i)
	}
	if known {
		g.titles++
	}
	if known && kind == mgaValidation {
		g.titles++ // nothing else has that title
	}
	if kind == mgaValidation || !g.known && g.section == mgaValidation {
		g.known, g.section = true, mgaValidation
	} else {
		g.section = kind
	}
	if g.section == mgaLicensing {
		g.licensingFrom, g.licensingTo = i+1, i+1
	}
	g.last = i
}

// field takes a line of the section and reports whether it has the section's form.
func (g *mgadiag) field(text string, num int) bool {
	label, value, ok := cut(text)
	switch g.section {
	case mgaValidation:
		if ok && len(label) < 60 {
			g.validation(fold(label), value, num)
		}
	case mgaWAT:
		if m := mgaFileRE.FindStringSubmatch(text); m != nil {
			g.file(m[1], num)
		} else if f := fold(label); f == "hroffline" || f == "hronline" {
			g.addCode(value, num)
		}
	case mgaFiles:
		m, hr := mgaFileRE.FindStringSubmatch(text), mgaHrRE.FindStringSubmatch(text)
		if m != nil && hr != nil && strings.HasPrefix(strings.ToLower(hr[1]), "0x800b0") { // no or a wrong signature
			g.file(m[1], num)
		}
	case mgaOffice:
		g.officeProduct(text, num)
	case mgaOEM:
		g.oem(label, value, num)
	}
	return ok && len(label) < 60
}

// filler tells the lines without a label: rules, encoded data, the table of the firmware.
func (g *mgadiag) filler(text string) bool {
	return ruled(text) || strings.HasPrefix(text, "<") || strings.HasPrefix(text, "N/A") ||
		len(text) > 60 && !strings.Contains(text, " ") || g.section == mgaOEM && len(strings.Fields(text)) <= 4
}

// validation reads the first section. The labels are those of the English tool; values with a shape of their
// own count whatever the label.
func (g *mgadiag) validation(label, value string, num int) {
	switch {
	case label == "validationstatus":
		g.verdict, g.verdictLine, g.verdictText = mgaVerdict(value), num, value
	case mgaKeyRE.MatchString(value):
		if five := lastFive(mgaKeyRE.FindStringSubmatch(value)[1]); five != "" {
			g.b.addSpan(PartialProductKey, five, five, num, shy(g.p.excerpt(num, five)))
		}
	case mgaPIDRE.MatchString(value):
		g.b.add(ProductID, mgaPIDRE.FindString(value), mgaPIDRE.FindString(value), num)
	case mgaOSRE.MatchString(value):
		g.machine.add(OSVersion, value, mgaOSRE.FindStringSubmatch(value)[1], num)
	case label == "windowslicensetype":
		if n := mgaChannel(value); n != "" {
			g.b.add(Channel, value, n, num)
		}
	case label == "productname":
		g.b.add(LicenseName, value, value, num)
	case label == "isadmin":
		if f := fold(value); f == "yes" || f == "no" {
			g.machine.add(Elevated, value, trueOrFalse(f == "yes"), num)
		}
	case label == "csvlkserver" && strings.Contains(value, "."):
		g.b.addHost(value, "", num)
	case label == "testcab", label == "architecture", label == "windowsproductidtype":
	case mgaPlainRE.MatchString(value) && g.code == "":
		g.code, g.codeLine = value, num
		g.addCode(value, num)
	default:
		g.addCode(value, num)
	}
}

// addCode records a failure of the licensing services. 0xC004F012 only says that a value is not kept.
func (g *mgadiag) addCode(value string, num int) {
	v, c, ok := firstCode(value)
	if !ok || !licensing(c) || !c.Failure() || c == 0xC004F012 || g.codes[c] {
		return
	}
	g.codes[c] = true
	g.tampered = g.tampered || c>>8 == 0xC004D4
	g.machine.addCode(v, c, num)
}

func (g *mgadiag) file(name string, num int) {
	g.tampered = true
	g.machine.add(Statement, strings.TrimSpace(name), TamperedFile, num)
}

var mgaOfficeRE = compile(`^(Microsoft Office [^-]{1,80}?) - ([0-9]{3}) (.{1,60})$`)

// officeProduct takes "Microsoft Office Enterprise 2007 - 100 Genuine".
func (g *mgadiag) officeProduct(text string, num int) {
	m := mgaOfficeRE.FindStringSubmatch(text)
	if m == nil {
		return
	}
	if verdict := mgaVerdict(m[3]); verdict != "" {
		b := newBlock()
		b.add(LicenseName, m[1], m[1], num)
		b.add(Statement, m[2]+" "+m[3], verdict, num)
		g.office = append(g.office, b)
	}
}

// oem takes the block that tells whether the firmware has a Windows marker.
func (g *mgadiag) oem(label, value string, num int) {
	switch f, v := fold(label), fold(value); {
	case strings.HasPrefix(f, "biosvalidforoa20"), strings.HasPrefix(f, "biosvalidforoa2"):
		switch {
		case strings.Contains(v, "noslic"):
			g.marker, g.markerOf, g.markerLine = "no-slic", value, num
		case strings.Contains(v, "nowindowsmarker"), strings.HasPrefix(v, "no"):
			g.marker, g.markerOf, g.markerLine = None, value, num
		}
	case f == "windowsmarkerversion" && g.marker == "" && strings.HasPrefix(value, "0x"):
		g.marker, g.markerOf, g.markerLine = Present, value, num
	}
}

// flush commits the report that ends before logical line end. One title proves nothing: "Data-->" stands in
// programs too.
func (g *mgadiag) flush(end int) {
	if !g.begun || !g.certain() {
		*g = mgadiag{p: g.p}
		return
	}
	p, b := g.p, g.b
	for i := g.from; i <= g.last && i < end; i++ {
		if i < g.licensingFrom || i > g.licensingTo || g.licensingFrom == 0 {
			p.lines[i].taken = true
		}
	}
	g.judge()
	if g.marker != "" {
		g.machine.add(BIOSMarker, g.markerOf, g.marker, g.markerLine)
	}
	p.saw("en")
	p.commit(g.machine, machineSubject(), MGADiag)
	first := p.serial[LicenseSubject] + 1
	if g.licensingFrom > 0 {
		g.quoted(end)
	}
	if p.serial[LicenseSubject] >= first { // slmgr tells these better
		b.drop(func(f Fact) bool { return f.Kind == LicenseName || f.Kind == Channel || f.Kind == PartialProductKey })
	} else if len(b.facts) > 0 {
		p.next(LicenseSubject)
	}
	p.commit(b, numbered(LicenseSubject, first), MGADiag)
	for _, o := range g.office {
		p.commit(o, p.next(LicenseSubject), MGADiag)
	}
	p.found[MGADiag] = true
	*g = mgadiag{p: g.p}
}

// quoted hands the lines of the licensing section to slmgr's parser.
func (g *mgadiag) quoted(end int) {
	dlv, dli := g.p.found[SlmgrDLV], g.p.found[SlmgrDLI]
	s := slmgr{p: g.p}
	for i := g.licensingFrom; i <= g.licensingTo && i < end; i++ {
		l := &g.p.lines[i]
		if l.taken || l.blank() {
			continue
		}
		if s.read(l) {
			s.used = append(s.used, i)
		}
	}
	s.flush()
	for i := g.licensingFrom; i <= g.licensingTo && i < end; i++ {
		g.p.lines[i].taken = true
	}
	if !dlv { // what a report quotes is no format of the document
		delete(g.p.found, SlmgrDLV)
	}
	if !dli {
		delete(g.p.found, SlmgrDLI)
	}
}
