// Package server is the transport: gRPC and REST over one in-process channel, limits, errors,
// health and the swap of content. What is answered comes from knowledge, index and diagnose.
package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/fullstorydev/grpchan/inprocgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/index"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// Options of a server. The zero value of each field is a sensible default.
type Options struct {
	HTTP    string       // listening address of REST and the portal; "" = no listener
	GRPC    string       // listening address of gRPC; "" = no listener
	Content []fs.FS      // packs, the built-in one first
	Data    string       // folder that keeps the index between starts; "" = in memory
	Logger  *slog.Logger // product keys are masked in what it gets; nil = discard
	Limits  Limits
	Origins []string // web origins that may call from a browser; nil = all (the API holds no secrets)
	Loaded  func()   // called each time that content was loaded, before it is told; nil = nobody
}

// Limits bound what a caller may send, in bytes, and what all may ask for at once. A zero field means the default of
// the contract.
type Limits struct {
	Body     int64 // JSON body and gRPC message, 16 MiB
	Upload   int64 // upload before unpacking, 1 GiB
	Unpacked int64 // upload after unpacking, 4 GiB
	Analyses int64 // uploads above 64 KiB that are analysed at once, 3
}

// Defaults of Limits.
const (
	defaultBody     = 16 << 20
	defaultUpload   = 1 << 30
	defaultUnpacked = 4 << 30
	defaultAnalyses = 3
)

// shutdownGrace is how long requests under way may take once the server stops.
const shutdownGrace = 20 * time.Second

// Server answers over gRPC, REST and its in-process channel.
type Server struct {
	opts    Options
	log     *slog.Logger
	store   store
	slots   *slots
	channel *inprocgrpc.Channel
	grpc    *grpc.Server
	health  *health.Server
	http    *http.Server
	lisHTTP net.Listener
	lisGRPC net.Listener
}

// New wires a server and opens its listeners; nothing is answered but NOT_READY until Run or Load.
func New(opts Options) (*Server, error) {
	s := &Server{opts: opts, log: slog.New(slog.DiscardHandler)}
	if opts.Logger != nil {
		s.log = slog.New(redact.NewHandler(opts.Logger.Handler()))
	}
	s.opts.Limits = opts.Limits.withDefaults()
	s.slots = newSlots(int(s.opts.Limits.Analyses))
	s.channel = new(inprocgrpc.Channel).WithServerUnaryInterceptor(s.unary).WithServerStreamInterceptor(s.stream)
	s.register(s.channel)
	s.grpc = grpc.NewServer(
		grpc.UnaryInterceptor(s.unary), grpc.StreamInterceptor(s.stream),
		grpc.MaxRecvMsgSize(int(s.opts.Limits.Body)),
	)
	s.register(s.grpc)
	s.health = health.NewServer()
	s.health.SetServingStatus("", healthpb.HealthCheckResponse_NOT_SERVING)
	healthpb.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	handler, err := s.handler()
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	return s, s.listen()
}

func (l Limits) withDefaults() Limits {
	set := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&l.Body, defaultBody)
	set(&l.Upload, defaultUpload)
	set(&l.Unpacked, defaultUnpacked)
	set(&l.Analyses, defaultAnalyses)
	return l
}

func (s *Server) register(r grpc.ServiceRegistrar) {
	pb.RegisterKnowledgeServiceServer(r, &knowledgeService{store: &s.store})
	pb.RegisterSearchServiceServer(r, &searchService{store: &s.store})
	pb.RegisterDiagnosisServiceServer(r, &diagnosisService{store: &s.store, slots: s.slots, limits: s.opts.Limits})
}

func (s *Server) listen() (err error) {
	var listen net.ListenConfig
	if s.opts.HTTP != "" {
		if s.lisHTTP, err = listen.Listen(context.Background(), "tcp", s.opts.HTTP); err != nil {
			return fmt.Errorf("server: --http: %w", err)
		}
	}
	if s.opts.GRPC != "" {
		if s.lisGRPC, err = listen.Listen(context.Background(), "tcp", s.opts.GRPC); err != nil {
			if s.lisHTTP != nil {
				err = errors.Join(err, s.lisHTTP.Close())
			}
			return fmt.Errorf("server: --grpc: %w", err)
		}
	}
	return nil
}

// Channel calls the service without a network, through the same interceptors.
func (s *Server) Channel() grpc.ClientConnInterface { return s.channel }

// HTTPAddr and GRPCAddr tell the ports that were really taken; nil without a listener.
func (s *Server) HTTPAddr() net.Addr { return address(s.lisHTTP) }

// GRPCAddr is the address of the gRPC listener.
func (s *Server) GRPCAddr() net.Addr { return address(s.lisGRPC) }

func address(l net.Listener) net.Addr {
	if l == nil {
		return nil
	}
	return l.Addr()
}

// Load reads the content, builds the index and swaps them in. Requests under way keep what they have.
func (s *Server) Load() error {
	start := time.Now()
	base, err := knowledge.Load(s.opts.Content...)
	if err != nil {
		return err
	}
	loaded := time.Now()
	x, err := index.Build(base, index.Options{Dir: s.opts.Data})
	if err != nil {
		return err
	}
	s.store.swap(newSnapshot(base, x))
	s.health.SetServingStatus("", healthpb.HealthCheckResponse_SERVING)
	if s.opts.Loaded != nil {
		s.opts.Loaded()
	}
	s.log.Info("ready", "revision", base.Revision(), "articles", len(base.Articles()), "errorCodes", len(base.Codes()),
		"findings", len(base.Findings()), "loadMs", loaded.Sub(start).Milliseconds(), "indexMs", time.Since(loaded).Milliseconds())
	return nil
}

// Close lets go of the content. A server that ran is closed by Run.
func (s *Server) Close() { s.store.swap(nil) }

// Run listens and loads at once, so that probes are answered from the first moment; it serves until
// ctx ends, then finishes what is under way, for 20 s at most.
func (s *Server) Run(ctx context.Context) error {
	failed := make(chan error, 3)
	if s.lisHTTP != nil {
		go func() { failed <- ignoreClosed(s.http.Serve(s.lisHTTP)) }()
	}
	if s.lisGRPC != nil {
		go func() { failed <- s.grpc.Serve(s.lisGRPC) }()
	}
	go func() {
		if err := s.Load(); err != nil {
			failed <- err
		}
	}()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	s.shutdown()
	return err
}

func (s *Server) shutdown() {
	s.health.Shutdown()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	stopped := make(chan struct{})
	go func() { s.grpc.GracefulStop(); close(stopped) }()
	if err := s.http.Shutdown(ctx); err != nil {
		s.log.Warn("shutdown", "error", err.Error())
	}
	select {
	case <-stopped:
	case <-ctx.Done():
		s.grpc.Stop()
	}
	s.Close()
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func newID() string { return rand.Text() }

// sane ids are short and printable: they are written to logs and headers as they are.
func sane(id string) bool {
	_, keys := redact.Keys(id, nil)
	return id != "" && len(id) <= 128 && keys == 0 && strings.IndexFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }) < 0
}
