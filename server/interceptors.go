package server

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Deadlines of a call, where the caller sets none or a longer one.
const (
	callDeadline     = 30 * time.Second
	analysisDeadline = 300 * time.Second
)

// requestIDKey carries the request id in metadata, in and out.
const requestIDKey = "x-request-id"

// unary is the one interceptor of both transports: log, recover, deadline, validate, call, translate.
func (s *Server) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (resp any, err error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, deadline(info.FullMethod))
	defer cancel()
	id := requestID(ctx)
	_ = grpc.SetHeader(ctx, metadata.Pairs(requestIDKey, id)) // fails only outside a call
	defer func() {
		if p := recover(); p != nil {
			resp, err = nil, s.panicked(id, info.FullMethod, p)
		}
		err = s.explain(ctx, err, languageField(req))
		s.logCall(ctx, info.FullMethod, id, start, err)
	}()
	if m, ok := req.(proto.Message); ok {
		if err := validate(m); err != nil {
			return nil, err
		}
	}
	resp, err = handler(ctx, req)
	if l, ok := resp.(interface{ GetLanguageCode() string }); ok && err == nil {
		_ = grpc.SetHeader(ctx, metadata.Pairs("content-language", l.GetLanguageCode()))
	}
	return resp, err
}

// stream does the same for streams; each message that arrives is validated.
func (s *Server) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ss.Context(), deadline(info.FullMethod))
	defer cancel()
	id := requestID(ctx)
	_ = ss.SetHeader(metadata.Pairs(requestIDKey, id))
	defer func() {
		if p := recover(); p != nil {
			err = s.panicked(id, info.FullMethod, p)
		}
		err = s.explain(ctx, err, "")
		s.logCall(ctx, info.FullMethod, id, start, err)
	}()
	return handler(srv, &validatedStream{ss, ctx})
}

type validatedStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (v *validatedStream) Context() context.Context { return v.ctx }

func (v *validatedStream) RecvMsg(m any) error {
	if err := v.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	if message, ok := m.(proto.Message); ok {
		return validate(message)
	}
	return nil
}

// validate applies the constraints of the contract, and refuses text that is not printable.
func validate(m proto.Message) error {
	if err := protovalidate.Validate(m); err != nil {
		return err
	}
	return checkText(m)
}

// checkText refuses control characters in the short fields of a request: they come from broken
// clients, and nothing that is looked up contains them. Pasted texts and files may hold anything.
func checkText(m proto.Message) error {
	for _, name := range []protoreflect.Name{"query", "name", "page_token", "language_code"} {
		fd := m.ProtoReflect().Descriptor().Fields().ByName(name)
		if fd == nil || fd.IsList() {
			continue
		}
		if i := strings.IndexFunc(m.ProtoReflect().Get(fd).String(), isControl); i >= 0 {
			return fieldFault(fd.JSONName(), fmt.Sprintf("holds a control character at byte %d", i))
		}
	}
	return nil
}

func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r == '\ufffd'
}

func deadline(method string) time.Duration {
	if strings.Contains(method, "Logs") || strings.Contains(method, "Symptoms") {
		return analysisDeadline
	}
	return callDeadline
}

// panicked logs where it happened; the caller learns only that it did.
func (s *Server) panicked(id, method string, p any) error {
	s.log.Error("panic", "requestId", id, "method", method, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	return errInternal
}

// explain makes the status that the caller sees.
func (s *Server) explain(ctx context.Context, err error, languageCode string) error {
	if err == nil {
		return nil
	}
	l, known := Language(languageCode)
	if !known {
		l = acceptedLanguage(ctx)
	}
	if snap := s.store.current.Load(); snap != nil {
		return statusOf(err, snap.base, l).Err()
	}
	return statusOf(err, nil, l).Err()
}

func languageField(req any) string {
	if r, ok := req.(interface{ GetLanguageCode() string }); ok {
		return r.GetLanguageCode()
	}
	return ""
}

// logCall writes one line a call. It names no content of the request: tickets hold customers' data.
func (s *Server) logCall(ctx context.Context, method, id string, start time.Time, err error) {
	level, reason := slog.LevelInfo, ""
	if err != nil {
		k := kindOfStatus(status.Convert(err))
		if reason = k.reason; k.status >= 500 {
			level = slog.LevelError
		}
	}
	s.log.Log(ctx, level, "call", "method", method, "code", status.Code(err).String(), "reason", reason,
		"ms", float64(time.Since(start).Microseconds())/1000, "requestId", id)
}

// requestID is the caller's own id where it is sane, else a new one.
func requestID(ctx context.Context) string {
	md, _ := metadata.FromIncomingContext(ctx)
	for _, id := range md.Get(requestIDKey) {
		if sane(id) {
			return id
		}
	}
	return newID()
}
