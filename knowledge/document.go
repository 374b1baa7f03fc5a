package knowledge

import (
	"bytes"
	"encoding"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// document is one YAML file, decoded, with the nodes that know where each field stands.
type document struct {
	file    string // as shown in defects
	path    string // inside its pack
	value   any    // pointer to what the file holds
	root    *yaml.Node
	defects Defects
}

// place is a field of a document.
type place struct {
	doc  *document
	node *yaml.Node
	path string
}

func (d *document) top() place { return place{d, d.root, ""} }

// at goes to a field of a mapping. A field that is not there has the line of its mapping.
func (p place) at(key string) place {
	path := key
	if p.path != "" {
		path = p.path + "." + key
	}
	if p.node != nil && p.node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(p.node.Content); i += 2 {
			if p.node.Content[i].Value == key {
				return place{p.doc, p.node.Content[i+1], path}
			}
		}
	}
	return place{p.doc, p.node, path}
}

// item goes to an element of a list.
func (p place) item(i int) place {
	path := p.path + "[" + strconv.Itoa(i) + "]"
	if p.node != nil && p.node.Kind == yaml.SequenceNode && i < len(p.node.Content) {
		return place{p.doc, p.node.Content[i], path}
	}
	return place{p.doc, p.node, path}
}

func (p place) line() int {
	if p.node == nil {
		return 0
	}
	return p.node.Line
}

func (p place) defect(format string, args ...any) {
	p.doc.defects.add(p.doc.file, p.line(), p.path, format, args...)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// parseDocument decodes data into value, which is a pointer. It is stricter than the library:
// no unknown, repeated, empty or missing field (those without omitempty are required), no
// alias, and a string is a string: codes and numbers in string fields are quoted.
func parseDocument(file, path string, data []byte, value any) *document {
	d := &document{file: file, path: path, value: value}
	dec, root := yaml.NewDecoder(bytes.NewReader(data)), new(yaml.Node)
	switch err := dec.Decode(root); {
	case errors.Is(err, io.EOF):
		d.defects.add(file, 1, "", "is empty")
		return d
	case err != nil:
		m := yamlLine.FindStringSubmatch(err.Error())
		line, message := 0, err.Error()
		if m != nil {
			line, _ = strconv.Atoi(m[1])
			message = message[len(m[0]):]
		}
		d.defects.add(file, line, "", "not YAML: %s", message)
		return d
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		d.defects.add(file, 0, "", "holds more than one YAML document")
	}
	d.root = root.Content[0]
	decode(d.top(), reflect.ValueOf(value).Elem(), 0)
	return d
}

// maxDepth is how deep a document may nest; conditions are the only fields that recur.
const maxDepth = 40

var (
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	operandsType = reflect.TypeFor[Operands]()
	languageType = reflect.TypeFor[Language]()
	// In rules, literals are what facts are compared with: 25 and true need no quotes there.
	literalTypes = map[reflect.Type]bool{reflect.TypeFor[Condition](): true, reflect.TypeFor[Distance](): true}
)

func decode(p place, v reflect.Value, depth int) {
	n := p.node
	switch {
	case depth > maxDepth:
		p.defect("nested too deeply")
	case n.Kind == yaml.AliasNode:
		p.defect("YAML aliases are not allowed")
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		p.defect("is empty")
	case reflect.PointerTo(v.Type()).Implements(textType):
		decodeText(p, v)
	case v.Type() == operandsType && n.Kind == yaml.ScalarNode:
		v.Set(reflect.ValueOf(Operands{n.Value}))
	default:
		decodeKind(p, v, depth)
	}
}

func decodeKind(p place, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		decodeStruct(p, v, depth)
	case reflect.Map:
		decodeMap(p, v, depth)
	case reflect.Slice:
		if p.node.Kind != yaml.SequenceNode {
			p.defect("must be a list")
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(p.node.Content), len(p.node.Content)))
		for i := range p.node.Content {
			decode(p.item(i), v.Index(i), depth+1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		decode(p, v.Elem(), depth)
	default:
		decodeScalar(p, v)
	}
}

func decodeText(p place, v reflect.Value) {
	if p.node.Kind != yaml.ScalarNode || p.node.Tag != "!!str" {
		p.defect("must be a quoted string")
		return
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(p.node.Value)); err != nil {
		p.defect("%v", err)
	}
}

func decodeScalar(p place, v reflect.Value) {
	n := p.node
	if n.Kind != yaml.ScalarNode {
		p.defect("must be a single value")
		return
	}
	if strings.Contains(n.Value, "TODO") {
		p.defect("TODO")
	}
	switch v.Kind() {
	case reflect.String:
		if n.Tag != "!!str" {
			p.defect("must be a string: quote it")
		}
		v.SetString(n.Value)
	case reflect.Bool:
		if n.Tag != "!!bool" {
			p.defect("must be true or false")
		}
		v.SetBool(n.Value == "true")
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Tag != "!!int" || err != nil {
			p.defect("must be a whole number")
		}
		v.SetInt(int64(i))
	default:
		panic("knowledge: no way to decode " + v.Type().String())
	}
}

// field is a field of a struct as YAML knows it.
type field struct {
	name     string
	index    int
	required bool
}

var structFields sync.Map // reflect.Type -> []field

func fieldsOf(t reflect.Type) []field {
	if fs, ok := structFields.Load(t); ok {
		return fs.([]field)
	}
	var fs []field
	for i := range t.NumField() {
		name, options, ok := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			fs = append(fs, field{name, i, !ok || options != "omitempty"})
		}
	}
	structFields.Store(t, fs)
	return fs
}

