package diagnose

import (
	"fmt"
	"slices"
	"testing"
)

// hostOutput is a KMS host's slmgr /dlv; the machine is that of the shell prompt.
func hostOutput(machine string, count, total, failed int) string {
	return fmt.Sprintf("[%s]: PS C:\\> cscript slmgr.vbs /dlv\nName: Windows(R), ServerStandard edition\nDescription: Windows(R) Operating System, VOLUME_KMS_WS16 channel\nActivation ID: %s\nPartial Product Key: A1B2C\nLicense Status: Licensed\n\n"+
		"Key Management Service is enabled on this machine\n    Current count: %d\n    Listening on Port: 1688\n\nKey Management Service cumulative requests received from clients\n    Total requests received: %d\n    Failed requests received: %d\n\n",
		machine, skuA, count, total, failed)
}

const notActivated = "C:\\>cscript slmgr.vbs /ato\nActivating Windows(R), Enterprise edition (" + skuA + ") ...\nError: 0xC004F038 The Software Licensing Service reported an error.\n\n"

// srvLookup is what nslookup prints of the given targets.
func srvLookup(hosts ...string) string {
	out := "C:\\>nslookup -type=srv _vlmcs._tcp.contoso.com\n"
	for _, h := range hosts {
		out += "_vlmcs._tcp.contoso.com   SRV service location:\n          priority       = 0\n          weight         = 0\n          port           = 1688\n          svr hostname   = " + h + "\n"
	}
	return out + "\n"
}

func TestFleetFacts(t *testing.T) {
	const c1 = "client1.contoso.com"
	unnamed := hostOutput("kms01", 12, 90, 0)[len("[kms01]: PS "):]
	at := func(code, host, time string) string { return request(code, host, c1, cmidA, time) }
	for _, tt := range []struct {
		name       string
		docs       []string
		kind, fact string
		want       []string
	}{
		{"two hosts of one attempt with two codes", []string{at("0xC004F042", "kms01.contoso.com", "2026/03/02 07:15") + at("0xC004F074", "kms02.contoso.com", "2026/03/02 07:16")}, "attempt", "codes_differ", []string{"true", "true"}},
		{"equal codes do not differ", []string{at("0xC004F074", "kms01.contoso.com", "2026/03/02 07:15") + at("0xC004F074", "kms02.contoso.com", "2026/03/02 07:15")}, "attempt", "codes_differ", []string{"false", "false"}},
		{"requests an hour apart are two attempts", []string{at("0xC004F042", "kms01.contoso.com", "2026/03/02 06:15") + at("0xC004F074", "kms02.contoso.com", "2026/03/02 07:15")}, "attempt", "codes_differ", []string{"false", "false"}},
		{"one request, and DNS names a host that the log does not", []string{at("0xC004F074", "kms01.contoso.com", "2026/03/02 07:15") + srvLookup("kms01.contoso.com", "kms02.contoso.com")}, "attempt", "codes_differ", []string{"-"}},
		{"another client's request is another attempt", []string{at("0xC004F042", "kms01.contoso.com", "2026/03/02 07:15") + request("0xC004F074", "kms02.contoso.com", "client2.contoso.com", cmidB, "2026/03/02 07:15")}, "attempt", "codes_differ", []string{"false", "false"}},

		{"two short hosts and a client that says so", []string{hostOutput("kms01", 12, 90, 0), hostOutput("kms02", 9, 80, 0), notActivated}, "host", "short_hosts", []string{"2", "2"}},
		{"whether hosts are short is not known without a client", []string{hostOutput("kms01", 12, 90, 0), hostOutput("kms02", 9, 80, 0)}, "host", "short_hosts", []string{"-", "-"}},
		{"one of two hosts is enough for any threshold", []string{hostOutput("kms01", 12, 90, 0), hostOutput("kms02", 40, 80, 0)}, "host", "short_hosts", []string{"1", "1"}},
		{"two outputs of one host are one host", []string{hostOutput("kms01", 12, 90, 0), hostOutput("kms01", 13, 95, 0), notActivated}, "host", "short_hosts", []string{"0", "1"}},
		{"the only output, though it names no host", []string{unnamed, notActivated}, "host", "short_hosts", []string{"1"}},
		{"an output without a name may be of the other host", []string{unnamed, hostOutput("kms02", 9, 80, 0), notActivated}, "host", "short_hosts", []string{"-", "1"}},

		{"requests say which output is later, not the order of files", []string{hostOutput("kms01", 18, 950, 0), hostOutput("kms01", 31, 900, 0)}, "host", "fell_below", []string{"25", "none"}},
		{"a count that rose fell below nothing", []string{hostOutput("kms01", 3, 900, 0), hostOutput("kms01", 31, 950, 0)}, "host", "fell_below", []string{"none", "none"}},
		{"a count that never was high enough", []string{hostOutput("kms01", 4, 900, 0), hostOutput("kms01", 3, 950, 0)}, "host", "fell_below", []string{"none", "none"}},
		{"one output does not tell what was before", []string{hostOutput("kms01", 18, 900, 0)}, "host", "fell_below", []string{"-"}},

		{"the counter of refusals rose", []string{hostOutput("kms01", 50, 900, 70), hostOutput("kms01", 50, 960, 95)}, "host", "refusals", []string{"0", "25"}},
		{"the host's log has refusals of other kinds only", []string{hostOutput("kms01", 50, 900, 70), eventText("12290", "kms01", "", "Info:", "0xC004F038,25,"+c1+","+cmidA+",2026/03/02 07:15,0,2,40000,"+skuA)}, "host", "refusals", []string{"0"}},
		{"neither log nor second output", []string{hostOutput("kms01", 50, 900, 70)}, "host", "refusals", []string{"-"}},

		{"half of the counters give no sum", []string{hostOutput("kms01", 50, 900, 70) + "    Requests with License Status Licensed: 830\n"}, "host", "request_gap", []string{"-"}},
		{"the update is told of the machine with the code", []string{license("Notification", "Notification Reason: 0xC004F200."), "HotFixID\nKB971033\n"}, "code", "installed_update", []string{"KB971033"}},
		{"a list of one update says nothing of others", []string{license("Notification", "Notification Reason: 0xC004F200."), "HotFixID\nKB2533552\n"}, "code", "installed_update", []string{"-"}},
		{"updates of another computer", []string{"[pc-1]: PS C:\\>\n" + license("Notification", "Notification Reason: 0xC004F200."), "Source  Description  HotFixID\nPC-2    Update       KB971033\n"}, "code", "installed_update", []string{"-"}},
		{"a message of Setup beside an output", []string{notActivated + "Setup: The product key entered does not match any of the Windows images available for installation.\n"}, "machine", "setup_message", []string{"-"}},
	} {
		rs := derived(t, tt.docs...)
		if got := all(rs, tt.kind, tt.fact); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %s.%s is %v, want %v", tt.name, tt.kind, tt.fact, got, tt.want)
		}
	}
}
