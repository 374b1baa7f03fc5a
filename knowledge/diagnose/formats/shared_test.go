package formats

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge/code"
)

// sharedDir finds the folder of real samples beside the repository.
func sharedDir(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "shared", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("../shared/%s is absent: real samples are not tested", name)
	}
	return dir
}

// label is what people said a sample holds.
type label struct {
	File     string         `json:"file"`
	Format   string         `json:"format"`
	Language string         `json:"language"`
	Facts    map[string]any `json:"expected_facts"`
}

// labelKinds maps the labels' names to kinds of facts.
var labelKinds = map[string]Kind{
	"license_status": LicenseStatus, "license_state": LicenseStatus, "license_status_numeric": LicenseStatus, "channel": Channel,
	"edition": Edition, "partial_product_key": PartialProductKey, "activation_id": ActivationID, "sku_id": SkuID, "application_id": ApplicationID,
	"app_id": ApplicationID, "product_id": ProductID, "extended_pid": ExtendedPID, "sls_version": ServiceVersion, "rearm_windows": RearmCount,
	"rearm_sku": RearmSkuCount, "grace_minutes": GraceMinutes, "error_codes": ErrorCode, "info_codes": InfoCode, "kms_host": KMSHost,
	"kms_port": KMSPort, "kms_source": KMSHostSource, "kms_ip": KMSIP, "dns_server": DNSServer, "event_ids": EventID, "cmid": CMID,
	"minimum_count": MinimumCount, "request_times": ClientTime, "is_vm": IsVM, "computer": Computer, "event_time": EventTime,
	"is_kms_host": IsKMSHost, "current_count": CurrentCount, "dns_publishing": DNSPublishing, "total_requests": TotalRequests,
	"failed_requests": FailedRequests, "tcp_open": TCPOpen, "ping": Ping, "activation_interval": ActivationMinutes,
	"renewal_interval": RenewalMinutes, "activation_result": ActivationResult, "os_build": OSVersion,
}

// expected turns a label into facts: sets of normal forms by kind.
func (l *label) expected() map[Kind]map[string]bool {
	want := map[Kind]map[string]bool{}
	l.collect(want, l.Facts)
	return want
}

func (l *label) collect(want map[Kind]map[string]bool, facts map[string]any) {
	put := func(k Kind, v string) {
		if want[k] == nil {
			want[k] = map[string]bool{}
		}
		if v != "" {
			want[k][v] = true
		}
	}
	for name, v := range facts {
		switch name {
		case "products":
			for _, p := range v.([]any) {
				l.collect(want, p.(map[string]any))
			}
			continue
		case "srv_records":
			put(SRVRecord, Present)
			for _, r := range v.([]any) {
				rec := r.(map[string]any)
				put(SRVHost, normalHost(fmt.Sprint(rec["host"])))
				put(SRVPort, fmt.Sprint(rec["port"]))
			}
			continue
		case "query":
			put(DNSZone, strings.TrimPrefix(fmt.Sprint(v), "_vlmcs._tcp."))
			continue
		case "dns_autodiscovery":
			if v == false {
				put(KMSHost, None)
			}
			continue
		}
		k, ok := labelKinds[name]
		if !ok || v == nil {
			continue
		}
		if l.Format == "nslookup" && (k == KMSHost || k == KMSPort) {
			continue // srv_records says the same
		}
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		put(k, "")
		for _, item := range list {
			put(k, labelValue(k, fmt.Sprint(item)))
		}
	}
}

