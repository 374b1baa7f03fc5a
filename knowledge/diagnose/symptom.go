package diagnose

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
)

// SymptomRequest is a symptom in a person's own words, all turns joined by newlines.
type SymptomRequest struct {
	Text      string
	Language  knowledge.Language
	Context   knowledge.Context
	Answers   []Answer
	Tried     []string // resolutions or commands that did not help: article ids, section ids or words
	Documents []File
	Max       int    // diagnoses wanted; 0 = 3
	Limits    Limits // of unpacking
}

// Outcome of a symptom diagnosis.
type Outcome string

// Outcomes of a symptom diagnosis.
const (
	Answered   Outcome = "ANSWERED"
	NeedAnswer Outcome = "NEED_ANSWER"
	OutOfScope Outcome = "OUT_OF_SCOPE"
)

// Symptoms is the answer to a SymptomRequest.
type Symptoms struct {
	Outcome     Outcome
	ShortAnswer string // plain, at most 400 characters
	Diagnoses   []Diagnosis
	Questions   []*knowledge.Question
	Findings    []Finding
	Codes       []code.Code
	Concepts    []string
	Warnings    []string
	Language    knowledge.Language
}

// Diagnosis is one article that explains the symptom, why, and how sure that is.
type Diagnosis struct {
	Article    *knowledge.Article
	Confidence float64 // 0..1
	Codes      []code.Code
	Reasons    []Reason
}

// Reason quotes the part of the request's text that a diagnosis rests on.
type Reason struct {
	Text       string
	Quote      string
	Start, End int // byte offsets into the text, 0,0 where it quotes none
}

// Confidences of the ways to reach an article. An exact code names its article; a rule that fired has
// proof; words alone can at best be a good guess.
const (
	byFinding     = 0.95
	byOnlyCode    = 0.92 // the code has one article, or one that the context chooses
	byOneOfCodes  = 0.60 // the code has several and nothing chooses
	byWordsAtMost = 0.85 // beside codes and findings
	byWordsAlone  = 0.95 // at most, where the search is clear
	decline       = 4    // how fast the next articles fall behind with their scores
	ofCause       = 0.95 // the search's order stands; where it hardly decides, a symptom asks for a cause
	fairShare     = 0.45 // coverage below which an article is not what the words ask for
	sureEnough    = 0.50 // below this the best answer is a question
)

// Diagnose finds what explains a symptom. It fails where ctx ends or the search does.
func (e *Engine) Diagnose(ctx context.Context, r SymptomRequest) (*Symptoms, error) {
	l := cmp.Or(r.Language, knowledge.English)
	files := append([]File{{Name: "text", Data: []byte(r.Text)}}, r.Documents...)
	analysis, err := e.Analyze(ctx, files, Options{Language: l, Context: r.Context, Answers: r.Answers, Limits: r.Limits})
	if err != nil {
		return nil, err
	}
	s := &Symptoms{Language: l, Findings: analysis.Findings, Warnings: analysis.Warnings}
	board := scoreboard{}
	e.byCodes(board, s, r, l)
	e.byFindings(board, analysis, l)
	if err := e.byWords(ctx, board, s, r, l); err != nil {
		return nil, err
	}
	s.Diagnoses = board.best(r.Tried, cmp.Or(r.Max, 3))
	if len(s.Diagnoses) == 0 && len(s.Codes) == 0 {
		s.Outcome, s.ShortAnswer = OutOfScope, e.base.Message("diagnosis.out-of-scope", l)
		return s, nil
	}
	s.Questions = e.questions(s, analysis, r)
	s.Outcome = Answered
	if len(s.Questions) > 0 && (len(s.Diagnoses) == 0 || s.Diagnoses[0].Confidence < sureEnough) {
		s.Outcome = NeedAnswer
	}
	s.ShortAnswer = e.shortAnswer(s, l)
	return s, nil
}

// scoreboard collects what speaks for each article.
type scoreboard map[string]*Diagnosis

