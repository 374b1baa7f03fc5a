package index

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/activationkb/activationkb/knowledge"
)

// crossEvery says that across languages one in three pairs of language and article is asked. All of
// them take three times as long, and move no figure by as much as its interval is wide.
const crossEvery = 3

// corpus measures with articles that nothing was learned from, among all articles of the corpus.
func (e *Evaluation) corpus(ctx context.Context, base *knowledge.Base, c *Corpus, log io.Writer) error {
	slugs := c.held()
	for _, titles := range []bool{false, true} {
		x, err := c.index(base, titles)
		if err != nil {
			return err
		}
		sets := []string{SetCross}
		if !titles {
			sets = []string{SetSame, SetCrossB}
		}
		for _, set := range sets {
			fmt.Fprintf(log, "%s: %d articles among %d\n", set, len(slugs), len(x.docs.items))
			if err = e.ask(ctx, x, c, slugs, set); err != nil {
				break
			}
		}
		x.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// ask measures one set over the index of a corpus.
func (e *Evaluation) ask(ctx context.Context, x *Index, c *Corpus, slugs []string, set string) error {
	byPair := make(map[[2]knowledge.Language][]outcome)
	var all []outcome
	for i, slug := range slugs {
		for k, p := range c.pairs(slug, set != SetSame) {
			if set != SetSame && (i+k)%crossEvery != 0 {
				continue // each pair of languages with every third article, in turn
			}
			req := Request{Text: c.articles[slug][p[0]].Title, Language: p[0], ContentLanguages: p[1:]}
			o, err := x.ask(ctx, req, []string{corpusName(p[1], slug)})
			if err != nil {
				return fmt.Errorf("index: %s: %s: %w", set, slug, err)
			}
			byPair[p] = append(byPair[p], o)
			all = append(all, o)
		}
	}
	for _, from := range knowledge.Languages {
		for _, to := range knowledge.Languages {
			e.add(set, byPair[[2]knowledge.Language{from, to}], from, to)
		}
	}
	e.add(set, all, "", "")
	return nil
}

// pairs gives the languages of query and answer in which an article exists: the same twice, or two
// different ones.
func (c *Corpus) pairs(slug string, cross bool) [][2]knowledge.Language {
	var pairs [][2]knowledge.Language
	for _, from := range knowledge.Languages {
		for _, to := range knowledge.Languages {
			if (from != to) == cross && c.articles[slug][from] != nil && c.articles[slug][to] != nil {
				pairs = append(pairs, [2]knowledge.Language{from, to})
			}
		}
	}
	return pairs
}

// held gives the articles that nothing was learned from. One whose title or body is also another's
// in some language is left out: such a query has several right answers, of which the slug names one.
func (c *Corpus) held() []string {
	seen := make(map[string]int)
	for _, versions := range c.articles {
		for l, a := range versions {
			seen[string(l)+a.Title]++
			seen[string(l)+a.Body]++
		}
	}
	unique := func(slug string) bool {
		for l, a := range c.articles[slug] {
			if seen[string(l)+a.Title] > 1 || seen[string(l)+a.Body] > 1 {
				return false
			}
		}
		return true
	}
	var held []string
	for _, slug := range c.slugs {
		if heldOut(slug) && unique(slug) {
			held = append(held, slug)
		}
	}
	return held
}

func corpusName(l knowledge.Language, slug string) string { return string(l) + "/" + slug }

// index makes every article of the corpus in every language an item of its own, with the glossary of
// base. Without titles a title can be asked for as a query.
func (c *Corpus) index(base *knowledge.Base, titles bool) (*Index, error) {
	d := &documents{base: base, byName: make(map[string]int)}
	for _, slug := range c.slugs {
		for _, l := range knowledge.Languages {
			if a := c.articles[slug][l]; a != nil {
				d.addCorpus(a, titles)
			}
		}
	}
	x := &Index{base: base, docs: d}
	if err := x.build(""); err != nil {
		return nil, err
	}
	var err error
	if x.ranker, err = newRanker(x.docs, x.store); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

func (d *documents) addCorpus(a *CorpusArticle, titles bool) {
	name := corpusName(a.Language, a.Slug)
	text := &knowledge.ArticleText{Summary: a.Body}
	if titles {
		text.Title = a.Title
	}
	texts := map[knowledge.Language]*knowledge.ArticleText{a.Language: text}
	d.add(item{article: &knowledge.Article{ID: name, Texts: texts}, kind: string(knowledge.Problem), name: name, pack: "corpus"}, nil)
}
