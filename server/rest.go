package server

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/activationkb/activationkb/api"
	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/server/web"
)

// Marshal is the one JSON form of every answer, over REST and on the command line: default values
// are written, absent messages are not.
var Marshal = protojson.MarshalOptions{EmitDefaultValues: true}

// handler is everything that is served over HTTP.
func (s *Server) handler() (http.Handler, error) {
	gateway, err := s.gateway()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/", s.limitBody(s.withETag(gateway)))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(api.OpenAPI) // the reader has gone: nobody to tell
	})
	mux.Handle("/", s.portal(gateway))
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(256), gzhttp.EnableZstd(true))
	if err != nil {
		return nil, err
	}
	return s.cors().Handler(compress(headAsGet(mux))), nil
}

// portal serves the embedded pages; what they do not know is answered as JSON, like every other error.
func (s *Server) portal(gateway http.Handler) http.Handler {
	pages := web.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if web.Has(r.URL.Path) && r.Method == http.MethodGet {
			pages.ServeHTTP(w, r)
			return
		}
		gateway.ServeHTTP(w, r)
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // a probe that hung up needs no answer
}

func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.store.current.Load() == nil {
		plain(w, http.StatusServiceUnavailable, "loading content")
		return
	}
	plain(w, http.StatusOK, "ready")
}

func (s *Server) cors() *cors.Cors {
	origins := s.opts.Origins
	if origins == nil {
		origins = []string{"*"}
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{"Content-Type", "Accept", "Accept-Language", "X-Request-Id", "If-None-Match"},
		ExposedHeaders: []string{"ETag", "Content-Language", "X-Request-Id", "Retry-After"},
		MaxAge:         600,
	})
}

// headAsGet: the gateway routes no HEAD; net/http drops the body of its answer by itself.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := r.Clone(r.Context())
			get.Method = http.MethodGet
			w = headWriter{w}
			r = get
		}
		next.ServeHTTP(w, r)
	})
}

// headWriter drops the body.
type headWriter struct{ http.ResponseWriter }

func (headWriter) Write(p []byte) (int, error) { return len(p), nil }

// gateway translates REST into calls of the in-process channel.
func (s *Server) gateway() (*runtime.ServeMux, error) {
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.JSONPb{MarshalOptions: Marshal}),
		runtime.SetQueryParameterParser(strictQuery{}),
		runtime.WithIncomingHeaderMatcher(incoming),
		runtime.WithOutgoingHeaderMatcher(outgoing),
		runtime.WithErrorHandler(s.writeError),
		runtime.WithRoutingErrorHandler(s.routingError),
		runtime.WithForwardResponseOption(cacheHeaders),
		runtime.WithMiddlewares(s.refuseQueryOnPost),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
	)
	ctx := context.Background()
	for _, register := range []func() error{
		func() error {
			return pb.RegisterKnowledgeServiceHandlerClient(ctx, mux, pb.NewKnowledgeServiceClient(s.channel))
		},
		func() error {
			return pb.RegisterSearchServiceHandlerClient(ctx, mux, pb.NewSearchServiceClient(s.channel))
		},
		func() error {
			return pb.RegisterDiagnosisServiceHandlerClient(ctx, mux, pb.NewDiagnosisServiceClient(s.channel))
		},
		func() error {
			return mux.HandlePath(http.MethodPost, uploadPath, func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
				s.upload(mux, w, r)
			})
		},
	} {
		if err := register(); err != nil {
			return nil, err
		}
	}
	return mux, nil
}

func incoming(key string) (string, bool) {
	if strings.EqualFold(key, requestIDKey) {
		return requestIDKey, true
	}
	return runtime.DefaultHeaderMatcher(key)
}

func outgoing(key string) (string, bool) {
	switch key {
	case requestIDKey:
		return "X-Request-Id", true
	case "content-language":
		return "Content-Language", true
	}
	return "", false
}

// strictQuery refuses query keys that the request message does not have; the gateway ignores them.
type strictQuery struct{}

