package formats

import (
	"strings"
)

// parseService reads the state of the services that activation needs, from sc query, sc qc and
// Get-Service. The API has no format of its own for them: a document with nothing else is FREE_TEXT.
func parseService(p *page) {
	s := service{p: p, subjects: map[string]Subject{}}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() {
			continue
		}
		if s.read(l) {
			l.taken = true
		} else if l.prompt {
			s.name = ""
		}
	}
}

var (
	scNameRE  = compile(`(?i)^(?:SERVICE_NAME|Имя_службы|TJENESTENAVN|TJÄNSTNAMN|服务名称|Name)\s*:\s*(\S+)$`)
	scStateRE = compile(`(?i)^[\p{L}_ ]{2,24}\s*:\s*[1-7]\s+(STOPPED|START_PENDING|STOP_PENDING|RUNNING|CONTINUE_PENDING|PAUSE_PENDING|PAUSED)\b`)
	scStartRE = compile(`(?i)^[\p{L}_ ]{2,24}\s*:\s*[2-4]\s+(AUTO_START|DEMAND_START|DISABLED)\b`)
	psStateRE = compile(`(?i)^(?:Status|State)\s*:\s*(Running|Stopped|Paused|StartPending|StopPending)$`)
	psStartRE = compile(`(?i)^(?:StartType|StartMode)\s*:\s*(Disabled|Automatic|Manual|Auto|AutomaticDelayedStart)$`)
	psRowRE   = compile(`(?i)^(Running|Stopped|Paused)\s+(sppsvc|osppsvc|dnscache|w32time|rpcss|winmgmt)\b`)
)

// needed are the services without which activation does not work; others are not our subject.
var needed = map[string]bool{"sppsvc": true, "osppsvc": true, "slsvc": true, "dnscache": true, "w32time": true, "rpcss": true, "winmgmt": true}

type service struct {
	p        *page
	name     string
	nameNum  int
	subjects map[string]Subject
}

func (s *service) read(l *line) bool {
	t := l.text
	if len(t) > 200 {
		return false
	}
	if m := psRowRE.FindStringSubmatch(t); m != nil {
		s.begin(m[2], l.num)
		s.state(m[1], l.num)
		return true
	}
	if m := scNameRE.FindStringSubmatch(t); m != nil {
		s.name = ""
		if needed[strings.ToLower(m[1])] {
			s.begin(m[1], l.num)
			return true
		}
		return false
	}
	for _, re := range []*pattern{scStateRE, scStartRE, psStateRE, psStartRE} {
		if m := re.FindStringSubmatch(t); m != nil && s.name != "" {
			s.state(m[1], l.num)
			return true
		}
	}
	return false
}

func (s *service) begin(name string, num int) {
	s.name, s.nameNum = name, num
}

// state adds a state to the service's subject, which begins with the first one.
func (s *service) state(v string, num int) {
	b := newBlock()
	key := strings.ToLower(s.name)
	subject, ok := s.subjects[key]
	if !ok {
		subject = s.p.next(ServiceSubject)
		s.subjects[key] = subject
		b.add(Statement, s.name, key, s.nameNum)
	}
	b.add(ServiceState, v, serviceState(v), num)
	s.p.commit(b, subject, FreeText)
	s.p.saw("en")
}

func serviceState(v string) string {
	switch n := strings.ToUpper(v); n {
	case "STARTPENDING":
		return "START_PENDING"
	case "STOPPENDING":
		return "STOP_PENDING"
	case "AUTOMATIC", "AUTO", "AUTOMATICDELAYEDSTART":
		return "AUTO_START"
	case "MANUAL":
		return "DEMAND_START"
	default:
		return n
	}
}
