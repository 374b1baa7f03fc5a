package redact

import (
	"os"
	"path/filepath"
	"testing"
)

// Of the labelled logs and the seed documents only one holds a key, a published generic one.
func TestKeysOfRealTexts(t *testing.T) {
	names, _ := filepath.Glob("../../../shared/*/*.*")
	if len(names) == 0 {
		t.Skip("no real texts: ../shared is absent")
	}
	total := 0
	for _, name := range names {
		switch filepath.Ext(name) {
		case ".txt", ".log", ".xml", ".jsonl", ".csv":
		default:
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		Keys(string(data), func(key string) bool {
			t.Log(filepath.Base(name), "…"+key[len(masked):])
			total++
			return false
		})
	}
	if total != 1 {
		t.Errorf("%d keys masked", total)
	}
}
