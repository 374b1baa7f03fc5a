// Package index makes the knowledge searchable: one passage for each section of each article,
// error code and event in each language, found by a query in any of the languages and shown in
// the reader's.
//
// A text becomes tokens (token.go) and those become terms of a language (language.go,
// lexicon.go); what is asked goes the same way as what is indexed (query.go), widened by the
// concepts of the glossary. Bleve keeps the terms, in memory or in a folder (store.go,
// folder.go). The ranking is the package's own (rank.go): its weights stand in one table.
package index

import (
	"errors"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"github.com/activationkb/activationkb/knowledge"
)

// Options of an index.
type Options struct {
	// Dir is a folder to keep the index in, so that the next process need not build it; "" keeps
	// it in memory. The folder belongs to one process at a time.
	Dir string
}

// Index answers searches over one Base. It is immutable and safe for concurrent use.
type Index struct {
	base     *knowledge.Base
	docs     *documents
	analyzer *analyzer
	store    *store
	ranker   *ranker
	suggest  *suggester
	folder   *folder // nil in memory

	shelving sync.Once
	shelves  map[knowledge.Language]*shelf

	scope   scope
	closing sync.Once
}

// Build makes the index of base, or opens the one in opts.Dir if that was made from the same
// content by the same analysis. ErrLocked is wrapped if another process uses the folder.
func Build(base *knowledge.Base, opts Options) (*Index, error) {
	if _, err := builtInTranslations(); err != nil {
		return nil, err
	}
	x := &Index{base: base, docs: newDocuments(base)}
	var err error
	if opts.Dir == "" {
		err = x.build("")
	} else {
		err = x.openFolder(opts.Dir)
	}
	if err != nil {
		return nil, err
	}
	x.ranker = newRanker(x.docs, x.store)
	x.suggest = newSuggester(x.docs, x.analyzer)
	return x, nil
}

// build analyses everything into a new Bleve index at path, "" for memory.
func (x *Index) build(path string) error {
	var err error
	if x.analyzer, err = analyse(x.docs); err != nil {
		return err
	}
	b, err := bleve.NewUsing(path, bleve.NewIndexMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return err
	}
	if err = write(b, x.docs, x.analyzer); err == nil {
		x.store, err = read(b)
	}
	if err != nil {
		return errors.Join(err, b.Close())
	}
	return nil
}

// reopen opens the Bleve index at path and takes the analysis from it.
func (x *Index) reopen(path string) error {
	b, err := bleve.OpenUsing(path, map[string]any{"read_only": true})
	if err != nil {
		return err
	}
	if x.store, err = read(b); err != nil {
		return errors.Join(err, b.Close())
	}
	if x.analyzer, err = newAnalyzer(x.base); err != nil {
		return err
	}
	x.analyzer.each(func(l *lexicon) { l.restore(x.store.tables.Words[l.language]) })
	x.analyzer.glossary = newGlossary(x.base.Concepts(), x.analyzer)
	return nil
}

// Close releases the memory or the folder. It must not be called while a search runs.
func (x *Index) Close() error {
	var err error
	x.closing.Do(func() {
		err = x.store.close()
		if x.folder != nil {
			if e := x.folder.release(); err == nil {
				err = e
			}
		}
	})
	return err
}
