package formats

import (
	"strings"
	"time"
	"unicode/utf8"
)

// parseSlmgrATO reads activation attempts of slmgr /ato: "Activating <name> (<id>) ..." and the result
// line after it. A /skms before the attempt tells which host was forced, a /ckms that none was.
func parseSlmgrATO(p *page) {
	a := attempts{p: p, asked: -1, tool: -1}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() {
			continue
		}
		if from := p.senders[l.num]; from != "" && from != a.from { // what was set on one computer is not on the next
			a.flush()
			a.from, a.host, a.asked, a.tool = from, "", -1, -1
		}
		a.command(i, l)
		a.read(i, l)
	}
	a.flush()
	if a.key != nil {
		b := newBlock()
		b.add(Statement, a.key.text, KeyInstalled, a.key.num)
		p.commit(b, machineSubject(), "")
	}
}

var (
	editionIDRE = compile(`edition\s*\(?\s*\(([0-9a-fA-F-]{8,40}|[*xX-]{3,40})\)`)
	productRE   = compile(`(?:Windows|Office|Microsoft)\b`)
	resultErrRE = compile(`^(?i:error|feil|fel|ошибка|错误|錯誤|fehler|erreur|errore|erro)(?:\s*:(.*)|\s+(0[xX×].*))`)
	slmgrCmdRE  = compile(`(?i)\bslmgr(?:\.vbs)?["']?\s+(?:[^\s/-]\S*\s+){0,3}[/-]([a-z][a-z-]{1,14})\b\s*("[^"]{1,260}"|\S*)`)
)

// resultTerms word how an attempt ended, and the host that /skms set; "..." is a value.
var resultTerms = []term{
	{"success", [5]string{"Product activated successfully", "Produktet er aktivert|Produktet ble aktivert", "Produkten har aktiverats|Produkten aktiverades", "Активация выполнена успешно|Продукт успешно активирован", "成功地激活了产品|成功的激活了产品|产品激活成功"}},
	{"failed", [5]string{"Error: Product activation failed|Product activation failed", "", "", "", ""}},
	{"skms", [5]string{"Key Management Service machine name set to", "Navnet på KMS-maskinen er satt til", "Nyckelhanteringstjänstens datornamn har angetts till", "Имя компьютера службы управления ключами успешно установлено", "密钥管理服务计算机名成功地设置为|密钥管理服务计算机名成功的设置为"}},
	{"ckms", [5]string{"Key Management Service machine name cleared successfully", "", "", "", ""}},
	{"activating", [5]string{"Activating", "Aktiverer", "Aktiverar", "Активация", "正在激活"}},
	{"installed", [5]string{"Installed product key|Product key installation successful", "", "", "Установлен ключ продукта", "成功地安装了产品密钥"}},
}

// KeyInstalled is the statement that slmgr.vbs or ospp.vbs installed a product key.
const KeyInstalled = "key-installed"

var resultPhrases = newLabelSet(resultTerms)

// attempts follows a text from attempt to attempt.
type attempts struct {
	p       *page
	cur     *block
	begun   int // logical line of the current attempt's first line
	used    []int
	host    string // set by /skms, for the attempts that follow
	hostNum int
	from    string // the computer whose lines these are, where they say it
	asked   int    // logical line of the /ato command that stands before, -1 = none
	tool    int    // logical line of the slmgr.vbs command that stands before, -1 = another one or none
	key     *line  // that says that a key was installed, the last one
	lang    string
}

// attemptLines and attemptTime bound how far its result may stand from where an attempt begins; toolLines, how far
// any error of slmgr.vbs stands from the command: the banner of the script host comes between.
const (
	attemptLines = 16
	attemptTime  = 10 * time.Minute
	toolLines    = 6
)

// recent tells whether logical line i may still be of what began at line begun: in a log that goes on for days
// the next failure may be of anything.
func (a *attempts) recent(begun, i int) bool {
	if begun < 0 || i-begun > attemptLines {
		return false
	}
	from, to := a.p.stamp(begun), a.p.stamp(i)
	return from.IsZero() || to.IsZero() || to.Sub(from).Abs() <= attemptTime
}

// command notes the slmgr commands around attempts.
func (a *attempts) command(i int, l *line) {
	if len(l.text) > 400 {
		return
	}
	m := slmgrCmdRE.FindStringSubmatch(l.text)
	if m == nil || !l.prompt && !strings.HasPrefix(strings.ToLower(l.text), "slmgr") && !strings.HasPrefix(strings.ToLower(l.text), "cscript") {
		if l.prompt {
			a.tool = -1
		}
		return
	}
	a.tool = i
	switch strings.ToLower(m[1]) {
	case "ato":
		a.flush()
		a.asked = i
	case "skms":
		a.flush()
		a.setHost(m[2], l.num)
	case "ckms":
		a.flush()
		a.host = ""
	default:
		a.flush()
		a.asked = -1
	}
}

func (a *attempts) setHost(v string, num int) {
	v = strings.Trim(v, `"'`)
	if _, _, ok := splitHostPort(v); ok || partedName(v) {
		a.host, a.hostNum = v, num
	}
}

func (a *attempts) read(i int, l *line) {
	if a.cur != nil && i-a.begun > attemptLines {
		a.flush()
	}
	if m, ok := activating(a.withNext(i)); ok && !strings.Contains(l.text[:min(len(l.text), m.name)], ":") {
		a.start(i, m)
		return
	}
	if len(l.text) > 600 {
		return
	}
	if k, ok := resultPhrases.phrase(l.text); ok && k.field != "activating" {
		a.result(i, l, k)
		return
	}
	if m := resultErrRE.FindStringSubmatchIndex(l.text); m != nil {
		from := max(m[2], m[4])
		a.failure(i, l, l.text[from:m[1]], from)
	}
}