func (strictQuery) Parse(m proto.Message, values url.Values, filter *utilities.DoubleArray) error {
	for key := range values {
		if !hasField(m.ProtoReflect().Descriptor(), strings.Split(key, ".")) {
			return fmt.Errorf("unknown query parameter %q", key)
		}
	}
	return new(runtime.DefaultQueryParser).Parse(m, values, filter)
}

func hasField(d protoreflect.MessageDescriptor, path []string) bool {
	fd := d.Fields().ByJSONName(path[0])
	switch {
	case fd == nil:
		return false
	case len(path) == 1:
		return true
	}
	return fd.Message() != nil && hasField(fd.Message(), path[1:])
}

// refuseQueryOnPost: a JSON call takes everything from its body. Ignoring a query would hide the mistake.
func (s *Server) refuseQueryOnPost(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, path map[string]string) {
		if r.Method == http.MethodPost && r.URL.RawQuery != "" && r.URL.Path != uploadPath {
			for key := range r.URL.Query() {
				s.writeError(r.Context(), nil, nil, w, r, gatewayFault(fmt.Sprintf("unknown query parameter %q", key)))
				return
			}
		}
		next(w, r, path)
	}
}

// limitBody bounds what a body may weigh and how long it may take to arrive.
func (s *Server) limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit, patience := s.opts.Limits.Body, callDeadline
		if r.URL.Path == uploadPath {
			limit, patience = s.opts.Limits.Upload, analysisDeadline
		}
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(patience)) // some writers have no deadline
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// withETag answers 304 before any work: the tag is made of the content revision, the language asked
// for and the request. JSON bytes will not do, since protojson varies them between builds.
func (s *Server) withETag(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Language")
		snap := s.store.current.Load()
		if r.Method != http.MethodGet || snap == nil {
			next.ServeHTTP(w, r)
			return
		}
		sum := hash8([]byte(snap.revision + "\x00" + r.Header.Get("Accept-Language") + "\x00" + r.URL.RequestURI()))
		tag := `W/"` + hex.EncodeToString(sum[:]) + `"`
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.Header().Set("ETag", tag)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), etagKey{}, tag)))
	})
}

type etagKey struct{}

// cacheHeaders runs on success only, so that no error is ever cached.
func cacheHeaders(ctx context.Context, w http.ResponseWriter, _ proto.Message) error {
	if tag, ok := ctx.Value(etagKey{}).(string); ok {
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "public, max-age=60")
	} else {
		w.Header().Set("Cache-Control", "no-store")
	}
	return nil
}

// writeError gives every error the same form, whether the service, the gateway or the router found it.
func (s *Server) writeError(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	l, ok := Language(r.URL.Query().Get("languageCode"))
	if !ok {
		l, ok = acceptable(r.Header.Get("Accept-Language"))
	}
	if !ok {
		l = knowledge.English
	}
	var st *status.Status
	if snap := s.store.current.Load(); snap != nil {
		st = statusOf(err, snap.base, l)
	} else {
		st = statusOf(err, nil, l)
	}
	k := kindOfStatus(st)
	if md, ok := runtime.ServerMetadataFromContext(ctx); ok {
		for _, id := range md.HeaderMD.Get(requestIDKey) {
			w.Header().Set("X-Request-Id", id)
		}
	}
	if w.Header().Get("X-Request-Id") == "" {
		w.Header().Set("X-Request-Id", newID())
	}
	if k.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(k.retry.Seconds())))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Language", string(l))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(k.status)
	body, err := Marshal.Marshal(st.Proto())
	if err != nil {
		body = []byte(`{"code":13,"message":"internal error","details":[]}`)
	}
	_, _ = w.Write(body) // the caller has gone: nobody to tell
}

func (s *Server) routingError(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, httpStatus int) {
	err := faultf(ErrPathNotFound, "there is nothing at "+clip(r.URL.Path), "path", clip(r.URL.Path))
	switch httpStatus {
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		err = faultf(ErrMethodNotAllowed, r.Method+" is not allowed on "+clip(r.URL.Path), "method", r.Method)
	case http.StatusBadRequest:
		err = fieldFault("path", "is not a valid URL path")
	}
	s.writeError(ctx, mux, m, w, r, err)
}
