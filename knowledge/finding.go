package knowledge

// Finding is a diagnosis that rules can reach from facts.
type Finding struct {
	ID          string   `yaml:"id"`
	Severity    Severity `yaml:"severity"`
	Article     string   `yaml:"article,omitempty"`
	Positive    bool     `yaml:"positive,omitempty"` // speaks of health: supports the verdict HEALTHY
	Symptom     bool     `yaml:"symptom,omitempty"`  // tells what shows and not why: any cause explains it
	Title       Text     `yaml:"title"`
	Explanation Text     `yaml:"explanation"`      // {a.kms_host} is replaced by the bound record's value
	Order       int      `yaml:"order"`            // root cause first: smaller is earlier in the chain (R-chain of facts), 1..99
	Causes      []string `yaml:"causes,omitempty"` // finding ids that would be its cause and leave it true; those that make it untrue suppress it
	Rules       []Rule   `yaml:"rules"`
	Samples     []Sample `yaml:"samples"`
}

// Certainty of a finding.
type Certainty string

// Certainties, strongest first.
const (
	Certain Certainty = "CERTAIN"
	High    Certainty = "HIGH"
	Medium  Certainty = "MEDIUM"
	Low     Certainty = "LOW"
)

// Rule fires its finding. Logic is three-valued: a predicate on a fact that no document records
// is unknown, never false. Fired = true; clear = false; inconclusive = unknown while at least one
// bound record exists; silent = unknown without any bound record.
type Rule struct {
	ID         string             `yaml:"id"`   // R063
	Bind       map[string]string  `yaml:"bind"` // variable -> record kind: machine license client host attempt event srv probe service registry user
	When       Condition          `yaml:"when"`
	Confidence Certainty          `yaml:"confidence"`
	Adjust     []Adjustment       `yaml:"adjust,omitempty"`
	Evidence   []string           `yaml:"evidence,omitempty"`   // "a.kms_host"
	Missing    map[string]Missing `yaml:"missing,omitempty"`    // fact -> what to ask for
	Severity   Severity           `yaml:"severity,omitempty"`   // where this rule is milder or graver than its finding
	Section    string             `yaml:"section,omitempty"`    // of the finding's article: what to do first about what this rule saw
	Suppresses []string           `yaml:"suppresses,omitempty"` // finding ids that this one explains on the same machine, or of the host that it is about
}

// Adjustment replaces the confidence of a fired rule when its condition is true; the last one wins.
type Adjustment struct {
	To   Certainty `yaml:"to"`
	When Condition `yaml:"when"`
}

// Missing says how to get a fact that a rule lacks.
type Missing struct {
	Question string `yaml:"question"`
}

// Condition is one node of a rule: exactly one of all, any, not, a predicate on Fact, or a Count.
type Condition struct {
	All []Condition `yaml:"all,omitempty"`
	Any []Condition `yaml:"any,omitempty"`
	Not *Condition  `yaml:"not,omitempty"`

	Fact string `yaml:"fact,omitempty"` // "a.error_code"
	// Is: failure (a failure HRESULT), success, present, absent (recorded as none), true, false.
	Is string `yaml:"is,omitempty"`
	// The operands below are literals, or another fact ("s.srv_host") where they have the form variable.kind
	// with a bound variable. A fact with several values satisfies a predicate if one value does; not_in and ne
	// ask it of all of them.
	Eq        string    `yaml:"eq,omitempty"`
	Ne        string    `yaml:"ne,omitempty"`
	In        Operands  `yaml:"in,omitempty"`
	NotIn     Operands  `yaml:"not_in,omitempty"`
	Lt        string    `yaml:"lt,omitempty"`
	Gt        string    `yaml:"gt,omitempty"`
	Has       string    `yaml:"has,omitempty"` // the value contains this text, case-insensitively
	DiffersBy *Distance `yaml:"differs_by,omitempty"`
	As        string    `yaml:"as,omitempty"` // comparer: host guid time code number text (default: by fact kind)

	Count *Count `yaml:"count,omitempty"`
}

// Operands is a list of literals or facts; a single YAML scalar is a list of one.
type Operands []string

// Distance is true when two values are further apart than More (numbers, or durations such as 4h for times).
type Distance struct {
	From string `yaml:"from"` // the other fact
	More string `yaml:"more"`
}

// Count compares how many distinct values a fact takes over all records of its variable's kind
// (on every machine), per value of GroupBy. The rule fires once for each group that satisfies it.
type Count struct {
	Distinct string `yaml:"distinct"` // "c.computer"
	GroupBy  string `yaml:"group_by,omitempty"`
	Gt       *int   `yaml:"gt,omitempty"`
	Lt       *int   `yaml:"lt,omitempty"`
}

// Outcome of a rule.
type Outcome string

// Outcomes. Silent rules are not reported.
const (
	Fired        Outcome = "FIRED"
	Clear        Outcome = "CLEAR"
	Inconclusive Outcome = "INCONCLUSIVE"
	Silent       Outcome = "SILENT"
)

// Sample is a test of a rule that stands beside it: documents by file name, and the outcome.
type Sample struct {
	Rule      string            `yaml:"rule"`
	Want      Outcome           `yaml:"want"`
	Missing   []string          `yaml:"missing,omitempty"`
	Answers   map[string]string `yaml:"answers,omitempty"` // question id -> option id
	Documents map[string]string `yaml:"documents,omitempty"`
}
