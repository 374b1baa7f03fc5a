package formats

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// patterns are examples of every way to look before matching, and what the formats use most.
var patterns = []*pattern{
	compile(`^[ \t]*(?:>+ ?|\|[ \t]+|[-•·][ \t]+|(?i:rem)[ \t]+)`), compile(`(?i)\b(?:windows|win) ?(xp|2000)\b|\[[^\]0-9]{1,20}(5\.[0-2])`),
	compile(`^(?:x*|y)`), compile(`(?i)k+`), compile(`(?i)стр`), compile(`^\s*[\p{L}][^:=]{1,60}\s?[:=](?:\s|$)`), compile(`(?m)^\s*[0-9]{1,4}: `),
	compile(`^$`), compile(`a?|b`), compile(`(?i)^(?:error|feil|ошибка)(?:\s*:(.{0,600})|\s+(0[xX×].{0,600}))`),
	quoteRE, tagRE, breakRE, quotedRE, keyedRE, fenceRE, stampRE, spanGUID, spanCode, askedRE,
	serviceRE, recordRE, addressRE, digRE, resolveRE, missingRE, ipRE, psRowRE, scNameRE, updateRE, headerKBRE,
	resultErrRE, editionIDRE, telnetRE, regKeyRE, regQueryRE, channelRE, officeYearRE, officeNumberRE, windowsOldRE,
}

func agree(t *testing.T, s string) {
	t.Helper()
	for _, p := range patterns {
		if want, got := p.Regexp.FindStringSubmatchIndex(s), p.FindStringSubmatchIndex(s); !slices.Equal(want, got) {
			t.Fatalf("%s on %q: %v, want %v", p, s, got, want)
		}
	}
}

func TestPatternsAgreeWithTheirExpressions(t *testing.T) {
	for _, s := range []string{"", " ", "\t> x", "K", "\u212a", "\u017f", "СТР", "REM x", "  Rem x", "x\ny", "y", "\n12: ", "Ошибка 0×8", "Win XP", "[a5.1", "b", "\xff"} {
		agree(t, s)
	}
	for _, file := range fixtures(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			agree(t, line)
			agree(t, strings.TrimSpace(line))
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("  > Feil: 0xC004F074")
	f.Add("kms.contoso.com:1688 \u212a")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 1<<10 {
			agree(t, s)
		}
	})
}

func TestLooksAgreeWithTheirExpressions(t *testing.T) {
	labelled := compile(`^\s*[\p{L}][^:=]{1,60}\s?[:=](?:\s|$)`)
	lines := []string{"", "a:", "ab:", " ab :\t", "ab::", "ab:c", "a\u00a0b: ", "\u017f1= x", strings.Repeat("a", 61) + ": ", strings.Repeat("a", 62) + ": ", strings.Repeat("a", 61) + " : ",
		"<b>", "</Tr >", "<bold>", "< b>", "<h3>", "<EventData><i>", "C:\\_x", "a\\_b", "\\\\", "a\\", "<blockquote>"}
	for _, file := range fixtures(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(string(data), "\n")...)
	}
	for _, s := range lines {
		if labels(s) != labelled.Regexp.MatchString(s) {
			t.Errorf("labels(%q) is %v", s, labels(s))
		}
		if !tagged(s) && tagRE.Regexp.MatchString(s) || !escapes(s) && escapedRE.Regexp.MatchString(s) {
			t.Errorf("%q: tagged %v, escapes %v", s, tagged(s), escapes(s))
		}
	}
}
