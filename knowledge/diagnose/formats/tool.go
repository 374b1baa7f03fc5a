package formats

import (
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// What the reports of MGADiag, licensingdiag, ROIScan and the Volume Activation Management Tool share: values as
// they spell them, and what of them must not be shown.

// span is an excerpt of the text, cut around its end where it is long, without keys and encoded ids.
func (p *page) span(off, end int) string {
	if end-off > maxExcerpt {
		off = end - maxExcerpt
	}
	s := strings.ReplaceAll(strings.ToValidUTF8(whole(p.text, off, end), ""), "\n", " ")
	return shy(strings.TrimSpace(printable(s)))
}

var (
	fiveGroupsRE = compile(`(?:[*0-9A-Za-z]{5}-){4}([0-9A-Za-z]{5})\b`)
	encodedRE    = compile(`[0-9A-Za-z+/]{40,}={0,2}|\b[0-9]{5,9}(?:[ -][0-9]{5,9}){6,}\b`)
)

// shy masks what nobody but Microsoft needs: a product key up to its last group, also one that the tool
// itself has masked only in part, and encoded ids (installation ids, hashes, blobs).
func shy(s string) string {
	s = fiveGroupsRE.ReplaceAllString(s, "*****-*****-*****-*****-$1")
	return encodedRE.ReplaceAllString(s, "…")
}

// lastFive is the last group of a product key, whole or masked, or a group that stands alone.
func lastFive(v string) string {
	v = strings.ToUpper(strings.TrimSpace(v))
	if m := fiveGroupsRE.FindStringSubmatch(v); m != nil && m[0] == v {
		v = m[1]
	}
	if !isPartialKey(v) || masked(v) {
		return ""
	}
	return v
}

// toolStatus is the normal form of a licence state as tools other than the scripts spell it: the number of
// WMI, a name of the licensing interface ("SL_LICENSING_STATUS_LICENSED", "OOBGrace"), both ("1 - LICENSED"),
// or slmgr's words.
func (p *page) toolStatus(v string) string {
	number, words, both := strings.Cut(v, " - ")
	if st := statusOfNumber[strings.TrimSpace(number)]; st != "" {
		return st
	}
	if !both {
		words = v
	}
	f := strings.TrimPrefix(fold(words), "sllicensingstatus")
	if st := toolStates[f]; st != "" {
		return st
	}
	st, _ := p.status(words)
	return st
}

var toolStates = map[string]string{
	"licensed": "LICENSED", "unlicensed": "UNLICENSED", "notlicensed": "UNLICENSED", "notification": "NOTIFICATION", "notifications": "NOTIFICATION",
	"oobgrace": "OOB_GRACE", "outofboxgrace": "OOB_GRACE", "outofboxoobgrace": "OOB_GRACE", "initialgrace": "OOB_GRACE",
	"ootgrace": "OOT_GRACE", "outoftolerancegrace": "OOT_GRACE", "outoftoleranceootgrace": "OOT_GRACE",
	"nongenuinegrace": "NON_GENUINE_GRACE", "extendedgrace": "EXTENDED_GRACE", "ingraceperiod": "", "unknown": "", "statusunknown": "",
}

// What a validation says, as a statement: of the licence where there is one, else of the machine.
const (
	ValidationGenuine  = "validation-genuine"
	ValidationInvalid  = "validation-invalid-license"
	ValidationTampered = "validation-tampered"
)

// genuineState reads the states of the licensing interface and the words that tools put for them. Numbers are
// left alone: tools count them differently.
func genuineState(v string) string {
	switch strings.TrimPrefix(fold(v), "slgenstate") {
	case "genuine", "isgenuine":
		return ValidationGenuine
	case "nongenuine", "notgenuine", "invalidlicense":
		return ValidationInvalid
	case "tampered":
		return ValidationTampered
	}
	return ""
}

// addSpan records a fact with its own excerpt: a line of these files can be as long as the file.
func (b *block) addSpan(k Kind, value, normalized string, line int, excerpt string) {
	n := len(b.facts)
	b.add(k, value, normalized, line)
	for ; n < len(b.facts); n++ {
		b.facts[n].Excerpt = excerpt
	}
}

// toolCode is a code that is kept until the state of its licence is known.
type toolCode struct {
	value   string
	code    code.Code
	line    int
	excerpt string
}

// addStatusCodes records the codes of a licence whose state is known: a licensed product's are for
// information, and that a product has no key is no failure.
func (b *block) addStatusCodes(status string, codes []toolCode, reason *toolCode) {
	seen := map[code.Code]bool{}
	for _, c := range codes {
		if seen[c.code] {
			continue
		}
		seen[c.code] = true
		kind := InfoCode
		if c.code.Failure() && status != "LICENSED" && (c.code != 0xC004F014 || b.has[PartialProductKey]) {
			kind = ErrorCode
		}
		b.addSpan(kind, c.value, c.code.String(), c.line, c.excerpt)
	}
	if reason != nil && status == "NOTIFICATION" {
		b.addSpan(NotificationCause, reason.value, reason.code.String(), reason.line, reason.excerpt)
	}
}

// keyTypeChannel reads key types: "Volume:GVLK" as Windows words them, "MAK" and "CSVLK" as tools do.
func keyTypeChannel(v string) string {
	if n := keyChannel(v); n != "" {
		return n
	}
	switch f := fold(v); {
	case strings.Contains(f, "gvlk"), strings.Contains(f, "kmsclient"), strings.HasPrefix(f, "clientvolume"), strings.HasPrefix(f, "clientsetup"):
		return "VOLUME_KMSCLIENT"
	case strings.Contains(f, "csvlk"), strings.Contains(f, "kmshost"):
		return "VOLUME_KMS"
	case strings.HasPrefix(f, "mak"), strings.HasSuffix(f, "mak"):
		return "VOLUME_MAK"
	case f == "retail":
		return "RETAIL"
	}
	return ""
}
