package formats

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A binary event log is a file header of one page and chunks of 64 KiB. A chunk is whole in itself: its
// header, records one after another, and the names and templates that these refer to by offsets in it.
const (
	evtxFirst     = 512 // where the records of a chunk begin
	evtxRecordMin = 24 + 4
	evtxChunks    = 1 << 17 // of one file; Windows itself stops at 65,535
	evtxJump      = 512     // more records than this a chunk does not hold
	evtxNoSums    = 4       // flag of a file or chunk that was written without checksums
)

var (
	evtxFileMagic   = []byte(evtxMark)
	evtxChunkMagic  = []byte("ElfChnk\x00")
	evtxRecordMagic = []byte("**\x00\x00")
	le              = binary.LittleEndian
)

// isEVTX knows a binary event log by its header or, where that is lost, by a chunk near the beginning.
func isEVTX(data []byte) bool {
	return bytes.HasPrefix(data, evtxFileMagic) || nextChunk(data[:min(len(data), 1<<20)], 0) >= 0
}

// nextChunk is the offset of the next chunk header at or after from, or -1.
func nextChunk(data []byte, from int) int {
	for from < len(data) {
		i := bytes.Index(data[from:], evtxChunkMagic)
		if i < 0 {
			return -1
		}
		from += i
		if from+44 <= len(data) && le.Uint32(data[from+40:]) == 128 {
			return from
		}
		from++
	}
	return -1
}

// evtxSpan is where a chunk lies in its file, and the number of its first record.
type evtxSpan struct {
	from, to int
	first    uint64
}

// evtxSpans finds the chunks wherever they lie, those with a lost header at their regular places too, in
// the order of their records: a full log goes on at its beginning.
func evtxSpans(data []byte) []evtxSpan {
	var spans []evtxSpan
	for at := evtxGap(data, 0, &spans); at >= 0 && len(spans) < evtxChunks; {
		next := nextChunk(data, at+evtxFirst)
		end := min(at+evtxChunk, len(data))
		if next >= 0 && next < end {
			end = next // the file lost some bytes here
		}
		spans = append(spans, newSpan(data, at, end))
		if next != end {
			next = evtxGap(data, end, &spans)
		}
		at = next
	}
	slices.SortStableFunc(spans, func(a, b evtxSpan) int { return cmp.Compare(a.first, b.first) })
	return spans
}

// evtxGap looks for chunks without a header from a regular place on, as far as the next header, whose
// offset it returns, or -1.
func evtxGap(data []byte, from int, spans *[]evtxSpan) int {
	next := nextChunk(data, from)
	end := next
	if end < 0 {
		end = len(data)
	}
	if from == 0 {
		from = evtxHeader
	}
	for ; from+evtxFirst < end && len(*spans) < evtxChunks; from += evtxChunk {
		to := min(from+evtxChunk, end)
		if _, ok := evtxRecordAt(data[from:to], evtxFirst); ok {
			*spans = append(*spans, newSpan(data, from, to))
		}
	}
	return next
}

func newSpan(data []byte, from, to int) evtxSpan {
	s := evtxSpan{from: from, to: to}
	if to-from >= evtxFirst+16 {
		s.first = le.Uint64(data[from+evtxFirst+8:])
	}
	return s
}

// evtxRecordAt is the size of the record at an offset of a chunk; ok is false where none is, or not whole.
func evtxRecordAt(chunk []byte, at int) (size int, ok bool) {
	if at+evtxRecordMin > len(chunk) || !bytes.Equal(chunk[at:at+4], evtxRecordMagic) {
		return 0, false
	}
	n := le.Uint32(chunk[at+4:])
	if n < evtxRecordMin || int64(n) > int64(len(chunk)-at) {
		return 0, false
	}
	return int(n), le.Uint32(chunk[at+int(n)-4:]) == n
}

// evtxCount is what a reader met.
type evtxCount struct {
	chunks     int
	wrongSums  int // chunks whose checksum is wrong
	records    int
	unreadable int // records, or places between records, that make no sense
	spent      int // chunks that were given up because reading them cost too much
}

