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
	begin   func(byte) bool
}

func beginsStamp(c byte) bool { return isDigit(c) || c == '[' || c == '(' || c == '<' }

func beginsPath(c byte) bool { return c > ' ' && !isDigit(c) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

const (
	filePattern  = `^\s{0,8}(?:[A-Za-z]:)?[^\s:*?"<>|]{1,200}\.(?:txt|log|out|md|csv)[:-]`
	clockPattern = `[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,7})?(?:\s?[AaPp][Mm])?(?:Z|[+-][0-9]{2}:?[0-9]{2})?`
	datePattern  = `(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})`
	stampPattern = `^\s{0,4}[\[(<]?(?:` + datePattern + `[T ,]{1,2})?` + clockPattern + `[\])>]?`
	stampEnd     = `(?:\s?[-:|>]{1,2})?(?: |\t|$)`
	chatPattern  = `^\s{0,8}(?:\[[0-9:., /\-]{4,22}(?: ?[AaPp][Mm])?\]|[0-9./-]{6,10},? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])? -) ([^\s:\[\]][^:\[\]]{0,39}):(?: |$)`
	levelPattern = `\s?[\[(]?(?i:info|information|debug|trace|verbose|warn|warning|error|notice|stdout|stderr|out|output)[\])]?:?`
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
func offPrefixes(lines []line) bool {
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
			s := l.text[len(kind.re.FindString(head(l.text))):]
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
		if !kind.begin(t[0]) {
			continue
		}
		if end := kind.run(lines, i); end-i >= prefixRun || end-i > 1 && i == 0 && end == len(lines) || end > i && kind.speaker && personRE.MatchString(kind.re.FindStringSubmatch(head(lines[i].text))[1]) {
			return kind, end
		}
	}
	return nil, i
}

// run is the end of the lines from i on that carry the prefix.
func (k *prefixKind) run(lines []line, i int) int {
	first := k.re.FindStringSubmatch(head(lines[i].text))
	if first == nil {
		return i
	}
	if k.speaker && (knownLabel(fold(first[1])) || resultErrRE.MatchString(first[1]+":")) {
		return i
	}
	n, shape := 0, strings.TrimSpace(withoutDigits(first[0]))
	for j := i; j < len(lines); j++ {
		m := k.re.FindStringSubmatch(head(lines[j].text))
		if m == nil {
			return j
		}
		if k.rise {
			v, _ := strconv.Atoi(m[1])
			if j > i && v <= n {
				return j
			}
			n = v
		}
		switch {
		case k.count:
			v, _ := strconv.Atoi(m[1])
			if j > i && v != n+1 || rowRE.MatchString(lines[j].text[len(m[0]):]) {
				return j
			}
			n = v
		case k.same && strings.TrimSpace(withoutDigits(m[0])) != shape:
			return j
		}
	}
	return len(lines)
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
