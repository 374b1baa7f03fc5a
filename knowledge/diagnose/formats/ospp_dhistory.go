package formats

import (
	"strconv"
	"strings"
	"time"
)

// parseOsppDhistory reads ospp.vbs /dhistorykms and /dhistoryacterr: the script's own listing of events
// 12288 and 8200, one record for each "Coordinated Universal Time Written" line.
func parseOsppDhistory(p *page) {
	h := history{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		if !l.taken && !l.blank() && h.read(l) {
			l.taken = true
		}
	}
	h.flush()
}

var historyHeadRE = compile(`(?i)^Searching for (?:KMS|failed|error)?.{0,40}activation.{0,40}events.{0,20} on machine\s*:\s*(\S+)`)

var historyNoneRE = compile(`^No (KMS activation|failure) events found on machine\s*:\s*(\S+)`)

// NoFailureLogged is the statement that a log was searched for event 8200 and has none.
const NoFailureLogged = "no-event-8200"

// none states that a search found nothing.
func (h *history) none(l *line, machine string, kms bool) {
	h.flush()
	b := newBlock()
	b.machine = normalHost(machine)
	what := NoFailureLogged
	if kms {
		what = NoRequestLogged
	}
	b.add(Statement, l.text, what, l.num)
	h.p.saw("en")
	h.p.commit(b, machineSubject(), OsppDhistory)
}

type history struct {
	p       *page
	machine string
	id      string
	idNum   int
	cur     *block
	begun   int // source line of its time
}

func (h *history) read(l *line) bool {
	if m := historyHeadRE.FindStringSubmatch(l.text); m != nil {
		h.flush()
		h.machine, h.id, h.idNum = normalHost(m[1]), "", l.num
		h.p.machines[h.machine] = true
		return true
	}
	if m := historyNoneRE.FindStringSubmatch(l.text); m != nil {
		h.none(l, m[2], strings.HasPrefix(m[1], "KMS"))
		return true
	}
	_, value, ok := cut(l.text)
	if !ok {
		return false
	}
	switch l.label {
	case "eventid":
		if h.idNum > 0 && h.id == "" && (value == "12288" || value == "8200") {
			h.id = value
			return true
		}
	case "coordinateduniversaltimewritten":
		h.begin(l, value)
		return true
	case "errorhost":
		return h.cur != nil && h.errorHost(value, l.num)
	case "message", "errordescription":
		if h.cur != nil && l.label == "message" {
			h.of("8200")
		}
		if h.cur != nil && !h.cur.has[ErrorCode] && !h.cur.has[InfoCode] {
			last := value[max(0, len(value)-len("0xC004C003")):] // the script takes it to be the code
			if !h.cur.addFirstCode(last, l.num) {
				h.cur.addFirstCode(value, l.num)
			}
		}
		return h.cur != nil
	case "notice", "formoreinformationpleasevisit":
		return h.cur != nil
	}
	return false
}

func (h *history) begin(l *line, written string) {
	h.flush()
	h.cur = newBlock()
	h.cur.machine = h.machine
	h.begun = l.num
	h.of(h.id)
	h.cur.add(EventTime, written, utcWritten(written), l.num)
}

// of names the event; where the head of the list is lost, what follows the time tells it.
func (h *history) of(id string) {
	if !h.cur.has[EventID] {
		h.cur.add(EventID, id, id, h.begun)
	}
}

var writtenRE = compile(`^([0-9]{1,4})([-/.])([0-9]{1,2})[-/.]([0-9]{1,4})[ ,]{1,2}([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?(?: ?([AaPp])\.?[Mm]\.?)?$`)

// utcWritten is a time that the script states to be UTC, as CIM or as the locale writes it; only forms
// whose day and month cannot be swapped are normalised.
func utcWritten(s string) string {
	if t := zonedTime(s); t != "" {
		return t
	}
	m := writtenRE.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
	year, month, day, hour := n(4), n(1), n(3), n(5)
	switch {
	case len(m[1]) == 4:
		year, month, day = n(1), n(3), n(4)
	case m[2] == "." || n(1) > 12:
		month, day = day, month
	case day <= 12 && day != month:
		return ""
	}
	if m[8] != "" {
		hour = hour%12 + map[bool]int{true: 12}[m[8] == "p" || m[8] == "P"]
	}
	t := time.Date(year, time.Month(month), day, hour, n(6), n(7), 0, time.UTC)
	if year < 2000 || t.Day() != day || t.Hour() != hour {
		return ""
	}
	return t.Format(time.RFC3339)
}

// errorHost takes "0xHRESULT, 0xFLAGS, host".
func (h *history) errorHost(value string, num int) bool {
	h.of("12288")
	h.cur.addFirstCode(value, num)
	parts := strings.Split(value, ",")
	if len(parts) >= 3 {
		h.cur.addHost(parts[2], "", num)
	}
	return true
}

func (h *history) flush() {
	if h.cur != nil {
		h.p.saw("en")
		h.p.commit(h.cur, h.p.next(EventSubject), OsppDhistory)
	}
	h.cur = nil
}
