package server

import (
	"sync/atomic"

	"github.com/activationkb/activationkb/index"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose"
)

// A snapshot is all that requests are answered from. It never changes; a reload makes another one.
type snapshot struct {
	base     *knowledge.Base
	index    *index.Index
	engine   *diagnose.Engine
	revision string
	refs     atomic.Int64 // holders; the store itself is one
}

func newSnapshot(base *knowledge.Base, x *index.Index) *snapshot {
	s := &snapshot{base: base, index: x, engine: diagnose.New(base, x), revision: base.Revision()}
	s.refs.Store(1)
	return s
}

// release gives up one hold; the last one closes the index.
func (s *snapshot) release() {
	if s.refs.Add(-1) == 0 {
		_ = s.index.Close() // nobody reads it any more: nothing is lost
	}
}

// acquire takes a hold unless the snapshot is already being closed.
func (s *snapshot) acquire() bool {
	for {
		n := s.refs.Load()
		if n == 0 {
			return false
		}
		if s.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// store hands out the current snapshot.
type store struct{ current atomic.Pointer[snapshot] }

// acquire returns the current snapshot, to be released once; ErrNotReady before the first.
func (st *store) acquire() (*snapshot, error) {
	for {
		s := st.current.Load()
		if s == nil {
			return nil, faultf(ErrNotReady, "content is still being loaded; try again in a second")
		}
		if s.acquire() {
			return s, nil
		}
	}
}

// swap makes s current and lets go of the one before; nil closes the store.
func (st *store) swap(s *snapshot) {
	if old := st.current.Swap(s); old != nil {
		old.release()
	}
}
