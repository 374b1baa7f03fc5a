package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// TestPageIsAccessible checks what can be told without a browser.
func TestPageIsAccessible(t *testing.T) {
	for _, l := range knowledge.Languages {
		base, a := analysis(t, l, hostile)
		html, err := Write("HTML", base, a, Options{Key: "0123", Masked: []string{"x (1)"}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(html, `<html lang="`+string(l)+`">`) {
			t.Errorf("%s: the page does not tell its language", l)
		}
		for _, bad := range []string{"src=", "@import", "url(", "<link", "<script", "<iframe", "<object", "<form"} {
			if at := strings.Index(html, bad); at >= 0 {
				t.Errorf("%s: %s", l, html[at:at+60])
			}
		}
		level := 0
		for _, m := range regexp.MustCompile(`<h([1-6])>`).FindAllStringSubmatch(html, -1) {
			n, _ := strconv.Atoi(m[1])
			if n > level+1 {
				t.Errorf("%s: heading %d after %d", l, n, level)
			}
			level = n
		}
		for _, table := range regexp.MustCompile(`(?s)<table.*?</table>`).FindAllString(html, -1) {
			head, _, _ := strings.Cut(table, "</thead>")
			if strings.Count(head, `<th scope="col"`) < 2 {
				t.Errorf("%s: a table without headers: %.80s", l, table)
			}
		}
	}
}

// TestColours: text and what tells severities apart has a contrast of 4.5 at least, in light and dark.
func TestColours(t *testing.T) {
	schemes := regexp.MustCompile(`:root \{([^}]*--[^}]*)\}`).FindAllStringSubmatch(htmlTemplate, -1)
	if len(schemes) != 3 { // light, dark, print
		t.Fatalf("%d schemes", len(schemes))
	}
	for i, s := range schemes {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z]+): (#[0-9a-f]+)`).FindAllStringSubmatch(s[1], -1) {
			colours[m[1]] = luminance(m[2])
		}
		for _, ground := range []string{"page", "soft"} {
			for _, ink := range []string{"text", "quiet", "link", "error", "warning", "info", "good"} {
				a, b := colours[ink]+0.05, colours[ground]+0.05
				if ratio := max(a, b) / min(a, b); ratio < 4.5 {
					t.Errorf("scheme %d: %s on %s has %.1f", i, ink, ground, ratio)
				}
			}
		}
	}
}

// luminance of an sRGB colour, as WCAG defines it.
func luminance(hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = fmt.Sprintf("%[1]c%[1]c%[2]c%[2]c%[3]c%[3]c", hex[0], hex[1], hex[2])
	}
	n, _ := strconv.ParseUint(hex, 16, 32)
	linear := func(c uint64) float64 {
		v := float64(c&0xFF) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

// TestTextFitsTheTerminal: only commands, which are to be copied, may be longer than 80 columns.
func TestTextFitsTheTerminal(t *testing.T) {
	for _, l := range knowledge.Languages {
		base, a := analysis(t, l, strings.Replace(hostile, "`````", strings.Repeat("several words ", 40), 1))
		text, err := Write("TEXT", base, a, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(text, "\n") {
			if widthOf(line) > columns && !strings.HasPrefix(line, "         ") {
				t.Errorf("%s: %d columns: %s", l, widthOf(line), line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: blanks at the end of %q", l, line)
			}
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain words, 0xC004F074":  "plain words, 0xC004F074",
		"<b>![x](y)":               `\<b\>\!\[x\](y)`,
		"# no heading":             `\# no heading`,
		"- no list":                `\- no list`,
		"12. no list":              `12\. no list`,
		"a | b":                    `a \| b`,
		"&lt;b":                    `\&lt;b`,
		"see https://evil.example": `see https:\/\/evil.example`,
		"":                         "",
	} {
		if got := escape(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"a": "`a`", "a`b": "`` a`b ``", "```": "```` ``` ````"} {
		if got := span(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
