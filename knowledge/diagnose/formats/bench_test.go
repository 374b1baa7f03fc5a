package formats

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// The benchmarks report MB/s. "floor" is bytes.Count of the same text, the least that any reader can cost:
// the ratio of the two is what is to be compared between machines.

// unrelatedLog makes n bytes of what people upload beside the one file that matters: servicing, web server,
// system and application logs, stack traces, tables and prose. The same n gives the same text.
func unrelatedLog(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.Grow(n + 1024)
	for b.Len() < n {
		section := unrelatedSections[r.IntN(len(unrelatedSections))]
		for range 20 + r.IntN(400) {
			section(&b, r)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()[:n]
}

var words = strings.Fields("package session component server request driver update policy queue handler memory profile index shadow copy volume cluster " +
	"gateway module image backup replica network adapter printer user account group installer service process started stopped completed pending skipped")

func word(r *rand.Rand) string { return words[r.IntN(len(words))] }

func stamp(r *rand.Rand) string {
	return fmt.Sprintf("2024-%02d-%02d %02d:%02d:%02d", 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60))
}

var unrelatedSections = []func(*bytes.Buffer, *rand.Rand){
	func(b *bytes.Buffer, r *rand.Rand) { // servicing
		fmt.Fprintf(b, "%s, Info                  CBS    Exec: %s %s, %s: %s_for_KB%d~31bf3856ad364e35~amd64~~10.0.1.%d [HRESULT = 0x%08x]\r\n",
			stamp(r), word(r), word(r), word(r), "Package", 4000000+r.IntN(999999), r.IntN(99), []uint32{0, 0x800f0805, 0x80070002, 1}[r.IntN(4)])
	},
	func(b *bytes.Buffer, r *rand.Rand) { // web server
		fmt.Fprintf(b, "%s 10.0.%d.%d GET /%s/%s.aspx id=%d 443 - 192.168.%d.%d Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) - %d 0 0 %d\n",
			stamp(r), r.IntN(256), r.IntN(256), word(r), word(r), r.IntN(99999), r.IntN(256), r.IntN(256), []int{200, 304, 404, 500}[r.IntN(4)], r.IntN(5000))
	},
	func(b *bytes.Buffer, r *rand.Rand) { // system
		fmt.Fprintf(b, "Nov %2d %02d:%02d:%02d node%d %s[%d]: %s %s %s: %d (0x%x)\n", 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(9), word(r), r.IntN(32768),
			word(r), word(r), word(r), r.IntN(100000), r.Uint32())
	},
	func(b *bytes.Buffer, r *rand.Rand) { // application with a stack trace
		fmt.Fprintf(b, "[%s] ERROR %s.%s: Error: %s of %s failed, code 0x%08X\n   at Contoso.%s.%s(String name, Int32 %s) in C:\\src\\%s.cs:line %d\n", stamp(r), word(r), word(r),
			word(r), word(r), []uint32{0x80004005, 0x80070005, 0x80131500}[r.IntN(3)], word(r), word(r), word(r), word(r), r.IntN(999))
	},
	func(b *bytes.Buffer, r *rand.Rand) { // table
		fmt.Fprintf(b, "%6d  %-14s %-14s %10d  {%08x-%04x-%04x-%04x-%012x}\n", r.IntN(1e6), word(r), word(r), r.IntN(1<<30), r.Uint32(), r.IntN(65536), r.IntN(65536), r.IntN(65536), r.Uint64()>>16)
	},
	func(b *bytes.Buffer, r *rand.Rand) { // names and values
		fmt.Fprintf(b, "Name            : %s\nDescription     : %s %s\nState           : %s\nComputer        : srv%d\n\n", word(r), word(r), word(r), word(r), r.IntN(99))
	},
	func(b *bytes.Buffer, r *rand.Rand) { // prose of several languages
		fmt.Fprintf(b, "The %s %s was %s; på serveren ble %s %s, служба %s остановлена, 服务器 %s 已启动。\n", word(r), word(r), word(r), word(r), word(r), word(r), word(r))
	},
}

// licensingLog makes n bytes of nothing but outputs about activation: all fixtures again and again.
func licensingLog(tb testing.TB, n int, family string) []byte {
	var b bytes.Buffer
	for _, file := range fixtures(tb) {
		if !strings.Contains(file, "/"+family) || strings.Contains(file, "unrecognized") || family == "" && (strings.Contains(file, "event_csv") || strings.Contains(file, "_xml_")) {
			continue // all that follows the head of a table would be rows
		}
		data, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		text, _, _ := decode(data)
		b.WriteString(text)
		b.WriteString("\n\n")
	}
	if b.Len() == 0 {
		tb.Skip("no fixture of " + family)
	}
	return bytes.Repeat(b.Bytes(), n/b.Len()+1)[:n]
}

const benchBytes = 8 << 20

func benchParse(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		Parse("x.log", data)
	}
}

func BenchmarkParseUnrelated(b *testing.B) { benchParse(b, unrelatedLog(benchBytes)) }

func BenchmarkParseFloor(b *testing.B) {
	data := unrelatedLog(benchBytes)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		bytes.Count(data, []byte("0x"))
	}
}

func BenchmarkSieve(b *testing.B) {
	for name, data := range map[string][]byte{"unrelated": unrelatedLog(benchBytes), "dense": licensingLog(b, benchBytes, "")} {
		b.Run(name, func(b *testing.B) {
			text := string(data)
			b.SetBytes(int64(len(data)))
			kept := 0
			for b.Loop() {
				kept = len(sieve(text)) - strings.Count(text, "\n")
			}
			b.ReportMetric(100*float64(kept)/float64(len(text)), "%kept")
		})
	}
}

func BenchmarkParseDense(b *testing.B) { benchParse(b, licensingLog(b, benchBytes, "")) }

func BenchmarkParseFormats(b *testing.B) {
	for _, family := range []string{"slmgr_dli", "slmgr_dlv", "slmgr_ato", "slmgr_xpr", "ospp_dstatus", "ospp_act", "ospp_dhistory", "ospp_token", "nslookup", "name_lookup",
		"event_text", "event_table", "event_xml", "event_csv", "event_json", "registry", "wmi", "license_csv", "license_json", "vamt", "mgadiag", "licensingdiag", "roiscan",
		"ipconfig", "ping", "port_probe", "firewall", "service", "hotfix", "message", "free_text"} {
		b.Run(family, func(b *testing.B) { benchParse(b, licensingLog(b, 1<<20, family)) })
	}
}
