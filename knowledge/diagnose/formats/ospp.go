package formats

import (
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseOspp reads the licence blocks of ospp.vbs: /dstatus and /dstatusall describe licences, /act tries
// them one by one. A block that states LICENSE STATUS is the former; one that goes straight from the key
// to a code or a success line is the latter. The labels are English and in capitals on every Windows.
func parseOspp(p *page) {
	o := ospp{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		switch {
		case l.taken:
			o.flush()
		case o.asks(l):
		case l.blank():
		case ruled(l.text):
			if o.cur != nil {
				o.used = append(o.used, i)
			}
			o.flush()
		case o.read(l):
			o.used = append(o.used, i)
			o.strange = 0
		default:
			if o.strange++; o.strange > 4 || l.prompt {
				o.flush()
			}
		}
	}
	o.flush()
}

// ospp is the block being read.
type ospp struct {
	p       *page
	cur     *block
	seen    map[field]bool
	result  string // SUCCESS or FAILED where the block says so in words
	strange int
	hidden  bool // a host is named, but its name is masked
	used    []int
	command string // what ospp.vbs was last asked for, "" where that does not show
}

// NoOfficeKey is the statement of ospp.vbs that no Office product has a key.
const NoOfficeKey = "no-office-key"

// asks notes the command before a block.
func (o *ospp) asks(l *line) bool {
	m := osppAskRE.FindStringSubmatch(l.text)
	if m == nil || !l.prompt && !strings.HasPrefix(strings.ToLower(l.text), "cscript") {
		return false
	}
	o.flush()
	o.command = strings.ToLower(m[1])
	return true
}

// activates tells that an outcome is that of an attempt to activate: other commands print errors in the same form.
func (o *ospp) activates() bool {
	switch o.command {
	case "act", "tokact", "actcid":
		return true
	}
	return o.command == "" && (o.seen[oSku] || o.seen[oName] || o.seen[oLast])
}

// noKey takes the line that stands for all blocks.
func (o *ospp) noKey(l *line) {
	o.flush()
	b := newBlock()
	b.add(Statement, l.text, NoOfficeKey, l.num)
	format := OsppDstatus
	if o.command == "act" {
		format = OsppAct
	}
	l.taken = true
	o.p.saw("en")
	o.p.commit(b, machineSubject(), format)
}

var (
	graceRE    = compile(`\(\s*([0-9]{1,8})\s*minute`)
	capsRE     = compile(`^[A-Z][A-Z0-9 ]{4,24}[A-Z0-9]\s*:`)
	osppDoneRE = compile(`(?i)<\s*(?:Offline )?Product activation successful\s*>`)
	osppAskRE  = compile(`(?i)\bospp\.vbs["']?\s+[/-]([a-z-]{3,16})`)
	noKeyRE    = compile(`(?i)^<\s*No installed product keys detected\s*>`)
)

func (o *ospp) read(l *line) bool {
	if osppDoneRE.MatchString(l.text) {
		o.open()
		o.result = Success
		o.cur.add(ActivationResult, strings.Trim(l.text, "<> "), Success, l.num)
		o.flush(l)
		return false
	}
	if noKeyRE.MatchString(l.text) {
		o.noKey(l)
		return false
	}
	if o.cur != nil && (l.label == "notice" || l.label == "formoreinformationpleasevisit" || strings.HasPrefix(l.text, "To view the activation event history")) {
		return true
	}
	k, value, ok := osppLabels.field(l)
	if !ok && o.cur != nil {
		if label, v, isLabel := cut(l.text); isLabel {
			k, ok = osppLabels.near(label, &o.p.fuzzy)
			value = v
		}
	}
	if !ok || !o.accepts(k.field, l.text) {
		return false
	}
	if starts := k.field == oSku || k.field == oProduct || k.field == oName || k.field == oStatus || k.field == oCode; starts && o.seen[k.field] {
		o.flush()
	} else if k.field == oProduct && o.seen[oSku] {
		o.flush()
	}
	o.open()
	o.seen[k.field] = true
	o.set(k.field, value, l.at(len(l.text)-len(value)))
	return true
}

// accepts refuses labels that are not spelled as ospp.vbs spells them: "Error Code:" stands in many logs,
// and the lines about the KMS host belong to slmgr where no ospp block is open.
func (o *ospp) accepts(f field, text string) bool {
	switch f {
	case oProduct, oSku, oName, oDesc, oStatus, oCode, oCodeText, oGrace, oIgnored:
		return capsRE.MatchString(text)
	case oLast:
		return true
	}
	return o.cur != nil
}

func (o *ospp) open() {
	if o.cur == nil {
		o.cur, o.seen = newBlock(), map[field]bool{}
	}
}

func (o *ospp) set(f field, value string, num int) {
	b := o.cur
	switch f {
	case oProduct:
		b.addValue(ProductID, value, num)
	case oSku:
		b.addGUID(value, num, SkuID, ActivationID)
	case oName:
		if masked(value) {
			return
		}
		b.add(LicenseName, value, value, num)
		if e := editionOf(value); e != "" {
			b.add(Edition, e, e, num)
		}
	case oDesc:
		if v, n := channelOfDescription(value); v != "" {
			b.add(Channel, v, n, num)
		}
	case oStatus:
		if st, _ := o.p.status(value); st != "" {
			b.add(LicenseStatus, strings.Trim(value, "- "), st, num)
		}
	case oCode:
		o.setCode(value, num)
	case oGrace:
		if m := graceRE.FindStringSubmatch(value); m != nil {
			b.add(GraceMinutes, value, m[1], num)
		}
	case oLast:
		if v := strings.ToUpper(strings.Trim(value, " -.")); isPartialKey(v) && !masked(v) {
			b.add(PartialProductKey, v, v, num)
		}
	default:
		o.setClient(f, value, num)
	}
}

// setCode takes "0xC004F009", "0x4004F040 (for information purposes only ...)" and "0 as licensed".
func (o *ospp) setCode(value string, num int) {
	v, c, ok := firstCode(value)
	if !ok && strings.HasPrefix(value, "0 ") || value == "0" {
		v, c, ok = "0", 0, true
	}
	switch {
	case !ok:
	case strings.Contains(value, "for information purposes only"):
		o.cur.add(InfoCode, v, c.String(), num)
	default:
		o.cur.addCode(v, c, num)
	}
}

func (o *ospp) setClient(f field, value string, num int) {
	b := o.cur
	switch f {
	case oType:
		b.addType(value, num)
	case oDNSHost:
		o.hidden = !b.addHost(value, FromDNS, num) || o.hidden
	case oRegHost:
		o.hidden = !b.addHost(value, FromRegistry, num) || o.hidden
	case oDiscovery:
		b.add(KMSHost, value, None, num)
		b.add(KMSHostSource, value, FromNowhere, num)
	case oActEvery:
		b.addInt(ActivationMinutes, value, num)
	case oRenewEvery:
		b.addInt(RenewalMinutes, value, num)
	case oCaching:
		b.add(HostCaching, value, trueOrFalse(strings.HasPrefix(fold(value), "enabled")), num)
	case oLookup:
		b.addValue(KMSLookupDomain, value, num)
	}
}

// flush commits the block. extra are lines that it ended with.
func (o *ospp) flush(extra ...*line) {
	if o.cur != nil && len(o.cur.facts) > 0 && o.certain() {
		o.commit()
		for _, l := range extra {
			l.taken = true
		}
	}
	*o = ospp{p: o.p, command: o.command}
}

// certain tells ospp.vbs from other outputs with an ERROR CODE in capitals.
func (o *ospp) certain() bool {
	if len(o.seen) > 1 || o.result != "" || o.seen[oStatus] || o.seen[oLast] {
		return true
	}
	for _, f := range o.cur.facts {
		if f.Kind != ErrorCode && f.Kind != InfoCode {
			return true
		}
		if c, err := code.Parse(f.Normalized); err == nil && licensing(c) {
			return true
		}
	}
	return false
}

func (o *ospp) commit() {
	b := o.cur
	if o.hidden || fixedHost(b) {
		b.drop(func(f Fact) bool { return f.Normalized == None || f.Normalized == FromNowhere })
	}
	for _, i := range o.used {
		o.p.lines[i].taken = true
	}
	o.p.saw("en")
	if o.seen[oStatus] || o.seen[oGrace] || o.seen[oProduct] || o.seen[oIgnored] || o.seen[oType] || o.result == "" && !o.seen[oCode] {
		o.p.commit(b, o.p.next(LicenseSubject), OsppDstatus)
		return
	}
	if o.result == "" && o.activates() {
		o.attemptResult()
	}
	if !b.has[LicenseName] && !b.has[Channel] {
		b.add(Statement, "ERROR CODE", OfficeScript, b.facts[0].Position.Line)
	}
	o.p.commit(b, o.p.next(AttemptSubject), OsppAct)
}

// attemptResult states what the code of an attempt means.
func (o *ospp) attemptResult() {
	for _, f := range o.cur.facts {
		switch f.Kind {
		case ErrorCode:
			o.cur.add(ActivationResult, f.Value, Failed, f.Position.Line)
			return
		case InfoCode:
			o.cur.add(ActivationResult, f.Value, Success, f.Position.Line)
			return
		}
	}
}
