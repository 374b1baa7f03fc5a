package server

import (
	"fmt"
	"regexp"
	"strconv"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// mask makes evidence fit to leave the service: invisible characters go, product keys are masked, and
// what the caller asked for becomes pseudonyms that are the same throughout one answer.
type mask struct {
	base    *knowledge.Base
	keys    int                   // different ones that the documents held
	more    map[string]bool       // those of file names, answers and the like
	pseudon *redact.Pseudonymizer // nil where nothing was asked for
}

var redactKinds = map[pb.Redaction_Kind]redact.Kind{
	pb.Redaction_HOST: redact.Host, pb.Redaction_IP_ADDRESS: redact.IP, pb.Redaction_USER: redact.User, pb.Redaction_SID: redact.SID,
	pb.Redaction_EXTENDED_PID: redact.ExtendedPID, pb.Redaction_INSTALLATION_ID: redact.InstallationID,
}

func newMask(base *knowledge.Base, asked []pb.Redaction_Kind) *mask {
	m := &mask{base: base, more: map[string]bool{}}
	var kinds []redact.Kind
	for _, k := range asked {
		if kind, ok := redactKinds[k]; ok {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) > 0 {
		m.pseudon = redact.New(kinds...)
	}
	return m
}

// learn takes over the names that a document tells and that no shape gives away: of all its facts, since an
// answer holds only some of a large upload.
func (m *mask) learn(d *formats.Document) {
	if m.pseudon == nil {
		return
	}
	m.pseudon.Learn(redact.Host, d.Machine)
	studied := ""
	for i := range d.Facts {
		f := &d.Facts[i]
		m.pseudon.Learn(redact.Host, f.Machine)
		if f.Excerpt != studied { // facts of one line stand together
			studied = f.Excerpt
			m.pseudon.Study(studied)
		}
		switch f.Kind {
		case formats.KMSHost, formats.SRVHost, formats.Computer, formats.DNSServer:
			m.pseudon.Learn(redact.Host, f.Normalized)
		}
	}
}

// text masks one string.
func (m *mask) text(s string) string {
	if s == "" {
		return s
	}
	s, _ = redact.Keys(redact.Clean(s), m.public)
	if m.pseudon != nil {
		s = m.pseudon.Text(s)
	}
	return s
}

// machine masks the whole of a field that names a computer, however short the name is.
func (m *mask) machine(s string) string {
	s = m.text(s)
	if m.pseudon != nil {
		s = m.pseudon.Value(redact.Host, s)
	}
	return s
}

func (m *mask) texts(all []string) []string {
	var out []string
	for _, s := range all {
		out = append(out, m.text(s))
	}
	return out
}

func (m *mask) public(key string) bool {
	public := published(m.base, key)
	if !public {
		m.more[key] = true
	}
	return public
}

// published keys are printed in the vendor's documentation for everybody.
func published(base *knowledge.Base, key string) bool {
	if base == nil {
		return false
	}
	k, ok := base.Key(key[len(key)-5:])
	return ok && k.Key == key
}

// hide masks the keys of what is echoed outside of an analysis: queries, names, reasons of an error.
// Without content no key counts as published.
func hide(base *knowledge.Base, s string) string {
	s, _ = redact.Keys(redact.Clean(s), func(key string) bool { return published(base, key) })
	return s
}

var escapedRune = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|\\[nrt]`)

// hideQuoted does the same for texts of errors, where quoting may have turned what is not seen into
// escapes: they are undone where a key shows without them.
func hideQuoted(base *knowledge.Base, s string) string {
	plain := escapedRune.ReplaceAllStringFunc(s, func(e string) string {
		if len(e) == 2 {
			return "\n"
		}
		r, _ := strconv.ParseUint(e[2:], 16, 16) // four hex digits
		return string(rune(r))
	})
	if _, n := redact.Keys(redact.Clean(plain), nil); n > 0 {
		s = plain
	}
	return hide(base, s)
}

// words are the counts for a report, in its language.
func (m *mask) words(v view) []string {
	ids := map[pb.Redaction_Kind]string{
		pb.Redaction_PRODUCT_KEY: "product_key", pb.Redaction_HOST: "computer", pb.Redaction_IP_ADDRESS: "ip", pb.Redaction_USER: "user",
	}
	names := map[pb.Redaction_Kind]string{pb.Redaction_SID: "SID", pb.Redaction_EXTENDED_PID: "PID", pb.Redaction_INSTALLATION_ID: "IID"}
	var out []string
	for _, r := range m.counts() {
		name := names[r.GetKind()]
		if id, ok := ids[r.GetKind()]; ok {
			name = v.base.Message("report.redaction."+id, v.lang)
		}
		out = append(out, fmt.Sprintf("%s (%d)", name, r.GetCount()))
	}
	return out
}

func (m *mask) counts() []*pb.Redaction {
	var out []*pb.Redaction
	if n := max(m.keys, len(m.more)); n > 0 {
		out = append(out, &pb.Redaction{Kind: pb.Redaction_PRODUCT_KEY, Count: int32(n)})
	}
	if m.pseudon == nil {
		return out
	}
	counts := m.pseudon.Counts()
	for _, k := range []pb.Redaction_Kind{pb.Redaction_HOST, pb.Redaction_IP_ADDRESS, pb.Redaction_USER, pb.Redaction_SID, pb.Redaction_EXTENDED_PID, pb.Redaction_INSTALLATION_ID} {
		if n := counts[redactKinds[k]]; n > 0 {
			out = append(out, &pb.Redaction{Kind: k, Count: int32(n)})
		}
	}
	return out
}
