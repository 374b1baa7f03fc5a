package formats

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// small makes windows of short texts.
var small = sizes{whole: 8 << 10, window: 8 << 10, overlap: 2 << 10, kept: 64 << 20}

func hideNothing(text string, _ int) string { return text }

// noise is what the log of another program says, n lines of it.
func noise(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "2024-03-14 13:%02d:00, Info  CBS  Appl: detect parent of package %d, disposition none\n", i%60, i)
	}
	return b.String()
}

func clientID(i int) string { return fmt.Sprintf("0d6a7c1e-45f2-4b0e-9c3d-%012x", i) }

func requestText(i int) string {
	return fmt.Sprintf(`Log Name:      Application
Source:        Microsoft-Windows-Security-SPP
Date:          14.03.2024 13:05:00
Event ID:      12288
Level:         Information
Computer:      pc%d.contoso.com
Description:
The client has sent an activation request to the key management service machine.
Info:
0xC004F074, 0x00000000, kms01.contoso.com:1688, %s, 2024/03/14 13:05, 1, 5, 0, 73111121-5638-40f6-bc11-f1d7b0d64300, 25

`, i, clientID(i))
}

func requestCSV(i int) string {
	return fmt.Sprintf("Information,14.03.2024 13:05:00,Microsoft-Windows-Security-SPP,12288,None,\"The client has sent an activation request to the key management service machine.\nInfo:\n0xC004F074, 0x00000000, kms01.contoso.com:1688, %s, 2024/03/14 13:05, 1, 5, 0, 73111121-5638-40f6-bc11-f1d7b0d64300, 25\n\"\n", clientID(i))
}

func requestXML(i int) string {
	return fmt.Sprintf(`<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-SPP"/><EventID>12288</EventID><TimeCreated SystemTime="2024-03-14T13:05:00Z"/><EventRecordID>%d</EventRecordID><Computer>pc%d</Computer></System><EventData><Data>0xC004F074, 0x00000000, kms01.contoso.com:1688, %s, 2024/03/14 13:05, 1, 5, 0, 73111121-5638-40f6-bc11-f1d7b0d64300, 25</Data></EventData></Event>`, i+1, i, clientID(i))
}

// utf16le encodes text with a byte order mark.
func utf16le(text string) []byte {
	out := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// TestReadInWindows: every event of a long document is found once, with its own subject and its own line.
func TestReadInWindows(t *testing.T) {
	const events = 200
	join := func(one func(int) string, between string) string {
		var b strings.Builder
		for i := range events {
			b.WriteString(one(i))
			b.WriteString(between)
		}
		return b.String()
	}
	russian := func(s string) []byte {
		out, err := charmap.Windows1251.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	mixed := join(func(i int) string { return noise(i%23) + requestText(i) }, "")
	header := "Level,Date and Time,Source,Event ID,Task Category\n"
	for name, test := range map[string]struct {
		data   []byte
		format Format
		lines  string // the text that the lines are counted in; "" = all events are on line 1
	}{
		"text":                   {[]byte(mixed), EventText, mixed},
		"text without a gap":     {[]byte(join(requestText, "")), EventText, join(requestText, "")},
		"text, CRLF":             {[]byte(strings.ReplaceAll(mixed, "\n", "\r\n")), EventText, mixed},
		"text, CR":               {[]byte(strings.ReplaceAll(mixed, "\n", "\r")), EventText, mixed},
		"text, UTF-16":           {utf16le(mixed), EventText, mixed},
		"text, windows-1251":     {russian(strings.ReplaceAll(mixed, "Info ", "Привет, мир ")), EventText, strings.ReplaceAll(mixed, "Info ", "Привет, мир ")},
		"table":                  {[]byte(header + join(requestCSV, "")), EventCSV, header + join(requestCSV, "")},
		"XML, one a line":        {[]byte(join(requestXML, "\n")), EventXML, join(requestXML, "\n")},
		"XML in one line":        {[]byte(join(requestXML, "")), EventXML, ""},
		"XML, elements on lines": {[]byte(strings.ReplaceAll(join(requestXML, "\n"), "><", ">\n<")), EventXML, strings.ReplaceAll(join(requestXML, "\n"), "><", ">\n<")},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := read("x.log", bytes.NewReader(test.data), hideNothing, small)
			if err != nil {
				t.Fatal(err)
			}
			if d.Format != test.format || d.SizeBytes != int64(len(test.data)) || len(d.Warnings) > 0 {
				t.Errorf("%s, %d bytes, %q", d.Format, d.SizeBytes, d.Warnings)
			}
			lines := strings.Split(test.lines, "\n")
			if test.lines != "" && d.LineCount != strings.Count(test.lines, "\n") {
				t.Errorf("%d lines, want %d", d.LineCount, strings.Count(test.lines, "\n"))
			}
			subjects := map[string]bool{}
			found := 0
			for _, f := range d.Facts {
				if f.Kind != CMID {
					continue
				}
				if f.Value != clientID(found) {
					t.Fatalf("after %d events: %s, want %s", found, f.Value, clientID(found))
				}
				found++
				if subjects[f.Subject.ID] {
					t.Errorf("%s twice", f.Subject.ID)
				}
				subjects[f.Subject.ID] = true
				if n := f.Position.Line; test.lines == "" && n != 1 || test.lines != "" && !strings.Contains(lines[n-1], f.Value) {
					t.Errorf("%s: line %d", f.Value, n)
				}
				if !strings.Contains(f.Excerpt, f.Value) {
					t.Errorf("%s: excerpt %q", f.Value, f.Excerpt)
				}
			}
			if found != events {
				t.Errorf("%d events, want %d", found, events)
			}
		})
	}
}

