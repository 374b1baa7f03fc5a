package formats

// LicenseAbsent begins a statement that a licence is not installed; the activation id follows.
const LicenseAbsent = "license-absent "

var (
	askedLicenseRE = compile(`(?i)\bslmgr(?:\.vbs)?["']?\s+(?:[^\s/-]\S*\s+){0,3}[/-]dl[iv]\s+["{]?(` + guidPattern + `)`)
	errorLineRE    = compile(`^(?i:error|feil|fel|ошибка|错误)\s?[:：]`)
)

// absentLicenses reads that slmgr.vbs, asked for one activation id, knows no such licence: the answer is an error
// line that holds the id and no code.
func (p *page) absentLicenses() {
	b := newBlock()
	for i := range p.lines {
		m := askedLicenseRE.FindStringSubmatch(p.lines[i].text)
		if m == nil || len(p.lines[i].text) > 400 {
			continue
		}
		id := normalGUID(m[1])
		for j := i + 1; j < min(len(p.lines), i+4); j++ {
			l := &p.lines[j]
			if l.blank() || l.fence {
				continue
			}
			if errorLineRE.MatchString(l.text) && normalGUID(findGUID(l.text)) == id && !l.taken {
				b.add(Statement, l.text, LicenseAbsent+id, l.num)
				l.taken = true
				p.saw(errorLanguage(l.text))
			}
			break
		}
	}
	p.commit(b, machineSubject(), SlmgrDLV)
}
