package knowledge

import (
	"slices"
	"strings"
)

// registryWarning is the message that goes with every step of risk REGISTRY. The labels of notes
// are the messages step.warning, step.verify and step.undo; without one its text stands alone.
const registryWarning = "warning.registry"

// render makes the texts of all articles, and plain text of short texts that nobody renders later.
// Titles come first, since texts cite them.
func (l *loader) render() {
	for _, d := range l.drafts {
		for lang, p := range d.pages {
			r := l.base.renderer(lang, d.source.Name)
			for _, s := range p.title {
				if s.kind == token && s.name == "article" {
					p.defects.add(p.file, s.line, "title", "no {article} in a title")
				} else {
					r.spans([]span{s})
				}
			}
			d.article.Texts[lang] = &ArticleText{Title: r.rendered().Text}
		}
	}
	l.each(func(f *file) {
		if f.doc != nil {
			l.base.resolve(f.doc.value)
		}
	})
	parallel(len(l.drafts), func(i int) { l.renderDraft(l.drafts[i]) })
	l.checkTitles()
	l.checkRegistryWarning()
}

// renderDraft checks the pages of an article and renders them.
func (l *loader) renderDraft(d *draft) {
	l.checker(d.source).pages(d)
	for lang, p := range d.pages {
		t := d.article.Texts[lang]
		r := l.base.renderer(lang, d.source.Name)
		r.spans(p.summary)
		t.Summary = r.rendered().Text
		for i := range p.sections {
			t.Sections = append(t.Sections, l.base.section(lang, d.source.Name, &p.sections[i]))
		}
		for _, b := range p.asked {
			t.Asked = append(t.Asked, strings.TrimSpace(proseOf(b.spans)))
		}
	}
	for i, id := range d.article.Related {
		if a, ok := l.base.articleIn(d.source.Name, id); ok {
			d.article.Related[i] = a.ID
		}
	}
}

// checkTitles reports two articles with one title: a reader could not tell them apart.
func (l *loader) checkTitles() {
	first := map[string]*Article{}
	for _, d := range l.drafts {
		for lang, p := range d.pages {
			key := string(lang) + strings.ToLower(d.article.Texts[lang].Title)
			if other, taken := first[key]; taken && other.Pack == d.article.Pack {
				p.defects.add(p.file, 1, "title", "%s has the same title", other.ID)
			}
			first[key] = d.article
		}
	}
}

func (l *loader) checkRegistryWarning() {
	if _, ok := l.base.messages[registryWarning]; ok {
		return
	}
	for _, c := range l.base.commands.list {
		if c.Risk == RiskRegistry {
			l.defects.add("messages.yaml", 0, registryWarning, "is missing: command %s needs it", c.ID)
			return
		}
	}
}

// section renders one section of an article.
func (b *Base) section(l Language, pack string, s *draftSection) Section {
	out := Section{ID: s.id, Title: b.vocabulary.Title(s.id, l)}
	if len(s.title) > 0 {
		r := b.renderer(l, pack)
		r.spans(s.title)
		out.Title = r.rendered().Text
	}
	var md, text, intro strings.Builder
	tight := s.plainSteps()
	md.Grow(s.size + s.size/4)
	text.Grow(s.size)
	for i := range s.blocks {
		x := &s.blocks[i]
		if x.kind == step {
			st, notes := b.step(l, pack, x)
			out.Steps = append(out.Steps, st)
			between := "\n\n"
			if len(out.Steps) > 1 && tight {
				between = "\n"
			}
			number := decimal(len(out.Steps)) + ". "
			separate(&md, between, number+st.Markdown)
			for _, note := range notes {
				separate(&md, "\n\n"+strings.Repeat(" ", len(number)), note)
			}
			separate(&text, "\n", number+st.lines())
			continue
		}
		r := b.renderer(l, pack)
		r.spans(x.spans)
		part, between, sign := r.rendered(), "\n\n", ""
		if x.kind == bullet {
			sign = "- "
			if i > 0 && s.blocks[i-1].kind == bullet {
				between = "\n"
			}
		}
		separate(&md, between, sign+part.Markdown)
		separate(&text, "\n", sign+part.Text)
		if len(out.Steps) == 0 {
			separate(&intro, "\n", sign+part.Text)
		}
	}
	out.Markdown, out.Text, out.Intro = md.String(), text.String(), intro.String()
	if b.touchesRegistry(out.Steps) {
		out.Markdown = "> " + escape(b.Message(registryWarning, l), true) + "\n\n" + out.Markdown
	}
	return out
}

