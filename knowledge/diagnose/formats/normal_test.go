package formats

import "testing"

func TestNormalForms(t *testing.T) {
	tests := []struct{ name, got, want string }{
		{"client time with zeros", clientTime("2010/09/29 17:52"), "2010-09-29T17:52:00Z"},
		{"client time without", clientTime("2010/9/29 7:52"), "2010-09-29T07:52:00Z"},
		{"zone is applied", zonedTime("2024-03-14T14:05:11+01:00"), "2024-03-14T13:05:11Z"},
		{"local time stays unknown", zonedTime("3/4/2024 2:05:11 PM"), ""},
		{"CIM time with offset", zonedTime("20240314140511.000000+060"), "2024-03-14T13:05:11Z"},
		{"host", normalHost("KMS01.Contoso.COM."), "kms01.contoso.com"},
		{"GUID", normalGUID("{98EBFE73-2084-4C97-932C-C0CD1643BEA7}"), "98ebfe73-2084-4c97-932c-c0cd1643bea7"},
		{"edition", editionOf("Windows(R), EnterpriseS edition"), "EnterpriseS"},
		{"key channel", keyChannel("Volume:GVLK"), "VOLUME_KMSCLIENT"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestChannels(t *testing.T) {
	tests := []struct{ description, value, normal string }{
		{"Windows(R) Operating System, VOLUME_KMSCLIENT channel", "VOLUME_KMSCLIENT", "VOLUME_KMSCLIENT"},
		{"Windows(R) Operating System, VOLUME-KMSCLIENT channel", "VOLUME-KMSCLIENT", "VOLUME_KMSCLIENT"},
		{"Windows Operating System - Windows Server(R), VOLUME_KMS_R2_C channel", "VOLUME_KMS_R2_C", "VOLUME_KMS_R2_C"},
		{"Office 24, RETAIL(MAK) channel", "RETAIL(MAK)", "VOLUME_MAK"},
		{"Office 19, RETAIL(Grace) channel", "RETAIL(Grace)", "RETAIL"},
		{"Windows(R) Operating System, OEM_COA_NSLP channel", "OEM_COA_NSLP", "OEM_COA_NSLP"},
		{"a text about something else", "", ""},
	}
	for _, tt := range tests {
		if v, n := channelOfDescription(tt.description); v != tt.value || n != tt.normal {
			t.Errorf("%s: %q %q, want %q %q", tt.description, v, n, tt.value, tt.normal)
		}
	}
}

func TestStates(t *testing.T) {
	tests := map[string]string{
		"Licensed": "LICENSED", "Unlicensed": "UNLICENSED", "Ikke lisensiert": "UNLICENSED", "Olicensierad": "UNLICENSED",
		"Additional grace period (KMS license expired or hardware out of tolerance)": "OOT_GRACE",
		"Non-genuine grace period.": "NON_GENUINE_GRACE", "не имеет лицензии": "UNLICENSED", "имеет лицензию": "LICENSED",
		"дополнительный льготный период": "OOT_GRACE", "льготный период для ПО с неподтвержденной подлинностью": "NON_GENUINE_GRACE",
		"非正版宽限期": "NON_GENUINE_GRACE", "“通知”状态": "NOTIFICATION", "---EXTENDED GRACE---": "EXTENDED_GRACE", "---NOTIFICATIONS---": "NOTIFICATION",
		"Licenscd": "LICENSED", "Valid until tomorrow": "", "---UNKNOWN---": "",
	}
	for value, want := range tests {
		p := page{fuzzy: 10}
		if got, _ := p.status(value); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

func TestHosts(t *testing.T) {
	tests := []struct {
		in, host, port string
		ok             bool
	}{
		{"kms.contoso.com:1688", "kms.contoso.com", "1688", true},
		{"kms_01", "kms_01", "", true},
		{"[2001:db8::1]:1688", "2001:db8::1", "1688", true},
		{"<KMS host>:1688", "", "", false},
		{"xxxxx.xxx:1688", "", "", false},
		{"*.*.*", "", "", false},
		{"not available", "", "", false},
		{"kms:99999", "", "", false},
	}
	for _, tt := range tests {
		host, port, ok := splitHostPort(tt.in)
		if host != tt.host || port != tt.port || ok != tt.ok {
			t.Errorf("%s: %q %q %v", tt.in, host, port, ok)
		}
	}
}
