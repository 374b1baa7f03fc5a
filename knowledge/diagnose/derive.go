package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// derive adds what follows from the facts but stands in no single line: what a rule may ask
// about and has no words for itself. Each step has a test of its own; the order matters, later
// steps read what earlier ones add.
func derive(rs records, base *knowledge.Base) {
	deriveReferences(rs)
	deriveAddresses(rs)
	deriveLastState(rs)
	learnProducts(rs, base)
	deriveConsumption(rs, base)
	deriveLicenses(rs, base)
	deriveHosts(rs)
	deriveAttempts(rs, base)
	deriveAsked(rs)
	deriveClients(rs)
	deriveEvents(rs)
	deriveNeighbours(rs)
	deriveIsolation(rs)
	deriveClockDifference(rs)
	deriveMeasuredClocks(rs)
	deriveProbes(rs)
	deriveServices(rs)
	deriveMachines(rs)
	deriveCodes(rs, base)
	deriveTools(rs)
	deriveCase(rs, base)
	deriveShortage(rs)
	deriveFleet(rs)
	deriveCounts(rs)
	deriveChain(rs, base)
}

// deriveConsumption makes a licence of the newest event 8230 of each machine and licence: the rules
// engine writes one whenever a state changes, so only the last one holds.
func deriveConsumption(rs records, base *knowledge.Base) {
	newest := map[string]*record{}
	var order []string
	for _, e := range rs["event"] {
		if e.first("event_id") != "8230" || !e.has("license_status") {
			continue
		}
		key := e.machine + "\x00" + e.first("sku_id")
		if newest[key] == nil {
			order = append(order, key)
		}
		if newest[key] == nil || !before(e, newest[key]) {
			newest[key] = e
		}
	}
	for _, key := range order {
		e := newest[key]
		l := newRecord("license", e.machine, e.doc, e.line)
		l.zone = e.zone
		l.inherit(e)
		l.set("place", "EVENT_8230", e.evidence("event_id"))
		nameByProduct(l, base)
		rs.add(l)
	}
}

// nameByProduct fills in the channel and the name that a SKU id stands for.
func nameByProduct(r *record, base *knowledge.Base) {
	p, ok := base.Product(cmp.Or(r.first("sku_id"), r.first("activation_id")))
	if !ok {
		return
	}
	e := r.evidence("sku_id")
	if !r.has("channel") && p.Channel != "" {
		r.set("channel", p.Channel, e)
	}
	if !r.has("license_name") && p.Name != "" {
		r.set("license_name", p.Name, e)
	}
}

// channelKind folds the many channel tokens into what rules tell apart.
func channelKind(channel string) string {
	switch {
	case channel == "VOLUME_KMSCLIENT":
		return "KMS_CLIENT"
	case strings.HasPrefix(channel, "VOLUME_KMS"):
		return "KMS_HOST"
	case strings.Contains(channel, "MAK"):
		return "MAK"
	case channel == "TIMEBASED_EVAL":
		return "EVAL"
	case channel == "TIMEBASED_SUB":
		return "SUBSCRIPTION"
	case channel == "VIRTUAL_MACHINE_ACTIVATION":
		return "AVMA"
	case strings.HasPrefix(channel, "OEM"):
		return "OEM"
	case strings.HasPrefix(channel, "RETAIL"):
		return "RETAIL"
	}
	return ""
}

// deriveLicenses reads channels, keys and times, and which licences stand beside each other.
func deriveLicenses(rs records, base *knowledge.Base) {
	for _, l := range rs["license"] {
		nameByProduct(l, base)
		if kind := channelKind(l.first("channel")); kind != "" {
			l.set("channel_kind", kind, l.evidence("channel"))
			l.set("is_volume", strconv.FormatBool(strings.HasPrefix(kind, "KMS") || kind == "MAK"), l.evidence("channel"))
		}
		if channelKind(l.first("channel")) != "KMS_HOST" && !l.has("is_kms_host") {
			l.set("is_kms_host", "false", cmp.Or(l.evidence("channel"), l.evidence("license_status")))
		}
		if minutes, err := strconv.Atoi(l.first("grace_minutes")); err == nil {
			l.set("days_left", strconv.Itoa(minutes/(24*60)), l.evidence("grace_minutes"))
		}
		if last5 := l.first("partial_product_key"); last5 != "" && last5 != none {
			key, ok := base.Key(strings.ToUpper(last5))
			l.set("gvlk", strconv.FormatBool(ok && key.Kind == "GVLK"), l.evidence("partial_product_key"))
		}
		l.set("application", applicationOf(l), nil)
		l.set("signs_in", strconv.FormatBool(l.first("statement") == formats.OfficeSignIn), l.evidence("statement"))
		l.set("server_edition", strconv.FormatBool(isServer(l)), l.evidence("license_name"))
	}
	deriveCompany(rs["license"])
}

