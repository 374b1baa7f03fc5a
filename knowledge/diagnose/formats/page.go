package formats

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of one document. Work is linear in its size; these keep the answer bounded too.
const (
	maxFacts   = 200_000
	maxLine    = 1 << 20
	maxExcerpt = 400
)

// line is one logical line: cleaned, unwrapped, and possibly a part of a longer source line.
type line struct {
	text  string
	num   int    // source line of its first byte
	joins []join // where the text of later source lines begins
	taken bool   // a parser has used it
	fence bool   // a code fence or a rule: nothing continues across it

	stamped bool // a time stood before it: a line of a log
	full    bool // it filled a console's width before anything was taken off
	prompt  bool // a command line

	colon int    // where its first colon stands, if a label may stand before it, else 0
	label string // that label, folded
}

// look notes what every parser asks of a line.
func (l *line) look() {
	l.prompt = prompt(l.text)
	if label, _, ok := cut(l.text); ok {
		l.colon, l.label = strings.IndexByte(l.text, ':'), fold(label)
	}
}

type join struct{ off, num int }

// at is the source line of a byte offset.
func (l *line) at(off int) int {
	n := l.num
	for _, j := range l.joins {
		if off >= j.off {
			n = j.num
		}
	}
	return n
}

func (l *line) blank() bool { return l.text == "" }

// page is a document while it is being parsed.
type page struct {
	doc      *Document
	text     string   // decoded, line ends normalised
	raw      []string // its source lines
	lines    []line
	found    map[Format]bool
	langs    map[string]int
	machines map[string]bool
	senders  map[int]string // the computer that stands before a source line
	serial   map[SubjectKind]int
	context  *context // where the text speaks of activation; built on first use
	commas   map[string]bool
	harmless map[string]bool // codes of event 1003: what the prose around says of them is no error either
	other    *bool           // whether the text is another program's log; built on first use
	fuzzy    int             // edit-distance look-ups left
	whole    []span          // source lines that a window must not part: what stands in the first tells what the others mean
}

func newPage(doc *Document, text string) *page {
	return openPage(doc, sieve(strings.ReplaceAll(text, "\r\r\n", "\n"))) // line ends that were converted twice
}

// openPage cleans what is left after the sieve.
func openPage(doc *Document, text string) *page {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	p := &page{doc: doc, text: text, found: map[Format]bool{}, langs: map[string]int{},
		machines: map[string]bool{}, senders: map[int]string{}, serial: map[SubjectKind]int{}, commas: map[string]bool{}, fuzzy: 4000}
	p.raw = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if text == "" {
		p.raw = nil
	}
	doc.LineCount = len(p.raw)
	p.lines = p.clean()
	return p
}

func (p *page) warn(id, format string, args ...any) {
	w := id + ": " + fmt.Sprintf(format, args...)
	for _, have := range p.doc.Warnings {
		if have == w {
			return
		}
	}
	p.doc.Warnings = append(p.doc.Warnings, w)
}

// block gathers the facts of one subject until its parser knows whether they are worth keeping.
type block struct {
	facts   []Fact
	has     map[Kind]bool
	machine string
	record  int
}

func newBlock() *block { return &block{has: map[Kind]bool{}, facts: make([]Fact, 0, 8)} }

// add records a fact; an empty or masked value is none.
func (b *block) add(k Kind, value, normalized string, num int) {
	value = printable(strings.TrimSpace(value))
	if value == "" {
		return
	}
	b.has[k] = true
	b.facts = append(b.facts, Fact{Kind: k, Value: value, Normalized: printable(normalized), Machine: b.machine,
		Position: Position{Line: num, Record: b.record}})
}

// addValue is add with the kind's own normal form.
func (b *block) addValue(k Kind, value string, num int) {
	value = strings.TrimSpace(value)
	if value == "" || masked(value) {
		return
	}
	b.add(k, value, normal(k, value), num)
}

// addHost records "host", "host:port" as host and port with where the name came from.
func (b *block) addHost(value, source string, num int) bool {
	host, port, ok := splitHostPort(value)
	if !ok && source != "" && (addressForm(value) || partedName(value)) {
		b.add(Statement, value, InvalidHostName, num)
		b.add(KMSHostSource, value, source, num)
		return true
	}
	if !ok {
		return false
	}
	b.add(KMSHost, host, normalHost(host), num)
	if port != "" {
		b.add(KMSPort, port, port, num)
	}
	if source != "" {
		b.add(KMSHostSource, value, source, num)
	}
	return true
}