// labelValue normalises what the labels spell in their own way.
func labelValue(k Kind, v string) string {
	switch k {
	case LicenseStatus:
		if n := statusOfNumber[v]; n != "" {
			return n
		}
		p := page{fuzzy: 1}
		st, _ := p.status("---" + v + "---")
		if st == "" {
			st, _ = p.status(v)
		}
		return st
	case Channel:
		if n := keyChannel(v); n != "" {
			return n
		}
		_, n := channelOfDescription(v)
		return n
	case KMSHostSource:
		return map[string]string{"DNS": FromDNS, "registered": FromRegistry}[v]
	case ActivationResult:
		return map[string]string{"failed": Failed, "success": Success}[v]
	case IsVM:
		return trueOrFalse(v == "1" || v == "true")
	case ErrorCode, InfoCode:
		if c, err := code.Parse(v); err == nil {
			return c.String()
		}
	case EventTime:
		if n := zonedTime(v); n != "" {
			return n
		}
		return v
	}
	return normal(k, v)
}

// score counts facts of one format.
type score struct{ files, want, hit, wrong int }

func (s score) precision() float64 { return ratio(s.hit, s.hit+s.wrong) }
func (s score) recall() float64    { return ratio(s.hit, s.want) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// Floors of the measured figures, slightly below them: a change for the worse must be a decision.
const (
	floorPrecision = 0.98
	floorRecall    = 0.98
)

// TestSharedLogs measures expected facts on the real samples, format by format. Only kinds that a label
// names are counted; in an unrelated log every fact is wrong.
func TestSharedLogs(t *testing.T) {
	dir := sharedDir(t, "logs")
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	byFormat, all := map[string]*score{}, score{}
	for _, file := range files {
		var l label
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &l); err != nil {
			t.Fatal(file, err)
		}
		if l.Format == "evtx" || l.File == "" {
			continue // not parsed yet
		}
		data, err := os.ReadFile(filepath.Join(dir, l.File))
		if err != nil {
			t.Fatal(err)
		}
		s := byFormat[l.Format]
		if s == nil {
			s = &score{}
			byFormat[l.Format] = s
		}
		s.measure(t, &l, Parse(l.File, data))
	}
	names := make([]string, 0, len(byFormat))
	for name := range byFormat {
		names = append(names, name)
	}
	sort.Strings(names)
	t.Logf("%-14s %5s %5s %5s %5s %9s %6s", "format", "files", "want", "hit", "wrong", "precision", "recall")
	for _, name := range append(names, "") {
		s := all
		if name != "" {
			s = *byFormat[name]
			all.files, all.want, all.hit, all.wrong = all.files+s.files, all.want+s.want, all.hit+s.hit, all.wrong+s.wrong
		} else {
			name = "all"
		}
		t.Logf("%-14s %5d %5d %5d %5d %9.3f %6.3f", name, s.files, s.want, s.hit, s.wrong, s.precision(), s.recall())
	}
	if all.precision() < floorPrecision || all.recall() < floorRecall {
		t.Errorf("precision %.3f (floor %.2f), recall %.3f (floor %.2f)", all.precision(), floorPrecision, all.recall(), floorRecall)
	}
}

func (s *score) measure(t *testing.T, l *label, d *Document) {
	s.files++
	if want := formatOfLabel[l.Format]; want != "" && d.Format != want {
		t.Errorf("%s: format %s, want %s", l.File, d.Format, want)
	}
	if l.Format == "unrelated" {
		s.wrong += len(d.Facts)
		return
	}
	got := map[Kind]map[string]bool{}
	for _, f := range d.Facts {
		v := f.Normalized
		if v == "" {
			v = f.Value
		}
		if got[f.Kind] == nil {
			got[f.Kind] = map[string]bool{}
		}
		got[f.Kind][v] = true
	}
	for k, want := range l.expected() {
		s.want += len(want)
		for v := range want {
			if got[k][v] {
				s.hit++
			} else {
				t.Logf("%s: missing %s=%s", l.File, k, v)
			}
		}
		for v := range got[k] {
			if !want[v] && !alsoTrue(k, v) {
				s.wrong++
				t.Logf("%s: wrong %s=%s", l.File, k, v)
			}
		}
	}
}

