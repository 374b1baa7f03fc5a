package formats

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// fold reduces a label or phrase to what survives retyping, OCR and web pages: lower case, no blanks,
// hyphens, brackets, quotes or dots. "Client Machine ID (CMID)" and "client machine-id cmid" fold alike.
func fold(s string) string {
	var short [64]byte
	out := short[:0]
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return foldWide(s)
		}
		if c := lowerASCII(s[i]); c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			out = append(out, c)
		}
	}
	return string(out)
}

func foldWide(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if c := lowerASCII(byte(r)); c >= 'a' && c <= 'z' || isDigit(c) {
				b.WriteByte(c)
			}
		case r >= 'а' && r <= 'я', r >= '一' && r <= '龥':
			b.WriteRune(r)
		case r == 'ё':
			b.WriteRune('е')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

const guidPattern = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

var (
	pidRE = compile(`\b[0-9]{5}-[0-9]{5}-[0-9]{3}-[0-9]{6}-[0-9]{2}-[0-9]{4,5}-[0-9]{4,5}\.[0-9]{4}-[0-9]{7}\b`)
	// a port in which text recognition took a figure for a letter: "kms.example:l688"
	portSlipRE = compile(`^([\p{L}\p{N}][\p{L}\p{N}._-]*\.[\p{L}\p{N}._-]*):([0-9lIOoSB]{0,2}[lIOoSB][0-9]{2,4})$`)
	ipRE       = compile(`^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?:%[0-9]+)?)$`)
	versionRE  = compile(`^[0-9]+(?:\.[0-9]+){3}$`)
	// two numbers, the second bracketed: "259197 minute(s) (180 day(s))" in any language
	minutesRE = compile(`^([0-9]{1,7})\s*\D{0,24}\(\s*[0-9]{1,4}\s*\D{0,16}$`)
	leadIntRE = compile(`^(-?[0-9]{1,10})\b`)
)

var slippedDigits = strings.NewReplacer("l", "1", "I", "1", "O", "0", "o", "0", "S", "5", "B", "8")

// normalHost is the form in which hosts are compared: lower case, no trailing dot, no brackets.
func normalHost(s string) string {
	return strings.ToLower(printable(strings.Trim(strings.TrimSuffix(strings.TrimSpace(s), "."), "[]")))
}

// splitHostPort takes "host", "host:port" and "[v6]:port"; port is "" where absent. ok is false for
// placeholders and prose.
func splitHostPort(s string) (host, port string, ok bool) {
	s = strings.Trim(s, ` "'.,;`)
	host, port, ok = cutPort(s)
	if !ok {
		if m := portSlipRE.FindStringSubmatch(s); m != nil {
			host, port, ok = m[1], slippedDigits.Replace(m[2]), true
		}
	}
	if ok {
		if n, _ := strconv.Atoi(port); n < 1 || n > 65535 || masked(host) {
			return "", "", false
		}
		return host, port, true
	}
	if !isHost(s) || masked(s) {
		return "", "", false
	}
	return s, "", true
}

// masked tells a value that somebody blanked out before posting: it says nothing, so it gives no fact.
func masked(s string) bool {
	if strings.ContainsAny(s, "<>*█■") || strings.Contains(s, "...") || strings.Contains(s, "…") {
		return true
	}
	bare := strings.Trim(s, "-.:[](){} ")
	if maskWords[fold(bare)] {
		return true
	}
	return bare == "" || strings.Trim(strings.ToLower(bare), "x-. ") == "" || strings.Trim(bare, "#?") == ""
}

// maskWords are what people put in the place of a name.
var maskWords = map[string]bool{"redacted": true, "masked": true, "hidden": true, "removed": true, "censored": true, "anonymized": true, "anonymised": true,
	"maskert": true, "skjult": true, "fjernet": true, "sladdet": true, "maskerad": true, "dold": true, "borttagen": true, "скрыто": true, "удалено": true, "замаскировано": true,
	"已隐藏": true, "隐藏": true, "已屏蔽": true, "hostname": true, "servername": true, "computername": true}

func normalGUID(s string) string { return strings.ToLower(strings.Trim(s, "{} ")) }

// clientTime reads the UTC time of events 12288-12290: "2010/09/29 17:52", month and day with or without
// a leading zero.
func clientTime(s string) string {
	t, err := time.Parse("2006/1/2 15:4", strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

// zonedTime normalises times that carry their zone. A local time without one (Event Viewer, "Trusted time")
// gives "": day and month may be swapped by the locale and the zone is unknown, so any UTC would be a guess.
func zonedTime(s string) string {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC().Format(time.RFC3339Nano)
	}
	return wmiTime(s)
}

// wmiTime reads CIM datetimes, "20130415183012.000000-000": the last figures are minutes from UTC.
func wmiTime(s string) string {
	if len(s) != 25 || s[14] != '.' {
		return ""
	}
	t, err := time.Parse("20060102150405", s[:14])
	off, err2 := strconv.Atoi(s[21:])
	if err != nil || err2 != nil {
		return ""
	}
	return t.Add(-time.Duration(off) * time.Minute).UTC().Format(time.RFC3339)
}

// statusOfNumber is the LicenseStatus of WMI and of event 12288.
var statusOfNumber = map[string]string{
	"0": "UNLICENSED", "1": "LICENSED", "2": "OOB_GRACE", "3": "OOT_GRACE",
	"4": "NON_GENUINE_GRACE", "5": "NOTIFICATION", "6": "EXTENDED_GRACE",
}

var channelRE = compile(`(?i)\b(VOLUME[ _-]?(?:KMS[ _-]?CLIENT|KMS(?:[_-][A-Z0-9]+)*|MAK)|RETAIL(?:\([A-Z]+\))?|TIMEBASED[_-](?:EVAL|SUB)|OEM(?:[_-][A-Z]+)+|VIRTUAL[_-]MACHINE[_-]ACTIVATION)`)

// channelOfDescription finds the channel token of a licence description and its normal form.
// RETAIL(MAK) is how Office 2019 and later spell a volume MAK licence.
func channelOfDescription(s string) (value, normal string) {
	value = channelRE.FindString(s)
	if value == "" {
		return "", ""
	}
	normal = strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(value))
	switch {
	case normal == "RETAIL(MAK)":
		normal = "VOLUME_MAK"
	case strings.HasPrefix(normal, "RETAIL("):
		normal = "RETAIL"
	case strings.ReplaceAll(normal, "_", "") == "VOLUMEKMSCLIENT":
		normal = "VOLUME_KMSCLIENT"
	}
	return value, normal
}

// channelOfKey maps a product key channel ("Volume:GVLK") to the licence channel it stands for.
var channelOfKey = map[string]string{
	"VOLUME:GVLK": "VOLUME_KMSCLIENT", "VOLUME:CSVLK": "VOLUME_KMS", "VOLUME:MAK": "VOLUME_MAK",
	"RETAIL": "RETAIL", "RETAIL:TB:EVAL": "TIMEBASED_EVAL", "RETAIL:TB:SUB": "TIMEBASED_SUB", "RETAIL:MAK": "VOLUME_MAK",
	"OEM:DM": "OEM_DM", "OEM:SLP": "OEM_SLP", "OEM:NONSLP": "OEM_COA_NSLP", "OEM:COA": "OEM_COA", "VT:IA": "VIRTUAL_MACHINE_ACTIVATION",
}

func keyChannel(s string) string {
	return channelOfKey[strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))]
}

// editionOf takes the SKU word of a licence name: "Windows(R), EnterpriseS edition" gives "EnterpriseS".
func editionOf(name string) string {
	for from := 0; ; {
		i := strings.Index(name[from:], "edition")
		if i < 0 {
			return ""
		}
		at := from + i
		from = at + len("edition")
		comma := strings.LastIndexByte(name[:at], ',')
		if e := strings.TrimSpace(name[comma+1 : at]); comma >= 0 && e != "" && len(e) <= 80 && isBlank(name[at-1]) && (from == len(name) || !wordByte(name[from])) {
			return e
		}
	}
}

// normal returns the normal form of a value of a kind, for kinds whose form needs no context.
func normal(k Kind, v string) string {
	switch k {
	case CMID, SkuID, ActivationID, ApplicationID:
		return normalGUID(v)
	case KMSHost, SRVHost, DNSServer, DNSSuffix, DNSZone, KMSLookupDomain, Computer, KMSIP:
		return normalHost(v)
	case EventTime, EvaluationEnd, TrustedTime:
		return zonedTime(v)
	case ClientTime:
		return clientTime(v)
	case PartialProductKey, ExtendedPID:
		return strings.ToUpper(v)
	}
	return v
}
