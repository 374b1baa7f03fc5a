package formats

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// event is one record of an event log, whatever file it came in. The carriers (text, XML, JSON) fill it;
// page.addEvent turns it into facts by the event's own field list.
type event struct {
	id       string
	source   string // provider or source name
	time     string
	computer string
	record   int
	line     int      // where the record begins
	idLine   int      // where its id stands, if elsewhere
	timeLine int      // its time
	compLine int      // and its computer
	body     []string // insertion strings, or the lines of the message
	bodyLine []int    // source line of each
	excerpt  string   // for records that share a line with others
	format   Format
}

// source names a log source that speaks of activation, and how its events are called in the API.
type source struct {
	prefix string   // of event ids; "" for Security-SPP
	needs  []string // words of which the body must hold one; nil for sources that speak of nothing else
	ids    map[string]bool
}

var servicePhrases = []string{"sppsvc", "osppsvc", "software protection", "programvarebeskyttelse", "programvaruskydd", "защита программного обеспечения", "软件保护"}

// sourceOf classifies a source by its name; ok is false for logs of other subjects.
func sourceOf(name string) (source, bool) {
	n := strings.ToLower(name)
	switch {
	case strings.Contains(n, "security-spp"), strings.Contains(n, "security-licensing-slc"),
		strings.Contains(n, "software protection platform"), strings.Contains(n, "software licensing service"):
		return source{}, true
	case strings.Contains(n, "windows activation technologies"):
		return source{prefix: "wat-"}, true
	case n == "service control manager" || strings.Contains(n, "service control manager"):
		return source{prefix: "scm-", needs: servicePhrases}, true
	case strings.Contains(n, "dns-client") || strings.Contains(n, "dns client events"):
		return source{prefix: "dns-client-", needs: []string{"_vlmcs"}}, true
	case strings.Contains(n, "time-service") || n == "w32time":
		return source{prefix: "time-service-", ids: map[string]bool{"36": true, "129": true, "134": true}}, true
	case strings.Contains(n, "distributedcom") || n == "dcom":
		return source{prefix: "dcom-", needs: []string{"slui", "sppui", "software protection"}}, true
	}
	return source{}, false
}

// ownID tells event ids that no source but the licensing service uses, so that a record whose source line
// is missing is still known.
func ownID(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 12288 && n <= 12321 || n >= 8196 && n <= 8233)
}

// addEvent adds the facts of one record; it reports false where the record is of another subject.
func (p *page) addEvent(e *event) bool {
	src, ok := sourceOf(e.source)
	if !ok && !(e.source == "" && ownID(e.id)) {
		return false
	}
	if src.needs != nil && !containsAny(strings.ToLower(strings.Join(e.body, "\n")), src.needs) || src.ids != nil && !src.ids[e.id] {
		return false
	}
	b := newBlock()
	b.record = e.record
	if h, _, ok := splitHostPort(e.computer); ok {
		b.machine = normalHost(h)
	}
	b.add(EventID, e.id, src.prefix+e.id, cmp.Or(e.idLine, e.line))
	b.addTime(e.time, cmp.Or(e.timeLine, e.line))
	if b.machine != "" && e.id != "12290" {
		b.add(Computer, e.computer, b.machine, cmp.Or(e.compLine, e.line))
	}
	if src.prefix == "" {
		e.fields(b)
		p.rememberCommas(e)
		p.rememberHarmless(e, b)
	} else {
		e.codes(b)
	}
	if e.excerpt != "" {
		begins := printable(strings.Clone(whole(e.excerpt, 0, min(len(e.excerpt), maxExcerpt))))
		for i := range b.facts {
			f := &b.facts[i]
			f.Excerpt = begins
			if at := strings.Index(e.excerpt, f.Value) - maxExcerpt/4; at > maxExcerpt/2 { // further on
				f.Excerpt = printable(strings.Clone(whole(e.excerpt, at, min(len(e.excerpt), at+maxExcerpt))))
			}
		}
	}
	p.commit(b, p.next(EventSubject), e.format)
	return true
}

