package redact

import (
	"regexp"
	"strings"
	"testing"
)

// shape replaces the digits of pseudonyms, which differ in every run, by letters in the order in
// which they first occur.
func shape(s string) string {
	seen := map[string]string{}
	return regexp.MustCompile(`\b(host|ip|user|sid|pid|iid)-[0-9a-f]{6}\b`).ReplaceAllStringFunc(s, func(m string) string {
		kind, _, _ := strings.Cut(m, "-")
		if seen[m] == "" {
			seen[m] = kind + "-" + string(rune('A'+len(seen)))
		}
		return seen[m]
	})
}

func TestText(t *testing.T) {
	iid := "563276155667058052465840741114524545879016766601431504369777043"
	for name, tt := range map[string]struct{ in, want string }{
		"nothing":           {"Feil 0xC004F074 fra slmgr.vbs /ato", "Feil 0xC004F074 fra slmgr.vbs /ato"},
		"host":              {"fra kms.contoso.com:1688.", "fra host-A.host-B.com:1688."},
		"host in capitals":  {"KMS.CONTOSO.COM kms.contoso.com", "host-A.host-B.COM host-A.host-B.com"},
		"zone":              {"_vlmcs._tcp.ad.contoso.local a.ad.contoso.local", "_vlmcs._tcp.host-A.host-B.local host-C.host-A.host-B.local"},
		"URL":               {"https://wiki.contoso.no/kms", "https://host-A.host-B.no/kms"},
		"vendor":            {"activation.sls.microsoft.com kms.core.windows.net", "activation.sls.microsoft.com kms.core.windows.net"},
		"file names":        {"ospp.vbs slmgr.ini tokens.dat System.Net.Http ASP.NET a.exe", "ospp.vbs slmgr.ini tokens.dat System.Net.Http ASP.NET a.exe"},
		"lost blank":        {"se dns.No more", "se dns.No more"},
		"learned":           {"KMS01 kms01.contoso.com KMS01-serveren mykms01 kms012", "host-A host-A.host-B.com host-A-serveren mykms01 kms012"},
		"learned, hyphen":   {"DESKTOP-AB12CD DESKTOP-AB12CDE \\\\desktop-ab12cd\\c$", "host-A DESKTOP-AB12CDE \\\\host-A\\c$"},
		"learned user":      {"CONTOSO\\ola, Kari Nordmann og OLA", "host-A\\user-B, user-C og user-B"},
		"learned, Cyrillic": {"имя БУХ-ПК1, буx", "имя host-A, буx"},
		"not learned":       {"the KMS server", "the KMS server"},
		"IPv4":              {"10.1.2.3:1688 10.1.2.3, 10.1.2.4.", "ip-A:1688 ip-A, ip-B."},
		"IPv4 range":        {"10.1.2.3-10.1.2.9/24", "ip-A-ip-B/24"},
		"IPv6":              {"fe80::1%12 [2001:db8::5]:1688 ::ffff:10.1.2.3 10.1.2.3", "ip-A%12 [ip-B]:1688 ip-C ip-C"},
		"public addresses":  {"127.0.0.1 ::1 0.0.0.0", "127.0.0.1 ::1 0.0.0.0"},
		"versions":          {"10.0.17763.1039 1.2.3.4.5 6.0.6000 0.0.0.6", "10.0.17763.1039 1.2.3.4.5 6.0.6000 0.0.0.6"},
		"times":             {"12:30:45 std::string a::b", "12:30:45 std::string a::b"},
		"user folder":       {`C:\Users\olan\AppData c:\\users\\olan\\x C:\Users\Per Aas\x`, `C:\Users\user-A\AppData c:\\users\\user-A\\x C:\Users\user-B\x`},
		"prompt":            {`PS C:\Users\olan> slmgr`, `PS C:\Users\user-A> slmgr`},
		"public folder":     {`C:\Users\Public\x %USERPROFILE% C:\Users\%USERNAME%`, `C:\Users\Public\x %USERPROFILE% C:\Users\%USERNAME%`},
		"mail":              {"per@contoso.com", "user-A@host-B.com"},
		"SID":               {"S-1-5-21-1-2-3-500 s-1-5-21-1-2-3-500 S-1-5-18", "sid-A sid-A S-1-5-18"},
		"extended PID":      {"PID: 03612-03308-000-000000-00-1033-26100.0000-3102025.", "PID: pid-A."},
		"product id":        {"00330-80000-00000-AA121", "00330-80000-00000-AA121"},
		"installation id":   {iid + " " + iid[:54] + "?", "iid-A iid-B?"},
		"grouped id":        {grouped(iid) + " and " + iid, "iid-A and iid-A"},
		"64 digits":         {iid + "1", iid + "1"},
		"broken UTF-8":      {"\xff10.1.2.3\xff", "\xffip-A\xff"},
	} {
		p := New(Kinds()...)
		for _, host := range []string{"KMS01.contoso.com", "desktop-ab12cd", "КМС", "Бух-ПК1", "KMS", "10.1.2.3", "PC", "server:1688"} {
			p.Learn(Host, host)
		}
		p.Learn(User, `CONTOSO\Ola`)
		p.Learn(User, "Kari Nordmann")
		got := p.Text(tt.in)
		if shape(got) != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", name, shape(got), tt.want)
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
		{Host, "KMS01", "host-A"},
		{Host, "kms01.contoso.com.", "host-A.host-B.com."},
		{Host, "kms01.contoso.com:1688", "host-A.host-B.com:1688"},
		{Host, "server.contoso.intranett", "host-A.host-B.host-C"},
		{Host, "10.0.0.1", "ip-A"},
		{Host, "kms.core.windows.net", "kms.core.windows.net"},
		{Host, "", ""},
		{IP, "10.0.0.1", "ip-A"},
		{IP, "no address", "no address"},
		{User, `CONTOSO\ola`, `host-A\user-B`},
		{User, `NT AUTHORITY\SYSTEM`, `NT AUTHORITY\SYSTEM`},
		{User, "ola@contoso.com", "user-A@host-B.com"},
		{SID, "S-1-5-18", "S-1-5-18"},
		{ExtendedPID, "03612-03308-000-000000-00-1033-26100.0000-3102025", "pid-A"},
		{InstallationID, "1", "iid-A"},
	} {
		p := New(Kinds()...)
		if got := p.Value(tt.kind, tt.in); shape(got) != tt.want {
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
	if got := shape(p.Text(text)); got != strings.Replace(text, "10.1.2.3", "ip-A", 1) {
		t.Errorf("IP only: %s", got)
	}
	if got := shape(New(Host).Text(text)); got != strings.Replace(text, "contoso", "host-A", 1) {
		t.Errorf("HOST only: %s", got)
	}
	if c := p.Counts(); len(c) != 1 || c[IP] != 1 {
		t.Errorf("counts %v", c)
	}
}

func TestPseudonymsDifferBetweenRequests(t *testing.T) {
	if a, b := New(Host).Value(Host, "kms01"), New(Host).Value(Host, "kms01"); a == b {
		t.Errorf("two requests give %s", a)
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
