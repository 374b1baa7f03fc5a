package formats

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

// tells lists the facts of some kinds as "kind=normalized", in order.
func tells(d *Document, kinds string) string {
	var out []string
	for _, f := range d.Facts {
		if strings.Contains(" "+kinds+" ", " "+string(f.Kind)+" ") {
			out = append(out, string(f.Kind)+"="+f.Normalized)
		}
	}
	return strings.Join(out, " ")
}

func TestTools(t *testing.T) {
	const states = "statement license_status channel partial_product_key error_code info_code notification_reason kms_host kms_host_source grace_minutes bios_marker"
	for _, tt := range []struct {
		name, text string
		format     Format
		want       string
	}{
		{"an old validation report of a genuine machine", "WGA Data-->\nValidation Status: Genuine\nValidation Code: 0\nOnline Validation Code: 0x80070426\nWindows Product Key: *****-*****-KCPDX-J49Y3-3PYW2\nWindows Product ID: 89578-023-1898286-71431\nWindows License Type: Retail\n\nWgaER Data-->\nVersion: N/A, hr = 0x80070002\n",
			MGADiag, "statement=validation-genuine partial_product_key=3PYW2 channel=RETAIL"},
		{"a status in which nothing was decided", "WGA Data-->\nValidation Status: Validation Control not Installed\nValidation Code: 6\nWindows Product ID: 55274-640-1234567-23456\n\nOGA Data-->\nOffice Status: 109 N/A\n",
			MGADiag, ""},
		{"a code that says no more than that validation failed", "Windows Validation Data-->\nValidation Code: 0x80070005\nWindows Product ID: 55041-007-1234567-86123\n\nBrowser Data-->\nProxy settings: N/A\n",
			MGADiag, ""},
		{"the firmware's part alone", "OEM Activation 2.0 Data-->\nBIOS valid for OA 2.0: No, invalid SLIC table\nWindows marker version: N/A\n", MGADiag, "bios_marker=none"},
		{"no SLIC table at all is no missing marker", "OEM Activation 2.0 Data-->\nBIOS valid for OA 2.0: Yes, but no SLIC table\nWindows marker version: N/A\n", MGADiag, "bios_marker=no-slic"},
		{"a program's arrows are no report", "User Data-->\nfunction: getData\nData-->\ncode: 2\nLicensing Data-->\n", Unrecognized, ""},
		{"HTML comments are no report", "<table>\n<!--No data-->\n<tr><td>Validation Code: 50</td></tr>\n<!--End of Data-->\n", Unrecognized, ""},
		{"a report in Russian, by its shapes", "Отчет о диагностике (1.9.0027.0):\n-----------------------------------------\nДанные проверки Windows-->\n\nКод проверки: 8\nКлюч продукта Windows: *****-*****-BKQ3D-P4WM7-2CT9X\nКод продукта Windows: 55041-007-1234567-86123\n",
			MGADiag, "statement=validation-invalid-license partial_product_key=2CT9X"},
		{"a KMS host of Vista", "WGA Data-->\nValidation Status: Genuine\nValidation Code: 0\nWindows Product Key: *****-*****-KCPDX-J49Y3-3PYW2\nWindows License Type: KMS Client\nCSVLK Server: kms01.contoso.com:1688\n", MGADiag,
			"statement=validation-genuine partial_product_key=3PYW2 channel=VOLUME_KMSCLIENT kms_host=kms01.contoso.com"},
		{"a licensed product's code is for information", `<SoftwareLicensingData><Computers><Computer Name="pc1"><Products><Product><Sku Name="Windows(R), Enterprise edition"/><PartialProductKey>2YT43</PartialProductKey><LicenseStatus>Licensed</LicenseStatus><LastErrorCode>0xC004F074</LastErrorCode></Product></Products></Computer></Computers></SoftwareLicensingData>`,
			VAMT, "partial_product_key=2YT43 license_status=LICENSED info_code=0xC004F074"},
		{"a row with its computer inside, and names in other letters", `<Products><Product fullyQualifiedDomainName="PC1.contoso.com" productName="Office 16, Office16ProPlusVL_KMS_Client edition" partialProductKey="WFG99" licenseStatus="5" licenseStatusReason="-1073418187"/></Products>` + "\nLicenseStatus",
			VAMT, "partial_product_key=WFG99 license_status=NOTIFICATION error_code=0xC004F035 notification_reason=0xC004F035"},
		{"elements where other versions have attributes", "<SoftwareLicensingData><Computers><Computer><Name>PC7</Name><Products><Product><Sku><Id>73111121-5638-40f6-bc11-f1d7b0d64300</Id><Name>Windows(R), Enterprise edition</Name></Sku><Status><LicenseStatus>OOTGrace</LicenseStatus></Status><ProductKey>*****-*****-*****-*****-2YT43</ProductKey></Product></Products></Computer></Computers></SoftwareLicensingData>",
			VAMT, "license_status=OOT_GRACE partial_product_key=2YT43"},
		{"products of a shop", `<Products><Product Name="Licence" LicenseStatus="sold"><Computer Name="x"/></Product></Products>`, Unrecognized, ""},
		{"a cut-off list keeps what came before", `<SoftwareLicensingData><Computer Name="pc1"><Product><Sku Name="Windows(R), Enterprise edition"/><LicenseStatus>1</LicenseStatus></Product><Product><Sku Id="73111121-5638-40f6-bc11-f1d7b0d64300"/><LicenseStatus>5</License`,
			VAMT, "license_status=LICENSED license_status=NOTIFICATION"},
		{"a grace period without its reason is none in particular", "LicensingStatus: SL_LICENSING_STATUS_IN_GRACE_PERIOD\nLocalGenuineState: SL_GEN_STATE_OFFLINE\nActiveProductKeyChannel: Retail\n", LicensingDiag, "channel=RETAIL"},
		{"one name of the report in prose", "LicensingStatus: what does it mean?\n", Unrecognized, ""},
		{"the log of Office 2010 with tabs", "Active License\tOffice 14, OfficeProPlus-MAK edition\n\tLicense Status:\t1 - LICENSED\n\tPartial ProductKey:\t9QWBX\n", ROIScan, "license_status=LICENSED partial_product_key=9QWBX"},
		{"a name alone is no licence", "Active License    Office 14, OfficeProPlus-MAK edition\nThat is what I see.\n", Unrecognized, ""},
		{"a host found by DNS, and none set", "Active License                  Office 16, Office16ProPlusVL_KMS_Client edition\n Description:          Office 16, VOLUME_KMSCLIENT channel\n License Status:       1 - LICENSED\n Licensestate MoreInfo: 0x4004F040 - use rights\n Remaining Grace Period: 170 days\n KMS Host Discovered:  kms01.contoso.com\n KMS Host Override:    \n KMS Port Discovered:  1688\n KMS Port Override:    0\n",
			ROIScan, "channel=VOLUME_KMSCLIENT license_status=LICENSED info_code=0x4004F040 grace_minutes=244800 kms_host=kms01.contoso.com kms_host_source=DNS"},
	} {
		d := Parse("tool.txt", []byte(tt.text))
		if d.Format == VAMT && d.Machine == "" {
			t.Errorf("%s: no machine", tt.name)
		}
		if got := tells(d, states); d.Format != tt.format || got != tt.want {
			t.Errorf("%s: %s %q, want %s %q", tt.name, d.Format, got, tt.format, tt.want)
		}
		check(t, d)
	}
}

