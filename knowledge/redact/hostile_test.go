package redact

import (
	"strings"
	"testing"
	"time"
)

// Texts made to be slow must cost little more than others: a quadratic function would need hours.
func TestHostileTextIsNoSlower(t *testing.T) {
	const size, limit = 1 << 17, 20 * time.Second
	for _, unit := range []string{
		"B", "B-", "BCDFG-", "BCDFG ", "a.", "a-", "a@", "1", "1.", "1234567 ", ":", "a:", "::1 ", "S-1-5-21-",
		`\Users\`, "\x1b", "\x1b[", "\x1b]", "\x1b[1;", "\u009b", "kms01-", "ж", "\xff",
	} {
		text := strings.Repeat(unit, size/len(unit))
		began := time.Now()
		Keys(text, nil)
		Clean(text)
		p := New(Kinds()...)
		p.Learn(Host, "kms01")
		p.Learn(User, strings.Repeat("a-", 20))
		p.Text(text)
		took := time.Since(began)
		if took > limit {
			t.Errorf("%q: %v", unit, took)
		}
		if testing.Verbose() {
			t.Logf("%q: %v", unit, took)
		}
	}
}
