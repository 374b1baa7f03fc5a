package code

// Zone says which part of the licensing system a 0x?004xxxx code comes from.
type Zone string

// Licensing zones, told by the fifth hex digit of 0xC004xxxx and 0x4004xxxx. Of 0x8004xxxx only
// D, E and F are licensing codes: the rest of that range belongs to COM.
const (
	NoZone            Zone = ""
	Server            Zone = "SERVER"             // B: activation server
	ClearingHouse     Zone = "CLEARING_HOUSE"     // C: activation clearing house
	SecurityProcessor Zone = "SECURITY_PROCESSOR" // D: trusted store and tamper checks
	Internal          Zone = "INTERNAL"           // E: internal errors
	Client            Zone = "CLIENT"             // F: licensing service of the computer itself
)

// Anatomy is what the bits of a code tell, without any knowledge of its meaning.
type Anatomy struct {
	Facility     uint16 // bits 16 to 26
	FacilityName string // as in winerror.h or ntstatus.h: "FACILITY_WIN32"; empty if not known
	Status       uint16 // bits 0 to 15
	IsWin32      bool   // Win32 holds a Win32 error number
	Win32        uint16 // the Win32 error number inside a failure of facility 7
	NTStatus     bool   // an NTSTATUS, bare (0xC0000022) or mapped to an HRESULT (0xD0000272)
	Zone         Zone
}

// Anatomy takes the code apart. A failure of facility 7, whether 0x8007xxxx or 0xC007xxxx,
// carries a Win32 error number; no other code does.
func (c Code) Anatomy() Anatomy {
	a := Anatomy{
		Facility: c.facility(),
		Status:   uint16(c),
		NTStatus: c.ntstatus(),
		Zone:     c.zone(),
	}
	name := facilities[a.Facility]
	if a.NTStatus {
		name = ntFacilities[a.Facility]
	}
	if name != "" {
		a.FacilityName = "FACILITY_" + name
	}
	if c.Failure() && a.Facility == 7 {
		a.IsWin32, a.Win32 = true, a.Status
	}
	return a
}

func (c Code) facility() uint16 { return uint16(c>>16) & 0x7FF }

// ntstatus tells NTSTATUS errors from HRESULTs. Two top bits alone are no proof: the licensing
// service sets both in 0xC004xxxx. So a bare NTSTATUS counts only with a facility of its own.
func (c Code) ntstatus() bool {
	const mapped, failed = 0xD000, 0xC000 // top five bits, without and with FACILITY_NT_BIT
	switch c >> 16 & 0xF800 {
	case mapped:
		return true
	case failed:
		_, ok := ntFacilities[c.facility()]
		return ok
	}
	return false
}

func (c Code) zone() Zone {
	digit := c >> 12 & 0xF
	switch c >> 16 {
	case 0xC004, 0x4004:
		return zones[digit]
	case 0x8004:
		if digit >= 0xD {
			return zones[digit]
		}
	}
	return NoZone
}

var zones = map[Code]Zone{
	0xB: Server, 0xC: ClearingHouse, 0xD: SecurityProcessor, 0xE: Internal, 0xF: Client,
}

// facilities names the HRESULT facilities of winerror.h that an administrator may meet.
var facilities = map[uint16]string{
	0: "NULL", 1: "RPC", 2: "DISPATCH", 3: "STORAGE", 4: "ITF", 7: "WIN32", 8: "WINDOWS",
	9: "SECURITY", 10: "CONTROL", 11: "CERT", 12: "INTERNET", 13: "MEDIASERVER", 14: "MSMQ",
	15: "SETUPAPI", 16: "SCARD", 17: "COMPLUS", 19: "URT", 20: "ACS", 22: "UMI", 23: "SXS",
	25: "HTTP", 32: "BACKGROUNDCOPY", 33: "CONFIGURATION", 34: "STATE_MANAGEMENT",
	36: "WINDOWSUPDATE", 37: "DIRECTORYSERVICE", 38: "GRAPHICS", 39: "SHELL",
	40: "TPM_SERVICES", 41: "TPM_SOFTWARE", 48: "PLA", 49: "FVE", 50: "FWP", 51: "WINRM",
	52: "NDIS", 63: "WINDOWS_STORE",
}

// ntFacilities names the NTSTATUS facilities of ntstatus.h that occur in activation.
var ntFacilities = map[uint16]string{
	0: "NULL", 1: "DEBUGGER", 2: "RPC_RUNTIME", 3: "RPC_STUBS", 7: "NTWIN32",
}
