package knowledge

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// checker looks at the records of one pack, with everything else in the base to refer to.
// It only reads the base: files are checked side by side.
type checker struct {
	base    *Base
	source  *source
	lint    bool                   // look at the language of the texts too
	avoided map[Language][]avoided // terms that texts must not use
}

func (l *loader) checker(s *source) checker {
	return checker{base: l.base, source: s, lint: l.lint, avoided: l.avoided}
}

func (l *loader) check(f *file) {
	c := l.checker(f.source)
	if f.doc != nil && f.doc.root != nil {
		c.document(f.doc)
	}
}

func (c checker) document(d *document) {
	at := d.top()
	switch v := d.value.(type) {
	case *Vocabulary:
		c.vocabulary(at, v)
	case *[]Concept:
		each(at, *v, c.concept)
		ordered(at, *v, "id", func(x *Concept) string { return x.ID })
		c.terms(at, *v)
	case *commandFile:
		each(at.at("tools"), v.Tools, c.tool)
		each(at.at("commands"), v.Commands, c.command)
		ordered(at.at("tools"), v.Tools, "id", func(x *Tool) string { return x.ID })
		ordered(at.at("commands"), v.Commands, "id", func(x *Command) string { return x.ID })
	case *[]Question:
		each(at, *v, c.question)
	case *map[string]Text:
		for id, t := range *v {
			c.message(at.at(id), id, t)
		}
	case *[]Key:
		each(at, *v, c.key)
	case *[]Product:
		each(at, *v, c.product)
	case *[]Symbol:
		each(at, *v, func(p place, s *Symbol) { c.optional(p.at("text"), s.Text) })
	case *[]Facility:
		each(at, *v, func(p place, f *Facility) { c.optional(p.at("text"), f.Text) })
	case *codeFile:
		each(at.at("explanations"), v.Explanations, c.explanation)
		each(at.at("codes"), v.Codes, c.code)
		ordered(at.at("explanations"), v.Explanations, "id", func(x *Explanation) string { return x.ID })
		ordered(at.at("codes"), v.Codes, "code", func(x *ErrorCode) string { return x.Code.String() })
		c.codeFile(at.at("codes"), d.path, v.Codes)
	case *[]Event:
		each(at, *v, c.event)
	case *Finding:
		c.finding(at, v)
	case *Article:
		c.article(at, v)
	}
}

func each[T any](at place, records []T, check func(place, *T)) {
	for i := range records {
		check(at.item(i), &records[i])
	}
}

// ordered reports each record that sorts before the one above it.
func ordered[T any](at place, records []T, field string, key func(*T) string) {
	for i := 1; i < len(records); i++ {
		if a, b := key(&records[i-1]), key(&records[i]); a > b {
			at.item(i).at(field).defect("unsorted: %s belongs before %s", b, a)
		}
	}
}

func (c checker) id(p place, id string) {
	if !idPattern.MatchString(id) && id != "" {
		p.defect("%q does not match %s", id, idPattern)
	}
}

// oneOf checks an enumeration. Empty is for the decoder to judge.
func oneOf[T ~string](p place, v T, allowed ...T) {
	if v != "" && !slices.Contains(allowed, v) {
		p.defect("unknown value %q: one of %v", v, allowed)
	}
}

// terms of the vocabulary: each id of ids is one of them.
func (c checker) known(p place, what string, terms []Term, ids ...string) {
	for i, id := range ids {
		if find(terms, id) == nil {
			p.item(i).defect("unknown %s %q", what, id)
		}
		if slices.Contains(ids[:i], id) {
			p.item(i).defect("%s stands twice", id)
		}
	}
}

func (c checker) scope(p place, channels, roles, places, products []string) {
	v := c.base.vocabulary
	c.known(p.at("channels"), "channel", v.Channels, channels...)
	c.known(p.at("roles"), "role", v.Roles, roles...)
	c.known(p.at("places"), "place", v.Places, places...)
	c.known(p.at("products"), "product", v.Products, products...)
}

