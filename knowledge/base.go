package knowledge

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// Base is everything that the loaded packs know. It is immutable and safe for concurrent use;
// what its methods return is shared and must not be modified.
type Base struct {
	revision     string
	packs        []Pack
	vocabulary   *Vocabulary
	articles     table[string, Article]
	codes        table[code.Code, ErrorCode]
	explanations table[string, Explanation]
	events       table[string, Event]
	numbers      map[int][]*Event // by event number
	findings     table[string, Finding]
	concepts     table[string, Concept]
	tools        table[string, Tool]
	commands     table[string, Command]
	questions    table[string, Question]
	messages     map[string]Text
	keys         table[string, Key] // by last five characters, or by activation id
	products     table[string, Product]
	symbols      table[int, Symbol]
	facilities   table[int, Facility]

	citing    map[code.Code][]citation
	findingOf map[string][]*Finding // by article id
}

// citation is one mention of a code in an article.yaml.
type citation struct {
	article *Article
	when    When
	rank    int // position among the article's codes
}

// table is a list with an index.
type table[K cmp.Ordered, T any] struct {
	list []*T
	by   map[K]*T
}

func (t *table[K, T]) get(k K) (*T, bool) {
	v, ok := t.by[k]
	return v, ok
}

// put adds v under k unless k is taken.
func (t *table[K, T]) put(k K, v *T) bool {
	if _, taken := t.by[k]; taken {
		return false
	}
	if t.by == nil {
		t.by = map[K]*T{}
	}
	t.by[k] = v
	t.list = append(t.list, v)
	return true
}

// sort orders the list by the keys that entries were put under.
func (t *table[K, T]) sort(key func(*T) K) {
	slices.SortFunc(t.list, func(a, b *T) int { return cmp.Compare(key(a), key(b)) })
}

func newBase() *Base {
	return &Base{
		vocabulary: &Vocabulary{},
		numbers:    map[int][]*Event{},
		messages:   map[string]Text{},
		citing:     map[code.Code][]citation{},
		findingOf:  map[string][]*Finding{},
	}
}

// Revision identifies the content of all packs: 16 lower-case hexadecimal digits of a hash over
// all file paths and contents, with line ends normalised.
func (b *Base) Revision() string { return b.revision }

// Packs lists the loaded packs, the built-in one first.
func (b *Base) Packs() []Pack { return b.packs }

// Vocabulary gives the ids of the contract with their titles.
func (b *Base) Vocabulary() *Vocabulary { return b.vocabulary }

// Articles lists all articles, sorted by id.
func (b *Base) Articles() []*Article { return b.articles.list }

// Article finds an article by its id or a former one.
func (b *Base) Article(id string) (*Article, bool) { return b.articles.get(id) }

// Codes lists all code records, sorted by value.
func (b *Base) Codes() []*ErrorCode { return b.codes.list }

// Code finds the record of a code. A code that stands for another has its own record, with AliasOf set.
func (b *Base) Code(c code.Code) (*ErrorCode, bool) { return b.codes.get(c) }

// Explanation finds shared causes and fixes by id.
func (b *Base) Explanation(id string) (*Explanation, bool) { return b.explanations.get(id) }

// Events lists all events, sorted by number, then id.
func (b *Base) Events() []*Event { return b.events.list }

// Event finds an event by id. A bare number that is no id resolves if only one event has it.
func (b *Base) Event(id string) (*Event, bool) {
	if e, ok := b.events.get(id); ok {
		return e, true
	}
	if n, ok := number(id); ok && len(b.numbers[n]) == 1 {
		return b.numbers[n][0], true
	}
	return nil, false
}

// number reads up to five digits.
func number(s string) (n int, ok bool) {
	if s == "" || len(s) > 5 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// Findings lists all findings, sorted by id.
func (b *Base) Findings() []*Finding { return b.findings.list }

// Finding finds a finding by id.
func (b *Base) Finding(id string) (*Finding, bool) { return b.findings.get(id) }

// FindingsOf lists the findings that an article treats.
func (b *Base) FindingsOf(article string) []*Finding { return b.findingOf[article] }

// Concepts lists the glossary, sorted by id.
func (b *Base) Concepts() []*Concept { return b.concepts.list }

// Concept finds a concept of the glossary by id.
func (b *Base) Concept(id string) (*Concept, bool) { return b.concepts.get(id) }

// Commands lists all commands, sorted by id.
func (b *Base) Commands() []*Command { return b.commands.list }

// Command finds a command by id.
func (b *Base) Command(id string) (*Command, bool) { return b.commands.get(id) }

// Questions lists all questions, sorted by id.
func (b *Base) Questions() []*Question { return b.questions.list }

// Question finds a question by id.
func (b *Base) Question(id string) (*Question, bool) { return b.questions.get(id) }

// Keys lists all publicly documented keys, in the order of the files.
func (b *Base) Keys() []*Key { return b.keys.list }

// Key finds a key by its last five characters, in upper case, or by its activation id.
func (b *Base) Key(last5 string) (*Key, bool) { return b.keys.get(last5) }

// Product finds a licence by its activation id, in any case, with or without braces.
func (b *Base) Product(guid string) (*Product, bool) {
	return b.products.get(strings.ToLower(strings.Trim(guid, "{}")))
}

// Symbol names a Win32 error number.
func (b *Base) Symbol(win32 int) (*Symbol, bool) { return b.symbols.get(win32) }

// Facility names an HRESULT facility.
func (b *Base) Facility(n int) (*Facility, bool) { return b.facilities.get(n) }

// Message gives a text of messages.yaml with {name} replaced by the values of args, which are
// pairs of name and value. A message that does not exist is its id.
func (b *Base) Message(id string, l Language, args ...string) string {
	t, ok := b.messages[id]
	if !ok {
		return id
	}
	pairs := slices.Clone(args[:len(args)&^1])
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(t.In(l))
}

// Messages lists the ids of messages.yaml, sorted.
func (b *Base) Messages() []string { return slices.Sorted(maps.Keys(b.messages)) }

// finish sorts the tables and computes the inverse links.
func (b *Base) finish() {
	b.articles.sort(func(a *Article) string { return a.ID })
	b.codes.sort(func(c *ErrorCode) code.Code { return c.Code })
	b.findings.sort(func(f *Finding) string { return f.ID })
	b.concepts.sort(func(c *Concept) string { return c.ID })
	b.commands.sort(func(c *Command) string { return c.ID })
	b.questions.sort(func(q *Question) string { return q.ID })
	slices.SortFunc(b.events.list, func(x, y *Event) int {
		return cmp.Or(cmp.Compare(x.Number, y.Number), strings.Compare(x.ID, y.ID))
	})
	for _, a := range b.articles.list {
		for i, ref := range a.Codes {
			b.citing[ref.Code] = append(b.citing[ref.Code], citation{a, ref.When, i})
		}
	}
	for _, f := range b.findings.list {
		if a, ok := b.Article(f.Article); ok {
			b.findingOf[a.ID] = append(b.findingOf[a.ID], f)
		}
	}
}
