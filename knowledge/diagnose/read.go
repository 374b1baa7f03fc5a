package diagnose

import (
	"context"
	"errors"
	"io"

	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// readAll reads all files of an upload, archives opened, one after the other. What cannot be read is a document
// of no format, with the reason among its warnings.
func (e *Engine) readAll(ctx context.Context, files []File, limits Limits, keys map[string]bool, m *meter) ([]*formats.Document, error) {
	var docs []*formats.Document
	bundles := map[string][]*formats.Document{}
	kept := 0
	var w *walker
	w = newWalker(limits, func(x entry) error {
		d, err := e.readEntry(ctx, x, keys, m)
		if err != nil {
			return err
		}
		if kept += formats.FactBytes(d.Facts); kept > w.limits.Facts {
			d.Facts = nil
			d.Warnings = append(d.Warnings, "facts-truncated: the facts of the upload take more than "+bytesText(int64(w.limits.Facts)))
		}
		docs = append(docs, d)
		m.read(0) // its bytes are counted as they come
		if x.bundle != "" {
			bundles[x.bundle] = append(bundles[x.bundle], d)
		}
		return nil
	})
	for i := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.walk(&files[i]); errors.Is(err, errStop) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	for _, b := range bundles {
		shareMachine(b)
	}
	return docs, nil
}

func (e *Engine) readEntry(ctx context.Context, x entry, keys map[string]bool, m *meter) (*formats.Document, error) {
	refused := &formats.Document{Filename: x.name, Format: formats.Unrecognized}
	if x.err != nil {
		refused.Warnings = []string{x.err.Error()}
		return refused, nil //nolint:nilerr // a refusal is told in the answer; the rest is read
	}
	d, err := e.read(x.name, &ending{ctx: ctx, r: x.text, m: m}, keys)
	var why *refusal
	if errors.As(err, &why) {
		d.Warnings = append(d.Warnings, why.Error())
	} else if err != nil {
		return nil, err
	}
	return d, nil
}

// tellEvery is how many bytes of one document are read between two words of progress.
const tellEvery = 4 << 20

// ending ends a long document where its context ends, and tells how far it is.
type ending struct {
	ctx    context.Context
	r      io.Reader
	m      *meter
	untold int64
}

func (e *ending) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := e.r.Read(p)
	e.m.Bytes += int64(n)
	if e.untold += int64(n); e.untold >= tellEvery {
		e.untold = 0
		e.m.enter(Reading)
	}
	return n, err
}

// shareMachine gives the documents of one folder the machine that a support bundle of that folder was made on,
// where they name none themselves.
func shareMachine(docs []*formats.Document) {
	machine := ""
	for _, d := range docs {
		m := formats.BundleMachine(d.Filename)
		if m != "" && machine != "" && m != machine {
			return // bundles of several machines in one folder
		}
		if m != "" {
			machine = m
		}
	}
	for _, d := range docs {
		if machine == "" || d.Machine != "" || namesMachine(d) {
			continue
		}
		d.Machine = machine
		for i := range d.Facts {
			d.Facts[i].Machine = machine
		}
	}
}

func namesMachine(d *formats.Document) bool {
	for i := range d.Facts {
		if d.Facts[i].Machine != "" {
			return true
		}
	}
	return false
}
