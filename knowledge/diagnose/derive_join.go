package diagnose

import (
	"cmp"
	"strings"

	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// learnProducts names the licenses of events by what outputs call the same SKU id.
func learnProducts(rs records, base *knowledge.Base) {
	named := map[string]*record{}
	for _, kind := range []string{"license", "attempt"} {
		for _, r := range rs[kind] {
			if id := skuOf(r); id != "" && r.has("license_name") && named[id] == nil {
				named[id] = r
			}
		}
	}
	for _, e := range rs["event"] {
		id := skuOf(e)
		if _, known := base.Product(id); known || named[id] == nil || e.has("license_name") || e.first("event_id") == "1003" {
			continue
		}
		e.set("license_name", named[id].first("license_name"), e.evidence("sku_id"))
		if channel := named[id].first("channel"); channel != "" && !e.has("channel") {
			e.set("channel", channel, e.evidence("sku_id"))
		}
	}
}

func skuOf(r *record) string {
	return strings.ToLower(cmp.Or(r.first("sku_id"), r.first("activation_id")))
}

// nameByCMID names the machine of documents that hold one client's CMID and no name, where exactly one such
// document and one computer's own requests have it. Clones share theirs and stay unnamed.
func nameByCMID(docs []*formats.Document) {
	own, unnamed := map[string]map[string]bool{}, map[string][]*formats.Document{}
	for _, d := range docs {
		cmids, requests := map[string]bool{}, map[string]bool{}
		for i := range d.Facts {
			f := &d.Facts[i]
			switch cmid := strings.ToLower(f.Normalized); {
			case f.Kind == formats.EventID && f.Normalized == "12288":
				requests[f.Subject.ID] = true
			case f.Kind == formats.CMID && f.Machine == "" && d.Machine == "":
				cmids[cmid] = true
			case f.Kind == formats.CMID && requests[f.Subject.ID]:
				if own[cmid] == nil {
					own[cmid] = map[string]bool{}
				}
				own[cmid][hostName(cmp.Or(f.Machine, d.Machine))] = true
			}
		}
		if len(cmids) == 1 && len(machinesOf(d)) == 0 {
			for cmid := range cmids {
				unnamed[cmid] = append(unnamed[cmid], d)
			}
		}
	}
	for cmid, same := range unnamed {
		if len(same) != 1 || len(own[cmid]) != 1 {
			continue
		}
		for machine := range own[cmid] {
			same[0].Machine = machine
		}
	}
}
