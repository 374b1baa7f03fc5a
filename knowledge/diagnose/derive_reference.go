package diagnose

import (
	"slices"
	"strconv"
)

// How many different codes in prose make a document a reference about codes and not a case of its own: one
// case has a few at most. Where outputs stand beside them it takes more codes, and most must be in prose.
const (
	manyCodes      = 6
	veryManyCodes  = 10
	proseOverTools = 3 // times as many codes in prose as in outputs
)

// tally is what codes one document holds, and whether it holds the output of any tool.
type tally struct {
	prose, inTools map[string]bool
	tools          bool
}

func (t *tally) reference() bool {
	if t.tools {
		return len(t.prose) >= veryManyCodes && len(t.prose) > proseOverTools*len(t.inTools)
	}
	return len(t.prose) >= manyCodes
}

// deriveReferences marks documents that are about codes, such as articles and tables. The outputs in them
// are examples: they are nobody's state and are left out.
func deriveReferences(rs records) {
	tallies := map[int]*tally{}
	for kind, list := range rs {
		for _, r := range list {
			if kind != "user" {
				note(tallies, kind, r)
			}
		}
	}
	for _, m := range rs["machine"] {
		if codes := proseCodes(m); len(codes) > 0 {
			m.set("reference", strconv.FormatBool(tallies[m.doc].reference()), codes[0].evidence)
		}
	}
	for kind := range rs {
		if kind == "machine" || kind == "user" {
			continue
		}
		rs[kind] = slices.DeleteFunc(rs[kind], func(r *record) bool { return tallies[r.doc].reference() })
	}
}

func note(tallies map[int]*tally, kind string, r *record) {
	t := tallies[r.doc]
	if t == nil {
		t = &tally{prose: map[string]bool{}, inTools: map[string]bool{}}
		tallies[r.doc] = t
	}
	if kind == "machine" {
		for _, v := range proseCodes(r) {
			t.prose[v.norm] = true
		}
		return
	}
	t.tools = true
	for _, v := range r.all("error_code") {
		t.inTools[v.norm] = true
	}
}

// proseCodes are the codes that stand in a document outside every output.
func proseCodes(m *record) []value {
	return append(slices.Clone(m.all("error_code")), m.all("info_code")...)
}
