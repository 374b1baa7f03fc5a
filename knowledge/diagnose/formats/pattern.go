package formats

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// pattern is a regular expression that looks before it matches. What every match must begin with or hold is
// taken from the expression itself; most lines lack it, which costs a look at a byte or two instead of a try at
// every place. The answers are those of the expression.
type pattern struct {
	*regexp.Regexp
	anchored bool
	blanks   bool      // the expression begins with optional blanks, which are not in first
	empty    bool      // may match without a byte
	first    [256]bool // of an anchored expression: the bytes that a match may begin with
	needs    []need    // every match holds one text of each
}

func compile(expr string) *pattern {
	p := &pattern{Regexp: regexp.MustCompile(expr)}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return p // it has just been parsed
	}
	p.needs = needsOf(tree)
	slices.SortStableFunc(p.needs, func(a, b need) int { return b.worth() - a.worth() })
	p.needs = p.needs[:min(len(p.needs), 2)] // more are seldom missing where these are not
	p.needs = slices.DeleteFunc(p.needs, func(n need) bool { return n.worth() < worthwhile })
	if rest, ok := afterBegin(tree); ok {
		p.anchored = true
		if len(rest) > 0 && optionalBlanks(rest[0]) {
			p.blanks, rest = true, rest[1:]
		}
		p.empty = firstOf(&p.first, rest)
	}
	return p
}

// may reports whether s can hold a match.
func (p *pattern) may(s string) bool {
	if p.anchored && !p.empty {
		i := 0
		for p.blanks && i < len(s) && isBlank(s[i]) && !p.first[s[i]] {
			i++
		}
		if i == len(s) || !p.first[s[i]] {
			return false
		}
	}
	for i := range p.needs {
		if !p.needs[i].in(s) {
			return false
		}
	}
	return true
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// MatchString and the methods below are those of the expression.
func (p *pattern) MatchString(s string) bool { return p.may(s) && p.Regexp.MatchString(s) }

func (p *pattern) FindString(s string) string {
	if !p.may(s) {
		return ""
	}
	return p.Regexp.FindString(s)
}

func (p *pattern) FindStringIndex(s string) []int {
	if !p.may(s) {
		return nil
	}
	return p.Regexp.FindStringIndex(s)
}

func (p *pattern) FindStringSubmatch(s string) []string {
	if !p.may(s) {
		return nil
	}
	return p.Regexp.FindStringSubmatch(s)
}

func (p *pattern) FindStringSubmatchIndex(s string) []int {
	if !p.may(s) {
		return nil
	}
	return p.Regexp.FindStringSubmatchIndex(s)
}

func (p *pattern) FindAllStringIndex(s string, n int) [][]int {
	if !p.may(s) {
		return nil
	}
	return p.Regexp.FindAllStringIndex(s, n)
}

func (p *pattern) FindAllStringSubmatch(s string, n int) [][]string {
	if !p.may(s) {
		return nil
	}
	return p.Regexp.FindAllStringSubmatch(s, n)
}

func (p *pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if !p.may(s) {
		return nil
	}
	return p.Regexp.FindAllStringSubmatchIndex(s, n)
}

func (p *pattern) ReplaceAllString(s, with string) string {
	if !p.may(s) {
		return s
	}
	return p.Regexp.ReplaceAllString(s, with)
}

func (p *pattern) ReplaceAllStringFunc(s string, with func(string) string) string {
	if !p.may(s) {
		return s
	}
	return p.Regexp.ReplaceAllStringFunc(s, with)
}

// afterBegin is what follows the ^ that an expression begins with.
func afterBegin(re *syntax.Regexp) ([]*syntax.Regexp, bool) {
	if re.Op == syntax.OpConcat && re.Sub[0].Op == syntax.OpBeginText {
		return re.Sub[1:], true
	}
	return nil, false
}

// optionalBlanks tells [ \t]*, \s{0,8} and the like.
func optionalBlanks(re *syntax.Regexp) bool {
	if re.Op != syntax.OpStar && !(re.Op == syntax.OpRepeat && re.Min == 0) || re.Sub[0].Op != syntax.OpCharClass {
		return false
	}
	for r := re.Sub[0].Rune; len(r) > 0; r = r[2:] {
		for c := r[0]; c <= r[1]; c++ {
			if c > 0x7F || !isBlank(byte(c)) {
				return false
			}
		}
	}
	return true
}

// firstOf adds the bytes that a match of the parts in a row may begin with, and reports whether it may be empty.
func firstOf(set *[256]bool, parts []*syntax.Regexp) bool {
	for _, part := range parts {
		if !firstByte(set, part) {
			return false
		}
	}
	return true
}

func firstByte(set *[256]bool, re *syntax.Regexp) (empty bool) {
	switch re.Op {
	case syntax.OpLiteral:
		addFirst(set, re.Rune[0], re.Flags&syntax.FoldCase != 0)
		return false
	case syntax.OpCharClass:
		for r := re.Rune; len(r) > 0; r = r[2:] {
			for c := r[0]; c <= min(r[1], 0x7F); c++ {
				set[c] = true
			}
			if r[1] > 0x7F {
				addHigh(set, max(r[0], 0x80), r[1])
			}
		}
		return false
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		for c := range 0x80 {
			set[c] = true
		}
		addHigh(set, 0x80, unicode.MaxRune)
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return firstByte(set, re.Sub[0])
	case syntax.OpStar, syntax.OpQuest:
		firstByte(set, re.Sub[0])
	case syntax.OpRepeat:
		return firstByte(set, re.Sub[0]) || re.Min == 0
	case syntax.OpConcat:
		return firstOf(set, re.Sub)
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			empty = firstByte(set, sub) || empty
		}
		return empty
	}
	return true // an assertion, or nothing
}

func addFirst(set *[256]bool, r rune, fold bool) {
	var b [utf8.UTFMax]byte
	utf8.EncodeRune(b[:], r)
	set[b[0]] = true
	for next := unicode.SimpleFold(r); fold && next != r; next = unicode.SimpleFold(next) {
		utf8.EncodeRune(b[:], next)
		set[b[0]] = true
	}
}

// addHigh adds the first bytes of the signs from one to another. A byte that is no UTF-8 reads as U+FFFD.
func addHigh(set *[256]bool, from, to rune) {
	var a, b [utf8.UTFMax]byte
	utf8.EncodeRune(a[:], from)
	utf8.EncodeRune(b[:], to)
	all := from <= utf8.RuneError && to >= utf8.RuneError
	for c := 0x80; c < 256; c++ {
		set[c] = set[c] || all || byte(c) >= a[0] && byte(c) <= b[0]
	}
}
