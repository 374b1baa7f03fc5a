package formats

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// shapes are the expressions that the functions of shape.go stand for.
var shapes = map[string]struct {
	is func(string) bool
	re *regexp.Regexp
}{
	"GUID":      {hasGUID, regexp.MustCompile(guidPattern)},
	"flags":     {isFlags, regexp.MustCompile(`^0[xX][0-9a-fA-F]{1,8}$`)},
	"commas":    {func(s string) bool { return commasAt(s, 0) >= 0 }, regexp.MustCompile(`\b0[xX][0-9a-fA-F]{1,8}\s*,`)},
	"prompt":    {prompt, regexp.MustCompile(`^(?:\[[^\]]{1,80}\]:? ?(?:PS|\$|#)|PS [A-Za-z]:\\|PS> ?|[A-Za-z]:\\[^<>|]{0,200}>|\$ |[a-z0-9_.-]{1,32}@[A-Za-z0-9_.-]{1,64}[:~])`)},
	"integer":   {isInteger, regexp.MustCompile(`^-?[0-9]{1,10}$`)},
	"key":       {isPartialKey, regexp.MustCompile(`^[0-9A-Z]{5}$`)},
	"host":      {isHost, regexp.MustCompile(`^(?:[\p{L}\p{N}_][\p{L}\p{N}._-]{0,252}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)$`)},
	"host:port": {func(s string) bool { _, _, ok := cutPort(s); return ok }, regexp.MustCompile(`^(\[[0-9a-fA-F:.]+\]|[\p{L}\p{N}][\p{L}\p{N}._-]*):([0-9]{1,5})$`)},
	"code name": {func(s string) bool { return len(namedCodes(s)) > 0 },
		regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{Nd}_])(?:hr|hresult|error code|reason|hroffline|hronline|fehler|код ошибки|ошибка|feilkode|felkod|错误代码)\s*[=:]\s*0x[0-9a-f]{8}`)},
}

func agreeOnShapes(t *testing.T, s string) {
	t.Helper()
	for name, shape := range shapes {
		if got, want := shape.is(s), shape.re.MatchString(s); got != want {
			t.Errorf("%s of %q: %v, want %v", name, s, got, want)
		}
	}
}

func TestShapesAgreeWithTheirExpressions(t *testing.T) {
	for _, s := range []string{"", "-", "0x", "0x1", "0x123456789", "_", "_a", "__a", "-1", "12345678901", ":", "::1", "a:1", "a:123456", "[::1]:1688", "[x]:1", "[::1:5",
		"éa.b:5", "[a]: PS", "[a]$", "[]#", "PS>", "PS C:\\", "PS C:", "C:\\a>", "C:\\a|b>", "$ ", "$", "a_1@b.c:~", "A@b:", "a@b", "a@~", "a\xff", "0xC004F074 ,", "x0x1,", "ABCD1", "ABCDé", "hr = 0xC004F074", "chr=0xC004F074", "Код ошибки: 0xC004F074x", "0x1,0x2,", "{00000000-0000-0000-0000-000000000000}", "1.2.3.4:80"} {
		agreeOnShapes(t, s)
	}
	for _, file := range fixtures(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			agreeOnShapes(t, line)
			for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(" ,;\"'()\n", r) }) {
				agreeOnShapes(t, word)
			}
		}
	}
}

func FuzzShapes(f *testing.F) {
	f.Add("hr=0xC004F074, 0x00000000, kms.contoso.com:1688, 55c92734-d682-4d71-983e-d6ec3f16059f")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 1<<10 {
			agreeOnShapes(t, s)
		}
	})
}