func isServer(r *record) bool {
	return strings.Contains(strings.ToLower(r.first("license_name")+" "+r.first("edition")), "server")
}

// company is what licences of one product family on one machine are together.
type company struct {
	volume, licensed    int // licences of volume channels, and those of them that are licensed
	volumeKey, otherKey bool
}

// suiteOf tells apart the products of a family that have keys of their own.
func suiteOf(l *record) string {
	name := strings.ToLower(l.first("license_name"))
	for _, suite := range []string{"visio", "project"} {
		if strings.Contains(name, suite) {
			return suite
		}
	}
	return ""
}

// deriveCompany tells what other licences of the same product family the same machine has. Documents
// that name no machine are taken for a machine each.
func deriveCompany(licenses []*record) {
	key := func(l *record) string {
		if l.machine == "" {
			return strconv.Itoa(l.doc) + "\x00" + l.first("application")
		}
		return l.machine + "\x00" + l.first("application")
	}
	companies := map[string]*company{}
	of := func(key string) *company {
		if companies[key] == nil {
			companies[key] = &company{}
		}
		return companies[key]
	}
	for _, l := range licenses {
		keys := of(key(l) + "\x00" + suiteOf(l))
		hasKey := l.has("partial_product_key") && l.first("partial_product_key") != none
		if l.first("is_volume") == "true" {
			of(key(l)).volume++
			if l.first("license_status") == "LICENSED" {
				of(key(l)).licensed++
			}
			keys.volumeKey = keys.volumeKey || hasKey
		} else if l.first("channel_kind") == "RETAIL" {
			keys.otherKey = keys.otherKey || hasKey
		}
	}
	for _, l := range licenses {
		c, keys, others := of(key(l)), of(key(l)+"\x00"+suiteOf(l)), 0
		if l.first("is_volume") == "true" {
			others = 1
		}
		l.set("beside_volume", strconv.FormatBool(c.volume > others), l.evidence("channel"))
		l.set("key_mix", strconv.FormatBool(keys.volumeKey && keys.otherKey), l.evidence("partial_product_key"))
		name := l.first("license_name")
		works := c.volume > 0 && c.licensed == c.volume
		l.set("spare", strconv.FormatBool(works && (strings.Contains(name, "_Grace") || needsNoActivation(name))), l.evidence("license_name"))
	}
}

// deriveClients tells licences of KMS clients apart, and the count that their host must have.
func deriveClients(rs records) {
	for _, l := range rs["license"] {
		if !isClient(l) {
			continue
		}
		c := newRecord("client", l.machine, l.doc, l.line)
		c.zone = l.zone
		c.inherit(l)
		c.set("threshold", threshold(l), l.evidence("license_name"))
		if l.machine != "" {
			c.set("client_name", shortName(l.machine), l.evidence("cmid"))
		}
		rs.add(c)
	}
}

func isClient(l *record) bool {
	if l.first("is_kms_host") == "true" || l.first("channel_kind") == "KMS_HOST" {
		return false
	}
	return l.first("channel_kind") == "KMS_CLIENT" || l.has("cmid") || l.has("kms_host")
}

// threshold is the count at which KMS activates a product: what the client's request says, else 5 for
// servers and Office and 25 for Windows clients.
func threshold(r *record) string {
	switch {
	case r.has("minimum_count"):
		return r.first("minimum_count")
	case isServer(r) || r.first("application") == "OFFICE":
		return "5"
	}
	return "25"
}

func shortName(host string) string {
	short, _, _ := strings.Cut(hostName(host), ".")
	return short
}

// applicationOf tells Windows from Office by the licence's name, ids or channel words.
func applicationOf(r *record) string {
	name := strings.ToLower(r.first("license_name") + " " + r.first("edition") + " " + r.first("place"))
	switch {
	case strings.HasPrefix(r.first("application_id"), "0ff1ce1"), strings.HasPrefix(r.first("application_id"), "59a52881"),
		strings.Contains(name, "office"), strings.Contains(name, "ospp"), r.first("statement") == formats.OfficeScript, r.first("statement") == formats.OfficeSignIn:
		return "OFFICE"
	case strings.HasPrefix(r.first("application_id"), "55c92734"), strings.Contains(name, "windows"), r.first("minimum_count") == "25":
		return "WINDOWS"
	}
	return "UNKNOWN"
}

