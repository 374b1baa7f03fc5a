//go:build linux

package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// BenchmarkUpload sends large uploads to the real program, as they are made, and reads its stream to the end. It
// reports the program's peak of resident memory, and how much of that the upload added. Small sizes show that it
// works; the figures that people ask for need
//
//	BENCH_LARGE=1 go test ./cmd/activationkb -run '^$' -bench Upload -benchtime 1x -timeout 1h
func BenchmarkUpload(b *testing.B) {
	for _, upload := range []struct {
		name, file   string
		write        func(w io.Writer, n int) error
		small, large int
		send         func(*program, *testing.B, string, io.Reader) int64
	}{
		{"clients", "clients.zip", writeClients, 100, 10_000, (*program).upload},
		{"clients-grpc", "clients.zip", writeClients, 100, 10_000, (*program).stream},
		{"computers", "list.cilx", writeComputers, 500, 20_000, (*program).upload},
		{"log-MiB", "server.log", writeLog, 5, 1023, (*program).upload},
		{"requests-MiB", "events.log", writeRequests, 2, 32, (*program).upload},
	} {
		n := upload.small
		if os.Getenv("BENCH_LARGE") != "" {
			n = upload.large
		}
		b.Run(fmt.Sprintf("%s=%d", upload.name, n), func(b *testing.B) {
			p := startProgram(b)
			before := p.memory(b, "VmRSS")
			var sent, events int64
			for b.Loop() {
				body := made(func(w io.Writer) error { return upload.write(w, n) })
				events = upload.send(p, b, upload.file, body)
				sent = body.N
			}
			peak := p.memory(b, "VmHWM")
			b.SetBytes(sent)
			b.ReportMetric(peak, "peak-MiB")
			b.ReportMetric(max(0, peak-before), "added-MiB")
			b.ReportMetric(float64(events), "events")
		})
	}
}

// program is a server of its own, so that its peak is that of one upload.
type program struct {
	http, grpc string
	pid        int
}

func startProgram(b *testing.B) *program {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Args = []string{"activationkb", "serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"}
	log := &firstLine{line: make(chan []byte, 1)}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	b.Cleanup(func() {
		_ = cmd.Process.Kill() // it has answered all
		<-ended
	})
	var addresses struct{ HTTP, GRPC string }
	select {
	case line := <-log.line:
		err = json.Unmarshal(line, &addresses)
	case <-time.After(time.Minute):
		err = fmt.Errorf("serve said nothing")
	}
	if err == nil {
		err = waitReady(addresses.HTTP, ended)
	}
	if err != nil {
		b.Fatalf("%v\n%s", err, log.all())
	}
	return &program{addresses.HTTP, addresses.GRPC, cmd.Process.Pid}
}

// memory reads a figure of the system's about the program, in MiB.
func (p *program) memory(b *testing.B, name string) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
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

// made is read as it is written.
func made(write func(io.Writer) error) *formats.Counter {
	out, in := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(in, 256<<10)
		err := write(w)
		if err == nil {
			err = w.Flush()
		}
		_ = in.CloseWithError(err) // the reader is told
	}()
	return &formats.Counter{R: out}
}

// upload sends body over HTTP and returns how many events came, of which the last is the analysis.
func (p *program) upload(b *testing.B, name string, body io.Reader) (events int64) {
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+p.http+"/v1/logs:upload?filename="+name, body)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Accept", "application/x-ndjson")
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReaderSize(resp.Body, 1<<20)
	var last []byte
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		last = line
		events++
	}
	if !bytes.Contains(last[:min(len(last), 100)], []byte(`"analysis"`)) {
		b.Fatalf("%s: the last event is %.300s", resp.Status, last)
	}
	return events
}

// stream does the same over gRPC, with a client that takes messages of the usual size.
func (p *program) stream(b *testing.B, name string, body io.Reader) (events int64) {
	conn, err := grpc.NewClient(p.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	stream, err := pb.NewDiagnosisServiceClient(conn).StreamAnalyzeLogs(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() { sent <- sendChunks(stream, name, body) }()
	var last *pb.AnalyzeLogsEvent
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		last = event
		events++
	}
	if err := <-sent; err != nil {
		b.Fatal(err)
	}
	if last.GetAnalysis() == nil {
		b.Fatalf("the last event is %.300s", last)
	}
	return events
}

func sendChunks(stream grpc.BidiStreamingClient[pb.UploadLogsRequest, pb.AnalyzeLogsEvent], name string, body io.Reader) error {
	file := &pb.UploadLogsRequest_File{Filename: name}
	if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_File_{File: file}}); err != nil {
		return err
	}
	chunk := make([]byte, 256<<10)
	for {
		n, err := body.Read(chunk)
		if errors.Is(err, io.EOF) {
			return stream.CloseSend()
		}
		if err != nil {
			return err
		}
		if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Chunk{Chunk: chunk[:n]}}); err != nil {
			return err
		}
	}
}

