package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/activationkb/activationkb/index"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
)

// learn writes the lexicon of translations that the search is built with, index/translations.bin.
func learn(_ context.Context, c *call) (int, error) {
	corpus := c.flags.String("corpus", "", "folder with *.jsonl.gz parallel articles; none: learn from the built-in articles only")
	out := c.flags.String("out", "index/translations.bin", "file to write")
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	if len(c.args) > 0 {
		return exitUsage, errors.New("learn takes no arguments, only --corpus and --out")
	}
	base, err := knowledge.Load(content.FS())
	if err != nil {
		return exitUsage, err
	}
	var parallel *index.Corpus
	if *corpus != "" {
		if parallel, err = index.ReadCorpus(*corpus); err != nil {
			return exitUsage, err
		}
	}
	learned, err := index.Learn(base, parallel, c.stderr)
	if err != nil {
		return exitUsage, err
	}
	if err := os.WriteFile(*out, learned, 0o644); err != nil {
		return exitUsage, err
	}
	fmt.Fprintf(c.stdout, "%s: %d bytes\n", *out, len(learned))
	return exitAnswered, nil
}
