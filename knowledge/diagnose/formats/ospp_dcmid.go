package formats

import "strings"

// parseOsppDcmid reads ospp.vbs /dcmid: one line, outside any licence block, with the client machine id.
func parseOsppDcmid(p *page) {
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken {
			continue
		}
		k, value, ok := slmgrLabels.field(l)
		if !ok || k.field != fCMID || k.lang != "en" || strings.HasPrefix(l.text, "ClientMachineID") || p.insideLicence(i) {
			continue
		}
		b := newBlock()
		b.addGUID(value, l.num, CMID)
		if strings.HasPrefix(fold(value), "notfound") {
			b.add(CMID, value, None, l.num)
		}
		if len(b.facts) > 0 {
			l.taken = true
			p.saw("en")
			p.commit(b, machineSubject(), OsppDcmid)
		}
	}
}

// insideLicence tells that the lines around i are slmgr's client part, which holds the same label.
func (p *page) insideLicence(i int) bool {
	for j := max(0, i-6); j < min(len(p.lines), i+7); j++ {
		if j == i || ruled(p.lines[j].text) {
			continue
		}
		if k, ok := slmgrPhrases.whole(p.lines[j].text); ok && k.field != "" {
			return true
		}
		if k, _, ok := slmgrLabels.field(&p.lines[j]); ok && !weakFields[k.field] {
			return true
		}
	}
	return false
}
