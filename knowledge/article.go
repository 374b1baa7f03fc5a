package knowledge

import "slices"

// ArticleKind is what an article is for.
type ArticleKind string

// The kinds of articles and the sections that each may have.
const (
	// Problem: symptoms, cause.<id>+, resolution.<id>+, if-not-solved.
	Problem ArticleKind = "PROBLEM"
	// Task: when-to-use, prerequisites, steps, result, undo.
	Task ArticleKind = "TASK"
	// ConceptArticle: overview, how-it-works, limits.
	ConceptArticle ArticleKind = "CONCEPT"
	// ReferenceArticle: overview, entry.<id>+.
	ReferenceArticle ArticleKind = "REFERENCE"
)

// Article is everything that a person reads about one subject. One id in all languages.
// The yaml fields are those of article.yaml; the rest is computed by Load.
type Article struct {
	ID       string      `yaml:"id"`
	Aliases  []string    `yaml:"aliases,omitempty"` // former ids
	Kind     ArticleKind `yaml:"kind"`
	Codes    []CodeRef   `yaml:"codes,omitempty"`
	Events   []string    `yaml:"events,omitempty"`
	Products []string    `yaml:"products,omitempty"`
	Channels []string    `yaml:"channels,omitempty"`
	Roles    []string    `yaml:"roles,omitempty"`
	Concepts []string    `yaml:"concepts,omitempty"` // glossary ids
	Related  []string    `yaml:"related,omitempty"`  // article ids
	Sources  []Source    `yaml:"sources"`
	Status   string      `yaml:"status,omitempty"` // CURRENT (default), LEGACY (out-of-support products) or DOUBTFUL

	Texts map[Language]*ArticleText `yaml:"-"`
	Pack  string                    `yaml:"-"` // "built-in" or the pack's name
}

// Text returns the article's text in the language l, else in English, else in any language it has.
func (a *Article) Text(l Language) (*ArticleText, Language) {
	if t, ok := a.Texts[l]; ok {
		return t, l
	}
	for _, l := range Languages {
		if t, ok := a.Texts[l]; ok {
			return t, l
		}
	}
	return nil, ""
}

// ArticleText is an article in one language, tokens resolved.
type ArticleText struct {
	Title    string
	Summary  string // one paragraph of plain text
	Sections []Section
	Asked    []string // how people put the question: for the search, shown to nobody
}

// Section returns the section with the given id.
func (t *ArticleText) Section(id string) (*Section, bool) {
	for i := range t.Sections {
		if t.Sections[i].ID == id {
			return &t.Sections[i], true
		}
	}
	return nil, false
}

// Beginning returns the sections with the one of an id before the others; all as they are where none has it.
func (t *ArticleText) Beginning(id string) []Section {
	at := slices.IndexFunc(t.Sections, func(s Section) bool { return s.ID == id })
	if at < 0 {
		return t.Sections
	}
	return slices.Concat(t.Sections[at:at+1], t.Sections[:at], t.Sections[at+1:])
}

// Section is one part of an article. The id is the same in all languages:
// "symptoms" or, where a kind may repeat, "resolution.create-srv".
type Section struct {
	ID       string
	Title    string // of vocabulary.yaml, or the heading's own for dotted ids
	Markdown string // CommonMark without raw HTML
	Text     string // the same as plain text, for indexing and short answers
	Intro    string // plain text before the steps; the whole text where there are none
	Steps    []Step
}

// Step is one action of a resolution or a task.
type Step struct {
	Text     string // plain text, commands shown in their short form
	Markdown string
	Commands []*Command
	RunOn    string // role id of vocabulary.yaml, "" = where the reader sits
	Elevated bool
	Risk     Risk
	Warning  string
	Verify   string
	Undo     string
}

// Risk is what a step or a command may cost.
type Risk string

// Risks, harmless first. REGISTRY steps carry the backup warning of KB 322756.
const (
	RiskNone     Risk = "NONE"
	RiskLow      Risk = "LOW"
	RiskRestart  Risk = "RESTART"
	RiskRegistry Risk = "REGISTRY"
	RiskDataLoss Risk = "DATA_LOSS"
)
