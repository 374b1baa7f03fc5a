package index

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
)

// QuerySet holds what people ask in one language, with the articles that answer it.
type QuerySet struct {
	Language knowledge.Language
	Queries  []Judged
}

// Judged is a query with the ids of the articles that answer it, each as right as the others.
// None: the query is about something else, and the right answer is to say so.
type Judged struct {
	Text     string
	Articles []string
}

// ReadQueries reads the query sets of a folder: one file for each language, such as nb.tsv. A line
// holds the query, a tab and article ids separated by commas, "-" for none.
func ReadQueries(dir string) ([]QuerySet, error) {
	var sets []QuerySet
	for _, l := range knowledge.Languages {
		name := filepath.Join(dir, string(l)+".tsv")
		f, err := os.Open(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		queries, err := readQueries(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("index: %s:%w", name, err)
		}
		sets = append(sets, QuerySet{l, queries})
	}
	if len(sets) == 0 {
		return nil, fmt.Errorf("index: no query sets (en.tsv, nb.tsv, ...) in %s", dir)
	}
	return sets, nil
}

func readQueries(r io.Reader) ([]Judged, error) {
	var queries []Judged
	lines := bufio.NewScanner(r)
	n := 1
	for ; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		text, ids, ok := strings.Cut(line, "\t")
		if !ok || strings.Contains(ids, "\t") || strings.TrimSpace(ids) == "" {
			return nil, fmt.Errorf("%d: want a query, a tab and article ids or -", n)
		}
		q := Judged{Text: text}
		for id := range strings.SplitSeq(ids, ",") {
			if id = strings.TrimSpace(id); id != "" && id != "-" {
				q.Articles = append(q.Articles, id)
			}
		}
		queries = append(queries, q)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%d: %w", n, err)
	}
	return queries, nil
}

// Sets of an evaluation.
const (
	SetSymptoms = "symptoms" // what people ask, over the articles of the knowledge
	SetSame     = "same"     // an article's title finds its body
	SetCross    = "cross"    // a title finds the article in another language
	SetCrossB   = "crossb"   // a title finds the body in another language
)

// Evaluation is how well the search answers, measured.
type Evaluation struct {
	Figures []Figures `json:"figures"`
}

// Figures are those of one set in one pair of languages, or of the whole set where these are
// empty. All are over the first ten results; AUC is set for symptoms only.
type Figures struct {
	Set        string             `json:"set"`
	Query      knowledge.Language `json:"query,omitempty"`   // language
	Content    knowledge.Language `json:"content,omitempty"` // language
	Queries    int                `json:"queries"`           // that have an answer
	OutOfScope int                `json:"outOfScope,omitempty"`
	NDCG       Estimate           `json:"ndcg"`
	MRR        Estimate           `json:"mrr"`
	Recall     Estimate           `json:"recall"`
	Success1   Estimate           `json:"success1"`
	Success3   Estimate           `json:"success3"`
	AUC        *Estimate          `json:"auc,omitempty"` // of Answer.Confidence: in scope against out of scope
}

// Evaluate measures the search over the articles of base with the query sets and, if corpus is not
// nil, over the articles of the corpus that nothing was learned from. Progress goes to log. The same
// input gives the same figures.
func Evaluate(ctx context.Context, base *knowledge.Base, sets []QuerySet, corpus *Corpus, log io.Writer) (*Evaluation, error) {
	e := &Evaluation{}
	x, err := Build(base, Options{})
	if err != nil {
		return nil, err
	}
	defer x.Close()
	for _, s := range sets {
		fmt.Fprintf(log, "%s %s: %d queries\n", SetSymptoms, s.Language, len(s.Queries))
	}
	if err := e.symptoms(ctx, x, sets); err != nil {
		return nil, err
	}
	if corpus != nil {
		err = e.corpus(ctx, base, corpus, log)
	}
	return e, err
}

// outcome is one query asked.
type outcome struct {
	query knowledge.Language
	judgement
	confidence float64
	inScope    bool
}

func (e *Evaluation) symptoms(ctx context.Context, x *Index, sets []QuerySet) error {
	var all []outcome
	for _, s := range sets {
		first := len(all)
		for _, q := range s.Queries {
			o, err := x.ask(ctx, Request{Text: q.Text, Language: s.Language, Kinds: articleKinds}, q.Articles)
			if err != nil {
				return fmt.Errorf("index: query %q: %w", q.Text, err)
			}
			o.query = s.Language
			all = append(all, o)
		}
		e.add(SetSymptoms, all[first:], s.Language, "")
	}
	e.add(SetSymptoms, all, "", "")
	return nil
}

// articleKinds leaves out the records of codes and events: query sets name articles.
var articleKinds = []string{string(knowledge.Problem), string(knowledge.Task), string(knowledge.ConceptArticle), string(knowledge.ReferenceArticle)}

// ask searches and judges the answer by the names or ids of articles.
func (x *Index) ask(ctx context.Context, req Request, relevant []string) (outcome, error) {
	req.Limit = cutoff
	answer, err := x.Search(ctx, req)
	if err != nil {
		return outcome{}, err
	}
	names := make([]string, len(answer.Results))
	for i, r := range answer.Results {
		names[i] = strings.TrimPrefix(r.Name, "articles/")
	}
	return outcome{judgement: judge(names, relevant), confidence: answer.Confidence, inScope: len(relevant) > 0}, nil
}

// add computes the figures of a set.
func (e *Evaluation) add(set string, asked []outcome, query, content knowledge.Language) {
	f := Figures{Set: set, Query: query, Content: content}
	answerable := slices.DeleteFunc(slices.Clone(asked), func(o outcome) bool { return !o.inScope })
	f.Queries, f.OutOfScope = len(answerable), len(asked)-len(answerable)
	if f.Queries == 0 {
		return
	}
	m := bootstrap(f.Queries, 5, func(drawn []int) []float64 { return means(answerable, drawn) })
	f.NDCG, f.MRR, f.Recall, f.Success1, f.Success3 = m[0], m[1], m[2], m[3], m[4]
	if f.OutOfScope > 0 {
		f.AUC = &bootstrap(len(asked), 1, func(drawn []int) []float64 { return []float64{separation(asked, drawn)} })[0]
	}
	e.Figures = append(e.Figures, f)
}

func means(asked []outcome, drawn []int) []float64 {
	sums := make([]float64, 5)
	for _, i := range drawn {
		j := &asked[i].judgement
		for f, v := range [...]float64{j.ndcg, j.mrr, j.recall, j.success1, j.success3} {
			sums[f] += v / float64(len(drawn))
		}
	}
	return sums
}

// separation tells how well the confidence keeps what is in scope apart from what is not.
func separation(asked []outcome, drawn []int) float64 {
	var in, out []float64
	for _, i := range drawn {
		if o := &asked[i]; o.inScope {
			in = append(in, o.confidence)
		} else {
			out = append(out, o.confidence)
		}
	}
	return auc(in, out)
}