// add joins independent reasons: what one leaves open, the next may close in part.
func (b scoreboard) add(a *knowledge.Article, confidence float64, reason Reason, codes ...code.Code) {
	d := b[a.ID]
	if d == nil {
		d = &Diagnosis{Article: a}
		b[a.ID] = d
	}
	d.Confidence = min(0.99, max(d.Confidence, confidence)+0.1*min(d.Confidence, confidence))
	for _, c := range codes {
		if !slices.Contains(d.Codes, c) {
			d.Codes = append(d.Codes, c)
		}
	}
	if !slices.ContainsFunc(d.Reasons, func(x Reason) bool { return x.Text == reason.Text }) {
		d.Reasons = append(d.Reasons, reason)
	}
}

// best orders by confidence; what was tried in vain goes behind the rest.
func (b scoreboard) best(tried []string, n int) []Diagnosis {
	var out []Diagnosis
	for _, d := range b {
		if slices.Contains(tried, d.Article.ID) || slices.Contains(tried, "articles/"+d.Article.ID) {
			d.Confidence *= 0.3
		}
		out = append(out, *d)
	}
	slices.SortFunc(out, func(x, y Diagnosis) int {
		return cmp.Or(cmp.Compare(y.Confidence, x.Confidence), cmp.Compare(x.Article.ID, y.Article.ID))
	})
	return out[:min(n, len(out))]
}

// byCodes takes the articles of the codes in the text, chosen by context.
func (e *Engine) byCodes(b scoreboard, s *Symptoms, r SymptomRequest, l knowledge.Language) {
	for _, m := range code.Scan(r.Text) {
		if slices.Contains(s.Codes, m.Code) {
			continue
		}
		s.Codes = append(s.Codes, m.Code)
		refs := e.base.ArticlesFor(m.Code, r.Context)
		reason := Reason{Text: e.base.Message("reason.code", l, "code", m.Code.String()), Quote: r.Text[m.Start:m.End], Start: m.Start, End: m.End}
		for i, ref := range refs {
			confidence := byOneOfCodes - 0.1*float64(min(i, 4))
			if i == 0 && (len(refs) == 1 || ref.Matches) {
				confidence = byOnlyCode
			}
			b.add(ref.Article, confidence, reason, m.Code)
		}
	}
}

// byFindings takes the articles of the rules that fired on the text and the documents.
func (e *Engine) byFindings(b scoreboard, a *Analysis, l knowledge.Language) {
	for _, f := range a.Findings {
		if f.Article == nil || f.Severity == knowledge.Info {
			continue
		}
		reason := Reason{Text: e.base.Message("reason.finding", l, "title", f.Title)}
		if len(f.Evidence) > 0 {
			reason.Quote = f.Evidence[0].Excerpt
		}
		b.add(f.Article, byFinding, reason, f.Codes...)
	}
}

// byWords searches. Where no code was found the words must be about activation at all.
func (e *Engine) byWords(ctx context.Context, b scoreboard, s *Symptoms, r SymptomRequest, l knowledge.Language) error {
	if e.searcher == nil || strings.TrimSpace(r.Text) == "" {
		return nil
	}
	matches, err := e.searcher.Find(ctx, knowledge.Query{Text: r.Text, Language: l, Context: r.Context, Limit: 10})
	if err != nil || len(matches) == 0 {
		return err
	}
	top := matches[0]
	if len(b) == 0 && len(s.Codes) == 0 && top.InScope < inScope {
		return nil
	}
	s.Concepts = top.Mentions
	sure, alone := byWordsAtMost*top.Coverage, len(b) == 0
	worth := func(m *knowledge.Match) float64 {
		if m.Article.Kind == knowledge.Problem {
			return m.Score
		}
		return m.Score * ofCause
	}
	best, second := 0.0, 0.0
	for i := range matches {
		w := worth(&matches[i])
		best, second = max(best, w), max(second, min(best, w))
	}
	for i, m := range matches {
		if !alone && b[m.Article.ID] == nil && m.Coverage < fairShare {
			continue
		}
		share := worth(&matches[i]) / best
		confidence := sure * math.Pow(share, decline)
		switch {
		case alone && share == 1:
			confidence = firstByWords(top.Coverage, second/best)
		case alone:
			confidence = min(nextByWords(top.Coverage, share), firstByWords(top.Coverage, second/best))
		}
		quote, start, end := quoteOf(r.Text, m.Spans)
		b.add(m.Article, confidence, Reason{Text: e.base.Message("reason.symptom", l, "words", quote), Quote: quote, Start: start, End: end}, m.Codes...)
	}
	return nil
}

