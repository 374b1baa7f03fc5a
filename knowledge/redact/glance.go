package redact

import "unicode/utf8"

// glances are the bytes that a key may consist of: 1 for those that only look alike, 2 for others. Any byte beyond
// ASCII may be a part of a letter, or not seen at all; so may the zero byte of UTF-16.
var glances = func() (t [256]uint8) {
	for i := range t {
		switch k := kinds[upper[i]]; {
		case i == 0 || i >= utf8.RuneSelf || k > lookalike:
			t[i] = 2
		case k == lookalike:
			t[i] = 1
		}
	}
	return t
}()

// mayHoldKey spares most lines a closer look: a key has its characters in runs of a group or more. It looks at every
// fifth byte, and at others only where that one may be a part of such a run.
func mayHoldKey(s string) bool {
	sure := 0
	for i := groupSize - 1; i < len(s); i += groupSize {
		if glances[s[i]] == 0 {
			continue
		}
		from := i
		for from > 0 && glances[s[from-1]] != 0 {
			from--
		}
		for i < len(s) && glances[s[i]] != 0 {
			i++
		}
		if i-from < groupSize {
			continue
		}
		for _, c := range []byte(s[from:i]) {
			if glances[c] == 2 {
				sure++
			}
		}
		if sure >= keySize-maxMisread {
			return true
		}
	}
	return false
}
