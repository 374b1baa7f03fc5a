package code

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestStringIsCanonical(t *testing.T) {
	for c, want := range map[Code]string{
		0:           "0x00000000",
		0xC004F074:  "0xC004F074",
		0x8007000d:  "0x8007000D",
		0xFFFF_FFFF: "0xFFFFFFFF",
	} {
		if got := c.String(); got != want {
			t.Errorf("%d: got %s, want %s", uint32(c), got, want)
		}
	}
}

func TestSignedAndFailure(t *testing.T) {
	for _, tt := range []struct {
		code    Code
		signed  int32
		failure bool
	}{
		{0, 0, false},
		{0x4004F040, 1074065472, false},
		{0xC004F074, -1073418124, true},
		{0x80070005, -2147024891, true},
		{0x80000000, -2147483648, true},
	} {
		if got := tt.code.Signed(); got != tt.signed {
			t.Errorf("%s: signed %d, want %d", tt.code, got, tt.signed)
		}
		if got := tt.code.Failure(); got != tt.failure {
			t.Errorf("%s: failure %v, want %v", tt.code, got, tt.failure)
		}
	}
}

func TestFromWin32(t *testing.T) {
	for n, want := range map[uint32]Code{0: 0, 5: 0x80070005, 9003: 0x8007232B, 12007: 0x80072EE7, 0x10005: 0x80070005} {
		if got := FromWin32(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestTextIsCanonicalOnly(t *testing.T) {
	var c Code
	if err := json.Unmarshal([]byte(`"0xC004F074"`), &c); err != nil || c != 0xC004F074 {
		t.Fatalf("got %s, %v", c, err)
	}
	if b, _ := json.Marshal(c); string(b) != `"0xC004F074"` {
		t.Errorf("marshalled as %s", b)
	}
	for _, s := range []string{`"0xc004f074"`, `"C004F074"`, `"0x5"`, `""`, `"x"`} {
		if err := json.Unmarshal([]byte(s), &c); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestAnatomy(t *testing.T) {
	for c, want := range map[Code]Anatomy{
		0:          {FacilityName: "FACILITY_NULL"},
		0xC004F074: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0xF074, Zone: Client},
		0xC004B100: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0xB100, Zone: Server},
		0xC004C003: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0xC003, Zone: ClearingHouse},
		0xC004D302: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0xD302, Zone: SecurityProcessor},
		0xC004E003: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0xE003, Zone: Internal},
		0x4004F040: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0xF040, Zone: Client},
		0x8004FE21: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0xFE21, Zone: Client},
		0x80040154: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0x0154},
		0x8004C003: {Facility: 4, FacilityName: "FACILITY_ITF", Status: 0xC003},
		0x8007232B: {Facility: 7, FacilityName: "FACILITY_WIN32", Status: 0x232B, IsWin32: true, Win32: 9003},
		0x80070000: {Facility: 7, FacilityName: "FACILITY_WIN32", IsWin32: true},
		0xC0070005: {Facility: 7, FacilityName: "FACILITY_NTWIN32", Status: 5, IsWin32: true, Win32: 5, NTStatus: true},
		0x00070005: {Facility: 7, FacilityName: "FACILITY_WIN32", Status: 5},
		0xC0000022: {Facility: 0, FacilityName: "FACILITY_NULL", Status: 0x22, NTStatus: true},
		0xD0000272: {Facility: 0, FacilityName: "FACILITY_NULL", Status: 0x272, NTStatus: true},
		0xC0020017: {Facility: 2, FacilityName: "FACILITY_RPC_RUNTIME", Status: 0x17, NTStatus: true},
		0x803FA067: {Facility: 0x3F, FacilityName: "FACILITY_WINDOWS_STORE", Status: 0xA067},
		0x87E10BC6: {Facility: 0x7E1, Status: 0x0BC6},
	} {
		if got := c.Anatomy(); got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", c, got, want)
		}
	}
}
