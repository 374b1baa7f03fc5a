package formats

import (
	"strings"
	"testing"
)

// TestAttemptsInTime: a failure is the result of an attempt only where it stands close to it, and where no
// time before the lines says that it came much later.
func TestAttemptsInTime(t *testing.T) {
	const ato, fails = `C:\>cscript //nologo slmgr.vbs /ato`, "Error: 0x80070005 Access denied: the requested action requires elevated privileges."
	const activating = "Activating Windows(R), Enterprise edition (73111121-5638-40f6-bc11-f1d7b0d64300) ..."
	stamped := func(stamps ...string) string {
		var b strings.Builder
		for i, line := range []string{ato, "", fails} {
			b.WriteString(stamps[i] + " " + line + "\n")
		}
		return b.String()
	}
	for _, c := range []struct {
		name, text       string
		attempts, failed int
	}{
		{"at once", ato + "\n" + fails + "\n", 1, 1},
		{"behind notices", ato + "\nMicrosoft (R) Windows Script Host Version 5.812\nCopyright (C) Microsoft Corporation.\n\n" + fails + "\n", 1, 1},
		{"pages below", ato + "\n" + strings.Repeat("Backup of drive D ended.\n", 40) + fails + "\n", 0, 0},
		{"a minute later", stamped("2026-11-20 09:12:01", "2026-11-20 09:12:30", "2026-11-20 09:13:01"), 1, 1},
		{"over midnight", stamped("2026-11-30 23:59:01", "2026-11-30 23:59:30", "2026-12-01 00:01:01"), 1, 1},
		{"over midnight, day first", stamped("[30.11.2026 23:59:01]", "[30.11.2026 23:59:02]", "[01.12.2026 00:01:01]"), 1, 1},
		{"over noon", stamped("11/20/2026 11:59:01 AM", "11/20/2026 11:59:02 AM", "11/20/2026 12:01:01 PM"), 1, 1},
		{"hours later", stamped("09:12:01", "09:12:02", "14:13:01"), 0, 0},
		{"days later", stamped("2026-11-20 09:12:01", "2026-11-20 09:12:02", "2026-11-23 09:12:31"), 0, 0},
		{"begun days before", "2026-11-20 09:12:01 " + activating + "\n2026-11-20 09:12:02 waiting\n2026-11-23 09:12:31 " + fails + "\n", 1, 0},
	} {
		d := Parse("log.txt", []byte(c.text))
		results, failed := map[string]bool{}, 0
		for _, f := range d.Facts {
			if f.Subject.Kind == AttemptSubject {
				results[f.Subject.ID] = true
			}
			if f.Kind == ActivationResult {
				failed++
			}
		}
		if len(results) != c.attempts || failed != c.failed {
			t.Errorf("%s: %d attempts, %d failed, want %d and %d: %+v", c.name, len(results), failed, c.attempts, c.failed, d.Facts)
		}
	}
}
