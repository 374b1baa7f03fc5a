package formats

import (
	"strconv"
	"strings"
	"time"
)

// Many outputs arrive through a program that puts something before each line: a time, a number, the file's
// name, the name of a stream. A prefix is taken off where at least prefixRun lines in a row carry one of the
// same kind; a single line that looks so may be anything.
const prefixRun = 3

// prefixKind is one way to begin lines.
type prefixKind struct {
	re    *pattern
	count bool // group 1 is a number that grows by one from line to line
	stamp bool // a time: the line is one of a log
	rise  bool // group 1 is a number that grows
	same  bool // the prefix, numbers aside, is the same on every line
	// group 1 is who says it, as chats put before each line; where it is a person's name, one line alone is enough
	speaker bool
	sender  bool // group 1 is the computer that the line is of, as scripts print it that go round many
	begin   func(byte) bool
}

func beginsStamp(c byte) bool { return isDigit(c) || c == '[' || c == '(' || c == '<' }

func beginsPath(c byte) bool { return c > ' ' && !isDigit(c) }

func beginsName(c byte) bool { return c == '[' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

const (
	filePattern  = `^\s{0,8}(?:[A-Za-z]:)?[^\s:*?"<>|]{1,200}\.(?:txt|log|out|md|csv)[:-]`
	clockPattern = `[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,7})?(?:\s?[AaPp][Mm])?(?:Z|[+-][0-9]{2}:?[0-9]{2})?`
	datePattern  = `(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})`
	stampPattern = `^\s{0,4}[\[(<]?(?:` + datePattern + `[T ,]{1,2})?` + clockPattern + `[\])>]?`
	stampEnd     = `(?:\s?[-:|>]{1,2})?(?: |\t|$)`
	chatPattern  = `^\s{0,8}(?:\[[0-9:., /\-]{4,22}(?: ?[AaPp][Mm])?\]|[0-9./-]{6,10},? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])? -) ([^\s:\[\]][^:\[\]]{0,39}):(?: |$)`
	levelPattern = `\s?[\[(]?(?i:info|information|debug|trace|verbose|warn|warning|error|notice|stdout|stderr|out|output)[\])]?:?`
	namePattern  = `[A-Za-z][A-Za-z0-9-]{2,14}(?:\.[A-Za-z0-9.-]{1,100})?`
)

var prefixKinds = []prefixKind{
	{re: compile(chatPattern), same: true, speaker: true, begin: beginsStamp},
	{re: compile(stampPattern + levelPattern + stampEnd), stamp: true, begin: beginsStamp},
	{re: compile(stampPattern + stampEnd), stamp: true, begin: beginsStamp},
	{re: compile(`^\s{0,8}[\[(]?([0-9]{1,6})(?:[:|.)\]]+ ?| [|:] ?|\t| {1,4}|$)`), count: true, begin: func(c byte) bool { return isDigit(c) || c == '[' || c == '(' }},
	{re: compile(filePattern + `([0-9]{1,7})[:-]`), same: true, rise: true, begin: beginsPath},
	{re: compile(filePattern), same: true, begin: beginsPath},
	{re: compile(`^\s{0,8}(?:VERBOSE|DEBUG|INFO|OUTPUT|STDOUT|OUT): ?`), same: true, begin: func(c byte) bool { return c >= 'D' && c <= 'V' }},
	{re: compile(`^\s{0,8}\[(?i:info|debug|verbose|stdout|out|output)\]:? ?`), same: true, begin: func(c byte) bool { return c == '[' }},
	{re: compile(`^\s{0,8}(?:\[(` + namePattern + `)\]:?|(` + namePattern + `)(?::| \|))(?: |$)`), sender: true, begin: beginsName},
}

var stampParts = compile(`^\s{0,4}[\[(<]?(?:([0-9]{1,4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,4})[T ,]{1,2})?([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,][0-9]{1,7})?\s?([AaPp]?)`)

// stamp is the time that stands before logical line i or one close above it, zero where none does. Its zone is
// not known, and the year 0 is one that is not told: it is there to be compared with others of its document.
func (p *page) stamp(i int) time.Time {
	const above = 8
	for j := i; j >= 0 && j > i-above; j-- {
		num := p.lines[j].num
		if num < 1 || num > len(p.raw) {
			continue
		}
		m := stampParts.FindStringSubmatch(head(p.raw[num-1]))
		if m == nil {
			continue
		}
		var n [7]int
		for k := 1; k < len(n); k++ {
			n[k], _ = strconv.Atoi(m[k])
		}
		year, month, day := n[1], n[2], n[3]
		if day > 31 {
			year, day = day, year
		}
		if month > 12 {
			month, day = day, month
		}
		if hour := n[4] % 12; strings.EqualFold(m[7], "p") {
			n[4] = hour + 12
		} else if m[7] != "" {
			n[4] = hour
		}
		return time.Date(year, time.Month(month), day, n[4], n[5], n[6], 0, time.UTC)
	}
	return time.Time{}
}

// personRE is a name and surname, or the other way round.
var personRE = compile(`^\p{Lu}[\p{L}.'-]{1,30}(?:,? \p{Lu}[\p{L}.'-]{0,30}){1,3}$`)

// offPrefixes takes such prefixes off, and what stood behind them as quotation and markup, and reports whether
// there were any.
func (p *page) offPrefixes(lines []line) bool {
	any := false
	for i := 0; i < len(lines); {
		kind, end := prefixedRun(lines, i)
		if kind == nil {
			i++
			continue
		}
		any = true
		for ; i < end; i++ {
			l := &lines[i]
			if l.text == "" {
				continue
			}
			m := kind.re.FindStringSubmatch(head(l.text))
			if kind.sender {
				p.senders[l.num] = normalHost(m[1] + m[2])
			}
			s := l.text[len(m[0]):]
			l.full = len(s) < maxJoined && consoleWidth(width(s))
			l.text, l.stamped = mend(unmark(s)), l.stamped || kind.stamp
		}
	}
	return any
}

// head is as much of a line as a prefix can fill.
func head(s string) string { return s[:min(len(s), 260)] }

// prefixedRun finds the kind of prefix that line i and enough lines after it carry, and where the run ends.
func prefixedRun(lines []line, i int) (*prefixKind, int) {
	t := strings.TrimLeft(head(lines[i].text), " \t")
	if t == "" {
		return nil, i
	}
	for k := range prefixKinds {
		kind := &prefixKinds[k]
		if !kind.begin(t[0]) || kind.sender && !setOff(t) {
			continue
		}
		end, n := kind.run(lines, i)
		if n >= prefixRun || n > 1 && i == 0 && end == len(lines) || n > 0 && kind.speaker && personRE.MatchString(kind.re.FindStringSubmatch(head(lines[i].text))[1]) {
			return kind, end
		}
	}
	return nil, i
}

// run is the end of the lines from i on that carry the prefix, and how many these are: a blank line between them
// may have lost its own.
func (k *prefixKind) run(lines []line, i int) (end, carry int) {
	first := k.re.FindStringSubmatch(head(lines[i].text))
	if first == nil || k.speaker && (knownLabel(fold(first[1])) || resultErrRE.MatchString(first[1]+":")) {
		return i, 0
	}
	n, shape := 0, strings.TrimSpace(withoutDigits(first[0]))
	for j := i; j < len(lines); j++ {
		if lines[j].text == "" && !k.count {
			continue
		}
		m := k.re.FindStringSubmatch(head(lines[j].text))
		if m == nil || k.sender && !isSender(m[1], m[2]) || k.same && strings.TrimSpace(withoutDigits(m[0])) != shape {
			break
		}
		if k.rise || k.count {
			v, _ := strconv.Atoi(m[1])
			if j > i && (v <= n || k.count && v > n+1) || k.count && rowRE.MatchString(lines[j].text[len(m[0]):]) {
				break
			}
			n = v
		}
		end, carry = j+1, carry+1
	}
	return end, carry
}

// setOff tells that the first word of a line may be a name that the rest is set off from: most begin otherwise.
func setOff(t string) bool {
	word, rest, _ := strings.Cut(t, " ")
	return strings.HasSuffix(word, ":") || strings.HasSuffix(word, "]") || strings.HasPrefix(rest, "|")
}

// isSender tells a word that a computer may have for a name. In brackets, where logs put other words too, capitals
// with a hyphen will do; before a colon it must have a figure.
func isSender(bracketed, plain string) bool {
	short, _, _ := strings.Cut(bracketed+plain, ".")
	low := strings.ToLower(short)
	return looksNamed(low) || bracketed != "" && strings.Contains(short, "-") && short == strings.ToUpper(short) && !numberedRE.MatchString(low)
}

// rowRE is what follows a number that belongs to its line: the rows of event 1003.
var rowRE = compile(`^[\s\x{A0}]*` + guidPattern + `,`)

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}
