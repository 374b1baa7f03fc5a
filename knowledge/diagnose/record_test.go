package diagnose

import (
	"slices"
	"testing"
)

// TestRecord: what a record told stays what it was, and what it inherited is its own.
func TestRecord(t *testing.T) {
	norms := func(values []value) (out []string) {
		for _, v := range values {
			out = append(out, v.norm)
		}
		return out
	}
	parent := newRecord("license", "", 0, 1)
	parent.add("cmid", "c", nil)
	parent.add("error_code", "1", nil)
	parent.add("error_code", "1", nil)
	parent.add("kms_host", "h", nil)
	told := parent.all("error_code")
	child := newRecord("client", "", 0, 1)
	child.set("kms_host", "own", nil)
	child.inherit(parent)
	parent.add("error_code", "2", nil)
	parent.set("cmid", "new", nil)
	parent.take("kms_host")
	child.add("error_code", "3", nil)
	for name, tt := range map[string]struct {
		got  []value
		want []string
	}{
		"told before":              {told, []string{"1"}},
		"equal ones count once":    {parent.all("error_code"), []string{"1", "2"}},
		"replaced":                 {parent.all("cmid"), []string{"new"}},
		"taken away":               {parent.all("kms_host"), nil},
		"inherited as it was":      {child.all("cmid"), []string{"c"}},
		"own instead of inherited": {child.all("kms_host"), []string{"own"}},
		"added to what it was":     {child.all("error_code"), []string{"1", "3"}},
	} {
		if got := norms(tt.got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
