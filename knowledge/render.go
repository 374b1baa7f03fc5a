package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge/code"
)

// Rendered is a short text with its tokens resolved.
type Rendered struct {
	Markdown string // CommonMark without raw HTML
	Text     string // plain
	Commands []*Command
}

// Render resolves the tokens and placeholders of a short text in the language l. What it does not
// know stays as written; so do variables such as {a.kms_host}, for the caller to replace.
func (b *Base) Render(l Language, s string) Rendered {
	r := b.renderer(l, "")
	r.spans(parseInline(s, 1, ignoreFaults))
	return r.rendered()
}

// renderer writes spans as Markdown and as plain text side by side.
type renderer struct {
	base *Base
	lang Language
	pack string // whose articles are meant first

	md, text strings.Builder
	inBold   bool
	brief    bool // long commands are abbreviated in plain text: a step has them beside it, to copy
	fence    int  // length of md after the last code span
	gap      bool // nothing was written for the last token: its blanks must not double
	commands []*Command
	runOn    string
	elevated bool
	risk     Risk
}

func (b *Base) renderer(l Language, pack string) *renderer {
	return &renderer{base: b, lang: l, pack: pack}
}

func (r *renderer) rendered() Rendered {
	return Rendered{strings.TrimSpace(r.md.String()), strings.TrimSpace(r.text.String()), r.commands}
}

func (r *renderer) spans(spans []span) {
	size := 0
	for i := range spans {
		size += len(spans[i].text) + 8
	}
	r.md.Grow(size)
	r.text.Grow(size)
	for i, s := range spans {
		switch s.kind {
		case plain:
			r.plain(s.text)
		case bold:
			r.bold(spans, i)
		case literal:
			r.code(r.base.vocabulary.fill(r.lang, s.text))
		case placeholder:
			r.placeholder(s.text)
		case token:
			r.token(s)
		case variable:
			r.both("{"+s.text+"}", "{"+s.text+"}")
		}
	}
}

func (r *renderer) both(md, text string) {
	r.md.WriteString(md)
	r.text.WriteString(text)
	r.gap = false
}

func (r *renderer) plain(s string) {
	if r.gap && strings.HasSuffix(r.text.String(), " ") {
		s = strings.TrimPrefix(s, " ")
	}
	if r.gap && s != "" && strings.ContainsRune(".,;:!?)", rune(s[0])) {
		r.trimBlank()
	}
	r.both(escape(s, r.md.Len() == 0), s)
}

// trimBlank takes back the blank before a token that renders to nothing.
func (r *renderer) trimBlank() {
	for _, b := range []*strings.Builder{&r.md, &r.text} {
		s := strings.TrimRight(b.String(), " ")
		b.Reset()
		b.WriteString(s)
	}
}

// bold writes ** so that CommonMark sees it: between a punctuation mark inside and a letter
// outside, as Chinese text has them, it takes a blank.
func (r *renderer) bold(spans []span, i int) {
	before, _ := utf8.DecodeLastRuneInString(r.text.String())
	after := ' '
	if i+1 < len(spans) && spans[i+1].kind == plain {
		after, _ = utf8.DecodeRuneInString(spans[i+1].text)
	}
	opening := !r.inBold
	r.inBold = opening
	switch {
	case opening && punctuation(after) && letter(before):
		r.both(" **", " ")
	case !opening && punctuation(before) && letter(after):
		r.both("** ", " ")
	default:
		r.md.WriteString("**")
	}
}

func punctuation(c rune) bool { return unicode.IsPunct(c) || unicode.IsSymbol(c) }

func letter(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

func (r *renderer) code(s string) { r.span(s, s) }

// span writes md as a code span, which text shows in plain text. A blank keeps two spans apart: side
// by side their backticks would be one longer fence.
func (r *renderer) span(md, text string) {
	if md == "" {
		return
	}
	if r.md.Len() > 0 && r.md.Len() == r.fence {
		r.md.WriteByte(' ')
	}
	r.both(codeSpan(md), text)
	r.fence = r.md.Len()
}

// address writes an address as a link; one that could not be told from other markup stays text.
func (r *renderer) address(s string) {
	if !strings.HasPrefix(s, "https://") || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == '<' || c == '>' }) {
		r.both(escape(s, false), s)
		return
	}
	r.both("<"+s+">", s)
}

