package formats

import (
	"strconv"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// Events 12288, 12289 and 12290 carry their fields as one comma-separated string, the same in every
// language, so the string is known by its shape even without any label:
//
//	12288  hr, flags, host:port, cmid, time, vm, status, minutes, sku, minimum count
//	12289  hr, flags, activated, unused, count, activation interval, renewal interval, time
//	12290  hr, minimum count, client, cmid, time, vm, status, minutes, sku

var (
	timeRE     = compile(`^[0-9]{4}/[0-9]{1,2}/[0-9]{1,2} [0-9]{1,2}:[0-9]{1,2}`)
	tokenEndRE = compile(`^[0-9a-fA-FxX-]+`)
)

// commaFields cuts up to ten fields out of a text that begins with a code.
func commaFields(s string) []string {
	fields := strings.SplitN(s[:min(len(s), 1200)], ",", 11)
	if len(fields) > 10 {
		fields = fields[:10]
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	last := len(fields) - 1
	if end := tokenEndRE.FindString(fields[last]); last >= 8 && end != "" {
		fields[last] = end // what follows the last field is other text
	}
	if last >= 8 && !hasGUID(fields[8]) && !masked(fields[8]) {
		fields = fields[:8]
	}
	return fields
}

// commaKey identifies a field list, so that a record that shows it twice (Get-EventLog prints the message
// and its replacement strings) counts once.
func commaKey(text string) string {
	at := commasAt(text, 0)
	if at < 0 {
		return ""
	}
	f := commaFields(text[at:])
	return strings.Join(f[:min(len(f), 6)], ",")
}

// commaEvent tells which event a field list is of, or "".
func commaEvent(f []string) string {
	switch {
	case len(f) < 4 || !isFlags(f[0]):
		return ""
	case isFlags(f[1]) && len(f) >= 5 && isSmall(f[2]) && isSmall(f[3]) && isSmall(f[4]):
		return "12289"
	case isFlags(f[1]) && hostField(f[2]) && (hasGUID(f[3]) || masked(f[3])):
		return "12288"
	case isSmall(f[1]) && hostField(f[2]) && (hasGUID(f[3]) || masked(f[3])):
		return "12290"
	}
	return ""
}

// cutOff accepts the beginning of a field list where the record says which event it is.
func cutOff(id string, f []string) string {
	if len(f) < 3 || len(f) > 3 && !masked(f[3]) || !isFlags(f[0]) || !hostField(f[2]) {
		return ""
	}
	if id == "12288" && isFlags(f[1]) || id == "12290" && isSmall(f[1]) {
		return id
	}
	return ""
}

func isSmall(s string) bool { return isInteger(s) && len(s) <= 9 }

// hostField accepts a host, with or without port, and placeholders; but no further code or number.
func hostField(s string) bool {
	if masked(s) || strings.Contains(s, "<") {
		return true
	}
	_, _, ok := splitHostPort(s)
	return ok && !isFlags(s) && !isSmall(s)
}

// commas reads the string in text as the event's fields and reports whether it was one.
func (e *event) commas(b *block, text string, num int) bool {
	for _, at := range allCommas(text, 4) {
		f := commaFields(text[at:])
		id := commaEvent(f)
		if id == "" {
			id = cutOff(e.id, f)
		}
		switch {
		case id == "" || e.id != "" && id != e.id:
		case id == "12288":
			b.request(f, num)
			return true
		case id == "12289":
			b.answer(f, num)
			return true
		default:
			b.processed(f, num)
			return true
		}
	}
	return false
}

func fieldAt(f []string, i int) string {
	if i < len(f) && !masked(f[i]) {
		return f[i]
	}
	return ""
}

// addHRESULT records the result; 0 is information.
func (b *block) addHRESULT(v string, num int) {
	if c, err := code.Parse(v); err == nil {
		b.addCode(v, c, num)
	}
}

// request reads 12288: what the client sent, to whom.
func (b *block) request(f []string, num int) {
	b.addHRESULT(f[0], num)
	b.serverField(f[2], num)
	b.client(f, 3, num)
	if n := fieldAt(f, 9); isSmall(n) {
		b.add(MinimumCount, n, n, num)
	}
}

// serverField is "host:port", where either may be a placeholder.
func (b *block) serverField(v string, num int) {
	if b.addHost(v, "", num) {
		return
	}
	if i := strings.LastIndexByte(v, ':'); i >= 0 {
		if n, err := strconv.Atoi(v[i+1:]); err == nil && n > 0 && n < 65536 {
			b.add(KMSPort, v[i+1:], v[i+1:], num)
		}
	}
}

// processed reads 12290: what the host answered to whom. Computer is the client's name here.
func (b *block) processed(f []string, num int) {
	b.addHRESULT(f[0], num)
	b.add(MinimumCount, f[1], f[1], num)
	if h, _, ok := splitHostPort(f[2]); ok {
		b.add(Computer, h, normalHost(h), num)
	}
	b.client(f, 3, num)
}

// client reads the five or six fields that 12288 and 12290 share: cmid, time, vm, status, minutes, sku.
func (b *block) client(f []string, at, num int) {
	b.addGUID(fieldAt(f, at), num, CMID)
	if v := fieldAt(f, at+1); v != "" && !timeRE.MatchString(v) {
		return // a field is missing or broken: what the numbers after it mean is not known
	}
	if t := timeRE.FindString(fieldAt(f, at+1)); t != "" {
		b.add(ClientTime, t, clientTime(t), num)
	}
	if v := fieldAt(f, at+2); v == "0" || v == "1" {
		b.add(IsVM, v, trueOrFalse(v == "1"), num)
	}
	if v := fieldAt(f, at+3); statusOfNumber[v] != "" {
		b.add(LicenseStatus, v, statusOfNumber[v], num)
	}
	if v := fieldAt(f, at+4); isSmall(v) {
		b.add(GraceMinutes, v, v, num)
	}
	b.addGUID(fieldAt(f, at+5), num, SkuID)
}

// answer reads 12289: what the host said, and whether the client is activated by it.
func (b *block) answer(f []string, num int) {
	b.addHRESULT(f[0], num)
	switch f[2] {
	case "1":
		b.add(ActivationResult, f[2], Success, num)
	case "0":
		b.add(ActivationResult, f[2], Failed, num)
	}
	b.add(CurrentCount, f[4], f[4], num)
	if v := fieldAt(f, 5); isSmall(v) {
		b.add(ActivationMinutes, v, v, num)
	}
	if v := fieldAt(f, 6); isSmall(v) {
		b.add(RenewalMinutes, v, v, num)
	}
	if t := timeRE.FindString(fieldAt(f, 7)); t != "" {
		b.add(ClientTime, t, clientTime(t), num)
	}
}
