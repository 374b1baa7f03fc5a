// Package knowledge is what the service knows about Windows and Office activation:
// articles, error codes, events, findings with their rules, concepts and commands,
// strictly loaded from content packs into one immutable Base.
package knowledge

import (
	"slices"

	"github.com/activationkb/activationkb/knowledge/code"
)

// Language is one of the supported content languages, as a lower-case BCP 47 primary tag.
type Language string

// The five languages of the built-in pack. Norwegian is bokmål, Chinese is simplified.
const (
	English   Language = "en"
	Norwegian Language = "nb"
	Swedish   Language = "sv"
	Russian   Language = "ru"
	Chinese   Language = "zh"
)

// Languages lists all supported languages; English, the fallback, is first.
var Languages = []Language{English, Norwegian, Swedish, Russian, Chinese}

// Text is one short text in several languages. Keys are supported languages.
type Text map[Language]string

// In returns the text in the language l, else in English, else in any language of the text.
// It is empty only if the text is.
func (t Text) In(l Language) string {
	if s, ok := t[l]; ok {
		return s
	}
	for _, l := range Languages {
		if s, ok := t[l]; ok {
			return s
		}
	}
	return ""
}

// Context is where and on what a code or a symptom was seen. Ids are those of
// vocabulary.yaml ("KMS", "CLIENT", "OFFICE", "EVENT_12288"). Empty means unknown, never "any".
type Context struct {
	Product        string `yaml:"product,omitempty"`
	ProductVersion string `yaml:"productVersion,omitempty"` // "11", "2019", "LTSC2024"; free text
	Role           string `yaml:"role,omitempty"`
	Channel        string `yaml:"channel,omitempty"`
	Place          string `yaml:"place,omitempty"`
}

// When says in which contexts a statement applies. An empty list does not restrict.
type When struct {
	Channels []string `yaml:"channels,omitempty"`
	Roles    []string `yaml:"roles,omitempty"`
	Places   []string `yaml:"places,omitempty"`
	Products []string `yaml:"products,omitempty"`
}

// Empty reports whether w restricts nothing.
func (w When) Empty() bool {
	return len(w.Channels)+len(w.Roles)+len(w.Places)+len(w.Products) == 0
}

// Score compares w with what is known: each known dimension that w names and that agrees
// counts one, each that disagrees makes the result negative. 0 means that nothing is known
// for or against.
func (w When) Score(c Context) int {
	score, against := 0, false
	for _, d := range []struct {
		ids   []string
		known string
	}{{w.Channels, c.Channel}, {w.Roles, c.Role}, {w.Places, c.Place}, {w.Products, c.Product}} {
		switch {
		case d.known == "" || len(d.ids) == 0:
		case slices.Contains(d.ids, d.known):
			score++
		default:
			against = true
		}
	}
	if against {
		return -1
	}
	return score
}

// Source names where a claim comes from: a Knowledge Base number or a document's title.
type Source struct {
	KB    string `yaml:"kb,omitempty"`    // "929826"
	Title string `yaml:"title,omitempty"` // English title of the document
	URI   string `yaml:"uri,omitempty"`
}

// CodeRef ties an article to an error code, in the contexts of When.
type CodeRef struct {
	Code code.Code `yaml:"code"`
	When When      `yaml:"when,omitempty"`
}
