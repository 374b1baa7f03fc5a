package formats

import (
	"strings"
)

// mgaVerdict reads the status in words; states in which nothing was decided give none.
func mgaVerdict(v string) string {
	switch f := fold(v); {
	case f == "genuine":
		return ValidationGenuine
	case strings.HasPrefix(f, "invalid"), strings.HasPrefix(f, "blocked"), f == "nongenuine":
		return ValidationInvalid
	}
	return ""
}

// verdictOfCode is what a validation code says by itself: 0 is genuine; 3, 8 and 50 and the codes of the
// validation itself are not. Others mean that nothing was decided.
func verdictOfCode(v string) string {
	switch v = strings.ToLower(v); {
	case v == "0" || v == "0x0" || v == "0x00000000":
		return ValidationGenuine
	case v == "3" || v == "8" || v == "50" || strings.HasPrefix(v, "0x8004fe"):
		return ValidationInvalid
	}
	return ""
}

func mgaChannel(v string) string {
	switch f := fold(v); {
	case strings.Contains(f, "kmsclient"):
		return "VOLUME_KMSCLIENT"
	case strings.Contains(f, "mak"):
		return "VOLUME_MAK"
	case f == "retail":
		return "RETAIL"
	case f == "oemslp":
		return "OEM_SLP"
	case f == "coaslp":
		return "OEM_COA_SLP"
	case f == "oemsystembuilder":
		return "OEM_COA_NSLP"
	}
	return ""
}

// certain tells a report from other text with arrows, by what else of it is this tool's.
func (g *mgadiag) certain() bool {
	signs := len(g.b.facts) + 2*len(g.office)
	for _, sign := range []bool{g.code != "", g.verdict != "", g.tampered} {
		if sign {
			signs++
		}
	}
	if g.marker != "" || g.licensingTo > g.licensingFrom {
		signs += 2
	}
	return signs > 0 && g.titles+signs >= 3
}

// judge states what the validation found: by its words, else by its code; changed files tell why.
func (g *mgadiag) judge() {
	verdict, line, value := g.verdict, g.verdictLine, g.verdictText
	if verdict == "" {
		verdict, line, value = verdictOfCode(g.code), g.codeLine, g.code
	}
	if verdict == ValidationInvalid && g.tampered {
		verdict = ValidationTampered
	}
	if verdict != "" {
		g.b.add(Statement, value, verdict, line)
	}
}
