package diagnose

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// File is one document to read: its name inside the upload, and its bytes.
type File struct {
	Name string
	Data []byte
}

// Limits of unpacking. All are checked before memory is allocated for what they bound.
type Limits struct {
	Unpacked int64 // bytes of all files together
	Entries  int
	Depth    int // archives in archives
	Ratio    int64
}

// DefaultLimits are those of the service.
var DefaultLimits = Limits{Unpacked: 4 << 30, Entries: 20000, Depth: 3, Ratio: 200}

// ErrTooLarge says that an upload exceeds a limit; the text names which.
var ErrTooLarge = errors.New("diagnose: upload exceeds a limit")

// ErrArchive says that an archive is damaged or of a kind that is not read.
var ErrArchive = errors.New("diagnose: archive cannot be read")

// Unpack returns the files of an upload: the file itself, or what a .zip archive holds, archives
// inside archives included. Names are kept for display only; nothing touches the disk.
func Unpack(f File, limits Limits) ([]File, error) {
	u := unpacker{limits: limits}
	if err := u.unpack(f, 0); err != nil {
		return nil, err
	}
	return u.files, nil
}

type unpacker struct {
	limits Limits
	files  []File
	total  int64
}

func (u *unpacker) unpack(f File, depth int) error {
	if !bytes.HasPrefix(f.Data, []byte("PK\x03\x04")) {
		if u.total += int64(len(f.Data)); u.total > u.limits.Unpacked {
			return fmt.Errorf("%w: %d bytes unpacked", ErrTooLarge, u.limits.Unpacked)
		}
		u.files = append(u.files, f)
		return nil
	}
	if depth == u.limits.Depth {
		return fmt.Errorf("%w: archives nested deeper than %d", ErrTooLarge, u.limits.Depth)
	}
	archive, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrArchive, f.Name, err)
	}
	if len(archive.File)+len(u.files) > u.limits.Entries {
		return fmt.Errorf("%w: more than %d entries", ErrTooLarge, u.limits.Entries)
	}
	for _, entry := range archive.File {
		if entry.FileInfo().IsDir() {
			continue
		}
		data, err := u.read(entry)
		if err != nil {
			return err
		}
		if err := u.unpack(File{Name: entryName(f.Name, entry.Name), Data: data}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// read decompresses one entry within what is left. Headers may lie, so the bytes that really come are counted.
func (u *unpacker) read(entry *zip.File) ([]byte, error) {
	left := u.limits.Unpacked - u.total
	most := min(left, max(int64(entry.CompressedSize64)*u.limits.Ratio, 1<<16))
	r, err := entry.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrArchive, entry.Name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrArchive, entry.Name, err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%w: %s unpacks to more than %d bytes", ErrTooLarge, path.Base(entry.Name), most)
	}
	return data, nil
}

// entryName is for people: archive and entry, without the parts of a path that could lead anywhere.
func entryName(archive, entry string) string {
	entry = path.Clean("/" + strings.ReplaceAll(entry, `\`, "/"))
	return path.Base(archive) + entry
}
