package formats

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// logRecord is what a test puts into a log.
type logRecord struct {
	number          uint64
	provider, alias string
	computer        string
	id              uint16
	data            []string // one array of strings, as classic providers write them
	fields          []logField
	inline          bool // elements without a template
}

// logField is one value in an element of its own.
type logField struct {
	name string
	kind byte
	raw  []byte
}

var logTime = time.Date(2026, 3, 4, 5, 6, 7, 891234500, time.UTC)

// logChunk builds a chunk.
type logChunk struct {
	b         []byte
	templates map[string]int
}

func newLogChunk() *logChunk {
	c := &logChunk{b: make([]byte, evtxFirst, evtxChunk), templates: map[string]int{}}
	copy(c.b, evtxChunkMagic)
	le.PutUint32(c.b[40:], 128)
	return c
}

func (c *logChunk) put(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			c.b = append(c.b, byte(p))
		case uint16:
			c.b = le.AppendUint16(c.b, p)
		case uint32:
			c.b = le.AppendUint32(c.b, p)
		case uint64:
			c.b = le.AppendUint64(c.b, p)
		case []byte:
			c.b = append(c.b, p...)
		}
	}
}

func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = le.AppendUint16(out, u)
	}
	return out
}

// name puts a name where it is used.
func (c *logChunk) name(s string) {
	c.put(uint32(len(c.b)+4), uint32(0), uint16(0), uint16(len(s)), wide(s), uint16(0))
}

func (c *logChunk) open(name string, attributes ...func()) {
	token := tokenOpen
	if len(attributes) > 0 {
		token |= tokenMore
	}
	c.put(token, uint16(0xFFFF), uint32(0))
	c.name(name)
	if len(attributes) > 0 {
		c.put(uint32(0))
	}
	for i, a := range attributes {
		token := tokenAttribute
		if i < len(attributes)-1 {
			token |= tokenMore
		}
		c.put(token)
		a()
	}
	c.put(tokenCloseStart)
}

func (c *logChunk) text(s string) {
	u := wide(s)
	c.put(tokenText, stringValue, uint16(len(u)/2), u)
}

func (c *logChunk) constant(name, s string) func() {
	return func() { c.name(name); c.text(s) }
}

func (c *logChunk) sub(n int, kind byte) { c.put(tokenOptional, uint16(n), int(kind)) }

func (c *logChunk) end() { c.put(tokenCloseElement) }

// leaf puts an element whose content is a value of the record, or a text.
func (c *logChunk) leaf(name string, content func(), attributes ...func()) {
	c.open(name, attributes...)
	content()
	c.end()
}

// body puts the elements of a record; value puts the n-th value or its place.
func (c *logChunk) body(r *logRecord, value func(n int)) {
	at := func(n int) func() { return func() { value(n) } }
	provider := []func(){c.constant("Name", r.provider)}
	if r.alias != "" {
		provider = append(provider, c.constant("EventSourceName", r.alias))
	}
	c.put(tokenFragment, 1, 1, 0)
	c.open("Event", c.constant("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event"))
	c.open("System")
	c.leaf("Provider", func() {}, provider...)
	c.leaf("EventID", at(0), c.constant("Qualifiers", "49152"))
	c.leaf("Level", at(1))
	c.leaf("TimeCreated", func() {}, func() { c.name("SystemTime"); value(2) })
	c.leaf("EventRecordID", at(3))
	c.leaf("Channel", func() { c.text("Application") })
	c.leaf("Computer", at(4))
	c.end()
	c.open("EventData")
	if r.fields == nil {
		c.leaf("Data", at(5))
	}
	for i, f := range r.fields {
		c.leaf("Data", at(5+i), c.constant("Name", f.name))
	}
	c.end()
	c.end()
	c.put(tokenEnd)
}

func logStamp() uint64 {
	return uint64(logTime.Unix()+11644473600)*1e7 + uint64(logTime.Nanosecond()/100)
}

