package formats

import (
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
	p.oldVersions(b)
	p.emptyQueries(b)
	if len(b.facts) > 0 {
		p.commit(b, machineSubject(), FreeText)
	}
}

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
	case m.Kind == code.Flag || m.Code == 0 || m.Code == 0xFFFFFFFF:
		return false
	case m.Kind == code.Win32:
		return ctx.near(i)
	case licensing(m.Code):
		return m.Kind == code.Hex || ctx.near(i) || p.tiny()
	case !m.Code.Failure() || m.Code>>16 == 0xC000 && !ctx.near(i):
		return false
	case !generic(m.Code) || p.elsewhere():
		return false
	case p.lines[i].stamped || stampedRE.MatchString(p.lines[i].text):
		return ctx.strong[i]
	}
	return ctx.near(i) || p.tiny()
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
		other := containsAny(low, otherPrograms) && !containsAny(low, toolWords) && !strings.Contains(low, "security-spp") && !strings.Contains(low, "softwarelicensing")
		p.other = &other
	}
	return *p.other
}

// otherPrograms are what only the logs of other programs hold.
var otherPrograms = []string{"group policy result", "rsop data", "applied group policy objects", "java.lang.", "exception in thread", "traceback (most recent call last)",
	"delivery has failed to these recipients", "generating server:", "verbose logging started", "windows installer installed", "bitlocker-api",
	"fullyqualifiederrorid", "intunemanagementextension", "<tsmanager>", "sysprp ", "dism.exe", "#software: microsoft internet information services"}

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
