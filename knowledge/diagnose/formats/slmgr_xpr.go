package formats

import (
	"strings"
)

// ActivationExpires is the statement that a product is activated until a date.
const ActivationExpires = "activation-expires"

// parseSlmgrXPR reads slmgr /xpr: the product's name with a colon, and under it one sentence that says
// whether and until when it is activated.
func parseSlmgrXPR(p *page) {
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() || len(l.text) > 300 {
			continue
		}
		if _, _, labelled := slmgrLabels.field(l); labelled {
			continue // "Volume activation expiration: ..." of /dlv
		}
		if st, note, lang := expiry(l.text); st != "" {
			p.commitExpiry(i, st, note, lang)
		}
	}
}

var xprTerms = []term{
	{"permanent", [5]string{"The machine is permanently activated|permanently activated", "Maskinen er permanent aktivert", "Datorn är permanent aktiverad", "Постоянная активация прошла успешно|Компьютер активирован навсегда", "计算机已永久激活|机器已永久激活"}},
	{"expires", [5]string{"Volume activation will expire|Timebased activation will expire|Automatic VM activation will expire", "Volumaktiveringen utløper", "Volymaktiveringen upphör|Volymaktiveringen kommer att upphöra", "Срок многопользовательской активации истекает|Срок действия многопользовательской активации истекает", "批量激活将于|批量激活将在"}},
	{"OOB_GRACE", [5]string{"Initial grace period ends", "", "", "", "初始宽限期截止|初始宽限期结束"}},
	{"OOT_GRACE", [5]string{"Additional grace period ends", "", "", "", ""}},
	{"NON_GENUINE_GRACE", [5]string{"Non-genuine grace period ends", "", "", "", ""}},
	{"EXTENDED_GRACE", [5]string{"Extended grace period ends", "", "", "", ""}},
	{"NOTIFICATION", [5]string{"Windows is in Notification mode|Notification mode", "Windows er i varslingsmodus", "Windows är i meddelandeläge|Windows är i aviseringsläge", "Windows находится в режиме уведомления", "Windows 处于通知模式"}},
}

var xprPhrases = newLabelSet(xprTerms)

// expiry reads the sentence: the licence state it means, and what else it says.
func expiry(text string) (status, note, lang string) {
	k, ok := xprPhrases.phrase(text)
	if !ok {
		return "", "", ""
	}
	switch k.field {
	case "permanent":
		return "LICENSED", "permanently-activated", k.lang
	case "expires":
		return "LICENSED", ActivationExpires, k.lang
	}
	return string(k.field), "", k.lang
}

var xprNameRE = compile(`^((?:Windows|Office|Microsoft)\b.{0,140} edition)\s*:?$`)

func (p *page) commitExpiry(i int, status, note, lang string) {
	b := newBlock()
	l := &p.lines[i]
	used := []int{i}
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if m := xprNameRE.FindStringSubmatch(p.lines[j].text); m != nil && !p.lines[j].taken {
			b.add(LicenseName, m[1], m[1], p.lines[j].num)
			if e := editionOf(m[1]); e != "" {
				b.add(Edition, e, e, p.lines[j].num)
			}
			used = append(used, j)
			break
		}
	}
	if !b.has[LicenseName] && !p.activation().near(i) && !strings.Contains(l.text, "Windows") {
		return
	}
	b.add(LicenseStatus, l.text, status, l.num)
	if note != "" {
		b.add(Statement, l.text, note, l.num)
	}
	for _, j := range used {
		p.lines[j].taken = true
	}
	p.saw(lang)
	p.commit(b, p.next(LicenseSubject), SlmgrXPR)
}
