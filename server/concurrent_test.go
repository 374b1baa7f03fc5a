package server_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestRequestsSideBySide asks for the same things at the same time. With the race detector it tells what one
// request shares with another; without, that none changes another's answer.
func TestRequestsSideBySide(t *testing.T) {
	requests := []struct{ path, body string }{
		{"/v1/search", `{"query":"kms 0xC004F074 клиент","languageCode":"ru","facets":true}`},
		{"/v1/symptoms:diagnose", `{"text":"aktivering feiler med 0x8007232B","languageCode":"nb"}`},
		{"/v1/errorCodes:batchGet", `{"codes":["0xC004F074","0x8007232B"],"languageCode":"zh"}`},
		{"/v1/logs:analyze", `{"documents":[{"filename":"a.txt","text":"Name: Windows(R), Enterprise edition\nDescription: Windows(R) Operating System, VOLUME_KMSCLIENT channel\nLicense Status: Notification\nNotification Reason: 0xC004F074\nKMS machine name from DNS: kms1.contoso.com:1688"}],"redact":["HOST"],"reportFormat":"MARKDOWN"}`},
		{"/v1/logs:upload?filename=a.log&view=SUMMARY", "2024-03-14 13:05 pc1 12288 0xC004F074, 0x00000000, kms1.contoso.com:1688"},
	}
	base := "http://" + running().HTTPAddr().String()
	ask := func(path, body string) string {
		resp, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		got, _ := io.ReadAll(resp.Body)
		return resp.Status + " " + string(got)
	}
	answers := make([][4]string, len(requests))
	var wait sync.WaitGroup
	for i, r := range requests {
		for n := range answers[i] {
			wait.Go(func() { answers[i][n] = ask(r.path, r.body) })
		}
	}
	wait.Wait()
	for i, r := range requests {
		for _, got := range answers[i] {
			if got != answers[i][0] || !strings.HasPrefix(got, "200 ") {
				t.Errorf("%s: %.400s", r.path, got)
			}
		}
	}
}
