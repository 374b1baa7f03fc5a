package diagnose

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"errors"
	"io"
	"slices"
)

// A .cab is a row of folders, each one stream of blocks, and a list of files, each a part of a folder's
// stream. Read are stored and MSZIP folders, what Windows' own tools write by default.

// The flags of a cabinet and the kinds of compression of a folder.
const (
	cabPrevious = 1 // goes on from another cabinet
	cabNext     = 2
	cabReserve  = 4

	cabStored  = 0
	cabMSZIP   = 1
	cabQuantum = 2
	cabLZX     = 3
)

// Bounds of the format: a block unpacks to 32 KiB and may grow a little by packing.
const (
	cabBlock  = 32 << 10
	cabPacked = cabBlock + 6<<10
)

type cabFolder struct {
	start  int64
	blocks int
	kind   uint16
	files  []cabFile
}

type cabFile struct {
	name   string
	size   int64
	offset int64 // in the folder's stream
}

// cabinet is what the head of a .cab says.
type cabinet struct {
	folders []cabFolder
	reserve int // bytes between a block's header and its data
}

// cab visits the files of a cabinet.
func (w *walker) cab(name string, r io.ReaderAt, size int64, depth int) error {
	c, err := readCabinet(r, size, w)
	if err != nil {
		return err
	}
	for i := range c.folders {
		if err := w.folder(name, c, &c.folders[i], r, size, depth); err != nil {
			return err
		}
	}
	return nil
}

