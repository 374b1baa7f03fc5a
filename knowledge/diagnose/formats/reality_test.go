package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// The families of fixtures that console tools print, and those that stand in a log.
var (
	consoles = []string{"slmgr", "ospp", "nslookup", "port_probe", "ipconfig", "wmi"}
	blocks   = []string{"slmgr", "ospp_a", "ospp_dc", "ospp_dh", "ospp_dstatus_en", "ospp_dstatus_three", "ospp_dstatus_retail"}
	texts    = []string{"slmgr", "ospp", "nslookup", "port_probe", "event_text"}
)

// numberedLines puts something before each line that counts or tells the time.
func numberedLines(s, format string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range lines {
		lines[i] = fmt.Sprintf(format, i+1) + lines[i]
	}
	return strings.Join(lines, "\n") + "\n"
}

// stamped puts a growing time before each line.
func stamped(s, before, after string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range lines {
		lines[i] = fmt.Sprintf("%s%02d:%02d:%02d%s", before, 9+i/3600, i/60%60, i%60, after) + lines[i]
	}
	return strings.Join(lines, "\n") + "\n"
}

func entities(s string) string {
	var b strings.Builder
	for _, r := range html.EscapeString(s) {
		if r >= 0x80 {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// misread is text whose UTF-8 bytes somebody took for a code page.
func misread(cp *charmap.Charmap) func(string) string {
	return func(s string) string {
		out, err := cp.NewDecoder().String(s)
		if err != nil || strings.ContainsRune(out, '\uFFFD') || out == s {
			return ""
		}
		return out
	}
}

// crossed is text written in one code page and read in another.
func crossed(written, read *charmap.Charmap) func(string) string {
	return func(s string) string {
		b, err := written.NewEncoder().String(s)
		if err != nil {
			return ""
		}
		out, _ := read.NewDecoder().String(b)
		if out == s {
			return ""
		}
		return out
	}
}

// realities are more disguises, as tickets, mails and chats show them. Each must say what the plain text says.
var realities = []disguise{
	{"html paragraphs", texts, func(s string) string {
		return "<html><body>" + strings.ReplaceAll(eachLine(html.EscapeString(s), "<p class=\"MsoNormal\">", "<o:p></o:p></p>"), "<p class=\"MsoNormal\"><o:p>", "<p><o:p>&nbsp;") + "</body></html>"
	}},
	{"html pre", texts, func(s string) string { return "<div><pre>" + html.EscapeString(s) + "</pre></div>" }},
	{"numeric entities", consoles, entities},
	{"no-break entities", texts, func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(html.EscapeString(s), "    ", "&nbsp;&nbsp;&nbsp; "), "\n", "<br>\n")
	}},
	{"iso stamps", texts, func(s string) string { return stamped(s, "2026-11-20 ", " ") }},
	{"stamps and level", texts, func(s string) string { return stamped(s, "2026-11-20T", ".123Z INFO ") }},
	{"bracketed times", texts, func(s string) string { return stamped(s, "[", "] ") }},
	{"clock times", texts, func(s string) string { return stamped(s, "", ".417 ") }},
	{"runner stamps", texts, func(s string) string { return stamped(s, "[2026-11-20 ", "] [stdout] ") }},
	{"comma stamps", texts, func(s string) string { return stamped(s, "20.11.2026 ", ",880 - ") }},
	{"line numbers", texts, func(s string) string { return numberedLines(s, "%4d  ") }},
	{"line numbers and colon", texts, func(s string) string { return numberedLines(s, "%d: ") }},
	{"line numbers and bar", texts, func(s string) string { return numberedLines(s, "%3d | ") }},
	{"nested quotes", texts, func(s string) string { return eachLine(s, "> > ", "") }},
	{"tight quotes", texts, func(s string) string { return eachLine(s, ">>", "") }},
	{"bars", texts, func(s string) string { return eachLine(s, "| ", "") }},
	{"quoted with empty lines", texts, func(s string) string { return strings.ReplaceAll(eachLine(s, "> ", ""), "\n", "\n>\n") }},
	{"double spaced", blocks, func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") }},
	{"tabs before", texts, func(s string) string { return eachLine(s, "\t", "") }},
	{"bullets", texts, func(s string) string { return eachLine(s, "• ", "") }},
	{"trailing blanks", nil, func(s string) string { return eachLine(s, "", "   ") }},
	{"two blanks at the end", texts, func(s string) string { return eachLine(s, "", "  ") }},
	{"backslash at the end", texts, func(s string) string { return eachLine(s, "", "\\") }},
	{"bold labels", blocks, func(s string) string { return labelRE.ReplaceAllString(s, "$1**$2:** $3") }},
	{"blank before the colon", blocks, func(s string) string { return labelRE.ReplaceAllString(s, "$1$2 : $3") }},
	{"tab after the colon", blocks, func(s string) string { return labelRE.ReplaceAllString(s, "$1$2:\t$3") }},
	{"wiki fence", texts, func(s string) string { return "{noformat}\n" + s + "{noformat}\n" }},
	{"code macro", texts, func(s string) string { return "{code:title=out}\n" + s + "{code}\n" }},
	{"forum quote", texts, func(s string) string { return "[quote=\"ola\"]\n[code]\n" + s + "[/code]\n[/quote]\n" }},
	{"json list of lines", texts, func(s string) string {
		b, _ := json.MarshalIndent(map[string]any{"changed": true, "stdout_lines": strings.Split(strings.TrimRight(s, "\n"), "\n")}, "", "    ")
		return string(b)
	}},
	{"json on one line", texts, func(s string) string {
		b, _ := json.Marshal(map[string]any{"host": "x", "rc": 0, "stdout": strings.ReplaceAll(s, "\n", "\r\n"), "stderr": ""})
		return string(b)
	}},
	{"single quotes", texts, func(s string) string { return eachLine(s, "'", "',") }},
	{"prefix of grep", texts, func(s string) string { return eachLine(s, "outputs/pc-4471.txt:", "") }},
	{"prefix and line of grep", texts, func(s string) string { return numberedLines(s, "C:\\temp\\out.txt:%d:") }},
	{"verbose stream", texts, func(s string) string { return eachLine(s, "VERBOSE: ", "") }},
	{"en dashes", texts, func(s string) string { return hyphenRE.ReplaceAllString(s, "$1–$2") }},
	{"full-width everything", []string{"slmgr", "nslookup_zh", "event_text_zh", "event_text_ru"}, func(s string) string {
		return strings.NewReplacer(":", "：", ",", "，", "(", "（", ")", "）", "=", "＝").Replace(s)
	}},
	{"utf-8 read as windows-1252", texts, misread(charmap.Windows1252)},
	{"utf-8 read as windows-1251", []string{"slmgr_dlv_ru", "slmgr_dlv_host_ru", "nslookup_ru"}, misread(charmap.Windows1251)},
	{"windows-1251 read as ibm866", []string{"slmgr_dlv_ru", "slmgr_dlv_host_ru", "nslookup_ru", "slmgr_ato_ru"}, crossed(charmap.Windows1251, charmap.CodePage866)},
	{"ibm866 read as windows-1251", []string{"slmgr_dlv_ru", "slmgr_dlv_host_ru", "nslookup_ru", "slmgr_ato_ru"}, crossed(charmap.CodePage866, charmap.Windows1251)},
	{"windows-1252 read as ibm850", []string{"slmgr_dlv_nb", "slmgr_dlv_sv", "slmgr_dlv_host_sv", "event_text_sv"}, crossed(charmap.Windows1252, charmap.CodePage850)},
	{"ibm850 read as windows-1252", []string{"slmgr_dlv_nb", "slmgr_dlv_sv", "slmgr_dlv_host_sv", "event_text_sv"}, crossed(charmap.CodePage850, charmap.Windows1252)},
	{"quoted after wrapping", blocks, func(s string) string { return eachLine(wrap(s, 80), "> ", "") }},
	{"quoted before wrapping", blocks, func(s string) string { return wrap(eachLine(s, "> ", ""), 80) }},
	{"wrapped at 60", []string{"slmgr_dlv_en", "slmgr_dlv_mak", "slmgr_dlv_host_en", "slmgr_dlv_adba"}, func(s string) string { return wrap(s, 60) }},
	{"wrapped, crlf", blocks, func(s string) string { return strings.ReplaceAll(wrap(s, 80), "\n", "\r\n") }},
	{"prose around", texts, func(s string) string {
		return "Hei, en bruker klager over at maskinen hans maser om aktivering.\nJag körde detta på datorn:\n\n" + s + "\nЧто делать дальше? Заранее спасибо.\n谢谢，请尽快处理。\nBest regards,\nAnna\n"
	}},
	{"prompt before", texts, func(s string) string { return "PS C:\\Users\\anna> cd \\\nPS C:\\> whoami\ncorp\\anna\n" + s }},
	{"mail head", texts, func(s string) string {
		return "From: Anna Berg <anna@norrskog.example>\nSent: Friday, November 20, 2026 9:12 AM\nTo: helpdesk\nSubject: RE: [INC0042] Windows not activated\n\n" + s
	}},
	{"quoted-printable", consoles, quotedPrintable},
}

var (
	labelRE  = regexp.MustCompile(`(?m)^([ \t]*)([\p{L}][\p{L}0-9 ()-]{2,60}):[ \t]+(\S.*)$`)
	hyphenRE = regexp.MustCompile(`([0-9a-f])-([0-9a-f])`)
)

func quotedPrintable(s string) string {
	var b strings.Builder
	n := 0
	for i := 0; i < len(s); i++ {
		c, w := s[i], 1
		if c == '=' || c >= 0x80 {
			w = 3
		}
		if c != '\n' && n+w > 75 {
			b.WriteString("=\n")
			n = 0
		}
		switch {
		case c == '\n':
			b.WriteByte(c)
			n = -1
			w = 1
		case w == 3:
			fmt.Fprintf(&b, "=%02X", c)
		default:
			b.WriteByte(c)
		}
		n += w
	}
	return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + b.String()
}

func TestReality(t *testing.T) {
	for _, d := range realities {
		t.Run(d.name, func(t *testing.T) { wear(t, d) })
	}
}

// losses are disguises that take information away: what is left must be true.
var losses = []disguise{
	{"breaks lost to two blanks", texts, func(s string) string { return joinLines(s, "  ") }},
	{"breaks lost to a tab", texts, func(s string) string { return joinLines(s, "\t") }},
	{"breaks lost to a bar", texts, func(s string) string { return joinLines(s, " | ") }},
	{"breaks lost to a semicolon", blocks, func(s string) string { return joinLines(s, "; ") }},
	{"breaks lost", texts, func(s string) string { return joinLines(s, " ") }},
	{"glued", []string{"slmgr_dl", "ospp", "nslookup"}, func(s string) string { return joinLines(s, "") }},
	{"wrapped at 60", []string{"slmgr_dlv", "ospp", "nslookup"}, func(s string) string { return wrap(s, 60) }},
	{"wrapped at 72 and quoted", texts, func(s string) string { return eachLine(wrap(s, 72), "> ", "") }},
	{"every other line", consoles, everyOther},
	{"small letters", blocks, strings.ToLower},
	{"capitals", []string{"slmgr"}, strings.ToUpper},
}

func everyOther(s string) string {
	var b strings.Builder
	for i, l := range strings.Split(s, "\n") {
		if i%2 == 0 {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}

// TestLosses also demands that not everything is lost where only the breaks are.
func TestLosses(t *testing.T) {
	for _, d := range losses {
		t.Run(d.name, func(t *testing.T) {
			kept, all := 0, 0
			for _, file := range fixtures(t) {
				name := strings.TrimSuffix(filepath.Base(file), ".txt")
				if !hasAnyPrefix(name, d.of) || strings.HasSuffix(name, "_shapes") {
					continue // known by the order of its lines
				}
				data, _ := os.ReadFile(file)
				whole := said(Parse("", data))
				missing, extra := difference(whole, said(Parse("", []byte(d.do(string(data))))))
				kept += len(whole) - len(missing)
				all += len(whole)
				if extra = slices.DeleteFunc(extra, func(x string) bool {
					return sameButSubject(x, whole) || strings.HasSuffix(strings.ToLower(x), "=none") || strings.Contains(x, "ao_name")
				}); len(extra) > 0 {
					t.Errorf("%s: extra %q", name, extra)
				}
			}
			t.Logf("%d of %d facts kept", kept, all)
			if strings.HasPrefix(d.name, "breaks lost") && kept*10 < all*8 {
				t.Errorf("only %d of %d facts kept", kept, all)
			}
		})
	}
}

// sameButSubject tells a fact that the whole states of another subject: without its heading a block may be
// taken for the machine's.
func sameButSubject(x string, whole []string) bool {
	_, what, _ := strings.Cut(x, " ")
	return slices.ContainsFunc(whole, func(w string) bool { _, have, _ := strings.Cut(w, " "); return strings.EqualFold(have, what) })
}

// cuts that lose information: whatever is left must be true.

// TestTruncated: an output that ends anywhere says nothing that the whole does not say, but for the value
// in which the cut fell.
func TestTruncated(t *testing.T) {
	for _, file := range fixtures(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		whole := said(Parse("", data))
		step := max(len(data)/60, 1)
		for at := 7; at < len(data); at += step {
			d := Parse("", data[:at])
			_, extra := difference(whole, said(d))
			for _, x := range extra {
				if !cutValue(d, x, whole) {
					t.Errorf("%s cut at %d (%q): extra %s", filepath.Base(file), at, data[max(0, at-30):at], x)
				}
			}
		}
	}
}

// cutValue tells that a fact is the beginning of one of the whole, or stands on the last line.
func cutValue(d *Document, x string, whole []string) bool {
	if sameButSubject(x, whole) || strings.HasSuffix(strings.ToLower(x), "=none") || slices.ContainsFunc(whole, func(w string) bool { return strings.HasPrefix(w, x) }) {
		return true
	}
	for _, f := range d.Facts {
		if f.Position.Line == d.LineCount && strings.HasSuffix(x, "="+f.Normalized) {
			return true
		}
	}
	return false
}

// TestMasked: what somebody blanked out gives no fact; everything else stays.
func TestMasked(t *testing.T) {
	hosts := regexp.MustCompile(`\b[A-Za-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:example|contoso\.com|contoso\.de|net)\b`)
	guids := regexp.MustCompile(`\b` + guidPattern + `\b`)
	for _, mask := range []string{"xxxxx", "*****", "<redacted>", "[REDACTED]", "███", "<hostname>", "XXX-XXX", "[maskert]", "(скрыто)", "***.***.***"} {
		t.Run(mask, func(t *testing.T) {
			for _, file := range fixtures(t) {
				name := filepath.Base(file)
				if !hasAnyPrefix(name, texts) {
					continue
				}
				data, _ := os.ReadFile(file)
				blank := guids.ReplaceAll(hosts.ReplaceAll(data, []byte(mask)), []byte(mask))
				if bytes.Equal(blank, data) {
					continue
				}
				want, got := said(Parse("", data)), Parse("", blank)
				_, extra := difference(want, said(got))
				for _, x := range extra {
					if !sameButSubject(x, want) {
						t.Errorf("%s: extra %q", name, x)
					}
				}
			}
		})
	}
}

// slips are what text recognition makes of an output.
var slips = []struct {
	name     string
	of       []string
	do       func(string) string
	complete bool // nothing may be lost
}{
	{"O for 0 in the prefix", texts, func(s string) string { return strings.ReplaceAll(s, "0xC", "OxC") }, true},
	{"O for 0 in a code", texts, regexpSlip(`(0xC)00(4F0[0-9A-F]{2})`, "${1}OO$2"), true},
	{"blank in a code", texts, regexpSlip(`(0xC004)(F[0-9A-F]{3})`, "$1 $2"), true},
	{"blank after the prefix", texts, regexpSlip(`0x(C004F[0-9A-F]{3})`, "0x $1"), true},
	{"l for 1 in a port", []string{"slmgr", "ospp", "nslookup"}, func(s string) string { return strings.ReplaceAll(s, "1688", "l688") }, false},
	{"I for l in labels", blocks, func(s string) string { return strings.ReplaceAll(s, "License Status", "Iicense Status") }, true},
	{"l for i in labels", blocks, func(s string) string { return strings.ReplaceAll(s, "Description", "Descrlption") }, true},
	{"0 for O", blocks, func(s string) string { return strings.ReplaceAll(s, "LICENSE STATUS", "LICENSE STATU5") }, true},
	{"lost blank", blocks, func(s string) string { return strings.ReplaceAll(s, "Partial Product Key", "PartialProduct Key") }, true},
	{"semicolon for colon", []string{"slmgr_dl"}, func(s string) string { return strings.ReplaceAll(s, "Status: ", "Status; ") }, true},
	{"lost colon", []string{"slmgr_dl"}, func(s string) string { return strings.ReplaceAll(s, "Status: ", "Status ") }, true},
	{"O for 0 in numbers", []string{"slmgr", "ospp"}, func(s string) string { return strings.ReplaceAll(s, "10080 ", "1OO8O ") }, false},
	{"blanks around dots", []string{"slmgr"}, func(s string) string { return strings.ReplaceAll(s, "-", "- ") }, false},
	{"S for 5", []string{"slmgr"}, func(s string) string { return strings.ReplaceAll(s, "55c92734", "SSc92734") }, false},
}

func regexpSlip(re, with string) func(string) string {
	r := regexp.MustCompile(re)
	return func(s string) string { return r.ReplaceAllString(s, with) }
}

func TestSlips(t *testing.T) {
	for _, d := range slips {
		t.Run(d.name, func(t *testing.T) {
			for _, file := range fixtures(t) {
				name := filepath.Base(file)
				if !hasAnyPrefix(name, d.of) || strings.Contains(name, "ocr") || strings.Contains(name, "lost_breaks") {
					continue // slipped already
				}
				data, _ := os.ReadFile(file)
				missing, extra := difference(said(Parse("", data)), said(Parse("", []byte(d.do(string(data))))))
				if extra != nil || d.complete && missing != nil {
					t.Errorf("%s: missing %q, extra %q", name, missing, extra)
				}
			}
		})
	}
}
