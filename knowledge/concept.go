package knowledge

// Concept is one idea with its terms in each language, the preferred term first.
type Concept struct {
	ID       string                `yaml:"id"`
	Category string                `yaml:"category"`
	Topic    bool                  `yaml:"topic,omitempty"` // naming it is enough to speak of activation
	Terms    map[Language][]string `yaml:"terms"`
	Avoid    map[Language][]string `yaml:"avoid,omitempty"`  // of the terms, those that people type but texts do not use
	Shared   bool                  `yaml:"shared,omitempty"` // some term is also a term of another concept, knowingly
}

// Command is something to type, stored once and the same in every language.
type Command struct {
	ID       string `yaml:"id"`
	Tool     string `yaml:"tool,omitempty"` // id of a Tool that Args belong to
	Args     string `yaml:"args,omitempty"`
	Line     string `yaml:"run,omitempty"`   // the whole line, for commands without a tool
	Shell    string `yaml:"shell,omitempty"` // CMD (default), POWERSHELL, BASH, DNSCMD
	RunOn    string `yaml:"runOn,omitempty"` // role id, "" = anywhere
	Elevated bool   `yaml:"elevated,omitempty"`
	Risk     Risk   `yaml:"risk,omitempty"`   // NONE (default)
	Purpose  Text   `yaml:"purpose"`          // what it does or shows, one sentence
	Undo     string `yaml:"undo,omitempty"`   // command id
	Verify   string `yaml:"verify,omitempty"` // command id

	tool *Tool
}

// Tool is a program whose path differs by product version and bitness.
type Tool struct {
	ID       string    `yaml:"id"`
	Name     string    `yaml:"name"` // short form in running text: "ospp.vbs"
	Variants []Variant `yaml:"variants"`
}

// Variant is one way to call a tool.
type Variant struct {
	Run       string `yaml:"run"`
	AppliesTo Text   `yaml:"appliesTo,omitempty"`
}

// Question asks for what is missing.
type Question struct {
	ID      string   `yaml:"id"`
	Type    string   `yaml:"type"` // CHOICE, TEXT or PASTE
	Text    Text     `yaml:"text"`
	Why     Text     `yaml:"why"`
	Options []Option `yaml:"options,omitempty"`
	Collect string   `yaml:"collect,omitempty"` // command id whose output answers it
	Fact    string   `yaml:"fact,omitempty"`    // fact kind that the answer states with the subject USER

	AnsweredBy string `yaml:"answeredBy,omitempty"` // record kind of which any one answers it for all machines
	Order      int    `yaml:"order,omitempty"`      // 1..99: smaller is asked earlier, as it decides more; 0 = after all others
}

// Option is one answer to a CHOICE question. Context and Codes, where given, are what choosing it tells.
type Option struct {
	ID      string  `yaml:"id"`
	Text    Text    `yaml:"text"`
	Value   string  `yaml:"value,omitempty"` // normalized value of the question's fact
	Context Context `yaml:"context,omitempty"`
}

// Term is an entry of vocabulary.yaml: an id of the contract with its title.
type Term struct {
	ID    string `yaml:"id"`
	Title Text   `yaml:"title"`
}

// Vocabulary holds the fixed ids of the contract and the titles of sections and placeholders.
type Vocabulary struct {
	Channels     []Term `yaml:"channels"`
	Roles        []Term `yaml:"roles"`
	Products     []Term `yaml:"products"`
	Places       []Term `yaml:"places"`
	Sections     []Term `yaml:"sections"`     // titles of the plain section ids
	Placeholders []Term `yaml:"placeholders"` // <kms-host> in commands and texts
}

// Pack describes a set of content.
type Pack struct {
	Name          string     `yaml:"name"`
	Version       string     `yaml:"version"`
	FormatVersion int        `yaml:"formatVersion"`
	Languages     []Language `yaml:"languages"`
	Licence       string     `yaml:"licence,omitempty"`
	Overrides     []string   `yaml:"overrides,omitempty"` // article ids of the built-in pack that this pack replaces
}
