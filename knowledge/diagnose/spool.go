package diagnose

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrSpool says that there is no room for an upload that is too large for memory.
var ErrSpool = errors.New("diagnose: no temporary space")

// spoolMemory is what a Spool keeps in memory.
const spoolMemory = 4 << 20

// Spool keeps what is written to it, for reading at any place: a little in memory, more in a temporary file
// that has no name any more and is gone with the Spool. The zero value is empty and ready.
type Spool struct {
	mem  []byte
	file *os.File
	size int64
}

// Write appends p.
func (s *Spool) Write(p []byte) (int, error) {
	if s.file == nil && len(s.mem)+len(p) <= spoolMemory {
		s.mem = append(s.mem, p...)
		s.size += int64(len(p))
		return len(p), nil
	}
	if err := s.spill(); err != nil {
		return 0, err
	}
	n, err := s.file.Write(p)
	s.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("%w: %w", ErrSpool, err)
	}
	return n, nil
}

// spill moves what is in memory to a file.
func (s *Spool) spill() error {
	if s.file != nil {
		return nil
	}
	f, err := os.CreateTemp("", "activationkb-*")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSpool, err)
	}
	s.file = f
	_ = os.Remove(f.Name()) // where an open file cannot be removed, Close does it
	if _, err := f.Write(s.mem); err != nil {
		return fmt.Errorf("%w: %w", ErrSpool, err)
	}
	s.mem = nil
	return nil
}

// ReadAt reads like that of a file.
func (s *Spool) ReadAt(p []byte, off int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(p, off)
	}
	if off < 0 || off >= int64(len(s.mem)) {
		return 0, io.EOF
	}
	n := copy(p, s.mem[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Size is the number of bytes written.
func (s *Spool) Size() int64 { return s.size }

// Close gives the space back.
func (s *Spool) Close() error {
	s.mem = nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // usually gone already
	s.file = nil
	return err
}
