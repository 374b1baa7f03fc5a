// Package diagnose turns uploads and symptom texts into findings and diagnoses: it unpacks,
// lets formats read, joins the facts of all documents, applies the rules of the knowledge base
// and cites the lines that prove each finding.
package diagnose

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// Searcher finds articles by text. The index satisfies it.
type Searcher interface {
	Find(ctx context.Context, q knowledge.Query) ([]knowledge.Match, error)
}

// Engine diagnoses with the rules of one knowledge base. It is safe for concurrent use.
type Engine struct {
	base     *knowledge.Base
	searcher Searcher
}

// New returns an engine over base; searcher is used for symptom texts only.
func New(base *knowledge.Base, searcher Searcher) *Engine {
	return &Engine{base: base, searcher: searcher}
}

// Options of an analysis.
type Options struct {
	Language knowledge.Language
	Context  knowledge.Context
	Answers  []Answer
}

// Answer is what the caller says to one question.
type Answer struct {
	Question string // id
	Option   string // id, for CHOICE
	Text     string
	Unknown  bool // asked and not known: the question is not put again
}

// State of a verdict.
type State string

// States of a verdict. HEALTHY needs a positive fact, not only the absence of faults.
const (
	ProblemFound State = "PROBLEM_FOUND"
	Healthy      State = "HEALTHY"
	Undecided    State = "INCONCLUSIVE"
	Unrecognized State = "UNRECOGNIZED"
)

// Analysis is what the documents say, and what follows. Texts are in Language.
type Analysis struct {
	Language     knowledge.Language
	Documents    []*formats.Document
	Facts        []Fact
	Findings     []Finding
	Inconclusive []Inconclusive
	State        State
	Summary      string
	Warnings     []string
	Truncated    Truncated
}

// Fact is a fact of a document with its evidence; equal ones of one document are counted.
type Fact struct {
	Kind, Value, Normalized, Machine string
	Subject                          formats.Subject
	Evidence                         Evidence
	Count                            int
}

// Finding is one cause with everything that shows it, over all machines.
type Finding struct {
	ID           string
	Severity     knowledge.Severity
	Certainty    knowledge.Certainty
	Title        string
	Explanation  string
	Machines     []string // at most maxMachines, in order of appearance
	MachineCount int
	InstanceKey  string
	Codes        []code.Code
	Evidence     []Evidence
	Article      *knowledge.Article // nil where the finding needs no action
	Rules        []string
	order        int
	positive     bool
}

// Inconclusive is a rule that could not decide, and what would let it.
type Inconclusive struct {
	Rule     string
	Missing  []string
	Question *knowledge.Question
}

// Truncated tells how many facts and findings an answer leaves out.
type Truncated struct{ Facts, Findings int }

// Limits of one answer.
const (
	maxFacts        = 5000
	maxFindings     = 1000
	maxMachines     = 20
	maxEvidence     = 10
	maxInconclusive = 5
)

// Analyze reads the documents and applies all rules. It fails only where ctx ends.
func (e *Engine) Analyze(ctx context.Context, files []File, opts Options) (*Analysis, error) {
	a := &Analysis{Language: cmp.Or(opts.Language, knowledge.English)}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d := formats.Parse(f.Name, f.Data)
		noteKeys(d, f.Data, e.base)
		a.Documents = append(a.Documents, d)
	}
	rs := collect(a.Documents)
	addContext(rs, opts.Context)
	a.Warnings = e.addAnswers(rs, opts.Answers, a.Language)
	derive(rs, e.base)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	fired, open := e.apply(rs)
	a.Facts, a.Truncated.Facts = listFacts(a.Documents)
	a.Findings = e.findings(fired, a.Language)
	if n := len(a.Findings); n > maxFindings {
		a.Findings, a.Truncated.Findings = a.Findings[:maxFindings], n-maxFindings
	}
	a.State = stateOf(a)
	if a.State != Healthy {
		a.Inconclusive = e.ask(open, a.Findings, opts.Answers)
	}
	a.Summary = e.summary(a)
	return a, nil
}

// addContext records what the caller says of the machine, for machines that the documents do not name.
func addContext(rs records, c knowledge.Context) {
	u := newRecord("user", "", -1, 0)
	for kind, v := range map[string]string{"product": c.Product, "product_version": c.ProductVersion, "role": c.Role, "channel": c.Channel, "place": c.Place} {
		if v != "" {
			u.set(kind, v, nil)
		}
	}
	rs.add(u)
}

