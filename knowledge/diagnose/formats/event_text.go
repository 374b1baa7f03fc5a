package formats

import (
	"strconv"
	"strings"
)

// parseEventText reads events as text: Event Viewer's "copy details as text", Get-WinEvent as a list,
// wevtutil's text form, in any display language whose labels are known; and the comma strings of events
// 12288-12290 wherever they stand, without any label.
func parseEventText(p *page) {
	for i := 0; i < len(p.lines); {
		if p.lines[i].taken || !p.eventBegins(i) {
			i++
			continue
		}
		i = p.readEvent(i)
	}
	p.bareCommas()
}

const (
	eLog      field = "log-name"
	eSource   field = "source"
	eDate     field = "date"
	eID       field = "id"
	eTask     field = "task"
	eLevel    field = "level"
	eKeywords field = "keywords"
	eUser     field = "user"
	eComputer field = "computer"
	eMessage  field = "message"
	eRecord   field = "record"
)

var eventTerms = []term{
	{eLog, [5]string{"Log Name|LogName|Log", "Loggnavn", "Loggnamn", "Имя журнала", "日志名称"}},
	{eSource, [5]string{"Source|ProviderName|Provider Name|Event Source", "Kilde", "Källa", "Источник", "来源"}},
	{eDate, [5]string{"Date|TimeCreated|TimeGenerated|Time Created|Date and Time|Logged", "Dato|Dato og klokkeslett", "Datum|Datum och tid", "Дата|Дата и время", "日期|日期和时间"}},
	{eID, [5]string{"Event ID|EventID|Id|InstanceId", "Hendelses-ID", "Händelse-ID", "Код события|Идентификатор события", "事件 ID"}},
	{eTask, [5]string{"Task Category|Task|TaskDisplayName", "Oppgavekategori", "Aktivitetskategori", "Категория задачи", "任务类别"}},
	{eTask, [5]string{"User Name|Opcode|OpcodeDisplayName|EntryType|Category|CategoryNumber|Index|Version|Qualifiers|ProcessId|ThreadId|MachineId|ReplacementStrings|TimeWritten|Container|Site|ProviderId|ActivityId|RelatedActivityId|MatchedQueryIds|Bookmark|Properties|ContainerLog", "", "", "", ""}},
	{eLevel, [5]string{"Level|LevelDisplayName", "Nivå", "Nivå", "Уровень", "级别"}},
	{eKeywords, [5]string{"Keywords|Keyword|KeywordsDisplayNames", "Nøkkelord", "Nyckelord", "Ключевые слова", "关键字"}},
	{eUser, [5]string{"User|UserId", "Bruker", "Användare", "Пользователь", "用户"}},
	{eComputer, [5]string{"Computer|MachineName", "Datamaskin", "Dator", "Компьютер", "计算机"}},
	{eMessage, [5]string{"Description|Message", "Beskrivelse", "Beskrivning", "Описание", "描述"}},
	{eRecord, [5]string{"RecordId|Record ID|EventRecordID", "", "", "", ""}},
}

var (
	wevtutilRE = compile(`^Event\[[0-9]{1,9}\]:?$`)
	eventXMLRE = compile(`^(?i)event xml\s*:`)
	shownIDRE  = compile(`^\s*([0-9]{1,10})\b`)
)

// eventField is the event label of a line, if any.
func eventField(l *line) (known, string, bool) {
	if l.colon == 0 {
		return known{}, "", false
	}
	return eventLabels.field(l)
}

// eventBegins tells that line i opens a record: a label of the header, with at least two more and an id
// among the lines that follow.
func (p *page) eventBegins(i int) bool {
	if wevtutilRE.MatchString(p.lines[i].text) {
		return true
	}
	k, _, ok := eventField(&p.lines[i])
	if !ok || k.field == eMessage && !strings.HasPrefix(p.lines[i].text, "Message") {
		return false
	}
	labels, id := map[field]bool{}, false
	for j := i; j < min(len(p.lines), i+24) && !p.lines[j].fence; j++ {
		if k, v, ok := eventField(&p.lines[j]); ok {
			labels[k.field] = true
			id = id || k.field == eID && idOf(v) != ""
		}
	}
	return id && len(labels) >= 3
}

// readEvent reads the record that begins at line i and returns the line after it.
func (p *page) readEvent(i int) int {
	e := &event{line: p.lines[i].num, format: EventText}
	seen := map[field]bool{}
	var langs []string
	used := []int{}
	j := i
	for ; j < len(p.lines) && j < i+60; j++ {
		l := &p.lines[j]
		if l.fence || j > i && wevtutilRE.MatchString(l.text) {
			break
		}
		k, value, ok := eventField(l)
		if !ok {
			if wevtutilRE.MatchString(l.text) || l.blank() || !seen[eID] && len(used) < 12 {
				continue
			}
			break
		}
		if seen[k.field] && k.field != eTask {
			break
		}
		seen[k.field] = true
		langs = append(langs, k.lang)
		used = append(used, j)
		e.header(k.field, value, l.num)
		if k.field == eMessage {
			j = p.readBody(e, j, value, &used)
			// wevtutil and Event Viewer put the message last; Get-WinEvent may list more after it
			if !p.listGoesOn(j, seen) {
				break
			}
			j--
		}
	}
	if e.id == "" {
		return i + 1
	}
	p.keepEvent(e, used, langs, j)
	return max(j, i+1)
}

