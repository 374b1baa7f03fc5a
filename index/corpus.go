package index

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// CorpusArticle is one article of a parallel corpus in one language: the same slug is the same
// article. The first of each pair of headings is its anchor, in English.
type CorpusArticle struct {
	Slug     string             `json:"slug"`
	Language knowledge.Language `json:"lang"`
	Title    string             `json:"title"`
	Headings [][2]string        `json:"headings"`
	Body     string             `json:"body"`
}

// Corpus is parallel text to learn from and to measure with, by slug.
type Corpus struct {
	slugs    []string // sorted
	articles map[string]map[knowledge.Language]*CorpusArticle
}

// maxCorpusLine bounds one article, in bytes.
const maxCorpusLine = 16 << 20

// ReadCorpus reads all *.jsonl.gz files of a folder, one article a line.
func ReadCorpus(dir string) (*Corpus, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl.gz"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("index: no *.jsonl.gz in %s", dir)
	}
	c := &Corpus{articles: make(map[string]map[knowledge.Language]*CorpusArticle)}
	for _, name := range files {
		if err := c.readFile(name); err != nil {
			return nil, fmt.Errorf("index: %s: %w", name, err)
		}
	}
	c.slugs = sortedKeys(c.articles)
	return c, nil
}

func (c *Corpus) readFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	return c.read(z)
}

func (c *Corpus) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxCorpusLine)
	for n := 1; lines.Scan(); n++ {
		a := new(CorpusArticle)
		if err := json.Unmarshal(lines.Bytes(), a); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if a.Slug == "" || !slices.Contains(knowledge.Languages, a.Language) {
			return fmt.Errorf("line %d: no slug or an unknown language %q", n, a.Language)
		}
		if c.articles[a.Slug] == nil {
			c.articles[a.Slug] = make(map[knowledge.Language]*CorpusArticle)
		}
		c.articles[a.Slug][a.Language] = a
	}
	return lines.Err()
}

// heldOut reports whether an article is never learned from, so that it can be measured with: one
// in nine.
func heldOut(slug string) bool {
	h := fnv.New32a()
	h.Write([]byte(slug)) //nolint:errcheck // a hash takes everything
	return h.Sum32()%9 == 0
}

// segments gives the parallel texts of a corpus: titles, headings, and paragraphs where two
// versions have as many lines. English is what the slugs and the anchors of headings say.
func (c *Corpus) segments() []segment {
	var all []segment
	for _, slug := range c.slugs {
		if heldOut(slug) {
			continue
		}
		title := segment{weight: 2, texts: map[knowledge.Language]string{knowledge.English: strings.ReplaceAll(slug, "-", " ")}}
		headings := make(map[string]map[knowledge.Language]string)
		lines := make(map[int]map[knowledge.Language][]string)
		for l, a := range c.articles[slug] {
			title.texts[l] = a.Title
			for _, h := range a.Headings {
				if headings[h[0]] == nil {
					headings[h[0]] = map[knowledge.Language]string{knowledge.English: h[0]}
				}
				headings[h[0]][l] = h[1]
			}
			body := strings.Split(a.Body, "\n")
			if lines[len(body)] == nil {
				lines[len(body)] = make(map[knowledge.Language][]string)
			}
			lines[len(body)][l] = body
		}
		all = append(all, title)
		for _, anchor := range sortedKeys(headings) {
			all = append(all, segment{1, headings[anchor]})
		}
		all = appendLines(all, lines)
	}
	return all
}

func appendLines(all []segment, lines map[int]map[knowledge.Language][]string) []segment {
	var counts []int
	for n, versions := range lines {
		if len(versions) > 1 {
			counts = append(counts, n)
		}
	}
	sort.Ints(counts)
	for _, n := range counts {
		for i := range n {
			s := segment{1, make(map[knowledge.Language]string)}
			for l, body := range lines[n] {
				s.texts[l] = body[i]
			}
			all = append(all, s.sentences()...)
		}
	}
	return all
}

// segment is one text in several languages.
type segment struct {
	weight float64
	texts  map[knowledge.Language]string
}

// ownSegments gives the parallel texts of the knowledge itself: titles, summaries, headings and
// the lines of sections of articles, messages of codes, terms of the glossary.
func ownSegments(base *knowledge.Base) []segment {
	var all []segment
	add := func(weight float64, text func(knowledge.Language) string) {
		s := segment{weight, make(map[knowledge.Language]string)}
		for _, l := range knowledge.Languages {
			if t := text(l); t != "" {
				s.texts[l] = t
			}
		}
		all = append(all, s)
	}
	for _, a := range base.Articles() {
		add(2*ownWeight, func(l knowledge.Language) string { t, _ := a.Text(l); return t.Title })
		add(ownWeight, func(l knowledge.Language) string { t, _ := a.Text(l); return t.Summary })
		for i := range a.Texts[knowledge.English].Sections {
			add(ownWeight, func(l knowledge.Language) string { return sectionOf(a, l, i).Title })
			lines := make(map[knowledge.Language][]string)
			for _, l := range knowledge.Languages {
				lines[l] = strings.Split(sectionOf(a, l, i).Text, "\n")
			}
			for j := range lines[knowledge.English] {
				add(ownWeight, func(l knowledge.Language) string {
					if j >= len(lines[l]) {
						return ""
					}
					return lines[l][j]
				})
			}
		}
	}
	for _, c := range base.Codes() {
		add(ownWeight, func(l knowledge.Language) string { return c.Message[l] })
	}
	for _, e := range base.Events() {
		add(ownWeight, func(l knowledge.Language) string { return e.Title[l] })
	}
	for _, f := range base.Findings() {
		add(ownWeight, func(l knowledge.Language) string { return f.Title[l] })
		add(ownWeight, func(l knowledge.Language) string { return f.Explanation[l] })
	}
	for _, c := range base.Concepts() {
		for i := range 3 {
			add(2*ownWeight, func(l knowledge.Language) string {
				if terms := c.Terms[l]; len(terms) > 0 {
					return terms[min(i, len(terms)-1)]
				}
				return ""
			})
		}
	}
	return all
}

// ownWeight is what a text of this field counts against one of the corpus, which speaks of all
// kinds of software.
const ownWeight = 1

func sectionOf(a *knowledge.Article, l knowledge.Language, i int) knowledge.Section {
	t, ok := a.Texts[l]
	if !ok || i >= len(t.Sections) {
		return knowledge.Section{}
	}
	return t.Sections[i]
}

// sentences cuts a segment where all its texts have as many sentences.
func (s segment) sentences() []segment {
	var cut []segment
	for l, text := range s.texts {
		starts := sentences(text)
		if cut == nil {
			cut = make([]segment, len(starts)-1)
		}
		if len(starts)-1 != len(cut) {
			return []segment{s}
		}
		for i := range cut {
			if cut[i].texts == nil {
				cut[i] = segment{s.weight, make(map[knowledge.Language]string)}
			}
			cut[i].texts[l] = text[starts[i]:starts[i+1]]
		}
	}
	return cut
}