func (r *logRecord) values() []logField {
	v := []logField{
		{kind: 6, raw: le.AppendUint16(nil, r.id)},
		{kind: 4, raw: []byte{4}},
		{kind: fileTimeValue, raw: le.AppendUint64(nil, logStamp())},
		{kind: 10, raw: le.AppendUint64(nil, r.number)},
		{kind: stringValue, raw: wide(r.computer)},
	}
	if r.fields != nil {
		return append(v, r.fields...)
	}
	if r.data == nil {
		return append(v, logField{})
	}
	return append(v, logField{kind: stringValue | arrayValue, raw: wide(strings.Join(r.data, "\x00") + "\x00")})
}

// record adds a record with its template, or with a reference to the template of a former one.
func (c *logChunk) record(r logRecord) {
	start := len(c.b)
	c.put([]byte("**\x00\x00"), uint32(0), r.number, logStamp())
	values := r.values()
	if r.inline {
		c.body(&r, func(n int) {
			c.text(map[int]string{0: fmt.Sprint(r.id), 1: "4", 2: logTime.Format(time.RFC3339Nano),
				3: fmt.Sprint(r.number), 4: r.computer, 5: strings.Join(r.data, " ")}[n])
		})
	} else {
		c.instance(fmt.Sprint(r.provider, r.alias, len(r.fields)), values, func() {
			c.body(&r, func(n int) { c.sub(n, values[n].kind) })
		})
	}
	size := uint32(len(c.b) + 4 - start)
	c.put(size)
	le.PutUint32(c.b[start+4:], size)
}

// instance puts a template, if it is new, and values.
func (c *logChunk) instance(key string, values []logField, body func()) {
	c.put(tokenFragment, 1, 1, 0, tokenTemplate, 1, uint32(7))
	at, have := c.templates[key]
	if !have {
		at = len(c.b) + 4
		c.templates[key] = at
	}
	c.put(uint32(at))
	if !have {
		c.put(uint32(0), make([]byte, 16), uint32(0))
		from := len(c.b)
		body()
		le.PutUint32(c.b[from-4:], uint32(len(c.b)-from))
	}
	c.put(uint32(len(values)))
	for _, v := range values {
		c.put(uint16(len(v.raw)), int(v.kind), 0)
	}
	for _, v := range values {
		c.put(v.raw)
	}
}

// seal fills in the header; whole makes the chunk as long as it is in a file.
func (c *logChunk) seal(whole bool) []byte {
	b := c.b
	sealHeader(b, len(b))
	if whole {
		b = b[:evtxChunk]
	}
	return b
}

// sealHeader fills in the header of a chunk whose records go as far as free.
func sealHeader(b []byte, free int) {
	le.PutUint32(b[48:], uint32(free))
	le.PutUint32(b[52:], crc32.ChecksumIEEE(b[evtxFirst:free]))
	le.PutUint32(b[124:], crc32.Update(crc32.ChecksumIEEE(b[:120]), crc32.IEEETable, b[128:evtxFirst]))
}

func logOf(chunks ...[]byte) []byte {
	b := make([]byte, evtxHeader)
	copy(b, evtxFileMagic)
	return append(b, bytes.Join(chunks, nil)...)
}

func chunkOf(records ...logRecord) []byte {
	c := newLogChunk()
	for _, r := range records {
		c.record(r)
	}
	return c.seal(true)
}

const (
	sppProvider = "Microsoft-Windows-Security-SPP"
	sppAlias    = "Software Protection Platform Service"
)

func sppRecord(number uint64, id uint16, data ...string) logRecord {
	return logRecord{number: number, provider: sppProvider, alias: sppAlias, computer: "PC-7.corp.example", id: id, data: data}
}

// activation is a failed request, an answered one, and company.
func activation() []logRecord {
	return []logRecord{
		sppRecord(1, 900),
		sppRecord(2, 12288, "0xC004F074, 0x00000000, kms01.corp.example:1688, 3f4a4d4e-0000-4000-8000-5a5a5a5a5a5a, 2026/03/04 05:06, 0, 5, 0, 11111111-2222-4333-8444-555555555555, 25"),
		sppRecord(3, 8198, "hr=0xC004F074", "RuleId=eeba1977-569e-4571-b639-7623d8bfecc0;Action=AutoActivate;AppId=55c92734-d682-4d71-983e-d6ec3f16059f;SkuId=11111111-2222-4333-8444-555555555555;NotificationInterval=1440;Trigger=NetworkAvailable"),
		{number: 4, provider: "ESENT", computer: "PC-7.corp.example", id: 102, data: []string{"svchost", "0xC004F074"}},
		sppRecord(5, 1003, "55c92734-d682-4d71-983e-d6ec3f16059f", "\r\n1: 11111111-2222-4333-8444-555555555555, 1, 1 [(0 [0x00000000, 0, 0], [(?)( 1 0x00000000)])]\r\n2: 11111111-2222-4333-8444-666666666666, 1, 0 [(0 [0xC004F014, 0, 0], [(?)(?)])]\r\n"),
	}
}