// firstByWords is how often the first article is right where nothing but words speaks for it: the less, the
// nearer the next one's score comes, and the fewer of the words it covers. Both curves were laid by hand
// through what the query sets of the search gave; "eval diagnose" tells how they fit.
func firstByWords(coverage, next float64) float64 {
	return min(byWordsAlone, 1-(0.36+0.4*(1-coverage))*math.Pow(next, 6))
}

// nextByWords is the same of an article after the first, by its score as a share of the first one's.
func nextByWords(coverage, share float64) float64 {
	return 0.5 * (0.7 + 0.3*coverage) * math.Pow(share, 1.5)
}

// inScope is how sure the search must be that a text speaks of activation, if nothing else says so.
const inScope = 0.5

// quoteOf is the stretch of text from the first to the last matched word, at most 120 bytes of it.
func quoteOf(text string, spans []knowledge.Span) (string, int, int) {
	if len(spans) == 0 {
		return "", 0, 0
	}
	start, end := spans[0].Start, spans[0].End
	for _, s := range spans[1:] {
		if s.Start >= start && s.End-start <= 120 {
			end = max(end, s.End)
		}
	}
	return text[start:end], start, end
}

// questions asks what would decide: first what rules miss, then where a code with several meanings was seen.
func (e *Engine) questions(s *Symptoms, a *Analysis, r SymptomRequest) []*knowledge.Question {
	var out []*knowledge.Question
	ask := func(q *knowledge.Question) {
		answered := slices.ContainsFunc(r.Answers, func(x Answer) bool { return x.Question == q.ID })
		if !answered && !slices.Contains(out, q) && len(out) < 3 {
			out = append(out, q)
		}
	}
	for _, in := range a.Inconclusive {
		ask(in.Question)
	}
	if len(s.Diagnoses) > 0 && s.Diagnoses[0].Confidence >= byOnlyCode {
		return out
	}
	for _, id := range []string{"error-code-and-place", "product-and-channel"} {
		if q, ok := e.base.Question(id); ok && !(id == "error-code-and-place" && len(s.Codes) > 0 && r.Context.Place != "") {
			ask(q)
		}
	}
	return out
}

// maxShortAnswer is in characters; chatbots show it as it is.
const maxShortAnswer = 400

// shortAnswer says what it is and the first thing to do, from the best article only.
func (e *Engine) shortAnswer(s *Symptoms, l knowledge.Language) string {
	if len(s.Diagnoses) == 0 {
		return e.base.Message("diagnosis.unknown-code", l, "code", s.Codes[0].String())
	}
	text, _ := s.Diagnoses[0].Article.Text(l)
	answer := text.Summary
	for _, sec := range text.Sections {
		if strings.HasPrefix(sec.ID, "resolution.") && len(sec.Steps) > 0 {
			answer += " " + sec.Title + ": " + sec.Steps[0].Text
			break
		}
	}
	return shorten(answer, maxShortAnswer)
}

// shorten cuts at the last sentence that fits, else at the last blank.
func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	cut := string([]rune(s)[:most-1])
	for _, end := range []string{". ", "。", "! ", "? "} {
		if i := strings.LastIndex(cut, end); i > most/3 {
			return strings.TrimSpace(cut[:i+len(end)])
		}
	}
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}