// activatingLine is where the parts of "Activating <name> (<id>) ..." stand.
type activatingLine struct{ name, nameEnd, id, idEnd, end int }

func activating(s string) (activatingLine, bool) {
	m := editionIDRE.FindStringSubmatchIndex(s)
	if m == nil {
		return activatingLine{}, false
	}
	nameEnd := m[0] + len("edition")
	for from := 0; from < nameEnd; {
		p := productRE.FindStringIndex(s[from:nameEnd])
		if p == nil {
			break
		}
		name := from + p[0]
		if utf8.RuneCountInString(s[:name]) > 80 {
			break
		}
		if utf8.RuneCountInString(s[name:nameEnd]) <= 160 {
			return activatingLine{name, nameEnd, m[2], m[3], m[1]}, true
		}
		from += p[1]
	}
	return activatingLine{}, false
}

// withNext is the line, with the next one added where a message box broke "Activating ... edition" before
// the id.
func (a *attempts) withNext(i int) string {
	l := &a.p.lines[i]
	if i+1 < len(a.p.lines) && strings.HasSuffix(l.text, "edition") && strings.HasPrefix(a.p.lines[i+1].text, "(") {
		return l.text + " " + a.p.lines[i+1].text
	}
	return l.text
}

func (a *attempts) start(i int, m activatingLine) {
	a.flush()
	text := a.withNext(i)
	l := &a.p.lines[i]
	a.cur, a.begun = newBlock(), i
	if k, ok := resultPhrases.phrase(text[:m.name]); ok {
		a.lang = k.lang
	}
	a.forced()
	name := text[m.name:m.nameEnd]
	a.cur.add(LicenseName, name, name, l.at(m.name))
	if e := editionOf(name); e != "" {
		a.cur.add(Edition, e, e, l.at(m.name))
	}
	num := l.at(m.id)
	if m.id >= len(l.text) {
		num = a.p.lines[i+1].num
		a.used = append(a.used, i+1)
	}
	a.cur.addGUID(text[m.id:m.idEnd], num, ActivationID, SkuID)
	a.used = append(a.used, i)
	rest := strings.TrimLeft(text[m.end:], " .…")
	if rest != "" { // all on one line
		a.tail(i, rest)
	}
}

// tail reads a result that follows on the same line.
func (a *attempts) tail(i int, rest string) {
	l := &a.p.lines[i]
	if k, ok := resultPhrases.phrase(rest); ok {
		a.result(i, l, k)
	} else if value, c, ok := firstCode(rest); ok {
		a.cur.addCode(value, c, l.num)
		a.cur.add(ActivationResult, value, Failed, l.num)
	}
}

// forced adds the host that /skms had set.
func (a *attempts) forced() {
	if a.host != "" {
		a.cur.addHost(a.host, FromRegistry, a.hostNum)
	}
}

func (a *attempts) result(i int, l *line, k known) {
	switch k.field {
	case "skms":
		a.p.saw(k.lang)
		if _, v, ok := strings.Cut(l.text, ": "); ok && partedName(v) {
			a.setHost(v, l.num)
			return
		}
		for word := range strings.FieldsSeq(l.text[max(0, len(l.text)-120):]) {
			if h := strings.Trim(word, `"'.,。`); strings.ContainsAny(h, ".:") || strings.HasPrefix(h, "kms") {
				a.setHost(h, l.num)
			}
		}
	case "ckms":
		a.host = ""
	case "installed":
		if !strings.Contains(l.text, "detected") { // what ospp.vbs says before it activates
			a.key = l
		}
	case "success", "failed":
		a.ensure(i)
		r := Success
		if k.field == "failed" {
			r = Failed
		}
		a.cur.add(ActivationResult, l.text, r, l.num)
		a.used = append(a.used, i)
		a.lang = k.lang
		a.flush()
	}
}

// ensure opens an attempt whose first line is missing from the paste.
func (a *attempts) ensure(i int) {
	if a.cur == nil {
		a.cur, a.begun = newBlock(), i
		a.forced()
	}
}

// failure takes "Error: 0x... text". Without an attempt before it no result is stated: /ipk and others print errors
// in the same form. Without any command before it only codes of the licensing service are taken.
func (a *attempts) failure(i int, l *line, rest string, off int) {
	value, c, ok := firstCode(rest)
	if !ok || strings.Index(rest, value) > 120 {
		return
	}
	if a.cur != nil && !a.recent(a.begun, i) {
		a.flush()
	}
	knownAttempt := a.cur != nil || a.recent(a.asked, i)
	if !knownAttempt && (!c.Failure() || !licensing(c) && !(i-a.tool <= toolLines && a.recent(a.tool, i))) {
		return
	}
	a.ensure(i)
	num := l.at(off + strings.Index(rest, value))
	a.cur.addCode(value, c, num)
	if knownAttempt {
		a.cur.add(ActivationResult, value, Failed, num)
	}
	a.used = append(a.used, i)
	a.lang = errorLanguage(l.text)
	a.flush()
}

func errorLanguage(text string) string {
	low := strings.ToLower(text)
	for prefix, lang := range map[string]string{"error": "en", "feil": "nb", "fel": "sv", "ошибка": "ru", "错误": "zh"} {
		if strings.HasPrefix(low, prefix) {
			return lang
		}
	}
	return ""
}

func (a *attempts) flush() {
	if a.cur != nil && len(a.cur.facts) > 0 {
		a.p.saw(a.lang)
		for _, i := range a.used {
			a.p.lines[i].taken = true
		}
		a.p.commit(a.cur, a.p.next(AttemptSubject), SlmgrATO)
		a.asked = -1
	}
	a.cur, a.used, a.lang = nil, nil, ""
}
