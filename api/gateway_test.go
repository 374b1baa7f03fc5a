package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

// recorder is a connection that remembers its last call.
type recorder struct {
	method  string
	request proto.Message
}

func (r *recorder) Invoke(_ context.Context, method string, args, _ any, _ ...grpc.CallOption) error {
	r.method, r.request = method, args.(proto.Message)
	return nil
}

func (r *recorder) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errors.ErrUnsupported
}

func TestRESTReachesTheMethods(t *testing.T) {
	const (
		knowledge = "/activationkb.v1.KnowledgeService/"
		search    = "/activationkb.v1.SearchService/"
		diagnosis = "/activationkb.v1.DiagnosisService/"
	)
	tests := []struct {
		verb, target, body string
		method, request    string // the request in the protobuf text format
	}{
		{"GET", "/v1/errorCodes/8007232b?languageCode=sv", "",
			knowledge + "GetErrorCode", `name: "errorCodes/8007232b" language_code: "sv"`},
		{"GET", "/v1/errorCodes/win32:1722", "", knowledge + "GetErrorCode", `name: "errorCodes/win32:1722"`},
		{"GET", "/v1/errorCodes/-1073418124", "", knowledge + "GetErrorCode", `name: "errorCodes/-1073418124"`},
		{"GET", "/v1/errorCodes/Error:%200xC004F074.", "", knowledge + "GetErrorCode", `name: "errorCodes/Error: 0xC004F074."`},
		{"GET", "/v1/errorCodes/0%C3%9780070005?product=WINDOWS_SERVER&productVersion=2019&role=KMS_HOST&channel=KMS&place=EVENT_12290", "",
			knowledge + "GetErrorCode", `name: "errorCodes/0×80070005" product: WINDOWS_SERVER product_version: "2019" role: KMS_HOST channel: KMS place: EVENT_12290`},
		{"GET", "/v1/errorCodes?pageSize=5&pageToken=t&channels=KMS&channels=MAK&products=OFFICE", "",
			knowledge + "ListErrorCodes", `page_size: 5 page_token: "t" channels: [KMS, MAK] products: OFFICE`},
		{"GET", "/v1/errorCodes:batchGet?codes=a&codes=b", "", knowledge + "BatchGetErrorCodes", `codes: ["a", "b"]`},
		{"POST", "/v1/errorCodes:batchGet", `{"codes":["a","b"]}`, knowledge + "BatchGetErrorCodes", `codes: ["a", "b"]`},
		{"GET", "/v1/articles/contoso.vpn-first?languageCode=zh", "", knowledge + "GetArticle", `name: "articles/contoso.vpn-first" language_code: "zh"`},
		{"GET", "/v1/articles?kinds=TASK&packs=built-in", "", knowledge + "ListArticles", `kinds: TASK packs: "built-in"`},
		{"GET", "/v1/events/dns-client-1014", "", knowledge + "GetEvent", `name: "events/dns-client-1014"`},
		{"GET", "/v1/events?pageSize=100", "", knowledge + "ListEvents", `page_size: 100`},
		{"GET", "/v1/search?query=finner+ikke+vert&languageCode=nb&kinds=ARTICLE&facets=true", "",
			search + "Search", `query: "finner ikke vert" language_code: "nb" kinds: ARTICLE facets: true`},
		{"POST", "/v1/search", `{"query":"x","contentLanguageCodes":["nb","sv"]}`, search + "Search", `query: "x" content_language_codes: ["nb", "sv"]`},
		{"GET", "/v1/search:suggest?query=km&maxSuggestions=3", "", search + "Suggest", `query: "km" max_suggestions: 3`},
		{"POST", "/v1/symptoms:diagnose",
			`{"text":"t","context":{"role":"CLIENT"},"answers":[{"questionId":"q","optionId":"o"},{"questionId":"r","unknown":true}]}`,
			diagnosis + "DiagnoseSymptoms",
			`text: "t" context: {role: CLIENT} answers: {question_id: "q" option_id: "o"} answers: {question_id: "r" unknown: true}`},
		{"POST", "/v1/logs:analyze", `{"documents":[{"filename":"a.txt","text":"t"},{"content":"AAE="}],"view":"SUMMARY","reportFormat":"HTML","redact":["HOST"]}`,
			diagnosis + "AnalyzeLogs",
			`documents: {filename: "a.txt" text: "t"} documents: {content: "\x00\x01"} view: SUMMARY report_format: HTML redact: HOST`},
	}
	r := new(recorder)
	mux := gateway(t, r)
	for _, test := range tests {
		t.Run(test.verb+" "+test.target, func(t *testing.T) {
			*r = recorder{}
			answer := httptest.NewRecorder()
			mux.ServeHTTP(answer, httptest.NewRequest(test.verb, test.target, strings.NewReader(test.body)))
			if r.method != test.method {
				t.Fatalf("status %d, method %q, want %q", answer.Code, r.method, test.method)
			}
			want := r.request.ProtoReflect().New().Interface()
			if err := prototext.Unmarshal([]byte(test.request), want); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(r.request, want) {
				t.Errorf("request %v, want %v", r.request, want)
			}
		})
	}
}

// gateway serves REST from the connection r.
func gateway(t *testing.T, r *recorder) http.Handler {
	t.Helper()
	mux := runtime.NewServeMux()
	if err := errors.Join(
		pb.RegisterKnowledgeServiceHandlerClient(t.Context(), mux, pb.NewKnowledgeServiceClient(r)),
		pb.RegisterSearchServiceHandlerClient(t.Context(), mux, pb.NewSearchServiceClient(r)),
		pb.RegisterDiagnosisServiceHandlerClient(t.Context(), mux, pb.NewDiagnosisServiceClient(r)),
	); err != nil {
		t.Fatal(err)
	}
	return mux
}
