package index

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
)

// item is what a search can find: an article, an error code or an event. Exactly one of the
// three is set.
type item struct {
	article *knowledge.Article
	code    *knowledge.ErrorCode
	event   *knowledge.Event

	kind     string // PROBLEM, TASK, CONCEPT, REFERENCE, ERROR_CODE or EVENT
	name     string // resource name, "articles/kms-unreachable"
	pack     string
	products []string
	channels []string
	roles    []string

	first, last int // its passages, last exclusive
}

// passage is one section of an item in all languages; the first of each item has section "" and
// stands for title and summary.
type passage struct {
	item    int
	section string
}

// fields are the texts of a passage in one language, each weighted by its own.
type fields struct {
	title, heading, body string
	asked                []string // the ways to ask, of the first passage
}

// documents lists everything searchable in an order that depends on the content only.
type documents struct {
	base     *knowledge.Base
	items    []item
	passages []passage
	byName   map[string]int
}

func newDocuments(base *knowledge.Base) *documents {
	d := &documents{base: base, byName: make(map[string]int)}
	for _, a := range base.Articles() {
		d.add(item{article: a, kind: string(a.Kind), name: "articles/" + a.ID, pack: packName(a.Pack),
			products: a.Products, channels: a.Channels, roles: a.Roles}, sectionIDs(a))
	}
	for _, c := range base.Codes() {
		d.add(item{code: c, kind: "ERROR_CODE", name: "errorCodes/" + c.Code.String(), pack: builtIn,
			products: c.Products, channels: c.Channels, roles: c.Roles}, nil)
	}
	for _, e := range base.Events() {
		d.add(item{event: e, kind: "EVENT", name: "events/" + e.ID, pack: builtIn, roles: e.Roles}, nil)
	}
	return d
}

// builtIn is the name of the pack that comes with the product.
const builtIn = "built-in"

func packName(name string) string {
	if name == "" {
		return builtIn
	}
	return name
}

func (d *documents) add(it item, sections []string) {
	n := len(d.items)
	it.first = len(d.passages)
	d.passages = append(d.passages, passage{item: n})
	for _, s := range sections {
		d.passages = append(d.passages, passage{n, s})
	}
	it.last = len(d.passages)
	d.byName[it.name] = n
	d.items = append(d.items, it)
}

// sectionIDs unites the sections of all languages in the order of the first language that has them.
func sectionIDs(a *knowledge.Article) []string {
	var ids []string
	seen := make(map[string]bool)
	for _, l := range knowledge.Languages {
		t, ok := a.Texts[l]
		if !ok {
			continue
		}
		for _, s := range t.Sections {
			if !seen[s.ID] {
				seen[s.ID] = true
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}

// text gives the fields of a passage in one language; false if the item is not in that language.
func (d *documents) text(p int, l knowledge.Language) (fields, bool) {
	it, section := &d.items[d.passages[p].item], d.passages[p].section
	title, ok := it.title(l)
	if !ok {
		return fields{}, false
	}
	switch {
	case it.article == nil:
		return fields{title: title, body: d.plain(it.record(l), l)}, true
	case section == "":
		t := it.article.Texts[l]
		return fields{title: title, body: t.Summary, asked: t.Asked}, true
	}
	s, ok := it.article.Texts[l].Section(section)
	if !ok {
		return fields{}, false
	}
	f := fields{body: s.Text}
	if strings.Contains(s.ID, ".") {
		f.heading = s.Title
	}
	return f, true
}

// itemEnd stands between the lines of a list that end without a mark, commands above all.
const itemEnd = " ·"

// unlisted drops the marks of lists: a snippet is running text.
func unlisted(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		number := strings.TrimLeft(line, "0123456789")
		if rest, ok := strings.CutPrefix(number, ". "); ok && number != line {
			line = rest
		}
		if line = strings.TrimPrefix(line, "- "); line != "" {
			lines = append(lines, line)
		}
	}
	for i, line := range lines[:max(len(lines), 1)-1] {
		if last, _ := utf8.DecodeLastRuneInString(line); !strings.ContainsRune(".!?:;。！？：；…"+closing, last) {
			lines[i] += itemEnd
		}
	}
	return strings.Join(lines, "\n")
}

// plain resolves the tokens of a short text.
func (d *documents) plain(s string, l knowledge.Language) string {
	if !strings.ContainsAny(s, "{<*`") {
		return s
	}
	return d.base.Render(l, s).Text
}

// title gives the item's title in exactly that language.
func (it *item) title(l knowledge.Language) (string, bool) {
	switch {
	case it.article != nil:
		t, ok := it.article.Texts[l]
		if !ok {
			return "", false
		}
		return t.Title, true
	case it.code != nil:
		_, ok := it.code.Message[l]
		return codeTitle(it.code), ok
	}
	t, ok := it.event.Title[l]
	return t, ok
}

func codeTitle(c *knowledge.ErrorCode) string {
	if c.Symbol == "" {
		return c.Code.String()
	}
	return c.Code.String() + " (" + c.Symbol + ")"
}

// record is the text of an error code or an event.
func (it *item) record(l knowledge.Language) string {
	if it.code != nil {
		return it.code.Message[l]
	}
	return strings.TrimSpace(it.event.Meaning[l] + " " + it.event.Use[l])
}

// keywords are the terms that stand for the item in every language: codes, event numbers,
// Knowledge Base numbers.
func (it *item) keywords() []string {
	var words []string
	var sources []knowledge.Source
	switch {
	case it.article != nil:
		for _, c := range it.article.Codes {
			words = append(words, c.Code.String())
		}
		for _, e := range it.article.Events {
			words = append(words, e[strings.LastIndexByte(e, '-')+1:])
		}
		sources = it.article.Sources
	case it.code != nil:
		words = append(words, it.code.Code.String())
		sources = it.code.Sources
	default:
		words = append(words, strconv.Itoa(it.event.Number))
		sources = it.event.Sources
	}
	for _, s := range sources {
		if s.KB != "" {
			words = append(words, s.KB)
		}
	}
	return words
}
