package redact

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	iid := "563276155667058052465840741114524545879016766601431504369777043"
	for name, tt := range map[string]struct{ in, want string }{
		"nothing":           {"Feil 0xC004F074 fra slmgr.vbs /ato", "Feil 0xC004F074 fra slmgr.vbs /ato"},
		"host":              {"fra kms.contoso.com:1688.", "fra host-1.domain-1.com:1688."},
		"host in capitals":  {"KMS.CONTOSO.COM kms.contoso.com", "host-1.domain-1.COM host-1.domain-1.com"},
		"zone":              {"_vlmcs._tcp.ad.contoso.local a.ad.contoso.local", "_vlmcs._tcp.domain-2.domain-1.local host-1.domain-2.domain-1.local"},
		"URL":               {"https://wiki.contoso.no/kms", "https://host-1.domain-1.no/kms"},
		"vendor":            {"activation.sls.microsoft.com kms.core.windows.net", "activation.sls.microsoft.com kms.core.windows.net"},
		"file names":        {"ospp.vbs slmgr.ini tokens.dat System.Net.Http ASP.NET a.exe", "ospp.vbs slmgr.ini tokens.dat System.Net.Http ASP.NET a.exe"},
		"lost blank":        {"se dns.No more", "se dns.No more"},
		"learned":           {"KMS01 kms01.contoso.com KMS01-serveren mykms01 kms012", "host-1 host-1.domain-1.com host-1-serveren mykms01 kms012"},
		"learned, hyphen":   {"DESKTOP-AB12CD DESKTOP-AB12CDE \\\\desktop-ab12cd\\c$", "host-1 host-2 \\\\host-1\\c$"},
		"learned user":      {"CONTOSO\\ola, Kari Nordmann og OLA", "domain-1\\user-1, user-2 og user-1"},
		"learned, Cyrillic": {"имя БУХ-ПК1, буx", "имя host-1, буx"},
		"not learned":       {"the KMS server", "the KMS server"},
		"IPv4":              {"10.1.2.3:1688 10.1.2.3, 10.1.2.4.", "ip-1:1688 ip-1, ip-2."},
		"IPv4 range":        {"10.1.2.3-10.1.2.9/24", "ip-1-ip-2/24"},
		"IPv6":              {"fe80::1%12 [2001:db8::5]:1688 ::ffff:10.1.2.3 10.1.2.3", "ip-1%12 [ip-2]:1688 ip-3 ip-3"},
		"public addresses":  {"127.0.0.1 ::1 0.0.0.0", "127.0.0.1 ::1 0.0.0.0"},
		"versions":          {"10.0.17763.1039 1.2.3.4.5 6.0.6000 0.0.0.6", "10.0.17763.1039 1.2.3.4.5 6.0.6000 0.0.0.6"},
		"times":             {"12:30:45 std::string a::b", "12:30:45 std::string a::b"},
		"user folder":       {`C:\Users\olan\AppData c:\\users\\olan\\x C:\Users\Per Aas\x`, `C:\Users\user-1\AppData c:\\users\\user-1\\x C:\Users\user-2\x`},
		"prompt":            {`PS C:\Users\olan> slmgr`, `PS C:\Users\user-1> slmgr`},
		"public folder":     {`C:\Users\Public\x %USERPROFILE% C:\Users\%USERNAME%`, `C:\Users\Public\x %USERPROFILE% C:\Users\%USERNAME%`},
		"labels":            {"User name: olan\r\nComputer name . . . : PC77 x", "User name: user-1\r\nComputer name . . . : host-1 x"},
		"field names":       {`{"TargetUserName": "olan"} <Data Name="SubjectUserName">kari</Data>`, `{"TargetUserName": "user-1"} <Data Name="SubjectUserName">user-2</Data>`},
		"labels, nb and zh": {"Brukernavn: olan\n计算机名：PC77", "Brukernavn: user-1\n计算机名：host-1"},
		"prose behind":      {"user: cannot activate; computer: the new one; User: N/A", "user: cannot activate; computer: the new one; User: N/A"},
		"account":           {`whoami: CONTOSO\olan-adm, CONTOSO\PC1$`, `whoami: domain-1\user-1, domain-1\user-2`},
		"share":             {`net use \\FIL01\deploy and "\\\\FIL01\\x"`, `net use \\host-1\deploy and "\\\\host-1\\x"`},
		"no share":          {`C:\\Windows\\System32 \\?\C: %windir%\\x\\y`, `C:\\Windows\\System32 \\?\C: %windir%\\x\\y`},
		"vendor, learned":   {"azkms", "azkms"},
		"mail":              {"per@contoso.com", "user-1@domain-1.com"},
		"SID":               {"S-1-5-21-1-2-3-500 s-1-5-21-1-2-3-500 S-1-5-18", "sid-1 sid-1 S-1-5-18"},
		"extended PID":      {"PID: 03612-03308-000-000000-00-1033-26100.0000-3102025.", "PID: pid-1."},
		"product id":        {"00330-80000-00000-AA121", "00330-80000-00000-AA121"},
		"installation id":   {iid + " " + iid[:54] + "?", "iid-1 iid-2?"},
		"grouped id":        {grouped(iid) + " and " + iid, "iid-1 and iid-1"},
		"64 digits":         {iid + "1", iid + "1"},
		"broken UTF-8":      {"\xff10.1.2.3\xff", "\xffip-1\xff"},
	} {
		p := New(Kinds()...)
		for _, host := range []string{"KMS01.contoso.com", "desktop-ab12cd", "КМС", "Бух-ПК1", "KMS", "10.1.2.3", "PC", "server:1688", "azkms.core.windows.net"} {
			p.Learn(Host, host)
		}
		p.Learn(User, `CONTOSO\Ola`)
		p.Learn(User, "Kari Nordmann")
		got := p.Text(tt.in)
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.want)
		}
		if again := p.Text(got); again != got {
			t.Errorf("%s: not stable: %s, then %s", name, got, again)
		}
	}
}

