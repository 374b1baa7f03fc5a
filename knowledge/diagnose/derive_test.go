package diagnose

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

const (
	cmidA = "11111111-aaaa-4bbb-8ccc-000000000001"
	cmidB = "22222222-aaaa-4bbb-8ccc-000000000002"
	skuA  = "a1b2c3d4-1111-4222-8333-0123456789ab"
)

// event is one record as Event Viewer copies it.
func eventText(id, computer, date string, body ...string) string {
	return fmt.Sprintf("Log Name:      Application\nSource:        Microsoft-Windows-Security-SPP\nDate:          %s\nEvent ID:      %s\nLevel:         Information\nComputer:      %s\nDescription:\n%s\n\n",
		date, id, computer, strings.Join(body, "\n"))
}

func request(code, host, computer, cmid, time string) string {
	return eventText("12288", computer, "", "The client has sent an activation request to the key management service machine.", "Info:",
		fmt.Sprintf("%s, 0x00000000, %s:1688, %s, %s, 0, 2, 40000, %s, 25", code, host, cmid, time, skuA))
}

func answer(computer, time string) string {
	return eventText("12289", computer, "", "The client has processed an activation response.", "Info:", "0x00000000, 0x00000000, 1, 0, 50, 120, 10080, "+time)
}

func license(status string, more ...string) string {
	return "Name: Windows(R), Enterprise edition\nDescription: Windows(R) Operating System, VOLUME_KMSCLIENT channel\nPartial Product Key: 2YT43\nLicense Status: " +
		status + "\n" + strings.Join(more, "\n") + "\n\n"
}

const attemptFailed = "C:\\>cscript slmgr.vbs /ato\nActivating Windows(R), Enterprise edition (" + skuA + ") ...\nError: 0xC004F074 The Software Licensing Service reported an error.\n\n"

// derived parses documents and derives.
func derived(t *testing.T, docs ...string) records {
	t.Helper()
	var parsed []*formats.Document
	for i, d := range docs {
		parsed = append(parsed, formats.Parse(fmt.Sprintf("document-%d.txt", i+1), []byte(d)))
	}
	rs := collect(parsed)
	addContext(rs, knowledge.Context{})
	derive(rs, builtIn(t))
	return rs
}

// all gives the values of one fact over all records of a kind, sorted, "-" where one has none.
func all(rs records, kind, fact string) []string {
	var out []string
	for _, r := range rs[kind] {
		if len(r.all(fact)) == 0 {
			out = append(out, "-")
		}
		for _, v := range r.all(fact) {
			out = append(out, v.norm)
		}
	}
	slices.Sort(out)
	return out
}

