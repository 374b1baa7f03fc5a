package server

import (
	"context"
	"time"

	"github.com/activationkb/activationkb/knowledge/diagnose"
)

// largeUpload is from how many bytes on an upload takes a slot. A smaller one, even packed, takes little memory and
// need not wait behind the large ones.
const largeUpload = 64 << 10

// slotWait is how long an upload waits for a slot before the caller is asked to come again.
const slotWait = 10 * time.Second

// slots bound how many large uploads are analysed at once: each takes some hundred MiB for its facts.
type slots struct {
	taken chan struct{}
	wait  time.Duration
}

func newSlots(n int) *slots { return &slots{make(chan struct{}, n), slotWait} }

// enter takes a slot for a large upload; the caller calls leave once the analysis is done.
func (s *slots) enter(ctx context.Context, files []diagnose.File) (leave func(), err error) {
	size := int64(0)
	for i := range files {
		size += files[i].Size()
	}
	if size < largeUpload {
		return func() {}, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.wait, faultf(ErrOverloaded, "other large uploads are being analysed; send this one again"))
	defer cancel()
	select {
	case s.taken <- struct{}{}:
		return func() { <-s.taken }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
