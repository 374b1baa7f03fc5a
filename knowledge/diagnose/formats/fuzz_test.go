package formats

import (
	"os"
	"strings"
	"testing"
)

// The parsers of the table, each alone, so that none is sheltered by those before it.

func FuzzVAMT(f *testing.F) {
	fuzzParser(f, "vamt", `<SoftwareLicensingData><Computer Name="a"><Product><LicenseStatus>1</LicenseStatus>`, "ComputerName    PC\nLicenseStatus    1")
}

func FuzzLicensingDiag(f *testing.F) {
	fuzzParser(f, "licensingdiag", "<DiagReport><LicensingData><LicensingStatus>SL_LICENSING_STATUS_LICENSED</LicensingStatus><LocalGenuineState>&#9;")
}

func FuzzROIScan(f *testing.F) {
	fuzzParser(f, "roiscan", "Active License    Office 16, X edition\n License Status: 5 - N", "<OFFICEINVENTORY><License IsActive='TRUE' Name='Office 16, X edition' Status=\"1\" KmsServer=\"h\"")
}

func FuzzMGADiag(f *testing.F) {
	fuzzParser(f, "mgadiag", "Diagnostic Report (1.9.0027.0):\nWindows Validation Data-->\nValidation Code: 50\nWindows Product Key: *****-*****-A-B-C")
}

func FuzzRegistry(f *testing.F) {
	const key = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform`
	fuzzParser(f, "registry", "["+key+"]\n"+`"DnsDomainPublishList"=hex(7):63,00,\`+"\n  00,00\n", key+"\n    DisableDnsPublishing    REG_DWORD    0x1")
}

func FuzzEventXML(f *testing.F)     { fuzzParser(f, "event_xml") }
func FuzzEventJSON(f *testing.F)    { fuzzParser(f, "event_json") }
func FuzzEventCSV(f *testing.F)     { fuzzParser(f, "event_csv") }
func FuzzEventTable(f *testing.F)   { fuzzParser(f, "event_table") }
func FuzzEventText(f *testing.F)    { fuzzParser(f, "event_text") }
func FuzzFirewall(f *testing.F)     { fuzzParser(f, "firewall") }
func FuzzOsppDhistory(f *testing.F) { fuzzParser(f, "ospp_dhistory") }
func FuzzOsppToken(f *testing.F)    { fuzzParser(f, "ospp_token") }
func FuzzOspp(f *testing.F)         { fuzzParser(f, "ospp") }
func FuzzOsppDcmid(f *testing.F)    { fuzzParser(f, "ospp_dcmid") }
func FuzzLicenseCSV(f *testing.F) {
	fuzzParser(f, "license_csv", "Name,License Status,Partial Product Key\n\"Windows(R), a edition\",1,AB1CD")
}
func FuzzLicenseJSON(f *testing.F) {
	fuzzParser(f, "license_json", `x [{"LicenseStatus":1,"PartialProductKey":"AB1CD","c":{"Name":[1]}},{"LicenseStatus"`)
}
func FuzzVNext(f *testing.F)      { fuzzParser(f, "vnext") }
func FuzzWMI(f *testing.F)        { fuzzParser(f, "wmi") }
func FuzzSlmgrDLV(f *testing.F)   { fuzzParser(f, "slmgr_dlv") }
func FuzzSlmgrATO(f *testing.F)   { fuzzParser(f, "slmgr_ato") }
func FuzzSlmgrXPR(f *testing.F)   { fuzzParser(f, "slmgr_xpr") }
func FuzzNslookup(f *testing.F)   { fuzzParser(f, "nslookup") }
func FuzzNameLookup(f *testing.F) { fuzzParser(f, "name_lookup") }
func FuzzW32tm(f *testing.F)      { fuzzParser(f, "w32tm") }
func FuzzPing(f *testing.F)       { fuzzParser(f, "ping") }
func FuzzPortProbe(f *testing.F)  { fuzzParser(f, "port_probe") }
func FuzzIpconfig(f *testing.F)   { fuzzParser(f, "ipconfig") }
func FuzzService(f *testing.F)    { fuzzParser(f, "service") }
func FuzzHotfix(f *testing.F)     { fuzzParser(f, "hotfix") }
func FuzzMessage(f *testing.F)    { fuzzParser(f, "message") }
func FuzzFreeText(f *testing.F)   { fuzzParser(f, "free_text") }

// fuzzParser begins with the format's fixtures and more.
func fuzzParser(f *testing.F, name string, more ...string) {
	for _, file := range fixtures(f) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if strings.HasPrefix(file, "testdata/"+family(name)) {
			more = append(more, string(data))
		}
	}
	for _, text := range more {
		f.Add(text)
	}
	for _, row := range parsers {
		if row.name != name {
			continue
		}
		f.Fuzz(func(t *testing.T, text string) {
			if len(text) > 1<<13 {
				return
			}
			p := newPage(&Document{Format: Unrecognized}, text)
			row.parse(p)
			parseBanner(p) // does nothing alone: it adds to what another has found; so do headings
			parseHeadings(p)
			p.finish()
			check(t, p.doc)
		})
	}
}

// TestEveryParserIsFuzzed compares the targets above with the table.
func TestEveryParserIsFuzzed(t *testing.T) {
	source, err := os.ReadFile("fuzz_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range parsers {
		if row.name != "banner" && row.name != "headings" && !strings.Contains(string(source), `fuzzParser(f, "`+row.name+`"`) {
			t.Errorf("%s has no fuzz target", row.name)
		}
	}
}
