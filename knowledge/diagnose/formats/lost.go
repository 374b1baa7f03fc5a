package formats

import (
	"slices"
	"strings"
)

// Where a text lost its line breaks, lines began not only at labels: also at the results of an attempt, at
// prompts and rules, and after values that end a line in every language.

var (
	ruleSpan   = compile(`-{12,}`)
	promptSpan = compile(`(?:PS )?[A-Z]:\\[^<>|:]{0,80}> ?(?i:cscript|slmgr|nslookup|ospp|telnet|psping|Resolve-DnsName|Test-NetConnection|tnc)\b`)
	doneSpan   = compile(`\bedition\s*\((?:` + guidPattern + `)\)\s*(?:\.\.\.|…)?\s*`)
	beginSpan  = compile(`(?:Activating|Aktiverer|Aktiverar|Активация|正在激活) (?:Windows|Office|Microsoft)[^:]{3,120}\bedition\s*\(`)
	errorSpan  = compile(`(?:Error|Feil|Fel|Ошибка|错误)\s?: ?0[xX][0-9a-fA-F]{8}`)
	expirySpan = compile(`\bedition:[\s;|]+`)
	// values that end a line of slmgr whatever the language, before another label
	endSpan    = compile(`(?:\bedition|\bchannel|` + guidPattern + `|\.[0-9]{4}-[0-9]{7}|\b(?:Volume|Retail|OEM):[A-Za-z:]{2,12}|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}|: [A-Z0-9]{5}|:[0-9]{2,5}|: [0-9]{1,7} \p{L}{2,8}|\)\)?)[\s;|]+(\p{Lu}[\p{L}\p{N} ()./-]{2,70}: )`)
	lostPhrase = foldedLiterals(resultTerms, osppPhraseTerms)
)

var osppPhraseTerms = []term{
	{"detected", english("Installed product key detected")},
	{"success", english("<Product activation successful>")},
	{"exiting", english("---Exiting")},
}

// foldedLiterals are phrases as they are spelled.
func foldedLiterals(tables ...[]term) []string {
	var out []string
	for _, table := range tables {
		for _, t := range table {
			for _, forms := range t.forms {
				for form := range strings.SplitSeq(forms, "|") {
					if len(form) >= 10 && form != "Активация" {
						out = append(out, form)
					}
				}
			}
		}
	}
	return out
}

// lostOffsets are all the places in a line where lost lines began, or nil where the line is whole.
func lostOffsets(s string) []int {
	if len(s) < 40 || len(s) > 64<<10 {
		return labelOffsets(s)
	}
	cuts := labelOffsets(s)
	add := func(at int) {
		if at > 0 && at < len(s) {
			cuts = append(cuts, at)
		}
	}
	if strings.Contains(s, "edition") {
		for _, m := range doneSpan.FindAllStringIndex(s, 200) {
			add(m[1])
		}
		for _, m := range beginSpan.FindAllStringIndex(s[1:], 200) {
			add(m[0] + 1)
		}
		for _, m := range expirySpan.FindAllStringIndex(s, 200) {
			if _, _, lang := expiry(s[m[1]:]); lang != "" {
				add(m[1])
			}
		}
		if strings.Count(s, ": ") >= 4 && strings.Contains(s, "channel") {
			if ends := endSpan.FindAllStringSubmatchIndex(s, 2000); len(ends) >= 4 {
				for _, m := range ends {
					add(m[2])
				}
			}
		}
		if strings.Contains(s, ") ...") || strings.Contains(s, ")...") {
			for _, m := range errorSpan.FindAllStringIndex(s, 200) {
				add(m[0])
			}
		}
	}
	for _, phrase := range phrasesFor(s) {
		for _, at := range offsets(s, phrase) {
			if wholePhrase(s, at) {
				add(at)
			}
		}
	}
	if strings.Contains(s, "------------") {
		for _, m := range ruleSpan.FindAllStringIndex(s, 2000) {
			add(m[0])
			add(m[1])
		}
	}
	if strings.LastIndex(strings.TrimPrefix(s, "PS "), `:\`) > 1 { // at the beginning nothing is lost
		for _, m := range promptSpan.FindAllStringIndex(s, 200) {
			add(m[0])
		}
	}
	if strings.Contains(s, "_vlmcs") {
		for _, at := range dnsOffsets(s) {
			add(at)
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// offsets are the places where a phrase stands.
func offsets(s, phrase string) []int {
	var out []int
	for at := 0; ; at += len(phrase) {
		i := strings.Index(s[at:], phrase)
		if i < 0 {
			return out
		}
		at += i
		out = append(out, at)
	}
}

// dnsMarks begin lines of nslookup.
var dnsMarks = []string{"*** ", "DNS request timed out", "Server: ", "Tjener: ", "Сервер: ", "服务器: ", "Address: ", "Addresses: ", "Adress: ", "Adresse: "}

func dnsOffsets(s string) []int {
	var out []int
	for _, mark := range dnsMarks {
		for _, at := range offsets(s, mark) {
			value := strings.TrimLeft(s[at+len(mark):], " ")
			if !strings.HasPrefix(mark, "Ad") || value != "" && isHex(value[0]) {
				out = append(out, at)
			}
		}
	}
	for _, at := range offsets(s, "SRV service location") {
		name := strings.TrimRight(s[:at], "\t ")
		if begin := strings.LastIndex(name, "_vlmcs._tcp"); begin >= 0 && !strings.ContainsAny(name[begin:], "\t ") {
			out = append(out, begin)
		}
	}
	return out
}

// phrasesFor spares the search where an attempt cannot stand in the line.
func phrasesFor(s string) []string {
	if strings.Contains(s, "edition") || strings.Contains(s, "SKU ID") {
		return lostPhrase
	}
	return nil
}

// wholePhrase tells that a phrase stands after the end of a sentence, a bracket or a blank, not in a quotation.
func wholePhrase(s string, at int) bool {
	before := strings.TrimRight(s[:at], " \t|;")
	if before == "" {
		return false
	}
	return strings.HasSuffix(before, ".") || strings.HasSuffix(before, ")") || strings.HasSuffix(before, "…") || strings.HasSuffix(before, "-") ||
		strings.HasSuffix(before, "。") || isPartialKey(before[max(0, len(before)-5):])
}

// withoutSeparator takes off the sign that stands in the place of the lost breaks.
func withoutSeparator(parts []line) {
	for _, sign := range []string{"|", ";", "/", "•", "¶"} {
		n := 0
		for i := range parts {
			if strings.HasSuffix(parts[i].text, sign) {
				n++
			}
		}
		if n < 1 || n*2 < len(parts) {
			continue
		}
		for i := range parts {
			parts[i].text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(parts[i].text, sign), sign))
		}
	}
}