func (c checker) vocabulary(at place, v *Vocabulary) {
	for _, list := range []struct {
		name  string
		terms []Term
	}{{"channels", v.Channels}, {"roles", v.Roles}, {"products", v.Products}, {"places", v.Places},
		{"sections", v.Sections}, {"placeholders", v.Placeholders}} {
		for i := range list.terms {
			p := at.at(list.name).item(i)
			c.optional(p.at("title"), list.terms[i].Title)
			if find(list.terms[:i], list.terms[i].ID) != nil {
				p.at("id").defect("duplicate: %s stands before", list.terms[i].ID)
			}
		}
	}
}

func (c checker) concept(p place, v *Concept) {
	c.id(p.at("id"), v.ID)
	if v.Category == "" {
		p.at("category").defect("is empty")
	}
	c.languages(p.at("terms"), func(l Language) bool { return len(v.Terms[l]) > 0 })
	for l, terms := range v.Terms {
		for i, t := range terms {
			if strings.TrimSpace(t) != t || t == "" {
				p.at("terms").at(string(l)).item(i).defect("is empty or has blanks around it")
			}
		}
	}
	checkAvoided(p.at("avoid"), v)
}

// terms reports a term that two concepts share without saying so.
func (c checker) terms(at place, concepts []Concept) {
	owner := map[string]*Concept{}
	for i := range concepts {
		v := &concepts[i]
		for _, l := range Languages {
			for j, t := range v.Terms[l] {
				key := string(l) + " " + strings.ToLower(t)
				first, taken := owner[key]
				p := at.item(i).at("terms").at(string(l)).item(j)
				switch {
				case !taken:
					owner[key] = v
				case first == v:
					p.defect("%q stands twice", t)
				case !first.Shared && !v.Shared:
					p.defect("%q is a term of %s too: say shared, or choose", t, first.ID)
				}
			}
		}
	}
}

func (c checker) tool(p place, v *Tool) {
	c.id(p.at("id"), v.ID)
	if len(v.Variants) == 0 {
		p.at("variants").defect("is empty")
	}
	for i := range v.Variants {
		c.optional(p.at("variants").item(i).at("appliesTo"), v.Variants[i].AppliesTo)
		if len(v.Variants) > 1 && v.Variants[i].AppliesTo == nil {
			p.at("variants").item(i).at("appliesTo").defect("is required where there are several")
		}
	}
}

func (c checker) command(p place, v *Command) {
	c.id(p.at("id"), v.ID)
	c.text(p.at("purpose"), v.Purpose, resolved)
	switch {
	case v.Tool == "" && v.Line == "" || v.Tool != "" && v.Line != "" || v.Tool == "" && v.Args != "":
		p.defect("a command has either tool and args, or run")
	case v.Tool != "" && v.tool == nil:
		p.at("tool").defect("unknown tool %q", v.Tool)
	}
	oneOf(p.at("shell"), v.Shell, "CMD", "POWERSHELL", "BASH", "DNSCMD")
	oneOf(p.at("risk"), v.Risk, risks[1:]...)
	if v.RunOn != "" && find(c.base.vocabulary.Roles, v.RunOn) == nil {
		p.at("runOn").defect("unknown role %q", v.RunOn)
	}
	for _, ref := range [][2]string{{"undo", v.Undo}, {"verify", v.Verify}} {
		if _, ok := c.base.Command(ref[1]); ref[1] != "" && !ok {
			p.at(ref[0]).defect("unknown command %q", ref[1])
		}
	}
	c.placeholders(p, v.Line+" "+v.Args)
}

// placeholders reports each <id> that the vocabulary does not have.
func (c checker) placeholders(p place, s string) {
	for i := range len(s) {
		if id, n := placeholderAt(s[i:]); n > 0 && find(c.base.vocabulary.Placeholders, id) == nil {
			p.defect("unknown placeholder <%s>", id)
		}
	}
}

