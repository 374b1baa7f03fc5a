package api_test

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

// The JSON names that callers rely on. Fields may be added, never renamed.
var fieldsOfTheContract = map[string]string{
	"ErrorCode": `name code symbol message severity languageCode aliasOf hresult channels products roles articles
		causes resolutions events relatedErrorCodes references doubt`,
	"ErrorCode.ArticleLink": "name title summary appliesWhen matchesContext",
	"Hresult":               "facility facilityCode statusCode win32Code win32Symbol signed unsigned",
	"ErrorCodeDecoding":     "hresult nearest text",
	"Cause":                 "text",
	"Resolution":            "title steps",
	"Step":                  "text commands runOn elevated risk warning verify undo",
	"Command":               "id run shell appliesTo",
	"Reference":             "title uri kb article section",
	"Article": `name kind title summary languageCode availableLanguageCodes sections errorCodes events channels
		products roles references relatedArticles status pack uri`,
	"Article.Section":                   "id title markdown text steps",
	"Context":                           "product productVersion role channel place",
	"GetErrorCodeRequest":               "name languageCode product role channel place",
	"ListErrorCodesRequest":             "pageSize pageToken channels products",
	"ListErrorCodesResponse":            "errorCodes nextPageToken totalSize",
	"BatchGetErrorCodesRequest":         "codes",
	"BatchGetErrorCodesResponse":        "errorCodes notFound results",
	"BatchGetErrorCodesResponse.Result": "input name status",
	"ListArticlesRequest":               "pageSize pageToken languageCode kinds packs",
	"SearchRequest": `query languageCode contentLanguageCodes kinds products channels roles packs pageSize pageToken
		facets explain`,
	"SearchResponse": "results totalSize nextPageToken facets queryLanguageCode recognizedErrorCodes didYouMean",
	"SearchResult": `name kind title section snippet snippetHtml titleHighlights snippetHighlights languageCode
		matchedLanguageCode score errorCodes pack uri`,
	"Span":                       "start end",
	"Facet":                      "field values",
	"Facet.Value":                "value title count",
	"SuggestRequest":             "query languageCode maxSuggestions",
	"SuggestResponse":            "suggestions",
	"SuggestResponse.Suggestion": "text name kind uri",
	"DiagnoseSymptomsRequest":    "text languageCode context answers tried documents maxDiagnoses",
	"Answer":                     "questionId optionId text unknown",
	"DiagnoseSymptomsResponse": `outcome inScope shortAnswer diagnoses questions understood findings
		recognizedErrorCodes languageCode`,
	"DiagnoseSymptomsResponse.Understanding": "context errorCodes concepts tried",
	"Diagnosis": `article title summary confidence errorCodes reasons causes resolutions
		references`,
	"Diagnosis.Reason":          "text quote start end",
	"Question":                  "id text why type options collect",
	"Question.Option":           "id text",
	"LogFile":                   "filename text content",
	"AnalyzeLogsRequest":        "documents languageCode context answers redact view reportFormat",
	"UploadLogsRequest":         "options file chunk",
	"UploadLogsRequest.Options": "languageCode context answers redact view reportFormat",
	"UploadLogsRequest.File":    "filename",
	"AnalyzeLogsEvent":          "progress finding instance analysis error",
	"AnalyzeLogsEvent.Progress": "bytes total stage",
	"AnalyzeLogsResponse": `documents facts findings inconclusive verdict redactions truncated analysisKey report
		languageCode`,
	"Document": "filename format formatTitle encoding languageCode machine sizeBytes lineCount warnings",
	"Fact":     "kind value normalizedValue machine subject evidence count",
	"Subject":  "id kind",
	"Evidence": "filename line record excerpt",
	"Finding": `findingId severity certainty title explanation machines machineCount instanceKey errorCodes
		evidence article articleTitle resolutions references`,
	"Inconclusive": "ruleId missingFacts question collect",
	"Verdict":      "state summary",
	"Redaction":    "kind count",
	"Truncation":   "facts findings",
}

func TestMessagesHaveTheFieldsOfTheContract(t *testing.T) {
	for message, fields := range fieldsOfTheContract {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName("activationkb.v1." + protoreflect.FullName(message))
		if err != nil {
			t.Error(err)
			continue
		}
		names := jsonNames(d.(protoreflect.MessageDescriptor))
		for _, field := range strings.Fields(fields) {
			if !slices.Contains(names, field) {
				t.Errorf("%s has no field %s", message, field)
			}
		}
	}
}

func TestEveryResponseTellsItsContentRevision(t *testing.T) {
	for file := range files() {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				if m := methods.Get(j).Output(); m.Fields().ByName("content_revision") == nil {
					t.Errorf("%s has no content_revision", m.FullName())
				}
			}
		}
	}
}

