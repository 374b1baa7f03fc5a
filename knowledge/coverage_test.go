package knowledge_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// The inventory lists every fact of the documents that the built-in content grew from, and after
// them the points on which those documents contradict each other. It is not part of the repository.
const inventory = "../../shared/facts/seeds-inventory.md"

// coverage is one list of testdata: which text answers each row of the inventory.
type coverage struct {
	file   string
	column string         // head of the first column
	rows   int            // how many rows the inventory has
	id     *regexp.Regexp // first cell of a row of the inventory
	gaps   bool           // a row may be answered by nothing, with a reason
}

var coverages = []coverage{
	{"seed-coverage.csv", "row", 385, regexp.MustCompile(`(?m)^\| (S[0-4]-[0-9]{3}) \|`), true},
	{"contradictions.csv", "no", 35, regexp.MustCompile(`(?m)^\| (C[0-9]{2}) \|`), false},
}

// answer is one row of a list: several targets are separated by semicolons, "-" is none.
type answer struct {
	id, target, note string
}

func (c coverage) read(t *testing.T) []answer {
	t.Helper()
	f, err := os.Open("testdata/" + c.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{c.column, "target", "note"}; len(rows) == 0 || !slices.Equal(rows[0], want) {
		t.Fatalf("%s: the head is not %q", c.file, want)
	}
	var answers []answer
	for _, r := range rows[1:] {
		answers = append(answers, answer{r[0], r[1], r[2]})
	}
	return answers
}

func TestCoverageHasEveryRowOnceAndInOrder(t *testing.T) {
	for _, c := range coverages {
		answers := c.read(t)
		if len(answers) != c.rows {
			t.Errorf("%s has %d rows, want %d", c.file, len(answers), c.rows)
		}
		for i := 1; i < len(answers); i++ {
			if answers[i-1].id >= answers[i].id {
				t.Errorf("%s: %s stands after %s", c.file, answers[i].id, answers[i-1].id)
			}
		}
	}
}

func TestCoverageNamesTextsThatExist(t *testing.T) {
	base, _ := knowledge.Draft(content.FS())
	if base == nil {
		t.Fatal("the built-in content cannot be read")
	}
	for _, c := range coverages {
		for _, a := range c.read(t) {
			if a.target == "-" {
				if !c.gaps || a.note == "" {
					t.Errorf("%s: %s has neither a target nor a reason", c.file, a.id)
				}
				continue
			}
			for target := range strings.SplitSeq(a.target, ";") {
				if err := exists(base, target); err != nil {
					t.Errorf("%s: %s: %s: %v", c.file, a.id, target, err)
				}
			}
		}
	}
}

// exists looks a target such as "articles/kms-unreachable#symptoms" up.
func exists(b *knowledge.Base, target string) error {
	kind, id, _ := strings.Cut(target, "/")
	var found bool
	switch kind {
	case "articles":
		return sectionExists(b, id)
	case "errorCodes":
		c, err := code.Parse(id)
		if err != nil {
			return err
		}
		_, found = b.Code(c)
	case "events":
		_, found = b.Event(id)
	case "findings":
		_, found = b.Finding(id)
	case "rules":
		found = slices.ContainsFunc(b.Findings(), func(f *knowledge.Finding) bool {
			return slices.ContainsFunc(f.Rules, func(r knowledge.Rule) bool { return r.ID == id })
		})
	case "concepts":
		_, found = b.Concept(id)
	case "commands":
		_, found = b.Command(id)
	case "products":
		_, found = b.Product(id)
	case "keys":
		_, found = b.Key(id)
	case "formats":
		found = slices.Contains(readFormats, formats.Format(id))
	default:
		return fmt.Errorf("unknown kind %q", kind)
	}
	if !found {
		return fmt.Errorf("no such %s", kind)
	}
	return nil
}

// readFormats are the formats that a fact may be answered by: those that a parser
// reads. EVTX, MGADiag, ROIScan and others have a name but no parser yet, so they prove nothing.
var readFormats = []formats.Format{
	formats.SlmgrDLI, formats.SlmgrDLV, formats.SlmgrXPR, formats.SlmgrATO,
	formats.OsppDstatus, formats.OsppAct, formats.OsppDcmid, formats.OsppDhistory,
	formats.Nslookup, formats.EventText, formats.EventXML, formats.EventCSV, formats.EventJSON,
	formats.Ipconfig, formats.PortProbe, formats.WMI, formats.FreeText,
}

// sectionExists demands the section, with text, in every language.
func sectionExists(b *knowledge.Base, target string) error {
	id, section, _ := strings.Cut(target, "#")
	a, ok := b.Article(id)
	if !ok {
		return errors.New("no such article")
	}
	for _, l := range knowledge.Languages {
		text, ok := a.Texts[l]
		if !ok {
			return fmt.Errorf("no text in %s", l)
		}
		if s, ok := text.Section(section); !ok || s.Text == "" {
			return fmt.Errorf("no such section in %s", l)
		}
	}
	return nil
}

func TestCoverageMatchesTheInventory(t *testing.T) {
	data, err := os.ReadFile(inventory)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is absent: the inventory of facts is not part of the repository", inventory)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range coverages {
		var listed, answered []string
		for _, m := range c.id.FindAllSubmatch(data, -1) {
			listed = append(listed, string(m[1]))
		}
		for _, a := range c.read(t) {
			answered = append(answered, a.id)
		}
		for _, id := range listed {
			if !slices.Contains(answered, id) {
				t.Errorf("%s lacks %s", c.file, id)
			}
		}
		for _, id := range answered {
			if !slices.Contains(listed, id) {
				t.Errorf("%s: %s is not in the inventory", c.file, id)
			}
		}
	}
}
