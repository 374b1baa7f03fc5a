package diagnose

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// File is one file of an upload: its name, and its bytes in memory or elsewhere. It may be an archive.
type File struct {
	Name   string
	Data   []byte
	Source *io.SectionReader // instead of Data
}

// Reader reads the bytes from any place; it tells their number, too.
func (f *File) Reader() *io.SectionReader {
	if f.Source != nil {
		return f.Source
	}
	return io.NewSectionReader(bytes.NewReader(f.Data), 0, int64(len(f.Data)))
}

// Size is the number of bytes.
func (f *File) Size() int64 { return f.Reader().Size() }

// Limits of unpacking. All are checked before memory is allocated for what they bound. A zero field means
// that of DefaultLimits.
type Limits struct {
	Unpacked int64 // bytes of all files together
	Entries  int
	Depth    int // archives in archives
	Ratio    int64
	Facts    int // bytes of memory that the facts of all documents take
}

// DefaultLimits are those of the service.
var DefaultLimits = Limits{Unpacked: 4 << 30, Entries: 200_000, Depth: 3, Ratio: 200, Facts: 256 << 20}

// ErrTooLarge says that an upload exceeds a limit; the text names which.
var ErrTooLarge = errors.New("diagnose: upload exceeds a limit")

// refusal is why an entry, or the rest of an archive, is not read: the id of a message, and its detail.
type refusal struct{ id, detail string }

func (r *refusal) Error() string { return r.id + ": " + r.detail }

func refuse(id, format string, args ...any) error { return &refusal{id, fmt.Sprintf(format, args...)} }

// The messages of refusals.
const (
	damagedArchive = "archive"
	emptyArchive   = "empty"
	encrypted      = "encrypted"
	limitReached   = "limit"
	splitArchive   = "archive-split"
	compression    = "archive-compression"
)

// errStop ends the walk: a limit on the whole upload is reached, and has been reported.
var errStop = errors.New("diagnose: nothing more is read")

// entry is one file on its way out of an upload. Its name is a label: archive and path inside it.
type entry struct {
	name   string
	bundle string // archive and folder that it lies in, "" for what is no archive
	text   io.Reader
	err    error // why it is not read; text is nil
}

// walker hands every file of an upload to visit, one after the other, archives opened on the way. Nothing
// is written under a name that an archive gives, and only one entry is open at a time on each level.
type walker struct {
	limits  Limits
	left    int64 // bytes that may still be unpacked
	entries int
	visit   func(entry) error
}

func newWalker(limits Limits, visit func(entry) error) *walker {
	d := DefaultLimits
	d.Unpacked = cmp.Or(limits.Unpacked, d.Unpacked)
	d.Entries = cmp.Or(limits.Entries, d.Entries)
	d.Depth = cmp.Or(limits.Depth, d.Depth)
	d.Ratio = cmp.Or(limits.Ratio, d.Ratio)
	d.Facts = cmp.Or(limits.Facts, d.Facts)
	return &walker{limits: d, left: d.Unpacked, visit: visit}
}

