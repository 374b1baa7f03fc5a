package formats

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unique"
	"unsafe"

	"golang.org/x/text/transform"
)

// Sizes of reading, in bytes. Parsing takes about ten times the text in memory, so a document longer than whole
// is read in windows, one after the other. What lies in the overlap is parsed by both and kept by one. kept is
// what the facts of such a document may take: of more, the first and the last half stay, because a log may begin
// or end with the newest state. A list of 20,000 computers fits.
type sizes struct{ whole, window, overlap, kept int }

var readSizes = sizes{whole: 4 << 20, window: 2 << 20, overlap: 64 << 10, kept: 48 << 20}

// maxWarnings bounds what is said about one document.
const maxWarnings = 20

// Read is Parse for a document of any length, in bounded memory. hide is told how many lines stand before the
// text that it goes over; of long documents it is given one piece after the other. An error of the reader ends
// the document there: the document holds what was read, and the error is returned beside it.
func Read(filename string, in io.Reader, hide func(text string, before int) string) (*Document, error) {
	return read(filename, in, hide, readSizes)
}

func read(filename string, in io.Reader, hide func(text string, before int) string, size sizes) (*Document, error) {
	head, err := io.ReadAll(io.LimitReader(in, int64(size.whole)+1))
	if err != nil || len(head) <= size.whole {
		d := Parse(filename, head, func(text string) string { return hide(text, 0) })
		own(d.Facts)
		d.Facts = slices.Clone(d.Facts) // without the room to grow: a fleet is thousands of documents
		d.Machine = strings.Clone(d.Machine)
		return d, err
	}
	w := &windows{
		doc: &Document{Filename: filename, Format: Unrecognized}, hide: hide, sizes: size, next: map[SubjectKind]int{},
		all: page{found: map[Format]bool{}, langs: map[string]int{}, machines: map[string]bool{}},
	}
	w.all.doc = w.doc
	rest := &Counter{R: io.MultiReader(bytes.NewReader(head), in)}
	if isEVTX(head) {
		err = w.readChunks(rest)
	} else {
		err = w.readText(rest, head)
	}
	w.doc.SizeBytes = rest.N
	return w.doc, err
}

// Counter counts the bytes that are read through it.
type Counter struct {
	R io.Reader
	N int64
}

func (c *Counter) Read(p []byte) (int, error) {
	n, err := c.R.Read(p)
	c.N += int64(n)
	return n, err
}

// windows puts one document together from the pieces that it is read in.
type windows struct {
	doc    *Document
	all    page // what the pages of all windows have found
	hide   func(string, int) string
	array  bool                // the text is one value of JSON, a list
	header string              // the line that names the columns of a table, for the windows below it
	lines  int                 // in front of the window
	open   bool                // the last line so far has no end
	next   map[SubjectKind]int // numbers of subjects given so far
	bytes  int                 // that the facts take
	sizes
}

// readText reads text of any encoding.
func (w *windows) readText(in *Counter, head []byte) error {
	enc, name, skip := byMark(head)
	if enc == nil {
		enc, name = wideWithoutMark(head)
	}
	var r io.Reader = in
	if enc != nil {
		w.doc.Encoding = name
		if _, err := io.CopyN(io.Discard, in, int64(skip)); err != nil {
			return err
		}
		r = transform.NewReader(in, enc.NewDecoder())
	} else if looksBinary(sample(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))) {
		*w.doc = *Parse(w.doc.Filename, head)
		_, err := io.Copy(io.Discard, in)
		return err
	}
	buf := make([]byte, w.window)
	for have := 0; ; {
		n, err := io.ReadFull(r, buf[have:])
		have += n
		last := err != nil
		end := have
		if !last {
			end = wholeLines(buf[:have])
		}
		used := 0
		if w.array || w.lines == 0 && beginsArray(buf[:have]) {
			used = w.elements(buf[:have], last)
		} else {
			used = w.piece(buf[:end], last)
		}
		have = copy(buf, buf[used:have])
		if last {
			w.finish()
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
	}
}

// wholeLines is where the last whole line ends; where there is but one, where the last event or computer in it ends.
func wholeLines(data []byte) int {
	for _, end := range []string{"\n", "\r", "</Event>", "</Computer>"} {
		if i := bytes.LastIndex(data, []byte(end)); i >= 0 {
			return i + len(end)
		}
	}
	return len(data)
}