// asXML writes the records as wevtutil does.
func asXML(records []logRecord) []byte {
	var b bytes.Buffer
	for _, r := range records {
		fmt.Fprintf(&b, `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="%s" EventSourceName="%s"/><EventID Qualifiers="49152">%d</EventID><TimeCreated SystemTime="%s"/><EventRecordID>%d</EventRecordID><Computer>%s</Computer></System><EventData>`,
			r.provider, r.alias, r.id, logTime.Format(time.RFC3339Nano), r.number, r.computer)
		for _, d := range r.data {
			b.WriteString("<Data>")
			b.WriteString(strings.ReplaceAll(d, "\r\n", "\n"))
			b.WriteString("</Data>")
		}
		b.WriteString("</EventData></Event>\n")
	}
	return b.Bytes()
}

func recordsOf(d *Document) []string {
	var out []string
	for _, f := range d.Facts {
		out = append(out, fmt.Sprint(f.Subject, f.Kind, f.Value, f.Normalized, f.Machine, f.Position.Record))
	}
	return out
}

func TestEVTXSaysWhatXMLSays(t *testing.T) {
	want := Parse("x.xml", asXML(activation()))
	inline := activation()
	inline[0].inline = true
	for name, data := range map[string][]byte{
		"templates":        logOf(chunkOf(activation()...)),
		"a template each":  logOf(chunkOf(activation()[:2]...), chunkOf(activation()[2:]...)),
		"without template": logOf(chunkOf(inline...)),
	} {
		got := Parse("x.evtx", data)
		checkEVTX(t, got)
		if got.Format != EVTX || got.Machine != "pc-7.corp.example" || got.LineCount != 5 || len(got.Warnings) > 0 {
			t.Errorf("%s: %s %q %d records, %q", name, got.Format, got.Machine, got.LineCount, got.Warnings)
		}
		if !slices.Equal(recordsOf(got), recordsOf(want)) {
			missing, extra := difference(recordsOf(want), recordsOf(got))
			t.Errorf("%s: missing %q, extra %q", name, missing, extra)
		}
	}
}

func TestEVTXValues(t *testing.T) {
	u16, u32, u64 := func(n uint16) []byte { return le.AppendUint16(nil, n) }, func(n uint32) []byte { return le.AppendUint32(nil, n) }, func(n uint64) []byte { return le.AppendUint64(nil, n) }
	sid := append([]byte{1, 2, 0, 0, 0, 0, 0, 5}, append(u32(21), u32(4000000000)...)...)
	tests := []struct {
		kind byte
		raw  []byte
		want string
	}{
		{stringValue, wide("å ф 中 😀\x00"), "å ф 中 😀"},
		{stringValue, []byte{0x41, 0, 0x00, 0xD8}, "A\uFFFD"},
		{ansiValue, []byte("\xE5b\x00"), "åb"},
		{3, []byte{0xFE}, "-2"},
		{4, []byte{0xFE}, "254"},
		{5, u16(0x8000), "-32768"},
		{7, u32(0xC004F074), "-1073418124"},
		{8, u32(0xC004F074), "3221549172"},
		{9, u64(1 << 63), "-9223372036854775808"},
		{10, u64(1 << 63), "9223372036854775808"},
		{doubleValue, u64(0x4004000000000000), "2.500000"},
		{boolValue, u32(1), "true"},
		{binaryValue, []byte{0xCA, 0xFE}, "CAFE"},
		{guidValue, []byte{0x34, 0x27, 0xc9, 0x55, 0x82, 0xd6, 0x71, 0x4d, 0x98, 0x3e, 0xd6, 0xec, 0x3f, 0x16, 0x05, 0x9f}, "{55C92734-D682-4D71-983E-D6EC3F16059F}"},
		{fileTimeValue, u64(logStamp()), "2026-03-04T05:06:07.891234500Z"},
		{systemTimeValue, slices.Concat(u16(2026), u16(3), u16(3), u16(4), u16(5), u16(6), u16(7), u16(89)), "2026-03-04T05:06:07.089Z"},
		{sidValue, sid, "S-1-5-21-4000000000"},
		{hex32Value, u32(0xC004F074), "0xc004f074"},
		{hex64Value, u64(1), "0x0000000000000001"},
		{stringValue | arrayValue, wide("a\x00\x00b\x00"), "a,,b"},
		{6 | arrayValue, slices.Concat(u16(1), u16(2)), "1,2"},
		{guidValue, []byte{1, 2}, "0102"},
		{0x7F, []byte{1, 2}, "0102"},
	}
	for _, tt := range tests {
		b := binXML{b: tt.raw, budget: binXMLBudget, shared: map[string]string{}}
		if got := b.valueText(binValue{size: len(tt.raw), kind: tt.kind}); got != tt.want {
			t.Errorf("kind %#x: %q, want %q", tt.kind, got, tt.want)
		}
	}
}

