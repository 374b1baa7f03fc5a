package server

import (
	"context"
	"html"
	"strings"
	"unicode/utf16"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/index"
	"github.com/activationkb/activationkb/knowledge"
)

// searchService answers searches.
type searchService struct {
	pb.UnimplementedSearchServiceServer
	store *store
}

// Numbers of suggestions in one answer.
const (
	defaultSuggestions = 8
	maxSuggestions     = 20
)

func (ss *searchService) Search(ctx context.Context, req *pb.SearchRequest) (*pb.SearchResponse, error) {
	s, v, err := ss.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	p, err := pageOf(req, s.revision)
	if err != nil {
		return nil, err
	}
	contents, err := languages(req.GetContentLanguageCodes())
	if err != nil {
		return nil, err
	}
	answer, err := s.index.Search(ctx, index.Request{
		Text: hide(v.base, req.GetQuery()), Language: v.lang, ContentLanguages: contents, Kinds: kindFilter(req),
		Products: ids(req.GetProducts()), Channels: ids(req.GetChannels()), Roles: ids(req.GetRoles()), Packs: req.GetPacks(),
		Offset: p.offset, Limit: p.size, Facets: req.GetFacets(), Explain: req.GetExplain(),
	})
	if err != nil {
		return nil, queryFault(err)
	}
	resp := &pb.SearchResponse{
		TotalSize: int32(answer.Total), NextPageToken: p.next(answer.Total), QueryLanguageCode: string(answer.QueryLanguage),
		RecognizedErrorCodes: codeStrings(answer.Codes), DidYouMean: hide(v.base, answer.DidYouMean), LanguageCode: string(v.lang), ContentRevision: s.revision,
	}
	for i := range answer.Results {
		resp.Results = append(resp.Results, v.result(&answer.Results[i]))
	}
	for _, f := range answer.Facets {
		resp.Facets = append(resp.Facets, v.facet(f))
	}
	return resp, nil
}

// queryFault names the field that an empty query stood in.
func queryFault(err error) error {
	if kindOf(err).reason == "FIELD_INVALID" {
		return fieldFault("query", "is empty; type words, a code or a command")
	}
	return err
}

func languages(tags []string) ([]knowledge.Language, error) {
	var out []knowledge.Language
	for _, tag := range tags {
		l, ok := Language(tag)
		if !ok {
			return nil, faultf(ErrLanguage, "contentLanguageCodes: "+tag+" is not supported", "language", tag, "supported", supported())
		}
		out = append(out, l)
	}
	return out, nil
}

// kindFilter joins both filters into the index's one list: kinds of articles stand for themselves,
// ARTICLE for all of them.
func kindFilter(req *pb.SearchRequest) []string {
	kinds := ids(req.GetArticleKinds())
	for _, k := range req.GetKinds() {
		switch {
		case k != pb.SearchResult_ARTICLE:
			kinds = append(kinds, id(k))
		case len(req.GetArticleKinds()) == 0:
			kinds = append(kinds, string(knowledge.Problem), string(knowledge.Task), string(knowledge.ConceptArticle), string(knowledge.ReferenceArticle))
		}
	}
	return kinds
}

func (v view) result(r *index.Result) *pb.SearchResult {
	m := &pb.SearchResult{
		Name: r.Name, Kind: enum[pb.SearchResult_Kind](pb.SearchResult_Kind_value, r.Kind), Title: r.Title,
		Section: &pb.SearchResult_Section{Id: r.SectionID, Title: r.SectionTitle}, Snippet: r.Snippet, SnippetHtml: marked(r.Snippet, r.SnippetHighlights),
		TitleHighlights: spans(r.TitleHighlights), SnippetHighlights: spans(r.SnippetHighlights), LanguageCode: string(r.Language),
		MatchedLanguageCode: string(r.MatchedLanguage), Score: r.Score, ErrorCodes: codeStrings(r.Codes), Pack: r.Pack, Uri: pageURI(r.Name),
	}
	if a, ok := v.base.Article(strings.TrimPrefix(r.Name, "articles/")); ok && m.Kind == pb.SearchResult_ARTICLE {
		m.ArticleKind = enum[pb.Article_Kind](pb.Article_Kind_value, string(a.Kind))
	}
	var reasons []string
	for _, x := range r.Explanation {
		reasons = append(reasons, x.String())
	}
	m.Explanation = hide(v.base, strings.Join(reasons, "\n"))
	return m
}

func spans(hs []index.Highlight) []*pb.Span {
	var out []*pb.Span
	for _, h := range hs {
		out = append(out, &pb.Span{Start: int32(h.Start), End: int32(h.End)})
	}
	return out
}

// marked is the snippet as HTML: everything escaped, highlights in <mark>.
func marked(s string, hs []index.Highlight) string {
	units := utf16.Encode([]rune(s))
	cut := func(from, to int) string { return html.EscapeString(string(utf16.Decode(units[from:to]))) }
	var b strings.Builder
	at := 0
	for _, h := range hs {
		if h.Start < at || h.End > len(units) || h.End <= h.Start {
			continue
		}
		b.WriteString(cut(at, h.Start))
		b.WriteString("<mark>" + cut(h.Start, h.End) + "</mark>")
		at = h.End
	}
	b.WriteString(cut(at, len(units)))
	return b.String()
}

func (v view) facet(f index.Facet) *pb.Facet {
	m := &pb.Facet{Field: f.Field}
	for _, x := range f.Values {
		name := v.base.Vocabulary().Title(x.Value, v.lang)
		if f.Field == "kind" {
			name = v.base.Message("kind."+x.Value, v.lang)
		}
		m.Values = append(m.Values, &pb.Facet_Value{Value: x.Value, Title: name, Count: int32(x.Count)})
	}
	return m
}

func (ss *searchService) Suggest(ctx context.Context, req *pb.SuggestRequest) (*pb.SuggestResponse, error) {
	s, v, err := ss.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	n := int(req.GetMaxSuggestions())
	if n == 0 {
		n = defaultSuggestions
	}
	resp := &pb.SuggestResponse{LanguageCode: string(v.lang), ContentRevision: s.revision}
	for _, x := range s.index.Suggest(hide(v.base, req.GetQuery()), v.lang, min(n, maxSuggestions)) {
		m := &pb.SuggestResponse_Suggestion{Text: hide(v.base, x.Text), Name: x.Name, Kind: enum[pb.SearchResult_Kind](pb.SearchResult_Kind_value, x.Kind)}
		if x.Name != "" {
			m.Uri = pageURI(x.Name)
		}
		resp.Suggestions = append(resp.Suggestions, m)
	}
	return resp, nil
}
