package diagnose

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// vainly is the event of a client that asked a KMS host in vain.
func vainly(client, host string) File {
	return File{Name: client + ".xml", Data: fmt.Appendf(nil, `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-SPP"/><EventID>12288</EventID>`+
		`<TimeCreated SystemTime="2026-03-02T07:15:30Z"/><Computer>%s.contoso.com</Computer></System><EventData><Data>0xC004F074, 0x00000000, %s.contoso.com:1688, `+
		`00000001-aaaa-4bbb-8ccc-%012x, 2026/03/02 07:15, 0, 2, 40000, 73111121-5638-40f6-bc11-f1d7b0d64300, 25</Data></EventData></Event>`, client, host, len(client)*31+int(client[len(client)-1]))}
}

var deadHost = File{Name: "tnc.txt", Data: []byte("ComputerName     : kms01.contoso.com\nRemoteAddress    : 10.0.0.5\nRemotePort       : 1688\nInterfaceAlias   : Ethernet\n" +
	"SourceAddress    : 10.0.4.17\nPingSucceeded    : False\nTcpTestSucceeded : False\n")}

func finding(t *testing.T, id string, l knowledge.Language, files ...File) Finding {
	t.Helper()
	a, err := New(builtIn(t), nil).Analyze(context.Background(), files, Options{Language: l})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Findings {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no finding %s", id)
	return Finding{}
}

// TestCertaintyByMachine: a finding that is proved on one machine and likely on others says so.
func TestCertaintyByMachine(t *testing.T) {
	const id = "kms-host-unreachable"
	files := []File{deadHost, vainly("pc1", "kms01"), vainly("pc2", "kms02")}
	f := finding(t, id, knowledge.English, files...)
	if f.Certainty != knowledge.Certain || !strings.Contains(f.Explanation, "certain for ") || !strings.HasSuffix(f.Explanation, "very likely for pc2.contoso.com.") {
		t.Errorf("%s: %s", f.Certainty, f.Explanation)
	}
	for _, l := range knowledge.Languages {
		if f := finding(t, id, l, files...); !strings.Contains(f.Explanation, "pc2.contoso.com") {
			t.Errorf("%s: %s", l, f.Explanation)
		}
	}
	for i := range 20 {
		files = append(files, vainly(fmt.Sprintf("pc%d", 10+i), "kms02"))
	}
	if f := finding(t, id, knowledge.English, files...); !strings.HasSuffix(f.Explanation, "pc13.contoso.com and 16 more.") {
		t.Error(f.Explanation)
	}
	if f := finding(t, id, knowledge.English, vainly("pc1", "kms01"), vainly("pc2", "kms02")); strings.Contains(f.Explanation, "pc2") {
		t.Errorf("the same for both: %s", f.Explanation)
	}
}

// TestInstanceKeyHoldsNoNames: a key made of names would let anyone who has it try names against it, whatever
// pseudonyms the answer uses.
func TestInstanceKeyHoldsNoNames(t *testing.T) {
	const id = "kms-host-unreachable"
	key := finding(t, id, knowledge.English, vainly("pc1", "kms01")).InstanceKey
	for what, got := range map[string]Finding{
		"another machine": finding(t, id, knowledge.English, vainly("pc2", "kms01")), "another host": finding(t, id, knowledge.English, vainly("pc1", "kms02")),
		"more machines": finding(t, id, knowledge.English, vainly("pc1", "kms01"), vainly("pc2", "kms02")), "another language": finding(t, id, knowledge.Chinese, vainly("pc1", "kms01")),
	} {
		if got.InstanceKey != key || key == "" {
			t.Errorf("%s changes the key %s to %s", what, key, got.InstanceKey)
		}
	}
}
