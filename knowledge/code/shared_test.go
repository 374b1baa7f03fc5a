package code

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const shared = "../../../shared"

// sample is the part of a label file that speaks of codes.
type sample struct {
	File  string `json:"file"`
	Facts struct {
		Errors []string `json:"error_codes"`
		Infos  []string `json:"info_codes"`
	} `json:"expected_facts"`
}

func samples(t *testing.T) []sample {
	names, _ := filepath.Glob(filepath.Join(shared, "logs", "*.json"))
	if len(names) == 0 {
		t.Skip("no labelled logs: ../shared is absent")
	}
	var all []sample
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var s sample
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if filepath.Ext(s.File) != ".evtx" {
			all = append(all, s)
		}
	}
	return all
}

func TestScanFindsLabelledCodes(t *testing.T) {
	for _, s := range samples(t) {
		text, err := os.ReadFile(filepath.Join(shared, "logs", s.File))
		if err != nil {
			t.Fatal(err)
		}
		matches := Scan(string(text))
		for _, label := range append(s.Facts.Errors, s.Facts.Infos...) {
			want, err := Parse(label)
			if err != nil {
				t.Errorf("%s: label: %v", s.File, err)
			}
			if !slices.ContainsFunc(matches, func(m Match) bool { return m.Code == want }) {
				t.Errorf("%s: %s not found", s.File, label)
			}
		}
	}
}

// The unrelated logs hold HRESULTs of their own, written with 0x. Nothing else may be taken for a code.
func TestScanOfUnrelatedLogs(t *testing.T) {
	for _, s := range samples(t) {
		if !strings.Contains(s.File, "-neg-") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(shared, "logs", s.File))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, m := range Scan(string(text)) {
			seen[m.Kind.String()+" "+m.Code.String()]++
			if m.Kind != Hex && m.Kind != Flag {
				t.Errorf("%s: %s %q", s.File, m.Kind, text[m.Start:m.End])
			}
		}
		t.Log(s.File, seen)
	}
}

// Every value of the seed documents that is written with 0x and eight digits must be found, and
// what is found without 0x must be spelled out here.
func TestScanOfSeeds(t *testing.T) {
	names, _ := filepath.Glob(filepath.Join(shared, "seeds", "*.txt"))
	if len(names) == 0 {
		t.Skip("no seed documents: ../shared is absent")
	}
	distinct := map[Code]bool{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		hexes := 0
		for _, m := range Scan(text) {
			switch m.Kind {
			case Hex:
				hexes++
				distinct[m.Code] = true
			case Flag:
			default:
				t.Errorf("%s: %s %q", name, m.Kind, text[m.Start:m.End])
			}
		}
		if want := naive(text); hexes != want {
			t.Errorf("%s: %d codes, %d by hand", name, hexes, want)
		}
	}
	if !distinct[0x8007000D] || !distinct[0xC004F074] {
		t.Error("well-known codes are missing")
	}
	t.Log(len(distinct), "distinct codes")
}

// naive counts "0x" with eight hex digits or more behind it.
func naive(text string) int {
	n := 0
	for _, part := range strings.Split(strings.ToLower(text), "0x")[1:] {
		if len(part) >= 8 && hexRun([]byte(part)) >= 8 {
			n++
		}
	}
	return n
}
