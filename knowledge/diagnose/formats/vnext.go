package formats

import (
	"strings"
)

// parseVNext reads what vnextdiag.ps1 of Office lists: the licences of Microsoft 365 Apps and of other products that
// users activate by signing in, one object of JSON each with a property a line, and that there are none. Whose
// licence it is, the user's address and the tenant, is of no use here and not read.
func parseVNext(p *page) {
	if !strings.Contains(p.text, "LicenseState") && !strings.Contains(p.text, "vNext licenses") {
		return
	}
	v := vnext{p: p}
	for i := range p.raw {
		s := strings.TrimSpace(unquote(p.raw[i]))
		if len(s) > 400 {
			continue
		}
		if m := vnextFieldRE.FindStringSubmatch(s); m != nil {
			v.read(m[1], m[2], i+1)
		} else if s != "" {
			v.flush(i + 1)
			v.section(s, i+1)
		}
	}
	v.flush(len(p.raw))
}

// OfficeSignIn is the statement that a licence of Office belongs to a user or device that signs in, and NoOfficeSignIn
// that there is none.
const (
	OfficeSignIn   = "office-sign-in"
	NoOfficeSignIn = "no-office-sign-in"
)

var (
	vnextFieldRE = compile(`^"?([A-Z][A-Za-z]{3,24})"? *: *"?([^"]{0,300})"?,?$`)
	vnextTypeRE  = compile(`^(?:User|Device)\|([A-Za-z]{3,30})$`)
)

var vnextStates = map[string]string{"Licensed": "LICENSED", "Grace": "EXTENDED_GRACE", "RFM": "NOTIFICATION"}

// vnext is the licence being read.
type vnext struct {
	p     *page
	b     *block
	first int  // its first line
	list  bool // the heading of the users' licences stands above
}

func (v *vnext) read(name, value string, num int) {
	if v.b == nil {
		v.b, v.first = newBlock(), num
	}
	b := v.b
	switch name {
	case "Type":
		if m := vnextTypeRE.FindStringSubmatch(value); m != nil {
			b.add(Statement, value, OfficeSignIn, num)
			if m[1] == "Subscription" {
				b.add(Channel, value, "TIMEBASED_SUB", num)
			}
		}
	case "Product":
		b.addValue(LicenseName, value, num)
		if !b.has[Channel] && strings.HasSuffix(value, "Retail") {
			b.add(Channel, value, "RETAIL", num)
		}
	case "Acid":
		b.addGUID(value, num, SkuID)
	case "LicenseState":
		b.add(LicenseStatus, value, vnextStates[value], num)
	}
}

// section notes the headings, and that nothing stands under that of the users' licences.
func (v *vnext) section(s string, num int) {
	switch {
	case strings.HasPrefix(s, "="):
		v.list = strings.Contains(s, " vNext licenses")
	case v.list && s == "No licenses found.":
		b := newBlock()
		b.add(Statement, s, NoOfficeSignIn, num)
		v.p.commit(b, machineSubject(), FreeText)
		v.p.claim(num, num)
		v.list = false
	}
}

// flush commits what was read if it is a licence of this kind: others have a state and a product too.
func (v *vnext) flush(to int) {
	if b := v.b; b != nil && b.has[Statement] && b.get(LicenseStatus) != "" && (b.has[LicenseName] || b.has[SkuID]) {
		v.p.claim(v.first, to)
		v.p.saw("en")
		v.p.commit(b, v.p.next(LicenseSubject), FreeText)
	}
	v.b = nil
}
