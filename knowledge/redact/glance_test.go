package redact

import (
	"strings"
	"testing"
)

// TestGlance: a line that a closer look finds a key in is never passed over.
func TestGlance(t *testing.T) {
	const key = "bcdfg-23467-hjkmp-89qrt-vwxyb"
	for name, line := range map[string]string{
		"plain": key, "capitals": strings.ToUpper(key), "in words": "key: " + key + ".", "blanks": strings.ReplaceAll(key, "-", "  "), "one run": strings.ReplaceAll(key, "-", ""),
		"escaped": strings.ReplaceAll(key, "-", "%2D"), "misread": "0cdf1-23467-hjkmp-8SqrT-vwxyb", "at the end": strings.Repeat("a ", 40) + key,
		"full width": strings.ToUpper(strings.ReplaceAll(key, "b", "\uff22")), "invisible": strings.ReplaceAll(key, "d", "d\u200b"), "UTF-16": strings.Join(strings.Split(key, ""), "\x00"),
		"behind others": "2024-01-01 bcdfgh 23467 " + key,
	} {
		l := closer(line)
		if !l.holds() {
			t.Errorf("%s: no key in %q", name, line)
		}
		if !mayHoldKey(line) {
			t.Errorf("%s: passed over: %q", name, line)
		}
	}
	for _, line := range []string{"", "2024-05-22 06:37:44, Info  CBS  Exec: package session", "the quick brown fox jumps over the lazy dog and so on for a while"} {
		if mayHoldKey(line) {
			t.Errorf("not passed over: %q", line)
		}
	}
}

type closer string

// holds takes the closer look.
func (s closer) holds() bool {
	var l line
	l.fold(string(s), 0, len(s))
	for i := range l.b {
		if _, n := l.key(i); n > 0 {
			return true
		}
	}
	return false
}

func FuzzGlance(f *testing.F) {
	f.Add("bcdfg-23467-hjkmp-89qrt-vwxyb")
	f.Add("0cdf1 23467\tHJKMP &#45; 8SqrT\u2010vwxyb")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 1<<12 && !strings.Contains(s, "\n") && closer(s).holds() && !mayHoldKey(s) {
			t.Fatalf("%q is passed over", s)
		}
	})
}