func TestEVTXData(t *testing.T) {
	nested := newLogChunk()
	r := logRecord{number: 9, provider: "Service Control Manager", computer: "A", id: 7036, fields: []logField{
		{"param1", stringValue, wide("Software Protection")},
		{"param2", nullValue, nil},
		{"", stringValue | arrayValue, wide("one\x00two\x00")},
	}}
	nested.record(r)
	var got []string
	eachRecord(logOf(nested.seal(true)), func(r *evtxRecord) {
		for _, d := range r.data() {
			got = append(got, d.element+" "+d.name+"="+d.text)
		}
	})
	if want := []string{"Data param1=Software Protection", "Data =one", "Data =two"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q: a null takes its element away, an array repeats it", got, want)
	}
}

// TestEVTXNested reads event data that is binary XML in a value, with a template of its own.
func TestEVTXNested(t *testing.T) {
	c := newLogChunk()
	start := len(c.b)
	c.put([]byte("**\x00\x00"), uint32(0), uint64(1), logStamp())
	r := sppRecord(1, 8198)
	values := append(r.values()[:5], logField{kind: xmlValue})
	c.put(tokenFragment, 1, 1, 0, tokenTemplate, 1, uint32(7), uint32(len(c.b)+14))
	c.put(uint32(0), make([]byte, 16), uint32(0))
	from := len(c.b)
	c.body(&r, func(n int) { c.sub(n, values[n].kind) })
	le.PutUint32(c.b[from-4:], uint32(len(c.b)-from))
	c.put(uint32(len(values)))
	descriptors := len(c.b)
	for _, v := range values {
		c.put(uint16(len(v.raw)), int(v.kind), 0)
	}
	for _, v := range values {
		c.put(v.raw)
	}
	from = len(c.b)
	c.instance("inner", []logField{{kind: hex32Value, raw: le.AppendUint32(nil, 0xC004F074)}}, func() {
		c.put(tokenFragment, 1, 1, 0)
		c.leaf("Data", func() { c.text("hr="); c.sub(0, hex32Value) }, c.constant("Name", "hr"))
		c.put(tokenEnd)
	})
	le.PutUint16(c.b[descriptors+5*4:], uint16(len(c.b)-from))
	size := uint32(len(c.b) + 4 - start)
	c.put(size)
	le.PutUint32(c.b[start+4:], size)
	d := Parse("", logOf(c.seal(true)))
	if !slices.ContainsFunc(d.Facts, func(f Fact) bool { return f.Kind == ErrorCode && f.Normalized == "0xC004F074" }) {
		t.Errorf("no error code in %+v %q", d.Facts, d.Warnings)
	}
}

