package formats

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Values that nearly every line is asked for, known by their shape. They are told by a look at the bytes, which
// costs a tenth of an expression.

// guidAt is where the first GUID of s begins, or -1.
func guidAt(s string) int {
	for i := 8; i+28 <= len(s); i++ {
		n := strings.IndexByte(s[i:len(s)-27], '-')
		if n < 0 {
			return -1
		}
		i += n
		if isGUID(s[i-8 : i+28]) {
			return i - 8
		}
	}
	return -1
}

const guidLen = len("00000000-0000-0000-0000-000000000000")

func isGUID(s string) bool {
	if len(s) != guidLen {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash && s[i] != '-' || !dash && !isHex(s[i]) {
			return false
		}
	}
	return true
}

func hasGUID(s string) bool { return guidAt(s) >= 0 }

// findGUID is the first GUID of s, or "".
func findGUID(s string) string {
	i := guidAt(s)
	if i < 0 {
		return ""
	}
	return s[i : i+guidLen]
}

// isFlags tells 0x and up to eight hexadecimal digits.
func isFlags(s string) bool { return len(s) <= 10 && flagsLen(s) == len(s) && s != "" }

// flagsLen is the length of 0x and the hexadecimal digits after it, 0 where s does not begin so.
func flagsLen(s string) int {
	if len(s) < 3 || s[0] != '0' || s[1]|0x20 != 'x' {
		return 0
	}
	n := 2
	for n < len(s) && isHex(s[n]) {
		n++
	}
	if n == 2 {
		return 0
	}
	return n
}

// commasAt is where the first code of s begins, from a place on, that a comma follows, or -1.
func commasAt(s string, from int) int {
	for i := from; i+3 < len(s); i++ {
		n := strings.IndexByte(s[i:], '0')
		if n < 0 {
			return -1
		}
		i += n
		if i > 0 && wordByte(s[i-1]) {
			continue
		}
		if n := flagsLen(s[i:]); n > 0 && n <= 10 && strings.HasPrefix(strings.TrimLeft(s[i+n:], "\t\n\f\r "), ",") {
			return i
		}
	}
	return -1
}

// allCommas are the first places that commasAt finds.
func allCommas(s string, most int) []int {
	var out []int
	for at := commasAt(s, 0); at >= 0 && len(out) < most; at = commasAt(s, at+1) {
		out = append(out, at)
	}
	return out
}

// isInteger tells up to ten digits, perhaps after a minus.
func isInteger(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return len(s) <= 10 && isNumber(s)
}

func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// isPartialKey tells five capital letters or digits.
func isPartialKey(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(s) == 5
}

// isHost tells a host's name, or an address of IPv6.
func isHost(s string) bool {
	name := isHostName(s) || strings.HasPrefix(s, "_") && isHostName("x"+s[1:])
	return name && utf8.RuneCountInString(s) <= 253 || isV6(s)
}

// isHostName tells letters, digits, dots, hyphens and underscores, a letter or digit first.
func isHostName(s string) bool {
	for i, r := range s {
		switch {
		case r < utf8.RuneSelf && (isDigit(byte(r)) || byte(r)|0x20 >= 'a' && byte(r)|0x20 <= 'z'):
		case i > 0 && (r == '.' || r == '-' || r == '_'):
		case r < utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsNumber(r):
			return false
		}
	}
	return s != ""
}

// isV6 tells hexadecimal digits, colons and dots, a colon among the first.
func isV6(s string) bool {
	digits := 0
	for digits < len(s) && isHex(s[digits]) {
		digits++
	}
	for i := digits; i < len(s); i++ {
		if !isHex(s[i]) && s[i] != ':' && s[i] != '.' {
			return false
		}
	}
	return len(s) > digits+1 && s[digits] == ':'
}

// cutPort parts "host:1688" and "[fe80::1]:1688".
func cutPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 1 {
		return "", "", false
	}
	host, port = s[:i], s[i+1:]
	if in, ok := strings.CutPrefix(host, "["); ok {
		in, ok = strings.CutSuffix(in, "]")
		return in, port, ok && len(port) <= 5 && isNumber(port) && in != "" && strings.Trim(in, "0123456789abcdefABCDEF:.") == ""
	}
	return host, port, len(port) <= 5 && isNumber(port) && isHostName(host)
}

// prompt tells a command line of cmd, PowerShell or a shell.
func prompt(s string) bool {
	switch {
	case len(s) < 2:
		return false
	case s[0] == '[': // [host]: PS
		in, rest, ok := strings.Cut(s[1:], "]")
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, ":"), " ")
		return ok && in != "" && utf8.RuneCountInString(in) <= 80 && (strings.HasPrefix(rest, "PS") || rest != "" && (rest[0] == '$' || rest[0] == '#'))
	case s[0] == 'P' && (strings.HasPrefix(s, "PS>") || strings.HasPrefix(s, "PS ") && onDrive(s[3:])), strings.HasPrefix(s, "$ "):
		return true
	case onDrive(s):
		i := strings.IndexAny(s, "<>|")
		return i >= 0 && s[i] == '>' && utf8.RuneCountInString(s[3:i]) <= 200
	}
	return loggedIn(s)
}

// onDrive tells C:\.
func onDrive(s string) bool {
	return len(s) >= 3 && s[1] == ':' && s[2] == '\\' && s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z'
}

// loggedIn tells user@host: of a shell.
func loggedIn(s string) bool {
	user, host := 0, 0
	in := func(c byte) bool { return wordByte(c) || c == '.' || c == '-' }
	for user < len(s) && in(s[user]) && (s[user] < 'A' || s[user] > 'Z') {
		user++
	}
	if user == 0 || user > 32 || user == len(s) || s[user] != '@' {
		return false
	}
	rest := s[user+1:]
	for host < len(rest) && in(rest[host]) {
		host++
	}
	return host > 0 && host <= 64 && host < len(rest) && (rest[host] == ':' || rest[host] == '~')
}

// codeNames are the words before a code that a message names as such.
var codeNames = []string{"hr", "hresult", "error code", "reason", "hroffline", "hronline", "fehler", "код ошибки", "ошибка", "feilkode", "felkod", "错误代码"}

// namedCodes are the first codes of s that a name and an equals sign or a colon precede: "hr=0xC004F074".
func namedCodes(s string) []string {
	const most = 8
	var out []string
	for i := 2; i+10 <= len(s) && len(out) < most; i++ {
		n := strings.IndexByte(s[i:], '0')
		if n < 0 {
			break
		}
		i += n
		before := strings.TrimRight(s[:i], "\t\n\f\r ")
		if before == "" || flagsLen(s[i:]) < 10 || before[len(before)-1] != '=' && before[len(before)-1] != ':' {
			continue
		}
		if codeNamed(strings.TrimRight(before[:len(before)-1], "\t\n\f\r ")) {
			out = append(out, s[i:i+10])
		}
	}
	return out
}

// codeNamed tells that s ends in one of the names.
func codeNamed(s string) bool {
	const longest = 24 // bytes
	low := strings.ToLower(s[max(0, len(s)-longest):])
	for _, name := range codeNames {
		if rest, ok := strings.CutSuffix(low, name); ok {
			r, _ := utf8.DecodeLastRuneInString(rest)
			return rest == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
		}
	}
	return false
}
