package formats

import "strings"

// parseSlmgrDLV reads the licence blocks of slmgr /dli and /dlv: a name line, the licence's fields, then
// perhaps a client part (which KMS host it uses) and a host part (what it serves as a KMS host).
// Fields are found by label in five languages and, failing that, by the shape of the value and its place
// in the block, because slmgr writes its lines in a fixed order in every language.
func parseSlmgrDLV(p *page) {
	p.absentLicenses()
	s := slmgr{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		switch {
		case l.taken || l.fence || l.prompt:
			s.flush()
			s.ospp = s.ospp && !l.prompt
		case l.blank():
		case s.read(l):
			s.used = append(s.used, i)
			s.strange = 0
		default:
			if s.strange++; s.strange > 8 {
				s.flush()
			}
		}
	}
	s.flush()
}

type part int

const (
	inLicence part = iota
	inClient
	inHost
)

// slmgr is the licence block being read.
type slmgr struct {
	p       *page
	licence *block
	host    *block
	machine *block // what the block says of the machine
	seen    map[field]bool
	part    part
	weight  int  // evidence that this is slmgr's output and no other list of names and values
	detail  bool // fields that only /dlv prints
	strange int  // lines in a row that say nothing
	hidden  bool // a host is named, but its name is masked
	used    []int
	langs   []string
	ospp    bool // inside a block of ospp.vbs
}

func (s *slmgr) open() {
	if s.licence == nil {
		s.licence, s.host, s.machine = newBlock(), newBlock(), newBlock()
		s.seen = map[field]bool{}
	}
}

// read takes one line into the block and reports whether it belongs there.
func (s *slmgr) read(l *line) bool {
	label, _, _ := cut(l.text)
	if s.ofOspp(l) {
		return false
	}
	if k, ok := slmgrPhrases.whole(l.text); ok && len(l.text) < 160 {
		return s.phrase(k, l.text, l.num)
	}
	if camel(label) || strings.Contains(l.text, "  :") {
		return false // a WMI property, not a label
	}
	k, value, ok := slmgrLabels.field(l)
	if !ok && s.licence != nil && label != "" {
		if k, ok = slmgrLabels.near(label, &s.p.fuzzy); ok {
			_, value, _ = cut(l.text)
		}
	}
	if k.field == fIgnored && objectRE.MatchString(value) {
		k.field = fAOName // by its place in the directory
	}
	if ok && s.accepts(k.field, value) {
		s.begin(k.field)
		s.langs = append(s.langs, k.lang)
		s.set(k.field, value, l.at(len(l.text)-len(value)))
		return true
	}
	if f := s.shape(l.text); f != "" {
		s.begin(f)
		_, value, _ := cut(l.text)
		s.set(f, value, l.num)
		return true
	}
	return false
}

// ofOspp notes ospp.vbs blocks, whose lines about the KMS host read like slmgr's.
func (s *slmgr) ofOspp(l *line) bool {
	if capsRE.MatchString(l.text) {
		if _, ok := osppLabels.byFold[l.label]; ok {
			s.flush()
			s.ospp = true
		}
	} else if s.ospp {
		k, ok := slmgrLabels.byFold[l.label]
		s.ospp = !ok || k.field != fName && k.field != fDescription && k.field != fVersion
	}
	return s.ospp
}

func camel(label string) bool {
	inner := 0
	for i := 1; i < len(label); i++ {
		if label[i] == ' ' {
			return false
		}
		if label[i] >= 'A' && label[i] <= 'Z' && label[i-1] >= 'a' && label[i-1] <= 'z' {
			inner++
		}
	}
	return inner >= 1
}

// accepts tells whether a labelled value can be what the label says; "Name" and "Description" begin lines
// of many other outputs.
func (s *slmgr) accepts(f field, value string) bool {
	switch f {
	case fName:
		return licenceName(value)
	case fDescription:
		v, _ := channelOfDescription(value)
		return v != "" || s.licence != nil && s.seen[fName] && !s.seen[fDescription]
	case fActID, fAppID, fIgnored:
		return s.licence != nil || hasGUID(value)
	case fStatus:
		st, _ := s.p.status(value)
		return st != "" || s.licence != nil
	case fTrusted, fRemaining, fTotal, fFailed:
		return s.licence != nil
	case fCount:
		return s.licence != nil && !s.seen[fCount] // prose after the output tells of other hosts
	}
	return true
}

func licenceName(v string) bool {
	return len(v) < 200 && (strings.HasSuffix(v, " edition") || strings.Contains(v, " edition") && strings.Contains(v, ",") ||
		strings.HasPrefix(v, "Windows(") || strings.HasPrefix(v, "Windows Server(") || strings.HasPrefix(v, "Office "))
}

