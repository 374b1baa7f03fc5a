package server_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf16"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/server"
)

// keyForms are the ways in which a product key comes along. Each gets a key of its own, none of which was
// ever issued.
var keyForms = []struct {
	name string
	form func(key string) string
}{
	{"as printed", func(k string) string { return k }},
	{"in lower case", strings.ToLower},
	{"with en dashes", dashes("–")},
	{"with em dashes", dashes("—")},
	{"with no-break hyphens", dashes("\u2011")},
	{"with minus signs", dashes("−")},
	{"with blanks around", dashes(" - ")},
	{"with blanks", dashes(" ")},
	{"with underscores", dashes("_")},
	{"with dots", dashes(".")},
	{"in one run", dashes("")},
	{"in full width", fullWidth},
	{"with HTML entities", dashes("&#45;")},
	{"with URL escapes", dashes("%2D")},
	{"with JSON escapes", dashes(`\u002d`)},
	{"wrapped after a dash", func(k string) string { return k[:12] + "\r\n" + k[12:] }},
	{"wrapped in a group", func(k string) string { return k[:8] + "\n" + k[8:] }},
	{"wrapped in a quotation", func(k string) string { return k[:18] + "\n> " + k[18:] }},
	{"one group a line", dashes("\n")},
	{"with a soft hyphen", func(k string) string { return k[:3] + "\u00ad" + k[3:] }},
	{"with zero width blanks", func(k string) string { return k[:9] + "\u200b" + k[9:] }},
	{"with Cyrillic letters", strings.NewReplacer("B", "В", "C", "С", "H", "Н", "K", "К", "M", "М").Replace},
	{"glued to words", func(k string) string { return "/ipk:" + k + "og" }},
	{"in direction marks", func(k string) string { return "\u202e" + k + "\u202c" }},
}

func dashes(with string) func(string) string {
	return func(k string) string { return strings.ReplaceAll(k, "-", with) }
}

func fullWidth(k string) string {
	return strings.Map(func(r rune) rune { return r + 0xFEE0 }, k)
}

// somebodysKeys are made up, one for each form.
func somebodysKeys() []string {
	const alphabet = "BCDFGHJKMPQRTVWXY2346789"
	random := rand.New(rand.NewPCG(7, 7))
	keys := make([]string, len(keyForms))
	for i := range keys {
		var b strings.Builder
		for n := range 25 {
			if n > 0 && n%5 == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(alphabet[random.IntN(len(alphabet))])
		}
		keys[i] = b.String()
	}
	return keys
}

// names are secrets where the caller asks for pseudonyms.
var names = []string{
	"pc-4711.corp.fabrikam.com", "pc-4711", "kms-zulu.corp.fabrikam.com", "kms-zulu", "fabrikam", "dc-papa", "fil-quebec", "desktop-k3lx9p",
	"10.77.13.5", "10.77.13.99", "fd12:3456:789a::77", "192.168.201.14", "ola.nordmann", "kari.lie", "adm-victor", "per-erik",
	"S-1-5-21-1004336348-1177238915-682003330-1104", "1004336348", "03612-03308-000-000000-00-1033-26100.0000-3102025", "3102025",
	"563276155667058052465840741114524545879016766601431504369777043", "0465840741114",
}

const iid = "563276155667058052465840741114524545879016766601431504369777043"