// evtxReader reads a log chunk by chunk; it holds the state of one chunk, and the strings that most
// records share.
type evtxReader struct {
	binXML
	noSums bool
	count  evtxCount
	record evtxRecord
	visit  func(*evtxRecord)
}

// eachRecord calls visit with every record of a log, in the order of their numbers. The record, and what
// it returns from its methods' receivers, is valid during the call only.
func eachRecord(data []byte, visit func(*evtxRecord)) evtxCount {
	r := evtxReader{visit: visit}
	if len(data) >= 124 && bytes.HasPrefix(data, evtxFileMagic) {
		r.noSums = le.Uint32(data[120:])&evtxNoSums != 0
	}
	for _, s := range evtxSpans(data) {
		r.chunk(data[s.from:s.to])
	}
	return r.count
}

// chunk reads the records as far as the header says that they go, and further while their numbers go on:
// the header of a log that was copied while in use is older than its records. Behind them lie remains of
// a former round of the log, which only the numbers tell where the header is lost.
func (r *evtxReader) chunk(b []byte) {
	r.count.chunks++
	r.begin(b)
	free, known := r.header(b)
	last := uint64(0)
	for at := evtxFirst; at+evtxRecordMin <= len(b); {
		size, ok := evtxRecordAt(b, at)
		if at >= free && (!ok || le.Uint64(b[at+8:]) != last+1) {
			return
		}
		if !ok {
			next := bytes.Index(b[at+1:], evtxRecordMagic)
			if known || next >= 0 {
				r.count.unreadable++
			}
			if next < 0 {
				return
			}
			at += 1 + next
			continue
		}
		if place := le.Uint64(b[at+8:]); known || last == 0 || place-last-1 < evtxJump {
			last = place
			r.read(at, size)
		}
		if r.budget < 0 {
			r.count.spent++
			return
		}
		at += size
	}
}

// header is the end of a chunk's records, and whether the header knows it.
func (r *evtxReader) header(b []byte) (free int, known bool) {
	if len(b) < evtxFirst || !bytes.HasPrefix(b, evtxChunkMagic) {
		r.count.wrongSums++
		return len(b), false
	}
	free = int(le.Uint32(b[48:]))
	fits := free >= evtxFirst && free <= len(b)
	if r.noSums || le.Uint32(b[120:])&evtxNoSums != 0 {
		if fits {
			return free, false
		}
		return len(b), false
	}
	sum := crc32.Update(crc32.ChecksumIEEE(b[:120]), crc32.IEEETable, b[128:evtxFirst])
	known = fits && sum == le.Uint32(b[124:])
	if !known {
		free = len(b)
	}
	if !known || crc32.ChecksumIEEE(b[evtxFirst:free]) != le.Uint32(b[52:]) {
		r.count.wrongSums++
	}
	return free, known
}

// read calls visit with one record.
func (r *evtxReader) read(at, size int) {
	e := &r.record
	*e = evtxRecord{place: le.Uint64(r.b[at+8:]), written: fileTime(le.Uint64(r.b[at+16:])), x: &r.binXML}
	if !r.system(e, at+24, at+size-4) {
		r.count.unreadable++
		return
	}
	r.count.records++
	r.visit(e)
}

// evtxRecord is one record: the fields of its System element; the others are read on demand.
type evtxRecord struct {
	place    uint64    // in the file, from 1; a log that was exported counts anew
	number   uint64    // EventRecordID, which stays
	written  time.Time // when the log service wrote it
	created  time.Time // when it happened
	provider string
	alias    string // EventSourceName of a provider that took over an older source
	computer string
	channel  string
	id       int // without qualifiers
	level    int

	x *binXML
	binInstance
}

// evtxSources knows of each provider of a file whether its events matter.
type evtxSources map[string]*evtxSource

