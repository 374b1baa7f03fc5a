package index

import (
	_ "embed"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// everydayFile lists ways of speaking that belong to no subject, and so not to the glossary: who writes "is
// down" or "cannot connect" looks for what an article says of a host that "does not answer".
//
//go:embed everyday.tsv
var everydayFile string

var everyday = readConcepts(everydayFile)

// readConcepts takes the rows of a table as concepts: they are found in queries the same way. A row has a name
// and for each language terms separated by bars.
func readConcepts(table string) []*knowledge.Concept {
	var concepts []*knowledge.Concept
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 1+len(knowledge.Languages) {
			continue
		}
		c := &knowledge.Concept{ID: f[0], Terms: make(map[knowledge.Language][]string)}
		for i, l := range knowledge.Languages {
			c.Terms[l] = strings.Split(f[1+i], "|")
		}
		concepts = append(concepts, c)
	}
	return concepts
}