// addressForm tells what somebody set for a name although it is none: the address of a page or of a share.
func addressForm(v string) bool {
	v = strings.Trim(v, ` "'`)
	return !masked(v) && len(v) < 300 && (strings.HasPrefix(v, `\\`) || strings.HasPrefix(v, "//") || strings.Contains(v, "://"))
}

// partedName tells a name with a blank or a comma in the place of a dot or beside it: "kms contoso.com".
func partedName(v string) bool { return partedRE.MatchString(v) }

var partedRE = compile(`^[A-Za-z0-9-]{1,63}(?: |, ?| \.)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}(?::[0-9]{1,5})?$`)

// addGUID records the GUID in value under one or more kinds.
func (b *block) addGUID(value string, num int, kinds ...Kind) {
	g := findGUID(value)
	for _, k := range kinds {
		if g != "" {
			b.add(k, g, normalGUID(g), num)
		}
	}
}

// addInt records the whole number that value begins with.
func (b *block) addInt(k Kind, value string, num int) {
	if m := leadIntRE.FindString(strings.TrimSpace(value)); m != "" {
		b.add(k, value, m, num)
	}
}

// get is the normal form of the block's last fact of a kind, or "".
func (b *block) get(k Kind) string {
	for i := len(b.facts) - 1; i >= 0; i-- {
		if b.facts[i].Kind == k {
			return b.facts[i].Normalized
		}
	}
	return ""
}

// drop removes the facts that match.
func (b *block) drop(match func(Fact) bool) {
	kept := b.facts[:0]
	for _, f := range b.facts {
		if !match(f) {
			kept = append(kept, f)
		}
	}
	b.facts = kept
}

// next numbers a new subject.
func (p *page) next(k SubjectKind) Subject {
	p.serial[k]++
	return numbered(k, p.serial[k])
}

func numbered(k SubjectKind, n int) Subject {
	name := strings.ToLower(string(k))
	if k == HostSubject {
		name = "host"
	}
	return Subject{ID: name + "-" + strconv.Itoa(n), Kind: k}
}

func machineSubject() Subject { return Subject{ID: "machine", Kind: MachineSubject} }

// commit gives the block's facts to the document under one subject and marks the format, if any, as found.
func (p *page) commit(b *block, s Subject, f Format) {
	if len(b.facts) == 0 {
		return
	}
	if f != "" {
		p.found[f] = true
	}
	if n := len(p.doc.Facts); n+len(b.facts) > cap(p.doc.Facts) {
		p.doc.Facts = slices.Grow(p.doc.Facts, n+len(b.facts)) // twice the room: append grows a long slice by a quarter
	}
	for _, fact := range b.facts {
		if len(p.doc.Facts) >= maxFacts {
			p.warn("facts-truncated", "more than %d facts; the rest is left out", maxFacts)
			return
		}
		fact.Subject = s
		if fact.Excerpt == "" {
			fact.Excerpt = p.excerpt(fact.Position.Line, fact.Value)
		}
		p.doc.Facts = append(p.doc.Facts, fact)
	}
	if b.machine != "" {
		p.machines[b.machine] = true
	}
}

// excerpt is the source line, cut to a window around value where it is long.
func (p *page) excerpt(num int, value string) string {
	if num < 1 || num > len(p.raw) {
		return ""
	}
	s := p.raw[num-1]
	if len(s) > maxExcerpt {
		at := max(strings.Index(s, value)-maxExcerpt/4, 0)
		s = whole(s, at, min(len(s), at+maxExcerpt))
	}
	return printable(strings.TrimSpace(strings.ToValidUTF8(s, "")))
}

// whole cuts a window out of a long line without the words that its ends divide: half a name is known by
// nobody, and so masked by nobody.
func whole(s string, from, to int) string {
	const longest = 80
	ends := func(i int) bool { return strings.IndexByte(" \t,;|<>\"'", s[i]) >= 0 }
	if from > 0 && !ends(from-1) {
		for i := from; i < min(from+longest, to); i++ {
			if ends(i) {
				from = i
				break
			}
		}
	}
	if to < len(s) && !ends(to) {
		for i := to - 1; i > max(to-longest, from); i-- {
			if ends(i) {
				to = i
				break
			}
		}
	}
	return s[from:to]
}

// printable drops control, direction and invisible characters: evidence is shown to people.
func printable(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7F {
			return strings.Map(func(r rune) rune {
				switch {
				case r == '\t' || r == 0xA0:
					return ' '
				case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
					return -1
				}
				return r
			}, s)
		}
	}
	return s
}

// saw counts a label of a language.
func (p *page) saw(lang string) {
	if lang != "" {
		p.langs[lang]++
	}
}
