package formats

import "strings"

// parseEventTable reads events as PowerShell prints them without asking for a list: Get-WinEvent's table under
// the name of the provider, and Get-EventLog's. Messages are cut at the window's edge there, so a row tells
// that an event was, and when, and seldom a code.
func parseEventTable(p *page) {
	if !strings.Contains(p.text, "LevelDisplayName") && !strings.Contains(p.text, "InstanceID") {
		p.eventList()
		return
	}
	provider := ""
	for i := 0; i < len(p.raw); i++ {
		t := tableLine(p.raw[i])
		if m := tableProvider.FindStringSubmatch(t); m != nil {
			provider = m[1]
			continue
		}
		switch {
		case provider != "" && tableHead.MatchString(t):
			i = p.tableRows(i, func(t string) *event { return providerRow(t, provider) })
		case oldTableHead.MatchString(t):
			i = p.tableRows(i, oldRow)
		}
	}
}

var (
	tableProvider = compile(`^ProviderName\s?:\s+(\S.{1,100})$`)
	tableHead     = compile(`^TimeCreated\s+(?:ProviderName\s+)?Id\s+LevelDisplayName\s+Message$`)
	tableRow      = compile(`^([0-9][0-9./-]{5,10}[ T][0-9:.]{4,8}(?:\s?[AaPp]\.?[Mm]\.?)?)\s+([0-9]{1,5})\s+(\S{2,16})\s+(\S.{0,1000})$`)
	oldTableHead  = compile(`^Index\s+Time\s+(?:EntryType|Type)\s+Source\s+InstanceID\s+Message$`)
	oldTableRow   = compile(`^([0-9]{1,9})\s+(\S{2,6} [0-9]{1,2} [0-9]{1,2}:[0-9]{2})\s+(\S{2,16})\s+(\S.{1,60}?)\s+([0-9]{1,10})\s+(\S.{0,1000})$`)
)

// aboveList is how many lines above a list of events may name their source.
const aboveList = 3

// listRow is an event as people note it down: when, what level, which number, and what it says.
var listRow = compile(`^([0-9][0-9./-]{5,10}[ T,]{1,2}[0-9:.]{4,12}(?:\s?[AaPp]\.?[Mm]\.?)?)[ \t|;]+(?:` + listLevel + `[ \t|;:]+([0-9]{3,5})|([0-9]{3,5})[ \t|;:]+` + listLevel + `)[ \t|;:]+(\S.{0,1000})$`)

var sppSource = compile(`Security-SPP\b`)

const listLevel = `(?i:information|info|warning|error|informasjon|advarsel|feil|upplysning|varning|fel|сведения|предупреждение|ошибка|信息|警告|错误)`

// eventList reads such rows where a line above them says that they are of the licensing service.
func (p *page) eventList() {
	if !strings.Contains(p.text, "-SPP") {
		return
	}
	near, listed := 0, false
	for i, raw := range p.raw {
		if strings.Contains(raw, "-SPP") && sppSource.MatchString(raw) {
			near, listed = aboveList, false
		} else if near <= 0 {
			continue
		}
		t := strings.TrimLeft(raw, " \t>|*")
		var m []string
		if t != "" && isDigit(t[0]) {
			m = listRow.FindStringSubmatch(tableLine(raw))
		}
		switch {
		case m != nil:
			e := &event{source: "Security-SPP", time: m[1], id: idOf(m[2] + m[3]), body: []string{m[4]}, line: i + 1, format: EventText, bodyLine: []int{i + 1}}
			if p.addEvent(e) {
				p.claim(i+1, i+1)
			}
			listed = true
		case t != "" && listed: // what follows may be of any source
			near = 0
		case t != "":
			near--
		}
	}
}

// tableRows reads the rows under the head in source line i and returns the last of them.
func (p *page) tableRows(i int, read func(string) *event) int {
	blanks := 0
	for j := i + 1; j < len(p.raw); j++ {
		t := tableLine(p.raw[j])
		switch {
		case ruled(t) || strings.HasPrefix(t, "-----"):
			continue
		case t == "":
			if blanks++; blanks > 1 {
				return j
			}
			continue
		}
		e := read(t)
		if e == nil {
			return j - 1
		}
		e.line, e.format, e.bodyLine = j+1, EventText, []int{j + 1}
		p.addEvent(e)
		p.claim(j+1, j+1)
	}
	return len(p.raw)
}

func tableLine(s string) string {
	if len(s) > maxJoined {
		return ""
	}
	return strings.TrimSpace(cleanLine(s)[0])
}

func providerRow(t, provider string) *event {
	m := tableRow.FindStringSubmatch(t)
	if m == nil {
		return nil
	}
	return &event{source: provider, time: m[1], id: idOf(m[2]), body: []string{m[4]}}
}

// oldRow reads a row of Get-EventLog, whose source may be cut: "Software Protecti...".
func oldRow(t string) *event {
	m := oldTableRow.FindStringSubmatch(t)
	if m == nil {
		return nil
	}
	source := m[4]
	if head, cut := strings.CutSuffix(source, "..."); cut && len(head) >= 10 && strings.HasPrefix("Software Protection Platform Service", head) {
		source = "Software Protection Platform Service"
	}
	return &event{source: source, time: m[2], id: idOf(m[5]), body: []string{m[6]}}
}
