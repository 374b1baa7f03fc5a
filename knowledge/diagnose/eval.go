package diagnose

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
)

// truth is a value of three-valued logic.
type truth int8

const (
	no truth = iota - 1
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// A binding gives each variable of a rule its record; a missing one is nil.
type binding map[string]*record

// A firing is one binding with what the rule said of it.
type firing struct {
	rule       *knowledge.Rule
	finding    *knowledge.Finding
	bound      binding
	machine    string // that of its leading record
	doc        int    // and its document
	outcome    knowledge.Outcome
	supported  bool // some predicate is true
	missing    []string
	confidence knowledge.Certainty
}

// evaluate applies one rule to all records and yields what it says of each binding. The binding itself is
// lent: who keeps a firing clones it.
func evaluate(f *knowledge.Finding, rule *knowledge.Rule, j *joins, yield func(firing)) {
	counted := groups{}
	try := func(b binding, c *knowledge.Condition) (truth, *evaluation) {
		e := &evaluation{bound: b, records: j.records, bind: rule.Bind, groups: counted}
		return e.condition(c), e
	}
	j.each(variables(rule), rule.Bind, func(b binding, lead *record) {
		t, e := try(b, &rule.When)
		fr := firing{rule: rule, finding: f, bound: b, machine: lead.machine, doc: lead.doc, outcome: outcomeOf(t, b), confidence: rule.Confidence}
		fr.supported, fr.missing = e.supported && e.answerable(rule), e.missing
		for i := range rule.Adjust {
			if t != yes {
				break
			}
			if adjusted, _ := try(b, &rule.Adjust[i].When); adjusted == yes {
				fr.confidence = rule.Adjust[i].To
			}
		}
		yield(fr)
	})
}

// answerable reports whether asking could decide the rule: none of the facts that it requires is
// missing without a question for it.
func (e *evaluation) answerable(rule *knowledge.Rule) bool {
	return !slices.ContainsFunc(rule.When.All, func(c knowledge.Condition) bool {
		_, asked := rule.Missing[c.Fact]
		return c.Fact != "" && !asked && slices.Contains(e.missing, c.Fact)
	})
}

func outcomeOf(t truth, b binding) knowledge.Outcome {
	switch t {
	case yes:
		return knowledge.Fired
	case no:
		return knowledge.Clear
	}
	for _, r := range b {
		if r != nil {
			return knowledge.Inconclusive
		}
	}
	return knowledge.Silent
}

// variables lists the bound variables in the order in which the condition names them.
func variables(rule *knowledge.Rule) []string {
	var vars []string
	var walk func(c *knowledge.Condition)
	walk = func(c *knowledge.Condition) {
		fact := c.Fact
		if c.Count != nil {
			fact = c.Count.Distinct
		}
		if v, _, ok := strings.Cut(fact, "."); ok && rule.Bind[v] != "" && !slices.Contains(vars, v) {
			vars = append(vars, v)
		}
		for i := range c.All {
			walk(&c.All[i])
		}
		for i := range c.Any {
			walk(&c.Any[i])
		}
		if c.Not != nil {
			walk(c.Not)
		}
	}
	walk(&rule.When)
	for _, v := range slices.Sorted(maps.Keys(rule.Bind)) {
		if !slices.Contains(vars, v) {
			vars = append(vars, v)
		}
	}
	return vars
}

// evaluation is one pass over a condition under one binding.
type evaluation struct {
	bound     binding
	bind      map[string]string
	records   records
	groups    groups
	supported bool
	missing   []string
	group     string
}

func (e *evaluation) condition(c *knowledge.Condition) truth {
	switch {
	case len(c.All) > 0:
		return e.all(c.All)
	case len(c.Any) > 0:
		return e.any(c.Any)
	case c.Not != nil:
		inner := evaluation{bound: e.bound, bind: e.bind, records: e.records, groups: e.groups}
		t := -inner.condition(c.Not)
		e.missing = append(e.missing, inner.missing...)
		e.supported = e.supported || t == yes
		return t
	case c.Count != nil:
		return e.note(e.count(c.Count), c.Count.Distinct)
	}
	t := e.predicate(c)
	if _, _, known := e.lookup(c.Fact); known && t == unknown {
		return t // what it is compared with is missing, and noted
	}
	return e.note(t, c.Fact)
}

func (e *evaluation) note(t truth, fact string) truth {
	switch {
	case t == yes:
		e.supported = true
	case t == unknown && !slices.Contains(e.missing, fact):
		e.missing = append(e.missing, fact)
	}
	return t
}

func (e *evaluation) all(cs []knowledge.Condition) truth {
	result := yes
	for i := range cs {
		result = min(result, e.condition(&cs[i]))
	}
	return result
}

func (e *evaluation) any(cs []knowledge.Condition) truth {
	result := no
	for i := range cs {
		result = max(result, e.condition(&cs[i]))
	}
	return result
}

// lookup returns the values of "variable.kind"; known is false where nothing is recorded.
func (e *evaluation) lookup(fact string) (values []value, kind string, known bool) {
	v, kind, _ := strings.Cut(fact, ".")
	r := e.bound[v]
	if r == nil {
		return nil, kind, false
	}
	if kind == "machine" && r.machine != "" {
		return []value{{norm: r.machine}}, kind, true
	}
	return r.all(kind), kind, len(r.all(kind)) > 0
}

func (e *evaluation) predicate(c *knowledge.Condition) truth {
	values, kind, known := e.lookup(c.Fact)
	if !known {
		return unknown
	}
	as := cmp.Or(c.As, comparerOf(kind))
	switch {
	case c.Is != "":
		return is(values, c.Is)
	case c.Eq != "":
		return e.compare(values, knowledge.Operands{c.Eq}, as, equal, false)
	case c.Ne != "":
		return e.compare(values, knowledge.Operands{c.Ne}, as, equal, true)
	case len(c.In) > 0:
		return e.compare(values, c.In, as, equal, false)
	case len(c.NotIn) > 0:
		return e.compare(values, c.NotIn, as, equal, true)
	case c.Lt != "":
		return e.compare(values, knowledge.Operands{c.Lt}, as, less, false)
	case c.Gt != "":
		return e.compare(values, knowledge.Operands{c.Gt}, as, greater, false)
	case c.Has != "":
		return e.compare(values, knowledge.Operands{c.Has}, as, has, false)
	case c.DiffersBy != nil:
		return e.differs(values, as, c.DiffersBy)
	}
	return unknown
}

// is answers the unary predicates. "absent" is true only where absence itself is recorded.
func is(values []value, what string) truth {
	some := func(f func(string) bool) truth {
		return truthOf(slices.ContainsFunc(values, func(v value) bool { return f(v.norm) }))
	}
	switch what {
	case "present":
		return some(func(s string) bool { return s != none })
	case "absent":
		return some(func(s string) bool { return s == none })
	case "failure", "success":
		return some(func(s string) bool {
			c, err := code.Parse(s)
			return err == nil && c.Failure() == (what == "failure")
		})
	}
	return some(func(s string) bool { return s == what }) // true, false
}

type comparer func(a, b, as string) bool

// compare relates the values to the operands; literal lists and other facts are operands alike.
// With all, the relation must hold for no pair (ne, not_in).
func (e *evaluation) compare(values []value, operands knowledge.Operands, as string, related comparer, negate bool) truth {
	var others []string
	for _, o := range operands {
		if v, _, ok := strings.Cut(o, "."); !ok || e.bind[v] == "" {
			others = append(others, o)
			continue
		}
		vs, _, known := e.lookup(o)
		if !known {
			e.note(unknown, o)
			return unknown
		}
		for _, v := range vs {
			if v.norm != none {
				others = append(others, v.norm)
			}
		}
	}
	if !slices.ContainsFunc(values, func(v value) bool { return v.norm != none }) {
		return no
	}
	hit := slices.ContainsFunc(values, func(v value) bool {
		return v.norm != none && slices.ContainsFunc(others, func(o string) bool { return related(v.norm, o, as) })
	})
	return truthOf(hit != negate)
}

// comparerOf is how the values of a kind compare where a rule does not say.
func comparerOf(kind string) string {
	switch kind {
	case "kms_host", "srv_host", "computer", "machine", "dns_zone", "dns_suffix":
		return "host"
	case "error_code", "info_code", "notification_reason":
		return "code"
	case "cmid", "sku_id", "activation_id", "application_id":
		return "guid"
	case "event_time", "client_time", "host_time", "trusted_time":
		return "time"
	}
	return "text"
}

func equal(a, b, as string) bool {
	switch as {
	case "host":
		return sameHost(a, b)
	case "code":
		x, errA := code.Parse(a)
		y, errB := code.Parse(b)
		return errA == nil && errB == nil && x == y
	}
	if x, y, ok := numbers(a, b); ok {
		return x == y
	}
	return strings.EqualFold(a, b)
}

func less(a, b, as string) bool {
	if x, y, ok := quantities(a, b, as); ok {
		return x < y
	}
	return false
}

func greater(a, b, as string) bool { return less(b, a, as) }

func has(a, b, _ string) bool { return strings.Contains(strings.ToLower(a), strings.ToLower(b)) }

func numbers(a, b string) (x, y float64, ok bool) {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	return x, y, errA == nil && errB == nil
}

// quantities reads two numbers, or two times as seconds.
func quantities(a, b, as string) (x, y float64, ok bool) {
	if as != "time" {
		return numbers(a, b)
	}
	t, errA := time.Parse(time.RFC3339, a)
	u, errB := time.Parse(time.RFC3339, b)
	return float64(t.Unix()), float64(u.Unix()), errA == nil && errB == nil
}

func (e *evaluation) differs(values []value, as string, d *knowledge.Distance) truth {
	others, _, known := e.lookup(d.From)
	if !known {
		e.note(unknown, d.From)
		return unknown
	}
	limit, err := strconv.ParseFloat(d.More, 64)
	if err != nil {
		duration, err := time.ParseDuration(d.More)
		if err != nil {
			return unknown
		}
		limit = duration.Seconds()
	}
	result := unknown
	for _, v := range values {
		for _, o := range others {
			if x, y, ok := quantities(v.norm, o.norm, as); ok {
				result = max(result, truthOf(math.Abs(x-y) > limit))
			}
		}
	}
	return result
}

// count looks at all records of the variable's kind that share the bound record's group.
func (e *evaluation) count(c *knowledge.Count) truth {
	v, _, _ := strings.Cut(c.Distinct, ".")
	r := e.bound[v]
	if r == nil {
		return unknown
	}
	if _, groupKind, grouped := strings.Cut(c.GroupBy, "."); grouped {
		if e.group = strings.ToLower(r.first(groupKind)); e.group == "" || e.group == none {
			return unknown
		}
	}
	n := len(e.groups.of(c, e.records[e.bind[v]])[e.group])
	switch {
	case n == 0:
		return unknown
	case c.Gt != nil && n <= *c.Gt, c.Lt != nil && n >= *c.Lt:
		return no
	}
	return yes
}

// groups remembers the distinct values per group of each counting condition of one run,
// so that ten thousand clients are counted once and not once each.
type groups map[*knowledge.Count]map[string]map[string]bool

func (g groups) of(c *knowledge.Count, rs []*record) map[string]map[string]bool {
	if counted, ok := g[c]; ok {
		return counted
	}
	v, _, _ := strings.Cut(c.Distinct, ".")
	_, groupKind, _ := strings.Cut(c.GroupBy, ".")
	counted := map[string]map[string]bool{}
	for _, r := range rs {
		group := strings.ToLower(r.first(groupKind))
		values, _, _ := (&evaluation{bound: binding{v: r}}).lookup(c.Distinct)
		for _, x := range values {
			if counted[group] == nil {
				counted[group] = map[string]bool{}
			}
			counted[group][strings.ToLower(x.norm)] = true
		}
	}
	g[c] = counted
	return counted
}
