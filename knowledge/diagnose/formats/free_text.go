package formats

import (
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseFreeText takes the codes that stand outside every recognised output: in a ticket's prose, in an
// article, in a message box. Codes of the licensing services count anywhere. General ones (0x80070005,
// 0x80004005) stand in logs of every subject: they count only where the text speaks of activation nearby,
// or where the whole document is so short that it is a question about that code.
func parseFreeText(p *page) {
	ctx := p.activation()
	b := newBlock()
	seen := map[spot]bool{}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() || len(b.facts) >= maxFacts {
			continue
		}
		for _, m := range code.Scan(l.text) {
			if !p.counts(ctx, i, m) {
				continue
			}
			here := spot{m.Code, l.at(m.Start)}
			if seen[here] {
				continue
			}
			seen[here] = true
			v := l.text[m.Start:m.End]
			if skuRow.MatchString(l.text) || p.harmless[m.Code.String()] {
				b.add(InfoCode, v, m.Code.String(), l.at(m.Start))
				continue
			}
			b.addCode(v, m.Code, l.at(m.Start))
		}
	}
	p.cutCodes(ctx, b)
	p.oldVersions(b)
	p.emptyQueries(b)
	if len(b.facts) > 0 {
		p.commit(b, machineSubject(), FreeText)
	}
}

// CodeCutOff is the statement that only the beginning of a code is in the text.
const CodeCutOff = "code-cut-off"

// cutCodes notes a code that is named as such and has too few digits, unless one that begins so stands elsewhere.
// A text with many codes is about codes, and may name their beginnings.
func (p *page) cutCodes(ctx *context, b *block) {
	const many = 4
	for i := 0; i < len(p.lines) && len(b.facts) < many; i++ {
		l := &p.lines[i]
		if l.taken || len(l.text) > 600 || !ctx.near(i) || l.stamped || stampedRE.MatchString(l.text) {
			continue
		}
		for _, m := range cutCodeRE.FindAllStringSubmatch(l.text, 4) {
			begins := strings.TrimRightFunc(strings.ToLower(m[1]), func(r rune) bool { return r > 0x7F || !isHex(byte(r)) })
			whole := func(f Fact) bool { return strings.HasPrefix(strings.ToLower(f.Normalized), begins) }
			if !slices.ContainsFunc(b.facts, whole) && !slices.ContainsFunc(p.doc.Facts, whole) {
				b.add(Statement, l.text, CodeCutOff, l.num)
				return
			}
		}
	}
}

// cutCodeRE is a name for codes and the first digits of one that the licensing services use: five to seven, or
// four with points after them.
var cutCodeRE = compile(`(?i)(?:\berror(?: code)?|\bcode|\bfeil(?:kode)?|\bfel(?:kod)?|ошибк[аи]|\bкод(?: ошибки)?|错误(?:代码)?|代码)\s?[:=：]?\s?["'«“(]?(0x(?:C004|8004|8007|4004|803F)(?:[0-9A-F]{1,3}(?:[^0-9A-Za-z*?_-]|$)|[0-9A-F]{0,3}(?:\.\.|…)))`)

// spot is a code on a source line: said twice there, it is one fact.
type spot struct {
	code code.Code
	line int
}

// stampedRE tells a line of a log: a time stamp, then a level or a component.
var stampedRE = compile(`^(?:\[?[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[ T]+[0-9:.,]{5,15}|[A-Z][a-z]{2} +[0-9]{1,2} [0-9:]{8}|\[[0-9./: -]{8,24}\]|\[[A-Z][a-z]{2} [A-Z][a-z]{2} )`)

// counts decides whether a code found in line i is about activation.
func (p *page) counts(ctx *context, i int, m code.Match) bool {
	switch {
	case m.Kind == code.Flag || m.Code == 0 || m.Code == 0xFFFFFFFF || inAddress(p.lines[i].text, m.Start) || p.traffic():
		return false
	case m.Kind == code.Win32:
		return ctx.near(i)
	case licensing(m.Code):
		return m.Kind == code.Hex || ctx.near(i) || p.tiny()
	case !m.Code.Failure() || m.Code>>16 == 0xC000 && !ctx.beside(i): // any program ends with these
		return false
	case !generic(m.Code) || p.elsewhere():
		return false
	case p.lines[i].stamped || stampedRE.MatchString(p.lines[i].text):
		return ctx.strong[i]
	}
	return ctx.near(i) || p.tiny()
}