// keepEvent adds the record, unless its XML follows and says it better.
func (p *page) keepEvent(e *event, used []int, langs []string, end int) {
	if !seenMessage(e) && end < len(p.lines) { // the label is missing: the text under the header is the message
		p.readBody(e, end-1, "", &used)
	}
	for j := end; j < min(len(p.lines), end+3); j++ {
		if eventXMLRE.MatchString(p.lines[j].text) {
			for _, j := range used {
				p.lines[j].taken = true
			}
			return
		}
	}
	if !p.addEvent(e) && e.source == "" {
		return
	}
	for _, j := range used {
		p.lines[j].taken = true
	}
	for _, lang := range langs {
		p.saw(lang)
	}
}

func seenMessage(e *event) bool { return len(e.body) > 0 }

func (e *event) header(f field, value string, num int) {
	switch f {
	case eSource:
		e.source = value
	case eDate:
		e.time, e.timeLine = value, num
	case eID:
		if id := idOf(value); id != "" {
			e.id, e.idLine = id, num
		}
	case eComputer:
		e.computer, e.compLine = value, num
	case eRecord:
		e.record, _ = strconv.Atoi(value)
	}
}

// idOf is the event id of a value: the number itself, or the low 16 bits of an InstanceId.
func idOf(v string) string {
	m := shownIDRE.FindStringSubmatch(v)
	if m == nil {
		return ""
	}
	n, err := strconv.ParseUint(m[1], 10, 32)
	if err != nil {
		return ""
	}
	return strconv.FormatUint(n&0xFFFF, 10)
}

// readBody reads the message from the label's own line on, and returns the first line that is not of it.
func (p *page) readBody(e *event, j int, value string, used *[]int) int {
	if value != "" {
		l := &p.lines[j]
		at := l.at(max(strings.Index(l.text, value), 0)) // the value may have been wrapped to the next line
		e.body, e.bodyLine = append(e.body, value), append(e.bodyLine, at)
	}
	blanks := 0
	for j++; j < len(p.lines) && len(e.body) < 400; j++ {
		l := &p.lines[j]
		switch {
		case l.taken || l.fence || l.prompt || bodyEnds(l):
			return j
		case l.blank():
			blanks++
			continue
		case blanks > 1 && len(e.body) > 0 || blanks == 1 && len(e.body) > 0 && !bodyGoesOn(l.text):
			return j
		}
		blanks = 0
		e.body, e.bodyLine = append(e.body, l.text), append(e.bodyLine, l.num)
		*used = append(*used, j)
	}
	return j
}

// bodyEnds tells the beginning of the next record or of another output.
func bodyEnds(l *line) bool {
	text := l.text
	if wevtutilRE.MatchString(text) || eventXMLRE.MatchString(text) || ruled(text) {
		return true
	}
	k, _, ok := eventField(l)
	return ok && (k.field == eLog || k.field == eSource || k.field == eID || k.field == eDate || k.field == eTask || k.field == eComputer || k.field == eLevel)
}

// bodyGoesOn tells that a line after a blank one still belongs to the message.
func bodyGoesOn(text string) bool {
	return commasAt(text, 0) >= 0 || skuRow.MatchString(text) || strings.HasPrefix(text, "hr=") || strings.HasPrefix(strings.ToLower(text), "info:") || strings.Contains(text, "Id=")
}

// listGoesOn tells that a list has more fields of the same record after the message.
func (p *page) listGoesOn(j int, seen map[field]bool) bool {
	if j >= len(p.lines) || p.lines[j].fence {
		return false
	}
	k, _, ok := eventField(&p.lines[j])
	return ok && !seen[k.field]
}

// bareCommas finds the comma strings that no record claimed.
func (p *page) bareCommas() {
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken {
			continue
		}
		for _, at := range allCommas(l.text, 50) {
			if p.bareComma(l, at) {
				l.taken = true
			}
		}
	}
}

func (p *page) bareComma(l *line, off int) bool {
	f := commaFields(l.text[off:])
	id := commaEvent(f)
	if id == "" || len(f) < 6 {
		return false
	}
	if p.commas[commaKey(l.text[off:])] {
		return true
	}
	e := &event{id: id, line: l.at(off), format: EventText, body: []string{l.text[off:]}, bodyLine: []int{l.at(off)}}
	if strings.Count(f[3], "-") != 4 && id != "12289" {
		return false
	}
	return p.addEvent(e)
}
