package api_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/activationkb/activationkb/api"
	_ "github.com/activationkb/activationkb/api/activationkb/v1"
)

type schema struct {
	Properties map[string]any
	Enum       []string
}

type document struct {
	Paths      map[string]map[string]any
	Components struct{ Schemas map[string]schema }
}

func openAPI(t *testing.T) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(api.OpenAPI, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOpenAPIHasExactlyThePathsOfTheContract(t *testing.T) {
	want := []string{
		"get /v1/articles",
		"get /v1/articles/{name}",
		"get /v1/errorCodes",
		"get /v1/errorCodes/{name}",
		"get /v1/errorCodes:batchGet",
		"get /v1/events",
		"get /v1/events/{name}",
		"get /v1/search",
		"get /v1/search:suggest",
		"post /v1/errorCodes:batchGet",
		"post /v1/logs:analyze",
		"post /v1/logs:upload",
		"post /v1/search",
		"post /v1/symptoms:diagnose",
	}
	var got []string
	for path, operations := range openAPI(t).Paths {
		for verb := range operations {
			got = append(got, verb+" "+path)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("paths\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What openapi.base.json writes by hand must not drift from the protos.
func TestOpenAPISchemasHaveTheFieldsOfTheirMessages(t *testing.T) {
	for name, s := range openAPI(t).Components.Schemas {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		switch d := d.(type) {
		case protoreflect.MessageDescriptor:
			delete(s.Properties, "@type")
			got := slices.Sorted(maps.Keys(s.Properties))
			if want := jsonNames(d); !slices.Equal(got, want) {
				t.Errorf("%s: properties %v, want %v", name, got, want)
			}
		case protoreflect.EnumDescriptor:
			var want []string
			for i := range d.Values().Len() {
				want = append(want, string(d.Values().Get(i).Name()))
			}
			if !slices.Equal(s.Enum, want) {
				t.Errorf("%s: values %v, want %v", name, s.Enum, want)
			}
		}
	}
}

func TestOpenAPIReferencesResolve(t *testing.T) {
	schemas := openAPI(t).Components.Schemas
	var d any
	if err := json.Unmarshal(api.OpenAPI, &d); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				if _, ok := schemas[strings.TrimPrefix(ref, "#/components/schemas/")]; !ok {
					t.Errorf("%s does not resolve", ref)
				}
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(d)
}

// jsonNames lists the JSON names of the fields of a message, sorted.
func jsonNames(m protoreflect.MessageDescriptor) []string {
	var names []string
	for i := range m.Fields().Len() {
		names = append(names, m.Fields().Get(i).JSONName())
	}
	slices.Sort(names)
	return names
}
