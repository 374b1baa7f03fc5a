package diagnose

import "testing"

func TestEditionToken(t *testing.T) {
	for name, want := range map[string]string{
		"Windows 10/11 Pro":                               "professional",
		"Windows 10/11 Pro N":                             "professionaln",
		"Windows 10/11 Pro for Workstations N":            "professionalworkstationn",
		"Windows 10/11 Enterprise N LTSC 2019/2021/2024":  "enterprisesn",
		"Windows 10 Enterprise LTSB 2015":                 "enterprises",
		"Windows 10/11 Enterprise G N":                    "enterprisegn",
		"Windows 7 Professional E":                        "professionale",
		"Windows Server 2022 Datacenter Azure Edition":    "serverturbine",
		"Windows Server 2008 R2 Standard":                 "serverstandard",
		"Windows Server, versions 1809 to 20H2, Standard": "serverstandard",
		"Windows Server 2012 MultiPoint Standard":         "",
		"Office 2010 Professional Plus":                   "",
	} {
		if got := editionToken(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for edition, want := range map[string]string{"ServerStandardCor": "serverstandard", "ServerDatacenterACor": "serverdatacenter",
		"IoTEnterpriseS": "enterprises", "EnterpriseSN": "enterprisesn"} {
		if got := installedToken(edition); got != want {
			t.Errorf("%s: %q, want %q", edition, got, want)
		}
	}
}

// TestEveryListedEditionFits: a client that holds the published key of its own edition is never told otherwise.
func TestEveryListedEditionFits(t *testing.T) {
	for name, edition := range map[string]string{"T83GX": "Professional", "GCQG9": "ProfessionalN", "6XYWF": "ProfessionalWorkstationN", "2YT43": "Enterprise",
		"J462D": "EnterpriseS", "7CG2H": "EnterpriseSN", "VCFB2": "Education", "8MCRC": "ServerTurbine", "J464C": "ServerStandard", "GPDD4": "Professional"} {
		l := newRecord("license", "", 0, 1)
		l.set("partial_product_key", name, nil)
		l.set("edition", edition, nil)
		l.set("channel_kind", "KMS_CLIENT", nil)
		deriveKeyEditions(records{"license": {l}}, builtIn(t))
		if l.first("key_fits") != "true" {
			t.Errorf("%s on %s: key_fits %q", name, edition, l.first("key_fits"))
		}
	}
}

func TestSetVersions(t *testing.T) {
	tests := []struct{ answer, office, windows string }{
		{"2007 Enterprise", "12", ""}, {"12.0.6612.1000", "12", "12"}, {"14", "14", ""}, {"Office LTSC 2021", "16", ""},
		{"XP", "", "5"}, {"Windows Server 2003 R2", "11", "5"}, {"5.1.2600", "", "5"}, {"11 Pro 23H2", "", "6"}, {"Server 2019", "16", "6"},
		{"I do not know", "", ""},
	}
	for _, tt := range tests {
		r := newRecord("machine", "", 0, 1)
		setOffice(r, tt.answer, nil)
		setWindows(r, tt.answer, nil)
		if r.first("office_major") != tt.office || r.first("os_major") != tt.windows {
			t.Errorf("%s: office %q windows %q", tt.answer, r.first("office_major"), r.first("os_major"))
		}
	}
}
