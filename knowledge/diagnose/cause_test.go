package diagnose

import (
	"testing"
)

// The tables name findings and questions of the content: a renamed one would fall out of them unseen.
func TestTablesOfCausesNameWhatExists(t *testing.T) {
	base := builtIn(t)
	for id, causes := range deeper {
		for _, id := range append(causes, id) {
			if _, ok := base.Finding(id); !ok {
				t.Errorf("deeper: there is no finding %s", id)
			}
		}
	}
	for _, id := range append(gain, lookupQuestion) {
		if _, ok := base.Question(id); !ok {
			t.Errorf("gain: there is no question %s", id)
		}
	}
}