// TestLongEVTX reads a log that is read in windows, and that goes on at its beginning.
func TestLongEVTX(t *testing.T) {
	var chunks [][]byte
	for n := uint64(1); n <= 160; n += 2 {
		chunks = append(chunks, chunkOf(sppRecord(n, 8198, "hr=0xC004F074"), sppRecord(n+1, 902, "10.0.20348.1")))
	}
	data := logOf(append(slices.Clone(chunks[50:]), chunks[:50]...)...)
	d, err := Read("x.evtx", bytes.NewReader(data), func(s string, _ int) string { return s })
	if err != nil || d.Format != EVTX || d.LineCount != 160 || len(d.Warnings) > 0 {
		t.Fatalf("%s, %d records, %q, %v", d.Format, d.LineCount, d.Warnings, err)
	}
	checkEVTX(t, d)
	var got []int
	for _, f := range d.Facts {
		if f.Kind == EventID {
			got = append(got, f.Position.Record)
		}
	}
	if len(got) != 160 || !slices.IsSorted(got) {
		t.Errorf("records %v, want 1 to 160 in order", got)
	}
}

func numbersOf(data []byte) ([]uint64, evtxCount) {
	var out []uint64
	n := eachRecord(data, func(r *evtxRecord) { out = append(out, r.number) })
	return out, n
}

func edited(b []byte, edit func([]byte) []byte) []byte { return edit(slices.Clone(b)) }

func TestDamagedEVTX(t *testing.T) {
	first, second := chunkOf(sppRecord(1, 900), sppRecord(2, 902), sppRecord(3, 903)), chunkOf(sppRecord(4, 900), sppRecord(5, 16384, "a", "b"))
	whole := logOf(first, second)
	record := func(b []byte, n int) int { // offset of the n-th record of the first chunk
		at := evtxHeader + evtxFirst
		for ; n > 1; n-- {
			at += int(le.Uint32(b[at+4:]))
		}
		return at
	}
	end := record(whole, 4)
	stale := edited(whole, func(b []byte) []byte { // what a former round left behind the last record
		return append(append(b[:end:end], whole[record(whole, 3):end]...), b[end+end-record(whole, 3):]...)
	})
	tests := []struct {
		name    string
		data    []byte
		want    []uint64
		warning string
	}{
		{"whole", whole, []uint64{1, 2, 3, 4, 5}, ""},
		{"a log that goes on at its beginning", logOf(second, first), []uint64{1, 2, 3, 4, 5}, ""},
		{"empty chunks between", logOf(first, make([]byte, 3*evtxChunk), second), []uint64{1, 2, 3, 4, 5}, ""},
		{"file header zeroed", edited(whole, func(b []byte) []byte { clear(b[:evtxHeader]); return b }), []uint64{1, 2, 3, 4, 5}, ""},
		{"file header lost", whole[evtxHeader:], []uint64{1, 2, 3, 4, 5}, ""},
		{"first bytes lost", whole[evtxHeader+600:], []uint64{4, 5}, ""},
		{"chunk header zeroed", edited(whole, func(b []byte) []byte { clear(b[evtxHeader : evtxHeader+evtxFirst]); return b }), []uint64{1, 2, 3, 4, 5}, "evtx-checksum"},
		{"second chunk header zeroed", edited(whole, func(b []byte) []byte {
			clear(b[evtxHeader+evtxChunk : evtxHeader+evtxChunk+evtxFirst])
			return b
		}), []uint64{1, 2, 3, 4, 5}, "evtx-checksum"},
		{"cut off in a record", whole[:evtxHeader+evtxChunk+evtxFirst+900], []uint64{1, 2, 3}, "evtx-"},
		{"cut off in the first chunk", whole[:record(whole, 3)+20], []uint64{1, 2}, "evtx-checksum"},
		{"bytes lost between the chunks", append(slices.Clone(whole[:evtxHeader+evtxChunk-777]), second...), []uint64{1, 2, 3, 4, 5}, ""},
		{"header of a log in use", edited(whole, func(b []byte) []byte { // it knows of the first record only
			sealHeader(b[evtxHeader:], record(b, 2)-evtxHeader)
			return b
		}), []uint64{1, 2, 3, 4, 5}, ""},
		{"end of the records overwritten", edited(whole, func(b []byte) []byte { le.PutUint32(b[evtxHeader+48:], 700); return b }), []uint64{1, 2, 3, 4, 5}, "evtx-checksum"},
		{"remains behind a lost header", edited(stale, func(b []byte) []byte { clear(b[evtxHeader : evtxHeader+evtxFirst]); return b }), []uint64{1, 2, 3, 4, 5}, "evtx-checksum"},
		{"remains of a former round", stale, []uint64{1, 2, 3, 4, 5}, ""},
		{"size of a record overwritten", edited(whole, func(b []byte) []byte { le.PutUint32(b[record(b, 2)+4:], 1<<31); return b }), []uint64{1, 3, 4, 5}, "evtx-"},
		{"template overwritten", edited(whole, func(b []byte) []byte {
			for i := record(b, 1) + 80; i < record(b, 1)+200; i++ {
				b[i] = 0xEE
			}
			return b
		}), []uint64{4, 5}, "evtx-"},
		{"nothing left", logOf(make([]byte, evtxChunk)), nil, "evtx-damaged"},
		{"header only", logOf(), nil, "evtx-damaged"},
		{"magic only", evtxFileMagic, nil, "evtx-damaged"},
	}
	for _, tt := range tests {
		got, n := numbersOf(tt.data)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: records %v, want %v; %+v", tt.name, got, tt.want, n)
		}
		d := Parse("", tt.data)
		checkEVTX(t, d)
		if d.Format != EVTX {
			t.Errorf("%s: %s", tt.name, d.Format)
		}
		warned := strings.Join(d.Warnings, "\n")
		if (warned == "") != (tt.warning == "") || !strings.Contains(warned, tt.warning) {
			t.Errorf("%s: warnings %q, want %q", tt.name, d.Warnings, tt.warning)
		}
	}
}