// 64-bit integers are strings in JSON: only the size of a document is one.
func TestIntegersAreNumbersInJSON(t *testing.T) {
	wide := map[protoreflect.FullName]bool{"activationkb.v1.Document.size_bytes": true}
	var check func(protoreflect.MessageDescriptors)
	check = func(messages protoreflect.MessageDescriptors) {
		for i := range messages.Len() {
			fields := messages.Get(i).Fields()
			for j := range fields.Len() {
				f := fields.Get(j)
				is64 := f.Kind() == protoreflect.Int64Kind || f.Kind() == protoreflect.Uint64Kind
				if is64 != wide[f.FullName()] {
					t.Errorf("%s is of kind %s", f.FullName(), f.Kind())
				}
			}
			check(messages.Get(i).Messages())
		}
	}
	for file := range files() {
		check(file.Messages())
	}
}

func TestEnumsAreNested(t *testing.T) {
	for file := range files() {
		for i := range file.Enums().Len() {
			t.Errorf("%s stands outside of a message", file.Enums().Get(i).FullName())
		}
	}
}

// files yields the files of the contract.
func files() iter.Seq[protoreflect.FileDescriptor] {
	return func(yield func(protoreflect.FileDescriptor) bool) {
		protoregistry.GlobalFiles.RangeFilesByPackage("activationkb.v1", yield)
	}
}

func TestRequestsAreValidated(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct {
		name    string
		request proto.Message
		field   string // at fault; "" if the request is fine, "-" if the fault is of no one field
	}{
		{"code in any spelling", &pb.GetErrorCodeRequest{Name: "errorCodes/Error: 0xC004F074."}, ""},
		{"malformed code is left to the server", &pb.GetErrorCodeRequest{Name: "errorCodes/f041"}, ""},
		{"malformed language is left to the server", &pb.GetErrorCodeRequest{Name: "errorCodes/1", LanguageCode: "?!"}, ""},
		{"code without its collection", &pb.GetErrorCodeRequest{Name: "0xC004F074"}, "name"},
		{"language too long", &pb.GetErrorCodeRequest{Name: "errorCodes/1", LanguageCode: long(65)}, "language_code"},
		{"negative page size", &pb.ListErrorCodesRequest{PageSize: -1}, "page_size"},
		{"large page size is coerced", &pb.ListErrorCodesRequest{PageSize: 1 << 30}, ""},
		{"any page token", &pb.ListErrorCodesRequest{PageToken: "garbage"}, ""},
		{"no codes", &pb.BatchGetErrorCodesRequest{}, "codes"},
		{"1,000 codes", &pb.BatchGetErrorCodesRequest{Codes: make([]string, 1000)}, ""},
		{"1,001 codes", &pb.BatchGetErrorCodesRequest{Codes: make([]string, 1001)}, "codes"},
		{"article of the built-in pack", &pb.GetArticleRequest{Name: "articles/create-srv-manually"}, ""},
		{"article of another pack", &pb.GetArticleRequest{Name: "articles/contoso.vpn-first"}, ""},
		{"article with capitals", &pb.GetArticleRequest{Name: "articles/Create"}, "name"},
		{"event by number", &pb.GetEventRequest{Name: "events/12288"}, ""},
		{"event by source", &pb.GetEventRequest{Name: "events/dns-client-1014"}, ""},
		{"event with a path", &pb.GetEventRequest{Name: "events/a/b"}, "name"},
		{"no query", &pb.SearchRequest{}, "query"},
		{"longest query", &pb.SearchRequest{Query: long(2048)}, ""},
		{"query too long in bytes", &pb.SearchRequest{Query: strings.Repeat("ж", 1025)}, "query"},
		{"nothing typed yet", &pb.SuggestRequest{}, ""},
		{"no text and no documents", &pb.DiagnoseSymptomsRequest{}, "-"},
		{"documents without text", &pb.DiagnoseSymptomsRequest{Documents: []*pb.LogFile{{Source: &pb.LogFile_Text{}}}}, ""},
		{"text too long", &pb.DiagnoseSymptomsRequest{Text: long(65537)}, "text"},
		{"answer without a value", &pb.DiagnoseSymptomsRequest{Text: "x", Answers: []*pb.Answer{{QuestionId: "q"}}}, "answers[0].value"},
		{"no documents", &pb.AnalyzeLogsRequest{}, "documents"},
		{"document without content", &pb.AnalyzeLogsRequest{Documents: []*pb.LogFile{{}}}, "documents[0].source"},
		{"empty upload message", &pb.UploadLogsRequest{}, "payload"},
		{"largest chunk", &pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Chunk{Chunk: make([]byte, 1<<20)}}, ""},
		{"chunk too large", &pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Chunk{Chunk: make([]byte, 1<<20+1)}}, "chunk"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fieldAtFault(t, protovalidate.Validate(test.request)); got != test.field {
				t.Errorf("field at fault: %q, want %q", got, test.field)
			}
		})
	}
}

func fieldAtFault(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var invalid *protovalidate.ValidationError
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	if path := protovalidate.FieldPathString(invalid.Violations[0].Proto.GetField()); path != "" {
		return path
	}
	return "-"
}
