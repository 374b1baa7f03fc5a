package formats

import (
	"encoding/xml"
	"io"
	"sort"
	"strconv"
	"strings"
)

// Bounds of one event in XML. A real one has five levels and, at most, some kilobytes of data.
const (
	maxEventXML   = 1 << 20
	maxEventDepth = 64
	maxEventData  = 256
)

// parseEventXML reads events in XML, one or many, alone or in the middle of other text, whole or cut off
// at the end. Each <Event> element is decoded by itself with encoding/xml, which resolves no external
// entities; document types are never read.
func parseEventXML(p *page) {
	if !strings.Contains(p.text, "<Event") {
		return
	}
	num, done := 1, 0
	for at := 0; ; {
		i := nextEvent(p.text, at)
		if i < 0 {
			return
		}
		num += strings.Count(p.text[done:i], "\n")
		done = i
		end := strings.Index(p.text[i:], "</Event>")
		if end < 0 {
			end = len(p.text) - i
		} else {
			end += len("</Event>")
		}
		if end > maxEventXML {
			p.warn("event-too-long", "line %d: an event is longer than 1 MiB and is skipped", num)
		} else if e := decodeEvent(p.text[i:i+end], num); e != nil {
			p.claim(num, num+strings.Count(p.text[i:i+end], "\n"))
			p.addEvent(e)
			p.saw(cultureLanguage(p.text[i : i+end]))
		}
		at = i + end
	}
}

// nextEvent finds the next "<Event" that is not "<Events" or "<EventData".
func nextEvent(s string, from int) int {
	for from < len(s) {
		i := strings.Index(s[from:], "<Event")
		if i < 0 {
			return -1
		}
		i += from
		if rest := s[i+len("<Event"):]; rest != "" && strings.ContainsRune(" >\t\n", rune(rest[0])) {
			return i
		}
		from = i + len("<Event")
	}
	return -1
}

// claim marks the logical lines of a range of source lines as used.
func (p *page) claim(from, to int) {
	i := sort.Search(len(p.lines), func(i int) bool { return p.lines[i].num >= from })
	for ; i < len(p.lines) && p.lines[i].num <= to; i++ {
		p.lines[i].taken = true
	}
}

// xmlReader follows the elements of one event.
type xmlReader struct {
	e     *event
	path  []string
	text  strings.Builder
	line  int
	msg   []string // rendered message, used where the data says nothing
	bytes int
}

// decodeEvent reads one element; nil if it is not an event of a log.
func decodeEvent(s string, num int) *event {
	d := xml.NewDecoder(strings.NewReader(s))
	d.Strict = false // a cut-off or hand-edited event still says what it says
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	r := &xmlReader{e: &event{line: num, format: EventXML}, line: num}
	for {
		before := d.InputOffset()
		tok, err := d.Token()
		if err != nil {
			break
		}
		start := r.line
		r.line += strings.Count(s[before:min(int64(len(s)), d.InputOffset())], "\n")
		if !r.token(tok, start) {
			break
		}
	}
	return r.finish()
}

func (r *xmlReader) token(tok xml.Token, num int) bool {
	switch t := tok.(type) {
	case xml.StartElement:
		if len(r.path) >= maxEventDepth {
			return false
		}
		r.path = append(r.path, t.Name.Local)
		r.text.Reset()
		r.attributes(t)
	case xml.CharData:
		if r.bytes += len(t); r.bytes <= maxEventXML {
			r.text.Write(t)
		}
	case xml.EndElement:
		r.element(strings.TrimSpace(r.text.String()), num)
		r.text.Reset()
		if len(r.path) > 0 {
			r.path = r.path[:len(r.path)-1]
		}
	}
	return true
}

func (r *xmlReader) attributes(t xml.StartElement) {
	for _, a := range t.Attr {
		switch {
		case t.Name.Local == "Provider" && a.Name.Local == "Name":
			r.e.source = a.Value
		case t.Name.Local == "TimeCreated" && a.Name.Local == "SystemTime":
			r.e.time = a.Value
		}
	}
}

// element takes the text of a finished element.
func (r *xmlReader) element(text string, num int) {
	switch r.path[len(r.path)-1] {
	case "EventID":
		r.e.id, r.e.idLine = text, num
	case "EventRecordID":
		r.e.record, _ = strconv.Atoi(text)
	case "Computer":
		r.e.computer, r.e.compLine = text, num
	case "Data":
		r.data(text, num)
	case "Message":
		r.msg = append(r.msg, text)
	}
}

func (r *xmlReader) data(text string, num int) {
	first := num - strings.Count(text, "\n")
	if strings.Contains(text, "\n") && skuRow.MatchString(text) {
		for i, row := range strings.Split(text, "\n") {
			r.append(row, first+i)
		}
		return
	}
	r.append(text, first)
}

func (r *xmlReader) append(text string, num int) {
	if text != "" && len(r.e.body) < maxEventData*8 {
		r.e.body = append(r.e.body, text)
		r.e.bodyLine = append(r.e.bodyLine, num)
	}
}

func (r *xmlReader) finish() *event {
	if r.e.id == "" || r.e.source == "" && !ownID(r.e.id) {
		return nil
	}
	if len(r.e.body) == 0 {
		for _, m := range r.msg {
			for part := range strings.SplitSeq(m, "\n") {
				r.append(strings.TrimSpace(part), r.e.line)
			}
		}
	}
	return r.e
}

// cultureLanguage is the language that an event was rendered in.
func cultureLanguage(s string) string {
	_, rest, ok := strings.Cut(s, "Culture=")
	if !ok || len(rest) < 4 {
		return ""
	}
	switch rest[1:3] {
	case "en", "nb", "sv", "ru", "zh":
		return rest[1:3]
	}
	return ""
}
