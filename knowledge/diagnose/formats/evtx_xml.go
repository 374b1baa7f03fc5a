package formats

import (
	"strings"
	"time"
)

// The tokens of binary XML (MS-EVEN6 2.2.12). Bit 0x40 says that more of the same kind follows.
const (
	tokenEnd = iota
	tokenOpen
	tokenCloseStart
	tokenCloseEmpty
	tokenCloseElement
	tokenText
	tokenAttribute
	tokenCData
	tokenCharacter
	tokenEntity
	tokenTarget
	tokenInstruction
	tokenTemplate
	tokenNormal   // substitution
	tokenOptional // substitution that takes its element away where it is null
	tokenFragment
	tokenMore = 0x40
)

// Bounds of a chunk. All work is paid for from its budget: a part of a template, a value of a record, a
// byte of text. Real chunks need up to 260,000.
const (
	binXMLBudget = 2 << 20
	binXMLPart   = 64 // price of a part or a value
	binXMLDepth  = 64 // of elements
	binXMLNested = 8  // of templates in values
	binXMLName   = 512
	binXMLShared = 4096 // strings that are kept for later records
)

// binInstance is a template and the values that a record puts into it.
type binInstance struct {
	*binTemplate
	values []binValue
}

// binXML reads the binary XML of one chunk.
type binXML struct {
	b         []byte
	templates map[uint32]*binTemplate
	shared    map[string]string // UTF-16 to text, for names and what records have in common
	budget    int
	values    []binValue // of the record at hand
}

// begin takes up a chunk.
func (x *binXML) begin(chunk []byte) {
	x.b, x.budget = chunk, binXMLBudget
	if x.templates == nil {
		x.templates, x.shared = map[uint32]*binTemplate{}, map[string]string{}
	}
	clear(x.templates)
}

// pay reports whether the chunk's budget allows some more work.
func (x *binXML) pay(n int) bool {
	x.budget -= n
	return x.budget >= 0
}

func (x *binXML) u16(at int) int { return int(le.Uint16(x.b[at:])) }

// has tells that n bytes lie at an offset, before an end that lies in the chunk.
func has(at, n, end int) bool { return at >= 0 && n >= 0 && at <= end && n <= end-at }

// system reads the System fields of the record whose binary XML lies in b[at:end].
func (x *binXML) system(e *evtxRecord, at, end int) bool {
	in, ok := x.fragment(at, end, &x.values)
	if !ok || in.id == nil || in.provider == nil && in.alias == nil {
		return false
	}
	e.binInstance = in
	id, ok := x.number(in.id, in.values)
	if !ok {
		return false
	}
	e.id = int(id & 0xFFFF)
	e.provider = x.text(in.provider, in.values)
	e.alias = x.text(in.alias, in.values)
	e.computer = x.text(in.computer, in.values)
	e.channel = x.text(in.channel, in.values)
	level, _ := x.number(in.level, in.values)
	e.level = int(level & 0xFF)
	if e.number, ok = x.number(in.number, in.values); !ok {
		e.number = e.place
	}
	e.created = x.time(in.created, in.values)
	return e.provider != "" || e.alias != ""
}

// fragment reads a template with its values, or plain content, which is a template without any.
func (x *binXML) fragment(at, end int, values *[]binValue) (binInstance, bool) {
	if has(at, 4, end) && x.b[at] == tokenFragment {
		at += 4
	}
	if !has(at, 10, end) {
		return binInstance{}, false
	}
	if x.b[at] == tokenTemplate {
		return x.instance(at, end, values)
	}
	c := compiler{x: x, at: at, end: end, bare: !x.named(at, end)}
	t := c.template()
	return binInstance{binTemplate: t}, t.root != nil
}

// named tells whether the element at an offset has the field that names the value it depends on, which
// content inside a value lacks: its name must follow.
func (x *binXML) named(at, end int) bool {
	if !has(at, 11, end) {
		return false
	}
	_, _, ok := x.name(int(le.Uint32(x.b[at+7:])))
	return ok
}

// instance reads token, version, template id and offset, the template itself where it stands here, and
// the descriptors of the values, which follow.
func (x *binXML) instance(at, end int, values *[]binValue) (binInstance, bool) {
	offset := le.Uint32(x.b[at+6:])
	at += 10
	if int64(offset) == int64(at) {
		if !has(at, 24, end) {
			return binInstance{}, false
		}
		size := le.Uint32(x.b[at+20:])
		if int64(size) > int64(end-at-24) {
			return binInstance{}, false
		}
		at += 24 + int(size)
	}
	t := x.template(offset)
	if t.root == nil || !has(at, 4, end) {
		return binInstance{}, false
	}
	var ok bool
	*values, ok = x.read((*values)[:0], at, end)
	return binInstance{t, *values}, ok
}

// template is the one at an offset of the chunk, read once.
func (x *binXML) template(offset uint32) *binTemplate {
	if t := x.templates[offset]; t != nil {
		return t
	}
	t := &binTemplate{}
	if at := int64(offset); at >= 128 && at+24 <= int64(len(x.b)) {
		from := int(at) + 24
		size := le.Uint32(x.b[from-4:])
		if int64(size) <= int64(len(x.b)-from) {
			c := compiler{x: x, at: from, end: from + int(size)}
			t = c.template()
		}
	}
	if x.pay(binXMLPart) {
		x.templates[offset] = t
	}
	return t
}

