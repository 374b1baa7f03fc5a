package formats

import (
	"slices"
	"strconv"
	"strings"
	"unique"
	"unsafe"
)

// keep takes over the facts in front of the cut, with the lines and the numbers of the whole document.
func (w *windows) keep(facts []Fact, cut, shift int) {
	slices.SortStableFunc(facts, func(a, b Fact) int { return a.Position.Line - b.Position.Line })
	most := map[SubjectKind]int{}
	kept := facts[:0]
	for _, f := range facts {
		if f.Position.Line >= cut {
			break
		}
		if f.Position.Line > shift {
			f.Position.Line += w.lines - shift
		}
		f.Subject = w.renumber(f.Subject, most)
		kept = append(kept, f)
	}
	for kind, n := range most {
		w.next[kind] += n
	}
	w.take(kept)
}

// take takes facts over into the document.
func (w *windows) take(facts []Fact) {
	own(facts)
	w.doc.Facts = append(w.doc.Facts, facts...)
	if w.bytes += FactBytes(facts); w.bytes > w.kept*5/4 {
		w.thin()
	}
}

// FactBytes is what facts take in memory, where those of one line share its excerpt and no other string is shared.
func FactBytes(facts []Fact) int {
	n := 0
	for i := range facts {
		n += bytesOf(facts, i)
	}
	return n
}

func bytesOf(facts []Fact, i int) int {
	f := &facts[i]
	n := int(unsafe.Sizeof(*f)) + len(f.Value) + len(f.Normalized)
	if i == 0 || facts[i-1].Excerpt != f.Excerpt {
		n += len(f.Excerpt)
	}
	return n
}

// renumber gives a subject a number that no window has given before. A licence and the host that it serves
// share theirs.
func (w *windows) renumber(s Subject, most map[SubjectKind]int) Subject {
	name, number, _ := strings.Cut(s.ID, "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		return s
	}
	kind := s.Kind
	if kind == HostSubject {
		kind = LicenseSubject
	}
	most[kind] = max(most[kind], n)
	s.ID = name + "-" + strconv.Itoa(w.next[kind]+n)
	return s
}

// thin leaves out facts from the middle, whole subjects at a time.
func (w *windows) thin() {
	if w.bytes <= w.kept {
		return
	}
	facts := w.doc.Facts
	from, to, n := 0, len(facts), 0
	for i := range facts {
		if n += bytesOf(facts, i); n <= w.kept/2 {
			from = i + 1
		}
		if n > w.bytes-w.kept/2 {
			to = min(to, i+1)
		}
	}
	for from > 0 && facts[from-1].Subject == facts[from].Subject {
		from--
	}
	for to < len(facts) && facts[to].Subject == facts[to-1].Subject {
		to++
	}
	if from < to {
		w.doc.Facts = slices.Delete(facts, from, to)
		w.bytes = FactBytes(w.doc.Facts)
		w.warn("facts-truncated: more than " + strconv.Itoa(w.kept) + " bytes of facts; those in the middle are left out")
	}
}

// own copies the strings of facts, so that a fact does not keep its document's text alive. Equal ones are copied
// once, or a few times in a long upload: nobody keeps the handles, so the collector forgets them now and then.
func own(facts []Fact) {
	for i := range facts {
		f := &facts[i]
		for _, s := range []*string{&f.Value, &f.Normalized, &f.Machine, &f.Subject.ID, &f.Excerpt} {
			*s = unique.Make(*s).Value()
		}
	}
}
