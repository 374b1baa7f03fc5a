package code

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxInput bounds what Parse looks at, in bytes. A code with words before it is shorter.
const maxInput = 256

// Parse reads one error code. It accepts, in this order:
//
//   - win32:N, a Win32 error number of 0 to 65535 (win32:5 is 0x80070005);
//   - 0x and 1 to 8 hex digits, also with X or ×, with a trailing full stop, after words
//     ("Error: 0xC004F074"), or sign-extended to 16 digits;
//   - 8 hex digits alone, even if all are decimal (80070005), or 16 sign-extended ones;
//   - a signed decimal, or one of 9 or 10 digits, as a 32-bit value.
//
// Surrounding space and quotes, full-width forms, Cyrillic and Greek look-alikes and invisible
// characters do not matter. Everything else is an error that wraps ErrMalformed; its text is safe
// to show.
func Parse(s string) (Code, error) {
	if len(s) > maxInput {
		return 0, malformed(s, "too long")
	}
	b, err := clean(s)
	if err != nil {
		return 0, err
	}
	if n, ok := cutWin32(b); ok {
		return parseWin32(s, n)
	}
	if i := prefixAt(b); i >= 0 {
		return parsePrefixed(s, []byte(b[i:]))
	}
	switch n := hexRun([]byte(b)); {
	case n == len(b) && n == 8:
		return hex([]byte(b)), nil
	case n == len(b) && n == 16 && extended([]byte(b)):
		return hex([]byte(b[8:])), nil
	}
	return parseDecimal(s, b)
}

// Short recognises four hex digits such as "f041", the way people shorten licensing codes in
// speech. They are not a code, but name candidates: 0xC004F041 and others that end in them.
func Short(s string) (uint16, bool) {
	if len(s) > maxInput {
		return 0, false
	}
	b, err := clean(s)
	if err != nil || len(b) != 4 || hexRun([]byte(b)) != 4 {
		return 0, false
	}
	return uint16(hex([]byte(b))), true
}

// clean folds the text to ASCII and takes off what surrounds a code in running text.
func clean(s string) (string, error) {
	b := make([]byte, 0, len(s))
	for _, r := range strings.TrimSpace(s) {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return "", malformed(s, "holds control characters")
		}
		if f, ok := fold(r); ok {
			b = append(b, f)
		}
	}
	t := strings.TrimLeft(string(b), " \"'`([{<*")
	return strings.TrimRight(t, " \"'`)]}>*.,;:!?"), nil
}

func cutWin32(b string) (string, bool) {
	const tag = "win32:"
	if len(b) < len(tag) || !strings.EqualFold(b[:len(tag)], tag) {
		return "", false
	}
	return strings.TrimSpace(b[len(tag):]), true
}

func parseWin32(s, n string) (Code, error) {
	v, err := strconv.ParseUint(n, 10, 16)
	if err != nil {
		return 0, malformed(s, "win32: takes a number of 0 to 65535")
	}
	return FromWin32(uint32(v)), nil
}

// prefixAt finds the last 0x, provided that nothing but words stands before it; else -1.
func prefixAt(b string) int {
	i := strings.LastIndexAny(b, "xX") - 1
	if i < 0 || !isPrefix([]byte(b[i:])) {
		return -1
	}
	head := b[:i]
	switch {
	case i > 0 && isWord(b[i-1]),
		strings.ContainsAny(head, "0123456789+"),
		strings.HasSuffix(head, " -"), head == "-": // a sign
		return -1
	}
	return i
}

func parsePrefixed(s string, b []byte) (Code, error) {
	digits := b[2:]
	n := hexRun(digits)
	switch {
	case n == 16 && n == len(digits) && extended(digits):
		return hex(digits[8:]), nil
	case b[0] == '0' && n == len(digits) && n >= 1 && n <= 8:
		return hex(digits), nil
	case len(digits) == 8 && zeroLike(digits):
		return hex(digits), nil
	}
	return 0, malformed(s, "write 0x and 1 to 8 hex digits")
}

// zeroLike reports whether eight characters are a likely code once the letter O is read as zero.
func zeroLike(b []byte) bool {
	for _, d := range b {
		if hexValue(d) > 16 {
			return false
		}
	}
	return hex(b).likely()
}

func parseDecimal(s, b string) (Code, error) {
	digits := strings.TrimLeft(b, "+-")
	signed := len(b) == len(digits)+1
	if len(b) > len(digits)+1 || !signed && (len(b) < 9 || len(b) > 10) || len(digits) > 10 {
		return 0, malformed(s, hint(b))
	}
	v, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0, malformed(s, hint(b))
	}
	switch {
	case !signed:
		return Code(v), nil
	case b[0] == '-' && v <= 1<<31:
		return Code(-int64(v)), nil
	case b[0] == '+' && v < 1<<31:
		return Code(v), nil
	}
	return 0, malformed(s, "outside the signed 32-bit range")
}

// hint says what to do about a text that no spelling fits.
func hint(b string) string {
	switch n := hexRun([]byte(b)); {
	case b == "":
		return "empty"
	case n == len(b) && n == 4:
		return "four digits name several codes"
	case n == len(b) && n < 8:
		return "write 0x before the digits, or all 8 of them"
	}
	return "write it as 0xC004F074"
}

// malformed quotes no more of the input than a reader needs to recognise it.
func malformed(s, why string) error {
	const shown = 40
	if r := []rune(s[:min(len(s), 4*shown)]); len(r) > shown {
		s = string(r[:shown]) + "…"
	}
	return fmt.Errorf("code: %q: %s: %w", s, why, ErrMalformed)
}
