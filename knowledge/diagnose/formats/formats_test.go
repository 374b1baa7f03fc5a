package formats

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is a document as one line of JSON a fact: easy to read in a diff.
func golden(d *Document) []byte {
	var b bytes.Buffer
	head, _ := json.Marshal(map[string]any{"format": d.Format, "language": d.Language, "machine": d.Machine, "lines": d.LineCount, "warnings": d.Warnings})
	b.Write(head)
	b.WriteByte('\n')
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, f := range d.Facts {
		_ = enc.Encode([]any{f.Subject.ID, f.Kind, f.Value, f.Normalized, f.Machine, f.Position.Line, f.Position.Record})
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for _, file := range fixtures(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := golden(Parse(filepath.Base(file), data))
			path := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("facts differ from %s (run with -update to accept):\n%s", path, got)
			}
		})
	}
}

// TestOneFormatClaims runs every parser alone on every fixture: a fixture belongs to one format, and
// no other parser may see its own in it.
func TestOneFormatClaims(t *testing.T) {
	for _, file := range fixtures(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := decode(data)
		var claims []string
		for _, row := range parsers {
			if row.name == "free_text" {
				continue // it takes what is left, so alone it takes any code
			}
			p := newPage(&Document{}, text)
			row.parse(p)
			if len(p.found) > 0 {
				claims = append(claims, row.name)
			}
		}
		if n := len(claims); n == 2 && claims[1] == "event_text" && (claims[0] == "event_xml" || claims[0] == "event_json" || claims[0] == "event_csv") {
			claims = claims[:1] // the comma strings are known in any carrier; the table's order decides
		}
		if n := len(claims); n > 1 && slices.Contains([]string{"roiscan", "mgadiag", "licensingdiag"}, claims[0]) {
			claims = claims[:1] // reports that quote others' outputs or use their words
		}
		want := 1
		if strings.HasPrefix(name, "unrecognized") || strings.HasPrefix(name, "free_text") {
			want = 0
		}
		if len(claims) != want || want == 1 && !strings.HasPrefix(name, family(claims[0])) {
			t.Errorf("%s: claimed by %q", name, claims)
		}
	}
}

// family is the part of a parser's name by which its fixtures are named.
func family(parser string) string {
	switch parser {
	case "slmgr_dlv":
		return "slmgr_dl"
	default:
		return parser
	}
}

func TestFormatByName(t *testing.T) {
	want := map[string]Format{"slmgr_dlv_": SlmgrDLV, "slmgr_dli_": SlmgrDLI, "slmgr_xpr_": SlmgrXPR, "slmgr_ato_": SlmgrATO,
		"ospp_dstatus_": OsppDstatus, "ospp_act_": OsppAct, "ospp_dcmid_": OsppDcmid, "ospp_dhistory_": OsppDhistory, "ospp_token": OsppDstatus,
		"nslookup_": Nslookup, "name_lookup_": Nslookup, "event_text_": EventText, "event_table_": EventText, "event_xml_": EventXML, "event_json_": EventJSON, "event_csv_": EventCSV,
		"vamt_": VAMT, "licensingdiag_": LicensingDiag, "roiscan_": ROIScan, "mgadiag_": MGADiag,
		"registry_": Registry, "ping_": PortProbe, "firewall_": FreeText, "port_probe_": PortProbe, "ipconfig_": Ipconfig, "wmi_": WMI, "free_text_": FreeText, "service_": FreeText, "unrecognized_": Unrecognized}
	for _, file := range fixtures(t) {
		data, _ := os.ReadFile(file)
		name := filepath.Base(file)
		for prefix, format := range want {
			if got := Parse(name, data).Format; strings.HasPrefix(name, prefix) && got != format {
				t.Errorf("%s: %s, want %s", name, got, format)
			}
		}
	}
}

