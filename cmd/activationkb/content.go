package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
)

// lint checks a pack together with the built-in one, which it may cite; without a folder, the built-in one alone.
func lint(_ context.Context, c *call) (int, error) {
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	all := []fs.FS{content.FS()}
	switch len(c.args) {
	case 0:
	case 1:
		if _, err := os.Stat(c.args[0]); err != nil {
			return exitUsage, err
		}
		all = append(all, os.DirFS(c.args[0]))
	default:
		return exitUsage, errors.New("lint takes one folder")
	}
	base, defects := knowledge.Lint(all...)
	if len(defects) > 0 {
		for _, d := range defects {
			fmt.Fprintln(c.stdout, d.Error())
		}
		return exitNothing, fmt.Errorf("%d defects", len(defects))
	}
	fmt.Fprintf(c.stdout, "ok: %d articles, %d codes, %d events, %d findings, %d concepts, revision %s\n",
		len(base.Articles()), len(base.Codes()), len(base.Events()), len(base.Findings()), len(base.Concepts()), base.Revision())
	return exitAnswered, nil
}

// create makes the files of a new entry, in a pack's folder or in the tree of the program itself.
func create(_ context.Context, c *call) (int, error) {
	dir := c.flags.String("dir", ".", "root of the pack (for format: of the program's source)")
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	if len(c.args) != 2 {
		return exitUsage, errors.New("new: say what and its id, for example: activationkb new article printer-not-found")
	}
	made, err := knowledge.Scaffold(*dir, c.args[0], c.args[1])
	for _, name := range made {
		fmt.Fprintln(c.stdout, name)
	}
	return exitAnswered, err
}

func printVersion(_ context.Context, c *call) (int, error) {
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	base, err := knowledge.Load(content.FS())
	if err != nil {
		return exitUsage, err
	}
	fmt.Fprintf(c.stdout, "activationkb %s, content %s\n", buildVersion(), base.Revision())
	return exitAnswered, nil
}
