package formats

import (
	"strings"
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

var historyHeadRE = compile(`(?i)^Searching for (?:KMS|failed|error)?.{0,40}activation.{0,40}events.{0,20} on machine:\s*(\S+)`)

type history struct {
	p       *page
	machine string
	id      string
	idNum   int
	cur     *block
}

func (h *history) read(l *line) bool {
	if m := historyHeadRE.FindStringSubmatch(l.text); m != nil {
		h.flush()
		h.machine, h.id, h.idNum = normalHost(m[1]), "", l.num
		h.p.machines[h.machine] = true
		return true
	}
	label, value, ok := cut(l.text)
	if !ok {
		return false
	}
	switch fold(label) {
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
		if h.cur != nil && !h.cur.has[ErrorCode] && !h.cur.has[InfoCode] {
			h.cur.addFirstCode(value, l.num)
		}
		return h.cur != nil
	}
	return false
}

func (h *history) begin(l *line, written string) {
	h.flush()
	h.cur = newBlock()
	h.cur.machine = h.machine
	id := h.id
	if id == "" {
		id = "12288"
	}
	h.cur.add(EventID, id, id, l.num)
	h.cur.add(EventTime, written, utcWritten(written), l.num)
}

// utcWritten is a time that the script states to be UTC, as CIM or as the locale writes it; only forms
// whose day and month cannot be swapped are normalised.
func utcWritten(s string) string {
	if t := zonedTime(s); t != "" {
		return t
	}
	return clientTime(s)
}

// errorHost takes "0xHRESULT, 0xFLAGS, host".
func (h *history) errorHost(value string, num int) bool {
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
