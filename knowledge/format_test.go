package knowledge_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// The structs of each file, by the heading that describes it in FORMAT.md.
var formatTypes = map[string]reflect.Type{
	"pack.yaml":       reflect.TypeFor[knowledge.Pack](),
	"vocabulary.yaml": reflect.TypeFor[knowledge.Vocabulary](),
	"glossary.yaml":   reflect.TypeFor[knowledge.Concept](),
	"commands.yaml":   reflect.TypeFor[knowledge.Command](),
	"Tool":            reflect.TypeFor[knowledge.Tool](),
	"Variant":         reflect.TypeFor[knowledge.Variant](),
	"questions.yaml":  reflect.TypeFor[knowledge.Question](),
	"Option":          reflect.TypeFor[knowledge.Option](),
	"keys.yaml":       reflect.TypeFor[knowledge.Key](),
	"products.yaml":   reflect.TypeFor[knowledge.Product](),
	"winerror.yaml":   reflect.TypeFor[knowledge.Symbol](),
	"facilities.yaml": reflect.TypeFor[knowledge.Facility](),
	"codes":           reflect.TypeFor[knowledge.ErrorCode](),
	"Explanation":     reflect.TypeFor[knowledge.Explanation](),
	"events":          reflect.TypeFor[knowledge.Event](),
	"EventField":      reflect.TypeFor[knowledge.EventField](),
	"article.yaml":    reflect.TypeFor[knowledge.Article](),
	"findings":        reflect.TypeFor[knowledge.Finding](),
	"Rule":            reflect.TypeFor[knowledge.Rule](),
	"Adjustment":      reflect.TypeFor[knowledge.Adjustment](),
	"Missing":         reflect.TypeFor[knowledge.Missing](),
	"Condition":       reflect.TypeFor[knowledge.Condition](),
	"Distance":        reflect.TypeFor[knowledge.Distance](),
	"Count":           reflect.TypeFor[knowledge.Count](),
	"Sample":          reflect.TypeFor[knowledge.Sample](),
	"Term":            reflect.TypeFor[knowledge.Term](),
	"Source":          reflect.TypeFor[knowledge.Source](),
	"CodeRef":         reflect.TypeFor[knowledge.CodeRef](),
	"When":            reflect.TypeFor[knowledge.When](),
	"Context":         reflect.TypeFor[knowledge.Context](),
}

var heading = regexp.MustCompile(`^(###|####) ([A-Za-z0-9._-]+)`)

func TestFormatDescribesEveryField(t *testing.T) {
	data, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	described, current := map[string][]string{}, ""
	for line := range strings.Lines(string(data)) {
		m := heading.FindStringSubmatch(line)
		switch {
		case m == nil:
		case m[1] == "###":
			current = m[2]
			described[current] = nil
		default:
			described[current] = append(described[current], m[2])
		}
	}
	for name, typ := range formatTypes {
		var want []string
		for i := range typ.NumField() {
			if tag, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ","); tag != "" && tag != "-" {
				want = append(want, tag)
			}
		}
		if got := described[name]; !slices.Equal(got, want) {
			t.Errorf("FORMAT.md ### %s describes\n%v, the struct has\n%v", name, got, want)
		}
	}
}
