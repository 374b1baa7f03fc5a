package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/activationkb/activationkb/index"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
)

// evaluate measures how well the program answers.
func evaluate(ctx context.Context, c *call) (int, error) {
	corpus := c.flags.String("corpus", "", "folder with *.jsonl.gz parallel articles; none: only the query sets are measured")
	queries := c.flags.String("queries", "", "folder with query sets en.tsv, nb.tsv, ... (default: "+ownQueries+" of the source tree) or "+symptomFile)
	logs := c.flags.String("logs", "", "folder of logs with labels (*.json), for eval logs")
	c.flags.BoolVar(&c.json, "json", false, "print JSON, with the interval of every figure of the search")
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	switch {
	case len(c.args) == 0:
		return exitUsage, errors.New("eval: of what? For example: activationkb eval search")
	case len(c.args) > 1:
		return exitUsage, fmt.Errorf("eval: cannot evaluate %q; there is: search, diagnose, logs", strings.Join(c.args, " "))
	}
	switch c.args[0] {
	case "search":
	case "diagnose":
		return c.evalDiagnose(ctx, *queries)
	case "logs":
		return c.evalLogs(ctx, *logs)
	default:
		return exitUsage, fmt.Errorf("eval: cannot evaluate %q; there is: search, diagnose, logs", c.args[0])
	}
	e, err := evaluateSearch(ctx, *queries, *corpus, c.progress())
	if err != nil {
		return exitUsage, err
	}
	if c.json {
		return exitAnswered, c.printMeasured(e)
	}
	return exitAnswered, printFigures(c.stdout, e, *corpus == "")
}

// printMeasured prints figures as JSON; they are no message of the API.
func (c *call) printMeasured(v any) error {
	out := json.NewEncoder(c.stdout)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

func evaluateSearch(ctx context.Context, queries, corpus string, log io.Writer) (*index.Evaluation, error) {
	if queries == "" {
		var err error
		if queries, err = inSourceTree(ownQueries); err != nil {
			return nil, err
		}
	}
	sets, err := index.ReadQueries(queries)
	if err != nil {
		return nil, err
	}
	var parallel *index.Corpus
	if corpus != "" {
		if parallel, err = index.ReadCorpus(corpus); err != nil {
			return nil, err
		}
	}
	base, err := knowledge.Load(content.FS())
	if err != nil {
		return nil, err
	}
	return index.Evaluate(ctx, base, sets, parallel, log)
}

// ownQueries holds the committed query sets. They are not part of the binary: they are no use to
// those who run it.
const ownQueries = "index/testdata/eval"

// inSourceTree finds a folder of the repository from anywhere inside it.
func inSourceTree(name string) (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		found := filepath.Join(dir, filepath.FromSlash(name))
		if info, err := os.Stat(found); err == nil && info.IsDir() {
			return found, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return "", fmt.Errorf("eval: this is not the source tree, which has %s; give --queries DIR", name)
}

// progress is where a long command tells how far it is: standard error if a person watches.
func (c *call) progress() io.Writer {
	if f, ok := c.stderr.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return f
		}
	}
	return io.Discard
}

// printFigures prints a table of at most 80 columns: one line for each language or pair.
func printFigures(w io.Writer, e *index.Evaluation, withoutCorpus bool) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%-8s  %-5s  %4s  %5s  %-13s  %5s  %6s  %5s  %5s  %5s\n", "set", "lang", "n", "nDCG", "95 %", "MRR", "recall", "first", "1-3", "AUC")
	before := ""
	for _, f := range e.Figures {
		if before != "" && before != f.Set {
			out.WriteByte('\n')
		}
		before = f.Set
		scope := ""
		if f.AUC != nil {
			scope = fmt.Sprintf("%.3f", f.AUC.Value)
		}
		line := fmt.Sprintf("%-8s  %-5s  %4d  %.3f  %.3f - %.3f  %.3f  %6.3f  %.3f  %.3f  %5s", f.Set, languagesOf(f), f.Queries,
			f.NDCG.Value, f.NDCG.Low, f.NDCG.High, f.MRR.Value, f.Recall.Value, f.Success1.Value, f.Success3.Value, scope)
		fmt.Fprintln(&out, strings.TrimRight(line, " "))
	}
	out.WriteString("\nOver the first ten results of n queries. AUC: in scope against out of scope.\n")
	if withoutCorpus {
		out.WriteString("The sets same, cross and crossb were not measured: they need --corpus DIR.\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// languagesOf says what a line is about: "nb", "nb-ru", or "all".
func languagesOf(f index.Figures) string {
	s := cmp.Or(string(f.Query), "all")
	if f.Content != "" && f.Content != f.Query {
		s += "-" + string(f.Content)
	}
	return s
}
