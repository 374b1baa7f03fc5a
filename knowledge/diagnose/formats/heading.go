package formats

import (
	"cmp"
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
	p.nameSent()
	known := p.knownHosts()
	p.nameSections(known)
	p.nameSiblings()
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
		return r != '-' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) || unicode.Is(unicode.Han, r)
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
	headingRE  = compile(`^(?:(={2,}|-{2,}|#{1,6}|\*{2,}|~{2,}|>{2,}) +(\S.{0,120}?)(?: +[-=#*~<]{2,})?|(\[)([A-Za-z0-9.-]{3,63})\]|(【)([^【】]{2,120})】):?$`)
	figuresRE  = compile(`[0-9]+`)
	computerRE = compile(`^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$`)
	numberedRE = compile(`^(?:0x|kb|inc|req|ritm|chg|case|ticket|task|win|windows|office|server|step|steg|part|del|test|event|log|logg|day|run|attempt|try|sample|example|page|section|fig|v|version|id|id-|port|tcp|ipv|utf|fors.k|line)-?[0-9a-f]*$`)
)

// looksNamed tells a word that is built as computers' names are: a letter first, a figure somewhere, and no number
// of a step, a ticket or a product.
func looksNamed(w string) bool {
	return len(w) >= 4 && len(w) <= 15 && strings.ContainsAny(w, "0123456789") && computerRE.MatchString(w) && !numberedRE.MatchString(w)
}

// nameSent gives the facts of lines that say whose they are the machines that those name.
func (p *page) nameSent() {
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		if machine := p.senders[f.Position.Line]; machine != "" && f.Machine == "" {
			f.Machine = machine
			p.machines[machine] = true
		}
	}
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
		kind := m[1] + m[3] + m[5]
		host := named(m[2]+m[4]+m[6], known, looksNamed)
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

// nameSiblings parts a text about one computer where prose announces the outputs of another, whose name differs in
// figures alone: "And PC-018:". What stands above is of the first one, if an output has named it by then.
func (p *page) nameSiblings() {
	if len(p.machines) != 1 {
		return
	}
	first := p.onlyMachine()
	short, _, _ := strings.Cut(first, ".")
	if !looksNamed(short) {
		return
	}
	sibling := func(word string) bool {
		word, _, _ = strings.Cut(word, ".")
		return figuresRE.ReplaceAllString(word, "0") == figuresRE.ReplaceAllString(short, "0")
	}
	asked, told := p.firstLines(first)
	var sections []section
	others := false
	for i, s := range p.raw {
		s = strings.TrimSpace(s)
		if len(s) < 5 || len(s) > 200 || !strings.HasSuffix(s, ":") && !strings.HasSuffix(s, "：") || prompt(s) {
			continue
		}
		if host := named(s, nil, sibling); host != "" && !asked[host] {
			sections = append(sections, section{i + 1, host})
			others = others || host != first
		}
	}
	if !others {
		return
	}
	if told < sections[0].first {
		sections = slices.Insert(sections, 0, section{0, first})
	}
	p.nameFacts(sections)
}

// firstLines tells which computers are asked in the text, by their short names, and where one itself is named first.
func (p *page) firstLines(machine string) (asked map[string]bool, told int) {
	asked, told = map[string]bool{}, len(p.raw)
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		switch {
		case f.Kind == KMSHost || f.Kind == SRVHost:
			short, _, _ := strings.Cut(f.Normalized, ".")
			asked[short], asked[f.Normalized] = true, true
		case f.Machine == machine, f.Kind == Computer && f.Normalized == machine:
			told = min(told, f.Position.Line)
		}
	}
	return asked, told
}

// aboveHost is how many lines above the output of a KMS host may name it.
const aboveHost = 3

// nameHosts looks above each output of a KMS host that names no machine. Only of such an output it is known
// that a KMS host named there is the one that printed it: above a client's, it is the one that was asked.
func (p *page) nameHosts(known map[string]string) {
	first, stated, isHost := map[string]int{}, map[int]bool{}, p.hostBlocks()
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		stated[f.Position.Line] = f.Kind != ServiceVersion // which slmgr.vbs prints above the first block
		if of := hostBlock(f); of != "" && f.Machine == "" {
			if at, ok := first[of]; !ok || f.Position.Line < at {
				first[of] = f.Position.Line
			}
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

// hostBlocks are the numbers of the licences that KMS hosts printed.
func (p *page) hostBlocks() map[string]bool {
	blocks := map[string]bool{}
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		if f.Subject.Kind == HostSubject || f.Kind == Channel && strings.HasPrefix(f.Normalized, "VOLUME_KMS") && f.Normalized != "VOLUME_KMSCLIENT" {
			blocks[hostBlock(f)] = true
		}
	}
	return blocks
}

// hostsOfOthers are the outputs of KMS hosts that name no machine, where the only one that the document names has
// sent its requests to another: they are not its own.
func (p *page) hostsOfOthers(machine string) map[string]bool {
	sent, client := map[string]bool{}, false
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		switch {
		case machine == "" || f.Subject.Kind != EventSubject || f.Machine != machine:
		case f.Kind == EventID && f.Normalized == "12288":
			sent[f.Subject.ID] = true
		case f.Kind == KMSHost && sent[f.Subject.ID] && f.Normalized != machine && f.Normalized != None:
			client = true
		}
	}
	if !client {
		return nil
	}
	blocks := p.hostBlocks()
	for i := range p.doc.Facts {
		if f := &p.doc.Facts[i]; f.Machine != "" {
			delete(blocks, hostBlock(f))
		}
	}
	return blocks
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
		last := s[strings.LastIndex(s, ". ")+1:] // the sentence that leads to the output
		if host := cmp.Or(named(s, known, nil), named(last, known, nil)); host != "" {
			return host
		}
	}
	return ""
}
