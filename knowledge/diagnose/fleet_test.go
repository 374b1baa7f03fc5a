package diagnose

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// fleet makes the outputs of n clients of contoso.com and of their KMS host, one file each: of ten clients
// seven are well, and one each is refused for the count, has a wrong clock, or asks a host that is gone. Of
// the well ones every tenth shares its CMID with others.
func fleet(n int) []File {
	files := []File{{Name: "fleet.zip/dns.txt", Data: []byte(fleetDNS)}}
	var host strings.Builder
	host.WriteString(fleetHost)
	for i := range n {
		files = append(files, File{Name: fmt.Sprintf("fleet.zip/client-%d.txt", i), Data: []byte(fleetClient(i))})
		at := fleetTime(i)
		fmt.Fprintf(&host, "Log Name: Key Management Service\nSource: Microsoft-Windows-Security-SPP\nDate: %s\nEvent ID: 12290\nComputer: KMS1.contoso.com\nDescription:\nAn activation request has been processed.\nInfo:\n%s,25,PC%05d.contoso.com,%s,%s,0,1,%d,%s\n\n",
			at.Format(time.RFC3339), fleetCode(i), i, fleetCMID(i), clientTime(i).Format("2006/01/02 15:04"), fleetMinutes(i), fleetSKU)
	}
	return append(files, File{Name: "fleet.zip/kms-host.txt", Data: []byte(host.String())})
}

const fleetSKU = "2de67392-b7a7-462a-b1ca-108dd189f588"

const fleetDNS = `C:\>nslookup -type=srv _vlmcs._tcp.contoso.com
Server:  dc01.contoso.com
Address:  192.0.2.10

_vlmcs._tcp.contoso.com SRV service location:
          priority       = 0
          weight         = 0
          port           = 1688
          svr hostname   = kms1.contoso.com
kms1.contoso.com	internet address = 192.0.2.20
`

const fleetHost = "Computer name: kms1\n\n"

func fleetTime(i int) time.Time {
	return time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC).Add(time.Duration(i%5000) * 7 * time.Second)
}

func clientTime(i int) time.Time {
	if i%10 == 8 {
		return fleetTime(i).Add(-6 * time.Hour)
	}
	return fleetTime(i)
}

func fleetCode(i int) string {
	switch i % 10 {
	case 7:
		return "0xC004F038"
	case 8:
		return "0xC004F06C"
	}
	return "0x0"
}

// fleetMinutes is equal in the request and in the host's record of it.
func fleetMinutes(i int) int { return 40000 + i%3000 }

func fleetCMID(i int) string {
	if i%100 == 5 {
		return "cccccccc-0000-4000-8000-000000000001"
	}
	return fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", i)
}

func fleetClient(i int) string {
	var b strings.Builder
	host, code, status := "kms1.contoso.com", "0x00000000", "Licensed"
	switch i % 10 {
	case 7, 8:
		code, status = fleetCode(i), "Notification"
	case 9:
		host, code, status = "kms-old.contoso.com", "0xC004F074", "Notification"
	}
	at := clientTime(i)
	event := func(id, info string) {
		fmt.Fprintf(&b, "Log Name: Application\nSource: Microsoft-Windows-Security-SPP\nDate: %s\nEvent ID: %s\nComputer: PC%05d.contoso.com\nDescription:\nA request.\nInfo:\n%s\n\n", at.Format(time.RFC3339), id, i, info)
	}
	event("12288", fmt.Sprintf("%s, 0x00000000, %s:1688, %s, %s, 0, 1, %d, %s, 25", code, host, fleetCMID(i), clientTime(i).Format("2006/01/02 15:04"), fleetMinutes(i), fleetSKU))
	if code == "0x00000000" {
		event("12289", fmt.Sprintf("0x00000000, 0x00000000, 1, 0, 60, 120, 10080, %s", clientTime(i).Format("2006/01/02 15:04")))
	}
	fmt.Fprintf(&b, `C:\>cscript slmgr.vbs /dlv
Software licensing service version: 10.0.19041.1

Name: Windows(R), Professional edition
Description: Windows(R) Operating System, VOLUME_KMSCLIENT channel
Activation ID: %s
Partial Product Key: T83GX
License Status: %s
Client Machine ID (CMID): %s
    KMS machine name from DNS: %s:1688
`, fleetSKU, status, fleetCMID(i), host)
	return b.String()
}