// TestHostileEVTX counts on the budget of a chunk: each of these would be read for hours, or fill the memory.
func TestHostileEVTX(t *testing.T) {
	long := func() []byte { // short records, each of which tells a long text that stands once
		c := newLogChunk()
		r := sppRecord(1, 900)
		r.provider = "Security-SPP " + strings.Repeat("x", 20000)
		for len(c.b) < evtxChunk-400 {
			c.record(r)
			r.number++
		}
		return c.seal(true)
	}
	deep := func() []byte {
		c := newLogChunk()
		c.put([]byte("**\x00\x00"), uint32(0), uint64(1), logStamp(), tokenFragment, 1, 1, 0)
		for range 2000 {
			c.open("a")
		}
		size := uint32(len(c.b) + 4 - evtxFirst)
		c.put(size)
		le.PutUint32(c.b[evtxFirst+4:], size)
		return c.seal(true)
	}
	overlapping := func() []byte { // every record names another place of the same bytes as its template
		c := newLogChunk()
		c.put(bytes.Repeat([]byte{tokenText, stringValue, 0, 0}, 8000))
		for at := evtxFirst; len(c.b) < evtxChunk-100; at += 4 {
			start := len(c.b)
			c.put([]byte("**\x00\x00"), uint32(0), uint64(1), logStamp(), tokenFragment, 1, 1, 0, tokenTemplate, 1, uint32(7), uint32(at), uint32(0))
			c.put(uint32(len(c.b) + 4 - start))
			le.PutUint32(c.b[start+4:], uint32(len(c.b)-start))
		}
		return c.seal(true)
	}
	for name, chunk := range map[string][]byte{
		"long text told often":  long(),
		"deep elements":         deep(),
		"overlapping templates": overlapping(),
		"chunk headers only":    bytes.Repeat(slices.Concat(evtxChunkMagic, make([]byte, 32), []byte{128, 0, 0, 0}), evtxChunk/44),
		"record marks only":     append(newLogChunk().b, bytes.Repeat(evtxRecordMagic, (evtxChunk-evtxFirst)/4)...),
		"values beyond the chunk": edited(chunkOf(sppRecord(1, 900)), func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte{6, 0, 0, 0, 2, 0, 6, 0}, []byte{255, 255, 255, 255, 2, 0, 6, 0})
		}),
	} {
		began, spent := time.Now(), int64(0)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		eachRecord(logOf(chunk), func(r *evtxRecord) { spent += int64(len(r.data())) })
		runtime.ReadMemStats(&after)
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("%s: %s", name, d)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
			t.Errorf("%s: %d MiB allocated", name, n>>20)
		}
		checkEVTX(t, Parse("", logOf(chunk)))
	}
}