// first are the fields with which the next block begins where the one before already has them.
var first = map[field]bool{fName: true, fDescription: true, fPartial: true, fStatus: true, fActID: true, fKeyChannel: true, fVersion: true}

func (s *slmgr) begin(f field) {
	if s.licence != nil && first[f] && (s.seen[f] || f == fName && s.seen[fPartial] || f == fVersion && len(s.licence.facts) > 0) {
		s.flush()
	}
	s.open()
	s.seen[f] = true
}

// set records one field.
func (s *slmgr) set(f field, value string, num int) {
	b := s.licence
	s.weight += weights[f]
	s.detail = s.detail || detailed[f]
	switch f {
	case fVersion:
		if versionRE.MatchString(value) {
			s.machine.addValue(ServiceVersion, value, num)
		}
	case fName:
		b.add(LicenseName, value, value, num)
		if e := editionOf(value); e != "" {
			b.add(Edition, e, e, num)
		}
	case fDescription:
		if v, n := channelOfDescription(value); v != "" {
			s.weight += 2
			b.add(Channel, v, n, num)
		}
	case fActID:
		b.addGUID(value, num, ActivationID, SkuID)
	case fAppID:
		b.addGUID(value, num, ApplicationID)
	case fPID:
		b.addValue(ExtendedPID, pidRE.FindString(value), num)
	case fKeyChannel:
		if n := keyChannel(value); n != "" && !b.has[Channel] {
			b.add(Channel, value, n, num)
		}
	case fPartial:
		if v := strings.ToUpper(strings.TrimRight(value, ". ")); isPartialKey(v) && !masked(v) {
			b.add(PartialProductKey, v, v, num)
			s.weight++
		}
	default:
		s.setState(f, value, num)
	}
}

// setState records the fields that say how the licence stands.
func (s *slmgr) setState(f field, value string, num int) {
	b := s.licence
	switch f {
	case fStatus:
		if st, lang := s.p.status(value); st != "" {
			b.add(LicenseStatus, value, st, num)
			s.langs = append(s.langs, lang)
		}
	case fExpiration, fRemaining:
		b.addInt(GraceMinutes, value, num)
	case fReason:
		if v, c, ok := firstCode(value); ok {
			b.add(NotificationCause, v, c.String(), num)
			b.addCode(v, c, num) // as ospp.vbs states it: the reason is the licence's error
		}
	case fEvalEnd:
		b.addValue(EvaluationEnd, value, num)
	case fRearm:
		b.addInt(RearmCount, value, num)
	case fRearmSku:
		b.addInt(RearmSkuCount, value, num)
	case fTrusted:
		b.addValue(TrustedTime, value, num)
	case fActType:
		b.addType(value, num)
	case fAOName:
		if m := objectRE.FindStringSubmatch(value); m != nil {
			value = m[1]
		}
		if !b.has[AOName] {
			b.addValue(AOName, value, num)
		}
	default:
		s.setClient(f, value, num)
	}
}

// setClient records the client part: which KMS host, and how it was found.
func (s *slmgr) setClient(f field, value string, num int) {
	b := s.licence
	switch f {
	case fCMID:
		s.part = inClient
		b.addGUID(value, num, CMID)
	case fDNSHost:
		s.hidden = !b.addHost(value, FromDNS, num) || s.hidden
	case fRegHost:
		s.hidden = !b.addHost(value, FromRegistry, num) || s.hidden
	case fLookup:
		b.addValue(KMSLookupDomain, value, num)
	case fDiscovery:
		b.add(KMSHost, value, None, num)
		b.add(KMSHostSource, value, FromNowhere, num)
	case fHostIP:
		if ipRE.MatchString(value) {
			b.addValue(KMSIP, value, num)
		}
	case fActEvery:
		b.addInt(ActivationMinutes, value, num)
	case fRenewEvery:
		b.addInt(RenewalMinutes, value, num)
	default:
		s.setHost(f, value, num)
	}
}

// setHost records the host part: what the machine serves.
func (s *slmgr) setHost(f field, value string, num int) {
	h := s.host
	switch f {
	case fCount:
		h.addInt(CurrentCount, value, num)
	case fListening:
		h.addInt(KMSPort, value, num)
	case fPriority:
		h.add(KMSPriority, value, priority(value), num)
	case fTotal:
		h.addInt(TotalRequests, value, num)
	case fFailed:
		h.addInt(FailedRequests, value, num)
	default:
		if status, ok := strings.CutPrefix(string(f), fReqPrefix); ok {
			if n := leadIntRE.FindString(value); n != "" {
				h.add(RequestsByStatus, n, status+"="+n, num)
			}
		}
	}
}

