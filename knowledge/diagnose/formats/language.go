package formats

import "strings"

// wordsOf are further signs of a language: banners and common words around outputs that are English
// everywhere, such as those of ospp.vbs.
var wordsOf = map[string][]string{
	"nb": {"feilkode", "aktiveringsfeil", "lisens", "nøkkel", " ikke ", " og ", " på ", " jeg ", " ble ", "med enerett"},
	"sv": {"felkod", "aktiveringsfel", "felmeddelande", "licensi", "nyckel", " inte ", " och ", " på ", " att ", " jag ", " för att ", "ensamrätt"},
	"ru": {"версия", "все права защищены", "ошибка", "активац", "лиценз", "сервер"},
	"zh": {"版权所有", "保留所有权利", "激活", "错误", "版本", "服务器", "许可"},
}

// language is the document's language: that of most labels, where one in another language than English
// outweighs any number of English ones, because much output is English on every Windows.
func (p *page) language() string {
	best, most := "", 0
	for _, lang := range languages[1:] {
		if n := p.langs[lang]; n > most {
			best, most = lang, n
		}
	}
	if best != "" {
		return best
	}
	if len(p.doc.Facts) == 0 {
		return ""
	}
	if lang := p.wordLanguage(); lang != "" {
		return lang
	}
	if p.langs["en"] > 0 || asciiOnly(p.text) {
		return "en"
	}
	return ""
}

// wordLanguage counts signs in the beginning of the text; two different ones decide.
func (p *page) wordLanguage() string {
	low := strings.ToLower(p.text[:min(len(p.text), sampleBytes)])
	best, most := "", 1
	for _, lang := range languages[1:] {
		n := 0
		for _, w := range wordsOf[lang] {
			if strings.Contains(low, w) {
				n++
			}
		}
		if n > most {
			best, most = lang, n
		}
	}
	if best == "" && strings.Contains(low, "版权所有") {
		return "zh"
	}
	return best
}

func asciiOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
