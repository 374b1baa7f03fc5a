package formats

import (
	"strings"
	"testing"
)

func TestRegistryData(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"text", `"kms01.contoso.com"`, "kms01.contoso.com"},
		{"text with escapes", `"C:\\Windows\\a \"b\""`, `C:\Windows\a "b"`},
		{"number", "dword:00000078", "120"},
		{"quad word", "hex(b):78,00,00,00,00,00,00,00", "120"},
		{"list", "hex(7):61,00,2e,00,62,00,00,00,63,00,2e,00,64,00,00,00,00,00", "a.b; c.d"},
		{"expandable text", "hex(2):61,00,62,00,00,00", "ab"},
		{"bytes say nothing", "hex:01,02", ""},
	}
	for _, tt := range tests {
		if got, ok := exported(tt.body); got != tt.want || !ok {
			t.Errorf("%s: %q %v, want %q", tt.name, got, ok, tt.want)
		}
	}
	for name, body := range map[string]string{"deleted value": "-", "odd digits": "hex(7):6", "no digits": "dword:", "too wide": "hex(b):01,01,01,01,01,01,01,01,01", "lone quote": `"`} {
		if got, ok := exported(body); ok {
			t.Errorf("%s: %q is taken", name, got)
		}
	}
}

// TestRegistryFacts: what one key says, and what must not be read into it.
func TestRegistryFacts(t *testing.T) {
	const key = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform`
	tests := []struct{ name, text, want string }{
		{"a placeholder is no host", key + "\n    KeyManagementServiceName    REG_SZ    <kms-host>", ""},
		{"a full product key is no fact", "[" + key + "]\n\"BackupProductKeyDefault\"=\"AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\"", ""},
		{"another key is not ours", `[HKEY_LOCAL_MACHINE\SOFTWARE\Contoso]` + "\n\"KeyManagementServiceName\"=\"kms.example\"", ""},
		{"a value beyond the range is no port", key + "\n    KeyManagementServicePort    REG_SZ    70000", "registry_value"},
		{"non-zero is off", key + "\n    DisableDnsPublishing    REG_DWORD    0x2", "registry_value dns_publishing=false"},
		{"zero is on", "[" + key + "]\n\"DisableDnsPublishing\"=dword:00000000", "registry_value dns_publishing=true"},
		{"short root", "HKLM\\SOFTWARE\\Microsoft\\OfficeSoftwareProtectionPlatform\n    KeyManagementServicePort    REG_SZ    1699", "registry_value kms_port=1699"},
		{"access denied proves nothing", "C:\\>reg query \"" + key + "\" /v KeyManagementServiceName\nERROR: Access is denied.", ""},
		{"absent by name", "C:\\>reg query \"" + key + "\" /v KeyManagementServiceName\nFEL: Det gick inte att hitta värdet. Systemet kunde inte hitta det.", "kms_host=none kms_host_source=NONE"},
		{"application only", "[" + key + `\55c92734-d682-4d71-983e-d6ec3f16059f]` + "\n\"KeyManagementServiceName\"=\"kms01\"", "application_id=55c92734-d682-4d71-983e-d6ec3f16059f registry_value kms_host=kms01 kms_host_source=REGISTRY"},
	}
	for _, tt := range tests {
		var got []string
		for _, f := range Parse("", []byte(tt.text)).Facts {
			s := string(f.Kind)
			if f.Kind != RegistryValue {
				s += "=" + f.Normalized
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

func TestVersions(t *testing.T) {
	for s, want := range map[string]int{"Office 2007": 12, "Microsoft Office Enterprise 2007": 12, `C:\Program Files\Microsoft Office\Office12\ospp.vbs`: 12,
		"Office 14.0.7248": 14, "Office XP": 10, "Office 365 since the move from Office 2007": 16, "officer 12": 0, "Office 1234": 0} {
		got := 0
		if v := OfficeVersions(s); len(v) > 0 {
			got = v[len(v)-1]
		}
		if got != want {
			t.Errorf("%s: %d, want %d", s, got, want)
		}
	}
	for s, want := range map[string]string{"Windows XP": "5.1", "Server 2003 R2": "5.2", "Microsoft Windows [Version 5.2.3790]": "5.2",
		"Windows XP and Windows 7": "", "Microsoft Windows [Version 10.0.19045.1]": "", "Experience": ""} {
		if got := OldWindows(s); got != want {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
}