// TestFleet: what is wrong with many machines is a few findings with counts, not a finding for each of them;
// the instances name every machine, and none that is well.
func TestFleet(t *testing.T) {
	const n = 400
	total := 0
	a, err := New(builtIn(t), nil).Analyze(t.Context(), fleet(n), Options{Seen: func(d *formats.Document) { total += len(d.Facts) }})
	if err != nil {
		t.Fatal(err)
	}
	byDigit := map[string]func(i int) bool{
		"fixed-kms-host-wrong":      func(i int) bool { return i%10 == 9 },
		"kms-count-below-threshold": func(i int) bool { return i%10 == 7 },
		"clock-skew":                func(i int) bool { return i%10 == 8 },
		"notification-state":        func(i int) bool { return i%10 > 6 },
		"duplicate-cmid":            func(i int) bool { return i%100 == 5 },
		"licensed-ok":               func(i int) bool { return i%10 < 7 },
	}
	machines := map[string]map[string]bool{}
	for f := range a.Instances() {
		if machines[f.InstanceKey] == nil {
			machines[f.InstanceKey] = map[string]bool{}
		}
		if m := f.Machines; len(m) == 1 {
			if machines[f.InstanceKey][m[0]] {
				t.Errorf("%s: %s comes twice", f.ID, m[0])
			}
			machines[f.InstanceKey][m[0]] = true
		}
	}
	for _, f := range a.Findings {
		shows := byDigit[f.ID]
		if f.Severity != knowledge.Info && shows == nil {
			t.Errorf("%s is found on %d machines", f.ID, f.MachineCount)
		}
		if len(f.Machines) > maxMachines || len(f.Evidence) > maxEvidence || f.MachineCount != len(machines[f.InstanceKey]) {
			t.Errorf("%s names %d of %d machines with %d lines; instances name %d", f.ID, len(f.Machines), f.MachineCount, len(f.Evidence), len(machines[f.InstanceKey]))
		}
		for i := range n {
			if name := fmt.Sprintf("pc%05d.contoso.com", i); shows != nil && shows(i) != machines[f.InstanceKey][name] {
				t.Errorf("%s on %s: %v, want %v", f.ID, name, machines[f.InstanceKey][name], shows(i))
			}
		}
	}
	for id := range byDigit {
		if !slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.ID == id }) {
			t.Errorf("%s is not found", id)
		}
	}
	if len(a.Facts) != maxFacts || a.Truncated.Facts < total/2 {
		t.Errorf("%d facts listed, %d left out of %d", len(a.Facts), a.Truncated.Facts, total)
	}
}