// weights are the points by which a line shows that a block is slmgr's.
var weights = map[field]int{
	fPartial: 1, fStatus: 1, fExpiration: 1, fRemaining: 1, fReason: 1, fKeyChannel: 1, fActType: 1, fVersion: 1,
	fActID: 1, fAppID: 1, fPID: 1, fCMID: 2, fDNSHost: 2, fRegHost: 2, fDiscovery: 2, fHostIP: 1, fHostPID: 1,
	fActEvery: 1, fRenewEvery: 1, fRearm: 1, fRearmSku: 1, fListening: 1, fCount: 1, fTotal: 1, fName: 1,
}

// detailed are the fields that /dlv prints and /dli does not.
var detailed = map[field]bool{fVersion: true, fActID: true, fAppID: true, fPID: true, fIgnored: true, fTrusted: true,
	fEvalEnd: true, fRearm: true, fRearmSku: true, fKeyChannel: true}

// phrase takes a heading or a sentence.
func (s *slmgr) phrase(k known, text string, num int) bool {
	s.open()
	s.langs = append(s.langs, k.lang)
	s.weight++
	switch k.field {
	case pClient:
		s.part = inClient
		s.weight++
	case pHost:
		s.part = inHost
		s.weight++
		s.host.add(IsKMSHost, text, "true", num)
	case pCumulative:
		s.part = inHost
	case pPublishingOn, pPublishingNo:
		s.host.add(DNSPublishing, text, trueOrFalse(k.field == pPublishingOn), num)
	case pCachingOn, pCachingNo:
		s.licence.add(HostCaching, text, trueOrFalse(k.field == pCachingOn), num)
	case "not-available":
		s.setClient(fDiscovery, text, num)
		s.weight++
	case pNotInUse:
		s.licence.add(Statement, text, "not-in-use", num)
	}
	return true
}

func trueOrFalse(v bool) string {
	if v {
		return "true"
	}
	return "false"
}

func activationType(v string) string {
	switch fold(v) {
	case "all", "alle", "alla", "все", "全部":
		return "ALL"
	}
	return strings.ToUpper(v)
}

// addType records how a licence may be activated: one word.
func (b *block) addType(value string, num int) {
	if word := strings.TrimSpace(value); len(word) <= 30 && !strings.ContainsAny(word, " \t[]<>") {
		b.add(ActivationType, word, activationType(word), num)
	}
}

func priority(v string) string {
	switch fold(v) {
	case "low", "lav", "låg", "низкий", "低":
		return "LOW"
	}
	return "NORMAL"
}

// flush commits the block if it is slmgr's beyond doubt, and forgets it.
func (s *slmgr) flush() {
	if s.licence != nil {
		s.commit()
	}
	*s = slmgr{p: s.p, ospp: s.ospp}
}

func (s *slmgr) commit() {
	b := s.licence
	if s.weight < 2 && !(s.weight > 0 && s.p.activation().any) || s.nameOnly() {
		return
	}
	if s.hidden || b.has[KMSHostSource] && fixedHost(b) {
		b.drop(func(f Fact) bool { return f.Normalized == None || f.Normalized == FromNowhere })
	}
	format := SlmgrDLI
	if s.detail {
		format = SlmgrDLV
	}
	for _, i := range s.used {
		s.p.lines[i].taken = true
	}
	for _, lang := range s.langs {
		s.p.saw(lang)
	}
	s.p.commit(s.machine, machineSubject(), format)
	subject := s.p.next(LicenseSubject)
	s.p.commit(b, subject, format)
	if len(s.host.facts) > 0 {
		s.p.commit(s.host, numbered(HostSubject, s.p.serial[LicenseSubject]), format)
	}
}

// nameOnly tells a block that holds a product's name, or a machine id as ospp.vbs /dcmid prints it, and
// nothing about a licence.
func (s *slmgr) nameOnly() bool {
	for _, f := range s.licence.facts {
		if f.Kind != LicenseName && f.Kind != Edition && f.Kind != CMID {
			return false
		}
	}
	return len(s.machine.facts) == 0 && len(s.host.facts) == 0
}

// fixedHost tells that a host is set by hand: then "not available in DNS" says nothing about which is used.
func fixedHost(b *block) bool {
	for _, f := range b.facts {
		if f.Kind == KMSHostSource && f.Normalized == FromRegistry {
			return true
		}
	}
	return false
}
