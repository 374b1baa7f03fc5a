package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// deriveAttempts makes one attempt per machine and KMS host from the newest 12288 and its 12289,
// and keeps those that slmgr /ato and ospp /act printed.
func deriveAttempts(rs records, base *knowledge.Base) {
	for _, a := range rs["attempt"] {
		if !a.has("place") {
			a.set("place", "SLMGR", nil)
			if applicationOf(a) == "OFFICE" {
				a.set("place", "OSPP", nil)
			}
		}
		a.set("result_shown", strconv.FormatBool(a.has("activation_result") || a.has("error_code") || a.has("info_code")), a.evidence("license_name"))
		a.set("coded", strconv.FormatBool(a.has("error_code") || a.has("info_code")), a.evidence("activation_result"))
	}
	newest := map[string]*record{}
	var order []string
	for _, e := range rs["event"] {
		if e.first("event_id") != "12288" {
			continue
		}
		key := e.machine + "\x00" + hostName(e.first("kms_host"))
		if newest[key] == nil {
			order = append(order, key)
		}
		if newest[key] == nil || !before(e, newest[key]) {
			newest[key] = e
		}
	}
	answers := map[string][]*record{}
	for _, e := range rs["event"] {
		if e.first("event_id") == "12289" {
			answers[placeKey(e)] = append(answers[placeKey(e)], e)
		}
	}
	asked := map[string][]*record{}
	for _, key := range order {
		asked[placeKey(newest[key])] = append(asked[placeKey(newest[key])], newest[key])
	}
	for _, key := range order {
		place := placeKey(newest[key])
		rs.add(attemptOf(newest[key], answers[place], asked[place]))
	}
	for _, a := range rs["attempt"] {
		nameByProduct(a, base)
		a.set("application", applicationOf(a), a.evidence("license_name"))
		a.set("threshold", threshold(a), a.evidence("minimum_count"))
	}
	won := successes(rs)
	for _, a := range rs["attempt"] {
		a.set("current", strconv.FormatBool(!won.overtook(a)), a.evidence("error_code"))
	}
}

// deriveAsked gives attempts that scripts printed, which name no KMS host, the one that the same product's status
// names in the same document, if that is but one; else the one that the registry sets for all products.
func deriveAsked(rs records) {
	of := func(r *record) string { return placeKey(r) + "\x00" + applicationOf(r) }
	status, set := map[string]*record{}, map[string]*record{}
	note := func(hosts map[string]*record, key string, r *record) {
		if one, seen := hosts[key]; !seen {
			hosts[key] = r
		} else if one != nil && !sameHost(one.first("kms_host"), r.first("kms_host")) {
			hosts[key] = nil
		}
	}
	for _, l := range rs["license"] {
		if host := l.first("kms_host"); isClient(l) && host != "" && host != none {
			note(status, of(l), l)
		}
	}
	for _, r := range rs["registry"] {
		if r.first("kms_host_source") == "REGISTRY" && !r.has("application_id") {
			for _, family := range familiesOf(r) {
				note(set, identity(r)+"\x00"+family, r)
			}
		}
	}
	for _, a := range rs["attempt"] {
		l := cmp.Or(status[of(a)], set[identity(a)+"\x00"+applicationOf(a)])
		if l == nil || a.has("kms_host") {
			continue
		}
		a.take("kms_host", l.all("kms_host")...)
		if l.has("kms_port") {
			a.take("kms_port", l.all("kms_port")...)
		}
	}
}

