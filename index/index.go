// Package index makes the knowledge searchable: one passage for each section of each article,
// error code and event in each language, found by a query in any of the languages and shown in
// the reader's.
//
// A text becomes tokens (token.go) and those become terms of a language (language.go, lexicon.go); what is
// asked goes the same way as what is indexed (query.go), after it was read as it was meant: codes in odd
// spellings (typed.go), Chinese and Russian in Latin letters (pinyin.go, cyrillic.go) and ideographs that but
// sound right (homophone.go), with slips of the pen put right (repair.go). It is widened by the concepts of
// the glossary, everyday ways of speaking (everyday.go) and learned translations (translation.go, learn.go).
// Bleve keeps the terms, in memory or in a folder (store.go, folder.go). The ranking is the package's own
// (rank.go, sheet.go, wordings.go): its weights stand in one table. Bleve's is not used, because its mean
// length of a field counts distinct terms, document counts are those of the whole index and not of the field,
// scores depend on how segments happen to be merged, and languages can only be added up.
//
// How well it answers is measured (evaluate.go) and committed (testdata/ranks.txt). What each lever is
// worth, as nDCG@10 with it taken out: by language and in all over the articles, asked as people ask
// (testdata/eval); and over a corpus of support articles that nothing was learned from, a title asking
// for its body in the same language, for an article in another one, and for the body of that alone.
// "go test ./index -run Ablation -ablate -timeout 1h" makes the table anew.
//
//	off                              en     nb     sv     ru     zh    all   same  cross crossb
//	all of it                     0.830  0.830  0.844  0.848  0.849  0.840  0.619  0.898  0.554
//	ways to ask                   0.738  0.772  0.759  0.765  0.760  0.759  0.619  0.898  0.554
//	learned translations          0.821  0.824  0.840  0.842  0.849  0.835  0.617  0.480  0.261
//	learned paraphrases           0.834  0.830  0.844  0.849  0.851  0.842  0.612  0.898  0.555
//	languages together            0.804  0.810  0.821  0.824  0.826  0.817  0.619  0.898  0.554
//	nearest way to ask            0.827  0.822  0.839  0.844  0.848  0.836  0.619  0.898  0.554
//	share of the title            0.830  0.830  0.845  0.850  0.848  0.841  0.619  0.898  0.554
//	way or failure                0.824  0.828  0.840  0.849  0.848  0.838  0.619  0.898  0.554
//	glossary                      0.827  0.828  0.840  0.845  0.845  0.837  0.619  0.898  0.556
//	everyday words                0.829  0.823  0.839  0.843  0.843  0.836  0.619  0.895  0.551
//	related articles              0.826  0.825  0.838  0.839  0.840  0.834  0.619  0.898  0.554
//	parts of compounds            0.830  0.826  0.837  0.848  0.849  0.838  0.601  0.872  0.530
//	repair of words               0.813  0.824  0.838  0.839  0.849  0.833  0.619  0.898  0.554
//	titles (as running text)      0.831  0.828  0.845  0.850  0.847  0.841  0.619  0.779  0.554
//	length of running text        0.830  0.828  0.843  0.846  0.847  0.839  0.561  0.897  0.468
//	saturation of running text    0.819  0.825  0.832  0.832  0.838  0.829  0.466  0.888  0.355
//	spread over sections          0.829  0.835  0.845  0.848  0.848  0.841  0.619  0.898  0.554
//	phrases as one thing          0.830  0.833  0.847  0.851  0.845  0.841  0.619  0.898  0.551
//	single ideographs             0.830  0.830  0.844  0.848  0.837  0.838  0.619  0.898  0.554
//	weight of codes               0.831  0.826  0.840  0.842  0.843  0.837  0.618  0.898  0.554
//	weight of versions            0.830  0.829  0.844  0.848  0.848  0.840  0.619  0.899  0.554
//	keywords                      0.828  0.829  0.843  0.845  0.846  0.838  0.619  0.898  0.554
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
	suggest  func() *suggester // ready soon after the index is
	folder   *folder           // nil in memory

	shelving sync.Once
	shelves  map[knowledge.Language]*shelf

	scope   scope
	closing sync.Once
}

// Build makes the index of base, or opens the one in opts.Dir if that was made from the same
// content by the same analysis. ErrLocked is wrapped if another process uses the folder.
func Build(base *knowledge.Base, opts Options) (*Index, error) {
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
	if x.ranker, err = newRanker(x.docs, x.store); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	// Nobody types in the first fraction of a second.
	x.suggest = sync.OnceValue(func() *suggester { return newSuggester(x.docs, x.analyzer) })
	go x.suggest()
	return x, nil
}

// build analyses everything into a new Bleve index at path, "" for memory.
func (x *Index) build(path string) error {
	var texts map[knowledge.Language][]passageTerms
	var err error
	if x.analyzer, texts, err = analyse(x.docs); err != nil {
		return err
	}
	b, err := bleve.NewUsing(path, bleve.NewIndexMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return err
	}
	t := x.docs.tables(x.analyzer, texts)
	if err = write(b, x.docs, texts); err == nil && path != "" {
		err = t.save(b)
	}
	if err == nil {
		x.store, err = newStore(b, t)
	}
	if err != nil {
		return errors.Join(err, b.Close())
	}
	x.readPinyin()
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
	x.analyzer.readGlossaries(x.base)
	x.readPinyin()
	return nil
}

// readPinyin lets queries be pinyin. What that takes is learned when a query first may be.
func (x *Index) readPinyin() {
	x.analyzer.lexicons[knowledge.Chinese].pinyin = sync.OnceValues(func() (*pinyin, error) { return newPinyin(x.store, x.base.Concepts()) })
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
