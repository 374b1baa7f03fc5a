package redact

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text replaces the names of the asked kinds in running text. It knows by their shape: IP addresses
// (with or without a port), full host names, e-mail addresses, the folders of C:\Users, account SIDs,
// extended PIDs and installation IDs; and, as whole words, the names given to Learn. Host names keep
// their number of labels and the last of them, so that one still sees what is part of what:
// kms.ad.contoso.com becomes host-1.domain-1.domain-2.com. Beside these shapes it knows what labels
// of listings introduce ("User name: ", "ComputerName=") and shares (\\SERVER\). The time is linear
// in the text's length.
func (p *Pseudonymizer) Text(s string) string {
	if len(p.kinds) == 0 {
		return s
	}
	var out strings.Builder
	done := 0
	for i := 0; i < len(s); {
		if !startsWord(s, i) {
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
			continue
		}
		from, to, with := p.token(s, i)
		if with != "" {
			out.WriteString(s[done:from])
			out.WriteString(with)
			done = to
		}
		i = to
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// token looks at the word that begins at s[i]. It gives the span that was understood and what to
// put in its place; an empty replacement means none. The span always ends after i.
func (p *Pseudonymizer) token(s string, i int) (from, to int, with string) {
	for _, read := range []func(*Pseudonymizer, string, int) (int, string){
		(*Pseudonymizer).readShare, (*Pseudonymizer).readLearned, (*Pseudonymizer).readDefault, (*Pseudonymizer).readSID, (*Pseudonymizer).readNumber,
		(*Pseudonymizer).readAddress, (*Pseudonymizer).readMail, (*Pseudonymizer).readHost,
	} {
		if end, with := read(p, s, i); end > i {
			return i, end, with
		}
	}
	if folder := userFolder(s, i); folder > 0 && p.kinds[User] {
		return p.readFolder(s, folder)
	}
	if from, to, with := p.readLabelled(s, i); to > i {
		return from, to, with
	}
	return i, wordEnd(s, i), ""
}

// readLearned finds the longest learned name that begins at s[i] and ends with a word.
func (p *Pseudonymizer) readLearned(s string, i int) (int, string) {
	found, end := i, i
	for range p.parts {
		if end >= len(s) {
			break
		}
		end = wordEnd(s, end)
		if _, ok := p.names[strings.ToLower(s[i:end])]; ok && !inWord(s, end) {
			found = end
		}
	}
	if found == i {
		return 0, ""
	}
	kind := p.names[strings.ToLower(s[i:found])]
	if kind == Host {
		if full, with := p.readHost(s, i); full > found {
			return full, with
		}
		if account := accountEnd(s, i, found); account > found && p.kinds[User] {
			return account, p.Value(User, s[i:account])
		}
	}
	return found, p.Value(kind, s[i:found])
}

// accountEnd gives the end of DOMAIN\account, where the domain is known to be s[i:end]; end, if
// no account follows or this is a share.
func accountEnd(s string, i, end int) int {
	if i > 0 && isSlash(s[i-1]) || end+1 >= len(s) || s[end] != '\\' {
		return end
	}
	account := end + 1
	for account < len(s) && account-end <= 64 && (isASCIIWord(s[account]) || s[account] >= utf8.RuneSelf || strings.IndexByte(".-$", s[account]) >= 0) {
		account++
	}
	if account == end+1 {
		return end
	}
	return end + 1 + len(strings.TrimRight(s[end+1:account], ".-"))
}

// accountSID tells SIDs of accounts of a domain or a computer from the well-known ones.
func accountSID(s string) bool {
	s = strings.ToUpper(s)
	return strings.HasPrefix(s, "S-1-5-21-") || strings.HasPrefix(s, "S-1-12-1-")
}

func (p *Pseudonymizer) readSID(s string, i int) (int, string) {
	const prefix = len("S-1-5-21-")
	if !p.kinds[SID] || len(s)-i < prefix || !accountSID(s[i:i+prefix]) {
		return 0, ""
	}
	end := i + prefix
	for end < len(s) && (isDigit(s[end]) || s[end] == '-' && end+1 < len(s) && isDigit(s[end+1])) {
		end++
	}
	return end, p.Value(SID, s[i:end])
}

// readNumber reads extended PIDs and installation IDs.
func (p *Pseudonymizer) readNumber(s string, i int) (int, string) {
	if !isDigit(s[i]) {
		return 0, ""
	}
	if n := extendedPID(s[i:]); n > 0 && p.kinds[ExtendedPID] {
		return i + n, p.Value(ExtendedPID, s[i:i+n])
	}
	if digits, n := installationID(s[i:]); n > 0 && p.kinds[InstallationID] {
		return i + n, p.Value(InstallationID, digits)
	}
	return 0, ""
}

// extendedPID measures an extended PID: eight groups of digits with hyphens and one dot, as in
// 03612-03308-000-000000-00-1033-26100.0000-3102025.
func extendedPID(s string) int {
	shape := []struct {
		least, most int
		after       byte
	}{{5, 5, '-'}, {5, 5, '-'}, {3, 3, '-'}, {6, 6, '-'}, {2, 2, '-'}, {4, 5, '-'}, {4, 5, '.'}, {4, 4, '-'}, {7, 7, 0}}
	n := 0
	for _, g := range shape {
		digits := digitRun(s[n:], g.most+1)
		if digits < g.least || digits > g.most {
			return 0
		}
		n += digits
		if g.after == 0 {
			break
		}
		if n >= len(s) || s[n] != g.after {
			return 0
		}
		n++
	}
	return n
}

// installationID reads an installation ID: 54 or 63 digits in one run, or in nine groups of six or
// seven with a blank or hyphen between them. It gives the digits alone and the length in s.
func installationID(s string) (string, int) {
	var digits strings.Builder
	n := 0
	for n < len(s) && digits.Len() <= 63 {
		run := digitRun(s[n:], 64)
		if run != 54 && run != 63 && run != 6 && run != 7 {
			return "", 0
		}
		digits.WriteString(s[n : n+run])
		n += run
		if digits.Len() == 63 || digits.Len() == 54 && run != 7 {
			if n < len(s) && isDigit(s[n]) {
				return "", 0
			}
			return digits.String(), n
		}
		if n >= len(s) || s[n] != ' ' && s[n] != '-' {
			return "", 0
		}
		n++
	}
	return "", 0
}

func digitRun(s string, most int) int {
	n := 0
	for n < len(s) && n < most && isDigit(s[n]) {
		n++
	}
	return n
}

func (p *Pseudonymizer) readAddress(s string, i int) (int, string) {
	const longest = 45
	if !p.kinds[IP] || i > 1 && s[i-1] == '.' && isASCIIWord(s[i-2]) { // the rest of a version
		return 0, ""
	}
	end := i
	for end < len(s) && end-i <= longest && (isHex(s[end]) || s[end] == '.' || s[end] == ':') {
		end++
	}
	end = i + len(strings.TrimRight(s[i:end], "."))
	if strings.Count(s[i:end], ":") == 1 { // a port, or a colon after it
		end = i + strings.IndexByte(s[i:end], ':')
	}
	if end < len(s) && isASCIIWord(s[end]) || !strings.ContainsAny(s[i:end], "0123456789") {
		return 0, ""
	}
	a, err := netip.ParseAddr(s[i:end])
	if err != nil {
		return 0, ""
	}
	return end, p.address(a, s[i:end])
}

func (p *Pseudonymizer) readMail(s string, i int) (int, string) {
	const longest = 64
	at := i
	for at < len(s) && at-i <= longest && (isASCIIWord(s[at]) || strings.IndexByte(".+-", s[at]) >= 0) {
		at++
	}
	if at == i || at >= len(s) || s[at] != '@' {
		return 0, ""
	}
	end := hostEnd(s, at+1)
	if !isHost(s[at+1 : end]) {
		return 0, ""
	}
	return end, p.Value(User, s[i:end])
}

// userFolder gives the offset behind "Users\" if the path goes on from s[i] like that, else 0.
func userFolder(s string, i int) int {
	for _, folder := range []string{"users", "documents and settings", "home"} {
		end := i + len(folder)
		if end >= len(s) || !strings.EqualFold(s[i:end], folder) || !isSlash(s[end]) || i == 0 || !isSlash(s[i-1]) {
			continue
		}
		for end < len(s) && isSlash(s[end]) {
			end++
		}
		return end
	}
	return 0
}

func (p *Pseudonymizer) readFolder(s string, i int) (from, to int, with string) {
	const longest = 64
	end := i
	for end < len(s) && end-i <= longest && strings.IndexByte("\\/\"'<>|:*?\r\n\t,;)", s[end]) < 0 {
		end++
	}
	if end >= len(s) || !isSlash(s[end]) { // the last part: blanks end it
		if n := strings.IndexByte(s[i:end], ' '); n >= 0 {
			end = i + n
		}
	}
	if user := s[i:end]; end > i && !common[strings.ToLower(user)] && !strings.HasPrefix(user, "%") {
		return i, end, p.Value(User, user)
	}
	return i, max(i, end), ""
}

func isSlash(b byte) bool { return b == '\\' || b == '/' }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isHex(b byte) bool { return isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'f' }

func isASCIIWord(b byte) bool {
	return isDigit(b) || b == '_' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

// inWord reports whether a word goes on at s[i]; a number after a hyphen belongs to it.
func inWord(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	if s[i] == '-' {
		return i+1 < len(s) && isDigit(s[i+1])
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return isWord(r)
}

// startsWord reports whether a word, or an address with a leading colon, begins at s[i].
func startsWord(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	if !isWord(r) && r != ':' {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	return i == 0 || !isWord(before)
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// wordEnd gives the end of the letters, digits and underscores from s[i] on; if there are none,
// the end of the one character there.
func wordEnd(s string, i int) int {
	for n, r := range s[i:] {
		if !isWord(r) {
			if n > 0 {
				return i + n
			}
			_, size := utf8.DecodeRuneInString(s[i:])
			return i + size
		}
	}
	return len(s)
}
