package code

import (
	"errors"
	"testing"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0xC004F074", "win32:5", "-1073418124", "3221549172", "Error: 0×8007000D.", "0хС004F074", "f041", "\xff0x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil && (!errors.Is(err, ErrMalformed) || c != 0) {
			t.Fatalf("%q: %s, %v", s, c, err)
		}
		if again, err := Parse(c.String()); err != nil || again != c {
			t.Fatalf("%q: %s reads as %s, %v", s, c, again, err)
		}
		Short(s)
	})
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"(feil 0x8007000Dog)", "代码C004F074，", "0хС004\u00adF074а", "-2147024891 3221549172", "win32:5 0x2a", "\xff0xC004F074\xff", "8007000D-d682"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, m := range Scan(s) {
			if m.Start < end || m.End <= m.Start || m.End > len(s) {
				t.Fatalf("%q: %+v after %d", s, m, end)
			}
			end = m.End
			if !utf8.RuneStart(s[m.Start]) || m.End < len(s) && utf8.ValidString(s) && !utf8.RuneStart(s[m.End]) {
				t.Fatalf("%q: %+v splits a character", s, m)
			}
			itself := Scan(m.Code.String())
			if len(itself) != 1 || itself[0].Code != m.Code || itself[0].Kind != Hex {
				t.Fatalf("%q: %s does not find itself: %+v", s, m.Code, itself)
			}
		}
	})
}

func FuzzScanTyped(f *testing.F) {
	for _, s := range []string{"0xC004 F074", "C004\r\n> F074h", "\xff0x C004%20&nbsp;F074", "-1 073 418 124 ul", "х8007–0005，0x 2a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, m := range ScanTyped(s, onRecord) {
			if m.Start < end || m.End <= m.Start || m.End > len(s) || !utf8.RuneStart(s[m.Start]) {
				t.Fatalf("%q: %+v after %d", s, m, end)
			}
			end = m.End
		}
		if c, err := ParseTyped(s, onRecord); err != nil && (!errors.Is(err, ErrMalformed) || c != 0) {
			t.Fatalf("%q: %s, %v", s, c, err)
		}
	})
}
