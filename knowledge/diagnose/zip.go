package diagnose

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"math"
)

// A .zip is read from its directory, one entry after the other: the standard reader first makes a list of all
// entries, and a directory of a gigabyte is quickly written.

var le = binary.LittleEndian

// zipEntry is one row of the directory.
type zipEntry struct {
	name          string
	flags, method uint16
	crc           uint32
	packed, size  int64
	offset        int64 // of the local header
}

const (
	zipEncrypted = 1
	zipMasked    = 1 << 13 // the directory itself is encrypted
	zipStored    = 0
	zipDeflated  = 8
	zipAES       = 99
)

// zip visits the entries of an archive.
func (w *walker) zip(name string, r io.ReaderAt, size int64, depth int) error {
	base, dir, err := zipDirectory(r, size)
	if err != nil {
		return err
	}
	rows := bufio.NewReaderSize(dir, 16<<10)
	inflate := flate.NewReader(bytes.NewReader(nil))
	for {
		e, err := readZipEntry(rows)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if last := e.name[max(len(e.name)-1, 0):]; last == "/" || last == `\` {
			continue
		}
		if err := w.count(); err != nil {
			return err
		}
		in, err := e.open(r, base, size, inflate)
		if err == nil {
			err = w.member(name, e.name, in, func() int64 { return e.packed }, depth)
		} else {
			err = w.ended(entryName(name, e.name), err)
		}
		if err != nil {
			return err
		}
	}
}

const (
	endRecord   = 22 // bytes of the end of the directory, without its comment
	endRecord64 = 56
	locator64   = 20
)

// zipDirectory finds the directory. base is what stands before the archive in the file.
func zipDirectory(r io.ReaderAt, size int64) (base int64, dir io.Reader, err error) {
	tail := make([]byte, min(size, endRecord+math.MaxUint16))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return 0, nil, err
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endRecord {
		return 0, nil, refuse(damagedArchive, "the directory is missing: the file is cut off")
	}
	end := tail[at:]
	if n := le.Uint16(end[4:]); n != 0 && n != math.MaxUint16 {
		return 0, nil, refuse(splitArchive, "the archive is one part of several")
	}
	length, offset := int64(le.Uint32(end[12:])), int64(le.Uint32(end[16:]))
	stop := size - int64(len(tail)) + int64(at) // where the directory ends
	if at >= locator64 && bytes.HasPrefix(tail[at-locator64:], []byte("PK\x06\x07")) {
		var big [endRecord64]byte
		where := stop - locator64 - endRecord64
		if _, err := r.ReadAt(big[:], max(where, 0)); err != nil || !bytes.HasPrefix(big[:], []byte("PK\x06\x06")) {
			where = int64(le.Uint64(tail[at-locator64+8:]))
			if where < 0 || where > size-endRecord64 {
				return 0, nil, refuse(damagedArchive, "the directory is damaged")
			}
			if _, err := r.ReadAt(big[:], where); err != nil || !bytes.HasPrefix(big[:], []byte("PK\x06\x06")) {
				return 0, nil, refuse(damagedArchive, "the directory is damaged")
			}
		}
		length, offset, stop = int64(le.Uint64(big[40:])), int64(le.Uint64(big[48:])), where
	}
	if length < 0 || offset < 0 || length > stop {
		return 0, nil, refuse(damagedArchive, "the directory is damaged")
	}
	base = stop - length - offset
	if base < 0 || offset > size {
		base = 0
	}
	if offset > size-base {
		return 0, nil, refuse(damagedArchive, "the directory is damaged")
	}
	return base, io.NewSectionReader(r, base+offset, length), nil
}

// readZipEntry reads the next row of the directory; io.EOF at its end.
func readZipEntry(r *bufio.Reader) (*zipEntry, error) {
	const row = 46
	head, err := r.Peek(row)
	if len(head) == 0 {
		return nil, io.EOF
	}
	if err != nil || !bytes.HasPrefix(head, []byte("PK\x01\x02")) {
		return nil, refuse(damagedArchive, "the directory is damaged")
	}
	e := &zipEntry{
		flags: le.Uint16(head[8:]), method: le.Uint16(head[10:]), crc: le.Uint32(head[16:]),
		packed: int64(le.Uint32(head[20:])), size: int64(le.Uint32(head[24:])), offset: int64(le.Uint32(head[42:])),
	}
	names, extras, comments := int(le.Uint16(head[28:])), int(le.Uint16(head[30:])), int(le.Uint16(head[32:]))
	_, _ = r.Discard(row) // all of it has been seen
	text := make([]byte, names+extras)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, refuse(damagedArchive, "the directory is damaged")
	}
	if _, err := r.Discard(comments); err != nil {
		return nil, refuse(damagedArchive, "the directory is damaged")
	}
	e.name = string(text[:names])
	e.wide(text[names:])
	return e, nil
}

// wide takes the sizes of zip64 from the extra fields.
func (e *zipEntry) wide(extra []byte) {
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		if field := extra[:n]; id == 1 {
			for _, v := range []*int64{&e.size, &e.packed, &e.offset} {
				if *v == math.MaxUint32 && len(field) >= 8 {
					*v, field = int64(le.Uint64(field)), field[8:]
				}
			}
			return
		}
		extra = extra[n:]
	}
}

// open returns the unpacked bytes of an entry. Only the place of the data is taken from its local header:
// with a data descriptor, the sizes there are 0.
func (e *zipEntry) open(r io.ReaderAt, base, size int64, inflate io.Reader) (io.Reader, error) {
	switch {
	case e.flags&(zipEncrypted|zipMasked) != 0 || e.method == zipAES:
		return nil, refuse(encrypted, "the entry needs a password")
	case e.method != zipStored && e.method != zipDeflated:
		return nil, refuse(compression, "%d", e.method)
	}
	var local [30]byte
	at := base + e.offset
	if at < 0 || at > size-int64(len(local)) {
		return nil, refuse(damagedArchive, "the entry lies outside the file")
	}
	if _, err := r.ReadAt(local[:], at); err != nil || !bytes.HasPrefix(local[:], []byte("PK\x03\x04")) {
		return nil, refuse(damagedArchive, "the entry has no header")
	}
	at += int64(len(local)) + int64(le.Uint16(local[26:])) + int64(le.Uint16(local[28:]))
	if at > size || e.packed < 0 || e.packed > size-at {
		return nil, refuse(damagedArchive, "the entry lies outside the file")
	}
	var in io.Reader = io.NewSectionReader(r, at, e.packed)
	if e.method == zipDeflated {
		if err := inflate.(flate.Resetter).Reset(bufio.NewReaderSize(in, 16<<10), nil); err != nil {
			return nil, refuse(damagedArchive, "%v", err)
		}
		in = inflate
	}
	return &damage{&checked{r: in, sum: crc32.NewIEEE(), want: e.crc}}, nil
}

// checked compares the sum of what it has read with the directory's at the end.
type checked struct {
	r    io.Reader
	sum  hash.Hash32
	want uint32
}

var errSum = errors.New("the content does not fit its checksum")

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && c.sum.Sum32() != c.want {
		err = errSum
	}
	return n, err
}
