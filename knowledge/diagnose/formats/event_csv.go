package formats

import (
	"encoding/csv"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseEventCSV reads event logs saved as comma-separated values: by Event Viewer, whose header names five
// columns and leaves the message's unnamed, and by Export-Csv of Get-WinEvent or Get-EventLog.
func parseEventCSV(p *page) {
	for at := range min(len(p.raw), 50) {
		prefix := quoteRE.FindString(p.raw[at])
		head := strings.TrimSpace(p.raw[at][len(prefix):])
		for _, comma := range []rune{',', ';', '\t'} {
			if cols, langs := csvColumns(head, comma); cols != nil {
				p.csvRows(at, prefix, comma, cols, langs)
				return
			}
		}
	}
	p.bareRows()
}

// bareRows reads rows that were copied without their header: one cell is the name of a source, and the cell
// before or after it the id, and there is a time.
func (p *page) bareRows() {
	for at, s := range p.raw {
		if !strings.Contains(s, "Security-SPP") && !strings.Contains(s, "Software Protection Platform") {
			continue
		}
		prefix := quoteRE.FindString(s)
		for _, comma := range []rune{'\t', ',', ';'} {
			if cols := rowColumns(strings.TrimRight(s[len(prefix):], " \r"), comma); cols != nil {
				p.csvRows(at-1, prefix, comma, cols, nil)
				return
			}
		}
	}
}

var (
	rowTimeRE = compile(`^[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}[ T][0-9]{1,2}:[0-9]{2}`)
	rowNameRE = compile(`^(?i)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z][a-z0-9-]{1,62}$`)
)

// rowColumns tells which cell of a row is which field, by what stands in it; nil if it is no event.
func rowColumns(row string, comma rune) map[int]field {
	cells := strings.SplitN(row, string(comma), 12)
	if len(cells) < 4 || len(row) > 4096 {
		return nil
	}
	for i := range cells {
		cells[i] = strings.Trim(cells[i], ` "`)
	}
	number := func(i int) bool { return i >= 0 && i < len(cells) && isInteger(cells[i]) && idOf(cells[i]) != "" }
	cols, have := map[int]field{}, map[field]bool{}
	set := func(i int, f field) { cols[i], have[f] = f, true }
	for i, cell := range cells {
		_, ours := sourceOf(cell)
		switch {
		case ours && len(cell) <= 60 && !have[eSource] && number(i+1):
			set(i, eSource)
			set(i+1, eID)
		case ours && len(cell) <= 60 && !have[eSource] && number(i-1):
			set(i, eSource)
			set(i-1, eID)
		case rowTimeRE.MatchString(cell):
			set(i, eDate)
		case rowNameRE.MatchString(cell):
			set(i, eComputer)
		}
	}
	if !have[eID] || !have[eDate] {
		return nil
	}
	return cols
}

// csvColumns reads the header: which column is which field; nil if it is no event log's.
func csvColumns(head string, comma rune) (map[int]field, []string) {
	if strings.Count(head, string(comma)) < 3 || len(head) > 4096 {
		return nil, nil
	}
	cols, langs, have := map[int]field{}, []string{}, map[field]bool{}
	for i, name := range strings.Split(head, string(comma)) {
		f := fold(name)
		if f == "pscomputername" { // of Invoke-Command: the computer that was asked
			f = "computer"
		}
		if k, ok := eventLabels.byFold[f]; ok {
			cols[i] = k.field
			have[k.field] = true
			langs = append(langs, k.lang)
		}
	}
	if !have[eID] || !have[eSource] && !have[eMessage] || len(cols) < 3 {
		return nil, nil
	}
	return cols, langs
}

// ours tells a record without a source by what its message holds beside the id.
func (e *event) ours() bool {
	return ownID(e.id) && slices.ContainsFunc(e.body, func(s string) bool {
		low := strings.ToLower(s)
		at := commasAt(s, 0) // volume shadow copies have the same ids, and codes
		return at >= 0 && commaEvent(commaFields(s[at:])) != "" || containsAny(low, strongWords) || strings.Contains(low, "genuine") ||
			slices.ContainsFunc(code.Scan(s), func(m code.Match) bool { return m.Kind == code.Hex && licensing(m.Code) })
	})
}

// csvRows reads the records under the header in source line at; prefix is what quotes each line.
func (p *page) csvRows(at int, prefix string, comma rune, cols map[int]field, langs []string) {
	r := p.csvUnder(at, prefix, comma)
	var others [][2]int // lines of records that do not show whose they are
	for {
		row, err := r.Read()
		if err != nil {
			break // the end, or a file cut off in the middle of a record
		}
		num, _ := r.FieldPos(0)
		e := &event{line: at + 1 + num, format: EventCSV}
		for i, cell := range row {
			f, named := cols[i]
			n, _ := r.FieldPos(i)
			if !named && i < 5 {
				continue
			}
			if !named || f == eMessage {
				e.addText(cell, at+1+n)
			} else {
				e.header(f, cell, at+1+n)
			}
		}
		end := e.line + strings.Count(strings.Join(row, ""), "\n")
		switch {
		case e.id == "":
			continue
		case e.source == "" && !e.ours():
			others = append(others, [2]int{e.line, end})
			continue
		}
		p.addEvent(e)
		p.claim(e.line, end)
	}
	if p.found[EventCSV] {
		for _, o := range others {
			p.claim(o[0], o[1])
		}
		for _, lang := range langs {
			p.saw(lang)
		}
	}
}

// csvUnder reads the rows under the header in source line at.
func (p *page) csvUnder(at int, prefix string, comma rune) *csv.Reader {
	rows := strings.Join(trimmed(p.raw[at+1:]), "\n")
	if prefix != "" {
		rows = strings.ReplaceAll("\n"+rows, "\n"+prefix, "\n")[1:]
	}
	r := csv.NewReader(strings.NewReader(rows))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	return r
}

// trimmed is the lines without the blanks at their ends: one after a closing quotation mark is a fault to a
// CSV reader.
func trimmed(lines []string) []string {
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = strings.TrimRight(s, " \t")
	}
	return out
}

// addText adds the lines of a message.
func (e *event) addText(s string, num int) {
	for i, part := range strings.Split(s, "\n") {
		if part = strings.TrimSpace(part); part != "" && len(e.body) < 4000 {
			e.body, e.bodyLine = append(e.body, part), append(e.bodyLine, num+i)
		}
	}
}
