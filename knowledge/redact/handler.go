package redact

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
)

// NewHandler wraps a handler so that no product key reaches a log: messages, attribute names and
// values are masked, those in groups, errors, Stringers and other values included. Published
// generic keys are masked too.
func NewHandler(next slog.Handler) slog.Handler { return handler{next} }

type handler struct{ next slog.Handler }

func (h handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, mask(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(maskAttr(a))
		return true
	})
	return h.next.Handle(ctx, out)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.next.WithAttrs(maskAttrs(attrs))}
}

func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.next.WithGroup(mask(name))}
}

func mask(s string) string {
	s, _ = Keys(s, nil)
	return s
}

func maskAttrs(attrs []slog.Attr) []slog.Attr {
	out := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		out[i] = maskAttr(a)
	}
	return out
}

func maskAttr(a slog.Attr) slog.Attr {
	a.Key = mask(a.Key)
	a.Value = maskValue(a.Value.Resolve())
	return a
}

func maskValue(v slog.Value) slog.Value {
	switch v.Kind() {
	case slog.KindString:
		return slog.StringValue(mask(v.String()))
	case slog.KindGroup:
		return slog.GroupValue(maskAttrs(v.Group())...)
	case slog.KindAny:
		return maskAny(v)
	}
	return v
}

// maskAny keeps a value that prints no key, as handlers format it better. Both forms that handlers
// print are looked at: the one of fmt and the one of JSON.
func maskAny(v slog.Value) slog.Value {
	if s, n := Keys(fmt.Sprintf("%+v", v.Any()), nil); n > 0 {
		return slog.StringValue(s)
	}
	if b, ok := v.Any().([]byte); ok {
		if s, n := Keys(string(b), nil); n > 0 {
			return slog.StringValue(s)
		}
		return v
	}
	if s, n := Keys(encoded(v.Any()), nil); n > 0 {
		return slog.StringValue(s)
	}
	return v
}

// encoded gives the JSON of v, or nothing if v has none or its own encoder panics, which the
// handler behind reports.
func encoded(v any) (s string) {
	defer func() { _ = recover() }()
	b, _ := json.Marshal(v)
	return string(b)
}
