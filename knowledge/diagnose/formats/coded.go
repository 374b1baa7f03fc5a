package formats

import (
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// addCode records a code as what it is: a failure, or only information (0x4004F040, success).
func (b *block) addCode(value string, c code.Code, num int) {
	k := InfoCode
	if c.Failure() {
		k = ErrorCode
	}
	b.add(k, value, c.String(), num)
}

// firstCode is the first full code of a text. Short flags ("0x2") are no codes.
func firstCode(text string) (value string, c code.Code, ok bool) {
	for _, m := range code.Scan(text) {
		if m.Kind != code.Flag || m.Code == 0 {
			return text[m.Start:m.End], m.Code, true
		}
	}
	return "", 0, false
}

// addFirstCode records the first code of a text and reports whether there was one.
func (b *block) addFirstCode(text string, num int) bool {
	value, c, ok := firstCode(text)
	if ok {
		b.addCode(value, c, num)
	}
	return ok
}

// licensing tells the codes that only the licensing services use: facility 4 of the software licensing
// client (0xC004xxxx, 0x4004xxxx, 0x8004E1xx), and the store licensing family 0x803F7xxx-0x803FAxxx.
func licensing(c code.Code) bool {
	switch c >> 16 {
	case 0xC004, 0x4004:
		return c&0xFFFF >= 0xB000
	case 0x8004:
		n := c & 0xFFF0
		return n >= 0xE100 && n < 0xE200 || n == 0xFE20 || n == 0xD100 || n == 0xE020
	case 0x803F:
		n := c & 0xF000
		return n >= 0x7000 && n <= 0xA000
	}
	return false
}

// activationWords are the stems by which the five languages speak of activation and licences.
// strongWords name tools and terms that nothing else uses; the others count only in short texts,
// because "activation" and "licence" stand in many unrelated logs.
var (
	strongWords = []string{"slmgr", "ospp.vbs", "slui", "sppsvc", "osppsvc", "software protection", "security-spp", "security-licensing-slc",
		"vlmcs", "key management service", "volume activation", "product key", "windows activation", "office activation", "activate windows", "activate office", "gvlk", "csvlk",
		"produktnøkkel", "produktnyckel", "volumaktivering", "volymaktivering", "nøkkelbehandlingstjeneste", "nyckelhanteringstjänst", "aktivere windows", "aktivera windows", "aktivere office", "aktivera office",
		"ключ продукта", "ключа продукта", "активаци", "активиров", "службы управления ключами",
		"产品密钥", "激活", "密钥管理服务", "批量授权"}
	weakWords = []string{"kms", "activat", "aktiver", "licens", "lisens", "licence", "лиценз", "许可证", "volume licens", "mak key", "mak-n", "genuine"}
)

// context remembers on which lines a document speaks of activation.
type context struct {
	strong []bool // by logical line
	weak   []bool
	any    bool // somewhere in the document
	short  bool // small enough that one mention covers all of it
}

const shortDocument = 60 // lines

func (p *page) activation() *context {
	if p.context != nil {
		return p.context
	}
	c := &context{strong: make([]bool, len(p.lines)), weak: make([]bool, len(p.lines)), short: len(p.lines) <= shortDocument}
	for i := range p.lines {
		if p.lines[i].blank() {
			continue
		}
		c.strong[i] = strongFinder.holds(p.lines[i].text)
		c.weak[i] = c.strong[i] || weakFinder.holds(p.lines[i].text)
		c.any = c.any || c.strong[i] || c.weak[i] && c.short
	}
	p.context = c
	return c
}

// near tells that activation is spoken of around logical line i: anywhere in a short text, else within
// three lines by a strong word or on the line itself.
func (c *context) near(i int) bool {
	if c.short {
		return c.any
	}
	return c.beside(i)
}

// beside tells that a strong word stands within three lines of logical line i.
func (c *context) beside(i int) bool {
	for j := max(0, i-3); j <= min(len(c.strong)-1, i+3); j++ {
		if c.strong[j] {
			return true
		}
	}
	return false
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
