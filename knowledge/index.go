package knowledge

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// index puts every record into the base under its id. Two records with one id are a defect.
func (l *loader) index() {
	for _, s := range l.sources {
		for _, f := range s.files {
			if f.doc != nil && f.doc.root != nil {
				l.indexDocument(f)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(s.drafts)) {
			l.indexDraft(s.drafts[id])
		}
	}
	for _, d := range l.drafts {
		l.indexAliases(d)
	}
	for _, s := range l.sources {
		for _, id := range s.Overrides {
			if a, ok := l.base.articles.get(id); s.first || !ok || a.Pack != s.Name {
				l.defects.add(s.shown("pack.yaml"), 0, "overrides", "%q is not both a built-in article and one of this pack", id)
			}
		}
	}
	for _, c := range l.base.commands.list {
		c.tool, _ = l.base.tools.get(c.Tool)
	}
}

// register puts all records of a list into a table. The key is the field of that name.
func register[K cmp.Ordered, T any](t *table[K, T], records []T, at place, field string, key func(*T) K) {
	for i := range records {
		k := key(&records[i])
		if !t.put(k, &records[i]) {
			at.item(i).at(field).defect("duplicate: %v stands before", k)
		}
	}
}

func (l *loader) indexDocument(f *file) {
	b, at := l.base, f.doc.top()
	switch v := f.doc.value.(type) {
	case *Vocabulary:
		if !f.source.first {
			at.defect("only the built-in pack has a vocabulary")
			return
		}
		b.vocabulary = v
	case *[]Concept:
		register(&b.concepts, *v, at, "id", func(c *Concept) string { return c.ID })
	case *commandFile:
		register(&b.tools, v.Tools, at.at("tools"), "id", func(t *Tool) string { return t.ID })
		register(&b.commands, v.Commands, at.at("commands"), "id", func(c *Command) string { return c.ID })
	case *[]Question:
		register(&b.questions, *v, at, "id", func(q *Question) string { return q.ID })
	case *map[string]Text:
		for _, id := range slices.Sorted(maps.Keys(*v)) {
			if _, taken := b.messages[id]; taken {
				at.at(id).defect("duplicate message")
				continue
			}
			b.messages[id] = (*v)[id]
		}
	case *[]Key:
		register(&b.keys, *v, at, "last5", func(k *Key) string { return cmp.Or(k.Last5, k.ActivationID) })
	case *[]Product:
		register(&b.products, *v, at, "id", func(p *Product) string { return p.ID })
	case *[]Symbol:
		register(&b.symbols, *v, at, "number", func(s *Symbol) int { return s.Number })
	case *[]Facility:
		register(&b.facilities, *v, at, "number", func(f *Facility) int { return f.Number })
	case *codeFile:
		register(&b.explanations, v.Explanations, at.at("explanations"), "id", func(e *Explanation) string { return e.ID })
		l.indexCodes(v, at.at("codes"))
	case *[]Event:
		register(&b.events, *v, at, "id", func(e *Event) string { return e.ID })
		for i := range *v {
			b.numbers[(*v)[i].Number] = append(b.numbers[(*v)[i].Number], &(*v)[i])
		}
	case *Finding:
		if v.ID != "" && !b.findings.put(v.ID, v) {
			at.at("id").defect("duplicate finding")
		}
		for i, r := range v.Rules {
			if other, taken := l.rules[r.ID]; taken {
				at.at("rules").item(i).at("id").defect("duplicate: %s is a rule of %s", r.ID, other)
			}
			l.rules[r.ID] = v.ID
		}
	}
}

// indexCodes leaves out records whose code could not be read: their zero is not S_OK.
func (l *loader) indexCodes(v *codeFile, at place) {
	for i := range v.Codes {
		c := &v.Codes[i]
		if p := at.item(i).at("code"); p.node == nil || p.node.Value != c.Code.String() {
			continue
		}
		if !l.base.codes.put(c.Code, c) {
			at.item(i).at("code").defect("duplicate: %v stands before", c.Code)
		}
	}
}

// indexDraft gives an article its place: built-in ids are bare, those of other packs have the
// pack's name before them, unless the pack says that it replaces the built-in article.
func (l *loader) indexDraft(d *draft) {
	s, a := d.source, d.article
	l.drafts = append(l.drafts, d)
	if d.doc == nil {
		l.defects.add(s.shown("articles/"+d.id+"/article.yaml"), 0, "", "is missing")
		d.doc = &document{file: s.shown("articles/" + d.id + "/article.yaml")}
		a.ID = d.id
	}
	if a.ID != d.id {
		d.doc.top().at("id").defect("%q is not the name of the folder, %q", a.ID, d.id)
	}
	prefix := s.Name + "."
	overrides := !s.first && slices.Contains(s.Overrides, d.id)
	if s.first || overrides {
		prefix = ""
	}
	a.ID, a.Pack, a.Texts = prefix+d.id, s.Name, map[Language]*ArticleText{}
	if overrides {
		l.override(a)
	} else if !l.base.articles.put(a.ID, a) {
		d.doc.top().at("id").defect("duplicate: another article has the id or alias %s", a.ID)
	}
}

// indexAliases gives former ids to the articles that had them, once all present ids are known.
func (l *loader) indexAliases(d *draft) {
	prefix := strings.TrimSuffix(d.article.ID, d.id)
	for i, alias := range d.article.Aliases {
		if _, taken := l.base.articles.get(prefix + alias); taken {
			d.doc.top().at("aliases").item(i).defect("another article has the id or alias %s", alias)
			continue
		}
		l.base.articles.by[prefix+alias] = d.article
	}
}

// override puts a in the place of the built-in article with its id, and of its former ids.
func (l *loader) override(a *Article) {
	old, ok := l.base.articles.get(a.ID)
	if !ok {
		return // index reports it
	}
	for id, x := range l.base.articles.by {
		if x == old {
			l.base.articles.by[id] = a
		}
	}
	l.base.articles.list[slices.Index(l.base.articles.list, old)] = a
}
