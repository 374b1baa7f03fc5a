package server_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/server"
)

// The tests share one running server with the built-in content: it never changes.
var running = sync.OnceValue(func() *server.Server {
	s, err := server.New(server.Options{HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Content: []fs.FS{content.FS()}, Limits: server.Limits{Upload: 4 << 20}})
	if err != nil {
		panic(err)
	}
	if err := s.Load(); err != nil {
		panic(err)
	}
	go func() { _ = s.Run(context.Background()) }() // ends with the test process
	return s
})

type answer struct {
	*http.Response
	body []byte
}

func (a *answer) reason() string {
	var e struct{ Details []struct{ Reason string } }
	if json.Unmarshal(a.body, &e) != nil {
		return "not JSON: " + string(a.body)
	}
	for _, d := range e.Details {
		if d.Reason != "" {
			return d.Reason
		}
	}
	return ""
}

func do(t *testing.T, method, path, body string, header ...string) *answer {
	t.Helper()
	return fetch(t, running(), method, path, body, header...)
}

func fetch(t *testing.T, s *server.Server, method, path, body string, header ...string) *answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.HTTPAddr().String()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &answer{resp, data}
}

func TestBadInput(t *testing.T) {
	long := strings.Repeat("x", 10<<10)
	tests := map[string]struct {
		method, path, body string
		status             int
		reason             string
	}{
		"malformed code":                {"GET", "/v1/errorCodes/zzz", "", 400, "ERROR_CODE_MALFORMED"},
		"four digits":                   {"GET", "/v1/errorCodes/f041", "", 400, "ERROR_CODE_MALFORMED"},
		"unknown code in parts":         {"GET", "/v1/errorCodes/C004-EEEE", "", 400, "ERROR_CODE_MALFORMED"},
		"unknown, well-formed code":     {"GET", "/v1/errorCodes/0xC004EEEE", "", 404, "ERROR_CODE_UNKNOWN"},
		"control characters in a code":  {"GET", "/v1/errorCodes/0x8007%00", "", 400, "FIELD_INVALID"},
		"10 KB code":                    {"GET", "/v1/errorCodes/" + long, "", 400, "FIELD_INVALID"},
		"empty query":                   {"GET", "/v1/search?query=", "", 400, "FIELD_INVALID"},
		"query of blanks":               {"GET", "/v1/search?query=%20%20", "", 400, "FIELD_INVALID"},
		"10 KB query":                   {"GET", "/v1/search?query=" + long, "", 400, "FIELD_INVALID"},
		"control characters in a query": {"GET", "/v1/search?query=kms%01", "", 400, "FIELD_INVALID"},
		"unknown language":              {"GET", "/v1/search?query=kms&languageCode=tlh", "", 400, "LANGUAGE_UNSUPPORTED"},
		"language that is no tag":       {"GET", "/v1/errorCodes/0x0?languageCode=%25%25", "", 400, "LANGUAGE_UNSUPPORTED"},
		"unknown content language":      {"GET", "/v1/search?query=kms&contentLanguageCodes=de", "", 400, "LANGUAGE_UNSUPPORTED"},
		"unknown page token":            {"GET", "/v1/search?query=kms&pageToken=abc", "", 400, "PAGE_TOKEN_INVALID"},
		"negative page size":            {"GET", "/v1/articles?pageSize=-1", "", 400, "FIELD_INVALID"},
		"page size that is no number":   {"GET", "/v1/articles?pageSize=many", "", 400, "FIELD_INVALID"},
		"unknown query parameter":       {"GET", "/v1/search?query=kms&bogus=1", "", 400, "UNKNOWN_FIELD"},
		"query parameter on POST":       {"POST", "/v1/search?pageSize=5", `{"query":"kms"}`, 400, "UNKNOWN_FIELD"},
		"unknown enum value":            {"GET", "/v1/errorCodes/0x0?product=TOASTER", "", 400, "FIELD_INVALID"},
		"unknown body field":            {"POST", "/v1/search", `{"query":"kms","bogus":1}`, 400, "UNKNOWN_FIELD"},
		"body that is not JSON":         {"POST", "/v1/search", `{"query"`, 400, "FIELD_INVALID"},
		"5 MB JSON body":                {"POST", "/v1/search", `{"query":"` + strings.Repeat("x", 5<<20) + `"}`, 400, "FIELD_INVALID"},
		"20 MB JSON body":               {"POST", "/v1/search", `{"query":"` + strings.Repeat("x", 20<<20) + `"}`, 413, "REQUEST_TOO_LARGE"},
		"empty body":                    {"POST", "/v1/symptoms:diagnose", `{}`, 400, "FIELD_INVALID"},
		"blank symptom":                 {"POST", "/v1/symptoms:diagnose", `{"text":"  \n "}`, 400, "FIELD_INVALID"},
		"symptom beyond 64 KiB":         {"POST", "/v1/symptoms:diagnose", `{"text":"` + strings.Repeat("x", 70<<10) + `"}`, 400, "FIELD_INVALID"},
		"no documents":                  {"POST", "/v1/logs:analyze", `{"documents":[]}`, 400, "FIELD_INVALID"},
		"document without content":      {"POST", "/v1/logs:analyze", `{"documents":[{"filename":"a"}]}`, 400, "FIELD_INVALID"},
		"upload beyond the limit":       {"POST", "/v1/logs:upload", strings.Repeat("x", 5<<20), 413, "REQUEST_TOO_LARGE"},
		"upload with unknown option":    {"POST", "/v1/logs:upload?bogus=1", "x", 400, "UNKNOWN_FIELD"},
		"no such article":               {"GET", "/v1/articles/no-such-thing", "", 404, "ARTICLE_NOT_FOUND"},
		"article id in capitals":        {"GET", "/v1/articles/NO", "", 400, "FIELD_INVALID"},
		"no such event":                 {"GET", "/v1/events/99999", "", 404, "EVENT_NOT_FOUND"},
		"no such path":                  {"GET", "/v1/nothing", "", 404, "PATH_NOT_FOUND"},
		"no such page":                  {"GET", "/wp-login.php", "", 404, "PATH_NOT_FOUND"},
		"wrong method":                  {"DELETE", "/v1/articles/kms-unreachable", "", 405, "METHOD_NOT_ALLOWED"},
		"batch of nothing":              {"GET", "/v1/errorCodes:batchGet", "", 400, "FIELD_INVALID"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := do(t, test.method, test.path, test.body, "Content-Type", "application/json", "Accept-Language", "ru")
			if a.StatusCode != test.status || a.reason() != test.reason {
				t.Errorf("%d %s, want %d %s\n%s", a.StatusCode, a.reason(), test.status, test.reason, clip(a.body))
			}
			if a.Header.Get("X-Request-Id") == "" || a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers of an error: %v", a.Header)
			}
			if test.reason != "LANGUAGE_UNSUPPORTED" && !strings.Contains(string(a.body), `"ru"`) {
				t.Errorf("no Russian text: %s", clip(a.body))
			}
		})
	}
}

