package formats

import "testing"

// TestBundleNames knows the fourteen kinds of files of the support package, and no others.
func TestBundleNames(t *testing.T) {
	for name, want := range map[string]struct {
		machine string
		format  Format
	}{
		"KLIENT7_Roiscan.log":                                  {"klient7", ROIScan},
		"KLIENT7_Roiscan.xml":                                  {"klient7", ROIScan},
		"KLIENT7_KMS_Client_slmgr.log":                         {"klient7", SlmgrDLV},
		"KLIENT7_evt_Activation_Application_Filter.csv":        {"klient7", EventCSV},
		"KLIENT7_evt__Application_Filter.evtx":                 {"klient7", EVTX},
		"KLIENT7_evt_KeyManagementService.xml":                 {"klient7", EventXML},
		"KLIENT7_evt_KeyManagementService.txt":                 {"klient7", EventText},
		"KLIENT7_NSLookup.log":                                 {"klient7", Nslookup},
		"KLIENT7_MGADiag.txt":                                  {"klient7", MGADiag},
		"KLIENT7_Office15_Ospp-dcmid.txt":                      {"klient7", OsppDcmid},
		"KLIENT7_Office14_Ospp-dhistoryActErr.txt":             {"klient7", OsppDhistory},
		"KLIENT7_Office14_Ospp-dhistorykms.txt":                {"klient7", OsppDhistory},
		"KLIENT7_Office15_Ospp-Dstatusall.txt":                 {"klient7", OsppDstatus},
		"KLIENT7_Office15_Ospp-Dtokcerts.txt":                  {"klient7", ""},
		"KLIENT7_Office15_Ospp-dtokils.txt":                    {"klient7", ""},
		"KLIENT7_Office_Client_KMS_Report.html":                {"klient7", ""},
		`bundle.cab/sub\klient-7_nslookup.LOG`:                 {"klient-7", Nslookup},
		"bundle.zip/KLIENT7_Office15_Ospp-Dstatusall.txt":      {"klient7", OsppDstatus},
		"nslookup.log":                                         {"", ""},
		"system_log.txt":                                       {"", ""},
		"my_mgadiagram.txt":                                    {"", ""},
		"../../_evt_x.csv":                                     {"", ""},
		"KLIENT7_Roiscan.log/other.txt":                        {"", ""},
		"a name that is much too long for a computer_evt_.csv": {"", ""},
	} {
		if m, f := BundleMachine(name), bundleFormat(name); m != want.machine || f != want.format {
			t.Errorf("%s: %q %q, want %q %q", name, m, f, want.machine, want.format)
		}
	}
}

// TestBundleFormat: the name decides where the content says nothing, and only there.
func TestBundleFormat(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Format
	}{
		{"PC1_NSLookup.log", "Server:  UnKnown\nAddress:  10.0.0.1\n", Nslookup},
		{"PC1_Office15_Ospp-dhistorykms.txt", "---Processing---\n---Exiting---\n", OsppDhistory},
		{"PC1_NSLookup.log", requestText(1), EventText},
		{"lookup.log", "Server:  UnKnown\nAddress:  10.0.0.1\n", Unrecognized},
		{"PC1_NSLookup.log", "\x00\x01\x02\x03\x04\x05\x06\x07", Unrecognized},
		{"PC1_NSLookup.log", " \n", Unrecognized},
	} {
		d := Parse(tt.name, []byte(tt.text))
		if d.Format != tt.want {
			t.Errorf("%s %.20q: %s, want %s", tt.name, tt.text, d.Format, tt.want)
		}
	}
}