func grouped(iid string) string {
	var groups []string
	for ; iid != ""; iid = iid[7:] {
		groups = append(groups, iid[:7])
	}
	return strings.Join(groups, " ")
}

func TestValue(t *testing.T) {
	for _, tt := range []struct {
		kind     Kind
		in, want string
	}{
		{Host, "KMS01", "host-1"},
		{Host, "kms01.contoso.com.", "host-1.domain-1.com."},
		{Host, "kms01.contoso.com:1688", "host-1.domain-1.com:1688"},
		{Host, "server.contoso.intranett", "host-1.domain-1.domain-2"},
		{Host, "10.0.0.1", "ip-1"},
		{Host, "kms.core.windows.net", "kms.core.windows.net"},
		{Host, "", ""},
		{IP, "10.0.0.1", "ip-1"},
		{IP, "no address", "no address"},
		{User, `CONTOSO\ola`, `domain-1\user-1`},
		{User, `NT AUTHORITY\SYSTEM`, `NT AUTHORITY\SYSTEM`},
		{User, "ola@contoso.com", "user-1@domain-1.com"},
		{SID, "S-1-5-18", "S-1-5-18"},
		{ExtendedPID, "03612-03308-000-000000-00-1033-26100.0000-3102025", "pid-1"},
		{InstallationID, "1", "iid-1"},
	} {
		p := New(Kinds()...)
		if got := p.Value(tt.kind, tt.in); got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.kind, tt.in, got, tt.want)
		}
	}
}

func TestOnlyAskedKindsAreReplaced(t *testing.T) {
	text := `ola@contoso.com 10.1.2.3 C:\Users\olan\x S-1-5-21-1-2-3-500`
	if got := New().Text(text); got != text {
		t.Errorf("no kinds: %s", got)
	}
	p := New(IP)
	if got := p.Text(text); got != strings.Replace(text, "10.1.2.3", "ip-1", 1) {
		t.Errorf("IP only: %s", got)
	}
	if got := New(Host).Text(text); got != strings.Replace(text, "contoso", "domain-1", 1) {
		t.Errorf("HOST only: %s", got)
	}
	if c := p.Counts(); len(c) != 1 || c[IP] != 1 {
		t.Errorf("counts %v", c)
	}
}

func TestPseudonymsDoNotDependOnTheRequest(t *testing.T) {
	a, b := New(Host), New(Host)
	for _, name := range []string{"kms01", "pc1.contoso.com", "KMS01"} {
		if x, y := a.Value(Host, name), b.Value(Host, name); x != y {
			t.Errorf("%s: %s, then %s", name, x, y)
		}
	}
}

func TestRealNamesAreNotTakenForPseudonyms(t *testing.T) {
	p := New(Host)
	p.Learn(Host, "host-1")
	if got := p.Text("pc1.contoso.com host-1"); got != "host-2.domain-1.com host-3" {
		t.Error(got)
	}
}

func FuzzText(f *testing.F) {
	f.Add(`CONTOSO\ola at kms01.contoso.com:1688 10.1.2.3 fe80::1 C:\Users\olan\x`)
	f.Add("S-1-5-21-1-2-3 03612-03308-000-000000-00-1033-26100.0000-3102025 \xff::1")
	f.Fuzz(func(t *testing.T, s string) {
		p := New(Kinds()...)
		p.Learn(Host, "KMS01")
		p.Learn(User, s)
		got := p.Text(s)
		total := 0
		for _, n := range p.Counts() {
			total += n
		}
		if (got != s) != (total > 0) {
			t.Fatalf("%q: %q with %d replacements", s, got, total)
		}
		for kind := range prefixes {
			p.Value(kind, s)
		}
	})
}

func BenchmarkText(b *testing.B) {
	line := "2024-03-14 13:54:25 KMS01 Security-SPP 12288 hr=0xC004F074 kms.contoso.com:1688 10.1.2.3 some words\n"
	text := strings.Repeat(line, 1<<20/len(line))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		p := New(Kinds()...)
		p.Learn(Host, "KMS01")
		p.Text(text)
	}
}
