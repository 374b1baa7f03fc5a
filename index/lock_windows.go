package index

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the file for this process or fails at once. Closing the file gives it back.
func lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
}
