package diagnose

import (
	"strings"

	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// deriveTools adds what the reports of MGADiag, licensingdiag and the Volume Activation Management Tool state
// of the machine as a whole: whether the validation found it genuine, and whether its firmware has a marker; and
// what w32tm says of its time.
func deriveTools(rs records) {
	deriveGenuine(rs["license"])
	toldOfMachine(rs, "bios_marker")
	toldOfMachine(rs, "time_source")
}

// genuineStates are the statements of a validation, and how rules name them.
var genuineStates = map[string]string{
	formats.ValidationGenuine:  "GENUINE",
	formats.ValidationInvalid:  "INVALID_LICENSE",
	formats.ValidationTampered: "TAMPERED",
}

// deriveGenuine gives licences the state that their machine's last validation found: a later report on the same
// product overtakes an earlier one. Office and Windows are validated apart. What a licence in its non-genuine
// grace period says of itself already needs no second word.
func deriveGenuine(licenses []*record) {
	last := map[string]*record{}
	for _, l := range licenses {
		for _, v := range l.all("statement") {
			state := genuineStates[v.norm]
			if state == "" || state == "INVALID_LICENSE" && l.first("license_status") == "NON_GENUINE_GRACE" {
				continue
			}
			key := strings.Join([]string{identity(l), applicationOf(l), l.first("sku_id")}, "\x00")
			if before := last[key]; before != nil && before != l && (before.doc != l.doc || before.line < l.line) {
				before.take("genuine")
			}
			last[key] = l
			l.set("genuine", state, v.evidence)
		}
	}
}

// toldOfMachine tells codes what their machine's last report says of its firmware's Windows marker, or of the source
// of its time. Where no machine is named, a report counts for all codes if there is no other.
func toldOfMachine(rs records, kind string) {
	told := map[string]value{}
	for _, m := range rs["machine"] {
		if list := m.all(kind); len(list) > 0 {
			told[identity(m)] = list[len(list)-1]
		}
	}
	if len(told) == 0 {
		return
	}
	for _, c := range rs["code"] {
		v, ok := told[identity(c)]
		if !ok && c.machine == "" && len(told) == 1 {
			for _, v = range told {
				ok = true
			}
		}
		if ok && !c.has(kind) {
			c.set(kind, v.norm, v.evidence)
		}
	}
}