// activationRequest is event 12288 of one client; every tenth is refused.
func activationRequest(i int) string {
	code := "0x00000000"
	if i%10 == 9 {
		code = "0xC004F038"
	}
	return fmt.Sprintf("Microsoft-Windows-Security-SPP\nDate: 2026-03-02T07:%02d:%02dZ\nEvent ID: 12288\nComputer: PC%05d.contoso.com\n%s, 0x00000000, kms1.contoso.com:1688, aaaaaaaa-0000-4000-8000-%012d, 2026/03/02 07:%02d, 0, 2, %d, 2de67392-b7a7-462a-b1ca-108dd189f588, 25\n\n",
		i/60%60, i%60, i, code, i, i/60%60, 40000+i%3000)
}

// writeClients makes an archive of n clients' outputs.
func writeClients(w io.Writer, n int) error {
	z := zip.NewWriter(w)
	for i := range n {
		f, err := z.Create(fmt.Sprintf("PC%05d.txt", i))
		if err != nil {
			return err
		}
		status := "Licensed"
		if i%10 == 9 {
			status = "Notification"
		}
		if _, err := fmt.Fprintf(f, `%sC:\>cscript slmgr.vbs /dlv
Software licensing service version: 10.0.19041.1

Name: Windows(R), Professional edition
Description: Windows(R) Operating System, VOLUME_KMSCLIENT channel
Activation ID: 2de67392-b7a7-462a-b1ca-108dd189f588
Application ID: 55c92734-d682-4d71-983e-d6ec3f16059f
Extended PID: 03612-03308-000-%06d-03-1044-19041.0000-2942023
Product Key Channel: Volume:GVLK
Installation ID: 1182147162173930614782161823615732512615464212532713526%08d
Partial Product Key: T83GX
License Status: %s
Remaining Windows rearm count: 1001
Trusted time: 02.03.2026 09:12:44
Client Machine ID (CMID): aaaaaaaa-0000-4000-8000-%012d
    KMS machine name from DNS: kms1.contoso.com:1688
    Activation interval: 120 minutes
    Renewal interval: 10080 minutes
`, activationRequest(i), i, i, status, i); err != nil {
			return err
		}
	}
	return z.Close()
}

// writeComputers makes a list of n computers as VAMT saves it.
func writeComputers(w io.Writer, n int) error {
	if _, err := fmt.Fprintln(w, `<SoftwareLicensingData Version="3.0">`); err != nil {
		return err
	}
	for i := range n {
		status, reason := 1, 1074065472
		if i%10 == 9 {
			status, reason = 5, 3221549172
		}
		if _, err := fmt.Fprintf(w, `<Computer Name="PC%05d.contoso.com" OSVersion="10.0.19045"><Products><Product>
<Sku Id="73111121-5638-40f6-bc11-f1d7b0d64300" Name="Windows(R), Enterprise edition" Description="Windows(R) Operating System, VOLUME_KMSCLIENT channel"/>
<PartialProductKey>2YT43</PartialProductKey><LicenseStatus>%d</LicenseStatus><LicenseStatusReason>%d</LicenseStatusReason>
<GracePeriodRemaining>250100</GracePeriodRemaining><KmsHost>kms01.contoso.com</KmsHost><CMID>aaaaaaaa-0000-4000-8000-%012d</CMID></Product></Products></Computer>
`, i, status, reason, i); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, "</SoftwareLicensingData>")
	return err
}

// writeLog makes n MiB of a server's log with one request about activation in it.
func writeLog(w io.Writer, n int) error {
	for at, i := 0, 0; at < n<<20; i++ {
		line := fmt.Sprintf("2026-03-02 07:%02d:%02d 10.0.%d.%d GET /orders/%d status=%d error=0x%08x time=%d\n", i/60%60, i%60, i>>8&255, i&255, i, 200+i%7, i*7919, i%977)
		if at == 0 {
			line = activationRequest(9)
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
		at += len(line)
	}
	return nil
}

// writeRequests makes n MiB of nothing but requests of some thousand clients: the log of a busy KMS host.
func writeRequests(w io.Writer, n int) error {
	for at, i := 0, 0; at < n<<20; i++ {
		text := activationRequest(i % 5000)
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
		at += len(text)
	}
	return nil
}
