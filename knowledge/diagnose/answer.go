package diagnose

import (
	"cmp"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// pasted reads the answers that are outputs, or name a code, like any other document: what the caller was
// asked to paste decides as if it had been uploaded.
func (e *Engine) pasted(answers []Answer, keys map[string]bool) []*formats.Document {
	var docs []*formats.Document
	for _, a := range answers {
		q, ok := e.base.Question(a.Question)
		if !ok || a.Unknown || a.Text == "" || q.Type != "PASTE" && q.Fact != string(formats.ErrorCode) {
			continue
		}
		if d, err := e.read("answers/"+q.ID, strings.NewReader(a.Text), keys); err == nil && len(d.Facts) > 0 {
			docs = append(docs, d)
		}
	}
	return docs
}

// stated lists what the caller says of the machine as facts of the subject USER.
func (e *Engine) stated(opts Options) []Fact {
	var facts []Fact
	add := func(kind, value, normalized string) {
		facts = append(facts, Fact{
			Kind: kind, Value: value, Normalized: normalized, Count: 1,
			Subject: formats.Subject{ID: "user", Kind: formats.UserSubject}, Evidence: Evidence{Excerpt: excerpt(value)},
		})
	}
	for _, c := range contextFacts(opts.Context) {
		add(c.kind, c.value, c.value)
	}
	for _, a := range opts.Answers {
		q, ok := e.base.Question(a.Question)
		if !ok || a.Unknown {
			continue
		}
		value, option := a.said(q)
		if value == "" {
			continue
		}
		add(cmp.Or(q.Fact, factOf(q)), cmp.Or(option, excerpt(value)), excerpt(value))
	}
	return facts
}

// said is what an answer comes to: the value of the option chosen, and its id; else the text. Who writes the
// id of an option as text has chosen it.
func (a *Answer) said(q *knowledge.Question) (value, option string) {
	for _, o := range q.Options {
		if o.ID == a.Option || strings.EqualFold(o.ID, strings.TrimSpace(a.Text)) {
			return cmp.Or(o.Value, o.ID), o.ID
		}
	}
	return a.Text, ""
}

// factOf is the kind of fact that answers to a question are kept under.
func factOf(q *knowledge.Question) string { return strings.ReplaceAll(q.ID, "-", "_") }

// excerpt is the beginning of a text that may be a whole output.
func excerpt(s string) string {
	const most = 400
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}

type contextFact struct{ kind, value string }

// contextFacts are what a context says, and what rules know it as: a role answers the question for it, and a
// product with its version those for versions.
func contextFacts(c knowledge.Context) []contextFact {
	var facts []contextFact
	add := func(kind, value string) {
		if value != "" {
			facts = append(facts, contextFact{kind, value})
		}
	}
	add("product", c.Product)
	add("product_version", c.ProductVersion)
	add("role", c.Role)
	add("channel", c.Channel)
	add("place", c.Place)
	add("machine_role", c.Role)
	if c.ProductVersion != "" {
		switch c.Product {
		case "WINDOWS":
			add("windows_version", "Windows "+c.ProductVersion)
		case "WINDOWS_SERVER":
			add("windows_version", "Windows Server "+c.ProductVersion)
		case "OFFICE":
			add("office_version", c.ProductVersion)
		}
	}
	return facts
}
