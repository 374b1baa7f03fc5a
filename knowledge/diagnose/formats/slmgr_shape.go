package formats

import (
	"strings"
	"unicode/utf8"
)

// Recognition of slmgr lines by the shape of the value and its place in the block, for languages and
// versions whose labels are not in the table.

var (
	nameValueRE = compile(`^(?:Windows|Office|Microsoft)\b.{0,120}\bedition$`)
	descValueRE = compile(`^(?:Windows|Office|Microsoft)\b.{0,160}\bchannel$`)
	keyValueRE  = compile(`^(?:Volume|Retail|OEM):[A-Za-z:]{2,16}$`)
	objectRE    = compile(`^CN=([^,]{1,120}),CN=Activation Objects,CN=Microsoft SPP,`)
	everyRE     = compile(`^[0-9]{1,6}\s+\p{L}+\.?$`)
	windowsApps = map[string]bool{"55c92734-d682-4d71-983e-d6ec3f16059f": true, "0ff1ce15-a989-479d-af46-f275c6370663": true, "59a52881-a989-479d-af46-f275c6370663": true, "0ff1ce16-a989-479d-af46-f275c6370663": true}
)

// shape tells by its value and its place which field a line with an unknown label is, or "".
func (s *slmgr) shape(text string) field {
	label, v, ok := cut(text)
	if !ok || len(label) > 180 || len(label) > 90 && utf8.RuneCountInString(label) > 90 {
		return ""
	}
	switch {
	case nameValueRE.MatchString(v) && len(label) < 24:
		return fName
	case descValueRE.MatchString(v) && channelRE.MatchString(v):
		return fDescription
	case s.licence == nil:
		return ""
	case objectRE.MatchString(v):
		return fAOName
	case keyValueRE.MatchString(v) && keyChannel(v) != "":
		return fKeyChannel
	case pidRE.MatchString(v):
		if s.part == inClient || s.seen[fPID] {
			return fHostPID
		}
		return fPID
	case hasGUID(v):
		return s.guidShape(v)
	case isPartialKey(v) && !s.seen[fPartial] && !isInteger(v):
		return fPartial
	case minutesRE.MatchString(v):
		return fRemaining
	}
	return s.laterShape(label, v)
}

func (s *slmgr) guidShape(v string) field {
	switch {
	case windowsApps[normalGUID(findGUID(v))]:
		return fAppID
	case s.seen[fAOName]:
		return fIgnored // the object's own id
	case s.part == inClient || s.seen[fPartial] || s.seen[fStatus]:
		return fCMID
	case !s.seen[fActID]:
		return fActID
	}
	return ""
}

// laterShape tells the fields of the client and host parts.
func (s *slmgr) laterShape(label, v string) field {
	_, _, hostPort := cutPort(v)
	switch {
	case s.part != inHost && hostPort && s.seen[fCMID]:
		if strings.Contains(label, "DNS") {
			return fDNSHost
		}
		return fRegHost // slmgr names its host as either found in DNS or registered
	case ipRE.MatchString(v) && s.seen[fCMID] && strings.Contains(label, "IP"):
		return fHostIP
	case s.part == inClient && everyRE.MatchString(v) && !s.seen[fActEvery]:
		return fActEvery
	case s.part == inClient && everyRE.MatchString(v) && !s.seen[fRenewEvery]:
		return fRenewEvery
	case s.seen[fPartial] && !s.seen[fStatus]:
		if st, _ := s.p.status(v); st != "" {
			return fStatus
		}
	case s.part == inHost && isInteger(v):
		return requestsOf(label)
	}
	return ""
}

// requestsOf finds the licence state that a counter's label ends in: "Forespørsler med lisensstatus Lisensiert".
func requestsOf(label string) field {
	f := fold(label)
	for n := 0; n < len(f)-5; n++ {
		if k, ok := statusPhrases.byFold[f[n:]]; ok {
			return field(fReqPrefix) + k.field
		}
	}
	if _, state, ok := strings.Cut(f, "许可证状态为"); ok { // Chinese says it in the middle
		if k, ok := statusPhrases.byFold[strings.TrimSuffix(state, "的请求")]; ok {
			return field(fReqPrefix) + k.field
		}
	}
	return ""
}
