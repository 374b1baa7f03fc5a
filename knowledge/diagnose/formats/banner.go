package formats

import (
	"strings"
)

// parseBanner reads what a command window says beside the outputs: the Windows version that cmd prints,
// the remote machine in a PowerShell prompt, and an elevated window's title. It adds to documents that
// other parsers have recognised; by itself it makes nothing a log of activation.
func parseBanner(p *page) {
	if len(p.doc.Facts) == 0 {
		return
	}
	b := newBlock()
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() || len(l.text) > 400 {
			continue
		}
		if m := windowsRE.FindStringSubmatch(l.text); m != nil && !b.has[OSVersion] {
			b.add(OSVersion, m[1], m[1], l.num)
		}
		if m := remoteRE.FindStringSubmatch(l.text); m != nil {
			p.machines[normalHost(m[1])] = true
		}
		if elevatedTitle(l.text) && !b.has[Elevated] {
			b.add(Elevated, l.text, "true", l.num)
		}
	}
	p.commit(b, machineSubject(), "")
}

var (
	windowsRE = compile(`^Microsoft Windows \[\S{1,20} ([0-9]+\.[0-9]+\.[0-9]+(?:\.[0-9]+)?)\]`)
	remoteRE  = compile(`^\[([A-Za-z0-9][A-Za-z0-9.-]{0,120})\]: ?PS [A-Za-z]:\\`)
)

// elevatedTitle tells the title of a command window that runs as administrator.
func elevatedTitle(s string) bool {
	for _, title := range []string{"Administrator: Command Prompt", "Administrator: Windows PowerShell", "Administrator: C:\\", "Administrator: Ledetekst",
		"Administratör: Kommandotolken", "Администратор: Командная строка", "管理员: 命令提示符", "Administrator: Windows"} {
		if strings.HasPrefix(s, title) {
			return true
		}
	}
	return false
}
