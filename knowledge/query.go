package knowledge

import "github.com/activationkb/activationkb/knowledge/code"

// Query is what is asked of the searchable knowledge.
type Query struct {
	Text     string   // as typed, at most 64 KiB
	Language Language // the reader's; steers, never excludes
	Context  Context
	Kinds    []ArticleKind // only these; empty = all
	Limit    int           // matches wanted, at least 1
}

// Match is one article that answers a query, with its best section. Scores are comparable
// within one answer only; higher is better.
type Match struct {
	Article  *Article
	Section  string   // section id
	Language Language // of the text that matched
	Score    float64
	Coverage float64     // share of the query's informative weight that the match explains, 0..1
	Codes    []code.Code // codes of the query that the article explains
	Spans    []Span      // parts of the query text that matched
	Concepts []string    // glossary ids that query and article share
	Mentions []string    // glossary ids that the query names, the same in every match of one answer
	InScope  float64     // how likely the query is about what the knowledge is about, 0..1; the same in every match of one answer
}

// Span is a byte range of the query text.
type Span struct{ Start, End int }