// TestReadArray: a list in JSON is cut between its elements.
func TestReadArray(t *testing.T) {
	for name, between := range map[string]string{"one line": "", "lines": "\n    "} {
		var b strings.Builder
		b.WriteString("[" + between)
		for i := range 200 {
			if i > 0 {
				b.WriteString("," + between)
			}
			fmt.Fprintf(&b, `{"Id": 12288,%s"ProviderName": "Microsoft-Windows-Security-SPP", "MachineName": "pc%d", "Note": "],{\\", "Properties": [{"Value": 1}, {"Value": 2}],%s`+
				`"Message": "The client has sent an activation request.\r\nInfo:\r\n0xC004F074, 0x00000000, kms01.contoso.com:1688, %s, 2024/03/14 13:05, 1, 5, 0, 73111121-5638-40f6-bc11-f1d7b0d64300, 25"}`, between, i, between, clientID(i))
		}
		b.WriteString(between + "]\n")
		d, err := read("x.json", strings.NewReader(b.String()), hideNothing, small)
		if err != nil || d.Format != EventJSON || d.LineCount != strings.Count(b.String(), "\n") {
			t.Fatalf("%s: %s, %d lines, %v", name, d.Format, d.LineCount, err)
		}
		found := 0
		for _, f := range d.Facts {
			if f.Kind == CMID && f.Value == clientID(found) {
				found++
			}
		}
		if found != 200 {
			t.Errorf("%s: %d events", name, found)
		}
	}
}

// TestReadKeepsPairs: a licence and the KMS host in its block share their number in every window.
func TestReadKeepsPairs(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "Name: Windows(R), ServerStandard edition\nDescription: Windows(R) Operating System, VOLUME_KMS_WS16 channel\nActivation ID: %s\n"+
			"Partial Product Key: 2VTV3\nLicense Status: Licensed\nKey Management Service is enabled on this machine\n    Current count: %d\n    Listening on Port: 1688\n\n%s", clientID(i), i+1, noise(30))
	}
	d, err := read("x.log", strings.NewReader(b.String()), hideNothing, small)
	if err != nil {
		t.Fatal(err)
	}
	license, n := "", 0
	for _, f := range d.Facts {
		switch f.Kind {
		case ActivationID:
			license = f.Subject.ID
		case CurrentCount:
			if n++; f.Value != fmt.Sprint(n) || strings.Replace(f.Subject.ID, "host-", "license-", 1) != license {
				t.Errorf("count %s of %s in %s", f.Value, f.Subject.ID, license)
			}
		}
	}
	if n != 40 {
		t.Errorf("%d hosts", n)
	}
}

// TestReadMachine: a document that speaks of one machine speaks of it in all windows, of two in none.
func TestReadMachine(t *testing.T) {
	one := strings.ReplaceAll(requestText(7), "Computer:", "Computer: ")
	for want, text := range map[string]string{"pc7.contoso.com": noise(200) + one + noise(200) + one, "": noise(200) + requestText(1) + noise(200) + requestText(2)} {
		d, err := read("x.log", strings.NewReader(text), hideNothing, small)
		if err != nil || d.Machine != want {
			t.Errorf("%q, want %q, %v", d.Machine, want, err)
		}
	}
}

