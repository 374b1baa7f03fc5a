package formats

import (
	"strconv"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseWMI reads property lists of SoftwareLicensingProduct and SoftwareLicensingService, as Get-CimInstance,
// Get-WmiObject and wmic print them. Codes are decimal there, 4294967295 means "not applicable", and an empty
// value is a property that is not set.
func parseWMI(p *page) {
	w := wmi{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() {
			continue
		}
		if name, value, ok := property(l.text); ok && w.read(name, value, l.num) {
			w.used = append(w.used, i)
		}
	}
	w.flush()
}

// property splits "Name : value" and wmic's "Name=value"; a property's name is one word.
func property(t string) (name, value string, ok bool) {
	i := strings.IndexAny(t, ":=")
	if i < 2 || i > 70 {
		return "", "", false
	}
	name = strings.TrimSpace(t[:i])
	return name, strings.TrimSpace(t[i+1:]), !strings.ContainsAny(name, " .()")
}

// wmiOwn are properties that nothing but the licensing classes has: two of them make a list theirs.
var wmiOwn = map[string]bool{"licensestatus": true, "licensestatusreason": true, "graceperiodremaining": true, "partialproductkey": true,
	"keymanagementservicemachine": true, "keymanagementserviceport": true, "discoveredkeymanagementservicemachinename": true,
	"discoveredkeymanagementservicemachineport": true, "keymanagementservicecurrentcount": true, "clientmachineid": true,
	"iskeymanagementservicemachine": true, "productkeychannel": true, "licensefamily": true, "vlactivationtypeenabled": true,
	"keymanagementservicelookupdomain": true, "genuinestatus": true, "offlineinstallationid": true, "keymanagementservicehostcaching": true,
	"vlactivationinterval": true, "vlrenewalinterval": true, "remainingwindowsrearmcount": true, "productkeyid": true}

// wmi is the instance being read.
type wmi struct {
	p    *page
	b    *block
	host *block
	own  int
	seen map[string]bool
	used []int
}

func (w *wmi) read(name, value string, num int) bool {
	key := strings.ToLower(name)
	if w.seen[key] && (wmiOwn[key] || key == "name" || key == "description") {
		w.flush()
	}
	if w.b == nil {
		if !wmiOwn[key] && !wmiContext[key] {
			return false
		}
		w.b, w.host, w.seen = newBlock(), newBlock(), map[string]bool{}
	}
	if !wmiOwn[key] && !wmiContext[key] {
		return strings.HasPrefix(key, "keymanagementservice") || strings.HasPrefix(key, "discoveredkey") || strings.HasPrefix(key, "adactivation") || strings.HasPrefix(key, "automaticvm")
	}
	w.seen[key] = true
	if wmiOwn[key] {
		w.own++
	}
	if value != "" && value != "4294967295" {
		w.set(key, value, num)
	}
	return true
}

var wmiContext = map[string]bool{"name": true, "description": true, "id": true, "applicationid": true}

func (w *wmi) set(key, v string, num int) {
	b := w.b
	switch key {
	case "name":
		if licenceName(v) {
			b.add(LicenseName, v, v, num)
			if e := editionOf(v); e != "" {
				b.add(Edition, e, e, num)
			}
		}
	case "description":
		if c, n := channelOfDescription(v); c != "" {
			b.add(Channel, c, n, num)
		}
	case "id":
		b.addGUID(v, num, ActivationID, SkuID)
	case "applicationid":
		b.addGUID(v, num, ApplicationID)
	case "partialproductkey":
		if partialRE.MatchString(v) {
			b.add(PartialProductKey, v, v, num)
		}
	case "licensestatus":
		if st := statusOfNumber[v]; st != "" {
			b.add(LicenseStatus, v, st, num)
		}
	case "licensestatusreason":
		if n, err := strconv.ParseUint(v, 10, 32); err == nil && n != 0 {
			b.addCode(v, code.Code(n), num)
		}
	case "graceperiodremaining":
		b.addInt(GraceMinutes, v, num)
	case "clientmachineid":
		b.addGUID(v, num, CMID)
	case "remainingwindowsrearmcount":
		b.addInt(RearmCount, v, num)
	case "vlactivationinterval":
		b.addInt(ActivationMinutes, v, num)
	case "vlrenewalinterval":
		b.addInt(RenewalMinutes, v, num)
	default:
		w.setHost(key, v, num)
	}
}

func (w *wmi) setHost(key, v string, num int) {
	switch key {
	case "keymanagementservicemachine":
		w.b.addHost(v, FromRegistry, num)
	case "discoveredkeymanagementservicemachinename":
		w.b.addHost(v, FromDNS, num)
	case "keymanagementserviceport", "discoveredkeymanagementservicemachineport":
		if v != "0" {
			w.b.addInt(KMSPort, v, num)
		}
	case "keymanagementservicelookupdomain":
		w.b.addValue(KMSLookupDomain, v, num)
	case "iskeymanagementservicemachine":
		if v == "0" || v == "1" || strings.EqualFold(v, "true") || strings.EqualFold(v, "false") {
			w.host.add(IsKMSHost, v, trueOrFalse(v == "1" || strings.EqualFold(v, "true")), num)
		}
	case "keymanagementservicecurrentcount":
		w.host.addInt(CurrentCount, v, num)
	}
}

func (w *wmi) flush() {
	if w.b != nil && w.own >= 2 {
		for _, i := range w.used {
			w.p.lines[i].taken = true
		}
		w.p.saw("en")
		s := w.p.next(LicenseSubject)
		w.p.commit(w.b, s, WMI)
		w.p.commit(w.host, numbered(HostSubject, w.p.serial[LicenseSubject]), WMI)
		w.used = nil
	}
	*w = wmi{p: w.p}
}
