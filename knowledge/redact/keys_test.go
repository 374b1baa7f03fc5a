package redact

import (
	"strings"
	"testing"
)

// The keys here are made up; none was ever issued.
const (
	fake  = "BCDFG-HJKMP-2Q3RT-4VWXY-6789N"
	shown = "XXXXX-XXXXX-XXXXX-XXXXX-6789N"
)

func TestKeysMasks(t *testing.T) {
	for name, text := range map[string]string{
		"plain":              fake,
		"lower case":         strings.ToLower(fake),
		"en dashes":          strings.ReplaceAll(fake, "-", "–"),
		"em dashes":          strings.ReplaceAll(fake, "-", "—"),
		"minus signs":        strings.ReplaceAll(fake, "-", "−"),
		"no-break hyphens":   strings.ReplaceAll(fake, "-", "\u2011"),
		"blanks around":      strings.ReplaceAll(fake, "-", " - "),
		"no-break blanks":    strings.ReplaceAll(fake, "-", "\u00a0-\u00a0"),
		"blanks only":        strings.ReplaceAll(fake, "-", " "),
		"tabs":               strings.ReplaceAll(fake, "-", "\t"),
		"underscores":        strings.ReplaceAll(fake, "-", "_"),
		"escaped hyphens":    strings.ReplaceAll(fake, "-", `\-`),
		"one run":            strings.ReplaceAll(fake, "-", ""),
		"soft hyphen inside": "BCD\u00adFG-HJKMP-2Q3RT-4VWXY-6789N",
		"zero width inside":  "BCDFG-HJ\u200bKMP-2Q3RT-4VWXY-6789N",
		"full width":         "ＢＣＤＦＧ－ＨＪＫＭＰ－２Ｑ３ＲＴ－４ＶＷＸＹ－６７８９Ｎ",
		"Cyrillic letters":   "ВСDFG-НJКМР-2Q3RТ-4VWХУ-6789N",
	} {
		got, n := Keys("key: "+text+", ok", nil)
		if want := "key: " + shown + ", ok"; got != want || n != 1 {
			t.Errorf("%s: %d, %q", name, n, got)
		}
	}
}

func TestKeysMasksInPlace(t *testing.T) {
	for name, tt := range map[string]struct {
		text, want string
		n          int
	}{
		"misread characters": {"BCDFG-HJKMP-2Q3RT-0VWXY-6789N", shown, 1},
		"glued to words":     {"/inpkey" + fake + "og", "/inpkey" + shown + "og", 1},
		"after a colon":      {"/inpkey:" + fake, "/inpkey:" + shown, 1},
		"in JSON":            {`{"key":"` + fake + `"}`, `{"key":"` + shown + `"}`, 1},
		"two on a line":      {fake + " " + fake, shown + " " + shown, 2},
		"two on two lines":   {fake + "\r\n" + fake + "\n", shown + "\r\n" + shown + "\n", 2},
		"broken UTF-8":       {"\xff" + fake + "\xff", "\xff" + shown + "\xff", 1},
		"after Chinese":      {"产品密钥" + fake + "。", "产品密钥" + shown + "。", 1},
		"wrapped after dash": {"key BCDFG-HJKMP-\n2Q3RT-4VWXY-6789N, ok", "key " + shown + "\n, ok", 1},
		"wrapped, CRLF":      {"key BCDFG-HJKMP-\r\n2Q3RT-4VWXY-6789N\r\nok", "key " + shown + "\r\n\r\nok", 1},
		"wrapped in a group": {"BCDFG-HJ\nKMP-2Q3RT-4VWXY-6789N", shown + "\n", 1},
		"wrapped twice":      {"BCDFG-HJ\nKMP-2Q3RT-4VWX\nY-6789N ok", shown + "\n\n ok", 1},
		"wrapped in quote":   {"> BCDFG-HJKMP-\n> 2Q3RT-4VWXY-6789N\n> ok", "> " + shown + "\n> \n> ok", 1},
		"wrapped, indented":  {"  BCDFG-HJKMP-2Q3RT-\n    4VWXY-6789N", "  " + shown + "\n    ", 1},
		"dash on next line":  {"BCDFG-HJKMP\n-2Q3RT-4VWXY-6789N", shown + "\n", 1},
		"a group a line":     {"BCDFG\nHJKMP\n2Q3RT\n4VWXY\n6789N\n", shown + "\n\n\n\n\n", 1},
		"wrapped, two keys":  {fake[:12] + "\n" + fake[12:] + " " + fake, shown + "\n " + shown, 2},
		"wrapped, full":      {"ＢＣＤＦＧ－ＨＪＫＭＰ－２Ｑ３ＲＴ－\n４ＶＷＸＹ－６７８９Ｎ", shown + "\n", 1},
		"HTML entities":      {strings.ReplaceAll(fake, "-", "&#45;"), shown, 1},
		"URL escapes":        {strings.ReplaceAll(fake, "-", "%2D"), shown, 1},
		"JSON escapes":       {strings.ReplaceAll(fake, "-", `\u2013`), shown, 1},
		"UTF-16":             {wide(fake), wide(shown), 1},
		"without digits":     {"BCDFG-HJKMP-PQRTV-VWXYB-BCDFN", "XXXXX-XXXXX-XXXXX-XXXXX-BCDFN", 1},
	} {
		if got, n := Keys(tt.text, nil); got != tt.want || n != tt.n {
			t.Errorf("%s: %d, %q", name, n, got)
		}
	}
}

