// Package index makes the knowledge searchable: one passage for each section of each article,
// error code and event in each language, found by a query in any of the languages and shown in
// the reader's.
//
// A text becomes tokens (token.go) and those become terms of a language (language.go,
// lexicon.go); what is asked goes the same way as what is indexed (query.go), after it was read as it was
// meant: codes in odd spellings (typed.go), Chinese and Russian in Latin letters (pinyin.go, cyrillic.go) and
// ideographs that but sound right (homophone.go), with slips of the pen put right (repair.go). It is widened by the concepts of the glossary, everyday ways of
// speaking (everyday.go) and learned translations (translation.go, learn.go). Bleve keeps the terms, in memory or
// in a folder (store.go, folder.go). The ranking is the package's own (rank.go, sheet.go, wordings.go): its
// weights stand in one table. Bleve's is not used, because its mean length of a field counts distinct terms, document counts are those of the whole
// index and not of the field, scores depend on how segments happen to be merged, and languages can only be
// added up.
//
// How well it answers is measured (evaluate.go) and committed (testdata/ranks.txt). What each lever is
// worth, as nDCG@10 with it taken out: by language and in all over the articles, asked as people ask
// (testdata/eval); and over a corpus of support articles that nothing was learned from, a title asking
// for its body in the same language, for an article in another one, and for the body of that alone.
// "go test ./index -run Ablation -ablate -timeout 1h" makes the table anew.
//
//	off                              en     nb     sv     ru     zh    all   same  cross crossb
//	all of it                     0.826  0.816  0.842  0.833  0.839  0.831  0.620  0.893  0.549
//	ways to ask                   0.720  0.766  0.758  0.752  0.724  0.744  0.620  0.893  0.549
//	learned translations          0.817  0.804  0.829  0.819  0.836  0.821  0.617  0.375  0.197
//	learned paraphrases           0.829  0.817  0.841  0.832  0.844  0.833  0.608  0.893  0.551
//	languages together            0.803  0.800  0.816  0.806  0.813  0.808  0.620  0.893  0.549
//	nearest way to ask            0.822  0.808  0.841  0.830  0.835  0.827  0.620  0.893  0.549
//	glossary                      0.821  0.808  0.837  0.831  0.833  0.826  0.620  0.893  0.550
//	parts of compounds            0.826  0.814  0.834  0.833  0.839  0.829  0.602  0.868  0.524
//	repair of words               0.806  0.801  0.837  0.809  0.838  0.818  0.620  0.893  0.549
//	titles (as running text)      0.828  0.805  0.839  0.825  0.838  0.827  0.620  0.755  0.549
//	length of running text        0.830  0.814  0.843  0.832  0.837  0.831  0.562  0.889  0.467
//	saturation of running text    0.821  0.805  0.825  0.825  0.830  0.821  0.465  0.879  0.355
//	spread over sections          0.828  0.813  0.842  0.835  0.838  0.831  0.620  0.893  0.549
//	phrases as one thing          0.826  0.818  0.845  0.835  0.835  0.832  0.619  0.894  0.548
//	single ideographs             0.826  0.816  0.842  0.833  0.829  0.829  0.619  0.893  0.550
//	weight of codes               0.823  0.808  0.836  0.827  0.833  0.826  0.619  0.894  0.549
//	weight of versions            0.823  0.809  0.841  0.832  0.839  0.829  0.620  0.894  0.549
//	keywords                      0.824  0.816  0.842  0.832  0.838  0.830  0.620  0.893  0.549
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
