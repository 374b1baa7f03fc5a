package redact

import (
	"strings"
	"unicode/utf8"
)

// labels introduce a name in listings, in the five languages; in one word also as names of XML and
// JSON fields.
var labels = map[string]Kind{
	"user": User, "username": User, "user name": User, "account name": User, "accountname": User, "targetusername": User,
	"subjectusername": User, "logged on user": User, "registered owner": User, "registeredowner": User, "run as user": User,
	"bruker": User, "brukernavn": User, "användare": User, "användarnamn": User, "kontonavn": User, "kontonamn": User,
	"пользователь": User, "имя пользователя": User, "用户": User, "用户名": User,
	"computer": Host, "computername": Host, "computer name": Host, "hostname": Host, "host name": Host, "machine": Host,
	"machinename": Host, "machine name": Host, "workstation": Host, "workstationname": Host, "pscomputername": Host, "csname": Host,
	"datamaskin": Host, "datamaskinnavn": Host, "vertsnavn": Host, "dator": Host, "datornamn": Host, "värdnamn": Host,
	"компьютер": Host, "имя компьютера": Host, "имя узла": Host, "计算机": Host, "计算机名": Host, "主机名": Host,
}

// Study learns the names that labels and shares of a text give away, so that they are known before and
// behind that place, and in other texts.
func (p *Pseudonymizer) Study(s string) {
	if !p.kinds[Host] && !p.kinds[User] {
		return
	}
	for i := 0; i < len(s); {
		if startsWord(s, i) {
			if kind, from, to := p.labelled(s, i); to > from {
				p.Learn(kind, s[from:to])
			} else if end := p.shareEnd(s, i); end > i {
				p.Learn(Host, s[i:end])
			} else if from := userFolder(s, i); from > 0 {
				if _, to, with := p.readFolder(s, from); with != "" {
					p.Learn(User, s[from:to])
				}
			}
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
}

// readLabelled replaces the value behind a label that begins at s[i].
func (p *Pseudonymizer) readLabelled(s string, i int) (from, to int, with string) {
	kind, from, to := p.labelled(s, i)
	if to <= from {
		return i, 0, ""
	}
	return from, to, p.Value(kind, s[from:to])
}

// labelled finds the value behind a label that begins at s[i]; to is 0 if there is none.
func (p *Pseudonymizer) labelled(s string, i int) (kind Kind, from, to int) {
	kind, end := labelAt(s, i)
	if !p.kinds[kind] {
		return kind, i, 0
	}
	at := behindLabel(s, end)
	if at == end {
		return kind, i, 0
	}
	stop := at
	for stop < len(s) && stop-at <= 64 && strings.IndexByte(" \t\r\n\"'<>,;|/()[]{}=:", s[stop]) < 0 {
		stop++
	}
	value := strings.TrimRight(s[at:stop], ".")
	if !isName(kind, value, stop >= len(s) || s[stop] != ' ') {
		return kind, i, 0
	}
	return kind, at, at + len(value)
}

// labelAt finds the longest label that begins at s[i], of at most three words.
func labelAt(s string, i int) (kind Kind, end int) {
	at := i
	for range 3 {
		if at >= len(s) || at-i > 48 {
			break
		}
		at = wordEnd(s, at)
		if k, ok := labels[strings.ToLower(s[i:at])]; ok {
			kind, end = k, at
		}
		if at >= len(s) || s[at] != ' ' {
			break
		}
		at++
	}
	return kind, end
}

// behindLabel skips what stands between a label and its value: ": ", " . . . : ", `":"`, `">`, "=".
// It gives end itself if there is no such thing.
func behindLabel(s string, end int) int {
	const longest = 48
	at, sign := end, false
	for at < len(s) && at-end < longest {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case r == ':' || r == '=' || r == '>' || r == '：':
			sign = true
		case r == ' ' || r == '\t' || r == '"' || r == '\'' || r == '.' && !sign:
		default:
			if !sign {
				return end
			}
			return at
		}
		at += size
	}
	return end
}

// isName tells a name from the prose that may follow a label: "User: the key was refused".
func isName(kind Kind, s string, alone bool) bool {
	lower := strings.ToLower(s)
	if utf8.RuneCountInString(s) < 2 || common[lower] || lower == "n/a" || strings.Trim(s, "-.*x") == "" {
		return false
	}
	if strings.Contains(s, `\`) || alone {
		return true
	}
	return kind == Host && (strings.ContainsAny(s, "-0123456789") || strings.ToUpper(s) == s)
}

// readShare reads the server of a share, \\SERVER\share.
func (p *Pseudonymizer) readShare(s string, i int) (int, string) {
	end := p.shareEnd(s, i)
	if end == i {
		return 0, ""
	}
	return end, p.Value(Host, s[i:end])
}

func (p *Pseudonymizer) shareEnd(s string, i int) int {
	if !p.kinds[Host] || i < 2 || s[i-1] != '\\' || s[i-2] != '\\' {
		return i
	}
	before := i - 2
	for before > 0 && i-before < 4 && s[before-1] == '\\' {
		before--
	}
	if before > 0 && (isASCIIWord(s[before-1]) || strings.IndexByte(":.%)", s[before-1]) >= 0 || s[before-1] >= utf8.RuneSelf) {
		return i // C:\\Windows, as JSON and C write it
	}
	end := hostEnd(s, i)
	if end >= len(s) || s[end] != '\\' || common[strings.ToLower(s[i:end])] {
		return i
	}
	return end
}

// readDefault reads the names that Windows Setup gives to computers: DESKTOP-1A2B3C4, WIN-1A2B3C4D5E6.
func (p *Pseudonymizer) readDefault(s string, i int) (int, string) {
	if !p.kinds[Host] {
		return 0, ""
	}
	for _, prefix := range []string{"desktop-", "laptop-", "win-"} {
		at := i + len(prefix)
		if at > len(s) || !strings.EqualFold(s[i:at], prefix) {
			continue
		}
		end, digits := at, 0
		for end < len(s) && end-at < 12 && isASCIIWord(s[end]) && s[end] != '_' {
			if isDigit(s[end]) {
				digits++
			}
			end++
		}
		if n := end - at; digits > 0 && n >= 6 && n <= 11 && (end == len(s) || !isASCIIWord(s[end]) && s[end] != '.') {
			return end, p.Value(Host, s[i:end])
		}
	}
	return 0, ""
}
