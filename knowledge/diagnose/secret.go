package diagnose

import (
	"io"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// exposedKey is the statement that a file holds a product key that should not be shown.
const exposedKey = "product-key-exposed"

// keyGuard keeps product keys out of what the parsers see, and remembers where the first one stood.
type keyGuard struct {
	base    *knowledge.Base
	found   map[string]bool // different keys
	secret  string          // the first key of the text, as it is shown masked
	line    int             // of the first key, 1-based; 0 = none
	excerpt string
}

// read parses a file. Keys are masked before anything is read, whole or wrapped over lines, so that no
// fact and no excerpt can hold one or a part of one; a file with keys gets a fact that says so. The keys
// are added to found. An error of the reader comes beside the document that ends there.
func (e *Engine) read(name string, in io.Reader, found map[string]bool) (*formats.Document, error) {
	g := keyGuard{base: e.base, found: found}
	d, err := formats.Read(name, in, g.hide)
	if d.Format == formats.EVTX { // its text comes to light only while it is parsed
		for i := range d.Facts {
			g.hideIn(&d.Facts[i])
		}
	}
	if g.line > 0 {
		d.Facts = append(d.Facts, formats.Fact{
			Kind: formats.Statement, Value: exposedKey, Normalized: exposedKey, Machine: d.Machine,
			Subject:  formats.Subject{ID: "machine", Kind: formats.MachineSubject},
			Position: formats.Position{Line: g.line}, Excerpt: g.excerpt,
		})
	}
	return d, err
}

// hide masks the keys of a text but the published generic ones. before is how many lines stand before it.
func (g *keyGuard) hide(text string, before int) string {
	g.secret = ""
	masked, _ := redact.Keys(text, g.public)
	if g.secret != "" && g.line == 0 {
		at := max(strings.Index(masked, g.secret), 0)
		g.line = 1 + before + strings.Count(masked[:at], "\n")
		line, _, _ := strings.Cut(masked[strings.LastIndexByte(masked[:at], '\n')+1:], "\n")
		g.excerpt = redact.Clean(redact.Cut(strings.TrimSpace(line), 400))
	}
	return masked
}

func (g *keyGuard) hideIn(f *formats.Fact) {
	const nearlyFull = 390
	for _, s := range []*string{&f.Value, &f.Normalized, &f.Excerpt} {
		if *s = g.hide(*s, 0); len(*s) > nearlyFull {
			*s = redact.DropHalf(*s)
		}
	}
}

// public keys are printed in the vendor's documentation for everybody; of most of them only the last five
// characters are known here, which are enough to say that no secret was given away.
func (g *keyGuard) public(key string) bool {
	last5 := key[len(key)-5:]
	known, ok := g.base.Key(last5)
	if ok && known.Key == key {
		return true
	}
	if !ok {
		if g.found[key] = true; g.secret == "" {
			g.secret = "XXXXX-" + last5
		}
	}
	return false
}
