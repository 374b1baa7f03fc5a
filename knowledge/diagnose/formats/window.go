package formats

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

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
