package code

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]Code{
		// win32:N
		"win32:5": 0x80070005, "win32:0": 0, "WIN32:9003": 0x8007232B, "win32: 1722": 0x800706BA,
		"win32:65535": 0x8007FFFF,
		// 0x
		"0xC004F074": 0xC004F074, "0xc004f074": 0xC004F074, "0XC004F074": 0xC004F074,
		"0×C004F074": 0xC004F074, "0xC004F074.": 0xC004F074, "0x0": 0, "0x2a": 0x2A,
		"0x00000000": 0, "0xFFFFFFFFC004F074": 0xC004F074, "0xffffffff80070005": 0x80070005,
		// after words
		"Error: 0xC004F074": 0xC004F074, "HRESULT 0x8007232B": 0x8007232B,
		"[HRESULT = 0x80070005]": 0x80070005, "hr=0x800704CF": 0x800704CF,
		"Код ошибки: 0xC004F074": 0xC004F074, "错误代码：0xC004F074。": 0xC004F074,
		"(feil 0xC004F039)": 0xC004F039,
		// 8 bare digits, even decimal ones
		"C004F074": 0xC004F074, "80070005": 0x80070005, "00000005": 5, "12345678": 0x12345678,
		"FFFFFFFFC004F074": 0xC004F074,
		// decimal
		"-1073418124": 0xC004F074, "3221549172": 0xC004F074, "−1073418124": 0xC004F074,
		"-2147483648": 0x80000000, "4294967295": 0xFFFFFFFF, "-5": 0xFFFFFFFB, "-0": 0,
		"+5": 5, "123456789": 123456789, "1074066433": 0x4004F401,
		// typed with another keyboard, copied from elsewhere
		"0хС004F074": 0xC004F074, "0х8007000е": 0x8007000E, "０ｘＣ００４Ｆ０７４": 0xC004F074,
		" 0xC004F074\u00a0": 0xC004F074, "\t0xC004F074\r\n": 0xC004F074, "\ufeff0xC004F074": 0xC004F074,
		"0xC004\u00adF074": 0xC004F074, "0xC004\u200bF074": 0xC004F074,
		`"0xC004F074"`: 0xC004F074, "«0xC004F074»": 0xC004F074, "“C004F074”": 0xC004F074, "`0xC004F074`": 0xC004F074,
		"OxC004F074": 0xC004F074, "0xCOO4F074": 0xC004F074, "Ох8OO7OOO5": 0x80070005,
	} {
		got, err := Parse(s)
		if err != nil || got != want {
			t.Errorf("%q: got %s, %v, want %s", s, got, err, want)
		}
	}
}

func TestParseRejects(t *testing.T) {
	for name, s := range map[string]string{
		"empty":                     "",
		"only space":                "  \t",
		"four digits":               "f041",
		"seven digits":              "C004F07",
		"nine hex digits":           "C004F0741",
		"0x without digits":         "0x",
		"0x with nine digits":       "0xC004F0741",
		"0x with other letters":     "0xC004G074",
		"zero-extended":             "0x00000000C004F074",
		"not sign-extended":         "0xFFFFFFFF0004F074",
		"decimal over 32 bits":      "4294967296",
		"negative under 32 bits":    "-2147483649",
		"positive over 31 bits":     "+2147483648",
		"two signs":                 "--5",
		"only a sign":               "-",
		"short unsigned decimal":    "12345",
		"eleven digits":             "12345678901",
		"signed hex":                "-0x5",
		"text after the code":       "0xC004F074 again",
		"two codes":                 "0xC004F074 0x80070005",
		"glued to a number":         "1920x10801080",
		"glued to a word":           "feil0xC004F074",
		"words before bare digits":  "error C004F074",
		"win32 over 16 bits":        "win32:65536",
		"win32 negative":            "win32:-1",
		"win32 hex":                 "win32:0x5",
		"win32 without number":      "win32:",
		"letter O in unlikely code": "0xOOOOOOOO",
		"letter O, too few digits":  "Ox5",
		"control character":         "0xC004\x00F074",
		"newline inside":            "0xC004\nF074",
		"escape sequence":           "\x1b[31m0xC004F074",
		"broken UTF-8":              "0xC004F074\xff",
		"words":                     "no code here",
		"GUID":                      "55c92734-d682-4d71-983e-d6ec3f16059f",
		"10 KB of hex":              "0x" + strings.Repeat("C", 10_000),
		"10 KB of space":            strings.Repeat(" ", 10_000) + "0xC004F074",
	} {
		c, err := Parse(s)
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %s, %v", name, c, err)
			continue
		}
		if m := err.Error(); len(m) > 400 || strings.ContainsAny(m, "\x00\n\x1b") || !utf8.ValidString(m) {
			t.Errorf("%s: unsafe message %q", name, m)
		}
	}
}

func TestShort(t *testing.T) {
	for s, want := range map[string]uint16{"f041": 0xF041, " F074. ": 0xF074, "1688": 0x1688, "с003": 0xC003} {
		if got, ok := Short(s); !ok || got != want {
			t.Errorf("%q: got %04X, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "f04", "f0411", "g041", "0xf041", "f041 f042", strings.Repeat("f", 10_000), "f041\x00"} {
		if got, ok := Short(s); ok {
			t.Errorf("%q: taken for %04X", s, got)
		}
	}
}
