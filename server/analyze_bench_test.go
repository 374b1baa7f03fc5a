package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// paste is what comes to a helpdesk: prose, the output of two tools, and a signature.
const paste = `Hei, det står at Windows ikke er aktivert på maskinen min, og jeg får ikke logget på VPN.

PS C:\Windows\system32> cscript //nologo slmgr.vbs /dlv
Software licensing service version: 10.0.19041.3996

Name: Windows(R), Enterprise edition
Description: Windows(R) Operating System, VOLUME_KMSCLIENT channel
Activation ID: 73111121-5638-40f6-bc11-f1d7b0d64300
Application ID: 55c92734-d682-4d71-983e-d6ec3f16059f
Extended PID: 03612-03308-000-000000-03-1044-19041.0000-2942023
Product Key Channel: Volume:GVLK
Installation ID: 118214716217393061478216182361573251261546421253271352612336722
Partial Product Key: 2YT43
License Status: Notification
Notification Reason: 0xC004F00F.
Remaining Windows rearm count: 1001
Trusted time: 14.11.2026 09:12:44

PS C:\Windows\system32> nslookup -type=srv _vlmcs._tcp
Server:  dc01.corp.contoso.com
Address:  10.0.0.10

*** dc01.corp.contoso.com can't find _vlmcs._tcp.corp.contoso.com: Non-existent domain

Mvh Kari, lønningskontoret
`

// BenchmarkPaste analyses a small paste over REST, from the request to the last byte of the answer, one after the
// other: p50-ms and p99-ms are what a helpdesk waits.
func BenchmarkPaste(b *testing.B) {
	body, err := json.Marshal(map[string]any{"languageCode": "nb", "documents": []any{map[string]string{"filename": "sak.txt", "text": paste}}})
	if err != nil {
		b.Fatal(err)
	}
	url := "http://" + running().HTTPAddr().String() + "/v1/logs:analyze"
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		r, err := http.Post(url, "application/json", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		answer, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(answer), "PROBLEM_FOUND") {
			b.Fatalf("%d: %v: %s", r.StatusCode, err, answer)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	at := func(p int) float64 { return float64(took[(len(took)-1)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(99), "p99-ms")
}
