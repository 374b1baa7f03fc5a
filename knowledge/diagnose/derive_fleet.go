package diagnose

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// deriveFleet adds what only several records together tell: the hosts that one attempt tried, what a
// machine's other outputs say of a code, and what the messages without a code mean.
func deriveFleet(rs records) {
	deriveOfficeVersions(rs)
	deriveTriedHosts(rs)
	deriveRefusals(rs)
	deriveUpdates(rs)
	deriveDirectoryUse(rs)
	deriveObjects(rs)
	deriveMessages(rs)
}

var officeRE = regexp.MustCompile(`(?i)^office (1[0-9])\b`)

// deriveOfficeVersions reads the version of Office from the names of licences: 14 is Office 2010.
func deriveOfficeVersions(rs records) {
	for _, kind := range []string{"attempt", "client"} {
		for _, r := range rs[kind] {
			if m := officeRE.FindStringSubmatch(r.first("license_name")); m != nil {
				r.set("office_version", m[1], r.evidence("license_name"))
			}
		}
	}
}

// deriveTriedHosts compares the requests that one attempt sent to several KMS hosts: a client goes from host
// to host within the attempt, and each answers for itself. One request proves that no other host was tried
// only where DNS names no other.
func deriveTriedHosts(rs records) {
	names := map[string]bool{}
	for _, s := range rs["srv"] {
		for _, v := range s.all("srv_host") {
			names[shortName(v.norm)] = true
		}
	}
	for _, group := range requestGroups(rs["attempt"]) {
		for i, a := range group {
			tried := group.beside(i)
			codes := map[string]bool{}
			for _, r := range tried {
				codes[r.first("error_code")] = true
				a.add("host_codes", hostName(r.first("kms_host"))+": "+r.first("error_code"), r.evidence("error_code"))
			}
			if len(tried) > 1 || len(names) < 2 {
				a.set("codes_differ", strconv.FormatBool(len(codes) > 1), a.evidence("error_code"))
			}
		}
	}
}

// call is a failed request of an attempt, with its time read once: uploads choose how many there are.
type call struct {
	*record
	at time.Time
}

// calls are those of one machine for one licence, one for each host, ordered by time.
type calls []call

func requestGroups(attempts []*record) map[string]calls {
	groups := map[string]calls{}
	for _, a := range attempts {
		if at := eventTime(a); a.first("place") == "EVENT_12288" && a.has("error_code") && a.has("kms_host") && !at.IsZero() {
			key := identity(a) + "\x00" + a.first("sku_id")
			groups[key] = append(groups[key], call{a, at})
		}
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b call) int { return a.at.Compare(b.at) })
	}
	return groups
}

// identity tells machines apart; documents that name none are taken for a machine each.
func identity(r *record) string {
	if r.machine == "" {
		return strconv.Itoa(r.doc)
	}
	return "\x00" + r.machine
}

// maxTried bounds how many requests are taken for one attempt.
const maxTried = 20

// beside are the requests of the attempt that request i belongs to, itself among them.
func (g calls) beside(i int) calls {
	from, to := i, i+1
	for from > 0 && i-from < maxTried && g[i].at.Sub(g[from-1].at) <= attemptWindow {
		from--
	}
	for to < len(g) && to-i < maxTried && g[to].at.Sub(g[i].at) <= attemptWindow {
		to++
	}
	return g[from:to]
}

// deriveRefusals tells how many requests a KMS host refused: those of its log with a code for products that
// it does not serve, else by how much its counter rose between two outputs.
func deriveRefusals(rs records) {
	logs := refusalsByMachine(rs["event"])
	history := historyOf(rs["host"])
	for _, h := range rs["host"] {
		if history.superseded[h] {
			h.set("refusals", "0", h.evidence("failed_requests"))
			continue
		}
		if before := history.before[h]; before != nil {
			if rise := number(h, "failed_requests") - number(before, "failed_requests"); rise >= 0 {
				h.set("refusals", strconv.Itoa(rise), before.evidence("failed_requests"))
			}
		}
		for _, log := range []*refusals{logs[h.machine], logs[""]} {
			if log != nil && (log.n > 0 || !h.has("refusals")) {
				h.set("refusals", strconv.Itoa(log.n), log.evidence)
			}
		}
	}
}

// refusals are the requests that a host's log says were for products that it does not serve.
type refusals struct {
	n        int
	evidence *Evidence
}

func refusalsByMachine(events []*record) map[string]*refusals {
	logs := map[string]*refusals{}
	for _, e := range events {
		if e.first("event_id") != "12290" {
			continue
		}
		log := logs[e.machine]
		if log == nil {
			log = &refusals{evidence: e.evidence("event_id")}
			logs[e.machine] = log
		}
		if c := e.first("error_code"); c == "0xC004F042" || c == "0xC004F015" {
			log.n++
			log.evidence = e.evidence("error_code")
		}
	}
	return logs
}

