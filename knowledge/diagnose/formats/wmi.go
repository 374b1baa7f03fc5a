package formats

import (
	"slices"
	"strconv"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseWMI reads property lists of SoftwareLicensingProduct and SoftwareLicensingService, as Get-CimInstance,
// Get-WmiObject and wmic print them. Codes are decimal there, 4294967295 means "not applicable", and an empty
// value is a property that is not set. Scripts that pick the properties put words for the numbers: "5 -
// Notification", "0xC004F009", "176 days".
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

// ownNames stand in what people call our products.
var ownNames = []string{"Windows", "Office", "Visio", "Project"}

// wmiMachine are the properties by which PowerShell and WMI tell whose an instance is.
var wmiMachine = map[string]bool{"pscomputername": true, "__server": true, "systemname": true}

// wmi is the instance being read.
type wmi struct {
	p       *page
	b       *block
	host    *block
	service *block  // settings of a KMS host: SoftwareLicensingService has them on clients too
	hostOf  Subject // the licence of a KMS host that was read last
	own     int
	seen    map[string]bool
	used    []int

	foreign bool // a product of somebody else: inventories borrow the names of the properties
	machine string
	shown   string // excerpt of what is being read, where its line is not fit to be shown
}

func (w *wmi) read(name, value string, num int) bool {
	key := strings.ToLower(name)
	if w.seen[key] && (wmiOwn[key] || wmiMachine[key] || key == "name" || key == "description") {
		w.flush()
	}
	if w.b == nil {
		if !wmiOwn[key] && !wmiContext[key] && !wmiMachine[key] && wmiHost[key] == "" {
			return false
		}
		w.b, w.host, w.service, w.seen = newBlock(), newBlock(), newBlock(), map[string]bool{}
	}
	if !wmiOwn[key] && !wmiContext[key] && !wmiMachine[key] && wmiHost[key] == "" {
		return strings.HasPrefix(key, "keymanagementservice") || strings.HasPrefix(key, "discoveredkey") || strings.HasPrefix(key, "adactivation") || strings.HasPrefix(key, "automaticvm")
	}
	w.seen[key] = true
	if wmiOwn[key] {
		w.own++
	}
	if value != "" && value != "4294967295" {
		n, hosts, settings := len(w.b.facts), len(w.host.facts), len(w.service.facts)
		w.set(key, value, num)
		for _, facts := range [][]Fact{w.b.facts[n:], w.host.facts[hosts:], w.service.facts[settings:]} {
			for i := range facts {
				facts[i].Excerpt = w.shown
			}
		}
	}
	return true
}

var wmiContext = map[string]bool{"name": true, "description": true, "id": true, "applicationid": true}

// wmiHost are the counters of a KMS host: the licence state that the requests told, or the kind of fact.
var wmiHost = map[string]string{"keymanagementservicetotalrequests": string(TotalRequests), "keymanagementservicefailedrequests": string(FailedRequests),
	"keymanagementserviceunlicensedrequests": "UNLICENSED", "keymanagementservicelicensedrequests": "LICENSED",
	"keymanagementserviceoobgracerequests": "OOB_GRACE", "keymanagementserviceootgracerequests": "OOT_GRACE",
	"keymanagementservicenongenuinegracerequests": "NON_GENUINE_GRACE", "keymanagementservicenotificationrequests": "NOTIFICATION",
	"keymanagementservicednspublishing": string(DNSPublishing), "keymanagementservicelisteningport": string(KMSPort)}

func (w *wmi) set(key, v string, num int) {
	b := w.b
	switch key {
	case "name":
		if licenceName(v) {
			b.add(LicenseName, v, v, num)
			if e := editionOf(v); e != "" {
				b.add(Edition, e, e, num)
			}
		} else if strings.Contains(v, " ") && !containsAny(v, ownNames) {
			w.foreign = true
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
		if isPartialKey(v) {
			b.add(PartialProductKey, v, v, num)
		}
	case "licensestatus":
		if st := w.p.toolStatus(v); st != "" {
			b.add(LicenseStatus, v, st, num)
		}
	case "licensestatusreason":
		if n, err := strconv.ParseUint(v, 10, 32); err != nil {
			b.addFirstCode(v, num)
		} else if n != 0 {
			b.addCode(v, code.Code(n), num)
		}
	case "graceperiodremaining":
		if n := minutesOf(v); n != "" {
			b.add(GraceMinutes, v, n, num)
		}
	case "pscomputername", "__server", "systemname":
		if host, _, ok := splitHostPort(v); ok {
			w.machine = normalHost(host)
		}
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
	case "keymanagementservicednspublishing":
		if strings.EqualFold(v, "true") || strings.EqualFold(v, "false") {
			w.service.add(DNSPublishing, v, trueOrFalse(strings.EqualFold(v, "true")), num)
		}
	case "keymanagementservicelisteningport":
		if v != "0" { // the default port
			w.service.addInt(KMSPort, v, num)
		}
	case "keymanagementservicetotalrequests", "keymanagementservicefailedrequests":
		w.host.addInt(Kind(wmiHost[key]), v, num)
	default:
		if state := wmiHost[key]; state != "" && isInteger(v) {
			w.host.add(RequestsByStatus, v, state+"="+v, num)
		}
	}
}

var wmiMinutesRE = compile(`^([0-9]{1,9})(?: minute\S{0,3})?\b(?:$| *\()|\(([0-9]{1,9}) minute`)

// minutesOf is a time as WMI counts it, or as a script words it, in minutes; "" where the unit is not known.
func minutesOf(v string) string {
	if n := roiMinutes(v); n > 0 {
		return strconv.Itoa(n)
	}
	if m := wmiMinutesRE.FindStringSubmatch(v); m != nil {
		return m[1] + m[2]
	}
	return ""
}

// flush commits the instance that was read, and tells whether it was one.
func (w *wmi) flush() bool {
	whole := w.b != nil && w.own >= 2 && !w.foreign
	if whole {
		for _, b := range []*block{w.b, w.host, w.service} {
			b.machine = w.machine
			for i := range b.facts {
				b.facts[i].Machine = w.machine
			}
		}
		for _, i := range w.used {
			w.p.lines[i].taken = true
		}
		w.p.saw("en")
		s := w.p.next(LicenseSubject)
		w.p.commit(w.b, s, WMI)
		host := numbered(HostSubject, w.p.serial[LicenseSubject])
		w.p.commit(w.host, host, WMI)
		if i := slices.IndexFunc(w.host.facts, func(f Fact) bool { return f.Kind == IsKMSHost }); i >= 0 {
			w.hostOf = Subject{}
			if w.host.facts[i].Normalized == "true" {
				w.hostOf = host
			}
		}
		if w.hostOf.ID != "" {
			w.p.commit(w.service, w.hostOf, WMI)
		}
	}
	*w = wmi{p: w.p, hostOf: w.hostOf}
	return whole
}
