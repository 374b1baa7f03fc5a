package formats

import (
	"strconv"
	"strings"
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
	same  bool // the prefix, numbers aside, is the same on every line
	begin func(byte) bool
}

func beginsStamp(c byte) bool { return isDigit(c) || c == '[' || c == '(' || c == '<' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

const (
	clockPattern = `[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,7})?(?:\s?[AaPp][Mm])?(?:Z|[+-][0-9]{2}:?[0-9]{2})?`
	datePattern  = `(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})`
	stampPattern = `^\s{0,4}[\[(<]?(?:` + datePattern + `[T ,]{1,2})?` + clockPattern + `[\])>]?`
	stampEnd     = `(?:\s?[-:|>]{1,2})?(?: |\t|$)`
	levelPattern = `\s?[\[(]?(?i:info|information|debug|trace|verbose|warn|warning|error|notice|stdout|stderr|out|output)[\])]?:?`
)

var prefixKinds = []prefixKind{
	{re: compile(stampPattern + levelPattern + stampEnd), stamp: true, begin: beginsStamp},
	{re: compile(stampPattern + stampEnd), stamp: true, begin: beginsStamp},
	{re: compile(`^\s{0,8}[\[(]?([0-9]{1,6})(?:[:|.)\]]+ ?| [|:] ?|\t| {1,4}|$)`), count: true, begin: func(c byte) bool { return isDigit(c) || c == '[' || c == '(' }},
	{re: compile(`^(?:[A-Za-z]:)?[^\s:*?"<>|]{1,200}\.(?:txt|log|out|md|csv)[:-](?:[0-9]{1,7}[:-])?`), same: true,
		begin: func(c byte) bool { return c > ' ' && !isDigit(c) }},
	{re: compile(`^(?:VERBOSE|DEBUG|INFO|OUTPUT|STDOUT|OUT): ?`), same: true, begin: func(c byte) bool { return c >= 'D' && c <= 'V' }},
	{re: compile(`^\[(?i:info|debug|verbose|stdout|out|output)\]:? ?`), same: true, begin: func(c byte) bool { return c == '[' }},
}

// offPrefixes returns the source lines without such prefixes, and which of them carried a time. Where there
// are none, the slice is the one given.
func offPrefixes(raw []string) (lines []string, stamped []bool) {
	lines = raw
	for i := 0; i < len(raw); {
		kind, end := prefixedRun(raw, i)
		if kind == nil {
			i++
			continue
		}
		if stamped == nil {
			lines, stamped = append([]string(nil), raw...), make([]bool, len(raw))
		}
		for ; i < end; i++ {
			lines[i] = raw[i][len(kind.re.FindString(head(raw[i]))):]
			stamped[i] = kind.stamp
		}
	}
	return lines, stamped
}

// head is as much of a line as a prefix can fill.
func head(s string) string { return s[:min(len(s), 260)] }

// prefixedRun finds the kind of prefix that line i and enough lines after it carry, and where the run ends.
func prefixedRun(raw []string, i int) (*prefixKind, int) {
	t := strings.TrimLeft(head(raw[i]), " \t")
	if t == "" {
		return nil, i
	}
	for k := range prefixKinds {
		kind := &prefixKinds[k]
		if !kind.begin(t[0]) {
			continue
		}
		if end := kind.run(raw, i); end-i >= prefixRun || end-i > 1 && i == 0 && end == len(raw) {
			return kind, end
		}
	}
	return nil, i
}

// run is the end of the lines from i on that carry the prefix.
func (k *prefixKind) run(raw []string, i int) int {
	first := k.re.FindStringSubmatch(head(raw[i]))
	if first == nil {
		return i
	}
	n, shape := 0, withoutDigits(first[0])
	for j := i; j < len(raw); j++ {
		m := k.re.FindStringSubmatch(head(raw[j]))
		if m == nil {
			return j
		}
		switch {
		case k.count:
			v, _ := strconv.Atoi(m[1])
			if j > i && v != n+1 || rowRE.MatchString(raw[j][len(m[0]):]) {
				return j
			}
			n = v
		case k.same && withoutDigits(m[0]) != shape:
			return j
		}
	}
	return len(raw)
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