func clip(b []byte) []byte { return b[:min(len(b), 600)] }

func TestJunkIsNotSuccess(t *testing.T) {
	for name, data := range map[string]string{
		"binary junk":    "\x00\x01\x02\xff\xfe\xfd" + strings.Repeat("\x00\x9d\xc3", 1000),
		"empty file":     "",
		"unrelated text": "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0",
		"zip of nothing": emptyZip(t),
		"damaged zip":    "PK\x03\x04 no archive",
	} {
		t.Run(name, func(t *testing.T) {
			a := do(t, "POST", "/v1/logs:upload?filename=x.log&languageCode=sv", data)

			var r struct {
				Verdict  struct{ State, Summary string }
				Findings []any
			}
			if err := json.Unmarshal(a.body, &r); err != nil || a.StatusCode != 200 {
				t.Fatalf("%d %v %s", a.StatusCode, err, clip(a.body))
			}
			if r.Verdict.State != "UNRECOGNIZED" || r.Verdict.Summary == "" || len(r.Findings) > 0 {
				t.Errorf("verdict %+v, %d findings", r.Verdict, len(r.Findings))
			}
		})
	}
}

func emptyZip(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := zip.NewWriter(&b).Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLookupInTheAskedLanguage(t *testing.T) {
	for path, want := range map[string]struct{ name, language string }{
		"/v1/errorCodes/8007232b?languageCode=sv":                 {"errorCodes/0x8007232B", "sv"},
		"/v1/errorCodes/C004-F074":                                {"errorCodes/0xC004F074", "nb"},
		"/v1/errorCodes/0x%208007232%20b":                         {"errorCodes/0x8007232B", "nb"},
		"/v1/errorCodes/-1073418124?languageCode=zh":              {"errorCodes/0xC004F074", "zh"},
		"/v1/errorCodes/0Xc004f074":                               {"errorCodes/0xC004F074", "nb"},
		"/v1/errorCodes/" + url.PathEscape("Error: 0xC004F074."):  {"errorCodes/0xC004F074", "nb"},
		"/v1/errorCodes/win32:1722?languageCode=ru":               {"errorCodes/0x800706BA", "ru"},
		"/v1/errorCodes/" + url.PathEscape("0×8007232В"):          {"errorCodes/0x8007232B", "nb"},
		"/v1/errorCodes/3221549172?languageCode=en-GB&place=OSPP": {"errorCodes/0xC004F074", "en"},
	} {
		a := do(t, "GET", path, "", "Accept-Language", "nb-NO,en;q=0.5")
		var c struct{ Name, LanguageCode, Message, ContentRevision string }
		if err := json.Unmarshal(a.body, &c); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if c.Name != want.name || c.LanguageCode != want.language || c.Message == "" || c.ContentRevision == "" {
			t.Errorf("%s: %+v, want %+v", path, c, want)
		}
		if got := a.Header.Get("Content-Language"); got != want.language {
			t.Errorf("%s: Content-Language %q", path, got)
		}
	}
}

func TestBatchAnswersInOrder(t *testing.T) {
	a := do(t, "POST", "/v1/errorCodes:batchGet", `{"codes":["c004f074","0xC004EEEE","zzz","0xC004F074"],"languageCode":"nb"}`)
	var r struct {
		ErrorCodes []struct{ Code string }
		NotFound   []string
		Results    []struct {
			Input, Name string
			Status      *struct{ Code int }
		}
	}
	if err := json.Unmarshal(a.body, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.ErrorCodes) != 1 || fmt.Sprint(r.NotFound) != "[0xC004EEEE zzz]" || len(r.Results) != 4 {
		t.Fatalf("%s", clip(a.body))
	}
	for i, input := range []string{"c004f074", "0xC004EEEE", "zzz", "0xC004F074"} {
		if r.Results[i].Input != input {
			t.Errorf("result %d is for %q", i, r.Results[i].Input)
		}
	}
	if r.Results[1].Status == nil || r.Results[1].Status.Code != 5 || r.Results[2].Status.Code != 3 {
		t.Errorf("statuses: %s", clip(a.body))
	}
}

func TestETagSavesTheAnswer(t *testing.T) {
	path := "/v1/articles/kms-unreachable"
	first := do(t, "GET", path, "", "Accept-Language", "sv")
	tag := first.Header.Get("ETag")
	if tag == "" || !strings.Contains(strings.Join(first.Header.Values("Vary"), ","), "Accept-Language") {
		t.Fatalf("headers %v", first.Header)
	}
	if again := do(t, "GET", path, "", "Accept-Language", "sv", "If-None-Match", tag); again.StatusCode != 304 || len(again.body) > 0 {
		t.Errorf("same request: %d", again.StatusCode)
	}
	if other := do(t, "GET", path, "", "Accept-Language", "ru", "If-None-Match", tag); other.StatusCode != 200 {
		t.Errorf("another language: %d", other.StatusCode)
	}
	if e := do(t, "GET", "/v1/articles/no-such-thing", ""); e.Header.Get("ETag") != "" {
		t.Error("an error must not be cached")
	}
}

func TestHeadIsAnswered(t *testing.T) {
	a := do(t, "HEAD", "/v1/errorCodes/0xC004F074", "")
	if a.StatusCode != 200 || len(a.body) != 0 {
		t.Errorf("%d, %d bytes", a.StatusCode, len(a.body))
	}
}

func TestPagingReachesEverythingOnce(t *testing.T) {
	seen := map[string]bool{}
	for token := ""; ; {
		a := do(t, "GET", "/v1/errorCodes?pageSize=50&pageToken="+token, "")
		var r struct {
			ErrorCodes    []struct{ Name string }
			NextPageToken string
			TotalSize     int
		}
		if err := json.Unmarshal(a.body, &r); err != nil {
			t.Fatal(err)
		}
		for _, c := range r.ErrorCodes {
			if seen[c.Name] {
				t.Fatalf("%s came twice", c.Name)
			}
			seen[c.Name] = true
		}
		if token = r.NextPageToken; token == "" {
			if len(seen) != r.TotalSize {
				t.Errorf("%d of %d", len(seen), r.TotalSize)
			}
			return
		}
	}
}

const failing = "Microsoft-Windows-Security-SPP\nEvent ID: 12288\nComputer: pc1.contoso.com\n0xC004F06C, 0x00000000, kms1.contoso.com:1688, 11111111-2222-3333-4444-555555555555, 2026/11/21 10:00, 0, 2, 41760, 2de67392-b7a7-462a-b1ca-108dd189f588, 25\n"

func TestUploads(t *testing.T) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "events.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(failing))
	_ = w.Close()
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	entry, err := z.Create(`..\..\evil/events.txt`)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = entry.Write([]byte(failing))
	_ = z.Close()
	for name, test := range map[string]struct{ body, contentType, filename string }{
		"multipart": {form.String(), w.FormDataContentType(), "events.txt"},
		"raw":       {failing, "text/plain", "document-1"},
		"zip":       {archive.String(), "application/zip", "document-1/evil/events.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			a := do(t, "POST", "/v1/logs:upload?languageCode=nb&reportFormat=MARKDOWN", test.body, "Content-Type", test.contentType)
			var r struct {
				Documents   []struct{ Filename string }
				Findings    []struct{ FindingID, Title string }
				Report      string
				AnalysisKey string
			}
			if err := json.Unmarshal(a.body, &r); err != nil || a.StatusCode != 200 {
				t.Fatalf("%d %v %s", a.StatusCode, err, clip(a.body))
			}
			if len(r.Documents) != 1 || r.Documents[0].Filename != test.filename {
				t.Errorf("documents %+v", r.Documents)
			}
			if len(r.Findings) == 0 || r.Findings[0].FindingID != "clock-skew" {
				t.Fatalf("findings %+v", r.Findings)
			}
			if !strings.Contains(r.Report, r.Findings[0].Title) || r.AnalysisKey == "" {
				t.Errorf("report: %s", r.Report)
			}
		})
	}
}