// addAnswers records the caller's answers; it returns warnings about questions that do not exist.
func (e *Engine) addAnswers(rs records, answers []Answer, l knowledge.Language) []string {
	u := rs["user"][0]
	var warnings []string
	for _, a := range answers {
		q, ok := e.base.Question(a.Question)
		if !ok {
			warnings = append(warnings, e.base.Message("warning.unknown-question", l, "id", a.Question))
			continue
		}
		if a.Unknown {
			continue
		}
		v := a.Text
		for _, o := range q.Options {
			if o.ID == a.Option {
				v = cmp.Or(o.Value, o.ID)
			}
		}
		if v == "" {
			continue
		}
		kind := strings.ReplaceAll(q.ID, "-", "_")
		u.set(kind, v, nil)
		if q.Fact != "" {
			u.add(q.Fact, v, nil)
		}
		if a.Option != "" {
			u.add(kind, a.Option, nil) // options may share a value: Azure and Hyper-V are both virtual machines
		}
	}
	return warnings
}

// apply evaluates all rules. Residual rules, which ask for codes that nothing else explains, go last.
func (e *Engine) apply(rs records) (fired, open []firing) {
	var residual []*knowledge.Finding
	run := func(f *knowledge.Finding) {
		for i := range f.Rules {
			for _, fr := range evaluate(f, &f.Rules[i], rs) {
				switch {
				case fr.outcome == knowledge.Fired:
					fired = append(fired, fr)
				case fr.outcome == knowledge.Inconclusive && fr.supported:
					open = append(open, fr)
				}
			}
		}
	}
	for _, f := range e.base.Findings() {
		if isResidual(f) {
			residual = append(residual, f)
			continue
		}
		run(f)
	}
	markUnexplained(rs, fired) // a finding explains its codes even where another one stands for it
	fired = suppress(fired)
	for _, f := range residual {
		run(f)
	}
	return suppress(fired), open
}

const unexplained = "unexplained"

func isResidual(f *knowledge.Finding) bool {
	for _, r := range f.Rules {
		for _, v := range variables(&r) {
			if asks(&r.When, v+"."+unexplained) {
				return true
			}
		}
	}
	return false
}

func asks(c *knowledge.Condition, fact string) bool {
	return c.Fact == fact ||
		slices.ContainsFunc(c.All, func(c knowledge.Condition) bool { return asks(&c, fact) }) ||
		slices.ContainsFunc(c.Any, func(c knowledge.Condition) bool { return asks(&c, fact) }) ||
		c.Not != nil && asks(c.Not, fact)
}

// markUnexplained notes on each code whether some fired rule rests on it.
func markUnexplained(rs records, fired []firing) {
	explained := map[string]bool{}
	for _, f := range fired {
		for _, r := range f.bound {
			if r != nil && f.finding.Severity != knowledge.Info || r != nil && r.kind == "code" {
				for _, v := range r.facts["error_code"] {
					explained[r.machine+v.norm] = true
				}
			}
		}
	}
	for _, c := range rs["code"] {
		c.set(unexplained, fmt.Sprint(!explained[c.machine+c.first("error_code")]), c.evidence("error_code"))
	}
}

// suppress drops findings that another one explains on the same machine.
func suppress(fired []firing) []firing {
	gone := map[string]bool{}
	for _, f := range fired {
		for _, id := range f.rule.Suppresses {
			gone[id+"\x00"+f.machine] = true
		}
	}
	return slices.DeleteFunc(fired, func(f firing) bool { return gone[f.finding.ID+"\x00"+f.machine] })
}

// severity is the rule's own where it has one, else its finding's.
func (f *firing) severity() knowledge.Severity { return cmp.Or(f.rule.Severity, f.finding.Severity) }

// group is what becomes one finding: all that a finding's rules say, but each unexplained code by itself,
// because its title and article are that code's.
func (f *firing) group() string {
	key := f.finding.ID
	if isResidual(f.finding) {
		for _, v := range variables(f.rule) {
			if r := f.bound[v]; r != nil {
				key += "\x00" + r.first("error_code")
			}
		}
	}
	return key
}

