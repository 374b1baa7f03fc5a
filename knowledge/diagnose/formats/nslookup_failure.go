package formats

import (
	"strings"
)

// failure reads the lines by which a query says that it found nothing, or got no answer.
func (q *lookup) failure(l *line) bool {
	if !q.asked && q.cur == nil && !missingRE.may(l.text) {
		return false
	}
	low := strings.ToLower(l.text)
	if m := digServer.FindStringSubmatch(l.text); m != nil && q.cur != nil {
		q.addServer(m[1], l.num)
		return true
	}
	if q.asked && strings.Contains(low, "->>header<<-") {
		if strings.Contains(low, "nxdomain") {
			q.absent(l, "NXDOMAIN")
		} else if containsAny(low, silentWords) {
			q.silent(l)
		}
		return true
	}
	if m := digAnswers.FindStringSubmatch(l.text); m != nil && q.asked && strings.HasPrefix(low, ";; flags:") {
		if m[1] == "0" && !q.answers {
			q.absent(l, m[0])
		}
		return true
	}
	named := strings.Contains(low, "_vlmcs")
	if !named && !q.asked || len(l.text) > 400 {
		return false
	}
	if !named && missingName(l.text) != "" {
		q.flush() // the answer to a later question, for another name
		return false
	}
	starred := strings.HasPrefix(low, "**") || strings.Contains(low, "can't find") || strings.HasPrefix(low, "resolve-dnsname :") || strings.HasPrefix(low, "dns request timed out") || strings.HasPrefix(low, ";;") || strings.HasPrefix(low, "host _vlmcs") || strings.Contains(low, "not found: ")
	switch {
	case !starred:
		return false
	case containsAny(low, silentWords):
		q.nameZone(l)
		q.silent(l)
	case containsAny(low, absentWords):
		q.nameZone(l)
		q.absent(l, l.text)
	default:
		return false
	}
	return true
}

// nameZone takes the zone that a failure line names, where the command itself is missing.
func (q *lookup) nameZone(l *line) {
	q.open()
	if m := missingRE.FindStringSubmatch(l.text); m != nil && q.zone == "" {
		q.zone, q.zoneNum = strings.Trim(m[1], "."), l.num
	}
}

func (q *lookup) absent(l *line, value string) {
	q.open()
	if !q.answers {
		q.cur.add(SRVRecord, value, None, l.num)
	}
	q.answers = true
}

// silent records that the server did not answer: no proof of absence.
func (q *lookup) silent(l *line) {
	q.open()
	if !q.cur.has[Statement] {
		q.cur.add(Statement, l.text, "dns-no-answer", l.num)
	}
}
