package knowledge

import (
	"strconv"
	"strings"
)

// page is one Markdown file of an article: its structure, with running text still as spans.
type page struct {
	file     string
	title    []span
	summary  []span
	sections []draftSection
	asked    []block         // the items of the section "asked"
	prose    map[string]bool // of each block, in the leading language only
	defects  Defects
}

// draftSection is a section as written.
type draftSection struct {
	id     string
	title  []span // empty for plain ids
	blocks []block
	line   int
	size   int // bytes of all its lines

	numbered int // steps begun
}

type blockKind uint8

const (
	paragraph blockKind = iota
	bullet
	step
)

// block is a paragraph, or one item of a list.
type block struct {
	kind  blockKind
	line  int
	spans []span
	// Of steps only.
	warning, verify, undo []span
}

// pageParser reads the restricted Markdown line by line, in one pass.
type pageParser struct {
	page    *page
	line    int
	section *draftSection // nil before the first ##
	open    *openBlock
	head    int // paragraphs seen before the first section
}

// openBlock collects the lines of a block. Each part is main text, {warning}, {verify} or {undo}.
type openBlock struct {
	kind  blockKind
	line  int
	parts []part
}

type part struct {
	name string
	line int
	text []string
}

// parsePage never fails: what is malformed becomes a defect of the page.
func parsePage(file, data string) *page {
	p := &pageParser{page: &page{file: file}}
	for text := range strings.Lines(data) {
		p.line++
		p.take(strings.TrimSuffix(text, "\n"))
	}
	p.close()
	p.finish()
	return p.page
}

func (p *pageParser) defect(line int, format string, args ...any) {
	field := ""
	if p.section != nil {
		field = p.section.id
	}
	p.page.defects.add(p.page.file, line, field, format, args...)
}

func (p *pageParser) take(text string) {
	if p.section != nil {
		p.section.size += len(text)
	}
	trimmed := strings.TrimSpace(text)
	number, rest := stepNumber(text)
	switch {
	case trimmed == "":
		p.close()
	case strings.HasPrefix(text, "# "):
		p.heading(text[2:])
	case strings.HasPrefix(text, "## "):
		p.startSection(text[3:])
	case strings.HasPrefix(text, "#"):
		p.defect(p.line, "only # and ## headings are allowed")
	case strings.HasPrefix(text, "- "):
		p.start(bullet, text[2:])
	case number > 0:
		p.startStep(number, rest)
	case text[0] == ' ':
		p.indented(text, trimmed)
	case forbiddenStart(text) != "":
		p.defect(p.line, "%s are not allowed", forbiddenStart(text))
	default:
		p.more(trimmed)
	}
}

func forbiddenStart(text string) string {
	switch {
	case text[0] == '\t':
		return "tabs"
	case text[0] == '>':
		return "quotations"
	case text[0] == '|':
		return "tables"
	case strings.HasPrefix(text, "```"), strings.HasPrefix(text, "~~~"):
		return "code blocks"
	case strings.HasPrefix(text, "* "), strings.HasPrefix(text, "+ "):
		return "lists with other signs than -"
	case strings.HasPrefix(text, "---"), strings.HasPrefix(text, "==="):
		return "rules and underlined headings"
	}
	return ""
}

// stepNumber reads "12. text".
func stepNumber(text string) (n int, rest string) {
	i := 0
	for i < len(text) && i < 3 && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	if i == 0 || !strings.HasPrefix(text[i:], ". ") {
		return 0, ""
	}
	n, _ = strconv.Atoi(text[:i])
	return n, text[i+2:]
}

func (p *pageParser) heading(text string) {
	p.close()
	if p.page.title != nil || p.section != nil {
		p.defect(p.line, "second # heading")
		return
	}
	if p.head > 0 {
		p.defect(p.line, "text before the title")
	}
	p.page.title = parseInline(strings.TrimSpace(text), p.line, p.defect)
}

