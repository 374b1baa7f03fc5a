package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes untrusted text safe to print: it removes ANSI escape sequences, control characters
// other than tab and newline, and characters that are not seen but change what is (direction
// marks, zero-width characters, soft hyphens, tags). Line and paragraph separators become newlines,
// broken UTF-8 becomes U+FFFD.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); {
		if n := escape(s[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == '\u2028' || r == '\u2029':
			out.WriteByte('\n')
		case r == '\t' || r == '\n' || !unicode.IsControl(r) && !invisible(r):
			out.WriteRune(r)
		}
	}
	return out.String()
}

func isClean(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' && c != '\t' && c != '\n' || c == 0x7F {
			return false
		}
	}
	return true
}

func invisible(r rune) bool {
	return r >= 0x80 && (unicode.Is(unicode.Cf, r) || r == '\u034F' || r == '\u115F' || r == '\u1160' || r == '\u3164')
}

// escape measures the escape sequence that s begins with; 0 if there is none. A sequence without
// an end loses its first characters only, so that it cannot swallow the text after it.
func escape(s string) int {
	intro := 0
	switch {
	case strings.HasPrefix(s, "\u009b"): // CSI as one character
		return len("\u009b") + csi(s[len("\u009b"):])
	case len(s) > 1 && s[0] == 0x1B:
		intro = 2
	default:
		return 0
	}
	switch s[1] {
	case '[':
		return intro + csi(s[intro:])
	case ']', 'P', 'X', '^', '_': // a string, up to BEL or ESC \
		return intro + stringEnd(s[intro:])
	case '(', ')', '*', '+', '#', '%': // one more character
		if len(s) > 2 && s[2] >= ' ' && s[2] < 0x7F {
			return 3
		}
		return intro
	}
	if s[1] >= '0' && s[1] < 0x7F {
		return intro
	}
	return 1
}

// csi measures parameters, intermediates and the final byte of a control sequence.
func csi(s string) int {
	const limit = 64
	for i := 0; i < len(s) && i < limit; i++ {
		switch c := s[i]; {
		case c >= '@' && c < 0x7F:
			return i + 1
		case c < ' ' || c >= 0x7F:
			return 0
		}
	}
	return 0
}

// stringEnd measures a control string, which ends on its own line and within a limit.
func stringEnd(s string) int {
	const limit = 2048
	for i := 0; i < len(s) && i < limit && s[i] != '\n'; i++ {
		if s[i] == 0x07 {
			return i + 1
		}
		if s[i] == 0x1B { // the end, or another sequence, which shows that this one has none
			if i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
			return 0
		}
	}
	return 0
}