// inAddress tells that what stands at a place of s is part of a web address: somebody looked a code up there, or
// points to what is written of it.
func inAddress(s string, at int) bool {
	const delimiters = " \t\"'`<>()[]|"
	from := strings.LastIndexAny(s[:at], delimiters) + 1
	word := s[from:at]
	return strings.Contains(word, "://") || strings.HasPrefix(word, "/") && (strings.Contains(word, "?") || strings.Count(word, "/") > 1) || strings.HasPrefix(word, "www.")
}

// traffic tells a log of requests or of mail in the extended format of the W3C: what stands in its columns, such
// as a subject, was written by others.
func (p *page) traffic() bool {
	return strings.Contains(p.text[:min(len(p.text), 1<<10)], "#Fields:")
}

// generic tells the failure codes of other facilities that activation can end in: Win32, DNS, RPC,
// network and store errors, certificates, WMI.
func generic(c code.Code) bool {
	switch c >> 16 {
	case 0x8000, 0x8001, 0x8007, 0x8008, 0x8009, 0x800B, 0x800F, 0x8013, 0x8018, 0x801C, 0x8024,
		0x803F, 0x87E1, 0x8A01, 0xC000, 0xC002, 0xCAA5, 0xCAA7, 0xD000:
		return true
	case 0x8004: // every interface has its own codes there; these are those of COM and WMI
		return c&0xFFFF < 0x0200 || c&0xF000 == 0x1000
	}
	return false
}

// elsewhere tells a log or report that is plainly of another program, whose general codes are its own, and
// that names no tool of activation.
func (p *page) elsewhere() bool {
	if p.other == nil {
		low := strings.ToLower(p.text[:min(len(p.text), sampleBytes)])
		other := containsAny(low, otherPrograms) || containsAny(low, otherProducts) && !containsAny(low, ownProducts)
		other = other && !containsAny(low, toolWords) && !strings.Contains(low, "security-spp") && !strings.Contains(low, "softwarelicensing")
		p.other = &other
	}
	return *p.other
}

// otherPrograms are what only the logs of other programs hold.
var otherPrograms = []string{"group policy result", "rsop data", "applied group policy objects", "java.lang.", "exception in thread", "traceback (most recent call last)",
	"delivery has failed to these recipients", "generating server:", "verbose logging started", "windows installer installed", "bitlocker-api",
	"flexnet", "flexlm", "lmgrd", "arn:aws:",
	"fullyqualifiederrorid", "intunemanagementextension", "<tsmanager>", "sysprp ", "dism.exe", "#software: microsoft internet information services",
	"microsoft.sqlserver.", "iacceptsqlserver", "microsoft exchange server 20", "remote desktop licens", "rd licensing"}

// otherProducts are activated or licensed in ways of their own. A text that names one of them, and nothing of
// ours, is about that one.
var (
	otherProducts = []string{"sql server", "exchange server", "sharepoint server", "visual studio", "terminal server licens", "autodesk", "autocad", "adobe", "acrobat",
		"citrix", "veeam", "vmware", "vcenter", "vsphere", "flexnet", "flexlm", "lmgrd", "codemeter", "sentinel", "solidworks", "matlab", "oracle",
		"symantec", "kaspersky", "acronis", "backup exec", "jetbrains", "fortinet", "fortigate"}
	ownProducts = []string{"windows", "office", "visio", "ms project", "kms", "vlmcs", "volume activation", "gvlk", "mak "}
)

// tiny tells a document that is nothing but a short question about a code.
func (p *page) tiny() bool {
	n, size := 0, 0
	for i := range p.lines {
		if !p.lines[i].blank() && !p.lines[i].fence {
			n++
			size += len(p.lines[i].text)
		}
		if n > 4 || size > 300 {
			return false
		}
	}
	return !containsAny(strings.ToLower(p.text), otherSubjects)
}

// otherSubjects are words by which even a short text shows that its code is of another matter.
var otherSubjects = []string{"iis ", "web.config", "http error", "windows update", "wuauserv", "cbs ", "dism ", ".net ", "exchange", "sql server", "bitlocker", "outlook"}
