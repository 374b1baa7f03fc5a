package server

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/knowledge/diagnose"
)

var large = []diagnose.File{{Data: make([]byte, largeUpload/2)}, {Data: make([]byte, largeUpload/2)}}

func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, start := newSlots(1), time.Now()
		leave, err := s.enter(t.Context(), large)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.enter(t.Context(), large[:1]); err != nil || time.Since(start) > 0 {
			t.Errorf("a small upload: %v after %s, want none at once", err, time.Since(start))
		}
		if _, err := s.enter(t.Context(), large); !errors.Is(err, ErrOverloaded) || time.Since(start) != slotWait {
			t.Errorf("a second large upload: %v after %s, want %v after %s", err, time.Since(start), ErrOverloaded, slotWait)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.enter(gone, large); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that has gone: %v, want %v", err, context.Canceled)
		}
		time.AfterFunc(slotWait/2, leave)
		if _, err := s.enter(t.Context(), large); err != nil {
			t.Errorf("a large upload that waits for the first one's end: %v", err)
		}
	})
}

// TestOverloaded asks over REST while the only slot is taken.
func TestOverloaded(t *testing.T) {
	s, err := New(Options{Content: []fs.FS{content.FS()}, Limits: Limits{Analyses: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Load(); err != nil {
		t.Fatal(err)
	}
	s.slots.wait = time.Millisecond
	leave, err := s.slots.enter(t.Context(), large)
	if err != nil {
		t.Fatal(err)
	}
	upload := func(size int) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, uploadPath, bytes.NewReader(bytes.Repeat([]byte("x\n"), size/2)))
		r.Header.Set("Content-Type", "application/octet-stream")
		s.http.Handler.ServeHTTP(w, r)
		return w
	}
	if w := upload(100); w.Code != http.StatusOK {
		t.Errorf("a small upload: %d", w.Code)
	}
	if w := upload(largeUpload); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "10" {
		t.Errorf("a large upload: %d, Retry-After %q, want 503 and 10", w.Code, w.Header().Get("Retry-After"))
	}
	leave()
	if w := upload(largeUpload); w.Code != http.StatusOK {
		t.Errorf("a large upload once the slot is free: %d", w.Code)
	}
}
