package redact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

type secret struct{ Key string }

type stringer struct{ key string }

func (s *stringer) String() string { return "key " + s.key }

type valuer struct{ key string }

func (v valuer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("inner", v.key), slog.Int("n", 1))
}

type jsoner struct{ key *string }

func (j jsoner) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", *j.key), nil }

func TestHandlerMasksEverywhere(t *testing.T) {
	key := fake
	for name, log := range map[string]func(*slog.Logger){
		"message":         func(l *slog.Logger) { l.Info("got " + key) },
		"string":          func(l *slog.Logger) { l.Info("m", "k", key) },
		"attribute name":  func(l *slog.Logger) { l.Info("m", key, 1) },
		"error":           func(l *slog.Logger) { l.Info("m", "k", fmt.Errorf("bad: %w", errors.New(key))) },
		"stringer":        func(l *slog.Logger) { l.Info("m", "k", &stringer{key}) },
		"log valuer":      func(l *slog.Logger) { l.Info("m", "k", valuer{key}) },
		"group":           func(l *slog.Logger) { l.Info("m", slog.Group("g", slog.Group("h", "k", key))) },
		"struct":          func(l *slog.Logger) { l.Info("m", "k", secret{key}) },
		"pointer":         func(l *slog.Logger) { l.Info("m", "k", &secret{key}) },
		"nested pointers": func(l *slog.Logger) { l.Info("m", "k", []*secret{{key}}) },
		"slice":           func(l *slog.Logger) { l.Info("m", "k", []string{"a", key}) },
		"bytes":           func(l *slog.Logger) { l.Info("m", "k", []byte(key)) },
		"own JSON":        func(l *slog.Logger) { l.Info("m", "k", jsoner{&key}) },
		"with":            func(l *slog.Logger) { l.With("k", key).Info("m") },
		"with group":      func(l *slog.Logger) { l.WithGroup("g").With("k", key).Info("m", "j", key) },
	} {
		var out bytes.Buffer
		for _, next := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			out.Reset()
			log(slog.New(NewHandler(next)))
			if s := out.String(); strings.Contains(s, "HJKMP") {
				t.Errorf("%s: %T: %s", name, next, s)
			}
		}
		if !strings.Contains(out.String(), shown) && name != "bytes" {
			t.Errorf("%s: not masked but lost: %s", name, out.String())
		}
	}
}

func TestHandlerKeepsTheRest(t *testing.T) {
	var out bytes.Buffer
	opts := &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	h := NewHandler(slog.NewJSONHandler(&out, opts))
	if h.Enabled(context.Background(), slog.LevelDebug) {
		t.Error("the level of the handler behind is ignored")
	}
	var none *stringer
	slog.New(h).With("a", 1).WithGroup("g").Info("text", "b", true, "c", secret{"x"}, "d", []int{1}, "e", errors.New("no"), "f", jsoner{}, "s", none)
	want := `{"level":"INFO","msg":"text","a":1,"g":{"b":true,"c":{"Key":"x"},"d":[1],"e":"no"`
	if !strings.HasPrefix(out.String(), want) {
		t.Errorf("got %s", out.String())
	}
}
