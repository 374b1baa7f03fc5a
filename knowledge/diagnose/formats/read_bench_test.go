//go:build unix

package formats

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// The sizes of these benchmarks are small for the gate; the figures that people ask for need
//
//	BENCH_LARGE=1 go test ./knowledge/diagnose/formats -run '^$' -bench 'Grep|Memory|Evtxexport' -benchtime 1x -cpu 1
func megabytes(small, large int) int {
	if os.Getenv("BENCH_LARGE") != "" {
		return large
	}
	return small
}

// BenchmarkGrep tells how many times as long as "grep -c 0x" the reading of a log takes, by processor time.
func BenchmarkGrep(b *testing.B) {
	grep, err := exec.LookPath("grep")
	if err != nil {
		b.Skip("grep is not installed")
	}
	size := megabytes(8, 200)
	path := filepath.Join(b.TempDir(), "x.log")
	if err := os.WriteFile(path, unrelatedLog(size*1e6), 0o600); err != nil {
		b.Fatal(err)
	}
	var theirs, ours time.Duration
	for b.Loop() {
		cmd := exec.Command(grep, "-c", "0x", path)
		if _, err := cmd.Output(); err != nil { // of what nobody reads grep would tell only whether there is any
			b.Fatal(err)
		}
		theirs += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		ours += processorTime(func() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			if _, err := Read("x.log", f, hideNothing); err != nil {
				b.Fatal(err)
			}
		})
	}
	total := float64(size * b.N)
	b.ReportMetric(total/theirs.Seconds(), "grep-MB/s")
	b.ReportMetric(total/ours.Seconds(), "ours-MB/s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "times-grep")
}

// BenchmarkMemory tells by how much reading a document raises the resident memory of the process at most.
func BenchmarkMemory(b *testing.B) {
	spp, other := benchRecords()
	header := logOf()
	damaged := slices.Repeat(chunkOf(spp...), 8)
	for at := evtxChunk + 700; at < len(damaged); at += 4999 { // the first chunk is whole, so that it is an event log
		damaged[at] ^= 0x55
	}
	var requests strings.Builder
	for i := range 1000 {
		requests.WriteString(requestText(i))
	}
	size := megabytes(6, 300) << 20
	for _, doc := range []struct {
		name       string
		head, unit []byte
	}{
		{"evtx-activation", header, chunkOf(spp...)},
		{"evtx-other", header, chunkOf(other...)},
		{"evtx-damaged", header, damaged},
		{"text-other", nil, unrelatedLog(8 << 20)},
		{"text-activation", nil, []byte(requests.String())},
	} {
		b.Run(doc.name, func(b *testing.B) {
			added := 0.0
			for b.Loop() {
				debug.FreeOSMemory()
				if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
					b.Skip("the system does not tell peaks")
				}
				before := memory(b, "VmRSS")
				d, err := Read("x", io.MultiReader(bytes.NewReader(doc.head), &repeated{unit: doc.unit, left: size}), hideNothing)
				if err != nil {
					b.Fatal(err)
				}
				added = max(added, memory(b, "VmHWM")-before)
				b.ReportMetric(float64(len(d.Facts)), "facts")
			}
			b.SetBytes(int64(size))
			b.ReportMetric(added, "added-MiB")
		})
	}
}

// repeated is a text again and again.
type repeated struct {
	unit     []byte
	at, left int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, r.unit[r.at:])
	r.at, r.left = (r.at+n)%len(r.unit), r.left-n
	return n, nil
}

// memory reads a figure of the system's about this process, in MiB.
func memory(b *testing.B, name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), name+":")
	var kilobytes float64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	return kilobytes / 1024
}
