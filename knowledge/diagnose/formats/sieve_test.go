package formats

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSieveKeepsFacts puts every fixture into the middle of a long log of other things. What the parsers
// find in the sifted text is what they find in the whole one.
func TestSieveKeepsFacts(t *testing.T) {
	log := string(unrelatedLog(100 << 10))
	before, after := log[:strings.LastIndexByte(log[:50<<10], '\n')+1], log[50<<10:]
	for _, file := range fixtures(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fixture, _, _ := decode(data)
		text := before + "\n" + fixture + "\n\n" + after
		want, got := parseText(file, text, false), parseText(file, text, true)
		if !slices.Equal(want.Facts, got.Facts) || want.LineCount != got.LineCount {
			missing, extra := difference(said(want), said(got))
			t.Errorf("%s: missing %q, extra %q; %d facts, %d", filepath.Base(file), missing, extra, len(want.Facts), len(got.Facts))
		}
	}
}

func parseText(name, text string, sifted bool) *Document {
	d := &Document{Filename: name, Format: Unrecognized}
	if sifted {
		text = sieve(text)
	}
	p := openPage(d, text)
	for _, row := range parsers {
		p.run(row.name, row.parse)
	}
	p.finish()
	return d
}

// FuzzSieve: whatever the text, lines keep their numbers.
func FuzzSieve(f *testing.F) {
	log := string(unrelatedLog(sieveFrom))
	f.Add("Error: 0xC004F074\r\n", "<Event ><x>\n</Event>\r\r\n")
	f.Add("\r", "<Event><Provider Name='Microsoft-Windows-Security-SPP'/>\n</Event><Event>")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 1<<12 {
			return
		}
		text := a + log + b
		want, got := &Document{}, &Document{}
		count := func(d *Document, s string) {
			s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
			d.LineCount = strings.Count(strings.TrimSuffix(s, "\n"), "\n")
		}
		count(want, text)
		count(got, sieve(text))
		if want.LineCount != got.LineCount {
			t.Fatalf("%d lines, %d after the sieve", want.LineCount, got.LineCount)
		}
	})
}
