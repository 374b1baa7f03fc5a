package formats

import (
	"strings"
)

// probeTables reads results of Test-NetConnection as a table (Select-Object, Format-Table): a line of names, one of
// hyphens, and rows. What the table leaves out stands in the command above it.
func (p *page) probeTables() {
	for i := 0; i+2 < len(p.lines); i++ {
		columns := probeColumns(&p.lines[i])
		if columns == nil || p.lines[i].taken {
			continue
		}
		row := i + 1
		for row < len(p.lines) && strings.Trim(p.lines[row].text, "- ") == "" { // long ones were parted
			row++
		}
		asked := p.askedAbove(i)
		for ; row > i+1 && row < len(p.lines) && p.probeRow(columns, &p.lines[row], asked); row++ {
			p.lines[i].taken, p.lines[row].taken = true, true
		}
	}
}

// probeColumns are the fields that a line names, nil where it is no heading of such a table.
func probeColumns(l *line) []field {
	if len(l.text) > 300 || strings.Contains(l.text, ":") || !strings.Contains(strings.ToLower(l.text), "tcptestsucceeded") {
		return nil
	}
	var columns []field
	for name := range strings.FieldsSeq(l.text) {
		k, ok := probeLabels.byFold[fold(name)]
		if !ok {
			return nil
		}
		columns = append(columns, k.field)
	}
	return columns
}

// askedAbove is what the command above a table tests, nil where none is near.
func (p *page) askedAbove(i int) []string {
	const near = 6
	for j := i - 1; j >= max(0, i-near); j-- {
		if m := askedPortRE.FindStringSubmatch(p.lines[j].text); m != nil {
			return m
		}
	}
	return nil
}

func (p *page) probeRow(columns []field, l *line, asked []string) bool {
	cells := strings.Fields(l.text)
	if len(cells) != len(columns) {
		return false
	}
	pr := probe{p: p}
	pr.open()
	for i, f := range columns {
		pr.set(f, cells[i], l.num)
	}
	if !pr.cur.has[TCPOpen] {
		return false
	}
	if asked != nil && !pr.cur.has[KMSHost] {
		pr.cur.addHost(asked[1], "", l.num)
	}
	if asked != nil && !pr.cur.has[KMSPort] {
		pr.cur.add(KMSPort, asked[2], asked[2], l.num)
	}
	pr.flush()
	return true
}
