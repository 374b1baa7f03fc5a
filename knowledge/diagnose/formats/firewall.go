package formats

import (
	"strings"
)

// parseFirewall reads the incoming rules of Windows Firewall that let KMS requests in, from
// netsh advfirewall firewall show rule and Get-NetFirewallRule. A rule is about KMS by its port or its name.
func parseFirewall(p *page) {
	w := firewall{p: p, b: newBlock()}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken {
			continue
		}
		if l.blank() {
			w.rule()
			continue
		}
		if w.read(l) {
			w.used = append(w.used, i)
		} else if l.taken = w.row(l); !l.taken {
			w.profile(l)
		}
	}
	w.rule()
	if w.b.has[FirewallRule] { // without one, the profile of a network is not our subject
		p.commit(w.b, machineSubject(), FreeText)
	}
}

const (
	fwName      field = "fw-name"
	fwGroup     field = "fw-group"
	fwEnabled   field = "fw-enabled"
	fwDirection field = "fw-direction"
	fwProfiles  field = "fw-profiles"
	fwPort      field = "fw-port"
	fwAction    field = "fw-action"
)

var firewallTerms = []term{
	{fwName, [5]string{"Rule Name|DisplayName|Name", "Regelnavn", "Regelnamn", "Имя правила", "规则名称"}},
	{fwGroup, [5]string{"Grouping|DisplayGroup", "Gruppering", "Gruppering", "Группирование", "分组"}},
	{fwEnabled, [5]string{"Enabled", "Aktivert", "Aktiverad|Aktiverat", "Включено", "已启用"}},
	{fwDirection, [5]string{"Direction", "Retning", "Riktning", "Направление", "方向"}},
	{fwProfiles, [5]string{"Profiles|Profile", "Profiler", "Profiler", "Профили", "配置文件"}},
	{fwPort, [5]string{"LocalPort", "Lokal port|LokalPort", "Lokal port|LokalPort", "Локальный порт|ЛокальныйПорт", "本地端口"}},
	{fwAction, [5]string{"Action", "Handling", "Åtgärd", "Действие", "操作"}},
}

var firewallLabels = newLabelSet(firewallTerms)

// kmsRuleRE tells rules for KMS by their names: the one that Windows brings, and what people call theirs.
var kmsRuleRE = compile(`(?i)\bKMS\b|Key Management Service|Nøkkelbehandlingstjeneste|Nyckelhanteringstjänst|Служба управления ключами|密钥管理服务|sppsvc|sppextcomobj`)

// firewallWords are what the tools say of a rule, folded. PowerShell speaks English everywhere.
var firewallWords = map[field]map[string]string{
	fwEnabled: {"yes": "ON", "true": "ON", "1": "ON", "ja": "ON", "да": "ON", "是": "ON",
		"no": "OFF", "false": "OFF", "2": "OFF", "nei": "OFF", "nej": "OFF", "нет": "OFF", "否": "OFF"},
	fwDirection: {"in": "IN", "inbound": "IN", "inn": "IN", "inngående": "IN", "ingående": "IN", "входящее": "IN", "входящие": "IN", "вход": "IN", "入": "IN", "入站": "IN",
		"out": "OUT", "outbound": "OUT", "ut": "OUT", "utgående": "OUT", "исходящее": "OUT", "исходящие": "OUT", "出": "OUT", "出站": "OUT"},
	fwAction: {"allow": "ALLOW", "tillat": "ALLOW", "tillåt": "ALLOW", "разрешить": "ALLOW", "允许": "ALLOW",
		"block": "BLOCK", "blokker": "BLOCK", "blockera": "BLOCK", "блокировать": "BLOCK", "запретить": "BLOCK", "阻止": "BLOCK"},
}

// firewall gathers the rules of a document; what is read of one rule stands in said.
type firewall struct {
	p    *page
	b    *block
	said map[field]string
	kms  bool
	num  int
	used []int
}