func (r *renderer) placeholder(id string) {
	if find(r.base.vocabulary.Placeholders, id) == nil {
		r.both(escape("<"+id+">", false), "<"+id+">")
		return
	}
	r.code(r.base.vocabulary.fill(r.lang, "<"+id+">"))
}

func (r *renderer) token(s span) {
	switch s.name {
	case "cmd":
		r.command(s)
	case "event":
		if e, ok := r.base.Event(s.text); ok {
			n := decimal(e.Number)
			r.both(n, n)
			return
		}
		r.both(escape(s.text, false), s.text)
	case "kb":
		r.both("KB "+escape(s.text, false), "KB "+s.text)
	case "port":
		r.both(escape(s.text, false), s.text)
	case "article":
		r.article(s.text)
	case "url":
		r.address(s.text)
	case "code", "reg", "path", "guid", "lit":
		r.code(r.base.vocabulary.fill(r.lang, s.text))
	case "run-on":
		r.runOn, r.gap = s.text, true
	case "risk":
		r.risk, r.gap = worse(r.risk, Risk(s.text)), true
	case "elevated":
		r.elevated, r.gap = true, true
	default:
		written := "{" + strings.TrimSpace(s.name+" "+s.text) + "}"
		r.both(escape(written, false), written)
	}
}

func (r *renderer) command(s span) {
	c, ok := r.base.Command(s.text)
	if !ok {
		r.code(s.text)
		return
	}
	r.commands = append(r.commands, c)
	short := c.Short(r.lang, r.base.vocabulary)
	if r.brief {
		r.span(short, abbreviate(short))
		return
	}
	r.code(short)
}

func (r *renderer) article(id string) {
	a, ok := r.base.articleIn(r.pack, id)
	if !ok {
		r.code(id)
		return
	}
	title := a.ID
	if t, _ := a.Text(r.lang); t != nil {
		title = t.Title
	}
	r.both("["+escape(title, false)+"](articles/"+a.ID+")", quote(r.lang, title))
}

// articleIn finds an article as the pack's own texts name it: its own first, without the prefix.
func (b *Base) articleIn(pack, id string) (*Article, bool) {
	if a, ok := b.articles.get(pack + "." + id); ok {
		return a, true
	}
	return b.articles.get(id)
}

// quotes are those of running text in each language.
var quotes = map[Language][2]string{
	English: {"“", "”"}, Norwegian: {"«", "»"}, Swedish: {"”", "”"}, Russian: {"«", "»"}, Chinese: {"“", "”"},
}

func quote(l Language, s string) string { return quotes[l][0] + s + quotes[l][1] }

// codeSpan encloses s in more backticks than it holds in a row.
func codeSpan(s string) string {
	run, longest := 0, 0
	for i := range len(s) {
		if run++; s[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// markup are the characters that CommonMark may read as markup anywhere in a line.
const markup = "\\`*_[]<>&~|"

// escape makes plain text safe as CommonMark; atStart says that it begins a block.
func escape(s string, atStart bool) string {
	if !strings.ContainsAny(s, markup) && !(atStart && strings.ContainsAny(s[:min(len(s), 10)], "#+-=.)")) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := range len(s) {
		if strings.IndexByte(markup, s[i]) >= 0 || atStart && startsBlock(s, i) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// startsBlock reports whether s[i] would make a block that begins with s a heading or a list.
func startsBlock(s string, i int) bool {
	switch s[i] {
	case '#', '+', '-', '=':
		return i == 0
	case '.', ')':
		_, ok := number(s[:min(i, 9)])
		return ok
	}
	return false
}

func decimal(n int) string {
	var b [8]byte
	i := len(b)
	for ; n > 0 && i > 0; n /= 10 {
		i--
		b[i] = byte('0' + n%10)
	}
	return string(b[i:])
}

var risks = []Risk{"", RiskNone, RiskLow, RiskRestart, RiskRegistry, RiskDataLoss}

// worse gives the worse of two risks; RiskNone if both are empty.
func worse(a, b Risk) Risk {
	worst := RiskNone
	for _, r := range risks {
		if r != "" && (r == a || r == b) {
			worst = r
		}
	}
	return worst
}

// isCode reports whether s is a code in its canonical spelling.
func isCode(s string) (code.Code, bool) {
	var c code.Code
	err := c.UnmarshalText([]byte(s))
	return c, err == nil
}
