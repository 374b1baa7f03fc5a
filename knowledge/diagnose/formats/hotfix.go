package formats

import (
	"strings"
)

// parseHotfix reads lists of installed updates: Get-HotFix, wmic qfe, and the numbered lines of systeminfo.
// The API has no format of its own for them: a document with nothing else is FREE_TEXT.
func parseHotfix(p *page) {
	h := hotfix{p: p, lists: map[string]*block{}}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || len(l.text) > 600 {
			continue
		}
		if h.read(l) {
			l.taken = true
		}
	}
	h.commit()
}

var (
	updateRE     = compile(`(?i)\bKB([0-9]{6,8})\b`)
	numberedKBRE = compile(`(?i)^\[[0-9]{1,4}\]\s*:\s*KB[0-9]{6,8}$`)
	namedKBRE    = compile(`(?i)^HotFixI[dD]\s*[:=]\s*KB[0-9]{6,8}$`)
	headerKBRE   = compile(`(?i)(?:^|[\s,])HotFixID(?:$|[\s,])`)
	sourceKBRE   = compile(`^([A-Za-z0-9][A-Za-z0-9-]{0,62})\s{2,}\S`)
)

// hotfix is the list being read. lists are by the computer that a row names, "" where it names none.
type hotfix struct {
	p      *page
	table  bool // under a header
	source bool // whose first column is the computer
	lists  map[string]*block
	names  []string // of the lists, in order
}

func (h *hotfix) read(l *line) bool {
	t := l.text
	switch {
	case numberedKBRE.MatchString(t), namedKBRE.MatchString(t):
		h.add("", l)
		return true
	case headerKBRE.MatchString(t):
		h.table, h.source = true, strings.HasPrefix(strings.ToLower(t), "source")
		return false
	case !h.table || l.blank():
		return false
	case strings.Trim(t, "- ") == "":
		return true
	case l.prompt || !updateRE.MatchString(t):
		h.table = false
		return false
	}
	computer := ""
	if m := sourceKBRE.FindStringSubmatch(t); h.source && m != nil {
		computer = normalHost(m[1])
	}
	h.add(computer, l)
	return true
}

// add notes the update of a row. wmic also names it in the address of its description, so the last one counts.
func (h *hotfix) add(computer string, l *line) {
	found := updateRE.FindAllStringSubmatch(l.text, -1)
	b := h.lists[computer]
	if b == nil {
		b = newBlock()
		b.machine = computer
		h.lists[computer] = b
		h.names = append(h.names, computer)
	}
	if m := found[len(found)-1]; len(b.facts) < maxFacts {
		b.add(InstalledUpdate, m[0], "KB"+m[1], l.num)
	}
}

func (h *hotfix) commit() {
	for _, computer := range h.names {
		h.p.commit(h.lists[computer], machineSubject(), FreeText)
	}
}
