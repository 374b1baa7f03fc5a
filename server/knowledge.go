package server

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/protobuf/protoadapt"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
)

// knowledgeService answers lookups.
type knowledgeService struct {
	pb.UnimplementedKnowledgeServiceServer
	store *store
}

// open takes a snapshot and the view of it in the request's language. The caller releases.
func (st *store) open(ctx context.Context, languageCode string) (*snapshot, view, error) {
	l, err := languageOf(ctx, languageCode)
	if err != nil {
		return nil, view{}, err
	}
	s, err := st.acquire()
	if err != nil {
		return nil, view{}, err
	}
	return s, view{base: s.base, lang: l}, nil
}

func (k *knowledgeService) GetErrorCode(ctx context.Context, req *pb.GetErrorCodeRequest) (*pb.ErrorCode, error) {
	s, v, err := k.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	v.ctx = contextOf(req)
	return v.lookup(strings.TrimPrefix(req.GetName(), "errorCodes/"))
}

// lookup answers any spelling of a code, else says why it cannot.
func (v view) lookup(spelling string) (*pb.ErrorCode, error) {
	spelling = hide(v.base, spelling)
	c, err := code.ParseTyped(spelling, func(c code.Code) bool { _, ok := v.base.Code(c); return ok })
	if err != nil {
		f := faultf(err, err.Error(), "input", clip(spelling))
		f.details = v.candidates(spelling)
		return nil, f
	}
	if known, ok := v.base.Code(c); ok {
		return v.errorCode(known), nil
	}
	d := v.decoding(c)
	f := faultf(ErrErrorCodeUnknown, c.String()+" is not in the knowledge base; its fields are decoded in the details", "code", c.String())
	f.details = []protoadapt.MessageV1{protoadapt.MessageV1Of(d)}
	return nil, f
}

// candidates are the codes that end in the four digits that somebody typed ("f041").
func (v view) candidates(spelling string) []protoadapt.MessageV1 {
	short, ok := code.Short(spelling)
	if !ok {
		return nil
	}
	d := new(pb.ErrorCodeDecoding)
	for _, known := range v.base.Codes() {
		if uint16(known.Code) == short && len(d.Nearest) < 5 {
			d.Nearest = append(d.Nearest, &pb.ErrorCodeDecoding_Candidate{Name: codeName(known.Code), Symbol: known.Symbol})
		}
	}
	if len(d.Nearest) == 0 {
		return nil
	}
	return []protoadapt.MessageV1{protoadapt.MessageV1Of(d)}
}

// clip keeps what is echoed short; a key is masked before it could be cut.
func clip(s string) string {
	s = hide(nil, s)
	if r := []rune(s); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return s
}

func (k *knowledgeService) ListErrorCodes(ctx context.Context, req *pb.ListErrorCodesRequest) (*pb.ListErrorCodesResponse, error) {
	s, v, err := k.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	p, err := pageOf(req, s.revision)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(s.base.Codes()), func(c *knowledge.ErrorCode) bool {
		return !meets(ids(req.GetChannels()), c.Channels) || !meets(ids(req.GetProducts()), c.Products)
	})
	from, to := p.bounds(len(found))
	resp := &pb.ListErrorCodesResponse{NextPageToken: p.next(len(found)), TotalSize: int32(len(found)), LanguageCode: string(v.lang), ContentRevision: s.revision}
	for _, c := range found[from:to] {
		resp.ErrorCodes = append(resp.ErrorCodes, v.errorCode(c))
	}
	return resp, nil
}

// meets reports whether a record passes a filter; a record that says nothing of the dimension does not.
func meets(wanted, has []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(has, w) })
}

func (k *knowledgeService) BatchGetErrorCodes(ctx context.Context, req *pb.BatchGetErrorCodesRequest) (*pb.BatchGetErrorCodesResponse, error) {
	s, v, err := k.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	v.ctx = contextOf(req)
	resp := &pb.BatchGetErrorCodesResponse{LanguageCode: string(v.lang), ContentRevision: s.revision}
	seen := map[string]bool{}
	for _, input := range req.GetCodes() {
		result := &pb.BatchGetErrorCodesResponse_Result{Input: hide(v.base, input)}
		resp.Results = append(resp.Results, result)
		m, err := v.lookup(input)
		if err != nil {
			result.Outcome = &pb.BatchGetErrorCodesResponse_Result_Status{Status: statusOf(err, v.base, v.lang).Proto()}
			resp.NotFound = append(resp.NotFound, result.GetInput())
			continue
		}
		result.Outcome = &pb.BatchGetErrorCodesResponse_Result_Name{Name: m.GetName()}
		if !seen[m.GetName()] {
			seen[m.GetName()] = true
			resp.ErrorCodes = append(resp.ErrorCodes, m)
		}
	}
	return resp, nil
}

func (k *knowledgeService) GetArticle(ctx context.Context, req *pb.GetArticleRequest) (*pb.Article, error) {
	s, v, err := k.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	a, ok := s.base.Article(strings.TrimPrefix(req.GetName(), "articles/"))
	if !ok {
		return nil, faultf(ErrArticleNotFound, "there is no "+req.GetName(), "name", req.GetName())
	}
	return v.article(a, true), nil
}

func (k *knowledgeService) ListArticles(ctx context.Context, req *pb.ListArticlesRequest) (*pb.ListArticlesResponse, error) {
	s, v, err := k.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	p, err := pageOf(req, s.revision)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(s.base.Articles()), func(a *knowledge.Article) bool {
		return !meets(ids(req.GetKinds()), []string{string(a.Kind)}) || !meets(req.GetPacks(), []string{a.Pack})
	})
	from, to := p.bounds(len(found))
	resp := &pb.ListArticlesResponse{NextPageToken: p.next(len(found)), TotalSize: int32(len(found)), LanguageCode: string(v.lang), ContentRevision: s.revision}
	for _, a := range found[from:to] {
		resp.Articles = append(resp.Articles, v.article(a, false))
	}
	return resp, nil
}

func (k *knowledgeService) GetEvent(ctx context.Context, req *pb.GetEventRequest) (*pb.Event, error) {
	s, v, err := k.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	e, ok := s.base.Event(strings.TrimPrefix(req.GetName(), "events/"))
	if !ok {
		return nil, faultf(ErrEventNotFound, "there is no "+req.GetName(), "name", req.GetName())
	}
	return v.event(e), nil
}

func (k *knowledgeService) ListEvents(ctx context.Context, req *pb.ListEventsRequest) (*pb.ListEventsResponse, error) {
	s, v, err := k.store.open(ctx, req.GetLanguageCode())
	if err != nil {
		return nil, err
	}
	defer s.release()
	p, err := pageOf(req, s.revision)
	if err != nil {
		return nil, err
	}
	events := s.base.Events()
	from, to := p.bounds(len(events))
	resp := &pb.ListEventsResponse{NextPageToken: p.next(len(events)), TotalSize: int32(len(events)), LanguageCode: string(v.lang), ContentRevision: s.revision}
	for _, e := range events[from:to] {
		resp.Events = append(resp.Events, v.event(e))
	}
	return resp, nil
}
