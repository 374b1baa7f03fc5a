package server_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

// fleetZip holds the outputs of n clients, every tenth of which asks a KMS host that DNS does not publish.
func fleetZip(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, text string) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	add("dns.txt", "C:\\>nslookup -type=srv _vlmcs._tcp.contoso.com\nServer:  dc01.contoso.com\nAddress:  192.0.2.10\n\n_vlmcs._tcp.contoso.com SRV service location:\n          priority       = 0\n          weight         = 0\n          port           = 1688\n          svr hostname   = kms1.contoso.com\n")
	for i := range n {
		code, host := "0x00000000", "kms1.contoso.com"
		if i%10 == 9 {
			code, host = "0xC004F074", "kms-old.contoso.com"
		}
		add(fmt.Sprintf("PC%05d.txt", i), fmt.Sprintf("Microsoft-Windows-Security-SPP\nEvent ID: 12288\nComputer: PC%05d.contoso.com\n%s, 0x00000000, %s:1688, aaaaaaaa-0000-4000-8000-%012d, 2026/11/21 10:00, 0, 2, 41760, 2de67392-b7a7-462a-b1ca-108dd189f588, 25\n", i, code, host, i))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// watched is what a stream of events came to.
type watched struct {
	stages    []pb.AnalyzeLogsEvent_Progress_Stage
	order     []string // kinds of events, each run of a kind once
	findings  map[string]*pb.Finding
	instances map[string][]*pb.FindingInstance // by instance key
	analysis  *pb.AnalyzeLogsResponse
	err       error
}

func (w *watched) take(e *pb.AnalyzeLogsEvent) {
	kind := ""
	switch x := e.GetEvent().(type) {
	case *pb.AnalyzeLogsEvent_Progress_:
		kind = "progress"
		if s := x.Progress.GetStage(); len(w.stages) == 0 || w.stages[len(w.stages)-1] != s {
			w.stages = append(w.stages, s)
		}
	case *pb.AnalyzeLogsEvent_Finding:
		kind, w.findings[x.Finding.GetFindingId()] = "finding", x.Finding
	case *pb.AnalyzeLogsEvent_Instance:
		kind = "instance"
		w.instances[x.Instance.GetInstanceKey()] = append(w.instances[x.Instance.GetInstanceKey()], x.Instance)
	case *pb.AnalyzeLogsEvent_Analysis:
		kind, w.analysis = "analysis", x.Analysis
	case *pb.AnalyzeLogsEvent_Error:
		kind, w.err = "error", status.ErrorProto(x.Error)
	}
	if len(w.order) == 0 || w.order[len(w.order)-1] != kind {
		w.order = append(w.order, kind)
	}
}

func newWatched() *watched {
	return &watched{findings: map[string]*pb.Finding{}, instances: map[string][]*pb.FindingInstance{}}
}

// checkFleet: one finding with a count and the first machines, and one instance for each machine.
func (w *watched) checkFleet(t *testing.T, n int) {
	t.Helper()
	if got, want := strings.Join(w.order, " "), "progress finding instance analysis"; got != want {
		t.Fatalf("events came as %q, want %q; %v", got, want, w.err)
	}
	if got, want := fmt.Sprint(w.stages), "[RECEIVING READING DIAGNOSING]"; got != want {
		t.Errorf("stages are %s, want %s", got, want)
	}
	f := w.findings["fixed-kms-host-wrong"]
	if f == nil || int(f.GetMachineCount()) != n/10 || len(f.GetMachines()) != min(n/10, 20) || len(f.GetEvidence()) > 10 {
		t.Fatalf("finding is %v, want one of %d machines that names 20 at most", f, n/10)
	}
	machines := map[string]bool{}
	for _, i := range w.instances[f.GetInstanceKey()] {
		machines[i.GetMachine()] = true
		if len(i.GetEvidence()) == 0 || i.GetExplanation() == "" {
			t.Errorf("instance %v has no evidence or no explanation", i)
		}
	}
	if len(machines) != n/10 || len(w.instances[f.GetInstanceKey()]) != n/10 {
		t.Errorf("%d instances of %d machines, want %d of each", len(w.instances[f.GetInstanceKey()]), len(machines), n/10)
	}
	if len(w.analysis.GetDocuments()) != n+1 {
		t.Errorf("%d documents, want %d", len(w.analysis.GetDocuments()), n+1)
	}
}

func TestFleetOverREST(t *testing.T) {
	const n = 300
	a := do(t, "POST", "/v1/logs:upload?filename=fleet.zip", string(fleetZip(t, n)), "Accept", "application/x-ndjson", "Content-Type", "application/zip")
	if got := a.Header.Get("Content-Type"); got != "application/x-ndjson" {
		t.Errorf("Content-Type is %q", got)
	}
	w := newWatched()
	for line := range bytes.Lines(a.body) {
		var e pb.AnalyzeLogsEvent
		if err := protojson.Unmarshal(line, &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		w.take(&e)
	}
	w.checkFleet(t, n)
}

// send streams a file in small chunks.
func sendUpload(t *testing.T, stream grpc.BidiStreamingClient[pb.UploadLogsRequest, pb.AnalyzeLogsEvent], opts *pb.UploadLogsRequest_Options, name string, data []byte) {
	t.Helper()
	messages := []*pb.UploadLogsRequest{
		{Payload: &pb.UploadLogsRequest_Options_{Options: opts}},
		{Payload: &pb.UploadLogsRequest_File_{File: &pb.UploadLogsRequest_File{Filename: name}}},
	}
	for len(data) > 0 {
		n := min(len(data), 64<<10)
		messages = append(messages, &pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Chunk{Chunk: data[:n]}})
		data = data[n:]
	}
	for _, m := range messages {
		if err := stream.Send(m); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
}

func watching(t *testing.T, ctx context.Context) grpc.BidiStreamingClient[pb.UploadLogsRequest, pb.AnalyzeLogsEvent] {
	t.Helper()
	conn, err := grpc.NewClient(running().GRPCAddr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	stream, err := pb.NewDiagnosisServiceClient(conn).StreamAnalyzeLogs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func TestFleetOverGRPC(t *testing.T) {
	const n = 200
	stream := watching(t, t.Context())
	sendUpload(t, stream, &pb.UploadLogsRequest_Options{View: pb.View_FULL}, "fleet.zip", fleetZip(t, n))
	w := newWatched()
	for {
		e, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		w.take(e)
	}
	w.checkFleet(t, n)
}

// TestAnswerFitsAMessage: whatever an upload holds, a client with gRPC's usual limit of 4 MiB receives its answer,
// which tells what it leaves out.
func TestAnswerFitsAMessage(t *testing.T) {
	const n = 5000
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	z := zip.NewWriter(packed)
	for i := range n {
		w, err := z.Create(strings.Repeat(fmt.Sprintf("%08x", uint32(i)*0x9E3779B1), 110))
		if err == nil {
			_, err = io.WriteString(w, "License Status: Licensed\nerror 0xC004F074\n")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	stream := watching(t, t.Context())
	sendUpload(t, stream, &pb.UploadLogsRequest_Options{LanguageCode: "nb"}, "fleet.zip.gz", b.Bytes())
	w := newWatched()
	for e, err := stream.Recv(); !errors.Is(err, io.EOF); e, err = stream.Recv() {
		if err != nil {
			t.Fatal(err)
		}
		w.take(e)
	}
	a := w.analysis
	if len(a.GetFindings()) == 0 || len(a.GetDocuments()) >= n || len(a.GetFacts())+int(a.GetTruncated().GetFacts()) < n {
		t.Errorf("%d findings, %d documents, %d facts and %d more", len(a.GetFindings()), len(a.GetDocuments()), len(a.GetFacts()), a.GetTruncated().GetFacts())
	}
	if want := fmt.Sprintf("lister %d av de %d filene", len(a.GetDocuments()), n); !strings.Contains(strings.Join(a.GetWarnings(), " "), want) {
		t.Errorf("warnings are %q, want %q", a.GetWarnings(), want)
	}
}

// TestFleetRedacted: no instance of a large upload tells a name that was to be replaced.
func TestFleetRedacted(t *testing.T) {
	a := do(t, "POST", "/v1/logs:upload?filename=fleet.zip&redact=HOST&view=SUMMARY", string(fleetZip(t, 50)), "Accept", "application/x-ndjson", "Content-Type", "application/zip")
	for line := range strings.Lines(string(a.body)) {
		if strings.Contains(line, `"instance"`) && strings.Contains(strings.ToLower(line), "contoso") {
			t.Fatalf("a name is left: %s", line)
		}
		if strings.Contains(line, `"excerpt"`) {
			t.Fatalf("a summary has evidence: %s", line)
		}
	}
}

func TestCancelledWatch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stream := watching(t, ctx)
	sendUpload(t, stream, new(pb.UploadLogsRequest_Options), "fleet.zip", fleetZip(t, 100))
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	cancel()
	for {
		if _, err := stream.Recv(); err != nil {
			if status.Code(err) != codes.Canceled {
				t.Errorf("ended with %v, want CANCELLED", err)
			}
			return
		}
	}
}

// TestFaultAfterTheFirstLine: the status can no longer change, so the error is the last line.
func TestFaultAfterTheFirstLine(t *testing.T) {
	body, w := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+running().HTTPAddr().String()+"/v1/logs:upload?filename=a.txt", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/x-ndjson")
	req.Header.Set("Content-Type", "text/plain")
	begun := make(chan struct{})
	go func() { // up to the limit, and one byte more once the answer was begun
		_, err := w.Write(bytes.Repeat([]byte("x"), 4<<20))
		<-begun
		if err == nil {
			_, err = w.Write([]byte("x"))
		}
		_ = w.CloseWithError(err)
	}()
	resp, err := http.DefaultClient.Do(req)
	close(begun)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var last struct{ Error, Analysis json.RawMessage }
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			t.Fatal(err)
		}
	}
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(last.Error), "REQUEST_TOO_LARGE") || len(last.Analysis) > 0 {
		t.Errorf("status %d, last line %s, want an error in it", resp.StatusCode, last.Error)
	}
}