// folder visits the files of one folder in the order of its stream.
func (w *walker) folder(name string, c *cabinet, f *cabFolder, r io.ReaderAt, size int64, depth int) error {
	var why error
	switch f.kind & 15 {
	case cabStored, cabMSZIP:
	case cabQuantum:
		why = refuse(compression, "Quantum")
	case cabLZX:
		why = refuse(compression, "LZX")
	default:
		why = refuse(compression, "%d", f.kind&15)
	}
	s := newCabStream(f, c.reserve, r, size)
	slices.SortStableFunc(f.files, func(a, b cabFile) int { return cmp.Compare(a.offset, b.offset) })
	for _, file := range f.files {
		if err := w.count(); err != nil {
			return err
		}
		if why == nil {
			why = s.skip(w, file.offset)
		}
		var err error
		if why != nil {
			err = w.ended(entryName(name, file.name), why)
		} else {
			err = w.member(name, file.name, &damage{s.file(file.size)}, func() int64 { return s.packed }, depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errCabinet = refuse(damagedArchive, "the cabinet is damaged")

// readCabinet reads head, folders and list of files.
func readCabinet(r io.ReaderAt, size int64, w *walker) (*cabinet, error) {
	in := cabHead{r: bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 4096)}
	h := in.bytes(36)
	if in.failed {
		return nil, errCabinet
	}
	folders, files, flags := int(le.Uint16(h[26:])), int(le.Uint16(h[28:])), le.Uint16(h[30:])
	list := int64(le.Uint32(h[16:]))
	c := new(cabinet)
	perFolder := 0
	if flags&cabReserve != 0 {
		n := in.bytes(4)
		perFolder, c.reserve = int(n[2]), int(n[3])
		in.bytes(int(le.Uint16(n)))
	}
	if flags&(cabPrevious|cabNext) != 0 {
		return nil, refuse(splitArchive, "the cabinet is one of several that belong together")
	}
	if w.entries+files > w.limits.Entries {
		return nil, refuse(limitReached, "%d", w.limits.Entries)
	}
	for range folders {
		b := in.bytes(8 + perFolder)
		if in.failed {
			return nil, errCabinet
		}
		c.folders = append(c.folders, cabFolder{start: int64(le.Uint32(b)), blocks: int(le.Uint16(b[4:])), kind: le.Uint16(b[6:])})
	}
	if list > size {
		return nil, errCabinet
	}
	in = cabHead{r: bufio.NewReaderSize(io.NewSectionReader(r, list, size-list), 4096)}
	for range files {
		b := in.bytes(16)
		name := in.name()
		folder := int(le.Uint16(b[8:]))
		if in.failed || folder >= len(c.folders) {
			return nil, errCabinet
		}
		f := &c.folders[folder]
		f.files = append(f.files, cabFile{name: name, size: int64(le.Uint32(b)), offset: int64(le.Uint32(b[4:]))})
	}
	return c, nil
}

// cabHead reads the fixed parts; once it has failed, all is zero.
type cabHead struct {
	r      *bufio.Reader
	failed bool
}

func (h *cabHead) bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(h.r, b); err != nil {
		h.failed = true
		clear(b)
	}
	return b
}

// name reads a name up to its zero byte.
func (h *cabHead) name() string {
	const longest = 257
	var b []byte
	for len(b) < longest {
		c, err := h.r.ReadByte()
		if err != nil {
			break
		}
		if c == 0 {
			return string(b)
		}
		b = append(b, c)
	}
	h.failed = true
	return ""
}

// cabStream is the unpacked stream of one folder.
type cabStream struct {
	in      *bufio.Reader
	left    int // blocks
	zipped  bool
	reserve int
	inflate io.ReadCloser
	packed  int64
	window  [cabBlock]byte // the block before, which the next one may refer to
	block   []byte         // what is left of the block
	buf     [cabPacked]byte
	out     [cabBlock]byte
	at      int64
}

func newCabStream(f *cabFolder, reserve int, r io.ReaderAt, size int64) *cabStream {
	start := min(f.start, size)
	return &cabStream{
		in: bufio.NewReaderSize(io.NewSectionReader(r, start, size-start), 16<<10), left: f.blocks,
		zipped: f.kind&15 == cabMSZIP, reserve: reserve,
	}
}

func (s *cabStream) Read(p []byte) (int, error) {
	for len(s.block) == 0 {
		if s.left == 0 {
			return 0, io.EOF
		}
		if err := s.next(); err != nil {
			s.left = 0
			return 0, err
		}
	}
	n := copy(p, s.block)
	s.block = s.block[n:]
	s.at += int64(n)
	return n, nil
}

// next unpacks one block.
func (s *cabStream) next() error {
	s.left--
	var head [8]byte
	if _, err := io.ReadFull(s.in, head[:]); err != nil {
		return errCabinet
	}
	packed, size := int(le.Uint16(head[4:])), int(le.Uint16(head[6:]))
	if packed > cabPacked || size > cabBlock || size == 0 {
		return errCabinet // no size: goes on in another cabinet
	}
	reserve := make([]byte, s.reserve)
	if _, err := io.ReadFull(s.in, reserve); err != nil {
		return errCabinet
	}
	data := s.buf[:packed]
	if _, err := io.ReadFull(s.in, data); err != nil {
		return errCabinet
	}
	s.packed += int64(len(head) + packed)
	if sum := le.Uint32(head[:]); sum != 0 && sum != cabSum(append(head[4:8:8], reserve...), cabSum(data, 0)) {
		return refuse(damagedArchive, "a block does not fit its checksum")
	}
	if !s.zipped {
		if packed != size {
			return errCabinet
		}
		s.block = data
		return nil
	}
	return s.unzip(data, size)
}

// unzip inflates a block; it may refer to the one before.
func (s *cabStream) unzip(data []byte, size int) error {
	if !bytes.HasPrefix(data, []byte("CK")) {
		return errCabinet
	}
	src := bytes.NewReader(data[2:])
	if s.inflate == nil {
		s.inflate = flate.NewReader(src)
	} else if err := s.inflate.(flate.Resetter).Reset(src, s.window[:]); err != nil {
		return errCabinet
	}
	if _, err := io.ReadFull(s.inflate, s.out[:size]); err != nil {
		return errCabinet
	}
	copy(s.window[:], s.window[size:])
	copy(s.window[cabBlock-size:], s.out[:size])
	s.block = s.out[:size]
	return nil
}

// cabSum is the format's checksum: the exclusive or of all words, of the data first, then of what is before it.
func cabSum(data []byte, sum uint32) uint32 {
	for ; len(data) >= 4; data = data[4:] {
		sum ^= le.Uint32(data)
	}
	var rest uint32
	for _, b := range data {
		rest = rest<<8 | uint32(b)
	}
	return sum ^ rest
}

// skip goes on to where a file begins. What lies between is unpacked for nothing, and counted.
func (s *cabStream) skip(w *walker, offset int64) error {
	if offset < s.at {
		return refuse(damagedArchive, "two files share a place")
	}
	_, err := io.CopyN(io.Discard, &damage{&metered{r: s, w: w, packed: func() int64 { return s.packed }}}, offset-s.at)
	if errors.Is(err, io.EOF) {
		return errCabinet
	}
	return err
}

// file is the next size bytes; it is an error where there are fewer.
func (s *cabStream) file(size int64) io.Reader { return &exact{io.LimitedReader{R: s, N: size}} }

type exact struct{ io.LimitedReader }

func (e *exact) Read(p []byte) (int, error) {
	n, err := e.LimitedReader.Read(p)
	if errors.Is(err, io.EOF) && e.N > 0 {
		err = errCabinet
	}
	return n, err
}
