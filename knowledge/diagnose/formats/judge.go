package formats

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// Label is what an expert says of a sample that lies beside it: what it is, what it states and what follows.
type Label struct {
	File     string         `json:"file"` // name of the sample; with its folder once read
	Format   string         `json:"format"`
	Language string         `json:"language"`
	Facts    map[string]any `json:"expected_facts"`
	Findings []string       `json:"expected_findings"`
	// Acceptable findings are neither asked for nor wrong: experts differ on them.
	Acceptable []string `json:"acceptable_findings"`
}

// ReadLabel reads the label in a file.
func ReadLabel(name string) (*Label, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	l := new(Label)
	if err := json.Unmarshal(data, l); err != nil {
		return nil, fmt.Errorf("formats: %s: %w", name, err)
	}
	if l.File == "" || l.File != filepath.Base(l.File) {
		return nil, fmt.Errorf("formats: %s: file: want the name of the sample beside it", name)
	}
	l.File = filepath.Join(filepath.Dir(name), l.File)
	for _, ids := range [][]string{l.Findings, l.Acceptable} {
		for i, id := range ids {
			ids[i] = strings.ReplaceAll(id, "_", "-")
		}
	}
	for _, name := range []string{"products", "srv_records"} {
		if v, ok := l.Facts[name]; ok && !areObjects(v) {
			return nil, fmt.Errorf("formats: %s: expected_facts.%s: want a list of objects", l.File, name)
		}
	}
	if l.Unrelated() || len(l.Findings) == 1 && l.Findings[0] == "no-problem" {
		l.Findings = nil // labelled as no problem: nothing is expected
	}
	return l, nil
}

func areObjects(v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(v any) bool { _, ok := v.(map[string]any); return !ok })
}

// Unrelated reports that the sample is of another subject, and states nothing.
func (l *Label) Unrelated() bool { return l.Format == "unrelated" }

// Judgement is how a document's facts compare with its label's. Only kinds that the label names are judged; of an
// unrelated sample every fact is wrong.
type Judgement struct {
	Right          int
	Missing, Wrong []string // "kind=value"
}

// Judge compares the facts of d with the label's.
func (l *Label) Judge(d *Document) Judgement {
	var j Judgement
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
		if l.Unrelated() {
			j.Wrong = append(j.Wrong, string(f.Kind)+"="+v)
		}
	}
	if l.Unrelated() {
		return j
	}
	for k, want := range l.expected() {
		for v := range want {
			if got[k][v] {
				j.Right++
			} else {
				j.Missing = append(j.Missing, string(k)+"="+v)
			}
		}
		for v := range got[k] {
			if !want[v] && !alsoTrue(k, v) {
				j.Wrong = append(j.Wrong, string(k)+"="+v)
			}
		}
	}
	slices.Sort(j.Missing)
	slices.Sort(j.Wrong)
	return j
}

// noKeyCode stands in event 1003 for every licence without a key.
const noKeyCode = "0xC004F014"

// alsoTrue are facts that labels leave out although the samples state them. Those of event logs name the events
// of the licensing service only.
func alsoTrue(k Kind, v string) bool {
	return k == DNSServer || k == EventID && strings.HasPrefix(v, "wat-") || k == InfoCode && (v == "0x00000000" || v == noKeyCode) || k == KMSHostSource && v == FromNowhere
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
func (l *Label) expected() map[Kind]map[string]bool {
	want := map[Kind]map[string]bool{}
	l.collect(want, l.Facts)
	return want
}

func (l *Label) collect(want map[Kind]map[string]bool, facts map[string]any) {
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
		if n := cmp.Or(statusOfNumber[v], licensingState(v)); n != "" {
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
