package knowledge_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/rogpeppe/go-internal/txtar"
)

// small is the pack of testdata/small.txtar.
func small(t testing.TB) fstest.MapFS {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/small.txtar")
	if err != nil {
		t.Fatal(err)
	}
	pack := fstest.MapFS{}
	for _, f := range archive.Files {
		pack[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return pack
}

func load(t testing.TB, packs ...fs.FS) *knowledge.Base {
	t.Helper()
	b, err := knowledge.Load(packs...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// change replaces text in a file of the pack; an empty old text replaces the whole file, and an
// empty new file removes it.
func change(t *testing.T, pack fstest.MapFS, name, old, new string) {
	t.Helper()
	f := pack[name]
	switch {
	case old == "" && new == "":
		delete(pack, name)
	case old == "":
		pack[name] = &fstest.MapFile{Data: []byte(new)}
	case f == nil || !strings.Contains(string(f.Data), old):
		t.Fatalf("%s does not hold %q", name, old)
	default:
		pack[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(f.Data), old, new, 1))}
	}
}

// A want of several lines is one fault that shows in several places.
func TestEveryDefectIsReportedOnceAtItsPlace(t *testing.T) {
	const (
		en = "articles/no-host/en.md"
		nb = "articles/no-host/nb.md"
		sv = "articles/no-host/sv.md"
		ru = "articles/no-host/ru.md"
		zh = "articles/no-host/zh.md"
		ay = "articles/no-host/article.yaml"
		cy = "codes/0xC004F.yaml"
		fy = "findings/wrong-host.yaml"
	)
	for _, tt := range []struct{ name, file, old, new, want string }{
		// Files and packs.
		{"file that no pack has", "articles/no-host/en.markdown", "", "x", "articles/no-host/en.markdown: unknown file"},
		{"language that the pack does not declare", "articles/no-host/de.md", "", "x", "articles/no-host/de.md: unknown file"},
		{"newer format", "pack.yaml", "formatVersion: 1", "formatVersion: 2", "pack.yaml:3: formatVersion: needs version 2 or newer of the content format; this program reads version 1"},
		{"built-in pack without a language", "pack.yaml", ", zh]", "]", "pack.yaml:4: languages: the built-in pack has all languages: zh is missing"},
		{"unknown language", "pack.yaml", "zh]", "zh, de]", `pack.yaml:4: languages[5]: unknown or repeated language "de"`},
		{"first pack with another name", "pack.yaml", "built-in", "mine", "pack.yaml:1: name: the first pack is named built-in"},
		{"bytes that are not UTF-8", "winerror.yaml", "5", "\xff", "winerror.yaml:1: not UTF-8"},
		{"bidirectional character", en, "at all", "at \u202eall", en + ":9: control or bidirectional character U+202E"},
		{"control character", en, "at all", "at \x1ball", en + ":9: control character U+001B"},
		// YAML.
		{"not YAML", "winerror.yaml", "- {number", "- {{number", "winerror.yaml:1: not YAML: did not find expected ',' or '}'"},
		{"empty file", "winerror.yaml", "- {number: 5, name: ERROR_ACCESS_DENIED}", "", "winerror.yaml:1: is empty"},
		{"two documents", "winerror.yaml", "- {number", "- {number: 6, name: X}\n---\n- {number", "winerror.yaml: holds more than one YAML document"},
		{"unknown field", cy, "    explanation: too-few", "    explanation: too-few\n    cause: x", cy + ":13: codes[0].cause: unknown field"},
		{"field twice", ay, "events:", "kind: TASK\nevents:", ay + ":8: kind: stands twice"},
		{"field without a value", ay, "products: [WINDOWS]", "products:", ay + ":9: products: is empty"},
		{"missing field", cy, "    severity: ERROR\n    channels", "    channels", cy + ":8: codes[0].severity: is required"},
		{"number for a string", ay, `["12288"]`, "[12288]", ay + ":8: events[0]: must be a string: quote it"},
		{"code without quotes", cy, `aliasOf: "0xC004F038"`, "aliasOf: 0xC004F038", cy + ":16: codes[1].aliasOf: must be a quoted string"},
		{"string for a number", fy, "order: 10", "order: ten", fy + ":6: order: must be a whole number"},
		{"string for a truth", "findings/healthy.yaml", "positive: true", `positive: "true"`, "findings/healthy.yaml:3: positive: must be true or false"},
		{"string for a list", ay, "[WINDOWS]", "WINDOWS", ay + ":9: products: must be a list"},
		{"string for a mapping", ay, `- code: "0x80070005"`, "- x", ay + ":7: codes[1]: must be a mapping"},
		{"list for a string", ay, "kind: PROBLEM", "kind: [PROBLEM]", ay + ":3: kind: must be a single value"},
		{"alias", ay, "channels: [KMS]\nroles: [CLIENT]", "channels: &x [KMS]\nroles: *x", ay + ":11: roles: YAML aliases are not allowed"},
		{"unknown language of a text", cy, "nb: Antallet er for lavt.", "nb: Antallet er for lavt., no: X", cy + ":11: codes[0].message.no: unknown language"},
		// Ids, order, references.
		{"malformed id", "glossary.yaml", "id: activation", "id: Activation", `glossary.yaml:1: [0].id: "Activation" does not match ^[a-z0-9][a-z0-9-]{1,62}$`},
		{"duplicate id", "commands.yaml", "id: reg-set", "id: ospp-act", en + ":21: resolution.set: {cmd reg-set}: unknown command" + "\n" +
			nb + ":21: resolution.set: {cmd reg-set}: unknown command" + "\n" +
			ru + ":21: resolution.set: {cmd reg-set}: unknown command" + "\n" +
			sv + ":21: resolution.set: {cmd reg-set}: unknown command" + "\n" +
			zh + ":21: resolution.set: {cmd reg-set}: unknown command" + "\n" +
			"commands.yaml:17: commands[1].id: duplicate: ospp-act stands before"},
		{"unsorted record", "glossary.yaml", "id: activation", "id: zone", "glossary.yaml:4: [1].id: unsorted: kms-host belongs before zone"},
		{"unsorted code", cy, "0xC004F039", "0xC004F099", cy + ":19: codes[2].code: unsorted: 0xC004F074 belongs before 0xC004F099"},
		{"code in the wrong file", "codes/0x8.yaml", "0x80070005", "0x90070005", ay + ":7: codes[1].code: unknown code 0x80070005" + "\n" +
			"codes/0x8.yaml:2: codes[0].code: 0x90070005 does not begin with the name of the file, 0x8"},
		{"missing language", cy, ", zh: 计数不足。", "", cy + ":11: codes[0].message: missing language zh"},
		{"unknown channel", cy, "[KMS]", "[KMX]", cy + `:10: codes[0].channels[0]: unknown channel "KMX"`},
		{"unknown place in a context", ay, "places: [SLMGR]", "places: [SLMGX]", ay + `:6: codes[0].when.places[0]: unknown place "SLMGX"`},
		{"unknown explanation", cy, "explanation: too-few", "explanation: too-many", cy + `:12: codes[0].explanation: unknown explanation "too-many"`},
		{"unknown code cited by a code", cy, `aliasOf: "0xC004F038"`, `aliasOf: "0xC004F03F"`, cy + ":16: codes[1].aliasOf: unknown code 0xC004F03F"},
		{"unknown event cited by a code", cy, `events: ["12288"]`, `events: ["12299"]`, cy + `:13: codes[0].events[0]: unknown event "12299"`},
		{"unknown code cited by an article", ay, `"0x80070005"`, `"0x80070006"`, ay + ":7: codes[1].code: unknown code 0x80070006"},
		{"code in another spelling", ay, `"0x80070005"`, `"0x8007000a"`, ay + `:7: codes[1].code: code: "0x8007000a": write 0x8007000A: malformed error code`},
		{"unknown event cited by an article", ay, `["12288"]`, `["1"]`, ay + `:8: events[0]: unknown event "1"`},
		{"unknown concept", ay, "[kms-host]", "[kms-hosts]", ay + `:12: concepts[0]: unknown concept "kms-hosts"`},
		{"unknown related article", ay, "[reference]", "[references]", ay + `:13: related[0]: unknown article "references"`},
		{"article related to itself", ay, "[reference]", "[no-host]", ay + ":13: related[0]: an article is not related to itself"},
		{"folder with another name", ay, "id: no-host", "id: no-hosts", ay + `:1: id: "no-hosts" is not the name of the folder, "no-host"`},
		{"alias that is an id", ay, "[no-server]", "[reference]", ay + ":2: aliases[0]: another article has the id or alias reference"},
		{"unknown kind", ay, "PROBLEM", "PUZZLE", ay + `:3: kind: unknown value "PUZZLE": one of [PROBLEM TASK CONCEPT REFERENCE]`},
		{"no sources", ay, `[{kb: "929826"}]`, "[]", ay + ":14: sources: is empty: every claim names its source"},
		{"KB number with letters", ay, `"929826"`, `"KB929826"`, ay + `:14: sources[0].kb: "KB929826" is not a number of five to seven digits`},
		{"article without article.yaml", "articles/x/en.md", "", "# X\n\nY.\n", "articles/x/article.yaml: is missing"},
		{"unknown tool", "commands.yaml", "tool: ospp", "tool: osppp", `commands.yaml:13: commands[0].tool: unknown tool "osppp"`},
		{"command with tool and run", "commands.yaml", "    tool: ospp", "    tool: ospp\n    run: x", "commands.yaml:12: commands[0]: a command has either tool and args, or run"},
		{"unknown risk", "commands.yaml", "risk: LOW", "risk: SOME", `commands.yaml:26: commands[2].risk: unknown value "SOME": one of [NONE LOW RESTART REGISTRY DATA_LOSS]`},
		{"unknown undo", "commands.yaml", "undo: slmgr-skms", "undo: slmgr", `commands.yaml:21: commands[1].undo: unknown command "slmgr"`},
		{"unknown placeholder in a command", "commands.yaml", "/skms <kms-host>", "/skms <host>", "commands.yaml:23: commands[2]: unknown placeholder <host>"},
		{"term of two concepts", "glossary.yaml", "KMS server]", "Activation]", `glossary.yaml:6: [1].terms.en[1]: "Activation" is a term of activation too: say shared, or choose` + "\n" +
			`glossary.yaml:7: [1].avoid.en[0]: "KMS server" is not one of the terms after the first`},
		{"option twice", "questions.yaml", `id: "no"`, `id: "yes"`, "questions.yaml:11: [0].options[1].id: duplicate: yes stands before"},
		{"unknown fact of a question", "questions.yaml", "fact: kms_host", "fact: kms_hosts", `questions.yaml:6: [0].fact: unknown fact kind "kms_hosts"`},
		{"unknown command of a question", "questions.yaml", "collect: ospp-act", "collect: ospp", `questions.yaml:5: [0].collect: unknown command "ospp"`},
		{"question that no record answers", "questions.yaml", "collect: ospp-act", "answeredBy: lookup", "questions.yaml:5: [0].answeredBy: unknown value \"lookup\": one of [machine license client host attempt event srv probe service registry user code]"},
		{"question out of order", "questions.yaml", "collect: ospp-act", "order: 0", "questions.yaml:5: [0].order: is 1 to 99"},
		{"choice with one option", "questions.yaml", "type: CHOICE", "type: TEXT", "questions.yaml:8: [0].options: a CHOICE has two options or more, other questions none"},
		{"key that does not end in last5", "keys.yaml", "last5: 8HVX7", "last5: 8HVX8", "keys.yaml:1: [0].key: does not end in 8HVX8"},
		{"event id without its number", "events/kms.yaml", "number: 1014", "number: 1015", `events/kms.yaml:11: [1].id: "dns-client-1014" is neither 1015 nor <source>-1015`},
		{"no registry warning", "messages.yaml", "warning.registry", "warning.other", "messages.yaml: warning.registry: is missing: command reg-set needs it"},
		// Short texts.
		{"token of a short text that is unknown", "questions.yaml", "zh: \"{cmd slmgr-skms} ", "zh: \"{cmd slmgr-x} ", "questions.yaml:3: [0].text.zh: tokens differ from en: missing {cmd slmgr-skms}; extra {cmd slmgr-x}" + "\n" +
			"questions.yaml:3: [0].text.zh: {cmd slmgr-x}: unknown command"},
		{"message variables differ", "messages.yaml", `"{count} problemer"`, `"{n} problemer"`, "messages.yaml:2: verdict.nb: tokens differ from en: missing {count}; extra {n}"},
		{"question tokens differ", "questions.yaml", `"Virker {cmd slmgr-skms}?"`, `"Virker det?"`, "questions.yaml:3: [0].text.nb: tokens differ from en: missing {cmd slmgr-skms}"},
		{"raw code in a short text", fy, "en: Wrong host", "en: Wrong 0xC004F074", fy + `:4: title.en: raw "0xC004F074": use {code ...}`},
		{"Russian without Cyrillic", cy, "Счетчик слишком мал.", "Schetchik slishkom mal.", cy + ":11: codes[0].message.ru: has no letter of this language"},
		{"Norwegian with a Swedish letter", cy, "Antallet er for lavt.", "Antallet är for lavt.", cy + ":11: codes[0].message.nb: letter 'ä' is not of this language"},
		{"traditional Chinese", cy, "计数不足。", "計數與驗證不足。", cy + ":11: codes[0].message.zh: letter '與' is not of this language"},
		{"copied from English", fy, "en: Wrong host, nb: Feil vert", "en: You must set the right host at once, nb: You must set the right host at once", fy + ":4: title.nb: copied from English"},
		{"TODO left", cy, "Too few computers.", "TODO", cy + ":4: explanations[0].causes[0].en: TODO"},
		// Findings and rules.
		{"finding in a file of another name", fy, "id: wrong-host", "id: wrong-hosts", fy + `:1: id: "wrong-hosts" is not the name of the file, "wrong-host"`},
		{"unknown article of a finding", fy, "article: no-host", "article: no", fy + `:3: article: unknown article "no"`},
		{"finding cites a former id", fy, "article: no-host", "article: no-server", fy + ":3: article: no-server is a former id: write no-host"},
		{"cause that does not exist", fy, "order: 10", "order: 10\ncauses: [no-such]", fy + `:7: causes[0]: unknown finding "no-such", or this one`},
		{"cause of itself", fy, "order: 10", "order: 10\ncauses: [wrong-host]", fy + `:7: causes[0]: unknown finding "wrong-host", or this one`},
		{"order out of range", fy, "order: 10", "order: 100", fy + ":6: order: is 1 to 99"},
		{"rule id twice", "findings/healthy.yaml", "rules:", "rules:\n  - {id: R002, bind: {l: license}, when: {fact: l.cmid, is: present}, confidence: LOW}", "findings/healthy.yaml:9: rules[1].id: duplicate: R002 is a rule of healthy"},
		{"unknown record kind", fy, "s: srv,", "s: dns,", fy + `:9: rules[0].bind.s: unknown value "dns": one of [machine license client host attempt event srv probe service registry user code]`},
		{"unbound variable", fy, "evidence: [a.kms_host]", "evidence: [b.kms_host]", fy + `:21: rules[0].evidence[0]: variable "b" is not bound`},
		{"unknown fact kind", fy, "{fact: a.error_code", "{fact: a.error_kode", fy + `:12: rules[0].when.all[0].fact: unknown fact kind "error_kode"`},
		{"fact without variable", fy, "evidence: [a.kms_host]", "evidence: [kms_host]", fy + `:21: rules[0].evidence[0]: "kms_host" is not variable.kind`},
		{"two kinds of condition", fy, "- not: {fact", "- fact: a.cmid\n          is: present\n          not: {fact", fy + ":15: rules[0].when.all[3]: a condition has exactly one of all, any, not, fact and count; this one has 2"},
		{"two operands", fy, "is: failure}", "is: failure, eq: x}", fy + ":12: rules[0].when.all[0]: a predicate has exactly one of is, eq, ne, in, not_in, lt, gt, has and differs_by; this one has 2"},
		{"unknown word after is", fy, "is: failure}", "is: broken}", fy + `:12: rules[0].when.all[0].is: unknown value "broken": one of [failure success present absent true false]`},
		{"unknown comparer", fy, "as: host", "as: name", fy + `:13: rules[0].when.all[1].as: unknown value "name": one of [host guid time code number text]`},
		{"operand with an unknown kind", fy, "s.srv_host, as", "s.srv_hosts, as", fy + `:13: rules[0].when.all[1].not_in[0]: unknown fact kind "srv_hosts"`},
		{"order of what has none", fy, "lt: 43200", "lt: soon", fy + `:14: rules[0].when.all[2].lt: "soon" is no number, duration, time or code`},
		{"distance that is no duration", fy, "more: 4h", "more: far", fy + `:17: rules[0].when.all[4].any[0].differs_by.more: "far" is neither a number nor a duration`},
		{"count without a bound", fy, ", gt: 1}", "}", fy + ":18: rules[0].when.all[4].any[1].count: a count has gt or lt"},
		{"unknown question of a missing fact", fy, "question: reachable", "question: reach", fy + `:22: rules[0].missing.s.srv_host.question: unknown question "reach"`},
		{"no fired sample", fy, "want: FIRED", "want: CLEAR", fy + ":8: rules[0]: rule R001 has no sample that is FIRED"},
		{"no clear sample", fy, "want: CLEAR", "want: FIRED", fy + ":8: rules[0]: rule R001 has no sample that is CLEAR"},
		{"no inconclusive sample", fy, "want: INCONCLUSIVE", "want: SILENT", fy + ":8: rules[0]: rule R001 has no sample that is INCONCLUSIVE"},
		{"sample misses what the rule does not ask for", fy, "missing: [s.srv_host]", "missing: [a.cmid]", fy + `:26: samples[2].missing[0]: "a.cmid" is not under missing of R001`},
		{"unknown option in a sample", fy, `answers: {reachable: "yes"}`, "answers: {reachable: maybe}", fy + `:25: samples[1].answers.reachable: unknown option "maybe"`},
		{"variable that no rule binds", fy, "Asked {a.kms_host}", "Asked {a.kms_host} {x.kms_host}", fy + ":5: explanation.en: no rule binds {x.kms_host}" + "\n" +
			fy + ":5: explanation.nb: tokens differ from en: missing {x.kms_host}" + "\n" +
			fy + ":5: explanation.ru: tokens differ from en: missing {x.kms_host}" + "\n" +
			fy + ":5: explanation.sv: tokens differ from en: missing {x.kms_host}" + "\n" +
			fy + ":5: explanation.zh: tokens differ from en: missing {x.kms_host}"},
		{"variables differ", fy, "Spurte {a.kms_host}", "Spurte verten", fy + ":5: explanation.nb: tokens differ from en: missing {a.kms_host}"},
		// Pages.
		{"missing page", zh, "", "", ay + ": missing language zh: there is no zh.md"},
		{"no title", nb, "# {code 0xC004F074}: ingen vert\n\n", "", nb + ":1: title: missing: the file starts with # Title" + "\n" +
			nb + ":1: title: tokens differ from en: missing {code 0xC004F074}"},
		{"no summary", nb, "Klienten fant ingen KMS-vert, fordi oppføringen mangler.\n\n", "", nb + ":1: summary: missing: one paragraph after the title"},
		{"second paragraph of summary", nb, "mangler.\n", "mangler.\n\nEn til.\n", nb + ":5: the summary is one paragraph"},
		{"section that the kind does not have", en, "## symptoms", "## overview", en + ": section symptoms is missing" + "\n" +
			en + ":5: overview: no section of a PROBLEM article" + "\n" +
			nb + ":5: symptoms: headings differ from en: missing overview; extra symptoms" + "\n" +
			ru + ":5: symptoms: headings differ from en: missing overview; extra symptoms" + "\n" +
			sv + ":5: symptoms: headings differ from en: missing overview; extra symptoms" + "\n" +
			zh + ":5: symptoms: headings differ from en: missing overview; extra symptoms"},
		{"section missing", en, "## symptoms\n\n- The client shows {code 0xC004F074} and \"no host\".\n- Nothing else\n  happens at all.\n\n", "", en + ": section symptoms is missing" + "\n" +
			nb + ":5: symptoms: headings differ from en: extra symptoms" + "\n" +
			ru + ":5: symptoms: headings differ from en: extra symptoms" + "\n" +
			sv + ":5: symptoms: headings differ from en: extra symptoms" + "\n" +
			zh + ":5: symptoms: headings differ from en: extra symptoms"},
		{"section empty", en, "Do this with care.\n\n1. Run {cmd slmgr-skms} with <kms-host>.\n   {undo} Go back with {cmd ospp-act}.\n2. Set {reg HKLM\\SOFTWARE\\X} with {cmd reg-set}. {risk DATA_LOSS}\n", "", en + ":15: resolution.set: has no numbered steps" + "\n" +
			en + ":15: resolution.set: is empty" + "\n" +
			nb + ":15: resolution.set: 2 steps, but 0 in en" + "\n" +
			nb + `:15: resolution.set: tokens differ from en: extra <kms-host> {cmd ospp-act} {cmd reg-set} {cmd slmgr-skms} {reg HKLM\SOFTWARE\X} {risk DATA_LOSS} {undo}` + "\n" +
			ru + ":15: resolution.set: 2 steps, but 0 in en" + "\n" +
			ru + `:15: resolution.set: tokens differ from en: extra <kms-host> {cmd ospp-act} {cmd reg-set} {cmd slmgr-skms} {reg HKLM\SOFTWARE\X} {risk DATA_LOSS} {undo}` + "\n" +
			sv + ":15: resolution.set: 2 steps, but 0 in en" + "\n" +
			sv + `:15: resolution.set: tokens differ from en: extra <kms-host> {cmd ospp-act} {cmd reg-set} {cmd slmgr-skms} {reg HKLM\SOFTWARE\X} {risk DATA_LOSS} {undo}` + "\n" +
			zh + ":15: resolution.set: 2 steps, but 0 in en" + "\n" +
			zh + `:15: resolution.set: tokens differ from en: extra <kms-host> {cmd ospp-act} {cmd reg-set} {cmd slmgr-skms} {reg HKLM\SOFTWARE\X} {risk DATA_LOSS} {undo}`},
		{"dotted section without a title", nb, "## cause.record Det finnes ingen oppføring", "## cause.record", nb + ":11: cause.record: has no title: ## cause.record Title"},
		{"headings differ", nb, "## cause.record", "## cause.records", nb + ":11: cause.records: headings differ from en: missing cause.record; extra cause.records"},
		{"step counts differ", sv, "2. Ange {reg HKLM\\SOFTWARE\\X} med {cmd reg-set}. {risk DATA_LOSS}", "Ange {reg HKLM\\SOFTWARE\\X} med {cmd reg-set}. {risk DATA_LOSS}", sv + ":15: resolution.set: 1 steps, but 2 in en"},
		{"tokens differ", ru, "{port 1688}", "{port 1689}", ru + ":23: if-not-solved: tokens differ from en: missing {port 1688}; extra {port 1689}"},
		{"placeholders differ", nb, "med <kms-host>", "med verten", nb + ":15: resolution.set: tokens differ from en: missing <kms-host>"},
		{"note of a step missing", nb, "   {undo} Gå tilbake med", "   Gå tilbake med", nb + ":15: resolution.set: tokens differ from en: missing {undo}"},
		{"unknown command", nb, "{cmd slmgr-skms} med", "{cmd slmgr-sk} med", nb + ":15: resolution.set: tokens differ from en: missing {cmd slmgr-skms}; extra {cmd slmgr-sk}" + "\n" +
			nb + ":19: resolution.set: {cmd slmgr-sk}: unknown command"},
		{"letter of another script", en, "at all", "at всё", en + ":8: symptoms: letter 'в' is not of this language"},
		{"Swedish letter in Norwegian", nb, "med omhu", "mäd omhu", nb + ":17: resolution.set: letter 'ä' is not of this language"},
		{"Swedish text in the Norwegian file", nb, "Gjør dette med omhu", "Var noga och se att det inte saknas något, och titta", nb + ":17: resolution.set: reads like sv, not nb"},
		{"section copied from English", nb, "Sonen mangler {lit _vlmcs._tcp}; se {kb 929826} og **SRV** i `zone`.", "The zone lacks {lit _vlmcs._tcp}; see {kb 929826} and **SRV** in `zone`.", nb + ":13: cause.record: is copied from English"},
		{"English paragraph in the Norwegian file", nb, "Gjør dette med omhu.", "Do this with care, and write down the old value.", nb + ":17: resolution.set: reads like en, not nb"},
		{"English paragraph in the Chinese file", zh, "\n- ", "\n- you may see nothing of all this\n- ", zh + ":7: symptoms: has no letter of this language"},
		{"sentence that nobody takes in", en, "Do this with care.", strings.Repeat("Do this, ", 25) + "with care.", en + ":17: resolution.set: sentence of 52 words, at most 45: Do this, Do this, Do this, …"},
		{"Chinese sentence that nobody takes in", zh, "\n- ", "\n- " + strings.Repeat("很长的句子，", 22) + "\n- ", zh + ":7: symptoms: sentence of 132 characters, at most 130: " + strings.Repeat("很长的句子，", 22) + " …"},
		{"term that texts do not use", en, "Do this with care.", "Ask the KMS servers.", en + `:17: resolution.set: "kms server": the term is "KMS host"`},
		{"avoided term that is none", "glossary.yaml", "avoid: {en: [KMS server]}", "avoid: {en: [KMS box]}", `glossary.yaml:7: [1].avoid.en[0]: "KMS box" is not one of the terms after the first`},
		{"no Chinese letter", zh, "客户端找不到 KMS 主机，因为缺少记录。", "No KMS host was found at all here.", zh + ":3: summary: has no letter of this language"},
		{"steps not numbered in order", nb, "2. Sett", "3. Sett", nb + ":21: resolution.set: step 3 should be numbered 2"},
		{"steps where none belong", en, "- Read {article", "1. Read {article", en + ":23: if-not-solved: has numbered steps: they belong in resolution.*, steps and undo" + "\n" +
			nb + ":23: if-not-solved: 0 steps, but 1 in en" + "\n" +
			ru + ":23: if-not-solved: 0 steps, but 1 in en" + "\n" +
			sv + ":23: if-not-solved: 0 steps, but 1 in en" + "\n" +
			zh + ":23: if-not-solved: 0 steps, but 1 in en"},
		{"way to ask with a token", nb, "- boksen finner", "- {code 0xC004F074} boksen finner", nb + ":29: asked: has only items of plain text"},
		{"way to ask that is a paragraph", nb, "- boksen", "Boksen", nb + ":29: asked: has only items of plain text"},
		{"way to ask that is a story", nb, "boksen", strings.Repeat("boksen ", 30), nb + ":29: asked: item of more than 200 characters"},
		{"way to ask in another language", nb, "- boksen finner ikke lisensmaskinen vår", "- hur kan det vara att maskinen inte finner något", nb + ":29: asked: reads like sv, not nb"},
		{"ways to ask before another section", nb, "## asked", "## asked\n\n- x\n\n## notes", nb + ":27: asked: headings differ from en: extra asked notes"},
		{"nested list", nb, "  det ingenting.", "  - det ingenting.", nb + ":9: symptoms: nested lists are not allowed"},
		{"link", nb, "Gjør dette med omhu.", "Gjør [dette](x) med omhu.", nb + ":17: resolution.set: links are not allowed: use {article ...} or {url ...}"},
		{"raw HTML", nb, "Gjør dette med omhu.", "Gjør <B>dette med omhu.", nb + ":17: resolution.set: raw HTML is not allowed"},
		{"raw address", nb, "Gjør dette med omhu.", "Gjør dette: https://x.no", nb + ":17: resolution.set: raw address: use {url ...}"},
		{"raw command", nb, "Gjør dette med omhu.", "Gjør slmgr.vbs /ato med omhu.", nb + `:17: resolution.set: raw "slmgr.vbs /ato": use {cmd ...}`},
		{"raw code", nb, "Gjør dette med omhu.", "Gjør `0xC004F074` med omhu.", nb + `:17: resolution.set: raw "0xC004F074": use {code ...}`},
		{"raw registry path", nb, "Gjør dette med omhu.", `Gjør HKLM\SOFTWARE med omhu.`, nb + `:17: resolution.set: raw "HKLM": use {reg ...}`},
		{"raw GUID", nb, "Gjør dette med omhu.", "Gjør 2e28138a-847f-42bc-9752-61b03fff33cd med omhu.", nb + `:17: resolution.set: raw "2e28138a-847f-42bc-9752-61b03fff33cd": use {guid ...}`},
		{"raw KB number", nb, "Gjør dette med omhu.", "Gjør KB 929826 med omhu.", nb + `:17: resolution.set: raw "KB 929826": use {kb ...}`},
		{"raw port", nb, "Gjør dette med omhu.", "Gjør TCP 1688 med omhu.", nb + `:17: resolution.set: raw "1688": use {port ...}`},
		{"token that does not exist", nb, "Gjør dette med omhu.", "Gjør {do dette} med omhu.", nb + ":15: resolution.set: tokens differ from en: extra {do dette}" + "\n" +
			nb + ":17: resolution.set: {do dette}: unknown token"},
		{"token that does not end", nb, "Gjør dette med omhu.", "Gjør {lit dette med omhu.", nb + ":17: resolution.set: { is not closed"},
		{"bold that does not end", nb, "Gjør dette med omhu.", "Gjør **dette med omhu.", nb + ":17: resolution.set: ** is not closed"},
		{"heading too deep", nb, "Gjør dette med omhu.", "### Gjør\n", nb + ":17: resolution.set: only # and ## headings are allowed"},
		{"table", nb, "Gjør dette med omhu.", "| a | b |", nb + ":17: resolution.set: tables are not allowed"},
		{"legacy without lifecycle", ay, "kind: PROBLEM", "kind: PROBLEM\nstatus: LEGACY", en + ": section lifecycle is missing"},
		{"same title", "articles/reference/nb.md", "# En oversikt over _alt_", "# {code 0xC004F074}: ingen vert", "articles/reference/nb.md:1: title: no-host has the same title" + "\n" +
			"articles/reference/nb.md:1: title: tokens differ from en: extra {code 0xC004F074}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pack := small(t)
			change(t, pack, tt.file, tt.old, tt.new)
			var got []string
			_, defects := knowledge.Lint(pack)
			for _, d := range defects {
				got = append(got, d.Error())
			}
			if got := strings.Join(got, "\n"); got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestSmallPackHasNoDefects(t *testing.T) {
	_, defects := knowledge.Lint(small(t))
	for _, d := range defects {
		t.Error(d)
	}
}

func TestLoadGivesAllDefectsAtOnce(t *testing.T) {
	pack := small(t)
	change(t, pack, "articles/no-host/article.yaml", "[reference]", "[references]")
	change(t, pack, "articles/no-host/nb.md", "Gjør dette", "Gjør {lit")
	b, err := knowledge.Load(pack)
	var defects knowledge.Defects
	if b != nil || !errors.As(err, &defects) || len(defects) != 2 {
		t.Fatalf("Load gave %v, %v", b, err)
	}
	if want := "knowledge: articles/no-host/article.yaml:13: related[0]: unknown article"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error is %q", err)
	}
}
