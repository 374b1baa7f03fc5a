package formats

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// said is what a document says, without where: the facts as sorted strings.
func said(d *Document) []string {
	var out []string
	for _, f := range d.Facts {
		v := f.Normalized
		if v == "" {
			v = f.Value
		}
		if f.Kind == Statement || f.Kind == LicenseName || f.Kind == TrustedTime || f.Kind == EventTime {
			continue // prose, whose blanks and marks a disguise may change
		}
		out = append(out, string(f.Subject.Kind)+" "+string(f.Kind)+"="+v)
	}
	sort.Strings(out)
	return out
}

func difference(want, got []string) (missing, extra []string) {
	n := map[string]int{}
	for _, w := range want {
		n[w]++
	}
	for _, g := range got {
		if n[g]--; n[g] < 0 {
			extra = append(extra, g)
		}
	}
	for _, w := range want {
		if n[w] > 0 {
			n[w]--
			missing = append(missing, w)
		}
	}
	return missing, extra
}

func eachLine(s, before, after string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range lines {
		lines[i] = before + lines[i] + after
	}
	return strings.Join(lines, "\n") + "\n"
}

// wrap breaks lines as a console does: hard, at a column counted in cells.
func wrap(s string, cols int) string {
	var b strings.Builder
	for _, line := range strings.Split(s, "\n") {
		n := 0
		for _, r := range line {
			w := width(string(r))
			if n+w > cols {
				b.WriteByte('\n')
				n = 0
			}
			n += w
			b.WriteRune(r)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func joinLines(s, sep string) string {
	var parts []string
	for _, l := range strings.Split(s, "\n") {
		if t := strings.TrimSpace(l); t != "" {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, sep)
}

func encoded(e encoding.Encoding, bom string) func(string) string {
	return func(s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			return ""
		}
		return bom + out
	}
}

func asJSON(s string) string {
	b, _ := json.Marshal(map[string]string{"image": "a.png", "ocr_text": s})
	return string(b)
}

// disguise is a way in which outputs reach a helpdesk.
type disguise struct {
	name string
	of   []string // prefixes of the fixtures that it is tried on; nil for all
	do   func(string) string
}

// disguises must each say what the plain text says.
var disguises = []disguise{
	{"utf-8 with mark", nil, func(s string) string { return "\ufeff" + s }},
	{"crlf", nil, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
	{"cr only", nil, func(s string) string { return strings.ReplaceAll(s, "\n", "\r") }},
	{"utf-16le with mark", nil, encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "")},
	{"utf-16be with mark", nil, encoded(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "")},
	{"utf-16le without mark", nil, encoded(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "")},
	{"windows-1252", []string{"slmgr_dlv_nb", "slmgr_dlv_sv", "slmgr_dli_host_nb", "slmgr_xpr_sv", "event_text_nb", "ipconfig_nb"}, encoded(charmap.Windows1252, "")},
	{"ibm850", []string{"slmgr_dlv_nb", "slmgr_dlv_sv", "slmgr_dli_host_nb", "slmgr_xpr_sv", "event_text_nb", "ipconfig_nb"}, encoded(charmap.CodePage850, "")},
	{"windows-1251", []string{"slmgr_dlv_ru", "slmgr_ato_ru", "nslookup_ru", "port_probe_telnet_ru"}, encoded(charmap.Windows1251, "")},
	{"ibm866", []string{"slmgr_dlv_ru", "slmgr_ato_ru", "nslookup_ru", "port_probe_telnet_ru"}, encoded(charmap.CodePage866, "")},
	{"gbk", []string{"slmgr_dlv_zh", "slmgr_ato_zh", "event_text_zh"}, encoded(simplifiedchinese.GBK, "")},
	{"quoted mail", nil, func(s string) string { return eachLine(s, "> ", "") }},
	{"code block", nil, func(s string) string { return "Output:\n\n" + eachLine(s, "    ", "") }},
	{"fence", nil, func(s string) string { return "```text\n" + s + "```\n" }},
	{"comment", nil, func(s string) string { return "/*\n" + eachLine(s, " * ", "") + " */\n" }},
	{"table cell", []string{"slmgr_dl", "ospp_dstatus_en"}, func(s string) string { return eachLine(s, "| ", " |") }},
	{"br", []string{"slmgr", "ospp", "nslookup", "event_text"}, func(s string) string { return strings.ReplaceAll(s, "\n", "<br/>") }},
	{"escaped underscores", []string{"slmgr_dlv", "ospp", "nslookup"}, func(s string) string { return strings.ReplaceAll(s, "_", `\_`) }},
	{"no-break spaces", []string{"slmgr", "ospp", "nslookup", "event_text", "ipconfig", "port_probe"}, func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }},
	{"full-width marks", []string{"slmgr_dl"}, func(s string) string {
		return strings.NewReplacer(": ", "：", " (", "（", "(", "（", ")", "）").Replace(s)
	}},
	{"wrapped at 80", []string{"slmgr", "ospp_dstatus_en", "ospp_act", "ospp_dh", "event_text", "nslookup_sv", "nslookup_nb"}, func(s string) string { return wrap(s, 80) }},
	{"wrapped at 100", []string{"slmgr", "ospp_dstatus_en", "ospp_act", "ospp_dh", "event_text", "nslookup_sv", "nslookup_nb"}, func(s string) string { return wrap(s, 100) }},
	{"lost line breaks", []string{"slmgr_dlv_en", "slmgr_dlv_nb", "slmgr_dlv_sv", "slmgr_dlv_ru", "slmgr_dlv_zh", "slmgr_dli_host_en", "ospp_dstatus_en", "nslookup_sv"}, func(s string) string { return joinLines(s, " ") }},
	{"glued lines", []string{"slmgr_dlv_en", "slmgr_dlv_zh", "ospp_dstatus_en"}, func(s string) string { return joinLines(s, "") }},
	{"json string", []string{"slmgr", "ospp", "nslookup", "event_text"}, asJSON},
}

func fixtures(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures:", err)
	}
	return files
}

func TestDisguises(t *testing.T) {
	for _, d := range disguises {
		t.Run(d.name, func(t *testing.T) { wear(t, d) })
	}
}

// wear compares what each fixture says with what it says in the disguise.
func wear(t *testing.T, d disguise) {
	t.Helper()
	for _, file := range fixtures(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		if d.of != nil && !hasAnyPrefix(name, d.of) {
			continue
		}
		plain, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		worn := d.do(string(plain))
		if worn == "" {
			continue // not to be written in this encoding
		}
		want, got := said(Parse(file, plain)), said(Parse(file, []byte(worn)))
		if missing, extra := difference(want, got); missing != nil || extra != nil {
			t.Errorf("%s: missing %q, extra %q", name, missing, extra)
		}
	}
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