// TestReadKeepsBothEnds: of too many facts, the first and the last stay.
func TestReadKeepsBothEnds(t *testing.T) {
	var b bytes.Buffer
	few := small
	few.kept = 200_000
	last := few.kept / 400
	for i := range last + 1 {
		b.WriteString(requestXML(i) + "\n")
	}
	d, err := read("x.log", &b, hideNothing, few)
	if err != nil || len(d.Warnings) != 1 || !strings.HasPrefix(d.Warnings[0], "facts-truncated") || FactBytes(d.Facts) > few.kept {
		t.Fatalf("%d facts, %q, %v", len(d.Facts), d.Warnings, err)
	}
	if a, z := d.Facts[0], d.Facts[len(d.Facts)-1]; a.Position.Line != 1 || z.Position.Line != last+1 {
		t.Errorf("lines %d to %d", a.Position.Line, z.Position.Line)
	}
}

// TestReadFails: what came before an error is kept, and the error is told.
func TestReadFails(t *testing.T) {
	broken := errors.New("broken")
	for _, before := range []int{3, 300} {
		in := io.MultiReader(strings.NewReader(requestText(1)+noise(before)), iotest.ErrReader(broken))
		d, err := read("x.log", in, hideNothing, small)
		if !errors.Is(err, broken) || d.Format != EventText || d.LineCount != strings.Count(requestText(1), "\n")+before {
			t.Errorf("%v, %s, %d lines", err, d.Format, d.LineCount)
		}
	}
}

func TestReadBinary(t *testing.T) {
	d, err := read("x.exe", bytes.NewReader(bytes.Repeat([]byte{0, 1, 2, 3, 0xC3, 0x90, 7, 7}, 4000)), hideNothing, small)
	if err != nil || d.Format != Unrecognized || d.SizeBytes != 32000 || len(d.Warnings) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(strings.Repeat(requestText(1), 3)))
	f.Add([]byte("Level,Date and Time,Source,Event ID,Task Category\n" + requestCSV(1) + requestCSV(2)))
	f.Add([]byte(requestXML(1) + requestXML(2)))
	f.Add(utf16le(requestText(1)))
	f.Add([]byte(evtxMark + strings.Repeat("\x00", 600)))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := read("x", bytes.NewReader(data), hideNothing, sizes{whole: 400, window: 300, overlap: 60, kept: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		if d.SizeBytes != int64(len(data)) && d.Encoding != "" {
			t.Fatalf("%d bytes of %d", d.SizeBytes, len(data))
		}
		for _, x := range d.Facts {
			if d.Format != EVTX && (x.Position.Line < 1 || x.Position.Line > d.LineCount) {
				t.Fatalf("line %d of %d", x.Position.Line, d.LineCount)
			}
		}
	})
}

// TestReadComputers: a list of 20,000 computers is read whole, though it is far longer than a window.
func TestReadComputers(t *testing.T) {
	if testing.Short() {
		t.Skip("a list of 12 MB")
	}
	const n = 20_000
	var b bytes.Buffer
	b.WriteString(`<SoftwareLicensingData Version="3.0">` + "\n")
	for i := range n {
		fmt.Fprintf(&b, `<Computer Name="PC%05d.contoso.com" OSVersion="10.0.19045"><Products><Product>
<Sku Id="73111121-5638-40f6-bc11-f1d7b0d64300" Name="Windows(R), Enterprise edition" Description="Windows(R) Operating System, VOLUME_KMSCLIENT channel"/>
<PartialProductKey>2YT43</PartialProductKey><LicenseStatus>1</LicenseStatus><LicenseStatusReason>1074065472</LicenseStatusReason>
<GenuineStatus>Genuine</GenuineStatus><GracePeriodRemaining>250100</GracePeriodRemaining><KmsHost>kms01.contoso.com</KmsHost>
<KmsPort>1688</KmsPort><CMID>aaaaaaaa-0000-4000-8000-%012d</CMID></Product></Products></Computer>
`, i, i)
	}
	b.WriteString("</SoftwareLicensingData>\n")
	d, err := Read("x.cilx", &b, hideNothing)
	if err != nil || d.Format != VAMT || len(d.Warnings) > 0 {
		t.Fatalf("%s, %q, %v", d.Format, d.Warnings, err)
	}
	machines := map[string]int{}
	for _, f := range d.Facts {
		machines[f.Machine]++
	}
	if len(machines) != n || len(d.Facts) != n*machines["pc00000.contoso.com"] {
		t.Errorf("%d facts of %d computers", len(d.Facts), len(machines))
	}
}
