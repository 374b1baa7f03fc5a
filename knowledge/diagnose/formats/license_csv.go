package formats

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
)

// parseLicenseCSV reads lists of licences in a table: what the Volume Activation Management Tool exports, and
// Export-Csv of SoftwareLicensingProduct. Each row is a licence of a computer. A row that tells no state is a
// computer that the tool could not reach, and what it says of that is no activation's.
func parseLicenseCSV(p *page) {
	for at := range min(len(p.raw), 50) {
		prefix := quoteRE.FindString(p.raw[at])
		for _, comma := range []rune{',', ';', '\t'} {
			if cols := licenseColumns(p.raw[at][len(prefix):], comma); cols != nil {
				p.licenseRows(at, prefix, comma, cols)
				return
			}
		}
	}
}

// licenseColumn names the columns that are called otherwise than the properties that vamt.set knows.
var licenseColumn = map[string]string{"name": "licensename", "product": "licensename", "productname": "licensename", "id": "activationid",
	"pscomputername": "computername", "systemname": "computername", "computer": "computername", "networkname": "computername", "server": "computername",
	"machine": "computername", "machinename": "computername", "hostname": "computername", "fullyqualifieddomainname": "computername",
	"lastactionstatus": "lasterrorcode", "lastaction": "lasterrorcode", "status": "licensestatus", "lastfive": "partialproductkey"}

// licenseColumns reads the header: the property in each column, "" where it is of no use; nil if the table is none
// of licences. What a licence is called in the outputs of slmgr.vbs may name a column too, in its languages.
func licenseColumns(head string, comma rune) []string {
	if strings.Count(head, string(comma)) < 2 || len(head) > 4096 {
		return nil
	}
	cols, have := strings.Split(head, string(comma)), map[string]bool{}
	for i, name := range cols {
		f := fold(strings.Trim(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")), `"`))
		if k, ok := slmgrLabels.byFold[f]; ok {
			f = map[field]string{fName: "name", fDescription: "description", fPartial: "partialproductkey", fStatus: "licensestatus"}[k.field]
		}
		if to := licenseColumn[f]; to != "" {
			f = to
		}
		cols[i] = f
		have[f] = true
	}
	if !have["licensestatus"] || !have["licensename"] && !have["description"] || !have["partialproductkey"] && !have["productkeytype"] && !have["licensestatusreason"] {
		return nil
	}
	return cols
}

// licenseRows reads the rows under the header in source line at; prefix is what quotes each line.
func (p *page) licenseRows(at int, prefix string, comma rune, cols []string) {
	format := WMI
	if slices.Contains(cols, "productkeytype") {
		format = VAMT
	}
	r := p.csvUnder(at, prefix, comma)
	for len(p.doc.Facts) < maxFacts {
		row, err := r.Read()
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			break
		}
		if num, _ := r.FieldPos(0); len(row) > len(cols)/2 {
			p.licenseRow(cols, row, at+1+num, format)
			p.claim(at+1+num, at+1+num+strings.Count(strings.Join(row, ""), "\n"))
		}
	}
	if p.found[format] {
		p.claim(at+1, at+1)
		p.saw("en")
	}
}

// licenseRow reads one licence. Products of others stand in lists of licences too.
func (p *page) licenseRow(cols, row []string, num int, format Format) {
	v := vamt{p: p, product: newBlock()}
	domain := ""
	for i, cell := range row[:min(len(row), len(cols))] {
		cell = strings.TrimSpace(cell)
		switch {
		case cell == "" || masked(cell) && lastFive(cell) == "":
		case cols[i] == "computername":
			v.setName(cell)
		case cols[i] == "domain":
			domain = cell
		case cols[i] == "lasterrorcode":
			value, _, _ := firstCode(cell)
			v.set(cols[i], value, num, "")
		default:
			v.set(cols[i], cell, num, "")
		}
	}
	name := v.product.get(LicenseName)
	if v.status == "" || name != "" && !licenceName(name) && !containsAny(name, ownNames) {
		return
	}
	if v.name != "" && !strings.Contains(v.name, ".") && strings.Contains(domain, ".") {
		v.setName(v.name + "." + domain)
	}
	v.product.addStatusCodes(v.status, v.codes, v.reason)
	v.place(v.product)
	p.commit(v.product, p.next(LicenseSubject), format)
}
