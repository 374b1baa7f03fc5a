// Package formats turns one diagnostic document (bytes as a user uploads them) into facts with positions:
// it decodes, cleans, recognises and parses the outputs that Windows and Office activation work produces.
//
// A format is one file, named after it, and one row in the table of this file. Parsers work on shapes first
// (the comma strings of events, GUIDs, host:port, codes) and on labels in five languages second; a line that
// one parser has taken is not seen by the next. What is left over is free text, where only codes count.
package formats

import (
	"sort"
	"strings"
)

// Format is the name of a recognised document format, spelled as in the API.
type Format string

// The formats; MIXED is more than one in a document, FREE_TEXT prose or codes about activation only.
const (
	SlmgrDLI      Format = "SLMGR_DLI"
	SlmgrDLV      Format = "SLMGR_DLV"
	SlmgrXPR      Format = "SLMGR_XPR"
	SlmgrATO      Format = "SLMGR_ATO"
	OsppDstatus   Format = "OSPP_DSTATUS"
	OsppAct       Format = "OSPP_ACT"
	OsppDcmid     Format = "OSPP_DCMID"
	OsppDhistory  Format = "OSPP_DHISTORY"
	Nslookup      Format = "NSLOOKUP"
	EventText     Format = "EVENT_TEXT"
	EventXML      Format = "EVENT_XML"
	EventCSV      Format = "EVENT_CSV"
	EventJSON     Format = "EVENT_JSON"
	EVTX          Format = "EVTX"
	MGADiag       Format = "MGADIAG"
	LicensingDiag Format = "LICENSINGDIAG"
	ROIScan       Format = "ROISCAN"
	Ipconfig      Format = "IPCONFIG"
	PortProbe     Format = "PORT_PROBE"
	Registry      Format = "REGISTRY"
	VAMT          Format = "VAMT_CIL"
	WMI           Format = "WMI"
	Mixed         Format = "MIXED"
	FreeText      Format = "FREE_TEXT"
	Unrecognized  Format = "UNRECOGNIZED"
)

// parsers are tried in this order, each on the lines that no earlier one has taken: formats that carry
// others inside them (events) come before those, and free text, which takes what is left, comes last.
// A parser reports what it found through page.commit; service tables have no format of their own in the API.
var parsers = []struct {
	name  string
	parse func(*page)
}{
	{"vamt", parseVAMT},
	{"licensingdiag", parseLicensingDiag},
	{"roiscan", parseROIScan},
	{"mgadiag", parseMGADiag},
	{"event_xml", parseEventXML},
	{"event_json", parseEventJSON},
	{"event_csv", parseEventCSV},
	{"license_csv", parseLicenseCSV},
	{"license_json", parseLicenseJSON},
	{"vnext", parseVNext},
	{"event_table", parseEventTable},
	{"event_text", parseEventText},
	{"registry", parseRegistry},
	{"firewall", parseFirewall},
	{"ospp_dhistory", parseOsppDhistory},
	{"ospp_token", parseOsppToken},
	{"ospp", parseOspp},
	{"ospp_dcmid", parseOsppDcmid},
	{"wmi", parseWMI},
	{"slmgr_dlv", parseSlmgrDLV},
	{"slmgr_ato", parseSlmgrATO},
	{"slmgr_xpr", parseSlmgrXPR},
	{"nslookup", parseNslookup},
	{"name_lookup", parseNameLookup},
	{"w32tm", parseW32tm},
	{"ping", parsePing},
	{"port_probe", parsePortProbe},
	{"ipconfig", parseIpconfig},
	{"service", parseService},
	{"hotfix", parseHotfix},
	{"banner", parseBanner},
	{"message", parseMessage},
	{"free_text", parseFreeText},
	{"headings", parseHeadings},
}

// Parse decodes, cleans, recognises and parses one document. It never fails: what cannot be read is
// UNRECOGNIZED, with the reason among the warnings. filename is only a name; nothing is opened. Each hide
// goes over the decoded text before anything reads it: what it takes out is in no fact.
func Parse(filename string, data []byte, hide ...func(text string) string) *Document {
	if isEVTX(data) {
		return parseLog(filename, data, hide...)
	}
	doc := &Document{Filename: filename, Format: Unrecognized, SizeBytes: int64(len(data))}
	text, enc, ok := decode(data)
	doc.Encoding = enc
	if !ok {
		doc.Warnings = append(doc.Warnings, "binary-content: the file is not text")
		return doc
	}
	if strings.TrimSpace(text) == "" {
		doc.Warnings = append(doc.Warnings, "empty: the file holds no text")
	}
	for _, h := range hide {
		text = h(text)
	}
	p := newPage(doc, text)
	for _, row := range parsers {
		p.run(row.name, row.parse)
	}
	p.finish()
	return doc
}

// run keeps a fault in one parser from taking the others' facts, or the caller, with it: uploads are
// hostile. The tests treat the warning as a failure.
func (p *page) run(name string, parse func(*page)) {
	defer func() {
		if fault := recover(); fault != nil {
			p.warn(parserFailed, "%s could not read this document", name)
		}
	}()
	parse(p)
}

const parserFailed = "parser-failed"

// finish orders the facts by position, names the machine where only one is spoken of, and decides the format.
func (p *page) finish() {
	d := p.doc
	sort.SliceStable(d.Facts, func(i, j int) bool { return d.Facts[i].Position.Line < d.Facts[j].Position.Line })
	d.Machine = p.onlyMachine()
	apart := p.hostsOfOthers(d.Machine)
	for i := range d.Facts {
		if f := &d.Facts[i]; f.Machine == "" && !apart[hostBlock(f)] {
			f.Machine = d.Machine
		}
	}
	if len(apart) > 0 {
		d.Machine = "" // the document speaks of two machines, of which one has no name
	}
	d.Language = p.language()
	switch len(p.found) {
	case 0:
		if f := bundleFormat(d.Filename); f != "" && strings.TrimSpace(p.text) != "" {
			d.Format = f
		}
	case 1:
		for f := range p.found {
			d.Format = f
		}
	default:
		d.Format = p.severalFormats()
	}
}

// severalFormats is MIXED, except where one format is only the company of another: a code quoted in the
// prose around an output does not make the document two formats.
func (p *page) severalFormats() Format {
	delete(p.found, FreeText)
	if p.found[SlmgrDLI] && p.found[SlmgrDLV] {
		delete(p.found, SlmgrDLI)
	}
	if len(p.found) > 1 {
		return Mixed
	}
	for f := range p.found {
		return f
	}
	return FreeText
}

// onlyMachine is the one machine that the document speaks of, or "" if there are several or none.
func (p *page) onlyMachine() string {
	if m := BundleMachine(p.doc.Filename); m != "" {
		return m
	}
	if len(p.machines) != 1 {
		return ""
	}
	for m := range p.machines {
		return m
	}
	return ""
}