// number is a whole number that a record tells, 0 where it tells none.
func number(r *record, kind string) int {
	n, err := strconv.Atoi(r.first(kind))
	if err != nil {
		return 0
	}
	return n
}

// deriveUpdates tells codes which updates are installed on their machine, and whether it runs Windows 7. A
// list of one update is the answer to a question about it and proves nothing of others.
func deriveUpdates(rs records) {
	lists, versions := map[string][]value{}, map[string]string{}
	for _, m := range append(slices.Clone(rs["machine"]), rs["user"]...) {
		list := m.all("installed_update")
		if len(list) > 1 || m.kind == "user" && len(list) > 0 || slices.ContainsFunc(list, isFalseAlarmUpdate) {
			lists[m.machine] = append(lists[m.machine], list...)
		}
		versions[m.machine] = cmp.Or(m.first("os_version"), versions[m.machine])
	}
	for _, c := range rs["code"] {
		if list := listOf(lists, c.machine); len(list) > 0 {
			c.take("installed_update", list...)
		}
		if release := windowsRelease(c, versions[c.machine]); release != "" {
			c.set("windows_release", release, cmp.Or(c.evidence("license_name"), c.evidence("error_code")))
		}
	}
}

// listOf is a machine's list, else the one that names no machine; a machine without a name has the only list
// there is.
func listOf(lists map[string][]value, machine string) []value {
	if list, ok := lists[machine]; ok {
		return list
	}
	if machine == "" && len(lists) == 1 {
		for _, list := range lists {
			return list
		}
	}
	return lists[""]
}

func isFalseAlarmUpdate(v value) bool { return v.norm == "KB971033" }

// windowsRelease is 7 or other, "" where nothing tells: by the licence's name, by the version that the command
// window printed, or by an update that exists for Windows 7 alone.
func windowsRelease(c *record, version string) string {
	name := strings.ToLower(c.first("license_name"))
	switch {
	case slices.ContainsFunc(c.all("installed_update"), isFalseAlarmUpdate), strings.HasPrefix(name, "windows(r) 7"):
		return "7"
	case strings.HasPrefix(name, "windows"):
		return "other"
	case strings.HasPrefix(version, "6.1."):
		return "7"
	case version != "":
		return "other"
	}
	return ""
}

// deriveDirectoryUse tells licences whether Active Directory activates the organisation's machines: another
// machine is activated by it, or the caller says so.
func deriveDirectoryUse(rs records) {
	witnesses := map[string]*Evidence{} // by machine; two are enough for any other to have one
	for _, kind := range []string{"license", "event"} {
		for _, o := range rs[kind] {
			if (o.has("ao_name") || o.first("event_id") == "12308") && !o.has("error_code") && len(witnesses) < 2 {
				witnesses[identity(o)] = cmp.Or(o.evidence("ao_name"), o.evidence("event_id"))
			}
		}
	}
	for _, l := range rs["license"] {
		for _, u := range rs["user"] {
			if want := u.first("want_kms_or_mak"); want != "" && want != "unknown" {
				l.set("adba_used", strconv.FormatBool(want == "adba"), u.evidence("want_kms_or_mak"))
			}
		}
		for machine, evidence := range witnesses {
			if machine != identity(l) {
				l.set("adba_used", "true", evidence)
			}
		}
	}
}

// deriveObjects tells machines that Active Directory holds no activation object. That is as it should be where
// KMS is in use: a host was found or asked, or a client is activated.
func deriveObjects(rs records) {
	object := none
	for _, kind := range []string{"attempt", "client", "host", "probe", "license", "srv"} {
		if slices.ContainsFunc(rs[kind], func(r *record) bool {
			return r.has("kms_host") && r.first("kms_host") != none || r.first("srv_record") == "present" || r.first("license_status") == "LICENSED"
		}) {
			object = "unneeded"
		}
	}
	for _, m := range rs["machine"] {
		for _, v := range m.all("statement") {
			if v.norm == formats.NoActivationObject {
				m.set("activation_object", object, v.evidence)
			}
		}
	}
}

// deriveMessages reads what messages without a code say. They count only in documents with nothing more exact:
// an output beside them is the better witness.
func deriveMessages(rs records) {
	told := map[int]bool{}
	for kind, list := range rs {
		for _, r := range list {
			told[r.doc] = told[r.doc] || kind != "machine" && kind != "user" || len(proseCodes(r)) > 0
		}
	}
	for _, m := range rs["machine"] {
		for _, v := range m.all("statement") {
			if m.first("lookup_overridden") != "true" {
				m.set("lookup_overridden", strconv.FormatBool(v.norm == formats.SetHostOverridesDomain), v.evidence)
			}
			switch v.norm {
			case formats.ProductCodeQuoted:
				m.set("product_code", strconv.FormatBool(!told[m.doc]), v.evidence)
			case formats.LeakedKeyMessage, formats.ImageMismatchMessage, formats.SetupKeyInvalidMessage:
				if !told[m.doc] {
					m.set("setup_message", v.norm, v.evidence)
				}
			}
		}
	}
}