func TestUploadAsEvents(t *testing.T) {
	a := do(t, "POST", "/v1/logs:upload?filename=e.txt", failing, "Accept", "application/x-ndjson", "Content-Type", "text/plain")
	lines := strings.Split(strings.TrimSpace(string(a.body)), "\n")
	var last struct {
		Analysis struct{ Verdict struct{ State string } }
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatal(err)
	}
	if len(lines) < 3 || last.Analysis.Verdict.State != "PROBLEM_FOUND" {
		t.Errorf("%d lines, last %s", len(lines), clip([]byte(lines[len(lines)-1])))
	}
	if bad := do(t, "POST", "/v1/logs:upload?languageCode=tlh", failing, "Accept", "application/x-ndjson", "Content-Type", "text/plain"); bad.StatusCode != 400 && !strings.Contains(string(bad.body), `"error"`) {
		t.Errorf("a fault must be told: %d %s", bad.StatusCode, clip(bad.body))
	}
}

func TestProductKeysNeverLeave(t *testing.T) {
	key := "XGVPP-NMH47-7TTHJ-W3FW7-8HV2C"
	body, err := json.Marshal(map[string]any{"documents": []map[string]string{{"filename": key + ".txt", "text": "slmgr /ipk " + key + "\nInstalled product key " + key + " successfully.\n" + failing}}, "reportFormat": "HTML"})
	if err != nil {
		t.Fatal(err)
	}
	a := do(t, "POST", "/v1/logs:analyze", string(body))
	if a.StatusCode != 200 || strings.Contains(string(a.body), "XGVPP-NMH47") {
		t.Errorf("%d: the key is in the answer: %s", a.StatusCode, clip(a.body))
	}
}