type evtxSource struct {
	name    string // by which the event is known
	matters bool
	source
	records int
}

func (known evtxSources) of(e *evtxRecord) *evtxSource {
	s := known[e.provider]
	if s == nil {
		s = &evtxSource{name: e.provider}
		if s.source, s.matters = sourceOf(e.provider); !s.matters && e.alias != "" {
			if s.source, s.matters = sourceOf(e.alias); s.matters {
				s.name = e.alias
			}
		}
		if len(known) < 4096 { // no real log has as many
			known[e.provider] = s
		}
	}
	s.records++
	return s
}

// parseLog is Parse for a binary event log or a part of one.
func parseLog(filename string, data []byte, hide ...func(text string) string) *Document {
	doc := &Document{Filename: filename, Format: EVTX, Encoding: "utf-16le", SizeBytes: int64(len(data))}
	p := newPage(doc, "")
	p.run("evtx", func(p *page) { parseEVTX(p, data, hide) })
	p.finish()
	return doc
}

// parseEVTX reads a binary event log. Records of other subjects are counted only. Each hide goes over
// every value of the others.
func parseEVTX(p *page, data []byte, hide []func(string) string) {
	p.found[EVTX] = true
	sources, kept := evtxSources{}, 0
	count := eachRecord(data, func(e *evtxRecord) {
		p.doc.LineCount++
		s := sources.of(e)
		if !s.matters || s.ids != nil && !s.ids[strconv.Itoa(e.id)] {
			return
		}
		if p.addEvent(p.binaryEvent(e, s.name, hide)) {
			kept++
		}
	})
	if count.wrongSums > 0 {
		p.warn("evtx-checksum", "some chunks have a wrong checksum; what makes sense in them is read")
	}
	if count.unreadable > 0 || count.spent > 0 || count.chunks == 0 {
		p.warn("evtx-damaged", "some records could not be read")
	}
	if kept == 0 && count.chunks > 0 {
		p.warn("evtx-other", "%s", cmp.Or(sources.most(), "-")) // the message says the rest
	}
}

// most is the provider with the most records.
func (known evtxSources) most() string {
	best := &evtxSource{}
	for _, s := range known {
		if s.records > best.records || s.records == best.records && s.name < best.name {
			best = s
		}
	}
	return printable(best.name[:min(len(best.name), 100)])
}

// binaryEvent is a record as the other carriers have it. A log has no lines; the record's place in
// the log stands for one, so that later records are later states wherever they lie in the file.
func (p *page) binaryEvent(r *evtxRecord, source string, hide []func(string) string) *event {
	e := &event{id: strconv.Itoa(r.id), source: source, computer: r.computer, format: EVTX,
		record: int(min(r.number, math.MaxInt32)), line: int(min(max(r.place, 1), math.MaxInt32))}
	if at := cmp.Or(r.created, r.written); !at.IsZero() {
		e.time = at.Format(time.RFC3339Nano)
	}
	var messages []string
	for _, d := range r.data() {
		for _, h := range hide {
			d.text = h(d.text)
		}
		switch d.element {
		case "Data":
			e.addString(d.text)
		case "Message":
			messages = append(messages, d.text)
		case "RenderingInfo":
			p.saw(cultureLanguage("Culture=\"" + d.text + "\""))
		}
	}
	if len(e.body) == 0 {
		for _, m := range messages {
			for part := range strings.SplitSeq(m, "\n") {
				e.addString(part)
			}
		}
	}
	e.excerpt = source + " " + e.id + ": " + strings.Join(e.body, " | ")
	return e
}

// addString adds one value of the record, a table of licences row by row.
func (e *event) addString(s string) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	parts := []string{s}
	if strings.Contains(s, "\n") && skuRow.MatchString(s) {
		parts = strings.Split(s, "\n")
	}
	for _, s := range parts {
		if s != "" && len(e.body) < maxEventData*8 {
			e.body, e.bodyLine = append(e.body, s), append(e.bodyLine, e.line)
		}
	}
}
