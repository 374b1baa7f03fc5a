package formats

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// need is a set of texts of which a match holds one.
type need []text

type text struct {
	s    string
	fold bool // s is in small letters and stands for any spelling
	rare int  // the byte of s that is seldom seen
}

func (n need) in(s string) bool {
	for i := range n {
		if n[i].in(s) {
			return true
		}
	}
	return false
}

func (t *text) in(s string) bool {
	if !t.fold {
		return strings.Contains(s, t.s)
	}
	c := t.s[t.rare]
	return t.at(s, c) || c >= 'a' && c <= 'z' && t.at(s, c-0x20)
}

// at looks for the text, in any spelling, where its rare byte is c.
func (t *text) at(s string, c byte) bool {
	for from := 0; ; from++ {
		i := strings.IndexByte(s[from:], c)
		if i < 0 {
			return false
		}
		from += i
		if begin := from - t.rare; begin >= 0 && foldedAt(s[begin:], t.s) {
			return true
		}
	}
}

// foldedAt tells that s begins with a text of small ASCII letters, in any spelling.
func foldedAt(s, low string) bool {
	if len(s) < len(low) {
		return false
	}
	for i := 0; i < len(low); i++ {
		if lowerASCII(s[i]) != low[i] {
			return false
		}
	}
	return true
}

// maxNeed bounds the texts that are looked for one by one.
const maxNeed = 8

// exact lists the texts that an expression matches, the empty one among them where it may match nothing; nil
// where they are many or open.
func exact(re *syntax.Regexp) need {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return need{{}}
	case syntax.OpLiteral:
		return exactLiteral(re)
	case syntax.OpCharClass:
		return exactClass(re)
	case syntax.OpCapture:
		return exact(re.Sub[0])
	case syntax.OpQuest:
		return fits(append(exact(re.Sub[0]), text{}), 2)
	case syntax.OpConcat:
		all := need{{}}
		for _, sub := range re.Sub {
			if all = product(all, exact(sub)); all == nil {
				return nil
			}
		}
		return all
	case syntax.OpAlternate:
		var all need
		for _, sub := range re.Sub {
			n := exact(sub)
			if all = fits(append(all, n...), 1); n == nil || all == nil {
				return nil
			}
		}
		return all
	}
	return nil
}

// fits is n where it has at least so many texts and not too many, else nil.
func fits(n need, least int) need {
	if len(n) < least || len(n) > maxNeed {
		return nil
	}
	return n
}

// exactLiteral is the literal. Where its case does not matter, letters beyond ASCII fold in too many ways, and k
// and s also into two signs beyond it.
func exactLiteral(re *syntax.Regexp) need {
	s := string(re.Rune)
	if re.Flags&syntax.FoldCase == 0 {
		return need{{s: s}}
	}
	for _, r := range re.Rune {
		if !foldsPlainly(r) {
			return nil
		}
	}
	return need{{s: strings.ToLower(s), fold: true}}
}

func foldsPlainly(r rune) bool { return r < 0x80 && r|0x20 != 'k' && r|0x20 != 's' }

// exactClass is a class of a few signs, such as [xX].
func exactClass(re *syntax.Regexp) need {
	var out need
	for r := re.Rune; len(r) > 0; r = r[2:] {
		for c := r[0]; c <= r[1]; c++ {
			if len(out) == 4 || c == utf8.RuneError {
				return nil
			}
			out = append(out, text{s: string(c)})
		}
	}
	return out
}

// product is every text of a followed by every text of b.
func product(a, b need) need {
	if len(a)*len(b) > maxNeed {
		return nil
	}
	var out need
	for _, x := range a {
		for _, y := range b {
			t := text{s: x.s + y.s, fold: x.fold || y.fold}
			if t.fold && (!x.fold || !y.fold) { // the one that minds its case is to be found as well
				if strings.ContainsFunc(t.s, func(r rune) bool { return r >= 0x80 }) {
					return nil
				}
				t.s = strings.ToLower(t.s)
			}
			out = append(out, t)
		}
	}
	return out
}

// needsOf lists what every match holds.
func needsOf(re *syntax.Regexp) []need {
	if n := exact(re); n.whole() {
		return []need{n.ready()}
	}
	switch re.Op {
	case syntax.OpLiteral:
		return foldedRuns(re)
	case syntax.OpCapture, syntax.OpPlus:
		return needsOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needsOf(re.Sub[0])
		}
	case syntax.OpConcat:
		return needsOfRow(re.Sub)
	case syntax.OpAlternate:
		var all need
		for _, sub := range re.Sub {
			of := needsOf(sub)
			if len(of) == 0 {
				return nil
			}
			all = append(all, slices.MaxFunc(of, func(a, b need) int { return a.worth() - b.worth() })...)
		}
		if all = fits(all, 1); all != nil {
			return []need{all}
		}
	}
	return nil
}

// needsOfRow lists what the parts in a row need, parts that stand side by side as one text.
func needsOfRow(parts []*syntax.Regexp) []need {
	var out []need
	row := need{{}}
	end := func() {
		if row.whole() {
			out = append(out, row.ready())
		}
		row = need{{}}
	}
	for _, part := range parts {
		n := exact(part)
		if longer := product(row, n); longer != nil {
			row = longer
			continue
		}
		end()
		if n != nil {
			row = n
		} else {
			out = append(out, needsOf(part)...)
		}
	}
	end()
	return out
}

// whole tells that there are texts, and none is empty.
func (n need) whole() bool {
	return len(n) > 0 && !slices.ContainsFunc(n, func(t text) bool { return t.s == "" })
}

// ready notes the rare bytes.
func (n need) ready() need {
	out := slices.Clone(n)
	for i := range out {
		out[i].rare = rarest(out[i].s)
	}
	return out
}

// foldedRuns are the parts of a literal that fold plainly.
func foldedRuns(re *syntax.Regexp) []need {
	var out []need
	for _, run := range strings.FieldsFunc(string(re.Rune), func(r rune) bool { return !foldsPlainly(r) }) {
		out = append(out, need{{s: strings.ToLower(run), fold: true}}.ready())
	}
	return out
}

// usual are the bytes of logs, the usual ones first.
const usual = " etaoinrsldchumpgf0b1yw2v-.:,3/4k5\"6879x()=_jqz[]"

// rarity is a byte's place among them.
func rarity(c byte) int {
	if n := strings.IndexByte(usual, lowerASCII(c)); n >= 0 {
		return n
	}
	return len(usual)
}

func rarest(s string) int {
	at := 0
	for i := range len(s) {
		if rarity(s[i]) > rarity(s[at]) {
			at = i
		}
	}
	return at
}

// worthwhile is the worth of a text that is not in nearly every line.
const worthwhile = 10

// worth is how much is gained by looking for one of the texts.
func (n need) worth() int {
	least := 1 << 10
	for _, t := range n {
		w := 0
		for i := range min(len(t.s), 24) {
			w += 4 + rarity(t.s[i])
		}
		least = min(least, w)
	}
	return least - 4*len(n)
}