// checkEVTX holds what must be true of any log.
func checkEVTX(t *testing.T, d *Document) {
	t.Helper()
	for _, f := range d.Facts {
		if f.Kind == "" || f.Value == "" || f.Subject.ID == "" || f.Position.Line < 1 || f.Position.Record < 0 || len(f.Excerpt) > maxExcerpt {
			t.Fatalf("bad fact %+v", f)
		}
	}
	for _, w := range d.Warnings {
		if strings.HasPrefix(w, parserFailed) {
			t.Fatal(w)
		}
	}
}

// TestEVTXMemory reads a large log of which every record matters.
func TestEVTXMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a log of 64 MiB")
	}
	c := newLogChunk()
	for n := uint64(1); len(c.b) < evtxChunk-1000; n++ {
		r := activation()[1+n%3]
		r.number = n
		c.record(r)
	}
	data := logOf(bytes.Repeat(c.seal(true), 1024))
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most, n := m.HeapAlloc, uint64(0), 0
	eachRecord(data, func(r *evtxRecord) {
		_ = r.data()
		if n++; n%20000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	})
	if most > before+8<<20 {
		t.Errorf("%d MiB for %d records", (most-before)>>20, n)
	}
	t.Logf("%d records, %.1f MiB at most", n, float64(most-min(before, most))/(1<<20))
}

func FuzzEVTX(f *testing.F) {
	small := func(records ...logRecord) []byte {
		c := newLogChunk()
		for _, r := range records {
			c.record(r)
		}
		return c.seal(false)
	}
	inline := sppRecord(1, 8198, "hr=0xC004F074")
	inline.inline = true
	f.Add(small(activation()...))
	f.Add(small(inline))
	f.Add(small(logRecord{number: 1, provider: "Service Control Manager", computer: "A", id: 7036, fields: []logField{
		{"a", xmlValue, []byte{tokenFragment, 1, 1, 0, tokenOpen, 0, 0, 0, 0, 0, 2, 0, 0, tokenCloseEmpty, 0}}, {"b", sidValue | arrayValue, make([]byte, 24)}, {"c", ansiValue | arrayValue, []byte("a\x00b")}}}))
	f.Add(logOf(small(sppRecord(1, 900))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4*evtxChunk {
			return
		}
		count := eachRecord(data, func(r *evtxRecord) {
			_ = r.data()
			_ = r.user()
		})
		if most := len(data)/evtxRecordMin + 1; count.records > most {
			t.Fatalf("%d records in %d bytes", count.records, len(data))
		}
		d := &Document{}
		p := newPage(d, "")
		parseEVTX(p, data, nil)
		p.finish()
		checkEVTX(t, d)
	})
}

// benchRecords fill a chunk: those of activation, and the same of another provider.
func benchRecords() (spp, other []logRecord) {
	for n := range 80 {
		r := activation()[1+n%3]
		r.number = uint64(n + 1)
		spp = append(spp, r)
		r.provider, r.alias = "ESENT", ""
		other = append(other, r)
	}
	return spp, other
}

// BenchmarkEVTX reads logs of one kind of records: "all" with every value of every record, "facts" as an
// upload is read. The real samples are read too, where they are.
func BenchmarkEVTX(b *testing.B) {
	spp, other := benchRecords()
	logs := map[string][]byte{"activation": logOf(slices.Repeat([][]byte{chunkOf(spp...)}, 32)...), "other": logOf(slices.Repeat([][]byte{chunkOf(other...)}, 32)...)}
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "logs", "*-many.evtx"))
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			logs["sample"] = data
		}
	}
	for name, data := range logs {
		b.Run(name+"/all", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				eachRecord(data, func(r *evtxRecord) { _ = r.data() })
			}
		})
		b.Run(name+"/facts", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				Parse("", data)
			}
		})
	}
}