func TestGRPC(t *testing.T) {
	conn, err := grpc.NewClient(running().GRPCAddr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	h, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{})
	if err != nil || h.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("health: %v %v", h, err)
	}
	c, err := pb.NewKnowledgeServiceClient(conn).GetErrorCode(ctx, &pb.GetErrorCodeRequest{Name: "errorCodes/c004f074", LanguageCode: "ru"})
	if err != nil || c.GetLanguageCode() != "ru" {
		t.Errorf("lookup: %v %v", c, err)
	}
	_, err = pb.NewKnowledgeServiceClient(conn).GetErrorCode(ctx, &pb.GetErrorCodeRequest{Name: "nonsense"})
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("validation does not run over gRPC: %v", err)
	}
}

func TestNotReadyBeforeContent(t *testing.T) {
	s, err := server.New(server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = pb.NewKnowledgeServiceClient(s.Channel()).GetErrorCode(t.Context(), &pb.GetErrorCodeRequest{Name: "errorCodes/0x0"})
	if status.Code(err) != codes.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestTakenPortIsToldByItsFlag(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := server.New(server.Options{GRPC: taken.Addr().String()}); err == nil || !strings.Contains(err.Error(), "--grpc") {
		t.Errorf("got %v", err)
	}
}

// TestReloadKeepsRequestsWhole swaps content while requests run.
func TestReloadKeepsRequestsWhole(t *testing.T) {
	s := running()
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c := pb.NewSearchServiceClient(s.Channel())
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := c.Search(context.Background(), &pb.SearchRequest{Query: "kms host not found"}); err != nil {
					t.Errorf("search during a reload: %v", err)
					return
				}
			}
		}()
	}
	for range 3 {
		if err := s.Load(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}
