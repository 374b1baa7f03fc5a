//go:build unix

package index

import (
	"os"
	"syscall"
)

// lock takes the file for this process or fails at once. Closing the file gives it back.
func lock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
