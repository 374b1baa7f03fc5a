package knowledge

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// slot is a place for sections in the order of an article's kind. A prefix that ends in a point
// takes any number of sections.
type slot struct {
	id       string
	optional bool
}

var slots = map[ArticleKind][]slot{
	Problem:          {{"symptoms", false}, {"cause.", false}, {"resolution.", false}, {"if-not-solved", false}},
	Task:             {{"when-to-use", false}, {"prerequisites", false}, {"steps", false}, {"result", false}, {"undo", true}},
	ConceptArticle:   {{"overview", false}, {"how-it-works", false}, {"limits", false}},
	ReferenceArticle: {{"overview", false}, {"entry.", false}},
}

// tail may follow in any kind of article, in any order.
var tail = []slot{{"background", true}, {"notes", true}, {"lifecycle", true}}

// pages checks the texts of an article, each by itself and all against the leading language.
func (c checker) pages(d *draft) {
	for _, l := range c.source.Languages {
		if d.pages[l] == nil {
			d.doc.defects.add(d.doc.file, 0, "", "missing language %s: there is no %s.md", l, l)
		}
	}
	var lead Language
	for _, l := range Languages {
		p := d.pages[l]
		if p == nil {
			continue
		}
		c.page(p, l, d.pages[lead])
		if lead == "" {
			lead = l
			c.order(p, d.article)
		} else {
			p.matches(d.pages[lead], lead)
		}
	}
}

// each goes over all texts of a page: title, summary and sections, which have their titles first.
func (p *page) each(do func(name string, line int, blocks []block)) {
	if len(p.title) > 0 {
		do("title", p.title[0].line, []block{{line: p.title[0].line, spans: p.title}})
	}
	if len(p.summary) > 0 {
		do("summary", p.summary[0].line, []block{{line: p.summary[0].line, spans: p.summary}})
	}
	for i := range p.sections {
		s := &p.sections[i]
		blocks := s.blocks
		if len(s.title) > 0 {
			blocks = slices.Insert(slices.Clone(blocks), 0, block{line: s.line, spans: s.title})
		}
		do(s.id, s.line, blocks)
	}
}

// all is the text of a block with the notes of a step.
func (b *block) all() []span {
	if b.warning == nil && b.verify == nil && b.undo == nil {
		return b.spans
	}
	return slices.Concat(b.spans, b.warning, b.verify, b.undo)
}

func (c checker) page(p *page, l Language, lead *page) {
	p.each(func(name string, _ int, blocks []block) {
		for i := range blocks {
			b := &blocks[i]
			c.spans(b.all(), running, func(line int, format string, args ...any) { p.defects.add(p.file, line, name, format, args...) })
			text := proseOf(b.all())
			if strings.Contains(text, "TODO") {
				p.defects.add(p.file, b.line, name, "TODO")
			}
			if !c.lint {
				continue
			}
			if lead == nil {
				p.remember(text)
			}
			c.blockProse(l, text, name, lead, func(format string, args ...any) { p.defects.add(p.file, b.line, name, format, args...) })
		}
	})
	for i := range p.sections {
		s := &p.sections[i]
		s.titled(func(line int, format string, args ...any) { p.defects.add(p.file, line, s.id, format, args...) })
	}
	c.asked(p, l)
}

// askedSection is the last section of a page, for the search alone: how people put the question.
// Each language has its own ways, so it need not be alike in all of them.
const askedSection = "asked"

// Bounds of the ways to ask, in items and in characters of each.
const (
	maxAsked       = 40
	maxAskedLength = 200
)

func (c checker) asked(p *page, l Language) {
	for i, b := range p.asked {
		report := func(format string, args ...any) { p.defects.add(p.file, b.line, askedSection, format, args...) }
		text := proseOf(b.all())
		switch {
		case b.kind != bullet || slices.ContainsFunc(b.spans, func(s span) bool { return s.kind != plain }):
			report("has only items of plain text")
		case i == maxAsked:
			report("has more than %d items", maxAsked)
		case utf8.RuneCountInString(text) > maxAskedLength:
			report("item of more than %d characters", maxAskedLength)
		case c.lint:
			c.prose(l, text, maxAskedLength, report) // commands and product names may be all of it
		}
	}
}

// remember keeps the prose of a block for the comparison with other languages.
func (p *page) remember(prose string) {
	if p.prose == nil {
		p.prose = map[string]bool{}
	}
	p.prose[prose] = true
}