// listing holds all names in the outputs in which they come along.
const listing = `Computer Name: PC-4711
Logged on user: FABRIKAM\ola.nordmann
Host Name . . . . . . . . . . . . : pc-4711
IPv4 Address. . . . . . . . . . . : 10.77.13.99(Preferred)
Link-local IPv6 Address . . . . . : fd12:3456:789a::77%12(Preferred)
C:\Users\kari.lie>cscript //nologo slmgr.vbs /dlv
Software licensing service version: 10.0.26100.1

Name: Windows(R), Enterprise edition
Description: Windows(R) Operating System, VOLUME_KMSCLIENT channel
Activation ID: 73111121-5638-40f6-bc11-f1d7b0d64300
Extended PID: 03612-03308-000-000000-00-1033-26100.0000-3102025
Installation ID: ` + iid + `
Partial Product Key: 2YT43
License Status: Notification
Notification Reason: 0xC004F074
KMS machine name from DNS: kms-zulu.corp.fabrikam.com:1688
KMS machine IP address: 10.77.13.5

nslookup -type=srv _vlmcs._tcp.corp.fabrikam.com
Server:  dc-papa.corp.fabrikam.com
Address:  10.77.13.5

_vlmcs._tcp.corp.fabrikam.com   SRV service location:
          priority       = 0
          weight         = 0
          port           = 1688
          svr hostname   = kms-zulu.corp.fabrikam.com
kms-zulu.corp.fabrikam.com      internet address = 10.77.13.5

Log Name:      Application
Source:        Microsoft-Windows-Security-SPP
Date:          11/21/2026 10:00:00
Event ID:      12288
Computer:      pc-4711.corp.fabrikam.com
User:          S-1-5-21-1004336348-1177238915-682003330-1104
Description:
The client has sent an activation request to the key management service machine.
0xC004F074, 0x00000000, kms-zulu.corp.fabrikam.com:1688, 11111111-2222-3333-4444-555555555555, 2026/11/21 10:00, 0, 2, 41760, 2de67392-b7a7-462a-b1ca-108dd189f588, 25

net use \\fil-quebec\deploy /user:FABRIKAM\adm-victor
from per-erik@fabrikam.com on DESKTOP-K3LX9P, psping 192.168.201.14:1688
Computer name: DESKTOP-K3LX9P
`

// keyText holds all keys, one in a line or two.
func keyText(keys []string) string {
	var b strings.Builder
	for i, k := range keys {
		fmt.Fprintf(&b, "Line %d: slmgr /ipk fails with 0xC004F069 for\n%s\n\n", i, keyForms[i].form(k))
	}
	return b.String()
}

// leaks lists the secrets that a text shows, however it spells them: keys are looked for without anything but
// letters and digits, and parts of them count.
func leaks(text string, keys, names []string) []string {
	var found []string
	var bare strings.Builder
	for _, r := range strings.NewReplacer(`\u002d`, "", `\u200b`, "", `\u00ad`, "", `\n`, " ", `\r`, " ", "&#45;", "", "%2D", "", "%2d", "").Replace(text) {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		case strings.ContainsRune("ВСНКМ", r):
			r = map[rune]rune{'В': 'B', 'С': 'C', 'Н': 'H', 'К': 'K', 'М': 'M'}[r]
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			bare.WriteRune(unicode.ToUpper(r))
		}
	}
	for i, k := range keys {
		secret := strings.ReplaceAll(k[:24], "-", "") // the last group is shown
		for at := 0; at+8 <= len(secret); at++ {
			if strings.Contains(bare.String(), secret[at:at+8]) {
				found = append(found, "key "+keyForms[i].name+": "+k)
				break
			}
		}
	}
	lower := strings.ToLower(text)
	for _, n := range names {
		if strings.Contains(lower, strings.ToLower(n)) {
			found = append(found, n)
		}
	}
	return found
}

// lockedBuffer takes the log of a server that answers in several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type talkative struct {
	s   *server.Server
	log *lockedBuffer
}

// listening is a server that logs all it can.
var listening = sync.OnceValue(func() talkative {
	log := new(lockedBuffer)
	s, err := server.New(server.Options{
		HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Content: []fs.FS{content.FS()},
		Logger: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})),
	})
	if err != nil {
		panic(err)
	}
	if err := s.Load(); err != nil {
		panic(err)
	}
	go func() { _ = s.Run(context.Background()) }() // ends with the test process
	return talkative{s, log}
})

// ask calls a path and gives everything that comes back, headers too.
func (tt talkative) ask(t *testing.T, method, path, body string, header ...string) string {
	t.Helper()
	a := fetch(t, tt.s, method, path, body, header...)
	return fmt.Sprint(a.Header) + "\n" + string(a.body)
}

