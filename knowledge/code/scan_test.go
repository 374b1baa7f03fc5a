package code

import (
	"slices"
	"strings"
	"testing"
)

// found is what Scan saw, as "KIND spelling code", so that offsets are checked with it.
func found(text string) []string {
	var all []string
	for _, m := range Scan(text) {
		all = append(all, m.Kind.String()+" "+text[m.Start:m.End]+" "+m.Code.String()[2:])
	}
	return all
}

func TestScanFinds(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Error: 0xC004F074 The service", "HEX 0xC004F074 C004F074"},
		{"se koden 0x8007000Dog prøv", "HEX 0x8007000D 8007000D"},
		{"(feil 0xC004F039).", "HEX 0xC004F039 C004F039"},
		{"0xC004C003-feilen", "HEX 0xC004C003 C004C003"},
		{"gives 0xC004F074error again", "HEX 0xC004F074 C004F074"},
		{"0xC004F074а затем", "HEX 0xC004F074 C004F074"},
		{"Fehler0xC004F074", "HEX 0xC004F074 C004F074"},
		{"错误0xC004F074，则", "HEX 0xC004F074 C004F074"},
		{"代码C004F074，则", "BARE C004F074 C004F074"},
		{"0×8007232B and 0X8007232b", "HEX 0×8007232B 8007232B|HEX 0X8007232b 8007232B"},
		{"код 0хС004F074.", "HEX 0хС004F074 C004F074"},
		{"０ｘＣ００４Ｆ０７４", "HEX ０ｘＣ００４Ｆ０７４ C004F074"},
		{"0xC004\u00adF0\u200b74 x", "HEX 0xC004\u00adF0\u200b74 C004F074"},
		{"OxC004FO74 typed so", "HEX OxC004FO74 C004F074"},
		{"|0xC004F00F|0x8007007b|", "HEX 0xC004F00F C004F00F|HEX 0x8007007b 8007007B"},
		{"[HRESULT = 0xffffffff80070005]", "HEX 0xffffffff80070005 80070005"},
		{"0x00000000, 0xC004F06C,", "HEX 0x00000000 00000000|HEX 0xC004F06C C004F06C"},
		{"slui.exe 0x2a 0x8007267C", "FLAG 0x2a 0000002A|HEX 0x8007267C 8007267C"},
		{"error c004f074.", "BARE c004f074 C004F074"},
		{"feil-C004F074-feil", "BARE C004F074 C004F074"},
		{"kode 80070005 ved start", "BARE 80070005 80070005"},
		{"FFFFFFFFC004F074", "BARE FFFFFFFFC004F074 C004F074"},
		{"returned -1073418124\r\n", "SIGNED -1073418124 C004F074"},
		{"(–2147024891)", "SIGNED –2147024891 80070005"},
		{"sign-in -895156191", "SIGNED -895156191 CAA50021"},
		{"code=3221549172;", "DECIMAL 3221549172 C004F074"},
		{"LicenseStatusReason : 1074066433", "DECIMAL 1074066433 4004F401"},
		{"see win32:1722.", "WIN32 win32:1722 800706BA"},
		{"a\n0xC004F074\nb\r\nC004F00F", "HEX 0xC004F074 C004F074|BARE C004F00F C004F00F"},
		{"broken \xff 0xC004F074 \xff", "HEX 0xC004F074 C004F074"},
		{`"\u00a00xC004F074"`, "HEX 0xC004F074 C004F074"},
	} {
		if got := strings.Join(found(tt.text), "|"); got != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestScanPassesOver(t *testing.T) {
	for name, text := range map[string]string{
		"GUID":                    "80070005-d682-4d71-983e-d6ec3f16059f",
		"GUID with braces":        "{c004f074-a989-479d-af46-f275c6370663}",
		"hash":                    "455168cae816ba3dcb47f351be46947e8ccee1f3ab9e61c70d82d49e5279ef85",
		"40 digits":               "c004f074c004f074c004f074c004f074c004f074",
		"longer hex":              "0xC004F0741 and 0x00000000004c29e0",
		"stack address":           "@0x7fefa1c8728 @0xff83e474",
		"resolution":              "1920x1080 and 20x10801080",
		"product key":             "VYBBJ-TRJPB-QFQRF-QFT4D-H3GVB",
		"product id":              "00330-80000-00000-AA121",
		"extended pid":            "03612-03308-000-000000-00-1033-26100.0000-3102025",
		"version":                 "10.0.80070005.1 and 80070005.3",
		"installation id":         "563276155667058052465840741114524545879016766601431504369777043",
		"grouped installation id": "8007000 5321476 8004154",
		"SID":                     "S-1-5-21-3221549172-1074066433-2147942405-1001",
		"colour":                  "#8007000D",
		"other bare hex":          "deadbeef 12345678 1688 00000008",
		"telephone number":        "40040123 80012345",
		"timestamp":               "1700000000 1711450465",
		"not applicable":          "4294967295 -1 -2147483648",
		"negative over 32 bits":   "-3221549172",
		"range of numbers":        "12-1073418124",
		"decimals":                "3221549172.5",
		"longer decimal":          "32215491720",
		"placeholder":             "0xXXXXXXXX 0x8007xxxx",
		"broken by a line":        "C004F\n074",
		"win32 too large":         "win32:70000 win32:123456 win32:",
		"word":                    "face cafe defaced",
	} {
		if got := found(text); got != nil {
			t.Errorf("%s: %q gives %q", name, text, got)
		}
	}
}

func TestScanIsLinear(t *testing.T) {
	for _, unit := range []string{"0x", "F", "8", "-", "8-", "0xC004F074", "ох", "win32:", "C004F074-"} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		matches := Scan(text)
		if !slices.IsSortedFunc(matches, func(a, b Match) int { return a.Start - b.Start }) {
			t.Errorf("%q: not in order", unit)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	for name, line := range map[string]string{
		"ascii":    "1003: 55c92734-d682-4d71-983e-d6ec3f16059f hr=0xC004F074 [2024-03-14] minutes 259200\n",
		"cyrillic": "Служба лицензирования сообщила: компьютер не активирован, код 0xC004F074.\n",
		"chinese":  "软件授权服务报告无法激活该计算机。错误代码：0xC004F074，无法联系任何密钥管理服务。\n",
	} {
		text := strings.Repeat(line, 1<<20/len(line))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Scan(text)
			}
		})
	}
}
