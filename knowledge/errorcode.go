package knowledge

import "github.com/activationkb/activationkb/knowledge/code"

// Severity of a code or a finding.
type Severity string

// Severities. SUCCESS is used by codes only.
const (
	Error   Severity = "ERROR"
	Warning Severity = "WARNING"
	Info    Severity = "INFO"
	Success Severity = "SUCCESS"
)

// ErrorCode is what is known of one code. Articles that explain it by context are found with
// Base.ArticlesFor; causes and resolutions here are for codes that no article explains.
type ErrorCode struct {
	Code        code.Code   `yaml:"code"`
	AliasOf     code.Code   `yaml:"aliasOf,omitempty"` // the record that this spelling stands for
	Symbol      string      `yaml:"symbol,omitempty"`
	Severity    Severity    `yaml:"severity"`
	Channels    []string    `yaml:"channels,omitempty"`
	Products    []string    `yaml:"products,omitempty"`
	Roles       []string    `yaml:"roles,omitempty"`
	Message     Text        `yaml:"message"`
	Explanation string      `yaml:"explanation,omitempty"` // id of an Explanation of the same file or another
	Events      []string    `yaml:"events,omitempty"`
	Related     []code.Code `yaml:"related,omitempty"`
	Sources     []Source    `yaml:"sources,omitempty"`
	Doubt       Text        `yaml:"doubt,omitempty"` // what is not certain about the record
}

// Explanation holds causes and fixes that several codes share.
type Explanation struct {
	ID     string `yaml:"id"`
	Causes []Text `yaml:"causes"`
	Fixes  []Text `yaml:"fixes"` // one action each, least intrusive first; tokens allowed
}

// Event is one Windows event that matters to activation.
type Event struct {
	ID      string       `yaml:"id"` // "12288" for Security-SPP, else "<source>-<number>"
	Number  int          `yaml:"number"`
	Source  string       `yaml:"source"` // provider name
	Log     string       `yaml:"log"`
	Roles   []string     `yaml:"roles,omitempty"`
	Title   Text         `yaml:"title"`
	Meaning Text         `yaml:"meaning"`
	Fields  []EventField `yaml:"fields,omitempty"` // in the order of the event's data
	Use     Text         `yaml:"use"`              // what it tells in a diagnosis
	Sources []Source     `yaml:"sources,omitempty"`
	Doubt   Text         `yaml:"doubt,omitempty"`
}

// EventField is one insertion value of an event.
type EventField struct {
	Name string `yaml:"name"` // fact kind where there is one, else a short English id
	Text Text   `yaml:"text"`
}

// Symbol is a Win32 error of the ranges that activation meets.
type Symbol struct {
	Number int    `yaml:"number"`
	Name   string `yaml:"name"`
	Text   Text   `yaml:"text,omitempty"`
}

// Facility is an HRESULT facility.
type Facility struct {
	Number int    `yaml:"number"`
	Name   string `yaml:"name"`
	Text   Text   `yaml:"text,omitempty"`
}

// Key is a publicly documented product key, known by its last five characters,
// or a KMS host key known by its activation id.
type Key struct {
	Last5        string `yaml:"last5,omitempty"`
	Key          string `yaml:"key,omitempty"` // the full generic key where the sources print it: never masked
	Kind         string `yaml:"kind"`          // GVLK, GENERIC or HOST
	Product      string `yaml:"product"`       // WINDOWS, WINDOWS_SERVER, OFFICE
	Edition      string `yaml:"edition"`       // "Windows 11 Pro"
	ActivationID string `yaml:"activationId,omitempty"`
	Serves       string `yaml:"serves,omitempty"` // what a host with this key activates, English product names
}

// Product is a licence known by its SKU (activation) id.
type Product struct {
	ID      string `yaml:"id"` // GUID, lower case
	Name    string `yaml:"name"`
	Channel string `yaml:"channel,omitempty"`
}
