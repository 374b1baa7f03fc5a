//go:build unix

package formats

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// toolEvent is one event as libevtx's evtxexport writes it in XML.
type toolEvent struct {
	System struct {
		Provider struct {
			Name  string `xml:"Name,attr"`
			Alias string `xml:"EventSourceName,attr"`
		}
		EventID     int
		Level       int
		TimeCreated struct {
			Time string `xml:"SystemTime,attr"`
		}
		EventRecordID uint64
		Channel       string
		Computer      string
		Security      struct {
			User string `xml:"UserID,attr"`
		}
	}
	Rest []toolElement `xml:",any"`
}

type toolElement struct {
	XMLName xml.Name
	Name    string        `xml:"Name,attr"`
	Text    string        `xml:",chardata"`
	Inner   []toolElement `xml:",any"`
}

func (e *toolElement) leaves(out *[]string) {
	if len(e.Inner) == 0 && (e.XMLName.Local != "EventData" || tidy(e.Text) != "") {
		*out = append(*out, fmt.Sprintf("%s %q=%q", e.XMLName.Local, e.Name, tidy(e.Text)))
	}
	for i := range e.Inner {
		e.Inner[i].leaves(out)
	}
}

// tidy leaves out what XML does not carry: line ends as they were, and blanks around an element.
func tidy(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}

// told is everything that must be equal.
func (e *toolEvent) told() string {
	var data []string
	for i := range e.Rest {
		e.Rest[i].leaves(&data)
	}
	s := &e.System
	return fmt.Sprintf("%d %s|%s %d %d %s %s %s %s\n%s", s.EventRecordID, s.Provider.Name, s.Provider.Alias, s.EventID, s.Level,
		s.TimeCreated.Time, s.Channel, s.Computer, s.Security.User, strings.Join(data, "\n"))
}

func (r *evtxRecord) told() string {
	var data []string
	for _, d := range r.data() {
		if d.element != "RenderingInfo" && (d.element != "EventData" || tidy(d.text) != "") {
			data = append(data, fmt.Sprintf("%s %q=%q", d.element, d.name, tidy(d.text)))
		}
	}
	return fmt.Sprintf("%d %s|%s %d %d %s %s %s %s\n%s", r.number, r.provider, r.alias, r.id, r.level,
		r.created.Format("2006-01-02T15:04:05.000000000Z"), r.channel, r.computer, r.user(), strings.Join(data, "\n"))
}

// TestLikeEvtxexport reads every real log with both readers. Each record that evtxexport tells of must be
// told equally; a record of ours beyond those is an error too.
func TestLikeEvtxexport(t *testing.T) {
	tool, err := exec.LookPath("evtxexport")
	if err != nil {
		t.Skip("evtxexport is not installed (package libevtx-utils)")
	}
	files, _ := filepath.Glob(filepath.Join(sharedDir(t, "logs"), "*.evtx"))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(tool, "-f", "xml", file).Output()
			if err != nil {
				t.Fatal(err)
			}
			want := readExport(t, out)
			var got []string
			count := eachRecord(data, func(r *evtxRecord) { got = append(got, r.told()) })
			if len(got) != len(want) {
				t.Errorf("%d records, evtxexport has %d", len(got), len(want))
			}
			wrong := 0
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					if wrong++; wrong <= 3 {
						t.Errorf("record %d:\n got %s\nwant %s", i+1, got[i], want[i])
					}
				}
			}
			t.Logf("%d records, %d differ; %+v", len(want), wrong, count)
		})
	}
}

func readExport(t *testing.T, out []byte) []string {
	t.Helper()
	var want []string
	text := strings.ToValidUTF8(string(out), "\uFFFD")
	for _, part := range strings.SplitAfter(text, "</Event>") {
		i := strings.Index(part, "<Event ")
		if i < 0 {
			continue
		}
		var e toolEvent
		if err := xml.Unmarshal([]byte(part[i:]), &e); err != nil {
			t.Fatalf("evtxexport: %v: %.300s", err, part[i:])
		}
		want = append(want, e.told())
	}
	return want
}

// BenchmarkEvtxexport tells how many times as fast as evtxexport the real logs are read, by processor time:
// every value of every record, and what an upload needs. Run it with -cpu 1.
func BenchmarkEvtxexport(b *testing.B) {
	tool, err := exec.LookPath("evtxexport")
	if err != nil {
		b.Skip("evtxexport is not installed (package libevtx-utils)")
	}
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "logs", "*.evtx"))
	for _, file := range files {
		one, err := os.ReadFile(file)
		if err != nil || len(one) < 1<<20 {
			continue // too short to be timed
		}
		b.Run(filepath.Base(file), func(b *testing.B) {
			data := enlarged(one, 16<<20)
			path := filepath.Join(b.TempDir(), "x.evtx")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				b.Fatal(err)
			}
			var theirs, all, facts time.Duration
			for b.Loop() {
				cmd := exec.Command(tool, path)
				if err := cmd.Run(); err != nil {
					b.Fatal(err)
				}
				theirs += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
				all += processorTime(func() { eachRecord(data, func(r *evtxRecord) { _ = r.data() }) })
				facts += processorTime(func() { _, _ = Read("x.evtx", bytes.NewReader(data), func(s string, _ int) string { return s }) })
			}
			megabytes := float64(len(data)) * float64(b.N) / 1e6
			b.ReportMetric(megabytes/theirs.Seconds(), "theirs-MB/s")
			b.ReportMetric(megabytes/all.Seconds(), "all-MB/s")
			b.ReportMetric(megabytes/facts.Seconds(), "facts-MB/s")
			b.ReportMetric(theirs.Seconds()/all.Seconds(), "all-times")
			b.ReportMetric(theirs.Seconds()/facts.Seconds(), "facts-times")
		})
	}
}

// enlarged repeats the chunks of a log that are in use.
func enlarged(one []byte, size int) []byte {
	chunks := 0
	for at := evtxHeader; at+evtxChunk <= len(one) && bytes.HasPrefix(one[at:], evtxChunkMagic); at += evtxChunk {
		chunks++
	}
	used := one[evtxHeader : evtxHeader+chunks*evtxChunk]
	n := size / len(used)
	out := append(one[:evtxHeader:evtxHeader], bytes.Repeat(used, n)...)
	le.PutUint64(out[16:], uint64(n*chunks-1))
	le.PutUint16(out[42:], uint16(n*chunks))
	le.PutUint32(out[124:], crc32.ChecksumIEEE(out[:120]))
	return out
}

func processorTime(run func()) time.Duration {
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	run()
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	used := func(r syscall.Rusage) int64 { return r.Utime.Nano() + r.Stime.Nano() }
	return time.Duration(used(after) - used(before))
}