func TestDerivedFacts(t *testing.T) {
	const c1 = "client1.contoso.com"
	fail := request("0xC004F074", "kms01.contoso.com", c1, cmidA, "2026/03/02 07:15")
	for _, tt := range []struct {
		name       string
		docs       []string
		kind, fact string
		want       []string
	}{
		{"a later success overtakes a failed attempt", []string{fail + request("0x00000000", "kms02.contoso.com", c1, cmidA, "2026/03/02 09:15") + answer(c1, "2026/03/02 09:15")}, "code", "error_code", nil},
		{"events newest first: times count, not lines", []string{request("0x00000000", "kms02.contoso.com", c1, cmidA, "2026/03/02 09:15") + answer(c1, "2026/03/02 09:15") + fail}, "code", "error_code", nil},
		{"an earlier success does not", []string{fail + request("0x00000000", "kms02.contoso.com", c1, cmidA, "2026/03/01 09:15") + answer(c1, "2026/03/01 09:15")}, "code", "error_code", []string{"0xC004F074"}},
		{"a success of another machine does not", []string{fail + request("0x00000000", "kms02.contoso.com", "client2.contoso.com", cmidB, "2026/03/02 09:15") + answer("client2.contoso.com", "2026/03/02 09:15")}, "code", "error_code", []string{"0xC004F074"}},
		{"the newest request of each host counts", []string{request("0x800706BA", "kms01.contoso.com", c1, cmidA, "2026/03/02 07:15") + request("0xC004F038", "kms01.contoso.com", c1, cmidA, "2026/03/02 08:15")}, "code", "error_code", []string{"0xC004F038"}},
		{"the summary code gives way to the request's own", []string{attemptFailed + request("0xC004F06C", "kms01.contoso.com", "", cmidA, "2026/03/02 07:15")}, "code", "error_code", []string{"0xC004F06C"}},
		{"every host of an attempt has its own code", []string{request("0x800706BA", "kms01.contoso.com", c1, cmidA, "2026/03/02 07:15") + request("0xC004F038", "kms02.contoso.com", c1, cmidA, "2026/03/02 07:15")}, "code", "error_code", []string{"0x800706BA", "0xC004F038"}},
		{"a licence that is licensed in the end", []string{attemptFailed + license("Licensed")}, "code", "error_code", nil},
		{"codes of a reference are nobody's", []string{"Activation codes: 0xC004F074, 0xC004F038, 0xC004F041, 0xC004F042, 0xC004C003, 0xC004C020\n"}, "code", "error_code", nil},
		{"nor are the examples in one", []string{attemptFailed + "Codes: 0xC004F038, 0xC004F041, 0xC004F042, 0xC004C003, 0xC004C020, 0x8007232B, 0x80070005, 0xC004F050, 0xC004F00F, 0xC004F069\n"}, "code", "error_code", nil},
		{"a case may name a few codes beside its outputs", []string{attemptFailed + "Before that we saw 0xC004F038 and 0x8007232B.\n"}, "code", "error_code", []string{"0x8007232B", "0xC004F038", "0xC004F074"}},
		{"a renamed computer is one client", []string{request("0x00000000", "kms01.contoso.com", "old.contoso.com", cmidA, "2026/03/01 07:15") + request("0x00000000", "kms01.contoso.com", "new.contoso.com", cmidA, "2026/03/02 07:15")}, "event", "client_name", []string{"new", "new"}},
		{"names that alternate are two", []string{request("0x00000000", "kms01.contoso.com", "a.contoso.com", cmidA, "2026/03/01 07:15") + request("0x00000000", "kms01.contoso.com", "b.contoso.com", cmidA, "2026/03/02 07:15") + request("0x00000000", "kms01.contoso.com", "a.contoso.com", cmidA, "2026/03/03 07:15")}, "event", "client_name", []string{"a", "a", "b"}},
		{"a host in a sister domain is the organisation's", []string{request("0x00000000", "kms.corp.contoso.co.uk", "c.eu.contoso.co.uk", cmidA, "2026/03/02 07:15")}, "attempt", "foreign_host", []string{"false"}},
		{"a host in another's domain is not", []string{request("0x00000000", "kms.fabrikam.co.uk", "c.contoso.co.uk", cmidA, "2026/03/02 07:15")}, "attempt", "foreign_host", []string{"true"}},
		{"the cloud vendor's host is not foreign", []string{request("0x00000000", "azkms.core.windows.net", c1, cmidA, "2026/03/02 07:15")}, "attempt", "foreign_host", []string{"false"}},
		{"an address is neither", []string{request("0x00000000", "203.0.113.7", c1, cmidA, "2026/03/02 07:15")}, "attempt", "foreign_host", []string{"-"}},
		{"nor is a host where the machine's domain is unknown", []string{request("0x00000000", "kms.fabrikam.com", "", cmidA, "2026/03/02 07:15")}, "attempt", "foreign_host", []string{"-"}},
		{"a client's threshold is 25", []string{license("Licensed", "Client Machine ID (CMID): "+cmidA)}, "client", "threshold", []string{"25"}},
		{"a server's threshold is 5", []string{strings.Replace(license("Licensed"), "Enterprise", "ServerStandard", 1)}, "client", "threshold", []string{"5"}},
		{"a forced host that works says nothing of DNS by itself", []string{"C:\\>slmgr /skms kms01.contoso.com\nC:\\>slmgr /ato\nActivating Windows(R), Enterprise edition (" + skuA + ") ...\nProduct activated successfully.\n"}, "machine", "isolation_fqdn", nil},
		{"days are whole days", []string{license("Licensed", "Volume activation expiration: 20000 minute(s) (13 day(s))")}, "license", "days_left", []string{"13"}},
		{"the last state of event 8230 makes a licence", []string{
			eventText("8230", c1, "2026-03-02 08:00:00", "LicenseState=SL_LICENSING_STATUS_UNLICENSED;ProductKeyType=Volume:GVLK;SkuId="+skuA) +
				eventText("8230", c1, "2026-03-02 09:00:00", "LicenseState=SL_LICENSING_STATUS_LICENSED;ProductKeyType=Volume:GVLK;SkuId="+skuA)}, "license", "license_status", []string{"LICENSED"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := all(derived(t, tt.docs...), tt.kind, tt.fact); !slices.Equal(got, tt.want) {
				t.Errorf("%s.%s is %v, want %v", tt.kind, tt.fact, got, tt.want)
			}
		})
	}
}

