package diagnose

import (
	"context"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTickets analyses tickets as a helpdesk gets them: several outputs, prose in five languages, quotes, states
// before and after. testdata/tickets.tsv says of each what a senior engineer concludes: the verdict, and the
// findings in the order of the answer. Unrelated logs have no finding whatever codes they hold.
func TestTickets(t *testing.T) {
	e := New(builtIn(t), nil)
	want := concluded(t)
	var got strings.Builder
	files, _ := filepath.Glob("testdata/tickets/*.txt")
	negatives, _ := filepath.Glob("testdata/unrelated/*.txt")
	if len(files) < 20 || len(negatives) < 15 {
		t.Fatalf("%d tickets, %d unrelated logs", len(files), len(negatives))
	}
	for _, file := range append(files, negatives...) {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a, err := e.Analyze(context.Background(), []File{{Name: filepath.Base(file), Data: data}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, f := range a.Findings {
			ids = append(ids, f.ID)
		}
		line := name + "\t" + string(a.State) + "\t" + strings.Join(ids, " ")
		got.WriteString(line + "\n")
		if line != want[name] {
			t.Errorf("got  %s\nwant %s", line, want[name])
		}
		if strings.Contains(file, "unrelated") && len(ids) > 0 {
			t.Errorf("%s: an unrelated log gives %v", name, ids)
		}
	}
	if os.Getenv("UPDATE_TICKETS") != "" {
		if err := os.WriteFile("testdata/tickets.tsv", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTicketsDisguised: a ticket that was forwarded, exported or logged on its way says the same.
func TestTicketsDisguised(t *testing.T) {
	e := New(builtIn(t), nil)
	want := concluded(t)
	each := func(before, s, after string) string {
		return before + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", after+"\n"+before) + after + "\n"
	}
	files, _ := filepath.Glob("testdata/tickets/*.txt")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for disguise, worn := range map[string]string{
			"forwarded": each("> ", text, ""), "from a log": each("2026-11-20 09:12:01 ", text, ""), "crlf": strings.ReplaceAll(text, "\n", "\r\n"),
			"from a page": strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n"), "no-break spaces": strings.ReplaceAll(text, " ", "\u00a0"),
		} {
			if name == "27-ru-mojibake-ticket" && disguise == "no-break spaces" || name == "25-sv-win-event-table" && disguise == "from a log" {
				continue // its blanks are letters; its rows begin with a time of their own
			}
			a, err := e.Analyze(context.Background(), []File{{Name: filepath.Base(file), Data: []byte(worn)}}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, f := range a.Findings {
				ids = append(ids, f.ID)
			}
			if line := name + "\t" + string(a.State) + "\t" + strings.Join(ids, " "); line != want[name] {
				t.Errorf("%s:\ngot  %s\nwant %s", disguise, line, want[name])
			}
		}
	}
}

// concluded reads the conclusions, by ticket.
func concluded(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/tickets.tsv")
	if err != nil {
		t.Log(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		name, _, _ := strings.Cut(line, "\t")
		out[name] = strings.TrimSuffix(line, "\n")
	}
	return out
}
