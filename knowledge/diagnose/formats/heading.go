package formats

import (
	"slices"
	"strings"
	"unicode"
)

// parseHeadings names the machines of outputs that say it only in the prose around them: where headings part a text
// by computer ("=== PC-01 ==="), and where the line above the output of a KMS host names one that the text knows.
func parseHeadings(p *page) {
	if len(p.doc.Facts) == 0 || BundleMachine(p.doc.Filename) != "" {
		return
	}
	known := p.knownHosts()
	p.nameSections(known)
	p.nameHosts(known)
}

// knownHosts are the computers that outputs name, by their full and their short names.
func (p *page) knownHosts() map[string]string {
	known := map[string]string{}
	note := func(name string) {
		if name == "" || name == None || ipRE.MatchString(name) {
			return
		}
		short, _, dotted := strings.Cut(name, ".")
		known[name] = name
		if have := known[short]; dotted && (have == "" || have == short) {
			known[short] = name
		}
	}
	for i := range p.doc.Facts {
		switch f := &p.doc.Facts[i]; f.Kind {
		case KMSHost, SRVHost, Computer:
			note(f.Normalized)
		}
	}
	for m := range p.machines {
		note(m)
	}
	return known
}

// named is the one computer that a line of prose names, "" where it names none or several. Where no known one
// stands there, guess takes a word that looks like a name.
func named(line string, known map[string]string, guess func(word string) bool) string {
	if len(line) > 300 {
		return ""
	}
	var sure, likely []string
	for _, w := range strings.FieldsFunc(line, func(r rune) bool {
		return r != '-' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		w = normalHost(strings.Trim(w, ".-"))
		if host := known[w]; host != "" && len(w) > 2 {
			if !slices.Contains(sure, host) {
				sure = append(sure, host)
			}
		} else if guess != nil && guess(w) && !slices.Contains(likely, w) {
			likely = append(likely, w)
		}
	}
	switch {
	case len(sure) == 1:
		return sure[0]
	case len(sure) == 0 && len(likely) == 1:
		return likely[0]
	}
	return ""
}

var (
	headingRE  = compile(`^(?:(={2,}|-{2,}|#{1,6}|\*{2,}|~{2,}|>{2,}) +(\S.{0,120}?)(?: +[-=#*~<]{2,})?|(\[)([A-Za-z0-9.-]{3,63})\]):?$`)
	computerRE = compile(`^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$`)
	numberedRE = compile(`^(?:0x|kb|inc|req|ritm|chg|case|ticket|task|win|windows|office|server|step|steg|part|del|test|event|log|logg|day|run|attempt|try|sample|example|page|section|fig|v|version|id|id-|port|tcp|ipv|utf|fors.k|line)-?[0-9a-f]*$`)
)

// looksNamed tells a word that is built as computers' names are: a letter first, a figure somewhere, and no number
// of a step, a ticket or a product.
func looksNamed(w string) bool {
	return len(w) >= 4 && len(w) <= 15 && strings.ContainsAny(w, "0123456789") && computerRE.MatchString(w) && !numberedRE.MatchString(w)
}

// section is what stands between two headings.
type section struct {
	first   int // source line of the heading
	machine string
}

// nameSections gives the facts under headings of one kind the machines that those name, if they name two at least.
func (p *page) nameSections(known map[string]string) {
	byKind, machines := map[string][]section{}, map[string]map[string]bool{}
	for i, s := range p.raw {
		s = strings.TrimSpace(s)
		if len(s) < 4 || len(s) > 200 {
			continue
		}
		m := headingRE.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		kind := m[1] + m[3]
		host := named(m[2]+m[4], known, looksNamed)
		byKind[kind] = append(byKind[kind], section{i + 1, host})
		if machines[kind] == nil {
			machines[kind] = map[string]bool{}
		}
		machines[kind][host] = host != ""
	}
	for kind, sections := range byKind {
		if delete(machines[kind], ""); len(machines[kind]) > 1 {
			p.nameFacts(sections)
		}
	}
}

func (p *page) nameFacts(sections []section) {
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		at, _ := slices.BinarySearchFunc(sections, f.Position.Line, func(s section, line int) int { return s.first - line })
		if f.Machine == "" && at > 0 && sections[at-1].machine != "" {
			f.Machine = sections[at-1].machine
			p.machines[f.Machine] = true
		}
	}
}

// aboveHost is how many lines above the output of a KMS host may name it.
const aboveHost = 3

// nameHosts looks above each output of a KMS host that names no machine. Only of such an output it is known
// that a KMS host named there is the one that printed it: above a client's, it is the one that was asked.
func (p *page) nameHosts(known map[string]string) {
	first, stated := map[string]int{}, map[int]bool{}
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		stated[f.Position.Line] = f.Kind != ServiceVersion // which slmgr.vbs prints above the first block
		if of := hostBlock(f); of != "" && f.Machine == "" {
			if at, ok := first[of]; !ok || f.Position.Line < at {
				first[of] = f.Position.Line
			}
		}
	}
	isHost := map[string]bool{}
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		if f.Subject.Kind == HostSubject || f.Kind == Channel && strings.HasPrefix(f.Normalized, "VOLUME_KMS") && f.Normalized != "VOLUME_KMSCLIENT" {
			isHost[hostBlock(f)] = true
		}
	}
	names := map[string]string{}
	for of, line := range first {
		if isHost[of] {
			names[of] = p.namedAbove(line, known, stated)
		}
	}
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		if host := names[hostBlock(f)]; host != "" && f.Machine == "" {
			f.Machine = host
		}
	}
}

// hostBlock is the number of the licence that a fact is of, "" for facts of other subjects.
func hostBlock(f *Fact) string {
	if f.Subject.Kind != HostSubject && f.Subject.Kind != LicenseSubject {
		return ""
	}
	_, n, _ := strings.Cut(f.Subject.ID, "-")
	return n
}

func (p *page) namedAbove(line int, known map[string]string, stated map[int]bool) string {
	for n, left := line-1, aboveHost; n > 0 && left > 0 && !stated[n]; n-- {
		s := strings.TrimSpace(p.raw[n-1])
		if s == "" || ruled(s) {
			continue
		}
		if left--; prompt(s) && !strings.Contains(strings.ToLower(s), "slmgr") {
			continue // a command that asks another computer
		}
		if host := named(s, known, nil); host != "" {
			return host
		}
	}
	return ""
}
