package server_test

import (
	"testing"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

// The benchmarks go through the in-process channel, as REST and the command line do.

func BenchmarkLookup(b *testing.B) {
	c := pb.NewKnowledgeServiceClient(running().Channel())
	for b.Loop() {
		if _, err := c.GetErrorCode(b.Context(), &pb.GetErrorCodeRequest{Name: "errorCodes/0xC004F074", LanguageCode: "nb"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	c := pb.NewSearchServiceClient(running().Channel())
	for b.Loop() {
		if _, err := c.Search(b.Context(), &pb.SearchRequest{Query: "служба управления ключами не отвечает", LanguageCode: "nb"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDiagnose(b *testing.B) {
	c := pb.NewDiagnosisServiceClient(running().Channel())
	for b.Loop() {
		if _, err := c.DiagnoseSymptoms(b.Context(), &pb.DiagnoseSymptomsRequest{Text: "pc finner ikke kms-serveren", LanguageCode: "nb"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnalyze(b *testing.B) {
	c := pb.NewDiagnosisServiceClient(running().Channel())
	req := &pb.AnalyzeLogsRequest{LanguageCode: "nb", Documents: []*pb.LogFile{{Filename: "e.txt", Source: &pb.LogFile_Text{Text: failing}}}}
	for b.Loop() {
		if _, err := c.AnalyzeLogs(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReady is what lies between the start of the process and the first answer.
func BenchmarkReady(b *testing.B) {
	s := running()
	for b.Loop() {
		if err := s.Load(); err != nil {
			b.Fatal(err)
		}
	}
}
