package index

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"github.com/activationkb/activationkb/knowledge"
)

// schemaVersion changes whenever what is stored changes its form.
const schemaVersion = 3

// store holds the terms of all passages in a Bleve index: one document for each passage, one
// field for each of title, heading, body and ways to ask in each language, one for keywords. Bleve keeps the
// postings; its scores are not used, see rank.go.
type store struct {
	bleve  bleve.Index
	reader bleveindex.IndexReader
	at     map[uint64]int32 // passage of each internal document number
	tables tables
}

// tables is what Bleve has no place for.
type tables struct {
	Words  map[knowledge.Language]map[string]entry
	Titles map[knowledge.Language][]int32 // terms in the title of each passage
	Bodies map[knowledge.Language][]int32 // terms in the body of each passage
	Asked  map[knowledge.Language][]int32 // terms in the ways to ask, of the first passage of each article

	Wordings map[knowledge.Language]*wordings
}

const tablesKey = "tables"

// Names of fields: one letter, and for all but keywords a point and the language.
const (
	titleField    = "t."
	headingField  = "h."
	bodyField     = "b."
	askedField    = "a."
	keywordsField = "k"
)

// Bleve gets as many passages at a time: all at once take more memory than all the rest, and each batch
// leaves a segment, in which every term is looked for.
const (
	minBatch   = 400
	maxBatches = 5
	writers    = 2
)

// write fills an empty Bleve index with the terms of all passages. Bleve makes the segment of a batch on one
// processor, so some are made at a time.
func write(b bleve.Index, d *documents, all map[knowledge.Language][]passageTerms) error {
	size := max(minBatch, (len(d.passages)+maxBatches-1)/maxBatches)
	var group sync.WaitGroup
	errs := make([]error, writers)
	for k := range writers {
		group.Go(func() {
			for p := k * size; p < len(d.passages) && errs[k] == nil; p += writers * size {
				errs[k] = d.writeSome(b, all, p, min(p+size, len(d.passages)))
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// writeSome writes the passages from p up to end, and forgets their terms: they are most of what is in memory.
func (d *documents) writeSome(b bleve.Index, all map[knowledge.Language][]passageTerms, p, end int) error {
	batch := b.NewBatch()
	for ; p < end; p++ {
		if err := batch.IndexAdvanced(d.document(p, all)); err != nil {
			return err
		}
		for _, texts := range all {
			texts[p] = passageTerms{}
		}
	}
	return b.Batch(batch)
}

// document is what Bleve gets of a passage.
func (d *documents) document(p int, all map[knowledge.Language][]passageTerms) *document.Document {
	doc := document.NewDocument(strconv.Itoa(p))
	if it := &d.items[d.passages[p].item]; it.first == p {
		addField(doc, keywordsField, it.keywords())
	}
	for _, l := range knowledge.Languages {
		f := &all[l][p]
		addField(doc, titleField+string(l), f.title)
		addField(doc, headingField+string(l), f.heading)
		addField(doc, bodyField+string(l), f.body)
		addField(doc, askedField+string(l), slices.Concat(f.asked...))
	}
	return doc
}

// tables holds what is known of the passages beside their postings.
func (d *documents) tables(a *analyzer, all map[knowledge.Language][]passageTerms) tables {
	t := tables{make(map[knowledge.Language]map[string]entry), make(map[knowledge.Language][]int32), make(map[knowledge.Language][]int32),
		make(map[knowledge.Language][]int32), make(map[knowledge.Language]*wordings)}
	for l, texts := range all {
		t.Words[l], t.Wordings[l] = a.lexicons[l].words, wordingsIn(d, texts)
		titles, bodies, asked := make([]int32, len(texts)), make([]int32, len(texts)), make([]int32, len(texts))
		for p, f := range texts {
			titles[p], bodies[p] = int32(len(f.title)), int32(len(f.body))
			for _, way := range f.asked {
				asked[p] += int32(len(way))
			}
		}
		t.Titles[l], t.Bodies[l], t.Asked[l] = titles, bodies, asked
	}
	return t
}

// save keeps the tables in a Bleve index, for the process that opens it.
func (t *tables) save(b bleve.Index) error {
	var blob bytes.Buffer
	if err := gob.NewEncoder(&blob).Encode(t); err != nil {
		return err
	}
	return b.SetInternal([]byte(tablesKey), blob.Bytes())
}

// addField adds terms that are analysed already.
func addField(doc *document.Document, name string, terms []string) {
	if len(terms) == 0 {
		return
	}
	doc.AddField(document.NewTextFieldCustom(name, nil, []byte(strings.Join(terms, " ")), bleveindex.IndexField, splitter))
}

// splitter cuts a field's value into the terms that were joined by blanks. Terms hold none.
var splitter analysis.Analyzer = &analysis.DefaultAnalyzer{Tokenizer: blanks{}}

type blanks struct{}

// Tokenize implements Bleve's tokenizer.
func (blanks) Tokenize(value []byte) analysis.TokenStream {
	stream := make(analysis.TokenStream, 0, bytes.Count(value, []byte{' '})+1)
	for start, n := 0, 1; start < len(value); n++ {
		end := len(value)
		if i := bytes.IndexByte(value[start:], ' '); i >= 0 {
			end = start + i
		}
		stream = append(stream, &analysis.Token{Term: value[start:end], Start: start, End: end, Position: n})
		start = end + 1
	}
	return stream
}

// read opens a filled Bleve index that keeps its tables.
func read(b bleve.Index) (*store, error) {
	var t tables
	blob, err := b.GetInternal([]byte(tablesKey))
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(blob)).Decode(&t)
	}
	if err != nil {
		return nil, fmt.Errorf("index: stored tables: %w", err)
	}
	return newStore(b, t)
}

// newStore takes a filled Bleve index and its tables. The store owns both from then on.
func newStore(b bleve.Index, t tables) (*store, error) {
	s := &store{bleve: b, at: make(map[uint64]int32), tables: t}
	inner, err := b.Advanced()
	if err != nil {
		return nil, err
	}
	if s.reader, err = inner.Reader(); err != nil {
		return nil, err
	}
	for _, w := range s.tables.Wordings {
		w.prepare()
	}
	return s, s.number()
}

// number learns which internal document is which passage; the order differs from build to build.
func (s *store) number() error {
	ids, err := s.reader.DocIDReaderAll()
	if err != nil {
		return err
	}
	defer ids.Close()
	for {
		id, err := ids.Next()
		if err != nil || id == nil {
			return err
		}
		name, err := s.reader.ExternalID(id)
		if err != nil {
			return err
		}
		p, err := strconv.Atoi(name)
		if err != nil {
			return fmt.Errorf("index: stored document %q: %w", name, err)
		}
		s.at[id.Value()] = int32(p)
	}
}

// postings calls yield with every passage that has the term in the field, and how often.
func (s *store) postings(field, term string, yield func(p int32, n int)) error {
	r, err := s.reader.TermFieldReader(context.Background(), []byte(term), field, true, false, false)
	if err != nil {
		return err
	}
	defer r.Close()
	var doc bleveindex.TermFieldDoc
	for {
		d, err := r.Next(&doc)
		if err != nil || d == nil {
			return err
		}
		yield(s.at[d.ID.Value()], int(d.Freq))
		doc.Reset()
	}
}

func (s *store) close() error {
	err := s.reader.Close()
	if e := s.bleve.Close(); err == nil {
		err = e
	}
	return err
}
