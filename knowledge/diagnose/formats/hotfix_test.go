package formats

import (
	"strings"
	"testing"
)

func TestInstalledUpdates(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"the numbered lines of systeminfo, whatever the language of their heading", "Snabbkorrigering(ar):      2 snabbkorrigeringar har installerats.\n    [01]: KB971033\n    [02]: KB2533552\nNätverkskort:   [01]: Contoso Ethernet\n", "KB971033 KB2533552"},
		{"Get-HotFix names the computer", "Source        Description      HotFixID      InstalledBy          InstalledOn\n------        -----------      --------      -----------          -----------\nPC-117        Update           KB971033      NT AUTHORITY\\SYSTEM  1/9/2019 12:00:00 AM\nPC-117        Security Update  KB4480970     NT AUTHORITY\\SYSTEM  1/9/2019 12:00:00 AM\n", "pc-117/KB971033 pc-117/KB4480970"},
		{"two computers in one list", "Source  Description  HotFixID  InstalledBy\nPC-1    Update       KB971033  x\nPC-2    Update       KB2533552  x\n", "pc-1/KB971033 pc-2/KB2533552"},
		{"Format-List", "Description : Update\nHotFixID    : kb971033\n", "KB971033"},
		{"wmic qfe with the address of each article", "Caption                                     CSName  Description  HotFixID   InstalledOn\nhttp://support.microsoft.com/?kbid=971033   PC-117  Update       KB971033   1/9/2019\n", "KB971033"},
		{"the list ends with the next command", "HotFixID\nKB971033\n\nC:\\>echo KB2533552 is not in the list\nKB3000000\n", "KB971033"},
		{"prose that names an update is no list", "We removed KB971033 and it did not help.\n", ""},
		{"network cards in the same form", "[01]: Contoso Ethernet\n[02]: 192.0.2.7\n", ""},
	} {
		var got []string
		for _, f := range Parse("updates.txt", []byte(tt.text)).Facts {
			if f.Kind == InstalledUpdate && f.Machine != "" {
				got = append(got, f.Machine+"/"+f.Normalized)
			} else if f.Kind == InstalledUpdate {
				got = append(got, f.Normalized)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

func TestMessagesWithoutACode(t *testing.T) {
	long := strings.Repeat("A line of an article about something else.\n", 60)
	for _, tt := range []struct{ name, text, want string }{
		{"slmgr warns that /skms wins", "Warning: /skms setting overrides the /skms-domain setting. kms01.contoso.com:1688 will be used for activation.", SetHostOverridesDomain},
		{"the same warning in another language, known by its options", "Предупреждение: параметр /skms переопределяет параметр /skms-domain. Для активации будет использоваться kms01.contoso.com:1688.", SetHostOverridesDomain},
		{"a command with the option is no warning", "cscript slmgr.vbs /skms-domain contoso.com", ""},
		{"the warning that a lookup domain is in effect names one option", "Warning: /skms-domain setting is in effect. contoso.com will be used for DNS SRV record lookup.", ""},
		{"a leaked key", "XP SP2 stops: \"The product key used to install Windows is invalid. Please contact your administrator.\"", LeakedKeyMessage},
		{"a leaked key in Norwegian", "Produktnøkkelen som ble brukt til å installere Windows, er ugyldig.", LeakedKeyMessage},
		{"a key for no image of the medium", "The product key entered does not match any of the Windows images available for installation.", ImageMismatchMessage},
		{"an invalid key during setup", "Windows setup says the product key is invalid", SetupKeyInvalidMessage},
		{"an invalid key with a code: the code says more", "Setup: 0xC004F050 The product key is invalid", ""},
		{"an invalid key outside of setup", "Settings says the product key is invalid", ""},
		{"an invalid key that slmgr refuses", "I install the key with slmgr /ipk during setup and the product key is invalid", ""},
		{"the same words in an article", long + "The product key used to install Windows is invalid", ""},
		{"a product code", "Can I activate with {90160000-0011-0000-0000-0000000FF1CE}?", ProductCodeQuoted},
		{"an activation id is none", "What is 0ff1ce15-a989-479d-af46-f275c6370663?", ""},
	} {
		got := ""
		for _, f := range Parse("question.txt", []byte(tt.text)).Facts {
			if f.Kind == Statement {
				got = f.Normalized
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
