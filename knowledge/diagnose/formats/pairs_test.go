package formats

import (
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// copies are what chats, word processors and text recognition make of an output. Each must say what the plain
// text says.
var copies = []disguise{
	{"chat with the time", texts, func(s string) string { return eachLine(s, "[10:31] Kari Nordmann: ", "") }},
	{"chat with the date", texts, func(s string) string { return eachLine(s, "[20.11.2026 10:31] Kari Nordmann: ", "") }},
	{"chat, surname first", texts, func(s string) string { return eachLine(s, "[11/20 10:31 AM] Nordmann, Kari: ", "") }},
	{"chat exported", texts, func(s string) string { return eachLine(s, "20.11.2026, 10:31 - Kari Nordmann: ", "") }},
	{"chat, a head", texts, func(s string) string { return "Kari Nordmann  10:31 AM\n" + s + "\n:eyes: 2\n" }},
	{"box", texts, func(s string) string { return eachLine(s, "│ ", " │") }},
	{"heavy bar", texts, func(s string) string { return eachLine(s, "┃ ", "") }},
	{"quotation bar", texts, func(s string) string { return eachLine(s, "▎", "") }},
	{"zero-width spaces", texts, func(s string) string { return strings.ReplaceAll(s, " ", "\u200b \u200b") }},
	{"word joiners", texts, func(s string) string { return strings.ReplaceAll(s, "-", "\u2060-\u2060") }},
	{"soft hyphens", texts, func(s string) string { return strings.NewReplacer("a", "a\u00ad", "и", "и\u00ad").Replace(s) }},
	{"dashes", texts, func(s string) string { return strings.ReplaceAll(s, "-", "–") }},
	{"minus signs", texts, func(s string) string { return strings.ReplaceAll(s, "-", "−") }},
	{"long dashes", blocks, func(s string) string { return strings.NewReplacer("--", "—", "-", "–").Replace(s) }},
	{"curly quotes around lines", texts, func(s string) string { return eachLine(s, "“", "”") }},
	{"curly quotes", texts, func(s string) string { return strings.NewReplacer("'", "’", `"`, "”").Replace(s) }},
	{"ellipses", texts, func(s string) string { return strings.ReplaceAll(s, "...", "…") }},
	{"thin spaces", texts, func(s string) string { return strings.ReplaceAll(s, " ", "\u2009") }},
	{"line separators", texts, func(s string) string { return strings.ReplaceAll(s, "\n", "\u2028") }},
	{"breaks within a paragraph", texts, func(s string) string { return strings.ReplaceAll(s, "\n", "\v") }},
	{"form feeds", texts, func(s string) string { return strings.ReplaceAll(s, "\n\n", "\n\f\n") }},
	{"quoted fence", texts, func(s string) string { return eachLine("```\n"+s+"```", "> ", "") }},
	{"quoted code macro", texts, func(s string) string { return "{quote}\n{code}\n" + s + "{code}\n{quote}\n" }},
	{"html rows", texts, func(s string) string {
		return "<table>" + eachLine(html.EscapeString(s), "<tr><td>", "</td></tr>") + "</table>"
	}},
	{"full-width figures", []string{"slmgr_dl", "ospp"}, func(s string) string { return strings.NewReplacer("0", "０", "1", "１", "x", "ｘ").Replace(s) }},
	{"colours", texts, func(s string) string { return eachLine(s, "\x1b[32;1m", "\x1b[0m") }},
	{"line ends converted twice", nil, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\r\n") }},
	{"zeros read as letters", []string{"slmgr_ato", "ospp_a", "event_text_en", "event_text_sv", "free_text"}, func(s string) string {
		return codeRE.ReplaceAllStringFunc(s, func(c string) string { return strings.ReplaceAll(c, "0", "O") })
	}},
}

var codeRE = regexp.MustCompile(`\b0xC00[0-9A-F]{5}\b`)

func TestCopies(t *testing.T) {
	for _, d := range copies {
		t.Run(d.name, func(t *testing.T) { wear(t, d) })
	}
}

// encodes tells the disguises that make bytes of a text, after which it is no text to be changed.
func (d disguise) encodes() bool {
	return hasAnyPrefix(d.name, []string{"utf-8 with", "utf-16", "windows-1252", "windows-1251", "ibm", "gbk"})
}

// TestTwoDisguises wears two at a time, drawn by lot. Some pairs lose what cannot be found again, such as breaks
// lost to stamps; nearly all must say what the plain text says.
func TestTwoDisguises(t *testing.T) {
	all := slices.Concat(disguises, realities, copies)
	r := rand.New(rand.NewPCG(11, 22))
	kept, tried := 0, 0
	for _, file := range fixtures(t) {
		plain, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		fit := slices.DeleteFunc(slices.Clone(all), func(d disguise) bool { return d.of != nil && !hasAnyPrefix(name, d.of) })
		want := said(Parse(file, plain))
		for range 6 {
			inner, outer := fit[r.IntN(len(fit))], fit[r.IntN(len(fit))]
			if inner.encodes() {
				inner, outer = outer, inner
			}
			if inner.encodes() || inner.name == outer.name {
				continue
			}
			worn := inner.do(string(plain))
			if worn != "" {
				worn = outer.do(worn)
			}
			if worn == "" {
				continue // not to be written in this encoding
			}
			tried++
			if missing, extra := difference(want, said(Parse(file, []byte(worn)))); missing == nil && extra == nil {
				kept++
			} else {
				t.Logf("%s, %s in %s: missing %q, extra %q", name, inner.name, outer.name, missing, extra)
			}
		}
	}
	t.Logf("%d of %d survive", kept, tried)
	if kept*100 < tried*96 {
		t.Errorf("only %d of %d survive", kept, tried)
	}
}
