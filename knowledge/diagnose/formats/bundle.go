package formats

import (
	"path"
	"strings"
)

// The support package of KB 2870357 names each file after the computer and the tool whose output it is.
// Names decide only what the content leaves open: an output that says nothing that a parser knows is still
// that tool's, and the computer is the one of the name.
var bundleName = compile(`(?i)^([a-z0-9][a-z0-9-]{0,62}) ?_ ?(roiscan\.|kms_client_slmgr|kms_host_slmgr|kms_(?:client|host)_|evt_|nslookup\.|mgadiag\.|office_client_kms_report|\{?office ?\d\d\}? ?_ ?ospp-(?:dcmid|dhistory|dstatusall|dtok|[a-z]))`)

// bundleFormats is the format that the part of the name after the computer stands for.
var bundleFormats = []struct {
	part   string
	format Format
}{
	{"roiscan", ROIScan},
	{"_slmgr", SlmgrDLV},
	{"nslookup", Nslookup},
	{"mgadiag", MGADiag},
	{"ospp-dcmid", OsppDcmid},
	{"ospp-dhistory", OsppDhistory},
	{"ospp-dstatusall", OsppDstatus},
}

// eventFormats are those of the event logs, by the end of the name.
var eventFormats = map[string]Format{".txt": EventText, ".csv": EventCSV, ".xml": EventXML, ".evtx": EVTX}

// BundleMachine is the computer that a file of a support package was written on, by its name; "" for any
// other file.
func BundleMachine(filename string) string {
	if m := bundleName.FindStringSubmatch(baseName(filename)); m != nil {
		return normalHost(m[1])
	}
	return ""
}

func baseName(filename string) string { return path.Base(strings.ReplaceAll(filename, `\`, "/")) }

// bundleFormat is the format that the name of a file of a support package promises, or "".
func bundleFormat(filename string) Format {
	base := strings.ToLower(baseName(filename))
	m := bundleName.FindStringSubmatch(base)
	if m == nil {
		return ""
	}
	if m[2] == "evt_" {
		return eventFormats[path.Ext(base)]
	}
	for _, row := range bundleFormats {
		if strings.Contains(m[2], row.part) {
			return row.format
		}
	}
	return ""
}