// order checks that a page has the sections of the article's kind.
func (c checker) order(p *page, a *Article) {
	expected := slices.Concat(slots[a.Kind], tail)
	if slots[a.Kind] == nil {
		return // the kind is reported already
	}
	count := make([]int, len(expected))
	last, seen := 0, map[string]bool{}
	for i := range p.sections {
		s := &p.sections[i]
		report := func(format string, args ...any) { p.defects.add(p.file, s.line, s.id, format, args...) }
		n := slices.IndexFunc(expected, func(x slot) bool { return x.takes(s.id) })
		switch {
		case n < 0:
			report("no section of a %s article", a.Kind)
			continue
		case seen[s.id]:
			report("stands twice")
		case n < last && last < len(slots[a.Kind]) || n < last && n < len(slots[a.Kind]):
			report("stands after %s", expected[last].id)
		}
		seen[s.id] = true
		count[n]++
		last = max(last, n)
		c.shape(s, report)
	}
	for n, x := range expected {
		if count[n] == 0 && (!x.optional || x.id == "lifecycle" && a.Status == "LEGACY") {
			p.defects.add(p.file, 0, "", "section %s is missing", strings.TrimSuffix(x.id, "."))
		}
	}
}

func (x slot) takes(id string) bool {
	name, dotted := strings.CutPrefix(id, x.id)
	if strings.HasSuffix(x.id, ".") {
		return dotted && namePattern.MatchString(name)
	}
	return id == x.id
}

// shape checks one section: its title, and steps where they belong.
func (c checker) shape(s *draftSection, report func(string, ...any)) {
	if !strings.Contains(s.id, ".") && find(c.base.vocabulary.Sections, s.id) == nil {
		report("has no title in the vocabulary")
	}
	steps := s.steps()
	stepped := s.id == "steps" || strings.HasPrefix(s.id, "resolution.")
	if steps > 0 && !stepped && s.id != "undo" {
		report("has numbered steps: they belong in resolution.*, steps and undo")
	}
	if steps == 0 && stepped {
		report("has no numbered steps")
	}
}

// titled checks that a dotted id has a title, and a plain one the title of the vocabulary.
func (s *draftSection) titled(report faults) {
	switch dotted := strings.Contains(s.id, "."); {
	case dotted && len(s.title) == 0:
		report(s.line, "has no title: ## %s Title", s.id)
	case !dotted && len(s.title) > 0:
		report(s.line, "has a title of its own; that of the vocabulary is used")
	}
}

func (s *draftSection) steps() int {
	n := 0
	for i := range s.blocks {
		if s.blocks[i].kind == step {
			n++
		}
	}
	return n
}

// matches compares a page with that of the leading language: headings, steps and tokens.
func (p *page) matches(lead *page, l Language) {
	if diff := difference(signature(lead.title), signature(p.title)); diff != "" {
		p.defects.add(p.file, 1, "title", "tokens differ from %s: %s", l, diff)
	}
	if diff := difference(signature(lead.summary), signature(p.summary)); diff != "" {
		p.defects.add(p.file, p.summaryLine(), "summary", "tokens differ from %s: %s", l, diff)
	}
	for i := range p.sections {
		s := &p.sections[i]
		if i >= len(lead.sections) || lead.sections[i].id != s.id {
			p.defects.add(p.file, s.line, s.id, "headings differ from %s: %s", l, headingDifference(lead, p))
			return
		}
		s.matches(&lead.sections[i], l, p)
	}
	if len(p.sections) < len(lead.sections) {
		p.defects.add(p.file, 0, "", "headings differ from %s: %s", l, headingDifference(lead, p))
	}
}

func (p *page) summaryLine() int {
	if len(p.summary) == 0 {
		return 0
	}
	return p.summary[0].line
}

func headingDifference(a, b *page) string {
	ids := func(p *page) (list []string) {
		for i := range p.sections {
			list = append(list, p.sections[i].id)
		}
		slices.Sort(list)
		return list
	}
	if diff := difference(ids(a), ids(b)); diff != "" {
		return diff
	}
	return "another order"
}

func (s *draftSection) matches(lead *draftSection, l Language, p *page) {
	if want, got := lead.steps(), s.steps(); want != got {
		p.defects.add(p.file, s.line, s.id, "%d steps, but %d in %s", got, want, l)
	}
	if diff := difference(lead.signature(), s.signature()); diff != "" {
		p.defects.add(p.file, s.line, s.id, "tokens differ from %s: %s", l, diff)
	}
}

// signature is that of all texts of the section, with a mark for each part of a step.
func (s *draftSection) signature() []string {
	tokens := appendTokens(nil, s.title)
	for i := range s.blocks {
		b := &s.blocks[i]
		tokens = appendTokens(tokens, b.spans)
		for _, part := range []struct {
			mark  string
			spans []span
		}{{"{warning}", b.warning}, {"{verify}", b.verify}, {"{undo}", b.undo}} {
			if part.spans != nil {
				tokens = appendTokens(append(tokens, part.mark), part.spans)
			}
		}
	}
	slices.Sort(tokens)
	return tokens
}
