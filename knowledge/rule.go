package knowledge

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// recordKinds are what a rule may bind.
var recordKinds = []string{"machine", "license", "client", "host", "attempt", "event", "srv", "probe", "service", "registry", "user", "code"}

var variablePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (c checker) finding(p place, f *Finding) {
	c.id(p.at("id"), f.ID)
	if name := strings.TrimSuffix(path.Base(p.doc.path), ".yaml"); f.ID != name {
		p.at("id").defect("%q is not the name of the file, %q", f.ID, name)
	}
	oneOf(p.at("severity"), f.Severity, Error, Warning, Info)
	if f.Article != "" {
		c.articleID(p.at("article"), f.Article)
	}
	c.rank(p.at("order"), f.Order)
	c.otherFindings(p.at("causes"), f, f.Causes)
	if len(f.Rules) == 0 {
		p.at("rules").defect("is empty")
	}
	for _, t := range []struct {
		name string
		text Text
	}{{"title", f.Title}, {"explanation", f.Explanation}} {
		for l, spans := range c.text(p.at(t.name), t.text, template) {
			c.variables(p.at(t.name).at(string(l)), f, spans)
		}
	}
	for i := range f.Rules {
		c.rule(p.at("rules").item(i), f, &f.Rules[i])
	}
	for i := range f.Samples {
		c.sample(p.at("samples").item(i), f, &f.Samples[i])
	}
}

// variables checks the {a.kms_host} of a finding's texts: some rule must bind them.
func (c checker) variables(p place, f *Finding, spans []span) {
	for _, s := range spans {
		if s.kind != variable {
			continue
		}
		v, kind, _ := strings.Cut(s.text, ".")
		bound := func(r Rule) bool { return c.factKind(r.Bind[v], kind) }
		if !slices.ContainsFunc(f.Rules, bound) {
			p.defect("no rule binds {%s}", s.text)
		}
	}
}

// factKind reports whether a record may have a fact. What users answer goes by question.
func (c checker) factKind(record, kind string) bool {
	if record == "user" {
		_, ok := c.base.Question(strings.ReplaceAll(kind, "_", "-"))
		return ok || KnownFact(kind)
	}
	return record != "" && KnownFact(kind)
}

func (c checker) rule(p place, f *Finding, r *Rule) {
	if len(r.Bind) == 0 {
		p.at("bind").defect("is empty")
	}
	for v, record := range r.Bind {
		if !variablePattern.MatchString(v) {
			p.at("bind").at(v).defect("variable does not match %s", variablePattern)
		}
		oneOf(p.at("bind").at(v), record, recordKinds...)
	}
	oneOf(p.at("confidence"), r.Confidence, Certain, High, Medium, Low)
	oneOf(p.at("severity"), r.Severity, Error, Warning, Info)
	rc := ruleChecker{c, r}
	rc.condition(p.at("when"), &r.When)
	for i := range r.Adjust {
		at := p.at("adjust").item(i)
		oneOf(at.at("to"), r.Adjust[i].To, Certain, High, Medium, Low)
		rc.condition(at.at("when"), &r.Adjust[i].When)
	}
	for i, fact := range r.Evidence {
		rc.fact(p.at("evidence").item(i), fact)
	}
	for _, fact := range slices.Sorted(maps.Keys(r.Missing)) {
		rc.fact(p.at("missing").at(fact), fact)
		q := r.Missing[fact].Question
		if _, ok := c.base.Question(q); !ok {
			p.at("missing").at(fact).at("question").defect("unknown question %q", q)
		}
	}
	c.otherFindings(p.at("suppresses"), f, r.Suppresses)
	c.sampled(p, f, r)
}

// rank checks a place among others of its kind; one that is left out or no number is for the decoder to judge.
func (c checker) rank(p place, n int) {
	if p.node.Tag == "!!int" && (n < 1 || n > 99) {
		p.defect("is 1 to 99")
	}
}

// otherFindings checks the ids that a finding names.
func (c checker) otherFindings(p place, f *Finding, ids []string) {
	for i, id := range ids {
		if _, ok := c.base.Finding(id); !ok || id == f.ID {
			p.item(i).defect("unknown finding %q, or this one", id)
		}
		if slices.Contains(ids[:i], id) {
			p.item(i).defect("%s stands twice", id)
		}
	}
}

// sampled checks that a rule has a sample of each outcome that it can have.
func (c checker) sampled(p place, f *Finding, r *Rule) {
	want := []Outcome{Fired, Clear}
	if len(r.Missing) > 0 {
		want = append(want, Inconclusive)
	}
	for _, o := range want {
		if !slices.ContainsFunc(f.Samples, func(s Sample) bool { return s.Rule == r.ID && s.Want == o }) {
			p.defect("rule %s has no sample that is %s", r.ID, o)
		}
	}
}

// ruleChecker checks the conditions of one rule.
type ruleChecker struct {
	checker
	rule *Rule
}

