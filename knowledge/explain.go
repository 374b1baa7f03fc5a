package knowledge

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// ArticleRef is an article that explains a code, and in which contexts.
type ArticleRef struct {
	Article *Article
	When    When
	Matches bool // something known of the context speaks for the article, and nothing against it
	score   int
	rank    int // position of the code among those of the article: 0 is its main code
}

// ArticlesFor lists the articles that cite c, or the code that c stands for. The one that fits the
// context best is first; those that the context speaks against are last.
func (b *Base) ArticlesFor(c code.Code, ctx Context) []ArticleRef {
	cited := b.citing[c]
	if rec, ok := b.Code(c); ok && len(cited) == 0 && rec.AliasOf != 0 {
		cited = b.citing[rec.AliasOf]
	}
	best := map[*Article]ArticleRef{}
	for _, x := range cited {
		score := x.when.Score(ctx)
		ref := ArticleRef{x.article, x.when, score > 0, score, x.rank}
		if old, ok := best[x.article]; !ok || old.score < score {
			best[x.article] = ref
		}
	}
	refs := make([]ArticleRef, 0, len(best))
	for _, ref := range best {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(x, y ArticleRef) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.kindRank(), y.kindRank()),
			cmp.Compare(x.titlePlace(c), y.titlePlace(c)), cmp.Compare(x.rank, y.rank), strings.Compare(x.Article.ID, y.Article.ID))
	})
	return refs
}

// titlePlace is where the title names the code: an article called after it is about it, one that names
// it later is about a special case.
func (r ArticleRef) titlePlace(c code.Code) int {
	t, _ := r.Article.Text(English)
	if i := strings.Index(t.Title, c.String()); i >= 0 {
		return i
	}
	return math.MaxInt
}

func (r ArticleRef) kindRank() int {
	return slices.Index([]ArticleKind{Problem, Task, ReferenceArticle, ConceptArticle}, r.Article.Kind)
}

// Cause is one reason for a code.
type Cause struct {
	Title   string // empty if the cause is a single sentence
	Text    string // plain
	Article string // id; empty if it comes from the code's own record
}

// Resolution is one way out.
type Resolution struct {
	Title   string // empty for the general steps of a code's record
	Intro   string // plain text before the steps
	Steps   []Step
	Article string // id; empty if it comes from the code's own record
	Section string // of that article
}

// maxExplained is how many articles speak for one code: more would be no answer.
const maxExplained = 3

// Explain gives causes and resolutions of a code in the context: of the articles that fit it best,
// or else of the code's record. Both are empty for a code that is only decoded.
func (b *Base) Explain(c code.Code, ctx Context, l Language) (causes []Cause, resolutions []Resolution) {
	for _, a := range b.explaining(c, ctx) {
		text, _ := a.Text(l)
		for i := range text.Sections {
			s := &text.Sections[i]
			switch {
			case strings.HasPrefix(s.ID, "cause."):
				causes = append(causes, Cause{s.Title, s.Text, a.ID})
			case strings.HasPrefix(s.ID, "resolution."):
				resolutions = append(resolutions, Resolution{s.Title, s.Intro, s.Steps, a.ID, s.ID})
			case s.ID == "steps":
				resolutions = append(resolutions, Resolution{text.Title, s.Intro, s.Steps, a.ID, s.ID})
			}
		}
	}
	if len(causes)+len(resolutions) > 0 {
		return causes, resolutions
	}
	return b.recorded(c, l)
}

// explaining chooses the articles for Explain: the best match, all that match as well, and where
// nothing is known for or against any of them those that claim no context.
func (b *Base) explaining(c code.Code, ctx Context) []*Article {
	var chosen []*Article
	var best int
	refs := b.ArticlesFor(c, ctx)
	open := slices.ContainsFunc(refs, func(r ArticleRef) bool { return r.explains() && r.score == 0 && r.When.Empty() })
	for _, r := range refs {
		if !r.explains() || r.score < 0 || r.score == 0 && open && !r.When.Empty() {
			continue
		}
		if len(chosen) == maxExplained || len(chosen) > 0 && r.score < best {
			break
		}
		best = r.score
		chosen = append(chosen, r.Article)
	}
	return chosen
}

func (r ArticleRef) explains() bool { return r.Article.Kind == Problem || r.Article.Kind == Task }

// recorded gives the shared explanation of a code's record.
func (b *Base) recorded(c code.Code, l Language) (causes []Cause, resolutions []Resolution) {
	rec, ok := b.Code(c)
	if ok && rec.Explanation == "" && rec.AliasOf != 0 {
		rec, ok = b.Code(rec.AliasOf)
	}
	if !ok {
		return nil, nil
	}
	e, ok := b.Explanation(rec.Explanation)
	if !ok {
		return nil, nil
	}
	for _, t := range e.Causes {
		causes = append(causes, Cause{Text: b.Render(l, t.In(l)).Text})
	}
	var steps []Step
	for _, t := range e.Fixes {
		s, _ := b.step(l, "", &block{spans: parseInline(t.In(l), 1, ignoreFaults)})
		steps = append(steps, s)
	}
	return causes, []Resolution{{Steps: steps}}
}

// Decoded is what the bits of a code tell, with the names that content has for them.
type Decoded struct {
	Code     code.Code
	Anatomy  code.Anatomy
	Facility *Facility    // nil if unnamed
	Symbol   *Symbol      // of the Win32 error inside, nil if there is none or it is unnamed
	Nearest  []*ErrorCode // at most 5 known codes: the same status elsewhere, then neighbours
}

const maxNearest = 5

// Decode takes any code apart, known or not.
func (b *Base) Decode(c code.Code) Decoded {
	d := Decoded{Code: c, Anatomy: c.Anatomy()}
	d.Facility, _ = b.Facility(int(d.Anatomy.Facility))
	if d.Anatomy.IsWin32 {
		d.Symbol, _ = b.Symbol(int(d.Anatomy.Win32))
	}
	d.Nearest = b.nearest(c)
	return d
}

// nearest ranks the known codes: those with the same 16-bit status in another facility or
// severity, then those of the same facility and severity by distance.
func (b *Base) nearest(c code.Code) []*ErrorCode {
	type candidate struct {
		rec      *ErrorCode
		group    int
		distance uint32
	}
	var all []candidate
	for _, rec := range b.codes.list {
		switch {
		case rec.Code == c:
		case c&0xFFFF != 0 && rec.Code&0xFFFF == c&0xFFFF:
			all = append(all, candidate{rec, 0, uint32(max(rec.Code, c) - min(rec.Code, c))})
		case rec.Code>>16 == c>>16:
			group := 2
			if rec.Code.Anatomy().Zone == c.Anatomy().Zone {
				group = 1
			}
			all = append(all, candidate{rec, group, uint32(max(rec.Code, c) - min(rec.Code, c))})
		}
	}
	slices.SortStableFunc(all, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(x.distance, y.distance))
	})
	var nearest []*ErrorCode
	for _, x := range all[:min(len(all), maxNearest)] {
		nearest = append(nearest, x.rec)
	}
	return nearest
}