// TestClockDifference: only the same request, by CMID and minutes left, may be compared.
func TestClockDifference(t *testing.T) {
	record := func(id, time, data string) string {
		return `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-SPP"/><EventID>` + id + `</EventID><TimeCreated SystemTime="` + time +
			`"/><Computer>kms01.contoso.com</Computer></System><EventData><Data>` + data + "</Data></EventData></Event>\n"
	}
	sent := record("12288", "2026-03-02T01:15:05Z", "0xC004F06C, 0x00000000, kms01:1688, "+cmidA+", 2026/03/02 01:15, 0, 2, 40000, "+skuA+", 25")
	same := record("12290", "2026-03-02T07:15:00Z", "0xC004F06C,25,client1,"+cmidA+",2026/03/02 01:15,0,2,40000,"+skuA)
	later := record("12290", "2026-03-02T07:15:00Z", "0xC004F06C,25,client1,"+cmidA+",2026/03/02 01:15,0,2,39760,"+skuA)
	if got := all(derived(t, sent+same), "attempt", "clock_difference"); !slices.Equal(got, []string{"21600"}) {
		t.Errorf("difference is %v, want 6 hours in seconds", got)
	}
	if got := all(derived(t, sent+later), "attempt", "clock_difference"); !slices.Equal(got, []string{"-"}) {
		t.Errorf("another request gives a difference of %v", got)
	}
}

func TestNoteKeys(t *testing.T) {
	base := builtIn(t)
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"a key of somebody's own", "Installed product key BCDFG-HJKMP-QRTVW-XY234-6789B successfully.\n", true},
		{"a key in UTF-16", "I\x00n\x00 \x00B\x00C\x00D\x00F\x00G\x00-\x00H\x00J\x00K\x00M\x00P\x00-\x00Q\x00R\x00T\x00V\x00W\x00-\x00X\x00Y\x002\x003\x004\x00-\x006\x007\x008\x009\x00B\x00\r\x00\n\x00", true},
		{"a masked key", "Installed product key XXXXX-XXXXX-XXXXX-XXXXX-6789B successfully.\n", false},
		{"no key", license("Licensed"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := New(base, nil).read("", strings.NewReader(tt.text), map[string]bool{})
			if err != nil {
				t.Fatal(err)
			}
			noted := false
			for _, f := range d.Facts {
				noted = noted || f.Value == exposedKey
				if strings.Contains(f.Excerpt, "BCDFG") {
					t.Errorf("the excerpt shows the key: %q", f.Excerpt)
				}
			}
			if noted != tt.want {
				t.Fatalf("noted %v, want %v", noted, tt.want)
			}
		})
	}
}

// TestHealthyMachine: everything that a machine in order can show together gives no error and no warning.
func TestHealthyMachine(t *testing.T) {
	const c1 = "client1.contoso.com"
	dlv := license("Licensed", "Volume activation expiration: 250000 minute(s) (173 day(s))", "Key Management Service client information",
		"    Client Machine ID (CMID): "+cmidA, "    KMS machine name from DNS: kms01.contoso.com:1688", "    Activation interval: 120 minutes", "    Renewal interval: 10080 minutes")
	lookup := "C:\\>nslookup -type=srv _vlmcs._tcp.contoso.com\nServer:  dc01.contoso.com\nAddress:  192.0.2.10\n\n_vlmcs._tcp.contoso.com   SRV service location:\n          priority       = 0\n          weight         = 0\n          port           = 1688\n          svr hostname   = kms01.contoso.com\n"
	probe := "ComputerName     : kms01.contoso.com\nRemoteAddress    : 192.0.2.20\nRemotePort       : 1688\nPingSucceeded    : False\nTcpTestSucceeded : True\n"
	service := "SERVICE_NAME: sppsvc\n        TYPE               : 10  WIN32_OWN_PROCESS\n        STATE              : 1  STOPPED\n"
	events := eventText("8198", c1, "", "License Activation (slui.exe) failed with the following error code:", "hr=0xC004F074") // no time: before what follows
	events += request("0x00000000", "kms01.contoso.com", c1, cmidA, "2026/03/02 07:15") + answer(c1, "2026/03/02 07:15")
	e := New(builtIn(t), nil)
	for _, files := range [][]File{
		{{Name: "all.txt", Data: []byte(dlv + lookup + probe + service)}},
		{{Name: "dlv.txt", Data: []byte(dlv)}, {Name: "dns.txt", Data: []byte(lookup)}, {Name: "events.txt", Data: []byte(events)}},
		{{Name: "dlv.txt", Data: []byte(strings.Replace(dlv, "VOLUME_KMSCLIENT", "OEM_DM", 1))}},
	} {
		a, err := e.Analyze(context.Background(), files, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if a.State != Healthy {
			t.Errorf("%s is %s", files[0].Name, a.State)
		}
		for _, f := range a.Findings {
			if f.Severity != knowledge.Info {
				t.Errorf("%s: %s %s", files[0].Name, f.Severity, f.ID)
			}
		}
	}
}
