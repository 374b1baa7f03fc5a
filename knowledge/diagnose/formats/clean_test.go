package formats

import (
	"strings"
	"testing"
)

func cleaned(s string) []string {
	p := newPage(&Document{}, s)
	var out []string
	for _, l := range p.lines {
		out = append(out, l.text)
	}
	return out
}

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"quoted twice", "> > License Status: Licensed", "License Status: Licensed"},
		{"comment", " * Partial Product Key: 2YT43", "Partial Product Key: 2YT43"},
		{"failure of nslookup is no comment", "*** UnKnown can't find x: Non-existent domain", "*** UnKnown can't find x: Non-existent domain"},
		{"bold", "**Error: 0xC004F074**", "Error: 0xC004F074"},
		{"escaped", `VOLUME\_KMSCLIENT`, "VOLUME_KMSCLIENT"},
		{"root of a drive is no escape", `C:\>slmgr /dlv`, `C:\>slmgr /dlv`},
		{"full width", "许可证状态：已授权（1）", "许可证状态:已授权(1)"},
		{"html", "a<br/>b&lt;x&gt;", "a|b<x>"},
		{"json", `"text": "one\nC:\\Windows\ntwo",`, `"text": "|one|C:\Windows|two`},
		{"a path is no line break", `C:\new\notes \next`, `C:\new\notes \next`},
		{"GUID broken at the margin", "SkuId=73111121-5638-40f6-bc11-f1d7\n   b0d64300;Trigger", "SkuId=73111121-5638-40f6-bc11-f1d7b0d64300;Trigger"},
		{"code broken at the margin", "ERROR CODE: 0xC004\nF074", "ERROR CODE: 0xC004F074"},
		{"value under its label", "Partial Product Key:\n2YT43", "Partial Product Key: 2YT43"},
		{"label broken", "Requests with License Status License expired or Hardware out of\ntolerance: 0", "Requests with License Status License expired or Hardware out of tolerance: 0"},
		{"lines lost", "License Status: Licensed Partial Product Key: 2YT43 Renewal interval: 10080 minutes", "License Status: Licensed|Partial Product Key: 2YT43|Renewal interval: 10080 minutes"},
		{"sentence with one label", "The value of License Status: in the output should say Licensed.", "The value of License Status: in the output should say Licensed."},
	}
	for _, tt := range tests {
		if got := strings.Join(cleaned(tt.in), "|"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLinesKeepTheirNumbers(t *testing.T) {
	p := newPage(&Document{}, "first\nSKU ID: 73111121-5638-40f6-bc11-\nf1d7b0d64300\nlast")
	var nums []int
	for _, l := range p.lines {
		nums = append(nums, l.num)
	}
	if len(nums) != 3 || nums[1] != 2 || nums[2] != 4 {
		t.Fatal(nums)
	}
	if l := p.lines[1]; l.at(len(l.text)-1) != 3 || l.at(0) != 2 {
		t.Errorf("the end of %q is said to stand on line %d", l.text, l.at(len(l.text)-1))
	}
}

func TestLongLinesAreCut(t *testing.T) {
	d := &Document{}
	newPage(d, strings.Repeat("x", maxLine+5)+"\nend")
	if len(d.Warnings) != 1 || d.LineCount != 2 {
		t.Error(d.Warnings, d.LineCount)
	}
}