// walk visits the files of one uploaded file.
func (w *walker) walk(f *File) error {
	r, size := f.Reader(), f.Size()
	name := redact.Clean(f.Name)
	if err := w.count(); err != nil {
		return errors.Join(w.refuse(name, err), errStop)
	}
	head := make([]byte, min(size, magicBytes))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if container(head) == "" {
		return w.visit(entry{name: name, text: &metered{r: io.NewSectionReader(r, 0, size), w: w, packed: func() int64 { return size }}})
	}
	return w.open(path.Base(strings.ReplaceAll(name, `\`, "/")), container(head), r, size, 0)
}

// magicBytes are enough to tell the kinds of containers.
const magicBytes = 8

func container(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(head, []byte("MSCF\x00\x00\x00\x00")):
		return "cab"
	case bytes.HasPrefix(head, []byte("\x1f\x8b\x08")):
		return "gzip"
	}
	return ""
}

// open reads a container. What is wrong with it is told as one more entry under its own name.
func (w *walker) open(name, kind string, r io.ReaderAt, size int64, depth int) error {
	if depth >= w.limits.Depth {
		return w.refuse(name, refuse(limitReached, "%d", w.limits.Depth))
	}
	var err error
	before := w.entries
	switch kind {
	case "zip":
		err = w.zip(name, r, size, depth)
	case "cab":
		err = w.cab(name, r, size, depth)
	case "gzip":
		err = w.gzip(name, io.NewSectionReader(r, 0, size), depth)
	}
	var why *refusal
	if errors.As(err, &why) {
		return w.refuse(name, why)
	}
	if err == nil && w.entries == before {
		return w.refuse(name, refuse(emptyArchive, "the archive holds no file"))
	}
	return err
}

func (w *walker) refuse(name string, why error) error {
	return w.visit(entry{name: name, err: why})
}

// count admits one more entry.
func (w *walker) count() error {
	if w.entries++; w.entries > w.limits.Entries {
		return refuse(limitReached, "%d", w.limits.Entries)
	}
	return nil
}

// member visits one member of a container, or opens it where it is a container itself. packed tells how
// many bytes of the container it has taken so far.
func (w *walker) member(archive, name string, r io.Reader, packed func() int64, depth int) error {
	label := entryName(archive, name)
	in := bufio.NewReaderSize(&metered{r: r, w: w, packed: packed}, 4096)
	head, err := in.Peek(magicBytes)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return w.ended(label, err)
	}
	kind := container(head)
	switch {
	case kind == "":
		err := w.visit(entry{name: label, bundle: path.Dir(label), text: in})
		if err == nil && w.left < 0 {
			return errStop // the document has been told why it ends
		}
		return err
	case depth+1 >= w.limits.Depth:
		return w.refuse(label, refuse(limitReached, "%d", w.limits.Depth))
	case kind == "gzip":
		return w.ended(label, w.gzip(label, in, depth+1))
	}
	var s Spool
	defer s.Close()
	if _, err := io.Copy(&s, in); err != nil {
		return w.ended(label, err)
	}
	return w.open(label, kind, &s, s.Size(), depth+1)
}

// ended tells of an entry that could not be read to its end.
func (w *walker) ended(label string, err error) error {
	var why *refusal
	if !errors.As(err, &why) {
		return err
	}
	if err := w.refuse(label, why); err != nil {
		return err
	}
	if w.left < 0 {
		return errStop
	}
	return nil
}

func (w *walker) gzip(name string, r io.Reader, depth int) error {
	in := &formats.Counter{R: r}
	z, err := gzip.NewReader(bufio.NewReaderSize(in, 4096))
	if err != nil {
		return refuse(damagedArchive, "%v", err)
	}
	if err := w.count(); err != nil {
		return err
	}
	inner := strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".gz"), ".GZ")
	return w.member(name, inner, &damage{z}, func() int64 { return in.N }, depth)
}

// damage makes a refusal of what a decompressor finds wrong.
type damage struct{ r io.Reader }

func (d *damage) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	var why *refusal
	if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &why) && !errors.Is(err, ErrSpool) {
		err = refuse(damagedArchive, "%v", err)
	}
	return n, err
}

// metered counts what really comes out of an entry: headers may lie.
type metered struct {
	r      io.Reader
	w      *walker
	packed func() int64
	n      int64
}

// ratioFree is what an entry may always unpack to: a page of blanks packs well.
const ratioFree = 1 << 20

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.r.Read(p[:min(len(p), 64<<10)])
	m.n += int64(n)
	if m.w.left -= int64(n); m.w.left < 0 {
		return 0, refuse(limitReached, "%s", bytesText(m.w.limits.Unpacked))
	}
	if m.n > ratioFree && m.n/m.w.limits.Ratio > m.packed() {
		return 0, refuse(limitReached, "%d:1", m.w.limits.Ratio)
	}
	return n, err
}

// bytesText is a size for people.
func bytesText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d B", n)
}

// entryName is for people: archive and entry, without the parts of a path that could lead anywhere.
func entryName(archive, name string) string {
	if !utf8.ValidString(name) {
		if s, err := charmap.CodePage850.NewDecoder().String(name); err == nil {
			name = s
		}
	}
	name = path.Clean("/" + strings.ReplaceAll(redact.Clean(name), `\`, "/"))
	return archive + name
}