func (c checker) question(p place, v *Question) {
	c.id(p.at("id"), v.ID)
	oneOf(p.at("type"), v.Type, "CHOICE", "TEXT", "PASTE")
	c.text(p.at("text"), v.Text, running)
	c.text(p.at("why"), v.Why, running)
	if _, ok := c.base.Command(v.Collect); v.Collect != "" && !ok {
		p.at("collect").defect("unknown command %q", v.Collect)
	}
	if v.Fact != "" && !KnownFact(v.Fact) {
		p.at("fact").defect("unknown fact kind %q", v.Fact)
	}
	oneOf(p.at("answeredBy"), v.AnsweredBy, recordKinds...)
	c.rank(p.at("order"), v.Order)
	if (v.Type == "CHOICE") != (len(v.Options) > 1) {
		p.at("options").defect("a CHOICE has two options or more, other questions none")
	}
	for i := range v.Options {
		c.option(p.at("options").item(i), &v.Options[i])
		if slices.ContainsFunc(v.Options[:i], func(o Option) bool { return o.ID == v.Options[i].ID }) {
			p.at("options").item(i).at("id").defect("duplicate: %s stands before", v.Options[i].ID)
		}
	}
}

func (c checker) option(p place, o *Option) {
	c.text(p.at("text"), o.Text, resolved)
	v, at := c.base.vocabulary, p.at("context")
	for _, x := range []struct {
		name  string
		id    string
		terms []Term
	}{{"product", o.Context.Product, v.Products}, {"role", o.Context.Role, v.Roles},
		{"channel", o.Context.Channel, v.Channels}, {"place", o.Context.Place, v.Places}} {
		if x.id != "" && find(x.terms, x.id) == nil {
			at.at(x.name).defect("unknown %s %q", x.name, x.id)
		}
	}
}

