package server

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

// answerBytes is what a gRPC client takes in one message if it is not told otherwise, less the event around it.
const answerBytes = 4<<20 - 1<<10

// bound leaves out what makes an answer too large to be received: facts first, which are evidence, then the list of
// files, then findings, always the last ones. What is left out is told.
func (v view) bound(resp *pb.AnalyzeLogsResponse) {
	over := proto.Size(resp) - answerBytes
	facts, documents, findings := len(resp.GetFacts()), len(resp.GetDocuments()), len(resp.GetFindings())
	resp.Facts = fit(resp.GetFacts(), &over)
	resp.Truncated.Facts += int32(facts - len(resp.GetFacts()))
	resp.Documents = fit(resp.GetDocuments(), &over)
	resp.Findings = fit(resp.GetFindings(), &over)
	resp.Truncated.Findings += int32(findings - len(resp.GetFindings()))
	if n := len(resp.GetDocuments()); n < documents {
		resp.Warnings = append(resp.Warnings, v.base.Message("warning.documents-left-out", v.lang, "count", fmt.Sprint(n), "total", fmt.Sprint(documents)))
	}
}

// fit drops the last of a list until nothing is over, and keeps one.
func fit[M proto.Message](list []M, over *int) []M {
	for *over > 0 && len(list) > 1 {
		last := len(list) - 1
		*over -= proto.Size(list[last]) + 2 // and its tag
		list = list[:last]
	}
	return list
}