// rememberHarmless notes the codes of a licensing status check.
func (p *page) rememberHarmless(e *event, b *block) {
	if e.id != "1003" {
		return
	}
	if p.harmless == nil {
		p.harmless = map[string]bool{}
	}
	for _, f := range b.facts {
		if f.Kind == InfoCode {
			p.harmless[f.Normalized] = true
		}
	}
}

// rememberCommas notes the comma strings of a record, lest the same be read again without its header.
func (p *page) rememberCommas(e *event) {
	if e.id != "12288" && e.id != "12289" && e.id != "12290" {
		return
	}
	for i := range e.body {
		if key := commaKey(e.rest(i)); key != "" && beginsCommas(e.body[i]) {
			p.commas[key] = true
			return
		}
	}
}

func (b *block) addTime(v string, num int) {
	if v != "" {
		b.add(EventTime, v, zonedTime(v), num)
	}
}

// fields reads the insertion strings of a Security-SPP event.
func (e *event) fields(b *block) {
	switch e.id {
	case "12288", "12289", "12290":
		for i := range e.body {
			if beginsCommas(e.body[i]) && e.commas(b, e.rest(i), e.bodyLine[i]) {
				return
			}
		}
		e.codes(b)
	case "12293", "12294":
		e.publishing(b)
	case "1003":
		e.check(b)
	case "8230":
		e.consumption(b)
	case "902":
		for i, s := range e.body {
			for word := range strings.FieldsSeq(s) {
				if versionRE.MatchString(word) {
					b.add(ServiceVersion, word, word, e.bodyLine[i])
				}
			}
		}
	default:
		e.pairs(b)
		e.codes(b)
	}
}

// beginsCommas tells that a part of the body holds the first field: with its comma, or alone where each
// field is a string of its own.
func beginsCommas(s string) bool { return commasAt(s, 0) >= 0 || isFlags(s) }

// rest is the body from part i on, as one string: the fields may stand in one string, in ten, or wrapped.
func (e *event) rest(i int) string {
	to := min(len(e.body), i+12)
	if strings.Count(e.body[i], ",") >= 4 {
		to = min(len(e.body), i+3)
	}
	out := e.body[i]
	for _, s := range e.body[i+1 : to] {
		if strings.HasSuffix(strings.TrimRight(out, " "), ",") {
			out += " " + s
		} else {
			out += ", " + s
		}
	}
	return out
}

// codes takes the codes that the message names as such, else its first one.
func (e *event) codes(b *block) {
	named := map[string]bool{}
	for i, s := range e.body {
		for _, v := range namedCodes(s) {
			if c, err := code.Parse(v); err == nil && !named[c.String()] {
				named[c.String()] = true
				b.addCode(v, c, e.bodyLine[i])
			}
		}
	}
	for i := 0; i < len(e.body) && len(named) == 0; i++ {
		if strings.Contains(e.body[i], "REG_") {
			continue
		}
		for _, m := range code.Scan(e.body[i]) {
			if m.Kind == code.Flag || m.Code == 0 && e.id != "12288" || m.Code == 0xFFFFFFFF {
				continue // 1066 lists a code a component, most of them 0
			}
			b.addCode(e.body[i][m.Start:m.End], m.Code, e.bodyLine[i])
			return
		}
	}
}

// pairs takes "AppId=...;SkuId=..." and "Application Id=..." in any message.
func (e *event) pairs(b *block) {
	for i, s := range e.body {
		for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '\n' }) {
			k, v, ok := strings.Cut(part, "=")
			if !ok {
				continue
			}
			switch {
			case strings.HasSuffix(fold(k), "appid") || strings.HasSuffix(fold(k), "applicationid"):
				b.addGUID(v, e.bodyLine[i], ApplicationID)
			case strings.HasSuffix(fold(k), "skuid"):
				b.addGUID(v, e.bodyLine[i], SkuID)
			}
		}
	}
}