// plainSteps reports whether no step has a note, so that the list can be tight.
func (s *draftSection) plainSteps() bool {
	return !slices.ContainsFunc(s.blocks, func(b block) bool {
		return b.warning != nil || b.verify != nil || b.undo != nil
	})
}

func separate(b *strings.Builder, between, s string) {
	if b.Len() > 0 {
		b.WriteString(between)
	}
	b.WriteString(s)
}

func (b *Base) touchesRegistry(steps []Step) bool {
	_, ok := b.messages[registryWarning]
	return ok && slices.ContainsFunc(steps, func(s Step) bool { return s.Risk == RiskRegistry })
}

// step renders a numbered item, and its notes as Markdown paragraphs with their labels. Its commands
// tell where it runs, whether it needs elevation and what it risks, unless its own tokens say more.
func (b *Base) step(l Language, pack string, x *block) (s Step, notes []string) {
	r := b.renderer(l, pack)
	r.brief = true
	r.spans(x.spans)
	main := r.rendered()
	s = Step{
		Text: main.Text, Markdown: main.Markdown, Commands: main.Commands,
		RunOn: r.runOn, Elevated: r.elevated, Risk: worse(r.risk, RiskNone),
	}
	for _, note := range []struct {
		name  string
		spans []span
		text  *string
	}{{"warning", x.warning, &s.Warning}, {"verify", x.verify, &s.Verify}, {"undo", x.undo, &s.Undo}} {
		if len(note.spans) > 0 {
			r := b.renderer(l, pack)
			r.spans(note.spans)
			*note.text = r.rendered().Text
			notes = append(notes, b.label(l, note.name)+r.rendered().Markdown)
		}
	}
	s.inherit()
	if b.touchesRegistry([]Step{s}) {
		s.Warning = strings.TrimSpace(b.Message(registryWarning, l) + " " + s.Warning)
	}
	return s, notes
}

func (s *Step) inherit() {
	where := map[string]bool{}
	for _, c := range s.Commands {
		s.Elevated = s.Elevated || c.Elevated
		s.Risk = worse(s.Risk, c.Risk)
		if c.RunOn != "" {
			where[c.RunOn] = true
		}
	}
	for role := range where {
		if s.RunOn == "" && len(where) == 1 {
			s.RunOn = role
		}
	}
}

// lines is the step as plain text, one line each for itself and its notes.
func (s *Step) lines() string {
	out := s.Text
	for _, note := range []string{s.Warning, s.Verify, s.Undo} {
		if note != "" {
			out += "\n   " + note
		}
	}
	return out
}

func (b *Base) label(l Language, name string) string {
	t, ok := b.messages["step."+name]
	if !ok {
		return ""
	}
	return "**" + escape(strings.TrimRight(t.In(l), ":："), false) + ":** "
}

// resolve turns the texts of records that callers show as they are into plain text. Texts of
// findings, questions and explanations keep their tokens for Render, and messages their variables.
func (b *Base) resolve(value any) {
	switch v := value.(type) {
	case *commandFile:
		for i := range v.Commands {
			b.resolveTexts(v.Commands[i].Purpose)
		}
	case *map[string]Text:
		for _, t := range *v {
			b.resolveTexts(t)
		}
	case *[]Question:
		for _, q := range *v {
			for _, o := range q.Options {
				b.resolveTexts(o.Text)
			}
		}
	case *codeFile:
		for _, c := range v.Codes {
			b.resolveTexts(c.Message, c.Doubt)
		}
	case *[]Event:
		for _, e := range *v {
			b.resolveTexts(e.Title, e.Meaning, e.Use, e.Doubt)
			for _, f := range e.Fields {
				b.resolveTexts(f.Text)
			}
		}
	case *[]Symbol:
		for _, s := range *v {
			b.resolveTexts(s.Text)
		}
	case *[]Facility:
		for _, f := range *v {
			b.resolveTexts(f.Text)
		}
	}
}

func (b *Base) resolveTexts(texts ...Text) {
	for _, t := range texts {
		for l, s := range t {
			if strings.ContainsAny(s, "{<`*") {
				t[l] = b.Render(l, s).Text
			}
		}
	}
}
