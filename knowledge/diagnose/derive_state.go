package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// deriveLastState keeps of each licence the last state that a document shows, where the document proves that the
// states are of one machine: the same client machine id, or an activation that succeeded between them. Two
// outputs without that may be of a machine that works and of one that does not.
func deriveLastState(rs records) {
	byDoc, gone, last := map[int][]*record{}, map[*record]bool{}, map[string]*record{}
	for _, l := range rs["license"] {
		byDoc[l.doc] = append(byDoc[l.doc], l)
	}
	for _, list := range byDoc {
		slices.SortStableFunc(list, func(a, b *record) int { return cmp.Compare(a.line, b.line) })
		for _, l := range list {
			if !l.has("cmid") || !l.has("license_status") {
				continue
			}
			key := strings.Join([]string{strconv.Itoa(l.doc), l.machine, l.first("cmid"), l.first("license_name"), l.first("activation_id")}, "\x00")
			if before := last[key]; before != nil && sameLicense(before, l) {
				gone[before] = true
			}
			last[key] = l
		}
	}
	for _, a := range rs["attempt"] {
		if a.first("activation_result") == "SUCCESS" {
			overtakenBy(a, byDoc[a.doc], gone)
		}
	}
	if len(gone) > 0 {
		rs["license"] = slices.DeleteFunc(rs["license"], func(l *record) bool { return gone[l] })
	}
}

// nearLicenses are the blocks before and after an attempt that may be states of the same licence.
const nearLicenses = 8

// overtakenBy marks the licences before a successful attempt whose state the text tells again after it.
func overtakenBy(a *record, list []*record, gone map[*record]bool) {
	at, _ := slices.BinarySearchFunc(list, a.line, func(l *record, line int) int { return cmp.Compare(l.line, line) })
	for _, before := range list[max(0, at-nearLicenses):at] {
		if name := a.first("license_name"); name != "" && name != before.first("license_name") {
			continue
		}
		for _, after := range list[at:min(len(list), at+nearLicenses)] {
			if after.has("license_status") && sameLicense(before, after) {
				gone[before] = true
			}
		}
	}
}

// sameLicense compares what both tell.
func sameLicense(a, b *record) bool {
	if a.machine != b.machine || a.first("license_name") == "" || a.has("is_kms_host") || b.has("is_kms_host") {
		return false
	}
	for _, kind := range []string{"license_name", "activation_id", "channel", "partial_product_key", "cmid"} {
		if a.has(kind) && b.has(kind) && a.first(kind) != b.first(kind) {
			return false
		}
	}
	return true
}
