package redact

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"plain":                    {"Feil 0xC004F074\tæøå\n激活", "Feil 0xC004F074\tæøå\n激活"},
		"control":                  {"a\x00b\x07c\x7fd\r\ne\u0085f", "abcd\nef"},
		"colour":                   {"\x1b[1;31mred\x1b[0m", "red"},
		"colour, one character":    {"\u009b31mred", "red"},
		"cursor":                   {"a\x1b[2J\x1b[10;10Hb", "ab"},
		"window title":             {"\x1b]0;title\x07text", "text"},
		"link":                     {"\x1b]8;;http://example.com\x1b\\text\x1b]8;;\x1b\\", "text"},
		"title without an end":     {"\x1b]0;evidence stays", "0;evidence stays"},
		"sequence without an end":  {"\x1b[31", "31"},
		"character set":            {"\x1b(Btext\x1b=", "text"},
		"escape before a newline":  {"a\x1b\nb", "a\nb"},
		"escape at the end":        {"a\x1b", "a"},
		"direction":                {"a\u202eb\u2066c\u2069\u200fd", "abcd"},
		"zero width":               {"C0\u200b04\ufeffF0\u00ad74\u2060", "C004F074"},
		"tags":                     {"a\U000e0041\U000e007fb", "ab"},
		"line separator":           {"a\u2028b\u2029c", "a\nb\nc"},
		"broken UTF-8":             {"a\xffb", "a\ufffdb"},
		"escape, then letters":     {"\x1bég", "ég"},
		"nested by removal":        {"\x1b\x1b[31m[31mx", "[31mx"},
		"string over a line break": {"\x1b]0;a\nb\x07", "0;a\nb"},
	} {
		if got := Clean(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31m\u202eabc\x1b]0;t\x07\r\n")
	f.Add("\u009b\u009b1m\xff\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) && utf8.ValidString(s) || Clean(got) != got {
			t.Fatalf("%q: %q", s, got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool {
			return unicode.IsControl(r) && r != '\t' && r != '\n' || unicode.Is(unicode.Cf, r)
		}); i >= 0 {
			t.Fatalf("%q keeps %q", s, got[i:])
		}
	})
}
