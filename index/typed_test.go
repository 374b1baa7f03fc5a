package index

import (
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// TestOddSpellings marks with braces what stands for a record.
func TestOddSpellings(t *testing.T) {
	r := newRecords(builtInBase(t))
	for _, c := range []struct{ text, want string }{
		// blanks inside
		{"{0x 8007232 a} på licensservern", "0x8007232A på licensservern"},
		{"{0xc004 c008} turning up the second licence server", "0xC004C008 turning up the second licence server"},
		{"{8007 232a} 是不是", "0x8007232A 是 是不 不 不是 是"},
		{"{0x C0 04 F0 74}", "0xC004F074"},
		{"kode {8007 0005} nektet", "kode 0x80070005 nektet"},
		{"{8007 0005}", "0x80070005"},
		{"{c 004 f 074}", "0xC004F074"},
		{"slui {0x 2a}", "slui 0x0000002A"},
		{"{0xC004\u00a0F074}", "0xC004F074"},
		// dashes, dots, underscores, brackets and other marks
		{"{C004-F042} офис не берёт", "0xC004F042 офис не берет"},
		{"fel {C004.F06C} igen", "fel 0xC004F06C igen"},
		{"{0xC004_F074}", "0xC004F074"},
		{"{0xC004(F074})", "0xC004F074"},
		{"[{0xc004f074}]", "0xC004F074"},
		{"{0xC004:F074}", "0xC004F074"},
		{"{0x-C004F074}", "0xC004F074"},
		{"{0xC004–F074}", "0xC004F074"},
		{"{0xC0-04-F0-74}.", "0xC004F074"},
		{"{0xC004/F074}", "0xC004F074"},
		{"{0xC004'F074}", "0xC004F074"},
		{"{C004 - F074}", "0xC004F074"},
		{"«{C004 F074}»", "0xC004F074"},
		{"{0хС004 F074}", "0xC004F074"},
		{"код {0хС004Ф074}", "код 0xC004F074"},
		{"{8007232б} днс", "0x8007232B днс"},
		{"{0xC004F074}дальше", "0xC004F074 дальше"},
		{"{０ｘＣ００４　Ｆ０７４}", "0xC004F074"},
		{"{0xCOO4 FO74}", "0xC004F074"},
		// notations of other languages
		{"{4004F040h} 显示", "0x4004F040 显 显示 示"},
		{"{0xC004F074L}", "0xC004F074"},
		{"{0xC004F074ul};", "0xC004F074"},
		{"{&HC004F074}", "0xC004F074"},
		{"{&HC004F074}&", "0xC004F074"},
		{"{C004F074-0x}", "0xC004F074"},
		{"{C004F074 0x}", "0xC004F074"},
		{"{xC004F074}", "0xC004F074"},
		{"HRESULT={0x80070005}", "hresult 0x80070005"},
		{"hr:{0x80070005}", "hr 0x80070005"},
		{"#{8007000D}", "0x8007000D"},
		{"(HRESULT)({0x80070005})", "hresult 0x80070005"},
		// glued
		{"error{C004F074}", "error 0xC004F074"},
		{"code{C004F074}", "code 0xC004F074"},
		{"ошибка{C004F074}", "ошибка 0xC004F074"},
		{"feil{80070005}", "feil 0x80070005"},
		{"错误{C004-F074}怎么办", "错 错误 误 0xC004F074 怎 怎么 么 么办 办"},
		// several
		{"{80072ee2}/{0x80072EFD}", "0x80072EE2 0x80072EFD"},
		{"error {0xC004F074},{0x80070005}", "error 0xC004F074 0x80070005"},
		{"{0xC004 F074} {0x8007 0005}", "0xC004F074 0x80070005"},
		{"{c004f074} {80070005}", "0xC004F074 0x80070005"},
		// addresses and HTML
		{"error%3D{0xC004F074}", "error 3d 0xC004F074"},
		{"{0xC004%20F074}", "0xC004F074"},
		{"{0xC004&nbsp;F074}", "0xC004F074"},
		{"<b>{0xC004</b>F074}", "b 0xC004F074"},
		{"{0xC004<br/>F074}", "0xC004F074"},
		{"{C004%2DF074}", "0xC004F074"},
		// broken lines
		{"{0xC004\nF074} again", "0xC004F074 again"},
		{"{0xC004\r\n> F074} again", "0xC004F074 again"},
		{"{0xC004=\nF074}", "0xC004F074"},
		{"{0xC004-\nF074}", "0xC004F074"},
		{`{0xC004\nF074}`, "0xC004F074"},
		// decimal
		{"{-2147024891}.", "0x80070005"},
		{"({2147942405})", "0x80070005"},
		{"\"{2147942405}\"", "0x80070005"},
		{"{-1 073 418 124}", "0xC004F074"},
		{"{−1 073 418 124}", "0xC004F074"},
		{"{3,221,549,172}", "0xC004F074"},
		{"{3.221.549.172} i loggen", "0xC004F074 i loggen"},
		{"{-1'073'418'124}", "0xC004F074"},
		{"{1073418124}", "0xC004F074"},
		{"{2147942405UL}", "0x80070005"},
		{"HRESULT: {-1,073,418,124}", "hresult 0xC004F074"},
		// events
		{"eventid {12.289} hva skal jeg se etter", "eventid 12289 hva skal jeg se etter"},
		{"event id {12-290} never shows up", "event id 12290 never shows up"},
		{"{12 289}", "12289"},
		{"hendelse {12 289} på verten", "hendelse 12289 på verten"},
		{"应用日志 {id12288} 里面", "应 应用 用 用日 日 日志 志 12288 里 里面 面"},
		{"{id12288}里面", "12288 里 里面 面"},
		{"事件{12,288}是什么", "事 事件 件 12288 是 是什 什 什么 么"},
		{"event{12288}", "event 12288"},
		{"событие {12'293}", "событие 12293"},
		{"событие № {12_293}", "событие 12293"},
		{"händelse-ID: {8.198}", "händelse händelseid id 8198"},
		{"{ev8198} service", "8198 service"},
		{"event {12 289}", "event 12289"},
		{"event {１２ ２８９}", "event 12289"},
		// articles of the Knowledge Base
		{"KB {2885 698}", "2885698"},
		{"KB-{2885698}", "2885698"},
		{"kb:{2885698}", "2885698"},
		{"{Q2885698}", "2885698"},
		{"кб {2885698}", "2885698"},
		{"КВ{2885698}", "2885698"},
		{"{KB2885 698} missing", "2885698 missing"},
		{"KB {2 885 698}", "2885698"},
		{"patch {2885-698}", "patch 2885698"},
		{"补丁{2885698}", "补 补丁 丁 2885698"},
		{"обновление {2885 698}", "обновление 2885698"},
		{"{kb929 826}", "929826"},
	} {
		text, marked := strings.NewReplacer("{", "", "}", "").Replace(c.text), []string{}
		for _, piece := range strings.Split(c.text, "{")[1:] {
			m, _, _ := strings.Cut(piece, "}")
			marked = append(marked, m)
		}
		var got []string
		for _, tok := range r.tokens(text) {
			got = append(got, tok.norm)
			if tok.shape == errCode || tok.shape == number && len(tok.norm) > 3 {
				if len(marked) == 0 || text[tok.start:tok.end] != marked[0] {
					t.Errorf("%q: %s stands at %q", text, tok.norm, text[tok.start:tok.end])
				} else {
					marked = marked[1:]
				}
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: got %q, want %q", text, s, c.want)
		}
	}
}

func TestNumbersStayWhatTheyAre(t *testing.T) {
	r := newRecords(builtInBase(t))
	for name, text := range map[string]string{
		"telephone number":                  "call 8007 0005 for help",
		"telephone number in Norway":        "tlf 800 70 005",
		"telephone number with country":     "error? call +47 80 07 00 05",
		"longer telephone number":           "код 8 800 700 05 05",
		"telephone number of ten digits":    "call 107-341-8124 or 322 154 9172",
		"version":                           "Windows 10.0.19045.3803",
		"version like an event":             "build 12.289 of the tool",
		"size":                              "disk 12.289 GB",
		"price":                             "12 289 kroner for 25 lisenser",
		"price with cents":                  "12,288.50 USD",
		"number of users":                   "we have 8 200 clients",
		"event number in other groups":      "event 1 2289 and 122 89",
		"event that is not on record":       "event id 12 345",
		"number with an id that is unknown": "id54321",
		"name of a machine":                 "server a12288 and pc8198",
		"price of seven digits":             "2 885 698 kr",
		"article that is not on record":     "KB 5001 330",
		"digits of a question":              "q4 2885",
		"GUID":                              "80070005-d682-4d71-983e-d6ec3f16059f",
		"GUID in letters":                   "{c004f074-a989-479d-af46-f275c6370663}",
		"hash":                              "40c004f0741f c004f074c004f074c004f074",
		"product key":                       "C004F-074VB-80070-00522-8007B",
		"product id":                        "00330-80070-00500-AA121",
		"SID":                               "S-1-5-21-3221549172-1074066433-2147942405-1001",
		"installation id":                   "8007000 5321476 8007000 5800700",
		"date and time":                     "2024-03-14 12:28:8",
		"address":                           "10.12.28.8 and 80.07.00.05",
		"code that is not on record":        "C004-EEEE 8007 FFFE",
		"half a code":                       "C004 F07",
		"amount in millions":                "3,221,559,173 bytes",
		"resolution":                        "1920x1080 8007",
		"ideographs between":                "8007号0005室",
		"words of hex letters":              "a bad face feed cafe decade",
	} {
		if got, want := r.tokens(text), tokenize(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q is cut into %+v, not %+v", name, text, got, want)
		}
	}
}

func TestOddSpellingsFindTheRecord(t *testing.T) {
	if testing.Short() {
		t.Skip("needs the index of all articles")
	}
	x := builtInIndex(t)
	for text, want := range map[string]string{
		"C004-F074":                     "errorCodes/0xC004F074",
		"код 0x8007 232 b":              "errorCodes/0x8007232B",
		"0xF074":                        "articles/kms-unreachable",
		"-1 073 418 124":                "errorCodes/0xC004F074",
		"eventid 12.289":                "events/12289",
		"id12288":                       "events/12288",
		"0x 8007232 a på licensservern": "articles/dns-server-failure",
		"кб 2885 698":                   "articles/kb2885698-win81",
	} {
		a := search(t, x, Request{Text: text, Language: knowledge.English, Limit: 3})
		if len(a.Results) == 0 || a.Results[0].Name != want {
			t.Errorf("%q: %q are found with codes %s, want %s first", text, resultNames(a), a.Codes, want)
		}
	}
}

// FuzzTyped checks that the tokens of a query lie in it, one behind the other, and are the same each time.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"0xC004 F074 12 289", "KB 2885 698 id12288", "0хС004\u00a0F074\xff", "-1 073 418 124%20&nbsp;C004<br>F074h", "kb2885.698 8007 0005 错误"} {
		f.Add(s)
	}
	r := newRecords(builtInBase(f))
	f.Fuzz(func(t *testing.T, s string) {
		got := r.tokens(s)
		if !slices.Equal(got, r.tokens(s)) {
			t.Fatalf("%q is not cut the same way twice", s)
		}
		inOrder(t, s, got)
	})
}
