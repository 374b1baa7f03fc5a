package formats

import "strings"

// parseOsppToken reads ospp.vbs /dtokils, the licences that token-based activation was issued, and /dtokcerts,
// the certificates that fit them. Of a certificate nothing is kept but that there is one: it names a person.
func parseOsppToken(p *page) {
	t := token{p: p}
	for i := range p.lines {
		l := &p.lines[i]
		if l.taken || l.blank() {
			continue
		}
		switch {
		case ruled(l.text) || l.prompt:
			t.flush()
		case t.read(l):
			t.used = append(t.used, i)
		}
	}
	t.flush()
}

// What /dtokils and /dtokcerts state.
const (
	TokenLicense     = "token-license"
	NoTokenLicense   = "no-token-license"
	TokenCertificate = "token-certificate"
)

// tokenLabels follow the first line of a block.
var tokenLabels = map[string]bool{"versionidilvid": true, "expirydate": true, "additionalinfo": true, "description": true, "authorizationerror": true,
	"subject": true, "issuer": true, "validfrom": true, "validto": true}

// token is the block being read.
type token struct {
	p    *page
	cur  *block
	used []int
}

func (t *token) read(l *line) bool {
	if strings.EqualFold(strings.Trim(l.text, "<> "), "No licenses found") && strings.HasPrefix(l.text, "<") {
		t.begin(NoTokenLicense, l.text, l.num)
		return true
	}
	value := strings.TrimSpace(l.text[min(l.colon+1, len(l.text)):])
	switch {
	case l.label == "licenseidilid" && isGUID(value):
		t.begin(TokenLicense, value, l.num)
	case l.label == "thumbprint" && len(value) == 40 && strings.Trim(value, "0123456789abcdefABCDEF") == "":
		t.begin(TokenCertificate, "Thumbprint", l.num)
	case t.cur == nil || !tokenLabels[l.label]:
		t.grant(l)
		return false
	case l.label == "authorizationerror":
		t.cur.addFirstCode(value, l.num)
	}
	return true
}

func (t *token) begin(what, value string, num int) {
	t.flush()
	t.cur = newBlock()
	t.cur.add(Statement, value, what, num)
}

// grant drops the block where it is the token part of slmgr /dlv, which goes on with the grant.
func (t *token) grant(l *line) {
	if l.label == "grantnumber" {
		t.cur, t.used = nil, nil
	}
}

func (t *token) flush() {
	if t.cur != nil {
		for _, i := range t.used {
			t.p.lines[i].taken = true
		}
		t.p.saw("en")
		subject := machineSubject()
		if t.cur.get(Statement) == TokenLicense {
			subject = t.p.next(LicenseSubject)
		}
		t.p.commit(t.cur, subject, OsppDstatus)
	}
	*t = token{p: t.p}
}
