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
	Progress func(Progress)          // told after each document and at each new stage; nil = nobody asks
	Seen     func(*formats.Document) // shown every document with all its facts, before rules are applied; nil = nobody asks
	Limits   Limits                  // of unpacking
}

// Answer is what the caller says to one question.
type Answer struct {
	Question string // id
	Option   string // id, for CHOICE
	Text     string
	Unknown  bool // asked and not known: the question is not put again
}

// Analysis is what the documents say, and what follows. Texts are in Language.
type Analysis struct {
	Language     knowledge.Language
	Documents    []*formats.Document // those of a large upload without their facts
	Facts        []Fact              // at most maxFacts
	Findings     []Finding
	Inconclusive []Inconclusive
	State        State
	Summary      string
	Warnings     []string
	Truncated    Truncated
	Keys         int // different product keys in the documents; they are masked everywhere

	engine *Engine
	groups []group // all of them, with what fired
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
	Certainty    knowledge.Certainty // that of the machine of which it is surest; Explanation tells where others differ
	Title        string
	Explanation  string
	Machines     []string // at most maxMachines, in order of appearance
	MachineCount int
	InstanceKey  string // of the cause, whatever machines show it: a key made of names would let anyone try names
	Codes        []code.Code
	Evidence     []Evidence
	Article      *knowledge.Article // nil where the finding needs no action
	Section      string             // of the article: what to do first, "" where that is as it stands there
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

// Analyze reads the documents, archives opened, and applies all rules. It fails only where ctx ends, or where
// there is no temporary space for what an archive holds.
func (e *Engine) Analyze(ctx context.Context, files []File, opts Options) (*Analysis, error) {
	a := &Analysis{Language: cmp.Or(opts.Language, knowledge.English), engine: e}
	keys, m := map[string]bool{}, meter{tell: opts.Progress}
	var err error
	if a.Documents, err = e.readAll(ctx, files, opts.Limits, keys, &m); err != nil {
		return nil, err
	}
	m.enter(Diagnosing)
	a.Documents = append(a.Documents, e.pasted(opts.Answers, keys)...)
	nameByPath(a.Documents)
	nameByCMID(a.Documents)
	if opts.Seen != nil {
		for _, d := range a.Documents {
			opts.Seen(d)
		}
	}
	a.Facts, a.Truncated.Facts = listFacts(a.Documents, e.stated(opts))
	rs := collect(a.Documents)
	about := ofActivation(a.Documents, rs)
	addContext(rs, opts.Context)
	a.Warnings = e.addAnswers(rs, opts.Answers, a.Language)
	derive(rs, e.base)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	fired, open, err := e.apply(ctx, rs)
	if err != nil {
		return nil, err
	}
	a.Keys = len(keys)
	a.groups = e.findings(fired, a.Language)
	for _, g := range a.groups[:min(len(a.groups), maxFindings)] {
		a.Findings = append(a.Findings, g.finding)
	}
	a.Truncated.Findings = len(a.groups) - len(a.Findings)
	a.State = stateOf(a.Findings, about)
	if a.State == ProblemFound || a.State == Undecided {
		a.Inconclusive = e.ask(open, a, rs, opts.Answers)
	}
	a.Summary = e.summary(a)
	return a, nil
}

// addContext records what the caller says of the machine, for machines that the documents do not name.
func addContext(rs records, c knowledge.Context) {
	u := newRecord("user", "", -1, 0)
	for _, f := range contextFacts(c) {
		u.set(f.kind, f.value, nil)
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
		v, option := a.said(q)
		if v == "" {
			continue
		}
		kind := factOf(q)
		u.set(kind, v, nil)
		if q.Fact != "" {
			u.add(q.Fact, v, nil)
		}
		if option != "" {
			u.add(kind, option, nil) // options may share a value: Azure and Hyper-V are both virtual machines
		}
	}
	return warnings
}

// apply evaluates all rules. Residual rules, which ask for codes that nothing else explains, go last. Of the
// rules that could not decide, one firing stands for all that lack the same facts.
func (e *Engine) apply(ctx context.Context, rs records) (fired, open []firing, err error) {
	var residual []*knowledge.Finding
	j, lacking := newJoins(rs), map[string]bool{}
	keep := func(fr firing) {
		key := fr.rule.ID + "\x00" + strings.Join(fr.missing, " ")
		switch {
		case fr.outcome == knowledge.Fired:
			fr.bound = maps.Clone(fr.bound)
			fired = append(fired, fr)
		case fr.outcome == knowledge.Inconclusive && fr.supported && !lacking[key]:
			lacking[key], fr.bound = true, maps.Clone(fr.bound)
			open = append(open, fr)
		}
	}
	run := func(f *knowledge.Finding) {
		for i := range f.Rules {
			if ctx.Err() == nil {
				evaluate(f, &f.Rules[i], j, keep)
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
	return suppress(fired), open, ctx.Err()
}

const unexplained = "unexplained"

func isResidual(f *knowledge.Finding) bool {
	return slices.ContainsFunc(f.Rules, func(r knowledge.Rule) bool { return asks(r.When, unexplained) })
}

// asks reports whether a condition is about a kind of fact.
func asks(c knowledge.Condition, kind string) bool {
	_, asked, _ := strings.Cut(c.Fact, ".")
	about := func(c knowledge.Condition) bool { return asks(c, kind) }
	return asked == kind || slices.ContainsFunc(c.All, about) || slices.ContainsFunc(c.Any, about) || c.Not != nil && about(*c.Not)
}

// markUnexplained notes on each code whether some fired rule rests on it.
func markUnexplained(rs records, fired []firing) {
	explained := map[string]bool{}
	for _, f := range fired {
		for _, r := range f.bound {
			if r != nil && f.finding.Severity != knowledge.Info || r != nil && r.kind == "code" {
				for _, v := range r.all("error_code") {
					explained[r.machine+v.norm], explained["*"+v.norm] = true, true
				}
			}
		}
	}
	for _, c := range rs["code"] {
		known := explained[c.machine+c.first("error_code")] || explained[c.first("error_code")] || c.machine == "" && explained["*"+c.first("error_code")]
		c.set(unexplained, fmt.Sprint(!known), c.evidence("error_code"))
	}
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
func (e *Engine) findings(fired []firing, l knowledge.Language) []group {
	grouped := map[string]*group{}
	machines := map[string]map[string]bool{}
	for i := range fired {
		fr := &fired[i]
		key := fr.group()
		g := grouped[key]
		if g == nil {
			g = &group{finding: e.newFinding(fr, l)}
			g.finding.Article = e.articleOf(fr)
			grouped[key], machines[key] = g, map[string]bool{}
		}
		f := &g.finding
		g.fired = append(g.fired, fr)
		f.join(fr)
		if m := fr.machine; m != "" && !machines[key][m] {
			machines[key][m] = true
			if f.MachineCount++; f.MachineCount <= maxMachines {
				f.Machines = append(f.Machines, m)
			}
		}
	}
	out := make([]group, 0, len(grouped))
	for _, key := range slices.Sorted(maps.Keys(grouped)) {
		sum := sha256.Sum256([]byte(key))
		grouped[key].finding.InstanceKey = hex.EncodeToString(sum[:8])
		grouped[key].finding.Explanation += e.certainties(grouped[key], l)
		out = append(out, *grouped[key])
	}
	slices.SortStableFunc(out, func(x, y group) int {
		a, b := x.finding, y.finding
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
	f.Section = cmp.Or(f.Section, fr.rule.Section)
	if !slices.Contains(f.Rules, fr.rule.ID) {
		f.Rules = append(f.Rules, fr.rule.ID)
	}
	for _, fact := range fr.evidenceFacts() {
		v, kind, _ := strings.Cut(fact, ".")
		r := fr.bound[v]
		if r == nil {
			continue
		}
		for _, x := range r.all(kind) {
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
		for _, v := range r.all(kind) {
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

// listFacts lists what the caller stated and the facts of all documents, equal ones of one subject once with
// their number.
func listFacts(docs []*formats.Document, stated []Fact) ([]Fact, int) {
	out := stated
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
