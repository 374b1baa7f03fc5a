package formats

import (
	"os"
	"path/filepath"
	"testing"
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

// TestSharedLogs looks at the real samples one by one. The figures over all of them are in the package above.
func TestSharedLogs(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(sharedDir(t, "logs"), "*.json"))
	for _, file := range files {
		l, err := ReadLabel(file)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(l.File)
		if err != nil {
			t.Fatal(err)
		}
		d := Parse(l.File, data)
		if want := formatOfLabel[l.Format]; want != "" && d.Format != want {
			t.Errorf("%s: format %s, want %s", filepath.Base(l.File), d.Format, want)
		}
		if j := l.Judge(d); l.Unrelated() && len(j.Wrong) > 0 {
			t.Errorf("%s: an unrelated log states %q", filepath.Base(l.File), j.Wrong)
		}
	}
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
