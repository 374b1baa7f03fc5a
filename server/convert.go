package server

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
)

// view turns knowledge into messages of the contract, in one language.
type view struct {
	base *knowledge.Base
	lang knowledge.Language
	ctx  knowledge.Context
}

// enum reads an id of the vocabulary as a value of its generated enum; unknown ids are unspecified.
func enum[E ~int32](values map[string]int32, id string) E { return E(values[id]) }

func enums[E ~int32](values map[string]int32, ids []string) []E {
	out := make([]E, len(ids))
	for i, id := range ids {
		out[i] = enum[E](values, id)
	}
	return out
}

// id is the inverse of enum: unspecified values are "".
func id[E interface {
	~int32
	String() string
}](v E) string {
	if v == 0 {
		return ""
	}
	return v.String()
}

func ids[E interface {
	~int32
	String() string
}](vs []E) []string {
	var out []string
	for _, v := range vs {
		if s := id(v); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// flatContext is what lookup requests have in common.
type flatContext interface {
	GetProduct() pb.Product_Value
	GetProductVersion() string
	GetRole() pb.Role_Value
	GetChannel() pb.Channel_Value
	GetPlace() pb.Place_Value
}

func contextOf(c flatContext) knowledge.Context {
	return knowledge.Context{
		Product: id(c.GetProduct()), ProductVersion: c.GetProductVersion(), Role: id(c.GetRole()),
		Channel: id(c.GetChannel()), Place: id(c.GetPlace()),
	}
}

func contextMessage(c knowledge.Context) *pb.Context {
	return &pb.Context{
		Product: enum[pb.Product_Value](pb.Product_Value_value, c.Product), ProductVersion: hide(nil, c.ProductVersion),
		Role:    enum[pb.Role_Value](pb.Role_Value_value, c.Role),
		Channel: enum[pb.Channel_Value](pb.Channel_Value_value, c.Channel),
		Place:   enum[pb.Place_Value](pb.Place_Value_value, c.Place),
	}
}

func articleName(id string) string { return "articles/" + id }
func eventName(id string) string   { return "events/" + id }
func codeName(c code.Code) string  { return "errorCodes/" + c.String() }
func names(f func(string) string, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = f(id)
	}
	return out
}

func codeStrings(cs []code.Code) []string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = c.String()
	}
	return out
}

// pageURI is where the portal shows a resource.
func pageURI(name string) string { return "/?open=" + name }

func (v view) errorCode(c *knowledge.ErrorCode) *pb.ErrorCode {
	m := &pb.ErrorCode{
		Name: codeName(c.Code), Code: c.Code.String(), Symbol: c.Symbol, Message: c.Message.In(v.lang),
		Severity: enum[pb.ErrorCode_Severity](pb.ErrorCode_Severity_value, string(c.Severity)), LanguageCode: string(v.lang),
		Hresult:  v.hresult(c.Code),
		Channels: enums[pb.Channel_Value](pb.Channel_Value_value, c.Channels), Products: enums[pb.Product_Value](pb.Product_Value_value, c.Products),
		Roles: enums[pb.Role_Value](pb.Role_Value_value, c.Roles), Events: names(eventName, c.Events),
		RelatedErrorCodes: codeStrings(c.Related), References: v.references(c.Sources), Doubt: c.Doubt.In(v.lang),
		ContentRevision: v.base.Revision(),
	}
	if c.AliasOf != 0 {
		m.AliasOf = codeName(c.AliasOf)
	}
	for _, ref := range v.base.ArticlesFor(c.Code, v.ctx) {
		t, _ := ref.Article.Text(v.lang)
		m.Articles = append(m.Articles, &pb.ErrorCode_ArticleLink{
			Name: articleName(ref.Article.ID), Title: t.Title, Summary: t.Summary, AppliesWhen: v.when(ref.When), MatchesContext: ref.Matches,
		})
	}
	causes, resolutions := v.base.Explain(c.Code, v.ctx, v.lang)
	for _, x := range causes {
		m.Causes = append(m.Causes, &pb.Cause{Text: sentences([]string{x.Title, x.Text}), Article: optional(articleName, x.Article)})
	}
	for _, x := range resolutions {
		m.Resolutions = append(m.Resolutions, v.resolution(x.Article, x.Section, x.Title, x.Steps))
	}
	return m
}

