package diagnose

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// cabOf makes a cabinet with one folder for each kind of compression given; each folder holds all pairs.
func cabOf(t testing.TB, flags uint16, kinds []uint16, pairs ...string) []byte {
	t.Helper()
	var files, blocks bytes.Buffer
	type folder struct{ start, blocks int }
	folders := make([]folder, len(kinds))
	put := func(b *bytes.Buffer, values ...any) {
		for _, v := range values {
			if err := binary.Write(b, binary.LittleEndian, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for k, kind := range kinds {
		var stream []byte
		for i := 0; i+1 < len(pairs); i += 2 {
			name := pairs[i]
			if len(kinds) > 1 {
				name = fmt.Sprintf(`%d\%s`, k, name)
			}
			put(&files, uint32(len(pairs[i+1])), uint32(len(stream)), uint16(k), uint32(0), uint16(0))
			files.WriteString(name + "\x00")
			stream = append(stream, pairs[i+1]...)
		}
		folders[k].start = blocks.Len()
		for at := 0; at < len(stream); at += cabBlock {
			block := stream[at:min(len(stream), at+cabBlock)]
			data := block
			if kind == cabMSZIP {
				var b bytes.Buffer
				b.WriteString("CK")
				w, err := flate.NewWriterDict(&b, flate.BestCompression, stream[max(0, at-cabBlock):at])
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.Write(block); err != nil {
					t.Fatal(err)
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				data = b.Bytes()
			}
			head := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, uint16(len(data))), uint16(len(block)))
			put(&blocks, cabSum(head, cabSum(data, 0)))
			blocks.Write(head)
			blocks.Write(data)
			folders[k].blocks++
		}
	}
	var out bytes.Buffer
	list := 36 + 8*len(kinds)
	data := list + files.Len()
	out.WriteString("MSCF")
	put(&out, uint32(0), uint32(data+blocks.Len()), uint32(0), uint32(list), uint32(0), uint16(0x0103),
		uint16(len(kinds)), uint16(len(kinds)*len(pairs)/2), flags, uint16(7), uint16(0))
	for k, f := range folders {
		put(&out, uint32(data+f.start), uint16(f.blocks), kinds[k])
	}
	out.Write(files.Bytes())
	out.Write(blocks.Bytes())
	return out.Bytes()
}

// unpacked lists what a walk visits: "name=content", or "name!warning".
func unpacked(t testing.TB, limits Limits, f File) (out []string, err error) {
	t.Helper()
	w := newWalker(limits, func(x entry) error {
		if x.err != nil {
			out = append(out, x.name+"!"+x.err.Error())
			return nil //nolint:nilerr // it is noted
		}
		text, err := io.ReadAll(x.text)
		s := x.name + "=" + string(text)
		var why *refusal
		if errors.As(err, &why) {
			s += "!" + why.Error()
		} else if err != nil {
			return err
		}
		out = append(out, s)
		return nil
	})
	err = w.walk(&f)
	return out, err
}

func TestUnpackKeepsNamesHarmless(t *testing.T) {
	data := archive(t, "../../etc/passwd", "a", `..\..\windows\x.log`, "b", "inner.zip", string(archive(t, "deep/c.txt", "c")), "folder/", "", "x\u202e\x07.txt", "d")
	got, err := unpacked(t, DefaultLimits, File{Name: "/tmp/up/load.zip", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	if want := "load.zip/etc/passwd=a load.zip/windows/x.log=b load.zip/inner.zip/deep/c.txt=c load.zip/x.txt=d"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnpackKinds(t *testing.T) {
	long := strings.Repeat("a line of some log that goes on and on\r\n", 4000)
	locked := archive(t, "secret.txt", "x", "plain.txt", "y")
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= zipEncrypted
	lzma := archive(t, "new.txt", "x", "plain.txt", "y")
	lzma[bytes.Index(lzma, []byte("PK\x01\x02"))+10] = 14
	wrong := archive(t, "wrong.txt", "x", "plain.txt", "y")
	wrong[bytes.Index(wrong, []byte("PK\x01\x02"))+16] ^= 0xff
	badBlock := cabOf(t, 0, []uint16{cabStored}, "a.txt", "text")
	badBlock[len(badBlock)-1] ^= 0xff
	for name, test := range map[string]struct {
		data string
		want string
	}{
		"stored cabinet":                 {string(cabOf(t, 0, []uint16{cabStored}, `PC1\a.txt`, "one", "b.txt", "two")), "f/PC1/a.txt=one f/b.txt=two"},
		"several blocks":                 {string(cabOf(t, 0, []uint16{cabMSZIP}, "a.txt", long, "b.txt", "two")), "f/a.txt=" + long + " f/b.txt=two"},
		"several folders":                {string(cabOf(t, 0, []uint16{cabStored, cabMSZIP}, "a", "one")), "f/0/a=one f/1/a=one"},
		"LZX among others":               {string(cabOf(t, 0, []uint16{cabLZX | 21<<8, cabMSZIP}, "a", "one")), "f/0/a!archive-compression: LZX f/1/a=one"},
		"Quantum":                        {string(cabOf(t, 0, []uint16{cabQuantum}, "a", "one")), "f/a!archive-compression: Quantum"},
		"spanning cabinet":               {string(cabOf(t, cabNext, []uint16{cabStored}, "a", "one")), "f!archive-split: the cabinet is one of several that belong together"},
		"damaged block":                  {string(badBlock), "f/a.txt!archive: a block does not fit its checksum"},
		"cabinet in a zip":               {string(archive(t, "x.cab", string(cabOf(t, 0, []uint16{cabMSZIP}, "a", "one")))), "f/x.cab/a=one"},
		"gzip":                           {zipped(t, "one"), "f/f=one"},
		"gzip in a zip":                  {string(archive(t, "x.log.gz", zipped(t, "one"))), "f/x.log.gz/x.log=one"},
		"an encrypted entry":             {string(locked), "f/secret.txt!encrypted: the entry needs a password f/plain.txt=y"},
		"an unknown method":              {string(lzma), "f/new.txt!archive-compression: 14 f/plain.txt=y"},
		"a wrong checksum":               {string(wrong), "f/wrong.txt=x!archive: the content does not fit its checksum f/plain.txt=y"},
		"something before the archive":   {"PK\x03\x04 and more" + string(archive(t, "a", "one")), "f/a=one"},
		"something after the archive":    {string(archive(t, "a", "one")) + "\r\n", "f/a=one"},
		"an archive with nothing":        {string(archive(t)), "f!empty: the archive holds no file"},
		"no archive":                     {"PK is a name", "f=PK is a name"},
		"nothing":                        {"", "f="},
		"a directory that is missing":    {"PK\x03\x04 nothing", "f!archive: the directory is missing: the file is cut off"},
		"a cabinet that is cut off":      {string(cabOf(t, 0, []uint16{cabStored}, "a", "one"))[:50], "f!archive: the cabinet is damaged"},
		"a cabinet cut off in its data":  {strings.TrimSuffix(string(cabOf(t, 0, []uint16{cabStored}, "a", "one")), "ne"), "f/a!archive: the cabinet is damaged"},
		"an entry cut off in the middle": {string(archive(t, "x.gz", zipped(t, "one")[:12])), "f/x.gz/x=o!archive: unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := unpacked(t, DefaultLimits, File{Name: "f", Data: []byte(test.data)})
			if err != nil {
				t.Fatal(err)
			}
			if s := strings.Join(got, " "); s != test.want {
				t.Errorf("got %.300q, want %.300q", s, test.want)
			}
		})
	}
}

// TestUnpackZip64 reads sizes from the extra field of zip64.
func TestUnpackZip64(t *testing.T) {
	e := zipEntry{size: 1<<32 - 1, packed: 1<<32 - 1, offset: 7}
	extra := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64([]byte{9, 0, 2, 0, 1, 1, 1, 0, 16, 0}, 5<<30), 4<<30)
	e.wide(extra)
	if e.size != 5<<30 || e.packed != 4<<30 || e.offset != 7 {
		t.Errorf("got %+v", e)
	}
	many := make([]string, 0, 140_000)
	for i := range 70_000 { // more entries than 16 bits count: the writer makes it zip64
		many = append(many, fmt.Sprint(i), "")
	}
	n := 0
	w := newWalker(DefaultLimits, func(x entry) error {
		if x.err != nil {
			return x.err
		}
		n++
		return nil
	})
	if err := w.walk(&File{Name: "f.zip", Data: archive(t, many...)}); err != nil || n != 70_000 {
		t.Errorf("%d entries, %v", n, err)
	}
}

func TestUnpackLimits(t *testing.T) {
	nested := "x"
	for range 5 {
		nested = string(archive(t, "a.zip", nested))
	}
	many := make([]string, 0, 200)
	for i := range 100 {
		many = append(many, fmt.Sprint(i), "x")
	}
	zeros := strings.Repeat("\x00", 30<<20)
	for name, test := range map[string]struct {
		data   string
		limits Limits
		want   string // of the last
	}{
		"ratio of a zip":      {string(archive(t, "zeros.txt", zeros)), Limits{}, "!limit: 200:1"},
		"ratio of a cabinet":  {string(cabOf(t, 0, []uint16{cabMSZIP}, "zeros.txt", zeros)), Limits{}, "!limit: 200:1"},
		"ratio of a gzip":     {zipped(t, zeros), Limits{}, "!limit: 200:1"},
		"depth":               {nested, Limits{}, "f/a.zip/a.zip/a.zip!limit: 3"},
		"entries":             {string(archive(t, many...)), Limits{Entries: 99}, "f!limit: 99"},
		"entries of a cab":    {string(cabOf(t, 0, []uint16{cabStored}, many...)), Limits{Entries: 99}, "f!limit: 99"},
		"total":               {string(archive(t, "a", strings.Repeat("ab", 600), "b", strings.Repeat("ab", 600))), Limits{Unpacked: 2000}, "f/b!limit: 2000 B"},
		"a single large file": {strings.Repeat("x", 3000), Limits{Unpacked: 2000}, "x!limit: 2000 B"},
		"at the limit":        {strings.Repeat("x", 2000), Limits{Unpacked: 2000}, "f=" + strings.Repeat("x", 2000)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := unpacked(t, test.limits, File{Name: "f", Data: []byte(test.data)})
			if err != nil && !errors.Is(err, errStop) {
				t.Fatal(err)
			}
			if last := got[len(got)-1]; !strings.HasSuffix(last, test.want) {
				t.Errorf("got %.100q, want %.100q", last[max(0, len(last)-100):], test.want)
			}
		})
	}
}

// TestSpool reads the same from memory and from a file.
func TestSpool(t *testing.T) {
	for _, size := range []int{0, 10, spoolMemory, spoolMemory + 1, 3 * spoolMemory} {
		want := bytes.Repeat([]byte("0123456789"), size/10+1)[:size]
		var s Spool
		for at := 0; at < size; at += 4000 {
			if _, err := s.Write(want[at:min(size, at+4000)]); err != nil {
				t.Fatal(err)
			}
		}
		got, err := io.ReadAll(io.NewSectionReader(&s, 0, s.Size()))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d come back, %v", size, len(got), err)
		}
		if (s.file != nil) != (size > spoolMemory) {
			t.Errorf("%d bytes: in a file %t", size, s.file != nil)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSpoolWithoutSpace(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	var s Spool
	if _, err := s.Write(make([]byte, spoolMemory+1)); !errors.Is(err, ErrSpool) {
		t.Errorf("got %v", err)
	}
}
