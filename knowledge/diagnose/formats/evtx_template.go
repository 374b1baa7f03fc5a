package formats

// binPart is a piece of content: a text, a substitution or an element.
type binPart struct {
	kind byte // tokenText, tokenNormal, tokenOptional or tokenOpen
	sub  int
	text string
	elem *binElement
}

type binElement struct {
	name       string
	attributes []binAttribute
	content    []binPart
}

type binAttribute struct {
	name    string
	content []binPart
}

// find is the content of an attribute.
func (e *binElement) find(name string) []binPart {
	for i := range e.attributes {
		if e.attributes[i].name == name {
			return e.attributes[i].content
		}
	}
	return nil
}

// binTemplate is an event as most of a provider's records share it; root is nil where it cannot be read.
type binTemplate struct {
	root *binElement
	// where its System fields come from
	provider, alias, id, level, created, number, channel, computer, user []binPart
}

// compiler reads the tokens of a template into elements.
type compiler struct {
	x       *binXML
	at, end int
	depth   int
	bare    bool // elements without a dependency field
	bad     bool
}

func (c *compiler) template() *binTemplate {
	t := &binTemplate{}
	content := c.content()
	if c.bad {
		return t
	}
	for _, p := range content {
		if p.kind == tokenOpen {
			t.root = p.elem
			t.fields()
			break
		}
	}
	return t
}

// take is the offset of the next n bytes; beyond the end the template is bad, and the offset 0.
func (c *compiler) take(n int) int {
	if c.bad || !has(c.at, n, c.end) {
		c.bad = true
		return 0
	}
	c.at += n
	return c.at - n
}

// content reads as far as the end of the element that it stands in.
func (c *compiler) content() []binPart {
	var parts []binPart
	for !c.bad && c.at < c.end {
		if !c.x.pay(binXMLPart) {
			c.bad = true
			break
		}
		switch token := c.x.b[c.at] &^ tokenMore; token {
		case tokenEnd, tokenCloseElement:
			c.at++
			return parts
		case tokenOpen:
			parts = append(parts, binPart{kind: tokenOpen, elem: c.element()})
		case tokenFragment:
			c.take(4)
		case tokenTarget:
			c.take(1)
			c.name()
		case tokenInstruction:
			c.take(1)
			c.string()
		default:
			p, ok := c.simple(token)
			if !ok {
				c.bad = true
			}
			parts = append(parts, p)
		}
	}
	return parts
}

// simple reads content that an attribute can have too.
func (c *compiler) simple(token byte) (binPart, bool) {
	b := c.x.b
	switch token {
	case tokenText:
		if b[c.take(2)+1] != stringValue {
			return binPart{}, false
		}
		return binPart{kind: tokenText, text: c.string()}, true
	case tokenCData:
		c.take(1)
		return binPart{kind: tokenText, text: c.string()}, true
	case tokenCharacter:
		return binPart{kind: tokenText, text: string(rune(c.x.u16(c.take(3) + 1)))}, true
	case tokenEntity:
		c.take(1)
		return binPart{kind: tokenText, text: binEntities[c.name()]}, true
	case tokenNormal, tokenOptional:
		return binPart{kind: token, sub: c.x.u16(c.take(4) + 1)}, true
	}
	return binPart{}, false
}

var binEntities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

// string reads characters after their number.
func (c *compiler) string() string {
	n := 2 * c.x.u16(c.take(2))
	at := c.take(n)
	if c.bad || !c.x.pay(n) {
		c.bad = true
		return ""
	}
	return c.x.share(c.x.b[at : at+n])
}

// name reads the offset of a name, and steps over the name where it stands right here.
func (c *compiler) name() string {
	at := int64(le.Uint32(c.x.b[c.take(4):]))
	if c.bad || at > evtxChunk {
		c.bad = true
		return ""
	}
	name, next, ok := c.x.name(int(at))
	if !ok || int(at) == c.at && next > c.end {
		c.bad = true
		return ""
	}
	if int(at) == c.at {
		c.at = next
	}
	return name
}

// element reads an element from its opening token to its end.
func (c *compiler) element() *binElement {
	e := &binElement{}
	if c.depth++; c.depth > binXMLDepth {
		c.bad = true
		return e
	}
	defer func() { c.depth-- }()
	more := c.x.b[c.take(1)]&tokenMore != 0
	if !c.bare {
		c.take(2)
	}
	c.take(4) // size, which the end token makes superfluous
	e.name = c.name()
	if more {
		c.take(4)
	}
	for !c.bad {
		at := c.take(1)
		switch c.x.b[at] &^ tokenMore {
		case tokenAttribute:
			e.attributes = append(e.attributes, c.attribute())
		case tokenCloseEmpty:
			return e
		case tokenCloseStart:
			e.content = c.content()
			return e
		default:
			c.bad = true
		}
	}
	return e
}

// attribute reads a name and the simple content that follows.
func (c *compiler) attribute() binAttribute {
	a := binAttribute{name: c.name()}
	for !c.bad && c.at < c.end {
		if !c.x.pay(binXMLPart) {
			c.bad = true
			break
		}
		p, ok := c.simple(c.x.b[c.at] &^ tokenMore)
		if !ok {
			break // the next attribute or the end of the tag
		}
		a.content = append(a.content, p)
	}
	return a
}

// fields remembers where the System fields come from.
func (t *binTemplate) fields() {
	for _, p := range t.root.content {
		if p.kind != tokenOpen || p.elem.name != "System" {
			continue
		}
		for _, p := range p.elem.content {
			if p.kind == tokenOpen {
				t.field(p.elem)
			}
		}
	}
}

func (t *binTemplate) field(e *binElement) {
	switch e.name {
	case "Provider":
		t.provider, t.alias = e.find("Name"), e.find("EventSourceName")
	case "EventID":
		t.id = e.content
	case "Level":
		t.level = e.content
	case "TimeCreated":
		t.created = e.find("SystemTime")
	case "EventRecordID":
		t.number = e.content
	case "Channel":
		t.channel = e.content
	case "Computer":
		t.computer = e.content
	case "Security":
		t.user = e.find("UserID")
	}
}