// findings groups what fired by finding, root cause first.
func (e *Engine) findings(fired []firing, l knowledge.Language) []Finding {
	grouped := map[string]*Finding{}
	machines := map[string]map[string]bool{}
	for i := range fired {
		fr := &fired[i]
		key := fr.group()
		f := grouped[key]
		if f == nil {
			f = &Finding{
				ID: fr.finding.ID, Severity: fr.severity(), Certainty: fr.confidence, order: fr.finding.Order, positive: fr.finding.Positive,
				Title: e.fill(fr.finding.Title.In(l), fr, l), Explanation: e.fill(fr.finding.Explanation.In(l), fr, l),
			}
			f.Article = e.articleOf(fr)
			grouped[key], machines[key] = f, map[string]bool{}
		}
		f.join(fr)
		if m := fr.machine; m != "" && !machines[key][m] {
			machines[key][m] = true
			if f.MachineCount++; f.MachineCount <= maxMachines {
				f.Machines = append(f.Machines, m)
			}
		}
	}
	out := make([]Finding, 0, len(grouped))
	for _, key := range slices.Sorted(maps.Keys(grouped)) {
		f := grouped[key]
		sum := sha256.Sum256([]byte(f.ID + "\x00" + strings.Join(f.Machines, ",") + fmt.Sprint(f.Codes)))
		f.InstanceKey = hex.EncodeToString(sum[:8])
		out = append(out, *f)
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(a.order, b.order), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// articleOf is the finding's own article; a finding about any code takes the code's best article first.
func (e *Engine) articleOf(fr *firing) *knowledge.Article {
	own, _ := e.base.Article(fr.finding.Article)
	if !isResidual(fr.finding) {
		return own
	}
	for _, r := range fr.bound {
		if r == nil {
			continue
		}
		if c, err := code.Parse(r.first("error_code")); err == nil {
			if refs := e.base.ArticlesFor(c, knowledge.Context{Place: r.first("place")}); len(refs) > 0 {
				return refs[0].Article
			}
		}
	}
	return own
}

// join adds the evidence, codes and rule of one more firing; the strongest certainty stands.
func (f *Finding) join(fr *firing) {
	if certaintyRank(fr.confidence) < certaintyRank(f.Certainty) {
		f.Certainty = fr.confidence
	}
	if rank(fr.severity()) < rank(f.Severity) {
		f.Severity = fr.severity()
	}
	if !slices.Contains(f.Rules, fr.rule.ID) {
		f.Rules = append(f.Rules, fr.rule.ID)
	}
	for _, fact := range fr.evidenceFacts() {
		v, kind, _ := strings.Cut(fact, ".")
		r := fr.bound[v]
		if r == nil {
			continue
		}
		for _, x := range r.facts[kind] {
			if c, err := code.Parse(x.norm); err == nil && (kind == "error_code" || kind == "info_code" || kind == "notification_reason") && !slices.Contains(f.Codes, c) {
				f.Codes = append(f.Codes, c)
			}
			if x.evidence != nil && len(f.Evidence) < maxEvidence && !slices.Contains(f.Evidence, *x.evidence) {
				f.Evidence = append(f.Evidence, *x.evidence)
			}
		}
	}
}

// evidenceFacts are the facts that the rule names as evidence, else those of its condition.
func (f *firing) evidenceFacts() []string {
	if len(f.rule.Evidence) > 0 {
		return f.rule.Evidence
	}
	var facts []string
	var walk func(c *knowledge.Condition)
	walk = func(c *knowledge.Condition) {
		if c.Fact != "" {
			facts = append(facts, c.Fact)
		}
		if c.Count != nil {
			facts = append(facts, c.Count.GroupBy, c.Count.Distinct)
		}
		for i := range c.All {
			walk(&c.All[i])
		}
		for i := range c.Any {
			walk(&c.Any[i])
		}
	}
	walk(&f.rule.When)
	return facts
}

// fill replaces {a.kms_host} by what is bound, and resolves tokens.
func (e *Engine) fill(text string, fr *firing, l knowledge.Language) string {
	for v, r := range fr.bound {
		prefix := "{" + v + "."
		for {
			i := strings.Index(text, prefix)
			if i < 0 {
				break
			}
			end := strings.IndexByte(text[i:], '}')
			if end < 0 {
				break
			}
			text = text[:i] + e.show(r, text[i+len(prefix):i+end], l) + text[i+end+1:]
		}
	}
	return e.base.Render(l, text).Text
}

// show is a bound value as text. Braces in evidence must not become tokens.
func (e *Engine) show(r *record, kind string, l knowledge.Language) string {
	var values []string
	if r != nil {
		if kind == "machine" && r.machine != "" {
			return r.machine
		}
		for _, v := range r.facts[kind] {
			if v.norm != none {
				values = append(values, strings.NewReplacer("{", "(", "}", ")").Replace(v.norm))
			}
		}
	}
	if len(values) == 0 {
		return e.base.Message("value.unknown", l)
	}
	if len(values) > 5 {
		values = append(values[:5], "…")
	}
	return strings.Join(values, ", ")
}

func rank(s knowledge.Severity) int {
	return slices.Index([]knowledge.Severity{knowledge.Error, knowledge.Warning, knowledge.Info}, s)
}

func certaintyRank(c knowledge.Certainty) int {
	return slices.Index([]knowledge.Certainty{knowledge.Certain, knowledge.High, knowledge.Medium, knowledge.Low}, c)
}

// stateOf: a problem needs a finding, health a positive one; a recognised text with neither is undecided.
func stateOf(a *Analysis) State {
	for _, f := range a.Findings {
		if f.Severity != knowledge.Info {
			return ProblemFound
		}
	}
	if slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.positive }) {
		return Healthy
	}
	for _, d := range a.Documents {
		if d.Format != formats.Unrecognized {
			return Undecided
		}
	}
	return Unrecognized
}

