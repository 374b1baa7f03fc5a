package code

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// onRecord are the codes known to the tests.
func onRecord(c Code) bool {
	return slices.Contains([]Code{0, 0xC004F074, 0xC004F042, 0x4004F040, 0x80070005, 0x8007232A}, c)
}

func TestScanTyped(t *testing.T) {
	for text, want := range map[string]string{
		"0x 8007232 a på":            "HEX 0x 8007232 a 8007232A",
		"0xC004 F042, C004-F074":     "HEX 0xC004 F042 C004F042|BARE C004-F074 C004F074",
		"4004F040h 显示":               "BARE 4004F040h 4004F040",
		"0xC004F074UL; &HC004F042":   "HEX 0xC004F074UL C004F074|HEX &HC004F042 C004F042",
		"C004F074-0x":                "BARE C004F074-0x C004F074",
		"kodeC004F074":               "BARE C004F074 C004F074",
		"0xC004\r\n> F074":           "HEX 0xC004\r\n> F074 C004F074",
		"C004&nbsp;F074%20":          "BARE C004&nbsp;F074 C004F074",
		"-1 073 418 124":             "SIGNED -1 073 418 124 C004F074",
		"3.221.549.172":              "DECIMAL 3.221.549.172 C004F074",
		"1073418124":                 "DECIMAL 1073418124 C004F074",
		"8007 0005":                  "DIGITS 8007 0005 80070005",
		"80070005":                   "BARE 80070005 80070005",
		"slui 0x 2a":                 "FLAG 0x 2a 0000002A",
		"0x2a 0xC004EEEE":            "FLAG 0x2a 0000002A|HEX 0xC004EEEE C004EEEE",
		"0xFFFFFFFFC004F074":         "HEX 0xFFFFFFFFC004F074 C004F074",
		"0x8007000Dog":               "HEX 0x8007000D 8007000D",
		"0xC004 EEEE":                "FLAG 0xC004 0000C004",
		"C004 EEEE 4-1073418124":     "",
		"+80 07 00 05, 1 8007 0005":  "",
		"c004f074-a989-479d-af46-f2": "",
		"7516516468 -2147483648":     "", // the first is 1 << 32 more than a code
	} {
		var got []string
		for _, m := range ScanTyped(text, onRecord) {
			got = append(got, m.Kind.String()+" "+text[m.Start:m.End]+" "+m.Code.String()[2:])
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q:\n got %s\nwant %s", text, s, want)
		}
	}
}

func TestParseTyped(t *testing.T) {
	for s, want := range map[string]Code{
		"0xC004EEEE": 0xC004EEEE, "win32:5": 0x80070005, "0xC004 F074": 0xC004F074, "C004-F074": 0xC004F074,
		"Error C004.F074!": 0xC004F074, "8007 0005": 0x80070005, "-1,073,418,124": 0xC004F074, "4004F040h": 0x4004F040,
	} {
		if got, err := ParseTyped(s, onRecord); err != nil || got != want {
			t.Errorf("%q: got %s, %v, want %s", s, got, err, want)
		}
	}
	for name, s := range map[string]string{
		"not on record":     "C004-EEEE",
		"two codes":         "C004-F074 C004-F042",
		"text after it":     "C004-F074 again",
		"digits before it":  "7 C004-F074",
		"control character": "C004-F074\x00",
		"too long":          strings.Repeat(" ", 10_000) + "C004-F074",
		"nothing":           "",
	} {
		if c, err := ParseTyped(s, onRecord); !errors.Is(err, ErrMalformed) || c != 0 {
			t.Errorf("%s: got %s, %v", name, c, err)
		}
	}
}

func TestScanTypedIsLinear(t *testing.T) {
	for _, unit := range []string{"0x", "F", "8", "-", "8-", "C 0 0 4 ", "8<aaaaa>", "c0&nbsp;04%20", "123 "} {
		ScanTyped(strings.Repeat(unit, 1<<20/len(unit)), onRecord)
	}
}

func BenchmarkScanTyped(b *testing.B) {
	text := strings.Repeat("1003: 55c92734-d682-4d71-983e-d6ec3f16059f hr=0xC004F074 [2024-03-14] minutes 259200\n", 700)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		ScanTyped(text, onRecord)
	}
}
