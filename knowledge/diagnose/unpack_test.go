package diagnose

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"
)

// archive makes a .zip of name, content pairs.
func archive(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		f, err := w.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnpackKeepsNamesHarmless(t *testing.T) {
	data := archive(t, "../../etc/passwd", "a", `..\..\windows\x.log`, "b", "inner.zip", string(archive(t, "deep/c.txt", "c")), "folder/", "")
	files, err := Unpack(File{Name: "/tmp/up/load.zip", Data: data}, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if got, want := strings.Join(names, " "), "load.zip/etc/passwd load.zip/windows/x.log inner.zip/deep/c.txt"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnpackLimits(t *testing.T) {
	bomb := string(archive(t, "zeros.txt", strings.Repeat("\x00", 30<<20)))
	nested := "x"
	for range 5 {
		nested = string(archive(t, "a.zip", nested))
	}
	many := make([]string, 0, 200)
	for range 100 {
		many = append(many, strings.Repeat("n", len(many)+1), "x")
	}
	for name, test := range map[string]struct {
		data   []byte
		limits Limits
		want   error
	}{
		"ratio":                   {[]byte(bomb), DefaultLimits, ErrTooLarge},
		"depth":                   {[]byte(nested), DefaultLimits, ErrTooLarge},
		"entries":                 {archive(t, many...), Limits{Unpacked: 1 << 20, Entries: 99, Depth: 3, Ratio: 200}, ErrTooLarge},
		"total":                   {archive(t, "a", strings.Repeat("ab", 600), "b", strings.Repeat("ab", 600)), Limits{Unpacked: 2000, Entries: 9, Depth: 3, Ratio: 200}, ErrTooLarge},
		"a single large file":     {bytes.Repeat([]byte("x"), 3000), Limits{Unpacked: 2000, Entries: 9, Depth: 3, Ratio: 200}, ErrTooLarge},
		"damaged":                 {[]byte("PK\x03\x04 nothing"), DefaultLimits, ErrArchive},
		"damaged in the middle":   {damage(archive(t, "a", strings.Repeat("text ", 1000))), DefaultLimits, ErrArchive},
		"exactly at the limit":    {bytes.Repeat([]byte("x"), 2000), Limits{Unpacked: 2000, Entries: 9, Depth: 3, Ratio: 200}, nil},
		"an archive with nothing": {archive(t), DefaultLimits, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Unpack(File{Name: "f", Data: test.data}, test.limits); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func damage(data []byte) []byte {
	for i := 40; i < 48; i++ {
		data[i] ^= 0xff
	}
	return data
}

func FuzzUnpack(f *testing.F) {
	f.Add(archive(f, "a.txt", "text", "b.zip", string(archive(f, "c", "d"))))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte{})
	limits := Limits{Unpacked: 1 << 20, Entries: 100, Depth: 3, Ratio: 200}
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := Unpack(File{Name: "f.zip", Data: data}, limits)
		if err != nil && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrArchive) {
			t.Fatalf("an error without a kind: %v", err)
		}
		total := 0
		for _, file := range files {
			total += len(file.Data)
			if strings.Contains(file.Name, "..") && !strings.Contains(string(data), "...") {
				t.Fatalf("name %q", file.Name)
			}
		}
		if int64(total) > limits.Unpacked {
			t.Fatalf("%d bytes unpacked", total)
		}
	})
}