func decodeStruct(p place, v reflect.Value, depth int) {
	if p.node.Kind != yaml.MappingNode {
		p.defect("must be a mapping")
		return
	}
	fields := fieldsOf(v.Type())
	seen := make([]bool, len(fields))
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		key := p.node.Content[i]
		f := fieldNamed(fields, key.Value)
		at := place{p.doc, p.node.Content[i+1], strings.TrimPrefix(p.path+"."+key.Value, ".")}
		switch {
		case f < 0:
			place{p.doc, key, at.path}.defect("unknown field")
		case seen[f]:
			place{p.doc, key, at.path}.defect("stands twice")
		default:
			seen[f] = true
			target := v.Field(fields[f].index)
			if literalTypes[v.Type()] && target.Kind() == reflect.String && at.node.Kind == yaml.ScalarNode {
				target.SetString(at.node.Value)
				continue
			}
			decode(at, target, depth+1)
		}
	}
	for i, f := range fields {
		if f.required && !seen[i] {
			p.at(f.name).defect("is required")
		}
	}
}

func fieldNamed(fields []field, name string) int {
	for i, f := range fields {
		if f.name == name {
			return i
		}
	}
	return -1
}

func decodeMap(p place, v reflect.Value, depth int) {
	if p.node.Kind != yaml.MappingNode {
		p.defect("must be a mapping")
		return
	}
	t := v.Type()
	v.Set(reflect.MakeMapWithSize(t, len(p.node.Content)/2))
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		key := p.node.Content[i]
		at := place{p.doc, p.node.Content[i+1], strings.TrimPrefix(p.path+"."+key.Value, ".")}
		k := reflect.ValueOf(key.Value).Convert(t.Key())
		switch {
		case key.Kind != yaml.ScalarNode:
			place{p.doc, key, p.path}.defect("key must be a single value")
		case t.Key() == languageType && !Language(key.Value).supported():
			place{p.doc, key, at.path}.defect("unknown language")
		case v.MapIndex(k).IsValid():
			place{p.doc, key, at.path}.defect("stands twice")
		default:
			e := reflect.New(t.Elem()).Elem()
			decode(at, e, depth+1)
			v.SetMapIndex(k, e)
		}
	}
}

func (l Language) supported() bool {
	for _, x := range Languages {
		if x == l {
			return true
		}
	}
	return false
}
