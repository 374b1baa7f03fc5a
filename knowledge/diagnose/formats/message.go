package formats

import (
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// parseMessage reads what short texts quote without a code: the warning of slmgr.vbs that one setting
// overrides another, messages of Setup about a product key, and questions about the product codes of
// Windows Installer. Long texts, such as articles and setup logs, mention all of them and mean nobody's case.
func parseMessage(p *page) {
	b := newBlock()
	brief := p.brief() && !p.elsewhere()
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() || len(l.text) > 600 {
			continue
		}
		if overridesDomain(l.text) {
			b.add(Statement, l.text, SetHostOverridesDomain, l.num)
			l.taken = true
			continue
		}
		if p.emptyObjects(i) {
			b.add(Statement, l.text, NoActivationObject, l.num)
			l.taken = true
			continue
		}
		if brief {
			p.message(b, l)
		}
	}
	if len(b.facts) > 0 {
		p.commit(b, machineSubject(), FreeText)
	}
}

// Normal forms of statements that messages make.
const (
	SetHostOverridesDomain = "skms-overrides-domain" // slmgr.vbs: the set host wins over the lookup domain
	LeakedKeyMessage       = "leaked-key"            // Setup: the key that Windows was installed with is invalid
	ImageMismatchMessage   = "key-not-for-image"     // Setup: the key fits no image of the medium
	SetupKeyInvalidMessage = "setup-key-invalid"     // Setup: the key is invalid, and no code
	NoActivationObject     = "no-activation-object"  // slmgr.vbs /ao-list: no objects found
	ProductCodeQuoted      = "product-code"          // a product code of Windows Installer
	OfficeScript           = "ospp"                  // a result that only ospp.vbs prints, of a product that is not named
	InvalidHostName        = "invalid-kms-host"      // what is set for a KMS host is no name: "http://kms"
)

// emptyObjects tells the answer of slmgr.vbs /ao-list where Active Directory holds no activation object.
func (p *page) emptyObjects(i int) bool {
	if fold(p.lines[i].text) != "noobjectsfound" {
		return false
	}
	for j := i - 1; j >= max(0, i-4); j-- {
		if t := fold(p.lines[j].text); t == "activationobjects" || strings.Contains(t, "aolist") {
			return true
		}
	}
	return false
}

// messageTerms are Setup's messages. Translations are for recognition only.
var messageTerms = []term{
	{LeakedKeyMessage, [5]string{"The product key used to install Windows is invalid", "Produktnøkkelen som ble brukt til å installere Windows, er ugyldig", "Produktnyckeln som användes för att installera Windows är ogiltig", "Ключ продукта, использованный при установке Windows, недействителен|Ключ продукта, использованный для установки Windows, недействителен", "用于安装 Windows 的产品密钥无效"}},
	{ImageMismatchMessage, [5]string{"The product key entered does not match any of the Windows images", "", "", "", ""}},
	{SetupKeyInvalidMessage, [5]string{"The product key is invalid", "Produktnøkkelen er ugyldig", "Produktnyckeln är ogiltig", "Ключ продукта недействителен", "产品密钥无效"}},
}

var messagePhrases = foldedForms(messageTerms)

// foldedForm is a message as fold leaves it.
type foldedForm struct {
	field field
	text  string
	lang  string
}

func foldedForms(terms []term) []foldedForm {
	var out []foldedForm
	for _, t := range terms {
		for i, forms := range t.forms {
			for form := range strings.SplitSeq(forms, "|") {
				if form != "" {
					out = append(out, foldedForm{t.field, fold(form), languages[i]})
				}
			}
		}
	}
	return out
}

// setupWords show that a text is about installing the product; without them an invalid key may be one that was
// typed for activation. toolWords show that it was.
var (
	setupWords = []string{"setup", "installer", "install windows", "install office", "installing windows", "installing office", "installation", "dvd", " iso ", "boot media",
		"installasjonsprogram", "under installasjon", "installationsprogram", "under installation", "программа установки", "при установке", "установочн", "安装程序", "安装 windows", "安装windows", "安装时", "安装介质"}
	toolWords = []string{"slmgr", "ospp", "slui", "changepk", "/ipk", "/inpkey"}
)

// aboutSetup tells whether the text speaks of installing the product and of no activation tool.
func (p *page) aboutSetup() bool {
	low := strings.ToLower(p.text)
	return containsAny(low, setupWords) && !containsAny(low, toolWords)
}

// message adds what one line of a short text states.
func (p *page) message(b *block, l *line) {
	if m := productCodeRE.FindString(l.text); m != "" {
		b.add(Statement, m, ProductCodeQuoted, l.num)
	}
	if len(code.Scan(l.text)) > 0 {
		return // the code says more than the words
	}
	f := fold(l.text)
	for _, m := range messagePhrases {
		if !strings.Contains(f, m.text) || m.field == SetupKeyInvalidMessage && !p.aboutSetup() {
			continue
		}
		b.add(Statement, l.text, string(m.field), l.num)
		p.saw(m.lang)
		return
	}
}

// productCodeRE is the product code of an Office package, the kind that people take for a key; other GUIDs
// look like activation ids.
var productCodeRE = compile(`(?i)\{?\b9[0-9A-F]1[0-9A-F]0000-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-0000000FF1CE\b\}?`)

// warningWords begin warnings of slmgr.vbs.
var warningWords = []string{"warning", "advarsel", "varning", "предупреждение", "внимание", "警告"}

// overridesDomain tells the warning that names both options, in whatever language.
func overridesDomain(text string) bool {
	low := strings.ToLower(text)
	begins := false
	for _, w := range warningWords {
		begins = begins || strings.HasPrefix(low, w)
	}
	rest := strings.ReplaceAll(low, "/skms-domain", "")
	return begins && len(rest) < len(low) && strings.Contains(rest, "/skms")
}

// brief tells a text of the length of a question: a few lines that somebody wrote.
func (p *page) brief() bool {
	n, size := 0, 0
	for i := range p.lines {
		if p.lines[i].blank() {
			continue
		}
		n++
		if size += len(p.lines[i].text); n > 20 || size > 2000 {
			return false
		}
	}
	return true
}