// name reads a name: offset of the next with the same hash, hash, length, characters, NUL.
func (x *binXML) name(at int) (name string, next int, ok bool) {
	if !has(at, 10, len(x.b)) {
		return "", 0, false
	}
	n := 2 * x.u16(at+6)
	if n > 2*binXMLName || !has(at, 8+n+2, len(x.b)) || x.u16(at+8+n) != 0 || !x.pay(n) {
		return "", 0, false
	}
	return x.share(x.b[at+8 : at+8+n]), at + 8 + n + 2, true
}

// user is the SID of the record's user, or "".
func (r *evtxRecord) user() string { return r.x.text(r.binTemplate.user, r.values) }

// evtxData is one value of a record: an element without others in it.
type evtxData struct {
	element string
	name    string // its Name
	text    string
}

// data reads everything but the System fields, in its order.
func (r *evtxRecord) data() []evtxData {
	var out []evtxData
	for _, p := range r.root.content {
		if p.kind != tokenOpen || p.elem.name != "System" {
			r.x.leaves(&out, r.values, nil, []binPart{p}, 0)
		}
	}
	return out
}

// leaves appends the elements of some content that hold no others. in is the element that they stand in.
func (x *binXML) leaves(out *[]evtxData, values []binValue, in *binElement, content []binPart, nested int) {
	if !x.pay(binXMLPart * (1 + len(content))) {
		return
	}
	if len(content) == 1 && content[0].absent(values) {
		return
	}
	inner := false
	for _, p := range content {
		switch {
		case p.kind == tokenOpen:
			inner = true
			if culture := p.elem.find("Culture"); culture != nil && p.elem.name == "RenderingInfo" {
				*out = append(*out, evtxData{element: p.elem.name, text: x.text(culture, values)})
			}
			x.leaves(out, values, p.elem, p.elem.content, nested)
		case p.kind != tokenText && p.sub < len(values) && values[p.sub].kind == xmlValue:
			inner = true
			if nested < binXMLNested {
				x.nested(out, values[p.sub], nested+1)
			}
		}
	}
	if inner || in == nil {
		return
	}
	name := x.text(in.find("Name"), values)
	if array := x.array(content, values); array.size > 0 { // the element stands once for each item
		for item := range x.items(array) {
			*out = append(*out, evtxData{in.name, name, x.valueText(item)})
		}
		return
	}
	*out = append(*out, evtxData{in.name, name, x.text(content, values)})
}

// array is content that is one array, else the zero value.
func (x *binXML) array(content []binPart, values []binValue) binValue {
	if len(content) == 1 && content[0].kind != tokenText && content[0].sub < len(values) {
		if v := values[content[0].sub]; v.kind&arrayValue != 0 {
			return v
		}
	}
	return binValue{}
}

// absent tells of a substitution without which its element is not there.
func (p *binPart) absent(values []binValue) bool {
	return p.kind == tokenOptional && (p.sub >= len(values) || values[p.sub].kind == nullValue)
}

// nested reads the leaves of the binary XML in a value.
func (x *binXML) nested(out *[]evtxData, v binValue, depth int) {
	var values []binValue
	if in, ok := x.fragment(v.at, v.at+v.size, &values); ok {
		x.leaves(out, in.values, nil, []binPart{{kind: tokenOpen, elem: in.root}}, depth)
	}
}

// text is content with its values, as text.
func (x *binXML) text(content []binPart, values []binValue) string {
	if len(content) == 1 {
		return x.partText(content[0], values)
	}
	var b strings.Builder
	for _, p := range content {
		b.WriteString(x.partText(p, values))
	}
	return b.String()
}

func (x *binXML) partText(p binPart, values []binValue) string {
	switch {
	case p.kind == tokenText:
		if x.pay(len(p.text)) {
			return p.text
		}
		return ""
	case p.kind == tokenOpen || p.sub >= len(values):
		return ""
	}
	return x.valueText(values[p.sub])
}

// number is content that is one number.
func (x *binXML) number(content []binPart, values []binValue) (uint64, bool) {
	if len(content) != 1 {
		return 0, false
	}
	p := content[0]
	if p.kind != tokenNormal && p.kind != tokenOptional || p.sub >= len(values) {
		return digits(x.partText(p, values))
	}
	return x.valueNumber(values[p.sub])
}

func digits(s string) (uint64, bool) {
	n := uint64(0)
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || i > 18 {
			return 0, false
		}
		n = n*10 + uint64(s[i]-'0')
	}
	return n, s != ""
}

// time is content that is one time.
func (x *binXML) time(content []binPart, values []binValue) time.Time {
	if len(content) == 1 && content[0].kind != tokenText && content[0].kind != tokenOpen && content[0].sub < len(values) {
		if v := values[content[0].sub]; v.kind == fileTimeValue && v.size == 8 {
			return fileTime(le.Uint64(x.b[v.at:]))
		}
	}
	t, _ := time.Parse(time.RFC3339Nano, x.text(content, values))
	return t.UTC()
}
