package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRequest sends bodies and queries that nobody expects: every answer is JSON, none is the server's fault.
func FuzzRequest(f *testing.F) {
	running() // outside of what is timed
	paths := []string{"/v1/search", "/v1/symptoms:diagnose", "/v1/logs:analyze", "/v1/errorCodes:batchGet", "/v1/logs:upload"}
	f.Add(uint8(0), `{"query":"kms 0xC004F074","pageSize":3,"kinds":["ARTICLE"],"facets":true}`, "")
	f.Add(uint8(0), `{"query":"\u202eкм\u0000s","pageToken":"AAAA"}`, "languageCode=zh-Hans")
	f.Add(uint8(1), `{"text":"aktivering feiler","answers":[{"questionId":"x","unknown":true}],"context":{"product":"OFFICE"}}`, "")
	f.Add(uint8(2), `{"documents":[{"filename":"a","text":"0xC004F06C, 0x00000000, kms:1688"}],"redact":["HOST"],"reportFormat":"HTML"}`, "")
	f.Add(uint8(3), `{"codes":["0xC004F074","-1073418124","f041",""]}`, "")
	f.Add(uint8(4), "PK\x03\x04", "filename=a.zip&redact=USER&reportFormat=TEXT")
	f.Fuzz(func(t *testing.T, which uint8, body, query string) {
		const most = 4 << 10
		if len(body) > most || len(query) > most {
			return
		}
		u := url.URL{Scheme: "http", Host: running().HTTPAddr().String(), Path: paths[int(which)%len(paths)], RawQuery: query}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.String(), strings.NewReader(body))
		if err != nil {
			return // no URL
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(answer), "400 Bad Request") {
			return // net/http has refused the request line; nothing of ours has seen it
		}
		if resp.StatusCode >= 500 || !json.Valid(answer) || !utf8.Valid(answer) {
			t.Fatalf("%d: %.500s", resp.StatusCode, answer)
		}
	})
}