// piece parses one piece and returns how much of it is done with: all of what is whole.
func (w *windows) piece(data []byte, whole bool) int {
	text, enc, ok := decode(data)
	if !ok {
		w.warn("binary-content: part of the file is not text")
		w.passed(data)
		return len(data)
	}
	if w.doc.Encoding == "" || w.doc.Encoding == "utf-8" {
		w.doc.Encoding = enc
	}
	text = w.hide(text, w.lines)
	shift := 0
	if w.header != "" {
		text, shift = w.header+"\n"+text, 1
	}
	p := newPage(&Document{Filename: w.doc.Filename}, text)
	p.activation().narrow()
	for _, row := range parsers {
		p.run(row.name, row.parse)
	}
	w.join(p)
	cut := len(p.raw) + 1
	if !whole {
		cut = p.cut(shift, w.overlap)
	}
	w.keep(p.doc.Facts, cut, shift)
	used := len(data)
	if cut <= len(p.raw) {
		used = lineOffset(data, cut-1-shift)
	}
	w.passed(data[:used])
	if w.header == "" && (p.found[EventCSV] || p.found[VAMT] || p.found[WMI]) {
		w.header = columnLine(p.raw)
	}
	return used
}

// passed counts the lines of what is done with.
func (w *windows) passed(data []byte) {
	w.lines += countLines(data)
	if n := len(data); n > 0 {
		w.open = data[n-1] != '\n' && data[n-1] != '\r'
	}
}

// narrow takes back that a short text speaks of one thing: a window is a part of a long one.
func (c *context) narrow() {
	c.short, c.any = false, slices.Contains(c.strong, true)
}

// join remembers what a window has found.
func (w *windows) join(p *page) {
	if w.all.text == "" {
		w.all.text = strings.Clone(p.text[:min(len(p.text), sampleBytes)])
	}
	maps.Copy(w.all.found, p.found)
	for m := range p.machines {
		w.all.machines[strings.Clone(m)] = true
	}
	for l, n := range p.langs {
		w.all.langs[l] += n
	}
	for _, warning := range p.doc.Warnings {
		w.warn(warning)
	}
}

func (w *windows) warn(warning string) {
	if len(w.doc.Warnings) < maxWarnings && !slices.Contains(w.doc.Warnings, warning) {
		w.doc.Warnings = append(w.doc.Warnings, warning)
	}
}

// span is the lines that one subject's facts stand on.
type span struct{ first, last int }

// usualLine is how many bytes a line without text counts as having.
const usualLine = 64

// cut is the line at which the next window begins: near the end of this one, between two subjects.
func (p *page) cut(shift, overlap int) int {
	at, left := len(p.raw)+1, overlap
	for at > shift+2 && at > len(p.raw)/2 && left > 0 {
		at--
		left -= max(len(p.raw[at-1])+1, usualLine) // the sieve may have emptied it
	}
	spans := p.spans()
	for _, s := range append(slices.Clone(p.whole), spans...) {
		if s.first < at && s.last >= at {
			at = s.last + 1
		}
	}
	if !p.found[EventCSV] {
		return at
	}
	for _, s := range spans { // a row goes on after its last fact, but begins with its first
		if s.first >= at {
			return s.first
		}
	}
	return at
}

// spans are the lines of all subjects, in order of their beginning.
func (p *page) spans() []span {
	var out []span
	index := map[string]int{}
	for i := range p.doc.Facts {
		f := &p.doc.Facts[i]
		n := f.Position.Line
		subject := f.Subject.ID
		if f.Subject.Kind == HostSubject {
			subject = strings.Replace(subject, "host-", "license-", 1) // of one block
		}
		at, known := index[subject]
		if !known || f.Subject.Kind == MachineSubject {
			index[subject] = len(out)
			out = append(out, span{n, n})
			continue
		}
		out[at].first, out[at].last = min(out[at].first, n), max(out[at].last, n)
	}
	slices.SortFunc(out, func(a, b span) int { return a.first - b.first })
	return out
}

// keep takes over the facts in front of the cut, with the lines and the numbers of the whole document.
func (w *windows) keep(facts []Fact, cut, shift int) {
	slices.SortStableFunc(facts, func(a, b Fact) int { return a.Position.Line - b.Position.Line })
	most := map[SubjectKind]int{}
	kept := facts[:0]
	for _, f := range facts {
		if f.Position.Line >= cut {
			break
		}
		if f.Position.Line > shift {
			f.Position.Line += w.lines - shift
		}
		f.Subject = w.renumber(f.Subject, most)
		kept = append(kept, f)
	}
	for kind, n := range most {
		w.next[kind] += n
	}
	w.take(kept)
}

// take takes facts over into the document.
func (w *windows) take(facts []Fact) {
	own(facts)
	w.doc.Facts = append(w.doc.Facts, facts...)
	if w.bytes += FactBytes(facts); w.bytes > w.kept*5/4 {
		w.thin()
	}
}

