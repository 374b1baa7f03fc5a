package formats

import (
	"strconv"
	"strings"
)

// parseW32tm reads what w32tm says of the clock. /stripchart compares it with another computer's: a line that names
// that one, then a line a sample, whose signs are the same in every language; /dataonly leaves out the drawing.
// /query /status tells where the time comes from, in lines whose order is the same in every language.
func parseW32tm(p *page) {
	c := stripchart{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() || len(l.text) > 400 {
			continue
		}
		if c.read(l) {
			c.used = append(c.used, i)
		}
		p.timeSource(i)
	}
	c.flush()
}

var (
	stripCommandRE = compile(`(?i)\bw32tm(?:\.exe)?["']? .{0,80}/stripchart\b`)
	stripTargetRE  = compile(`(?i) /computer:"?([^\s"]{1,253})`)
	stripHeadRE    = compile(`^\p{L}{4,24} (\S{1,253}) \[\[?([0-9a-fA-F.:%]{3,60}?)\]?(?::123)?\][.。]?$`)
	stripSampleRE  = compile(`^([0-9]{1,2}:[0-9]{2}:[0-9]{2},? )?(d:[+-][0-9]{2,10}[.,][0-9]{4,9}s +o:)?([+-][0-9]{2,10}[.,][0-9]{4,9}s)(?: *\[[^\[]{0,200})?$`)
	stripErrorRE   = compile(`^([0-9]{1,2}:[0-9]{2}:[0-9]{2},? )?(?:\p{L}{2,16} ?: ?)?0x8007[0-9A-Fa-f]{4}$`)
)

// NoTimeAnswer is the statement that a computer did not answer when w32tm asked for its time.
const NoTimeAnswer = "no-time-answer"

// stripchart is the comparison being read.
type stripchart struct {
	p       *page
	b       *block
	least   *line // the sample that differs least: it claims no more than the others do
	offset  string
	seconds int
	silent  *line // a request without an answer
	used    []int
}

func (c *stripchart) read(l *line) bool {
	switch m := stripSampleRE.FindStringSubmatch(l.text); {
	case m != nil && (m[1] != "" || m[2] != ""):
		c.sample(m[3], l)
		return true
	case c.b != nil && stripErrorRE.MatchString(l.text) && (l.stamped || stripErrorRE.FindStringSubmatch(l.text)[1] != ""):
		c.silent = l
		return true
	}
	if m := stripHeadRE.FindStringSubmatch(l.text); m != nil && ipRE.MatchString(m[2]) {
		c.begin(m[1], l)
		if c.b != nil && normalHost(m[2]) != c.b.get(Computer) {
			c.b.add(Computer, m[2], normalHost(m[2]), l.num)
		}
		return c.b != nil
	}
	if stripCommandRE.MatchString(l.text) {
		if m := stripTargetRE.FindStringSubmatch(l.text); m != nil {
			c.begin(m[1], l)
		}
	} else if l.prompt {
		c.flush()
	}
	return false
}

// begin starts a comparison with a computer; the line below the command that names it again goes on with it.
func (c *stripchart) begin(target string, l *line) {
	host, _, ok := splitHostPort(target)
	if !ok {
		return
	}
	if c.b != nil && (c.least != nil || c.silent != nil || c.b.get(Computer) != normalHost(host)) {
		c.flush()
	}
	c.b = newBlock()
	c.b.add(Computer, host, normalHost(host), l.num)
}

func (c *stripchart) sample(offset string, l *line) {
	n, err := strconv.Atoi(offset[:strings.IndexAny(offset, ".,")])
	if err != nil {
		return
	}
	if c.b == nil {
		c.b = newBlock()
	}
	if c.least == nil || max(n, -n) < max(c.seconds, -c.seconds) {
		c.least, c.offset, c.seconds = l, offset, n
	}
}

func (c *stripchart) flush() {
	if c.least != nil {
		c.b.add(ClockOffset, c.offset, strconv.Itoa(c.seconds), c.least.num)
	} else if c.silent != nil {
		c.b.add(Statement, c.silent.text, NoTimeAnswer, c.silent.num)
	}
	if c.least != nil || c.silent != nil {
		for _, i := range c.used {
			c.p.lines[i].taken = true
		}
		c.p.commit(c.b, c.p.next(ProbeSubject), PortProbe)
	}
	*c = stripchart{p: c.p}
}

var (
	pollRE      = compile(`^[^:]{2,40}: ?[0-9]{1,2} \([0-9]{1,6}s\)$`)
	precisionRE = compile(`^[^:]{2,40}: ?-[0-9]{1,2} \([^()]{0,30}[0-9][.,][0-9]{3} ?\p{L}{1,2}[^()]{0,30}\)$`)
)

// timeSource reads the lines of /query /status that end with the poll interval in line i: the source stands above
// it. The lines are taken, for nothing else in them is about activation.
func (p *page) timeSource(i int) {
	const lines = 9
	if i < 2 || !pollRE.MatchString(p.lines[i].text) {
		return
	}
	from := i - 2
	for from > max(0, i-lines) && !precisionRE.MatchString(p.lines[from].text) {
		from--
	}
	source := &p.lines[i-1]
	if source.taken || source.colon == 0 || len(source.text) > 200 || !precisionRE.MatchString(p.lines[from].text) {
		return
	}
	value := strings.TrimSpace(source.text[source.colon+1:])
	name, _, _ := strings.Cut(value, ",0x")
	b := newBlock()
	b.add(TimeSource, value, name, source.num)
	for j := from; j <= i; j++ {
		p.lines[j].taken = true
	}
	p.commit(b, machineSubject(), FreeText)
}