// carriers put a text into the files that people send.
var carriers = map[string]func(text string) []byte{
	"text":         func(s string) []byte { return []byte(s) },
	"UTF-16":       func(s string) []byte { return wide("\ufeff"+s, false) },
	"UTF-16BE":     func(s string) []byte { return wide("\ufeff"+s, true) },
	"no mark":      func(s string) []byte { return wide(s, false) },
	"quotation":    func(s string) []byte { return []byte("> " + strings.ReplaceAll(s, "\n", "\n> ")) },
	"one line":     func(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", " ")) },
	"HTML remains": func(s string) []byte { return []byte("<p>" + strings.ReplaceAll(s, "\n", "<br/>\n") + "</p>") },
	"event XML": func(s string) []byte {
		return []byte(`<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-SPP"/><EventID>8198</EventID>` +
			`<TimeCreated SystemTime="2026-11-21T10:00:00Z"/><Computer>pc-4711.corp.fabrikam.com</Computer><Security UserID="S-1-5-21-1004336348-1177238915-682003330-1104"/></System>` +
			"<EventData><Data>hr=0xC004F074</Data><Data>" + strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(s) + "</Data></EventData></Event>")
	},
	"event JSON": func(s string) []byte {
		text, _ := json.Marshal(s)
		return []byte(`{"EventID":8198,"ProviderName":"Microsoft-Windows-Security-SPP","MachineName":"pc-4711.corp.fabrikam.com","TimeCreated":"2026-11-21T10:00:00Z","Message":` + string(text) + "}\n")
	},
	"event CSV": func(s string) []byte {
		return []byte("Level,Date and Time,Source,Event ID,Task Category,Description\nError,11/21/2026 10:00:00 AM,Security-SPP,8198,None,\"hr=0xC004F074 " + strings.ReplaceAll(s, `"`, `""`) + "\"\n")
	},
	"registry": func(s string) []byte {
		out := "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform]\r\n\"KeyManagementServiceName\"=\"kms-zulu.corp.fabrikam.com\"\r\n"
		return []byte(out + `"BackupProductKeyDefault"="` + s + "\"\r\n")
	},
	"zip": func(s string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range []string{"a/dlv.txt", "b/events.txt"} {
			w, _ := z.Create(name)
			_, _ = io.WriteString(w, s)
		}
		_ = z.Close()
		return b.Bytes()
	},
	"gzip": func(s string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, s)
		_ = z.Close()
		return b.Bytes()
	},
	"binary": func(s string) []byte { return append([]byte("\x7fELF\x00\x01\x02\x03\x00\x00\x00\xff"), s...) },
}