func (e *Engine) summary(a *Analysis) string {
	switch a.State {
	case ProblemFound:
		return e.base.Message("verdict.problem-found", a.Language, "title", a.Findings[0].Title, "count", fmt.Sprint(len(a.Findings)))
	case Healthy:
		return e.base.Message("verdict.healthy", a.Language)
	case Undecided:
		return e.base.Message("verdict.inconclusive", a.Language)
	}
	return e.base.Message("verdict.unrecognized", a.Language)
}

// ask lists the rules that lack a fact, one per question, unless their finding has fired anyway or
// the caller was asked already.
func (e *Engine) ask(open []firing, found []Finding, answers []Answer) []Inconclusive {
	var out []Inconclusive
	asked := map[string]bool{}
	for _, a := range answers {
		asked[a.Question] = true
	}
	slices.SortStableFunc(open, func(a, b firing) int { return cmp.Compare(a.finding.Order, b.finding.Order) })
	for i := range open {
		fr := &open[i]
		if slices.ContainsFunc(found, func(f Finding) bool { return f.ID == fr.finding.ID }) {
			continue
		}
		in := Inconclusive{Rule: fr.rule.ID, Missing: fr.missing}
		for _, fact := range fr.missing {
			if m, ok := fr.rule.Missing[fact]; ok && in.Question == nil {
				in.Question, _ = e.base.Question(m.Question)
			}
		}
		if in.Question == nil || asked[in.Question.ID] {
			continue
		}
		asked[in.Question.ID] = true
		if out = append(out, in); len(out) == maxInconclusive {
			break
		}
	}
	return out
}

// listFacts lists the facts of all documents, equal ones of one subject once with their number.
func listFacts(docs []*formats.Document) ([]Fact, int) {
	var out []Fact
	seen := map[string]int{}
	left := 0
	for _, d := range docs {
		for i := range d.Facts {
			f := &d.Facts[i]
			key := strings.Join([]string{d.Filename, f.Subject.ID, string(f.Kind), f.Value}, "\x00")
			if at, ok := seen[key]; ok {
				out[at].Count++
				continue
			}
			if len(out) == maxFacts {
				left++
				continue
			}
			seen[key] = len(out)
			out = append(out, Fact{
				Kind: string(f.Kind), Value: f.Value, Normalized: f.Normalized, Machine: cmp.Or(f.Machine, d.Machine), Subject: f.Subject, Count: 1,
				Evidence: Evidence{d.Filename, f.Position.Line, f.Position.Record, f.Excerpt},
			})
		}
	}
	return out, left
}