// deriveEvents names the client that each request is from, whether an event tells a failure, and whether
// a machine's events are all of the licensing service's daily work.
func deriveEvents(rs records) {
	quiet, shown := map[string]bool{}, map[string]*Evidence{}
	for _, e := range rs["event"] {
		id := e.first("event_id")
		e.set("failed", strconv.FormatBool(e.has("error_code")), cmp.Or(e.evidence("error_code"), e.evidence("event_id")))
		if id == "12288" || id == "12290" {
			if name := cmp.Or(e.first("computer"), e.machine); name != "" && e.has("cmid") {
				e.set("client_name", shortName(name), e.evidence("computer"))
			}
		}
		q, seen := quiet[e.machine]
		if quiet[e.machine] = (q || !seen) && housekeeping[id] && !e.has("error_code"); !seen {
			shown[e.machine] = e.evidence("event_id")
		}
	}
	if of := machineRecords(rs); len(rs["license"])+len(rs["attempt"]) == 0 {
		for _, machine := range slices.Sorted(maps.Keys(quiet)) {
			of(machine).set("quiet", strconv.FormatBool(quiet[machine]), shown[machine])
		}
	}
	settleRenames(rs)
}

// housekeeping are the events that the licensing service writes in the course of its daily work.
var housekeeping = setOf("900", "902", "903", "1004", "1033", "1034", "1066", "1067", "16384", "16394", "8197", "8225")

func setOf(words ...string) map[string]bool {
	set := map[string]bool{}
	for _, w := range words {
		set[w] = true
	}
	return set
}

// settleRenames gives the requests of one client's own log one name: a log goes on when its computer is
// renamed, once or twice in its life. More names, or names that alternate, are several computers.
func settleRenames(rs records) {
	type owner struct {
		doc  int
		cmid string
	}
	groups := map[owner][]*record{}
	computers := map[int]map[string]bool{}
	for _, e := range rs["event"] {
		if e.first("event_id") == "12288" && e.has("client_name") {
			k := owner{e.doc, e.first("cmid")}
			groups[k] = append(groups[k], e)
			if computers[e.doc] == nil {
				computers[e.doc] = map[string]bool{}
			}
			computers[e.doc][e.first("client_name")] = true
		}
	}
	for k, events := range groups {
		if len(computers[k.doc]) > 3 {
			continue
		}
		slices.SortStableFunc(events, byTime)
		if alternates(events) {
			continue
		}
		last := events[len(events)-1].all("client_name")
		for _, e := range events {
			e.take("client_name", last...)
		}
	}
}

// alternates reports whether a name comes again after another one, in events ordered by time.
func alternates(events []*record) bool {
	names, changes := map[string]bool{}, 0
	for i, e := range events {
		names[e.first("client_name")] = true
		if i > 0 && e.first("client_name") != events[i-1].first("client_name") {
			changes++
		}
	}
	return changes >= len(names)
}

// deriveServices notes whether activation works where a service is stopped: the licensing service stops by
// itself when it has nothing to do.
func deriveServices(rs records) {
	licensed := map[string]bool{}
	for _, l := range rs["license"] {
		licensed[l.machine] = licensed[l.machine] || l.first("license_status") == "LICENSED"
	}
	for _, v := range rs["service"] {
		v.set("machine_licensed", strconv.FormatBool(licensed[v.machine]), v.evidence("service_state"))
	}
}

// machineRecord returns the record of a machine itself, making it where no document spoke of it.
func machineRecord(rs records, machine string) *record {
	for _, m := range rs["machine"] {
		if m.machine == machine {
			return m
		}
	}
	m := newRecord("machine", machine, -1, 0)
	m.zone = domainOf(machine)
	rs.add(m)
	return m
}

// machineRecords returns the record of each machine that the documents name, looking once.
func machineRecords(rs records) func(machine string) *record {
	first := map[string]*record{}
	for _, m := range rs["machine"] {
		if first[m.machine] == nil {
			first[m.machine] = m
		}
	}
	return func(machine string) *record {
		if first[machine] == nil {
			m := newRecord("machine", machine, -1, 0)
			m.zone = domainOf(machine)
			rs.add(m)
			first[machine] = m
		}
		return first[machine]
	}
}

// deriveMachines gives each machine the state that its documents end with.
func deriveMachines(rs records) {
	of := machineRecords(rs)
	for _, l := range rs["license"] {
		if status := l.first("license_status"); status != "" && l.first("application") == "WINDOWS" {
			of(l.machine).set("client_state", status, l.evidence("license_status"))
		}
	}
	for _, m := range rs["machine"] {
		if m.has("cmid") && m.machine != "" {
			m.set("client_name", shortName(m.machine), m.evidence("cmid"))
		}
		exposed := slices.ContainsFunc(m.all("statement"), func(v value) bool { return v.norm == exposedKey })
		m.set("exposed_key", strconv.FormatBool(exposed), m.evidence("statement"))
		if codes := proseCodes(m); len(codes) > 0 {
			m.set("only_info", strconv.FormatBool(!m.has("error_code")), codes[0].evidence)
		}
	}
}
