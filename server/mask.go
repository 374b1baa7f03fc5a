package server

import (
	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// mask makes evidence fit to leave the service: invisible characters go, product keys are masked, and
// what the caller asked for becomes pseudonyms that are the same throughout one answer.
type mask struct {
	base    *knowledge.Base
	keys    int
	pseudon *redact.Pseudonymizer // nil where nothing was asked for
}

var redactKinds = map[pb.Redaction_Kind]redact.Kind{
	pb.Redaction_HOST: redact.Host, pb.Redaction_IP_ADDRESS: redact.IP, pb.Redaction_USER: redact.User, pb.Redaction_SID: redact.SID,
	pb.Redaction_EXTENDED_PID: redact.ExtendedPID, pb.Redaction_INSTALLATION_ID: redact.InstallationID,
}

func newMask(base *knowledge.Base, asked []pb.Redaction_Kind) *mask {
	m := &mask{base: base}
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

// learn takes over the names that the documents tell and that no shape gives away.
func (m *mask) learn(a *diagnose.Analysis) {
	if m.pseudon == nil {
		return
	}
	for _, d := range a.Documents {
		m.pseudon.Learn(redact.Host, d.Machine)
	}
	for _, f := range a.Facts {
		m.pseudon.Learn(redact.Host, f.Machine)
		switch f.Kind {
		case "kms_host", "srv_host", "computer":
			m.pseudon.Learn(redact.Host, f.Value)
		}
	}
}

// text masks one string; a nil mask still masks keys.
func (m *mask) text(s string) string {
	if s == "" {
		return s
	}
	if m == nil {
		s, _ = redact.Keys(redact.Clean(s), nil)
		return s
	}
	s, n := redact.Keys(redact.Clean(s), m.public)
	m.keys += n
	if m.pseudon != nil {
		s = m.pseudon.Text(s)
	}
	return s
}

// public keys are printed in the vendor's documentation for everybody.
func (m *mask) public(key string) bool {
	k, ok := m.base.Key(key[len(key)-5:])
	return ok && k.Key == key
}

func (m *mask) counts() []*pb.Redaction {
	var out []*pb.Redaction
	if m.keys > 0 {
		out = append(out, &pb.Redaction{Kind: pb.Redaction_PRODUCT_KEY, Count: int32(m.keys)})
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