var messageID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$`)

func (c checker) message(p place, id string, t Text) {
	if !messageID.MatchString(id) {
		p.defect("id does not match %s", messageID)
	}
	c.text(p, t, message)
}

var (
	guidPattern  = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	last5Pattern = regexp.MustCompile(`^[0-9A-Z]{5}$`)
	keyPattern   = regexp.MustCompile(`^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$`)
)

func (c checker) key(p place, k *Key) {
	oneOf(p.at("kind"), k.Kind, "GVLK", "GENERIC", "HOST")
	oneOf(p.at("product"), k.Product, "WINDOWS", "WINDOWS_SERVER", "OFFICE")
	switch {
	case k.Last5 == "" && k.ActivationID == "":
		p.defect("a key has last5 or activationId")
	case k.Last5 != "" && !last5Pattern.MatchString(k.Last5):
		p.at("last5").defect("%q is not five digits and capitals", k.Last5)
	case k.Key != "" && !keyPattern.MatchString(k.Key):
		p.at("key").defect("malformed product key")
	case k.Key != "" && !strings.HasSuffix(k.Key, k.Last5):
		p.at("key").defect("does not end in %s", k.Last5)
	case k.ActivationID != "" && !guidPattern.MatchString(k.ActivationID):
		p.at("activationId").defect("%q is not a GUID in lower case", k.ActivationID)
	}
}

func (c checker) product(p place, v *Product) {
	if !guidPattern.MatchString(v.ID) {
		p.at("id").defect("%q is not a GUID in lower case", v.ID)
	}
}

func (c checker) explanation(p place, e *Explanation) {
	c.id(p.at("id"), e.ID)
	for name, texts := range map[string][]Text{"causes": e.Causes, "fixes": e.Fixes} {
		if len(texts) == 0 {
			p.at(name).defect("is empty")
		}
		for i, t := range texts {
			c.text(p.at(name).item(i), t, running)
		}
	}
}

func (c checker) code(p place, e *ErrorCode) {
	oneOf(p.at("severity"), e.Severity, Error, Warning, Info, Success)
	c.scope(p, e.Channels, e.Roles, nil, e.Products)
	c.text(p.at("message"), e.Message, resolved)
	c.optional(p.at("doubt"), e.Doubt)
	if e.AliasOf != 0 {
		c.cites(p.at("aliasOf"), e.AliasOf)
	}
	if _, ok := c.base.Explanation(e.Explanation); e.Explanation != "" && !ok {
		p.at("explanation").defect("unknown explanation %q", e.Explanation)
	}
	c.events(p.at("events"), e.Events)
	for i, r := range e.Related {
		c.cites(p.at("related").item(i), r)
	}
	c.sources(p.at("sources"), e.Sources)
}

// codeFile checks that a file's name is a prefix of all its codes.
func (c checker) codeFile(at place, name string, codes []ErrorCode) {
	prefix := strings.TrimSuffix(path.Base(name), ".yaml")
	for i := range codes {
		if s := codes[i].Code.String(); !strings.HasPrefix(s, prefix) {
			at.item(i).at("code").defect("%s does not begin with the name of the file, %s", s, prefix)
		}
	}
}

func (c checker) cites(p place, v code.Code) {
	if p.node.Value != v.String() {
		return // the decoder could not read it and said so
	}
	if _, ok := c.base.Code(v); !ok {
		p.defect("unknown code %s", v)
	}
}

func (c checker) events(p place, ids []string) {
	for i, id := range ids {
		if _, ok := c.base.events.get(id); !ok {
			p.item(i).defect("unknown event %q", id)
		}
	}
}

var kbPattern = regexp.MustCompile(`^[0-9]{5,7}$`)

func (c checker) sources(p place, sources []Source) {
	for i, s := range sources {
		switch at := p.item(i); {
		case s.KB == "" && s.Title == "":
			at.defect("a source has kb or title")
		case s.KB != "" && !kbPattern.MatchString(s.KB):
			at.at("kb").defect("%q is not a number of five to seven digits", s.KB)
		case s.URI != "" && !strings.HasPrefix(s.URI, "https://"):
			at.at("uri").defect("%q does not begin with https://", s.URI)
		}
	}
}

func (c checker) event(p place, e *Event) {
	c.id(p.at("id"), e.ID)
	if n := decimal(e.Number); e.ID != n && !strings.HasSuffix(e.ID, "-"+n) {
		p.at("id").defect("%q is neither %s nor <source>-%s", e.ID, n, n)
	}
	c.known(p.at("roles"), "role", c.base.vocabulary.Roles, e.Roles...)
	c.text(p.at("title"), e.Title, resolved)
	c.text(p.at("meaning"), e.Meaning, resolved)
	c.text(p.at("use"), e.Use, resolved)
	c.optional(p.at("doubt"), e.Doubt)
	for i := range e.Fields {
		c.optional(p.at("fields").item(i).at("text"), e.Fields[i].Text)
	}
	c.sources(p.at("sources"), e.Sources)
}

// article checks article.yaml; the pages are checked when they are rendered.
func (c checker) article(p place, a *Article) {
	id := strings.TrimPrefix(a.ID, c.source.Name+".")
	c.id(p.at("id"), id)
	for i, alias := range a.Aliases {
		c.id(p.at("aliases").item(i), alias)
	}
	oneOf(p.at("kind"), a.Kind, Problem, Task, ConceptArticle, ReferenceArticle)
	oneOf(p.at("status"), a.Status, "CURRENT", "LEGACY", "DOUBTFUL")
	c.scope(p, a.Channels, a.Roles, nil, a.Products)
	for i, ref := range a.Codes {
		c.cites(p.at("codes").item(i).at("code"), ref.Code)
		w := ref.When
		c.scope(p.at("codes").item(i).at("when"), w.Channels, w.Roles, w.Places, w.Products)
	}
	c.events(p.at("events"), a.Events)
	for i, id := range a.Concepts {
		if _, ok := c.base.Concept(id); !ok {
			p.at("concepts").item(i).defect("unknown concept %q", id)
		}
	}
	for i, id := range a.Related {
		c.articleID(p.at("related").item(i), id)
		if r, ok := c.base.articleIn(c.source.Name, id); ok && r == a {
			p.at("related").item(i).defect("an article is not related to itself")
		}
	}
	if len(a.Sources) == 0 {
		p.at("sources").defect("is empty: every claim names its source")
	}
	c.sources(p.at("sources"), a.Sources)
}

func (c checker) articleID(p place, id string) {
	a, ok := c.base.articleIn(c.source.Name, id)
	switch {
	case !ok:
		p.defect("unknown article %q", id)
	case a.ID != id && a.ID != c.source.Name+"."+id:
		p.defect("%s is a former id: write %s", id, a.ID)
	}
}