// FactBytes is what facts take in memory, where those of one line share its excerpt and no other string is shared.
func FactBytes(facts []Fact) int {
	n := 0
	for i := range facts {
		n += bytesOf(facts, i)
	}
	return n
}

func bytesOf(facts []Fact, i int) int {
	f := &facts[i]
	n := int(unsafe.Sizeof(*f)) + len(f.Value) + len(f.Normalized)
	if i == 0 || facts[i-1].Excerpt != f.Excerpt {
		n += len(f.Excerpt)
	}
	return n
}

// renumber gives a subject a number that no window has given before. A licence and the host that it serves
// share theirs.
func (w *windows) renumber(s Subject, most map[SubjectKind]int) Subject {
	name, number, _ := strings.Cut(s.ID, "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		return s
	}
	kind := s.Kind
	if kind == HostSubject {
		kind = LicenseSubject
	}
	most[kind] = max(most[kind], n)
	s.ID = name + "-" + strconv.Itoa(w.next[kind]+n)
	return s
}

// thin leaves out facts from the middle, whole subjects at a time.
func (w *windows) thin() {
	if w.bytes <= w.kept {
		return
	}
	facts := w.doc.Facts
	from, to, n := 0, len(facts), 0
	for i := range facts {
		if n += bytesOf(facts, i); n <= w.kept/2 {
			from = i + 1
		}
		if n > w.bytes-w.kept/2 {
			to = min(to, i+1)
		}
	}
	for from > 0 && facts[from-1].Subject == facts[from].Subject {
		from--
	}
	for to < len(facts) && facts[to].Subject == facts[to-1].Subject {
		to++
	}
	if from < to {
		w.doc.Facts = slices.Delete(facts, from, to)
		w.bytes = FactBytes(w.doc.Facts)
		w.warn("facts-truncated: more than " + strconv.Itoa(w.kept) + " bytes of facts; those in the middle are left out")
	}
}

// finish decides what concerns the whole document.
func (w *windows) finish() {
	w.thin()
	w.doc.LineCount = w.lines
	if w.open {
		w.doc.LineCount++
	}
	w.all.finish()
}

// columnLine is the line that names the columns of an event log, or of a list of licences, in a table.
func columnLine(raw []string) string {
	for _, s := range raw[:min(len(raw), 50)] {
		head := strings.TrimSpace(s[len(quoteRE.FindString(s)):])
		for _, comma := range []rune{',', ';', '\t'} {
			if cols, _ := csvColumns(head, comma); cols != nil || licenseColumns(head, comma) != nil {
				return strings.Clone(s)
			}
		}
	}
	return ""
}

// beginsArray tells a list of objects in JSON. Parsed as a whole or not at all, it must be cut between two.
func beginsArray(data []byte) bool {
	head, ok := bytes.CutPrefix(bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("["))
	return ok && bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
}

// elements parses the whole elements of a list as a list of their own and returns how much of data they take.
func (w *windows) elements(data []byte, last bool) int {
	from := 0
	if !w.array {
		w.array, from = true, bytes.IndexByte(data, '[')+1
		w.lines += countLines(data[:from])
	}
	end := len(data)
	if !last {
		if n := lastElement(data[from:]); n > 0 {
			end = from + n
		}
	}
	list := append([]byte{'['}, data[from:end]...)
	if !last { // its own end closes the last one
		list = append(bytes.TrimSuffix(list, []byte(",")), ']')
	}
	w.piece(list, true)
	return end
}

// lastElement is where the comma after the last whole element stands, and one.
func lastElement(data []byte) int {
	end, depth, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',' && depth == 0:
			end = i + 1
		}
	}
	return end
}

// countLines counts line ends of all three kinds.
func countLines(data []byte) int {
	return bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) - bytes.Count(data, []byte("\r\n"))
}

// lineOffset is where the line after the first n lines begins.
func lineOffset(data []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(data); n-- {
		i := bytes.IndexAny(data[at:], "\r\n")
		if i < 0 {
			return len(data)
		}
		if at += i + 1; data[at-1] == '\r' && at < len(data) && data[at] == '\n' {
			at++
		}
	}
	return at
}

// own copies the strings of facts, so that a fact does not keep its document's text alive. Equal ones are copied
// once, or a few times in a long upload: nobody keeps the handles, so the collector forgets them now and then.
func own(facts []Fact) {
	for i := range facts {
		f := &facts[i]
		for _, s := range []*string{&f.Value, &f.Normalized, &f.Machine, &f.Subject.ID, &f.Excerpt} {
			*s = unique.Make(*s).Value()
		}
	}
}

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