func wide(s string) string { return strings.Join(strings.Split(s, ""), "\x00") }

func TestCutKeepsNoHalfOfAKey(t *testing.T) {
	text := "Some words and " + fake + " and ＢＣＤＦＧ－ＨＪＫＭＰ－２Ｑ３ＲＴ－４ＶＷＸＹ－６７８９Ｎ, BCDFG-HJKMP-\n2Q3RT-4VWXY-6789N æøå"
	whole, _ := Keys(text, nil)
	for n := range len(text) + 1 {
		got := Cut(text, n)
		if len(got) > n || !strings.HasPrefix(text, got) {
			t.Fatalf("%d: %q", n, got)
		}
		if masked, _ := Keys(got, nil); !strings.HasPrefix(whole, strings.TrimRight(masked, "\n")) {
			t.Errorf("%d: %q shows a part of a key", n, got)
		}
	}
}

func TestDropHalf(t *testing.T) {
	for in, want := range map[string]string{
		"key BCDFG-HJKMP-2Q3R": "key ", "key BCDFG-": "key ", "some words": "some words", "": "",
		"55c92734-d682-4d71": "55c92734-d682-4d71", "key BCD": "key BCD", "key " + shown[:12]: "key ",
	} {
		if got := DropHalf(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestKeysLeavesTheRest(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "",
		"masked":           shown,
		"placeholder":      "xxxxx-xxxxx-xxxxx-xxxxx-xxxxx",
		"letters repeated": "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE",
		"key letters":      "BBBBB-CCCCC-DDDDD-FFFFF-GGGGG",
		"no key alphabet":  "AB123-123AB-AB123-123AB-AB123",
		"digits":           "12345-67890-12345-67890-12345",
		"four groups":      "BCDFG-HJKMP-2Q3RT-4VWXY",
		"product id":       "00330-80000-00000-AA121",
		"extended PID":     "03612-03308-000-000000-00-1033-26100.0000-3102025",
		"GUID":             "55c92734-d682-4d71-983e-d6ec3f16059f",
		"hash":             "bcdfbcdf2346bcdfbcdf2346bcdf9",
		"run in a word":    "a" + strings.ReplaceAll(fake, "-", ""),
		"run of letters":   "bcdfghjkmpqrtvwxybcdfghjk",
		"run of digits":    "2346789234678923467892346",
		"words":            "three words white black brown five",
		"lists of words":   "BCDFG\nHJKMP\nwords\nwhite\n",
		"two lists":        "BCDFG-HJKMP\n\n2Q3RT-4VWXY-6789N",
		"mixed separators": "BCDFGHJKMP-2Q3RT-4VWXY-6789N",
	} {
		if got, n := Keys(text, nil); got != text || n != 0 {
			t.Errorf("%s: %d, %q", name, n, got)
		}
	}
}

func TestKeysAsksForTheFullKey(t *testing.T) {
	other := "CBDFG-HJKMP-2Q3RT-4VWXY-6789N" // the same last five
	asked := []string{}
	allowed := func(key string) bool {
		asked = append(asked, key)
		return key == fake
	}
	text := strings.ToLower(fake) + " and " + other
	got, n := Keys(text, allowed)
	if want := strings.ToLower(fake) + " and " + shown; got != want || n != 1 {
		t.Errorf("%d, %q", n, got)
	}
	if asked[0] != fake || asked[1] != other {
		t.Errorf("asked for %q", asked)
	}
}

func FuzzKeys(f *testing.F) {
	f.Add(fake)
	f.Add("产品密钥 " + strings.ToLower(fake) + "-" + fake + "\n" + strings.ReplaceAll(fake, "-", ""))
	f.Add("ВСDFG — HJKMP — 2Q3RT — 4VWXY — 6789N \xff")
	f.Fuzz(func(t *testing.T, s string) {
		once, n := Keys(s, nil)
		if n == 0 && once != s {
			t.Fatalf("%q changed to %q", s, once)
		}
		if twice, left := Keys(once, nil); left != 0 {
			t.Fatalf("%q keeps a key: %q, then %q", s, once, twice)
		}
		if strings.Count(once, "\n") != strings.Count(s, "\n") {
			t.Fatalf("%q has other lines than %q", once, s)
		}
		if cut := Cut(s, len(s)/2); !strings.HasPrefix(s, DropHalf(cut)) || len(cut) > len(s)/2 {
			t.Fatalf("%q cut to %q", s, cut)
		}
	})
}

func BenchmarkKeys(b *testing.B) {
	for name, line := range map[string]string{
		"no keys":  "2024-03-14 13:54:25 Security-SPP 12288 hr=0xC004F074 kms.contoso.com:1688 and some words\n",
		"keys":     "slmgr /ipk " + fake + " was typed by somebody at the console of a computer\n",
		"cyrillic": "Установлен ключ продукта " + fake + " на компьютере.\n",
	} {
		text := strings.Repeat(line, 1<<20/len(line))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Keys(text, nil)
			}
		})
	}
}
