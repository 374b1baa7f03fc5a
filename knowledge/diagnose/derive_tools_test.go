package diagnose

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// report is the beginning of a validation report of Windows 7 with one code.
func report(code, rest string) string {
	return "Diagnostic Report (1.9.0027.0):\n-----------------------------------------\nWindows Validation Data-->\n\nValidation Code: " + code +
		"\nWindows Product Key: *****-*****-HJ7K2-9QWBX-R3TY6\nWindows Product ID: 00371-OEM-8992671-00437\nWindows OS version: 6.1.7601.2.00010100.1.0.048\nProduct Name: Windows 7 Professional\n\n" + rest
}

func TestToolFindings(t *testing.T) {
	e := New(builtIn(t), nil)
	fixture := func(name string) string {
		data, err := os.ReadFile("formats/testdata/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	const marker = "OEM Activation 2.0 Data-->\nBIOS valid for OA 2.0: yes, but no Windows marker\nWindows marker version: N/A\n"
	for _, tt := range []struct {
		name      string
		documents []string
		state     State
		want      string // findings, and where it matters their certainty, that must be there
		never     string
	}{
		{"a genuine machine", []string{fixture("mgadiag_nb_genuine")}, Healthy, "licensed-ok", "non-genuine not-volume-licensed"},
		{"a machine with changed files", []string{fixture("mgadiag_win7_nongenuine")}, ProblemFound, "non-genuine notification-state", "bios-marker-missing"},
		{"Vista and an Office with a blocked key", []string{fixture("mgadiag_vista_glued")}, ProblemFound, "non-genuine", "other-error-code kms-host-unreachable"},
		{"a validation that could not run", []string{report("0x80070005", "Browser Data-->\nProxy settings: N/A\n")}, Undecided, "", "non-genuine not-elevated"},
		{"non-genuine before, genuine after the repair", []string{report("50", "") + "\n" + report("0", "")}, Undecided, "", "non-genuine"},
		{"genuine before, non-genuine now", []string{report("0", "") + "\n" + report("50", "")}, ProblemFound, "non-genuine", ""},
		{"0xC004F035 on a machine without the marker", []string{report("0", marker), "C:\\>cscript slmgr.vbs /ato\nActivating Windows(R) 7, Professional edition (50e329f7-a5fa-46b2-85fd-f224e5da7764) ...\nError: 0xC004F035 On a computer running Microsoft Windows non-core edition, run 'slui.exe 0x2a 0xC004F035' to display the error text.\n"},
			ProblemFound, "bios-marker-missing=CERTAIN", ""},
		{"an Office whose KMS licence ran out", []string{fixture("roiscan_log_kms")}, ProblemFound, "grace-expired notification-state", "product-key-missing"},
		{"a MAK without activations left", []string{fixture("roiscan_xml_mak")}, ProblemFound, "mak-limit-exceeded", "product-key-missing multiple-keys-installed"},
		{"a list of computers in several states", []string{fixture("vamt_cil_three")}, ProblemFound, "non-genuine grace-expired kms-host-unreachable licensed-ok in-grace", "rpc-unavailable multiple-keys-installed duplicate-cmid"},
		{"a tampered Windows 10", []string{fixture("licensingdiag_xml_notification")}, ProblemFound, "non-genuine", "product-key-exposed"},
		{"a MAK in its grace period", []string{fixture("licensingdiag_text_grace")}, ProblemFound, "in-grace", "non-genuine wrong-channel-for-kms"},
	} {
		var files []File
		for i, d := range tt.documents {
			files = append(files, File{Name: fmt.Sprintf("%d.txt", i), Data: []byte(d)})
		}
		a, err := e.Analyze(context.Background(), files, Options{Language: knowledge.Norwegian})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range a.Findings {
			got = append(got, f.ID, f.ID+"="+string(f.Certainty))
		}
		for _, id := range strings.Fields(tt.want) {
			if !slices.Contains(got, id) {
				t.Errorf("%s: %q misses %s", tt.name, got, id)
			}
		}
		for _, id := range strings.Fields(tt.never) {
			if slices.Contains(got, id) {
				t.Errorf("%s: %q has %s", tt.name, got, id)
			}
		}
		if a.State != tt.state {
			t.Errorf("%s: %s, want %s (%q)", tt.name, a.State, tt.state, got)
		}
	}
}

// TestListOfComputersIsGrouped: one finding for all computers of a list that share its cause.
func TestListOfComputersIsGrouped(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<SoftwareLicensingData><Computers>`)
	for i := range 300 {
		fmt.Fprintf(&b, `<Computer Name="pc-%03d"><Products><Product><Sku Name="Windows(R), Enterprise edition" Description="Windows(R) Operating System, VOLUME_KMSCLIENT channel"/><PartialProductKey>2YT43</PartialProductKey><LicenseStatus>5</LicenseStatus><LastErrorCode>0xC004F038</LastErrorCode></Product></Products></Computer>`, i)
	}
	b.WriteString(`</Computers></SoftwareLicensingData>`)
	a, err := New(builtIn(t), nil).Analyze(context.Background(), []File{{Name: "list.cilx", Data: []byte(b.String())}}, Options{Language: knowledge.English})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(a.Findings, func(f Finding) bool { return f.ID == "kms-count-below-threshold" })
	if i < 0 || a.Findings[i].MachineCount != 300 || len(a.Findings[i].Machines) > maxMachines {
		t.Errorf("findings %+v", a.Findings)
	}
}
