package formats

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

// The shape of a binary event log: a header, then chunks of one size that stand for themselves.
const (
	evtxMark   = "ElfFile\x00"
	evtxHeader = 4 << 10
	evtxChunk  = 64 << 10
)

// readChunks reads a binary event log some chunks at a time: each chunk stands for itself.
func (w *windows) readChunks(in io.Reader) error {
	w.kept /= 6                     // it is the log of one computer
	buf := make([]byte, w.window/4) // records are denser than text
	for have := 0; ; {
		n, err := io.ReadFull(in, buf[have:])
		have += n
		end := have
		if i := bytes.LastIndex(buf[:have], evtxChunkMagic); err == nil && i > 0 {
			end = i
		}
		if !empty(buf[:end]) {
			w.chunks(parseLog(w.doc.Filename, buf[:end], func(text string) string { return w.hide(text, 0) }))
		}
		have = copy(buf, buf[end:have])
		if err == nil {
			continue
		}
		if w.chunksEnd(); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		return err
	}
}

// empty tells the unused end of a log, which is all zero.
func empty(data []byte) bool { return bytes.Count(data, []byte{0}) == len(data) }

// chunks takes over what a part of the log says.
func (w *windows) chunks(d *Document) {
	if d.Format == EVTX {
		w.doc.Format, w.doc.Encoding, w.doc.Language = d.Format, d.Encoding, d.Language
	}
	w.doc.LineCount += d.LineCount
	for _, warning := range d.Warnings {
		w.warn(warning)
	}
	most := map[SubjectKind]int{}
	for i := range d.Facts {
		f := &d.Facts[i]
		f.Subject = w.renumber(f.Subject, most)
		if f.Machine != "" {
			w.all.machines[strings.Clone(f.Machine)] = true
		}
	}
	for kind, n := range most {
		w.next[kind] += n
	}
	w.take(d.Facts)
}

// chunksEnd decides what concerns the whole log.
func (w *windows) chunksEnd() {
	w.thin()
	w.doc.Machine = w.all.onlyMachine()
	slices.SortStableFunc(w.doc.Facts, func(a, b Fact) int { return a.Position.Line - b.Position.Line }) // a full log goes on at its beginning
	other := 0
	w.doc.Warnings = slices.DeleteFunc(w.doc.Warnings, func(s string) bool {
		if strings.HasPrefix(s, "evtx-other") {
			other++
			return other > 1 || len(w.doc.Facts) > 0 // the other parts do not matter then
		}
		return false
	})
}