func optional(name func(string) string, id string) string {
	if id == "" {
		return ""
	}
	return name(id)
}

// when puts a condition into words: "Event 12288; Windows".
func (v view) when(w knowledge.When) string {
	vocabulary := v.base.Vocabulary()
	var parts []string
	for _, ids := range [][]string{w.Places, w.Roles, w.Products, w.Channels} {
		var titles []string
		for _, id := range ids {
			titles = append(titles, vocabulary.Title(id, v.lang))
		}
		if len(titles) > 0 {
			parts = append(parts, strings.Join(titles, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

func (v view) hresult(c code.Code) *pb.Hresult {
	d := v.base.Decode(c)
	m := &pb.Hresult{
		Facility: d.Anatomy.FacilityName, FacilityCode: int32(d.Anatomy.Facility), StatusCode: int32(d.Anatomy.Status),
		Win32Code: int32(d.Anatomy.Win32), Signed: c.Signed(), Unsigned: uint32(c),
	}
	if d.Symbol != nil {
		m.Win32Symbol = d.Symbol.Name
	}
	return m
}

// decoding is all that can be said of a code that the knowledge does not hold.
func (v view) decoding(c code.Code) *pb.ErrorCodeDecoding {
	d := v.base.Decode(c)
	m := &pb.ErrorCodeDecoding{Hresult: v.hresult(c), Text: v.decoded(c, d)}
	for _, near := range d.Nearest {
		m.Nearest = append(m.Nearest, &pb.ErrorCodeDecoding_Candidate{Name: codeName(near.Code), Symbol: near.Symbol})
	}
	return m
}

// zoneLetters are the fifth hex digits that the zones are known by.
var zoneLetters = map[code.Zone]string{code.Server: "B", code.ClearingHouse: "C", code.SecurityProcessor: "D", code.Internal: "E", code.Client: "F"}

// decoded puts the fields of a code into sentences: what it is not, where it comes from, what is inside.
func (v view) decoded(c code.Code, d knowledge.Decoded) string {
	say := func(id string, pairs ...string) string { return v.base.Message(id, v.lang, pairs...) }
	var parts []string
	if !c.Failure() {
		parts = append(parts, say("decode.success"))
	}
	if d.Anatomy.Zone != "" {
		parts = append(parts, say("decode.zone."+zoneLetters[d.Anatomy.Zone]))
	}
	number, name := fmt.Sprint(d.Anatomy.Facility), cmp.Or(d.Anatomy.FacilityName, "?")
	if d.Symbol == nil {
		parts = append(parts, say("decode.facility-only", "number", number, "facility", name, "status", fmt.Sprintf("0x%04X", d.Anatomy.Status)))
	} else {
		parts = append(parts, say("decode.win32", "number", fmt.Sprint(d.Symbol.Number), "symbol", d.Symbol.Name), d.Symbol.Text.In(v.lang))
	}
	if len(parts) == 1 && d.Symbol == nil {
		parts = append(parts, say("decode.unknown", "code", c.String()))
	}
	return sentences(parts)
}

// sentences joins texts, each ending as its language ends a sentence.
func sentences(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		end, blank := ".", " "
		if strings.ContainsFunc(p, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			end, blank = "。", ""
		}
		if b.Len() > 0 {
			b.WriteString(blank)
		}
		b.WriteString(p)
		if !strings.HasSuffix(p, ".") && !strings.HasSuffix(p, "。") {
			b.WriteString(end)
		}
	}
	return b.String()
}

func (v view) resolution(article, section, title string, steps []knowledge.Step) *pb.Resolution {
	return &pb.Resolution{Title: title, Steps: v.steps(steps), Article: optional(articleName, article), Section: section}
}

func (v view) steps(steps []knowledge.Step) []*pb.Step {
	var out []*pb.Step
	for _, s := range steps {
		m := &pb.Step{
			Text: s.Text, RunOn: enum[pb.Role_Value](pb.Role_Value_value, s.RunOn), Elevated: s.Elevated,
			Risk: enum[pb.Step_Risk](pb.Step_Risk_value, string(s.Risk)), Warning: s.Warning, Verify: s.Verify, Undo: s.Undo,
		}
		for _, c := range s.Commands {
			m.Commands = append(m.Commands, v.commands(c)...)
		}
		out = append(out, m)
	}
	return out
}

// commands gives every variant of a command as one that can be copied.
func (v view) commands(c *knowledge.Command) []*pb.Command {
	var out []*pb.Command
	for _, run := range c.Runs(v.lang, v.base.Vocabulary()) {
		out = append(out, &pb.Command{Id: c.ID, Run: run.Line, AppliesTo: run.AppliesTo, Shell: shellOf(c)})
	}
	return out
}

func shellOf(c *knowledge.Command) pb.Command_Shell {
	if c.Shell == "" {
		return pb.Command_CMD
	}
	return enum[pb.Command_Shell](pb.Command_Shell_value, c.Shell)
}

// collect is the first variant of the command whose output answers a question.
func (v view) collect(commandID string) *pb.Command {
	if c, ok := v.base.Command(commandID); ok {
		return v.commands(c)[0]
	}
	return nil
}

func (v view) references(sources []knowledge.Source) []*pb.Reference {
	var out []*pb.Reference
	for _, s := range sources {
		r := &pb.Reference{Title: s.Title, Uri: s.URI, Kb: s.KB}
		if s.KB != "" {
			if r.Title == "" {
				r.Title = "KB " + s.KB
			}
			if r.Uri == "" {
				r.Uri = "https://support.microsoft.com/help/" + s.KB
			}
		}
		out = append(out, r)
	}
	return out
}

// article gives a whole article, or its head only, as lists do.
func (v view) article(a *knowledge.Article, whole bool) *pb.Article {
	t, l := a.Text(v.lang)
	m := &pb.Article{
		Name: articleName(a.ID), Kind: enum[pb.Article_Kind](pb.Article_Kind_value, string(a.Kind)), Title: t.Title, Summary: t.Summary,
		LanguageCode: string(l), Events: names(eventName, a.Events),
		Channels: enums[pb.Channel_Value](pb.Channel_Value_value, a.Channels), Products: enums[pb.Product_Value](pb.Product_Value_value, a.Products),
		Roles: enums[pb.Role_Value](pb.Role_Value_value, a.Roles), References: v.references(a.Sources),
		RelatedArticles: names(articleName, a.Related), Status: articleStatus(a.Status), Pack: a.Pack, Uri: pageURI(articleName(a.ID)),
		ContentRevision: v.base.Revision(),
	}
	for _, ref := range a.Codes {
		m.ErrorCodes = append(m.ErrorCodes, ref.Code.String())
	}
	for _, l := range knowledge.Languages {
		if _, ok := a.Texts[l]; ok {
			m.AvailableLanguageCodes = append(m.AvailableLanguageCodes, string(l))
		}
	}
	if !whole {
		return m
	}
	for _, s := range t.Sections {
		m.Sections = append(m.Sections, &pb.Article_Section{Id: s.ID, Title: s.Title, Markdown: s.Markdown, Text: s.Text, Steps: v.steps(s.Steps)})
	}
	return m
}

func articleStatus(s string) pb.Article_Status {
	if s == "" {
		return pb.Article_CURRENT
	}
	return enum[pb.Article_Status](pb.Article_Status_value, s)
}

func (v view) event(e *knowledge.Event) *pb.Event {
	m := &pb.Event{
		Name: eventName(e.ID), Number: int32(e.Number), Source: e.Source, Log: e.Log, Title: e.Title.In(v.lang), Meaning: e.Meaning.In(v.lang),
		DiagnosisUse: e.Use.In(v.lang), Roles: enums[pb.Role_Value](pb.Role_Value_value, e.Roles), References: v.references(e.Sources),
		Doubt: e.Doubt.In(v.lang), LanguageCode: string(v.lang), ContentRevision: v.base.Revision(),
	}
	for _, f := range e.Fields {
		m.Fields = append(m.Fields, &pb.Event_Field{Name: f.Name, Text: f.Text.In(v.lang)})
	}
	for _, a := range v.base.Articles() {
		for _, id := range a.Events {
			if id == e.ID {
				m.Articles = append(m.Articles, articleName(a.ID))
			}
		}
	}
	for _, c := range v.base.Codes() {
		for _, id := range c.Events {
			if id == e.ID {
				m.ErrorCodes = append(m.ErrorCodes, c.Code.String())
			}
		}
	}
	return m
}