// TestFleetEnds: an analysis ends with its caller, not with its last document.
func TestFleetEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read := 0
	_, err := New(builtIn(t), nil).Analyze(ctx, fleet(50), Options{Progress: func(p Progress) {
		if read = p.Documents; read == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || read > 4 {
		t.Errorf("ended with %v after %d documents, want cancelled after 3", err, read)
	}
}

// TestManyMachinesKeepTheirFinding: a rule of several records is tried for every machine, however many
// combinations there are.
func TestManyMachinesKeepTheirFinding(t *testing.T) {
	rs := records{}
	const n, each = 3000, 30
	for i := range n {
		machine := fmt.Sprintf("pc%d.contoso.com", i)
		rs.add(newRecord("code", machine, i, 1))
		for range each {
			rs.add(newRecord("event", machine, i, 1))
		}
	}
	seen, bindings := map[string]bool{}, 0
	newJoins(rs).each([]string{"c", "e"}, map[string]string{"c": "code", "e": "event"}, func(b binding, lead *record) {
		if b["e"] == nil || b["e"].machine != lead.machine {
			t.Fatalf("%s stands beside %v", lead.machine, b["e"])
		}
		seen[lead.machine] = true
		bindings++
	})
	if len(seen) != n || bindings != n*each {
		t.Errorf("%d bindings of %d machines, want %d of %d", bindings, len(seen), n*each, n)
	}
}

// TestJoins: what may stand beside what.
func TestJoins(t *testing.T) {
	of := func(kind, machine, zone string, doc int, host string) *record {
		r := newRecord(kind, machine, doc, 1)
		if r.zone = zone; host != "" {
			r.add("kms_host", host, nil)
		}
		return r
	}
	for name, tt := range map[string]struct {
		lead  *record
		other []*record
		want  int
	}{
		"the same machine":                     {of("code", "a.x", "x", 0, ""), []*record{of("license", "a.x", "x", 1, ""), of("license", "b.x", "x", 2, "")}, 1},
		"another machine of the zone is none":  {of("code", "a.x", "x", 0, ""), []*record{of("license", "b.x", "x", 1, "")}, 0},
		"an SRV record serves the zone":        {of("code", "a.x", "x", 0, ""), []*record{of("srv", "b.x", "x", 1, "")}, 1},
		"the document without names":           {of("code", "", "", 0, ""), []*record{of("license", "", "", 0, ""), of("license", "", "", 1, "")}, 1},
		"one ticket's outputs without names":   {of("code", "", "", 0, ""), []*record{of("license", "", "", 1, "")}, 1},
		"the host that was asked":              {of("code", "a.x", "x", 0, "kms1"), []*record{of("host", "kms1.x", "x", 1, ""), of("host", "kms2.x", "x", 2, "")}, 1},
		"clients that asked the machine":       {of("service", "kms1", "", 0, ""), []*record{of("code", "a.x", "x", 1, "kms1.x"), of("code", "b.x", "x", 2, "kms2.x")}, 1},
		"nothing of several unrelated domains": {of("code", "a.x", "x", 0, ""), []*record{of("srv", "b.y", "y", 1, ""), of("srv", "c.z", "z", 2, "")}, 0},
	} {
		rs := records{tt.other[0].kind: tt.other}
		if got := newJoins(rs).beside(tt.other[0].kind, tt.lead); len(got) != tt.want {
			t.Errorf("%s: %d records, want %d", name, len(got), tt.want)
		}
	}
}

// TestAddressIsItsHost: who was set to the address of a KMS host asks that host.
func TestAddressIsItsHost(t *testing.T) {
	text := strings.Replace(fleetClient(9), "kms-old.contoso.com:1688, aaaa", "192.0.2.20:1688, aaaa", 1)
	rs := collect([]*formats.Document{parsed(t, "dns.txt", fleetDNS), parsed(t, "client.txt", text)})
	addContext(rs, knowledge.Context{})
	derive(rs, builtIn(t))
	for _, a := range rs["attempt"] {
		if got := a.all("kms_host"); len(got) != 2 || got[0].norm != "192.0.2.20" || got[1].norm != "kms1.contoso.com" {
			t.Errorf("the host is %v, want the address and kms1.contoso.com", got)
		}
	}
	if len(rs["attempt"]) != 1 {
		t.Errorf("%d attempts, want 1", len(rs["attempt"]))
	}
}

func parsed(t *testing.T, name, text string) *formats.Document {
	t.Helper()
	d, err := New(builtIn(t), nil).read(name, strings.NewReader(text), map[string]bool{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestNameByPath: collections keep outputs that name no machine in folders or files of its name.
func TestNameByPath(t *testing.T) {
	doc := func(name, machine string) *formats.Document {
		return &formats.Document{Filename: name, Machine: machine, Facts: []formats.Fact{{Kind: formats.LicenseStatus, Machine: machine}}}
	}
	for name, tt := range map[string]struct {
		pattern string // of 25 files
		want    string // of the first, %d = 0
	}{
		"files of computers":         {"all.zip/PC%04d_dlv.txt", "pc0000"},
		"files with a tool's name":   {"all.zip/pc-%04d-slmgr-dlv.txt", "pc-0000"},
		"folders of computers":       {"all.zip/SRV%02d/dlv.txt", "srv00"},
		"full names":                 {"all.zip/pc%d.contoso.com.txt", "pc0.contoso.com"},
		"numbered files are nobody":  {"all.zip/document-%d.txt", ""},
		"numbered outputs are too":   {"all.zip/slmgr%d.txt", ""},
		"one name is no fleet of it": {"all.zip/pc17.txt", ""},
	} {
		var docs []*formats.Document
		for i := range 25 {
			name := tt.pattern
			if strings.Contains(name, "%") {
				name = fmt.Sprintf(tt.pattern, i)
			}
			docs = append(docs, doc(name, ""))
		}
		nameByPath(docs)
		if docs[0].Machine != tt.want {
			t.Errorf("%s: %s is of %q, want %q", name, docs[0].Filename, docs[0].Machine, tt.want)
		}
	}
	docs := []*formats.Document{doc("all.zip/PC17/dlv.txt", ""), doc("all.zip/PC17/events.xml", "pc17.contoso.com"), doc("all.zip/logs/dlv.txt", ""), doc("all.zip/logs/events.xml", "pc18.contoso.com")}
	nameByPath(docs)
	if docs[0].Machine != "pc17.contoso.com" || docs[2].Machine != "" {
		t.Errorf("machines are %q and %q, want that of the folder whose name a document tells", docs[0].Machine, docs[2].Machine)
	}
}

func BenchmarkFleet(b *testing.B) {
	base, _ := drafted()
	sizes := []int{100, 1000}
	if os.Getenv("BENCH_LARGE") != "" {
		sizes = append(sizes, 10_000)
	}
	for _, n := range sizes {
		files := fleet(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := New(base, nil).Analyze(b.Context(), files, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/client")
		})
	}
}
