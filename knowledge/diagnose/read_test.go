package diagnose

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// TestReadUpload: what is refused is told, and the rest is read.
func TestReadUpload(t *testing.T) {
	const code = "slmgr.vbs /ato\nError: 0xC004F074 The Software Licensing Service reported that the product could not be activated.\n"
	data := archive(t,
		"KLIENT7_Office15_Ospp-dcmid.txt", "Client Machine ID (CMID): 0d6a7c1e-45f2-4b0e-9c3d-8f1a2b3c4d5e\n",
		"KLIENT7_NSLookup.log", "Server:  UnKnown\n", "ato.txt", code,
		"bad.cab", string(cabOf(t, cabNext, []uint16{cabStored}, "a", "b")),
	)
	e := New(builtIn(t), nil)
	docs, err := e.readAll(t.Context(), []File{{Name: "sdp.zip", Data: data}, {Name: "more.txt", Data: []byte(code)}}, Limits{}, map[string]bool{}, new(meter))
	if err != nil {
		t.Fatal(err)
	}
	type row struct{ name, machine, warning string }
	want := []row{
		{"sdp.zip/KLIENT7_Office15_Ospp-dcmid.txt", "klient7", ""}, {"sdp.zip/KLIENT7_NSLookup.log", "klient7", ""},
		{"sdp.zip/ato.txt", "klient7", ""}, {"sdp.zip/bad.cab", "", "archive-split: the cabinet is one of several that belong together"}, {"more.txt", "", ""},
	}
	if len(docs) != len(want) {
		t.Fatalf("%d documents", len(docs))
	}
	for i, d := range docs {
		got := row{d.Filename, d.Machine, strings.Join(d.Warnings, "; ")}
		if i == 3 {
			got.machine = "" // it says nothing, so that it does not matter
		}
		if got != want[i] {
			t.Errorf("got %+v, want %+v", got, want[i])
		}
	}
	for _, f := range docs[2].Facts {
		if f.Machine != "klient7" {
			t.Errorf("fact %s of %q", f.Value, f.Machine)
		}
	}
}

// TestShareMachineOfSeveral: a folder with the bundles of two computers names no machine for the others.
func TestShareMachineOfSeveral(t *testing.T) {
	docs := []*formats.Document{{Filename: "a.zip/PC1_NSLookup.log"}, {Filename: "a.zip/PC2_NSLookup.log"}, {Filename: "a.zip/ato.txt"}}
	shareMachine(docs)
	if docs[2].Machine != "" {
		t.Errorf("machine %q", docs[2].Machine)
	}
}

// TestReadEnds: a long document ends where the context does.
func TestReadEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := New(builtIn(t), nil)
	if _, err := e.readEntry(ctx, entry{name: "x", text: io.LimitReader(nil, 1)}, map[string]bool{}, new(meter)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestFactsHaveALimit: of more than memory is meant for, the first documents are analysed, and each of the others
// tells that it is not.
func TestFactsHaveALimit(t *testing.T) {
	files := fleet(10)
	all, err := New(builtIn(t), nil).Analyze(t.Context(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	most := formats.FactBytes(all.Documents[0].Facts) + formats.FactBytes(all.Documents[1].Facts)
	a, err := New(builtIn(t), nil).Analyze(t.Context(), files, Options{Limits: Limits{Facts: most}})
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range a.Documents {
		whole, told := len(d.Facts) == len(all.Documents[i].Facts), strings.Contains(strings.Join(d.Warnings, " "), "facts-truncated")
		if whole != (i < 2) || told == whole {
			t.Errorf("document %d has %d facts of %d and says %q", i, len(d.Facts), len(all.Documents[i].Facts), d.Warnings)
		}
	}
}
