// Package code reads, finds and takes apart Windows error codes: 32-bit HRESULT, NTSTATUS and
// licensing values in every spelling that people and tools write them in.
//
// It knows the bits of a code, not its meaning: messages and Win32 symbol names are content.
package code

import (
	"errors"
	"fmt"
)

// Code is a 32-bit error code. The zero value is S_OK.
type Code uint32

// ErrMalformed is wrapped by every error that says that a text is not an error code.
var ErrMalformed = errors.New("malformed error code")

// String gives the canonical spelling: "0x" and eight upper-case hex digits, as 0xC004F074.
func (c Code) String() string {
	const digits = "0123456789ABCDEF"
	b := [10]byte{'0', 'x'}
	for i := range 8 {
		b[2+i] = digits[c>>(28-4*i)&0xF]
	}
	return string(b[:])
}

// Signed gives the code as a signed number, as scripts and WMI print it: 0xC004F074 is -1073418124.
func (c Code) Signed() int32 { return int32(c) }

// Failure reports whether the severity bit is set. 0x4004F040 and S_OK are not failures.
func (c Code) Failure() bool { return c&0x8000_0000 != 0 }

// MarshalText writes the canonical spelling.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the canonical spelling and no other, so that stored codes look alike.
// What people type is read by Parse.
func (c *Code) UnmarshalText(text []byte) error {
	v, err := Parse(string(text))
	if err != nil {
		return err
	}
	if v.String() != string(text) {
		return fmt.Errorf("code: %q: write %s: %w", text, v, ErrMalformed)
	}
	*c = v
	return nil
}

// FromWin32 wraps a Win32 error number into an HRESULT as HRESULT_FROM_WIN32 does: 0 stays 0,
// otherwise the low 16 bits go into facility 7, so 5 becomes 0x80070005.
func FromWin32(n uint32) Code {
	if n == 0 {
		return 0
	}
	return Code(0x8007_0000 | n&0xFFFF)
}
