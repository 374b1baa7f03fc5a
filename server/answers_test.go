package server_test

import (
	"encoding/json"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

const asksOldHost = "Microsoft-Windows-Security-SPP\nEvent ID: 12288\nComputer: pc1.contoso.com\n0xC004F074, 0x00000000, kms-old.contoso.com:1688, 11111111-2222-3333-4444-555555555555, 2026/11/21 10:00, 1, 2, 41760, 2de67392-b7a7-462a-b1ca-108dd189f588, 25\n"

const publishesKMS1 = "C:\\>nslookup -type=srv _vlmcs._tcp.contoso.com\nServer:  dc01.contoso.com\nAddress:  192.0.2.10\n\n_vlmcs._tcp.contoso.com SRV service location:\n          priority       = 0\n          weight         = 0\n          port           = 1688\n          svr hostname   = kms1.contoso.com\n"

type object = map[string]any

// TestAnswersDecide: what the first call asks, the second one answers, and then the rule decides.
func TestAnswersDecide(t *testing.T) {
	for name, tt := range map[string]struct {
		document string
		asked    string
		answers  []object
		context  object
		finding  string
		fact     string // of the subject USER
	}{
		"a pasted output": {asksOldHost, "srv-lookup", []object{{"questionId": "srv-lookup", "text": publishesKMS1}}, nil, "fixed-kms-host-wrong", "srv_lookup"},
		"options": {asksOldHost, "is-vm", []object{{"questionId": "is-vm", "optionId": "azure"}, {"questionId": "kms-host-exists", "optionId": "no"}}, nil,
			"azure-vm-other-kms", "kms_host_exists"},
		"an option's id as text": {asksOldHost, "is-vm", []object{{"questionId": "is-vm", "text": "Azure"}, {"questionId": "kms-host-exists", "text": "no"}}, nil,
			"azure-vm-other-kms", "is_vm"},
		"words and the context": {asksOldHost, "windows-version", []object{{"questionId": "host-os", "text": "Windows Server 2003"}},
			object{"product": "WINDOWS", "productVersion": "7"}, "host-update-missing", "windows_version"},
	} {
		t.Run(name, func(t *testing.T) {
			documents := []object{{"filename": "output.txt", "text": tt.document}}
			first := analyzed(t, object{"documents": documents})
			if !slices.ContainsFunc(first.GetInconclusive(), func(in *pb.Inconclusive) bool { return in.GetQuestionId() == tt.asked }) {
				t.Fatalf("the first answer asks %v, want %s", first.GetInconclusive(), tt.asked)
			}
			if finds(first, tt.finding) {
				t.Fatalf("%s is found without the answer", tt.finding)
			}
			request := object{"documents": documents, "answers": tt.answers}
			if tt.context != nil {
				request["context"] = tt.context
			}
			second := analyzed(t, request)
			if !finds(second, tt.finding) {
				t.Errorf("findings are %v, want %s", second.GetFindings(), tt.finding)
			}
			if slices.ContainsFunc(second.GetInconclusive(), func(in *pb.Inconclusive) bool { return in.GetQuestionId() == tt.asked && tt.answers != nil }) {
				t.Errorf("%s is asked again", tt.asked)
			}
			if !slices.ContainsFunc(second.GetFacts(), func(f *pb.Fact) bool {
				return f.GetKind() == tt.fact && f.GetSubject().GetKind() == pb.Subject_USER
			}) {
				t.Errorf("no fact %s with the subject USER", tt.fact)
			}
		})
	}
}

func TestUnknownAnswerIsNotAskedAgain(t *testing.T) {
	a := analyzed(t, object{"documents": []object{{"text": asksOldHost}}, "answers": []object{{"questionId": "srv-lookup", "unknown": true}}})
	if slices.ContainsFunc(a.GetInconclusive(), func(in *pb.Inconclusive) bool { return in.GetQuestionId() == "srv-lookup" }) {
		t.Error("srv-lookup is asked again")
	}
	if slices.ContainsFunc(a.GetFacts(), func(f *pb.Fact) bool { return f.GetSubject().GetKind() == pb.Subject_USER }) {
		t.Error("not knowing is no fact")
	}
}

func analyzed(t *testing.T, request object) *pb.AnalyzeLogsResponse {
	t.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	a := do(t, "POST", "/v1/logs:analyze", string(body))
	if a.StatusCode != 200 {
		t.Fatalf("%d: %s", a.StatusCode, a.body)
	}
	m := new(pb.AnalyzeLogsResponse)
	if err := protojson.Unmarshal(a.body, m); err != nil {
		t.Fatal(err)
	}
	return m
}

func finds(m *pb.AnalyzeLogsResponse, id string) bool {
	return slices.ContainsFunc(m.GetFindings(), func(f *pb.Finding) bool { return f.GetFindingId() == id })
}
