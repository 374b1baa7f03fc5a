package formats

import "strings"

// Most of a long text has nothing to do with activation, and what has stands together. sieve finds the
// places by a look at every byte, keeps them with the lines around, and empties the other lines, so that
// the parsers, which look at every line many times, are spared these and lines keep their numbers.

const (
	sieveFrom  = 64 << 10 // bytes; a shorter text is read whole
	sieveLines = 64       // lines kept before and after a place, more than any parser looks back or waits
)

// sieve returns text with the lines that no parser can use emptied.
func sieve(text string) string {
	if len(text) < sieveFrom || oneValue(text) {
		return text
	}
	s := sifter{text: text, find: anchors(), events: strings.Contains(text, "<Event"), returns: strings.IndexByte(text, '\r') >= 0}
	s.keep = sieveLines // what a file begins with tells what it is
	for from := 0; from < len(text); {
		to := s.unit(from)
		s.take(from, to)
		from = to
	}
	s.empty(len(text))
	out := s.out.String()
	if last := text[strings.LastIndexAny(text, "\r\n")+1:]; !strings.HasSuffix(out, last) {
		out += last // a last line without a line break is a line too
	}
	return out
}

// oneValue tells a text that is a single value of XML or JSON, or a table whose cells may hold line breaks:
// with lines missing it could not be read. A log of events in XML is many values.
func oneValue(text string) bool {
	head := strings.TrimLeft(text[:min(len(text), 4096)], " \t\r\n\ufeff")
	first, rest, _ := strings.Cut(head, "\n")
	switch {
	case strings.HasPrefix(head, "<"):
		return !strings.Contains(head, "<Event")
	case strings.HasPrefix(head, "{"):
		return !strings.HasSuffix(strings.TrimRight(first, " \t\r,"), "}")
	case strings.HasPrefix(head, "["):
		after := strings.TrimLeft(head[1:], " \t\r\n")
		return strings.HasPrefix(after, "{") || strings.HasPrefix(after, "[")
	}
	for line := range strings.SplitSeq(first+"\n"+rest, "\n") {
		for _, comma := range []rune{',', ';', '\t'} {
			if cols, _ := csvColumns(strings.TrimSpace(line), comma); cols != nil || licenseColumns(line, comma) != nil {
				return true
			}
		}
	}
	return false
}

// sifter goes through a text unit by unit. A unit is a line, or an event in XML however many lines it has:
// half an event would swallow the next.
type sifter struct {
	text    string
	find    *finder
	events  bool // holds events in XML
	returns bool // holds carriage returns
	out     strings.Builder
	done    int             // what stands before is written
	keep    int             // units still to be kept
	starts  [sieveLines]int // where the last units began that hold anything
	units   int
}

// unit is where the unit that begins at from ends.
func (s *sifter) unit(from int) int {
	end := len(s.text)
	if i := strings.IndexByte(s.text[from:], '\n'); i >= 0 {
		end = from + i + 1
	}
	if !s.events {
		return end
	}
	i := nextEvent(s.text[from:end], 0)
	switch {
	case i < 0:
		return end
	case i > 0:
		return from + i
	}
	rest := s.text[from:min(len(s.text), from+maxEventXML)]
	if n := strings.Index(rest, "</Event>"); n >= 0 {
		return from + n + len("</Event>")
	}
	return end
}

func (s *sifter) take(from, to int) {
	unit := s.text[from:to]
	blank := len(unit) < 3 && strings.TrimSpace(unit) == ""
	if after := s.find.in(unit); after > 0 {
		back := 0
		if s.units >= sieveLines {
			back = s.starts[s.units%sieveLines]
		}
		s.empty(max(back, s.done))
		s.keep = max(s.keep, after+1)
	}
	if !blank {
		s.starts[s.units%sieveLines] = from
		s.units++
	}
	if s.keep == 0 {
		return
	}
	s.out.WriteString(s.text[s.done:to])
	s.done = to
	if !blank {
		s.keep--
	}
}

// empty writes the line breaks of what stands before to.
func (s *sifter) empty(to int) {
	gone := s.text[s.done:to]
	n := strings.Count(gone, "\n")
	if s.returns {
		n += strings.Count(gone, "\r") - strings.Count(gone, "\r\n")
	}
	for ; n > 0; n -= min(n, len(manyBreaks)) {
		s.out.WriteString(manyBreaks[:min(n, len(manyBreaks))])
	}
	s.done = to
}

var manyBreaks = strings.Repeat("\n", 1024)