// fact checks variable.kind.
func (c ruleChecker) fact(p place, s string) {
	v, kind, ok := strings.Cut(s, ".")
	record := c.rule.Bind[v]
	switch {
	case !ok:
		p.defect("%q is not variable.kind", s)
	case record == "":
		p.defect("variable %q is not bound", v)
	case !c.factKind(record, kind):
		p.defect("unknown fact kind %q", kind)
	}
}

// operand checks a literal, or another fact where it names a bound variable.
func (c ruleChecker) operand(p place, s string) (isFact bool) {
	v, _, ok := strings.Cut(s, ".")
	if ok && c.rule.Bind[v] != "" {
		c.fact(p, s)
		return true
	}
	if s == "" {
		p.defect("is empty")
	}
	return false
}

func (c ruleChecker) condition(p place, n *Condition) {
	kinds := count(n.All != nil, n.Any != nil, n.Not != nil, n.Fact != "", n.Count != nil)
	if kinds != 1 {
		p.defect("a condition has exactly one of all, any, not, fact and count; this one has %d", kinds)
	}
	if n.Fact == "" && (n.operands() > 0 || n.As != "") {
		p.defect("a predicate without a fact")
	}
	for i := range n.All {
		c.condition(p.at("all").item(i), &n.All[i])
	}
	for i := range n.Any {
		c.condition(p.at("any").item(i), &n.Any[i])
	}
	if n.Not != nil {
		c.condition(p.at("not"), n.Not)
	}
	if n.Fact != "" {
		c.predicate(p, n)
	}
	if n.Count != nil {
		c.count(p.at("count"), n.Count)
	}
}

func count(conditions ...bool) int {
	n := 0
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}

func (n *Condition) operands() int {
	return count(n.Is != "", n.Eq != "", n.Ne != "", n.In != nil, n.NotIn != nil, n.Lt != "", n.Gt != "", n.Has != "", n.DiffersBy != nil)
}

func (c ruleChecker) predicate(p place, n *Condition) {
	c.fact(p.at("fact"), n.Fact)
	if n.operands() != 1 {
		p.defect("a predicate has exactly one of is, eq, ne, in, not_in, lt, gt, has and differs_by; this one has %d", n.operands())
	}
	oneOf(p.at("is"), n.Is, "failure", "success", "present", "absent", "true", "false")
	oneOf(p.at("as"), n.As, "host", "guid", "time", "code", "number", "text")
	for name, s := range map[string]string{"eq": n.Eq, "ne": n.Ne} {
		if s != "" {
			c.operand(p.at(name), s)
		}
	}
	for name, list := range map[string]Operands{"in": n.In, "not_in": n.NotIn} {
		if list != nil && len(list) == 0 {
			p.at(name).defect("is empty")
		}
		for i, s := range list {
			c.operand(p.at(name).item(i), s)
		}
	}
	for name, s := range map[string]string{"lt": n.Lt, "gt": n.Gt} {
		if s != "" && !c.operand(p.at(name), s) && !comparable(s) {
			p.at(name).defect("%q is no number, duration, time or code", s)
		}
	}
	if d := n.DiffersBy; d != nil {
		at := p.at("differs_by")
		c.fact(at.at("from"), d.From)
		if !comparable(d.More) {
			at.at("more").defect("%q is neither a number nor a duration", d.More)
		}
	}
}

// comparable reports whether a literal has an order.
func comparable(s string) bool {
	_, number := strconv.ParseFloat(s, 64)
	_, duration := time.ParseDuration(s)
	_, date := time.Parse(time.RFC3339, s)
	_, isCode := isCode(s)
	return number == nil || duration == nil || date == nil || isCode
}

func (c ruleChecker) count(p place, n *Count) {
	c.fact(p.at("distinct"), n.Distinct)
	if n.GroupBy != "" {
		c.fact(p.at("group_by"), n.GroupBy)
	}
	if n.Gt == nil && n.Lt == nil {
		p.defect("a count has gt or lt")
	}
}

func (c checker) sample(p place, f *Finding, s *Sample) {
	oneOf(p.at("want"), s.Want, Fired, Clear, Inconclusive, Silent)
	i := slices.IndexFunc(f.Rules, func(r Rule) bool { return r.ID == s.Rule })
	if i < 0 {
		p.at("rule").defect("unknown rule %q", s.Rule)
		return
	}
	if len(s.Documents)+len(s.Answers) == 0 {
		p.defect("a sample has documents or answers")
	}
	for j, fact := range s.Missing {
		if _, ok := f.Rules[i].Missing[fact]; !ok {
			p.at("missing").item(j).defect("%q is not under missing of %s", fact, s.Rule)
		}
	}
	for id, option := range s.Answers {
		q, ok := c.base.Question(id)
		switch {
		case !ok:
			p.at("answers").at(id).defect("unknown question %q", id)
		case q.Type == "CHOICE" && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == option }):
			p.at("answers").at(id).defect("unknown option %q", option)
		}
	}
}