func TestMixedAndMachine(t *testing.T) {
	a, _ := os.ReadFile("testdata/slmgr_dlv_en_client.txt")
	b, _ := os.ReadFile("testdata/nslookup_nb_nxdomain.txt")
	d := Parse(`C:\sdp\PC-117_KMS_Client_slmgr.log`, append(append(a, "\n\n"...), b...))
	if d.Format != Mixed || d.Machine != "pc-117" {
		t.Errorf("format %s machine %q, want MIXED pc-117", d.Format, d.Machine)
	}
	for _, f := range d.Facts {
		if f.Machine != "pc-117" {
			t.Fatalf("%s %s: machine %q", f.Subject.ID, f.Kind, f.Machine)
		}
	}
}

func TestLastStateIsLast(t *testing.T) {
	data, _ := os.ReadFile("testdata/slmgr_dlv_before_after.txt")
	var states []string
	for _, f := range Parse("", data).Facts {
		if f.Kind == LicenseStatus {
			states = append(states, f.Subject.ID+" "+f.Normalized)
		}
	}
	if got := strings.Join(states, ", "); got != "license-1 NOTIFICATION, license-2 LICENSED" {
		t.Error(got)
	}
}

func TestHostileInput(t *testing.T) {
	deep := strings.Repeat("<a>", 10_000)
	tests := []struct {
		name   string
		data   []byte
		format Format
	}{
		{"empty", nil, Unrecognized},
		{"NULs", bytes.Repeat([]byte{0}, 4096), Unrecognized},
		{"random-like bytes", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00\x01\x02\x03\x04"), Unrecognized},
		{"odd UTF-16", []byte("\xff\xfeA\x00B"), Unrecognized},
		{"deep XML", []byte(`<Event xmlns="x"><System>` + deep), Unrecognized},
		{"entity bomb", []byte(`<!DOCTYPE e [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Event><System><Provider Name="Microsoft-Windows-Security-SPP"/><EventID>8198</EventID></System><EventData><Data>hr=0xC004F074&b;</Data></EventData></Event>`), EventXML},
		{"a line of two megabytes", bytes.Repeat([]byte("License Status: "), 1<<17), Unrecognized},
		{"bidi and control characters", []byte("Error: 0xC004F074 \u202eevil\u202c\x07 text"), SlmgrATO},
	}
	for _, tt := range tests {
		d := Parse(tt.name, tt.data)
		if d.Format != tt.format {
			t.Errorf("%s: %s, want %s", tt.name, d.Format, tt.format)
		}
		for _, f := range d.Facts {
			if strings.ContainsAny(f.Excerpt+f.Value, "\u202e\u202c\x07") || len(f.Excerpt) > maxExcerpt {
				t.Errorf("%s: %s: unclean excerpt %q", tt.name, f.Kind, f.Excerpt)
			}
		}
	}
}

func TestEmptyIsTold(t *testing.T) {
	for text, want := range map[string]bool{"": true, "\ufeff\r\n \t\n": true, "\xff\xfe": true, "text": false} {
		warnings := Parse("a.txt", []byte(text)).Warnings
		if got := slices.ContainsFunc(warnings, func(w string) bool { return strings.HasPrefix(w, "empty: ") }); got != want {
			t.Errorf("%q: warnings %q", text, warnings)
		}
	}
}

// check holds what must be true of any document whatever the input.
func check(t *testing.T, d *Document) {
	t.Helper()
	for _, f := range d.Facts {
		if f.Kind == "" || f.Value == "" || f.Subject.ID == "" || f.Position.Line < 1 || f.Position.Line > d.LineCount || len(f.Excerpt) > maxExcerpt {
			t.Fatalf("bad fact %+v of %d lines", f, d.LineCount)
		}
		for _, s := range []string{f.Value, f.Normalized, f.Machine, f.Excerpt} {
			if printable(s) != s {
				t.Fatalf("%s shows %q", f.Kind, s)
			}
		}
	}
	for _, w := range d.Warnings {
		if strings.HasPrefix(w, parserFailed) {
			t.Fatal(w)
		}
	}
	if len(d.Facts) > 0 && d.Format == Unrecognized {
		t.Fatalf("facts in an unrecognised document: %+v", d.Facts[0])
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range fixtures(f) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) <= 1<<16 {
			check(t, Parse("x_KMS_Client_slmgr.log", data))
		}
	})
}