func wide(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

const everything = "redact=HOST&redact=IP_ADDRESS&redact=USER&redact=SID&redact=EXTENDED_PID&redact=INSTALLATION_ID"

// TestUploadsKeepSecrets plants every secret in every kind of file, and looks for it in what comes back: in
// answers, reports, streams.
func TestUploadsKeepSecrets(t *testing.T) {
	tt, keys := listening(), somebodysKeys()
	for name, carry := range carriers {
		if testing.Short() && name != "UTF-16" && name != "event XML" && name != "zip" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			check := func(what, got string) {
				t.Helper()
				for _, l := range leaks(got, keys, names) {
					t.Errorf("%s: %s in %s", what, l, around(got, l))
				}
			}
			data := carry(listing + keyText(keys))
			for _, form := range []string{"MARKDOWN", "HTML", "TEXT"} {
				check(form, tt.ask(t, "POST", "/v1/logs:upload?filename="+url.QueryEscape(keys[0])+".txt&languageCode=nb&reportFormat="+form+"&"+everything, string(data), "Content-Type", "application/octet-stream"))
			}
			check("stream", tt.ask(t, "POST", "/v1/logs:upload?"+everything, string(data), "Accept", "application/x-ndjson", "Content-Type", "text/plain"))
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			part, _ := w.CreateFormFile("file", `C:\Users\kari.lie\`+keys[1]+".log")
			_, _ = part.Write(data)
			_ = w.Close()
			check("multipart", tt.ask(t, "POST", "/v1/logs:upload?view=SUMMARY&reportFormat=HTML&languageCode=ru&"+everything, b.String(), "Content-Type", w.FormDataContentType()))
			body, _ := json.Marshal(map[string]any{
				"documents":    []any{map[string]any{"filename": keys[2], "content": base64.StdEncoding.EncodeToString(data)}},
				"languageCode": "zh", "reportFormat": "TEXT", "redact": []string{"HOST", "IP_ADDRESS", "USER", "SID", "EXTENDED_PID", "INSTALLATION_ID"},
				"answers": []any{map[string]any{"questionId": keys[3], "text": keys[4]}},
			})
			check("analyze", tt.ask(t, "POST", "/v1/logs:analyze", string(body), "Content-Type", "application/json"))
			bare := tt.ask(t, "POST", "/v1/logs:upload?reportFormat=MARKDOWN", string(data), "Content-Type", "text/plain")
			for _, l := range leaks(bare, keys, nil) {
				t.Errorf("without pseudonyms: %s", l)
			}
		})
	}
	for _, l := range leaks(tt.log.String(), keys, names) {
		t.Errorf("in the log: %s", l)
	}
}

// around shows where a leak is.
func around(text, leak string) string {
	at := strings.Index(strings.ToLower(text), strings.ToLower(leak))
	if at < 0 {
		return "an other spelling"
	}
	return fmt.Sprintf("%q", text[max(0, at-80):min(len(text), at+len(leak)+40)])
}

// TestCallsKeepKeys puts keys where they do not belong, everywhere.
func TestCallsKeepKeys(t *testing.T) {
	tt, keys := listening(), somebodysKeys()
	for i, k := range keys {
		if testing.Short() && i%6 > 0 {
			continue
		}
		text := keyForms[i].form(k)
		if strings.ContainsAny(text, "\r\n") {
			text = strings.NewReplacer("\r", "", "\n", "").Replace(text) // no field of one line can hold it
		}
		q := url.QueryEscape(text)
		quoted, _ := json.Marshal("aktivering feiler 0xC004F074 " + text)
		for _, call := range [][]string{
			{"GET", "/v1/search?explain=true&facets=true&query=kms+" + q}, {"GET", "/v1/search?query=" + q},
			{"GET", "/v1/search:suggest?query=" + q}, {"GET", "/v1/search?query=kms&pageToken=" + q},
			{"GET", "/v1/search?query=kms&languageCode=" + q}, {"GET", "/v1/search?query=kms&contentLanguageCodes=" + q},
			{"GET", "/v1/search?query=kms&" + q + "=1"}, {"GET", "/v1/search?query=kms&packs=" + q}, {"GET", "/v1/search?query=kms&kinds=" + q},
			{"GET", "/v1/errorCodes/" + url.PathEscape(text)}, {"GET", "/v1/errorCodes/0x" + url.PathEscape("xxxxxxxxxxxxxxxxxxxxxxx "+text)},
			{"GET", "/v1/errorCodes:batchGet?codes=" + q + "&codes=0xC004F074"}, {"GET", "/v1/errorCodes/0xC004F074?product=" + q},
			{"GET", "/v1/articles/" + url.PathEscape(strings.ToLower(text))}, {"GET", "/v1/events/" + url.PathEscape(strings.ToLower(text))},
			{"GET", "/" + url.PathEscape("some/long/path/to/nothing/that/ends/at/"+text)}, {"DELETE", "/v1/articles/" + url.PathEscape(text)},
			{"POST", "/v1/search?" + q + "=1", "{}"}, {"POST", "/v1/search", `{"query":` + string(quoted) + `}`},
			{"POST", "/v1/search", `{"` + k + `":1}`}, {"POST", "/v1/search", `{"pageSize":` + string(quoted) + `}`}, {"POST", "/v1/search", text},
			{"POST", "/v1/symptoms:diagnose", `{"text":` + string(quoted) + `,"tried":[` + string(quoted) + `],"context":{"productVersion":"` + k + `"},"answers":[{"questionId":"` + k + `","text":"x"}],"documents":[{"filename":` + string(quoted) + `,"text":` + string(quoted) + `}]}`},
			{"POST", "/v1/symptoms:diagnose", `{"text":"x","context":{"product":"` + k + `"}}`},
			{"POST", "/v1/logs:upload?" + q + "=1", "x"}, {"POST", "/v1/logs:upload?redact=" + q, "x"}, {"POST", "/v1/logs:upload?filename=" + q, "PK\x03\x04"},
		} {
			body := ""
			if len(call) > 2 {
				body = call[2]
			}
			got := tt.ask(t, call[0], call[1], body, "X-Request-Id", k, "Content-Type", "application/json", "Accept-Language", k)
			for _, l := range leaks(got, keys, nil) {
				t.Errorf("%s %s: %s\n%.600s", call[0], call[1], l, got)
			}
		}
	}
	for _, l := range leaks(tt.log.String(), keys, nil) {
		t.Errorf("in the log: %s", l)
	}
	if !strings.Contains(tt.log.String(), `"method":"/activationkb.v1.SearchService/Search"`) {
		t.Error("the log that was looked at holds no call")
	}
}

// TestStreamKeepsSecrets looks at every message of the gRPC stream.
func TestStreamKeepsSecrets(t *testing.T) {
	tt, keys := listening(), somebodysKeys()
	conn, err := grpc.NewClient(tt.s.GRPCAddr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx := metadata.AppendToOutgoingContext(t.Context(), "x-request-id", keys[0])
	stream, err := pb.NewDiagnosisServiceClient(conn).StreamAnalyzeLogs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	opts := &pb.UploadLogsRequest_Options{ReportFormat: pb.ReportFormat_TEXT}
	for kind := range pb.Redaction_Kind_name {
		if kind > int32(pb.Redaction_PRODUCT_KEY) {
			opts.Redact = append(opts.Redact, pb.Redaction_Kind(kind))
		}
	}
	slices.Sort(opts.Redact)
	for _, m := range []*pb.UploadLogsRequest{
		{Payload: &pb.UploadLogsRequest_Options_{Options: opts}},
		{Payload: &pb.UploadLogsRequest_File_{File: &pb.UploadLogsRequest_File{Filename: keys[5] + "-pc-4711.txt"}}},
		{Payload: &pb.UploadLogsRequest_Chunk{Chunk: []byte(listing + keyText(keys))}},
	} {
		if err := stream.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	messages := 0
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		messages++
		got := protojson.Format(m)
		for _, l := range leaks(got, keys, names) {
			t.Errorf("%T: %s in %s", m.GetEvent(), l, around(got, l))
		}
	}
	if header, _ := stream.Header(); len(leaks(fmt.Sprint(header), keys, nil)) > 0 {
		t.Errorf("header: %v", header)
	}
	if messages < 3 {
		t.Errorf("%d messages", messages)
	}
}

// TestPseudonymsKeepTheConnection: what tells one machine from another survives.
func TestPseudonymsKeepTheConnection(t *testing.T) {
	got := listening().ask(t, "POST", "/v1/logs:upload?reportFormat=TEXT&"+everything, listing+"0xC004F074, 0x00000000, azkms.core.windows.net:1688, x\n", "Content-Type", "text/plain")
	_, body, _ := strings.Cut(got, "\n")
	var r struct {
		Facts      []struct{ Kind, NormalizedValue string }
		Redactions []struct {
			Kind  string
			Count int
		}
		Report string
	}
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	values := map[string][]string{}
	for _, f := range r.Facts {
		values[f.Kind] = append(values[f.Kind], f.NormalizedValue)
	}
	if len(values["kms_host"]) == 0 || len(values["srv_host"]) == 0 || !slices.Contains(values["kms_host"], values["srv_host"][0]) {
		t.Errorf("the KMS host and the SRV record's host are one: %v, %v", values["kms_host"], values["srv_host"])
	}
	full := false
	for _, c := range values["computer"] {
		for _, d := range values["computer"] {
			full = full || strings.HasPrefix(d, c+".")
		}
	}
	if !full {
		t.Errorf("the short name and the full name are one machine: %v", values["computer"])
	}
	if !strings.Contains(got, "azkms.core.windows.net") {
		t.Error("a public host is hidden")
	}
	counts := map[string]int{}
	for _, x := range r.Redactions {
		counts[x.Kind] = x.Count
	}
	for _, kind := range []string{"HOST", "IP_ADDRESS", "EXTENDED_PID"} {
		if counts[kind] == 0 {
			t.Errorf("no count of %s: %v", kind, counts)
		}
	}
}