// familiesOf are the product families that a KMS host in the registry is set for: Office 2010, and Office 2013 on
// Windows 7, have a key of their own.
func familiesOf(r *record) []string {
	if strings.Contains(strings.ToLower(r.first("registry_value")), `\officesoftwareprotectionplatform\`) {
		return []string{"OFFICE"}
	}
	return []string{"WINDOWS", "OFFICE", "UNKNOWN"}
}

// placeKey is equal for records of one machine in one document.
func placeKey(r *record) string { return strconv.Itoa(r.doc) + "\x00" + r.machine }

// attemptOf joins a request with the answer to it.
func attemptOf(request *record, answers, requests []*record) *record {
	a := newRecord("attempt", request.machine, request.doc, request.line)
	a.zone = request.zone
	a.inherit(request)
	a.set("place", "EVENT_12288", nil)
	if answer := answerOf(request, answers, requests); answer != nil {
		a.inherit(answer)
	}
	return a
}

// before reports whether the event a is older than b: by their times where both tell them, else by
// place in the text, where the later line is taken for the later state.
func before(a, b *record) bool { return byTime(a, b) < 0 }

func byTime(a, b *record) int {
	if ta, tb := eventTime(a), eventTime(b); !ta.IsZero() && !tb.IsZero() && !ta.Equal(tb) {
		return ta.Compare(tb)
	}
	if a.doc == b.doc {
		if ta, tb := localTime(a), localTime(b); !ta.IsZero() && !tb.IsZero() && !ta.Equal(tb) {
			return ta.Compare(tb)
		}
	}
	return cmp.Or(cmp.Compare(a.doc, b.doc), cmp.Compare(a.line, b.line))
}

func eventTime(r *record) time.Time {
	for _, kind := range []string{"event_time", "client_time"} {
		if t, err := time.Parse(time.RFC3339, r.first(kind)); err == nil {
			return t
		}
	}
	return time.Time{}
}

// localLayouts are how Event Viewer and PowerShell print times. Without their zone they order the
// events of one document and nothing more.
var localLayouts = []string{"1/2/2006 3:04:05 PM", "2006-01-02 15:04:05", "2006/1/2 15:04:05", "02.01.2006 15:04:05", "1/2/2006 15:04:05", "02/01/2006 15:04:05"}

func localTime(r *record) time.Time {
	for _, layout := range localLayouts {
		if t, err := time.Parse(layout, r.first("event_time")); err == nil {
			return t
		}
	}
	return time.Time{}
}

// attemptWindow is how far apart the events of one activation attempt may lie.
const attemptWindow = 2 * time.Minute

// answerOf finds the 12289 that belongs to a 12288, among those of its machine and document: the one
// within the attempt's window.
func answerOf(request *record, answers, requests []*record) *record {
	at := eventTime(request)
	for _, e := range answers {
		if d := eventTime(e).Sub(at); d.Abs() <= attemptWindow && !overtaken(at, eventTime(e), requests) {
			return e
		}
	}
	return nil
}

// overtaken reports whether a later request of the same attempt came before the answer, which is its then: a
// client goes on to the next host where one fails.
func overtaken(at, answer time.Time, requests []*record) bool {
	return slices.ContainsFunc(requests[:min(len(requests), maxTried)], func(r *record) bool {
		t := eventTime(r)
		return t.After(at) && !t.After(answer)
	})
}

// won holds the last activation that worked, per document and machine, and per named machine over all
// documents; each by product family.
type won map[string]map[string]*record

// successes finds what worked last. That a licence says so counts too, but only for attempts: an event may be
// of a later renewal.
func successes(rs records) won {
	w := won{}
	for _, a := range rs["attempt"] {
		if a.first("activation_result") == "SUCCESS" {
			w.note("attempt "+placeKey(a), a)
			if a.machine != "" && !eventTime(a).IsZero() {
				w.note("timed "+a.machine, a)
			}
		}
	}
	for _, m := range rs["machine"] {
		for _, v := range m.all("statement") {
			if v.norm == formats.KeyInstalled {
				w.note("key "+placeKey(m), newRecord("key", m.machine, m.doc, v.evidence.Line))
			}
		}
	}
	for _, l := range rs["license"] {
		if l.first("license_status") == "LICENSED" && l.first("is_kms_host") != "true" && l.first("statement") != formats.OfficeSignIn {
			w.note("license "+placeKey(l), l)
			if l.machine != "" && l.has("grace_minutes") {
				w.note("renewed "+l.machine, l)
			}
		}
	}
	return w
}

func (w won) note(key string, r *record) {
	if w[key] == nil {
		w[key] = map[string]*record{}
	}
	family := applicationOf(r)
	if last := w[key][family]; last == nil || before(last, r) {
		w[key][family] = r
	}
}

// keyRefusals are the codes of a key that was not even installed: the license that was there before goes on, and
// only another key that was installed, or an activation, is a success.
var keyRefusals = setOf("0xC004F050", "0xC004F051", "0xC004F069", "0xC004E016", "0x80070490")

// overtook reports whether a later record of the same machine and product family says that activation
// succeeded after all. Events are ordered by their times, the rest by their place in one document.
func (w won) overtook(r *record) bool {
	if r.kind == "license" {
		return false
	}
	keys := []string{"attempt " + placeKey(r)}
	if !eventTime(r).IsZero() {
		keys = append(keys, "timed "+r.machine)
	}
	switch {
	case keyRefusals[r.first("error_code")] && !r.has("activation_result"):
		keys = append(keys, "key "+placeKey(r))
	case r.kind != "event" && r.kind != "service":
		keys = append(keys, "license "+placeKey(r))
	}
	family := applicationOf(r)
	if l := w["renewed "+r.machine][family]; l != nil && r.has("grace_minutes") && number(l, "grace_minutes") > number(r, "grace_minutes") {
		return true // time only runs out: more of it left is a later renewal
	}
	for _, key := range keys {
		for f, o := range w[key] {
			if r.has("grace_minutes") && number(o, "grace_minutes") > 0 && number(o, "grace_minutes") <= number(r, "grace_minutes") && o.kind == "license" {
				continue // still the time of an earlier activation: a renewal that failed has not been made up for
			}
			if o.kind == "license" && r.kind == "attempt" && !r.has("grace_minutes") && activatedBefore(o) {
				continue
			}
			if o != r && (f == family || f == "UNKNOWN" || family == "UNKNOWN") && before(r, o) {
				return true
			}
		}
	}
	return false
}

// renewedWithin is what a client has left that KMS activated or renewed within the last week, as a client does that
// is well: 180 days less 7.
const renewedWithin = (180 - 7) * 24 * 60

// activatedBefore tells a licence that lives on an activation of long ago, or of a time that is not told: that it
// still holds does not make up for an attempt that has failed since.
func activatedBefore(l *record) bool {
	if kind := l.first("channel_kind"); kind != "" && kind != "KMS_CLIENT" {
		return false
	}
	if minutes := number(l, "grace_minutes"); minutes > 0 {
		return minutes < renewedWithin
	}
	return slices.ContainsFunc(l.all("statement"), func(v value) bool { return v.norm == formats.ActivationExpires })
}

// deriveIsolation reads the two tests that tell a DNS fault from a network fault: an activation after
// /skms with a name, and one after /skms with an address. The caller's answers say the same. That an
// activation works with a forced host says something of DNS only where it failed without.
func deriveIsolation(rs records) {
	failed := map[string]int{} // line of the first failure
	for _, a := range rs["attempt"] {
		if line, ok := failed[placeKey(a)]; a.has("error_code") && (!ok || a.line < line) {
			failed[placeKey(a)] = a.line
		}
	}
	for _, a := range rs["attempt"] {
		host := a.first("kms_host")
		if a.first("kms_host_source") != "REGISTRY" || host == "" || a.first("activation_result") == "" {
			continue
		}
		fact, result := "isolation_fqdn", "failed"
		if isAddress(hostName(host)) {
			fact = "isolation_ip"
		}
		if a.first("activation_result") == "SUCCESS" {
			result = "worked"
		}
		if line, ok := failed[placeKey(a)]; result == "worked" && (!ok || line > a.line) {
			continue
		}
		machineRecord(rs, a.machine).set(fact, result, a.evidence("activation_result"))
	}
	for _, u := range rs["user"] {
		for _, fact := range []string{"isolation_fqdn", "isolation_ip"} {
			switch answer := u.first(fact); {
			case strings.HasSuffix(answer, "-ok"):
				machineRecord(rs, u.machine).set(fact, "worked", u.evidence(fact))
			case strings.HasSuffix(answer, "-failed"):
				machineRecord(rs, u.machine).set(fact, "failed", u.evidence(fact))
			}
		}
	}
}