func (w *firewall) read(l *line) bool {
	if len(l.text) > 300 || !strings.Contains(l.text, ":") {
		return false
	}
	k, value, ok := firewallLabels.field(l)
	if !ok {
		return false
	}
	if k.field == fwName && w.said[fwEnabled] != "" {
		w.rule() // PowerShell and netsh both begin with the name
	}
	if w.said == nil {
		w.said = map[field]string{}
	}
	switch k.field {
	case fwName, fwGroup:
		w.kms = w.kms || kmsRuleRE.MatchString(value)
	case fwPort:
		w.kms = w.kms || hasPort(value, "1688")
	case fwProfiles:
		w.said[fwProfiles] = profilesOf(value)
	default:
		w.said[k.field] = firewallWords[k.field][fold(value)]
	}
	if k.field == fwEnabled {
		w.num = l.num
	}
	return true
}

// row reads a rule of Get-NetFirewallRule | Format-Table: after the name stand the values of the columns chosen,
// which are known by themselves.
func (w *firewall) row(l *line) bool {
	if len(l.text) > 300 || l.prompt || strings.Contains(l.text, ":") || !strings.Contains(l.text, "Inbound") {
		return false
	}
	at := kmsRuleRE.FindStringIndex(l.text)
	if at == nil {
		return false
	}
	said := map[field]string{}
	for word := range strings.FieldsFuncSeq(l.text[at[1]:], func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
		switch word {
		case "True", "False":
			said[fwEnabled] = firewallWords[fwEnabled][fold(word)]
		case "Inbound", "Outbound":
			said[fwDirection] = firewallWords[fwDirection][fold(word)]
		case "Allow", "Block":
			said[fwAction] = firewallWords[fwAction][fold(word)]
		case "Domain", "Private", "Public", "Any":
			said[fwProfiles] += " " + word
		}
	}
	if said[fwEnabled] == "" || said[fwDirection] != "IN" || said[fwAction] == "" {
		return false
	}
	state := strings.TrimSpace(said[fwEnabled] + " " + said[fwAction] + " " + profilesOf(said[fwProfiles]))
	w.b.add(FirewallRule, l.text, state, l.num)
	return true
}

// NetworkProfile begins the statement of Get-NetConnectionProfile; DOMAIN, PRIVATE or PUBLIC follows.
const NetworkProfile = "network-profile-"

var profileRE = compile(`^NetworkCategory\s*:\s*(DomainAuthenticated|Private|Public)$`)

// profile reads which profile of the firewall applies to a connection.
func (w *firewall) profile(l *line) {
	if !strings.HasPrefix(l.text, "NetworkCategory") {
		return
	}
	if m := profileRE.FindStringSubmatch(l.text); m != nil {
		w.b.add(Statement, m[1], NetworkProfile+profilesOf(m[1]), l.num)
	}
}

func hasPort(list, port string) bool {
	for _, p := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '{' || r == '}' }) {
		if p == port {
			return true
		}
	}
	return false
}

// profilesOf names the network profiles of a rule in a fixed order; any profile is all three.
func profilesOf(s string) string {
	low := strings.ToLower(s)
	var out []string
	for _, row := range []struct {
		name  string
		words []string
	}{
		{"DOMAIN", []string{"domain", "domene", "domän", "домен", "域", "any"}},
		{"PRIVATE", []string{"private", "privat", "частн", "专用", "any"}},
		{"PUBLIC", []string{"public", "offentlig", "общ", "публичн", "公用", "any"}},
	} {
		if containsAny(low, row.words) {
			out = append(out, row.name)
		}
	}
	return strings.Join(out, ",")
}

// rule ends a rule: "ON ALLOW DOMAIN,PRIVATE". Outgoing rules do not decide whether requests come in.
func (w *firewall) rule() {
	said := w.said
	if w.kms && said[fwEnabled] != "" && said[fwAction] != "" && said[fwDirection] == "IN" {
		for _, i := range w.used {
			w.p.lines[i].taken = true
		}
		state := strings.TrimSpace(said[fwEnabled] + " " + said[fwAction] + " " + said[fwProfiles])
		w.b.add(FirewallRule, w.p.lines[w.used[len(w.used)-1]].text, state, w.num)
	}
	w.said, w.kms, w.used = nil, false, nil
}
