package formats

import (
	"strings"
)

// parsePing reads ping of Windows in any language, and of Linux. The words differ and the shapes do not: a
// first line with the target and a number of bytes, answers that carry a time or a TTL, and three numbers in a
// row at the end. That a router answers "unreachable" counts as an answer there, so the answers decide.
func parsePing(p *page) {
	g := ping{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() {
			continue
		}
		if g.read(l) {
			g.used = append(g.used, i)
		} else if l.prompt {
			g.flush()
		}
	}
	g.flush()
}

var (
	pingHeadRE  = compile(`(?i)^(?:[\p{L}-]{2,16} ?)?(?:ping\p{L}{0,3}(?:-\p{L}+)?|Обмен пакетами с)(?: \p{L}{2,8})? +(\S{1,253})(?: +\[([0-9a-fA-F.:%]{3,60})\])? [^0-9:\[\]]{1,30}[0-9]{1,5} [^0-9:]{2,30}:$`)
	pingLinuxRE = compile(`^PING (\S{1,253}) \(([0-9a-fA-F.:]{3,60})\)(?: [0-9]{1,5}\([0-9]{1,5}\)|:? [0-9]{1,5} data) bytes`)
	pingReplyRE = compile(`(?i)\bTTL=[0-9]|(?:time|tid|время|时间)[=<] ?[0-9]`)
	pingStatsRE = compile(`= ?([0-9]{1,6})[,,] ?[^=]{1,30}= ?([0-9]{1,6})[,,] ?[^=]{1,30}= ?([0-9]{1,6})`)
	linuxLossRE = compile(`^([0-9]{1,6}) packets transmitted, ([0-9]{1,6})(?: packets)? received`)
)

// ping is the test being read.
type ping struct {
	p        *page
	b        *block
	answered bool
	used     []int
}

func (g *ping) read(l *line) bool {
	t := l.text
	if len(t) > 400 {
		return false
	}
	if m := pingHead(t); m != nil {
		g.flush()
		g.begin(m[1], m[2], l.num)
		return g.b != nil
	}
	if g.b == nil {
		return false
	}
	if m := pingStatsRE.FindStringSubmatch(t); m != nil {
		g.finish(t, m[1] != "0", l.num)
		return true
	}
	if m := linuxLossRE.FindStringSubmatch(t); m != nil {
		g.answered = g.answered || m[2] != "0"
		g.finish(t, m[1] != "0", l.num)
		return true
	}
	if pingReplyRE.MatchString(t) {
		g.answered = true
		return true
	}
	return false
}

// pingHead returns target and address of a first line; a look at its ends spares the patterns.
func pingHead(t string) []string {
	switch {
	case strings.HasSuffix(t, ":"):
		return pingHeadRE.FindStringSubmatch(t)
	case strings.HasPrefix(t, "PING "):
		return pingLinuxRE.FindStringSubmatch(t)
	}
	return nil
}

func (g *ping) begin(target, address string, num int) {
	b := newBlock()
	if !b.addHost(target, "", num) {
		return
	}
	switch {
	case address != "":
		b.addValue(KMSIP, address, num)
	case ipRE.MatchString(target):
		b.addValue(KMSIP, target, num)
	}
	g.b, g.answered = b, false
}

// finish states the outcome once the numbers are there: a ping that was cut off proves nothing.
func (g *ping) finish(text string, sent bool, num int) {
	if sent && !g.b.has[Ping] {
		g.b.add(Ping, text, trueOrFalse(g.answered), num)
	}
}

func (g *ping) flush() {
	if g.b != nil && g.b.has[Ping] {
		for _, i := range g.used {
			g.p.lines[i].taken = true
		}
		g.p.commit(g.b, g.p.next(ProbeSubject), PortProbe)
	}
	*g = ping{p: g.p}
}