// publishing reads 12293 (code, zone) and 12294 (zone): whether the host could write its SRV record.
func (e *event) publishing(b *block) {
	for i, s := range e.body {
		if e.id == "12293" && !b.has[ErrorCode] && !b.has[InfoCode] {
			b.addFirstCode(s, e.bodyLine[i])
		}
		for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" ,;'\"()\n", r) }) {
			word = strings.TrimRight(word, ".:")
			if zoneRE.MatchString(word) && !b.has[DNSZone] {
				b.addValue(DNSZone, strings.TrimPrefix(word, "_vlmcs._tcp."), e.bodyLine[i])
			}
		}
	}
}

var zoneRE = compile(`^(?i)(?:_vlmcs\._tcp\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.[a-z][a-z0-9-]*[a-z0-9]$`)

// skuRow is one line of event 1003: a licence that the check looked at, and what it found.
var skuRow = compile(`(?m)^\s*[0-9]{1,4}: (` + guidPattern + `), [0-9], ([0-9]) (.*)`)

// check reads 1003, the licensing status check: 0xC004F014 in its rows only says that the licence has no
// key, which is normal for every edition that is not installed. So its codes are never errors. Rows of
// licences that are in use are kept; of the others only the first, as evidence.
func (e *event) check(b *block) {
	unused := false
	for i, s := range e.body {
		if hasGUID(s) && !b.has[ApplicationID] && !skuRow.MatchString(s) {
			b.addGUID(s, e.bodyLine[i], ApplicationID)
		}
		for _, m := range skuRow.FindAllStringSubmatch(s, 2000) {
			switch {
			case m[2] != "0":
				b.add(SkuID, m[1], normalGUID(m[1]), e.bodyLine[i])
			case unused:
				continue
			default:
				unused = true
			}
			if v, c, ok := firstCode(m[3][:min(len(m[3]), 600)]); ok {
				b.add(InfoCode, v, c.String(), e.bodyLine[i])
			}
		}
	}
}

// consumption reads 8230, "Name=value;" pairs of the rules engine: key type, state and reason in one line.
// The reason is what the engine acted on, often a passing state before activation, so a failure is no error.
func (e *event) consumption(b *block) {
	for i, s := range e.body {
		num := e.bodyLine[i]
		for part := range strings.SplitSeq(s, ";") {
			k, v, ok := strings.Cut(part, "=")
			if !ok {
				continue
			}
			switch {
			case strings.HasSuffix(k, "AppId"):
				b.addGUID(v, num, ApplicationID)
			case strings.HasSuffix(k, "SkuId"):
				b.addGUID(v, num, SkuID)
			case strings.HasSuffix(k, "PartialProductKey"):
				b.addValue(PartialProductKey, v, num)
			case strings.HasSuffix(k, "ProductKeyType"):
				if n := keyChannel(v); n != "" {
					b.add(Channel, v, n, num)
				}
			case strings.HasSuffix(k, "LicenseState"):
				if n := licensingState(v); n != "" {
					b.add(LicenseStatus, v, n, num)
				}
			case strings.HasSuffix(k, "LastConsumptionReason"):
				if c, err := code.Parse(v); err == nil && c != 0 {
					b.add(NotificationCause, v, c.String(), num)
					if !c.Failure() {
						b.addCode(v, c, num)
					}
				}
			}
		}
	}
}

func licensingState(v string) string {
	switch strings.TrimPrefix(strings.TrimSpace(v), "SL_LICENSING_STATUS_") {
	case "LICENSED":
		return "LICENSED"
	case "UNLICENSED":
		return "UNLICENSED"
	case "NOTIFICATION":
		return "NOTIFICATION"
	case "IN_GRACE_PERIOD":
		return "OOB_GRACE"
	}
	return ""
}