func (p *pageParser) startSection(text string) {
	p.close()
	id, title, _ := strings.Cut(strings.TrimSpace(text), " ")
	p.page.sections = append(p.page.sections, draftSection{id: id, line: p.line})
	p.section = &p.page.sections[len(p.page.sections)-1]
	p.section.title = parseInline(strings.TrimSpace(title), p.line, p.defect)
}

func (p *pageParser) start(kind blockKind, text string) {
	p.close()
	p.open = &openBlock{kind, p.line, []part{{"", p.line, []string{strings.TrimSpace(text)}}}}
}

func (p *pageParser) startStep(number int, text string) {
	p.close()
	if p.section == nil {
		p.defect(p.line, "steps stand in sections only")
		return
	}
	p.section.numbered++
	want := p.section.numbered
	if number != want {
		p.defect(p.line, "step %d should be numbered %d", number, want)
	}
	if want > 1 && p.section.blocks[len(p.section.blocks)-1].kind != step {
		p.defect(p.line, "steps are interrupted: one numbered list a section")
	}
	p.start(step, text)
}

// indented takes a line that continues a list item.
func (p *pageParser) indented(text, trimmed string) {
	indent := len(text) - len(strings.TrimLeft(text, " "))
	number, _ := stepNumber(trimmed)
	switch {
	case p.open == nil || p.open.kind == paragraph:
		p.defect(p.line, "indented text outside of a list item")
		return
	case strings.HasPrefix(trimmed, "- ") || number > 0:
		p.defect(p.line, "nested lists are not allowed")
		return
	case p.open.kind == step && indent < 3 || p.open.kind == bullet && indent < 2:
		p.defect(p.line, "continuation of a list item needs %d blanks", 2+int(p.open.kind)/2)
	}
	p.more(trimmed)
}

// more adds a line to the open block, or starts a paragraph.
func (p *pageParser) more(trimmed string) {
	if p.open == nil {
		p.start(paragraph, trimmed)
		return
	}
	if p.open.kind == step {
		for _, name := range [...]string{"warning", "verify", "undo"} {
			if rest, ok := strings.CutPrefix(trimmed, "{"+name+"}"); ok {
				p.open.parts = append(p.open.parts, part{name, p.line, []string{strings.TrimSpace(rest)}})
				return
			}
		}
	}
	last := &p.open.parts[len(p.open.parts)-1]
	last.text = append(last.text, trimmed)
}

func (p *pageParser) close() {
	o := p.open
	if p.open = nil; o == nil {
		return
	}
	b := block{kind: o.kind, line: o.line}
	for _, part := range o.parts {
		p.fill(&b, part)
	}
	switch {
	case p.section != nil:
		p.section.blocks = append(p.section.blocks, b)
	case b.kind != paragraph:
		p.defect(b.line, "a list before the first section")
	default:
		if p.head++; p.head == 1 {
			p.page.summary = b.spans
		} else {
			p.defect(b.line, "the summary is one paragraph")
		}
	}
}

func (p *pageParser) fill(b *block, part part) {
	spans := parseInline(strings.Join(part.text, "\n"), part.line, p.defect)
	target := map[string]*[]span{"": &b.spans, "warning": &b.warning, "verify": &b.verify, "undo": &b.undo}[part.name]
	if *target != nil {
		p.defect(part.line, "second {%s} of one step", part.name)
		return
	}
	if len(spans) == 0 {
		p.defect(part.line, "is empty")
	}
	*target = spans
}

func (p *pageParser) finish() {
	p.section = nil
	if len(p.page.title) == 0 {
		p.defect(1, "title: missing: the file starts with # Title")
	}
	if len(p.page.summary) == 0 {
		p.defect(1, "summary: missing: one paragraph after the title")
	}
	for i := range p.page.sections {
		if s := &p.page.sections[i]; len(s.blocks) == 0 {
			p.page.defects.add(p.page.file, s.line, s.id, "is empty")
		}
	}
	if n := len(p.page.sections) - 1; n >= 0 && p.page.sections[n].id == askedSection {
		p.page.asked = p.page.sections[n].blocks
		p.page.sections = p.page.sections[:n]
	}
}