// TestToolsKeepSecrets looks for product keys and encoded ids in everything that comes out.
func TestToolsKeepSecrets(t *testing.T) {
	for _, file := range fixtures(t) {
		data, _ := os.ReadFile(file)
		for _, f := range Parse(file, data).Facts {
			for _, secret := range []string{"ABCDE-FGHJK", "HJ7K2-9QWBX", "4TTBM-7HJQP", "BKQ3D-P4WM7", "0123456789012345678901234", "Zm9vYmFy", "U1BMRw", "NAAAAAEA", "S-1-5-21-1004336348"} {
				if strings.Contains(file, "slmgr") || strings.Contains(file, "wmi") {
					continue // their installation ids are not what this test is about
				}
				if strings.Contains(f.Value+f.Normalized+f.Excerpt, secret) {
					t.Errorf("%s: %s shows %q: %q", file, f.Kind, secret, f.Excerpt)
				}
			}
		}
	}
}

// TestToolsInUTF16 reads the same list as the tools save it.
func TestToolsInUTF16(t *testing.T) {
	for _, name := range []string{"vamt_cil_three", "roiscan_xml_mak", "roiscan_log_kms", "licensingdiag_xml_notification"} {
		data, err := os.ReadFile("testdata/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		wide := []byte{0xFF, 0xFE}
		for _, u := range utf16.Encode([]rune(strings.ReplaceAll(string(data), "\n", "\r\n"))) {
			wide = append(wide, byte(u), byte(u>>8))
		}
		if a, b := golden(Parse(name, data)), golden(Parse(name, wide)); string(a) != string(b) {
			t.Errorf("%s differs in UTF-16:\n%s", name, b)
		}
	}
}

// TestVAMTFleet reads some thousands of computers on one line.
func TestVAMTFleet(t *testing.T) {
	list := func(n int) []byte {
		var b strings.Builder
		b.WriteString(`<?xml version="1.0"?><SoftwareLicensingData Version="3.0"><Computers>`)
		for i := range n {
			fmt.Fprintf(&b, `<Computer Name="pc-%04d.contoso.com"><Products><Product><Sku Id="73111121-5638-40f6-bc11-f1d7b0d64300" Name="Windows(R), Enterprise edition"/><PartialProductKey>2YT43</PartialProductKey><LicenseStatus>5</LicenseStatus><LicenseStatusReason>0xC004F009</LicenseStatusReason></Product></Products></Computer>`, i)
		}
		b.WriteString(`</Computers></SoftwareLicensingData>`)
		return []byte(b.String())
	}
	machines := map[string]bool{}
	d := Parse("fleet.cilx", list(4000))
	for _, f := range d.Facts {
		machines[f.Machine] = true
		if f.Machine == "" || len(f.Excerpt) > 120 {
			t.Fatalf("fact %+v", f)
		}
	}
	if d.Format != VAMT || len(machines) != 4000 || d.Machine != "" {
		t.Errorf("%s, %d machines, machine %q", d.Format, len(machines), d.Machine)
	}
}

// TestVAMTInWindows reads a list that is too long to be read at once: no computer is parted from its products.
func TestVAMTInWindows(t *testing.T) {
	var b strings.Builder
	b.WriteString("<SoftwareLicensingData>\n<Computers>\n")
	const product = "<Product><Sku Name=\"Windows(R), Enterprise edition\"/>\n<LicenseStatus>1</LicenseStatus>\n</Product>\n"
	for i := range 1500 {
		fmt.Fprintf(&b, "<Computer Name=\"pc-%d\">\n<MacAddresses>%s</MacAddresses>\n<Products>\n%s%s</Products>\n</Computer>\n", i, "00-15-5D-00-00-01", product, product)
	}
	b.WriteString("</Computers>\n</SoftwareLicensingData>\n")
	d, err := read("list.cilx", strings.NewReader(b.String()), func(s string, _ int) string { return s }, sizes{whole: 1 << 16, window: 1 << 16, overlap: 4 << 10, kept: 64 << 20})
	states := map[string]int{}
	for _, f := range d.Facts {
		if f.Kind == LicenseStatus {
			states[f.Machine]++
		}
	}
	if err != nil || len(states) != 1500 || d.Format != VAMT {
		t.Fatalf("%v, %s, %d computers", err, d.Format, len(states))
	}
	for machine, n := range states {
		if n != 2 {
			t.Errorf("%s has %d products, want 2", machine, n)
		}
	}
}

// FuzzMarkup: tags come in order, each once, and lie in the text.
func FuzzMarkup(f *testing.F) {
	f.Add("<a b='c' d>e</a><!-- --><f/>&#9;")
	f.Add("<![CDATA[<x>]]></a <b><c d=\"\">")
	f.Fuzz(func(t *testing.T, s string) {
		m := newMarkup(s)
		for last := -1; ; {
			tag, ok := m.next()
			if !ok {
				break
			}
			if tag.off <= last || tag.end <= tag.off || tag.textEnd > len(s) {
				t.Fatalf("tag %+v after %d", tag, last)
			}
			last = tag.off
		}
	})
}
