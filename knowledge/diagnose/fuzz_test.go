package diagnose

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func FuzzZip(f *testing.F) {
	fuzzUnpack(f, archive(f, "a.txt", "text"), archive(f, "a", "text", "b.zip", string(archive(f, "c", "d"))), archive(f, "a.gz", zipped(f, "text")))
}

func FuzzCab(f *testing.F) {
	cab := cabOf(f, 0, []uint16{cabStored, cabMSZIP}, "a.txt", "text", "b", "text text text")
	f.Add(append([]byte(nil), cab...))
	for folder := range 2 { // a block without a checksum may be changed and is read all the same
		at := le.Uint32(cab[36+8*folder:])
		clear(cab[at : at+4])
	}
	fuzzUnpack(f, cab)
}

func FuzzGzip(f *testing.F) {
	fuzzUnpack(f, []byte(zipped(f, "text")), []byte(zipped(f, string(archive(f, "a", "text")))), []byte(zipped(f, zipped(f, zipped(f, "text")))))
}

// fuzzUnpack takes archives apart: whatever is wrong in them is told, and the limits hold.
func fuzzUnpack(f *testing.F, seeds ...[]byte) {
	for _, seed := range seeds {
		f.Add(seed)
		f.Add(seed[:len(seed)/2])
	}
	limits := Limits{Unpacked: 4 << 20, Entries: 100, Depth: 3, Ratio: 200}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, total := 0, int64(0)
		err := newWalker(limits, func(x entry) error {
			entries++
			if strings.Contains("/"+x.name+"/", "/../") {
				t.Errorf("name %q", x.name)
			}
			if x.err != nil {
				return nil //nolint:nilerr // it is told
			}
			n, err := io.Copy(io.Discard, x.text)
			total += n
			if why := (*refusal)(nil); errors.As(err, &why) {
				return nil
			}
			return err
		}).walk(&File{Name: "f", Data: data})
		if err != nil && !errors.Is(err, errStop) {
			t.Errorf("an error that ends the analysis: %v", err)
		}
		if total > limits.Unpacked || entries > 3*limits.Entries {
			t.Errorf("%d bytes in %d entries", total, entries)
		}
	})
}
