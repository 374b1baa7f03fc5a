package formats

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestDecode(t *testing.T) {
	utf8s := func(s string) []byte { return []byte(s) }
	in := func(e interface{ String(string) (string, error) }, s string) []byte {
		out, err := e.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(out)
	}
	tests := []struct {
		name, encoding, want string
		data                 []byte
	}{
		{"plain", "utf-8", "abc", utf8s("abc")},
		{"UTF-8 with mark", "utf-8", "å", utf8s("\ufeffå")},
		{"little endian with mark", "utf-16le", "Hø", []byte("\xff\xfeH\x00\xf8\x00")},
		{"big endian without mark", "utf-16be", "abcdefgh", []byte("\x00a\x00b\x00c\x00d\x00e\x00f\x00g\x00h")},
		{"Norwegian ANSI", "windows-1252", "Delvis produktnøkkel: på", in(charmap.Windows1252.NewEncoder(), "Delvis produktnøkkel: på")},
		{"Swedish OEM", "ibm850", "Återstående tid: för", in(charmap.CodePage850.NewEncoder(), "Återstående tid: för")},
		{"Russian ANSI", "windows-1251", "Состояние лицензии: имеет лицензию", in(charmap.Windows1251.NewEncoder(), "Состояние лицензии: имеет лицензию")},
		{"Russian OEM", "ibm866", "Состояние лицензии: имеет лицензию", in(charmap.CodePage866.NewEncoder(), "Состояние лицензии: имеет лицензию")},
		{"Chinese", "gb18030", "许可证状态: 已授权", in(simplifiedchinese.GBK.NewEncoder(), "许可证状态: 已授权")},
		{"UTF-8 cut in a character", "utf-8", "许可证状态许可证状\uFFFD", utf8s("许可证状态许可证状态")[:28]},
	}
	for _, tt := range tests {
		text, enc, ok := decode(tt.data)
		if !ok || enc != tt.encoding || text != tt.want {
			t.Errorf("%s: %q in %s (%v), want %q in %s", tt.name, text, enc, ok, tt.want, tt.encoding)
		}
	}
}

func TestBinaryIsNoText(t *testing.T) {
	for _, data := range []string{"ElfFile\x00\x00\x00\x01\x02\x03", "\x00\x01\x02\x03\x04\x05", "PK\x03\x04\x14\x00\x00\x00\x08\x00"} {
		if _, enc, ok := decode([]byte(data)); ok {
			t.Errorf("%q was read as %s", data, enc)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("\xcf\xf0\xe8"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, enc, ok := decode(data); ok && enc == "" || !ok && text != "" {
			t.Fatalf("%q: %q %v", data, enc, ok)
		}
	})
}