// alsoTrue are facts that labels leave out although the samples state them.
func alsoTrue(k Kind, v string) bool {
	return k == DNSServer || k == InfoCode && v == "0x00000000" || k == KMSHostSource && v == FromNowhere
}

var formatOfLabel = map[string]Format{
	"slmgr_dli": SlmgrDLI, "slmgr_dlv": SlmgrDLV, "ospp_dstatus": OsppDstatus, "ospp_act": OsppAct, "nslookup": Nslookup,
	"event_text": EventText, "event_xml": EventXML, "portprobe": PortProbe, "unrelated": Unrecognized,
}

// seed parses the one seed document whose name begins so.
func seed(t *testing.T, prefix string) *Document {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(sharedDir(t, "seeds"), prefix+"*.txt"))
	if len(files) != 1 {
		t.Skipf("../shared/seeds/%s*.txt is absent", prefix)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return Parse(filepath.Base(files[0]), data)
}

// has reports whether a document states kind=normal form, about a kind of subject, within some lines.
func (d *Document) has(s SubjectKind, k Kind, normal string, from, to int) bool {
	for _, f := range d.Facts {
		if f.Subject.Kind == s && f.Kind == k && f.Normalized == normal && f.Position.Line >= from && f.Position.Line <= to {
			return true
		}
	}
	return false
}

func TestSeedOutputs(t *testing.T) {
	tests := []struct {
		seed     string
		subject  SubjectKind
		kind     Kind
		normal   string
		from, to int
	}{
		{"003", LicenseSubject, LicenseStatus, "LICENSED", 173, 186},
		{"003", LicenseSubject, Channel, "VOLUME_KMSCLIENT", 173, 186},
		{"003", LicenseSubject, GraceMinutes, "243720", 173, 186},
		{"003", LicenseSubject, CMID, "2ffcfc30-6a6a-49ec-92b8-f6150c7df211", 173, 186},
		{"003", LicenseSubject, KMSHost, "emeronb10-rc3.sppvltest.net", 173, 186},
		{"003", LicenseSubject, KMSPort, "1688", 173, 186},
		{"003", LicenseSubject, KMSHostSource, FromDNS, 173, 186},
		{"003", HostSubject, CurrentCount, "2", 187, 206},
		{"003", HostSubject, KMSPort, "1688", 187, 206},
		{"003", HostSubject, DNSPublishing, "true", 187, 206},
		{"003", HostSubject, TotalRequests, "826", 187, 206},
		{"003", HostSubject, RequestsByStatus, "LICENSED=826", 187, 206},
		{"003", HostSubject, CurrentCount, "2", 208, 240},
		{"003", HostSubject, TotalRequests, "826", 208, 240},
		{"001", SRVSubject, SRVHost, "kms-server.contoso.com", 80, 84},
		{"001", SRVSubject, SRVPort, "1688", 165, 172},
		{"002", SRVSubject, SRVHost, "kms-server.contoso.com", 330, 330},
		{"002", SRVSubject, DNSServer, "labsrv64.wingtiptoys.com", 573, 573},
		{"002", SRVSubject, SRVHost, "wingtip-dc.wingtiptoys.com", 573, 573},
		{"002", SRVSubject, KMSIP, "192.168.0.10", 573, 573},
		{"002", SRVSubject, SRVHost, "wingtip-dc2.wingtiptoys.com", 613, 613},
		{"002", SRVSubject, SRVPort, "1689", 1049, 1049},
		{"002", LicenseSubject, LicenseStatus, "LICENSED", 212, 212},
	}
	docs := map[string]*Document{}
	for _, tt := range tests {
		if docs[tt.seed] == nil {
			docs[tt.seed] = seed(t, tt.seed)
		}
		if !docs[tt.seed].has(tt.subject, tt.kind, tt.normal, tt.from, tt.to) {
			t.Errorf("seed %s, lines %d-%d: no %s %s=%s", tt.seed, tt.from, tt.to, tt.subject, tt.kind, tt.normal)
		}
	}
}
