package diagnose

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// deriveVersions reads the major versions of Office and Windows from documents and from answers.
func deriveVersions(rs records) {
	for _, m := range slices.Clone(rs["machine"]) {
		if m.first("reference") == "true" {
			continue
		}
		if v := m.first("office_version"); v != "" {
			setOffice(m, v, m.evidence("office_version"))
		}
		if v := m.first("os_version"); v != "" {
			setWindows(m, v, m.evidence("os_version"))
		}
	}
	for _, u := range rs["user"] {
		if v := u.first("office_version"); v != "" {
			m := machineRecord(rs, u.machine)
			setOffice(m, v, nil)
			m.set("office_stated", "true", nil)
		}
		if v := u.first("windows_version"); v != "" {
			setWindows(machineRecord(rs, u.machine), v, nil)
		}
	}
}

var (
	bareOfficeRE  = regexp.MustCompile(`^(?:v(?:ersion)? ?)?(9|1[0-6])(?:\.|$)|\b(97|2000|2003|2007|2010|2013|2016|2019|2021|2024)\b`)
	bareWindowsRE = regexp.MustCompile(`^([0-9]{1,2})\.[0-9]`)
)

// setOffice takes "12", "12.0.6612", "2007 Enterprise" or "Office 2007" as people and tools say it.
func setOffice(r *record, v string, e *Evidence) {
	named := formats.OfficeVersions(v)
	if len(named) == 0 {
		m := bareOfficeRE.FindStringSubmatch(v)
		if m == nil {
			return
		}
		named = formats.OfficeVersions("Office " + cmp.Or(m[1], m[2]))
	}
	if len(named) > 0 {
		r.set("office_major", strconv.Itoa(named[len(named)-1]), e)
	}
}

func setWindows(r *record, v string, e *Evidence) {
	named := v + "; Windows " + v + "; Server " + v // "XP", "11 Pro" and "2019" are answers too
	switch m := bareWindowsRE.FindStringSubmatch(v); {
	case m != nil:
		r.set("os_major", m[1], e)
	case formats.NewWindows(named):
		r.set("os_major", "6", e) // or later; which one does not matter here
	case formats.OldWindows(named) != "":
		r.set("os_major", "5", e)
	}
}

// deriveKeyEditions compares the edition of a KMS client with that of the published client key it holds.
func deriveKeyEditions(rs records, base *knowledge.Base) {
	for _, l := range rs["license"] {
		key, ok := base.Key(strings.ToUpper(l.first("partial_product_key")))
		if !ok || key.Kind != "GVLK" || l.first("channel_kind") != "KMS_CLIENT" {
			continue
		}
		of, installed := editionToken(key.Edition), installedToken(l.first("edition"))
		if of == "" || !editionTokens[installed] {
			continue
		}
		l.set("key_edition", key.Edition, l.evidence("partial_product_key"))
		l.set("key_fits", strconv.FormatBool(of == installed), l.evidence("partial_product_key"))
	}
}

// clientEditions and serverEditions name editions as licences do, by how the key list does.
var (
	clientEditions = map[string]string{"pro": "professional", "professional": "professional", "pro for workstations": "professionalworkstation",
		"pro education": "professionaleducation", "education": "education", "enterprise": "enterprise", "enterprise g": "enterpriseg",
		"enterprise lts": "enterprises", "iot enterprise lts": "enterprises", "business": "business"}
	serverEditions = map[string]string{"datacenter azure edition": "serverturbine", "datacenter": "serverdatacenter", "standard": "serverstandard",
		"enterprise": "serverenterprise", "essentials": "serversolution", "web": "serverweb"}
	editionTokens = knownTokens()

	clientVersionRE = regexp.MustCompile(`^windows (?:10/11|10|8\.1|8|7|vista) `)
	serverVersionRE = regexp.MustCompile(`^windows server,? (?:versions? [0-9a-z]+(?: to [0-9a-z]+)?,?|[0-9]{4}(?: r2)?) `)
	longTermRE      = regexp.MustCompile(` lts[bc](?: .*)?$`)
)

func knownTokens() map[string]bool {
	known := map[string]bool{}
	for _, t := range clientEditions {
		known[t], known[t+"n"], known[t+"e"] = true, true, true
	}
	for _, t := range serverEditions {
		known[t] = true
	}
	return known
}

// editionToken turns "Windows 10/11 Pro N" into "professionaln"; "" where the list's name is of no use here.
func editionToken(name string) string {
	name = strings.ToLower(name)
	if rest := serverVersionRE.ReplaceAllString(name, ""); rest != name {
		return serverEditions[rest]
	}
	rest := clientVersionRE.ReplaceAllString(name, "")
	if rest == name {
		return ""
	}
	if longTermRE.MatchString(rest) {
		rest = longTermRE.ReplaceAllString(rest, "")
		base, n := strings.CutSuffix(rest, " n")
		if clientEditions[base+" lts"] == "" {
			return ""
		}
		return clientEditions[base+" lts"] + map[bool]string{true: "n"}[n]
	}
	for _, suffix := range []string{" n", " e"} {
		if base, cut := strings.CutSuffix(rest, suffix); cut && clientEditions[base] != "" {
			return clientEditions[base] + strings.TrimSpace(suffix)
		}
	}
	return clientEditions[rest]
}

// installedToken folds the edition of a licence: Server Core has editions of its own name.
func installedToken(edition string) string {
	e := strings.ToLower(strings.ReplaceAll(edition, " ", ""))
	e = strings.TrimPrefix(e, "iot")
	for _, suffix := range []string{"acor", "core", "cor"} {
		if strings.HasPrefix(e, "server") {
			e = strings.TrimSuffix(e, suffix)
		}
	}
	return e
}
