package diagnose

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// other holds what is not about activation, in the shapes in which outputs that are about it come too.
var other = map[string]string{
	"winlogbeat.json": `{"@timestamp":"2026-03-02T07:15:31.000Z","winlog":{"provider_name":"Microsoft-Windows-WindowsUpdateClient","event_id":20,"channel":"System","computer_name":"pc1.contoso.com"},"message":"Installation Failure: Windows failed to install the following update with error 0x80240022: KB5034441."}`,
	"get-winevent.json": `[{"TimeCreated":"2026-03-02T07:15:30","Id":7036,"ProviderName":"Service Control Manager","Message":"The Windows Update service entered the running state.","MachineName":"pc1"},
{"TimeCreated":"2026-03-02T07:15:31","Id":1000,"ProviderName":"Application Error","Message":"Faulting application name: outlook.exe, exception code: 0xc0000005","MachineName":"pc1"}]`,
	"wazuh.json": `{"timestamp":"2026-03-02T07:15:30.000+0000","agent":{"name":"PC1"},"data":{"win":{"system":{"providerName":"Microsoft-Windows-WindowsUpdateClient","eventID":"20","computer":"pc1.contoso.com"},"eventdata":{"errorCode":"0x80070643"}}}}`,
	"System.xml": `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-WindowsUpdateClient"/><EventID>20</EventID><TimeCreated SystemTime="2026-03-02T07:15:30.0000000Z"/><Computer>pc-117.contoso.com</Computer></System><EventData><Data Name="errorCode">0x80070643</Data></EventData></Event>`,
	"System.txt": "Event[0]:\n  Log Name: System\n  Source: Service Control Manager\n  Date: 2026-03-02T07:15:30.000\n  Event ID: 7036\n  Level: Information\n  Computer: pc1.contoso.com\n  Description: \nThe Windows Update service entered the stopped state.\n",
	"System.csv": "Level,Date and Time,Source,Event ID,Task Category\nError,3/2/2026 7:15:31 AM,Microsoft-Windows-WindowsUpdateClient,20,Windows Update Agent,Installation Failure: Windows failed to install the following update with error 0x80070643: KB5034441.\n",
	"get-winevent.txt": "   ProviderName: Microsoft-Windows-WindowsUpdateClient\n\nTimeCreated                     Id LevelDisplayName Message\n-----------                     -- ---------------- -------\n" +
		"3/2/2026 7:15:30 AM             20 Error            Installation Failure: Windows failed to install the following update with error 0x80070643\n",
	"run.reg":      "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run]\r\n\"OneDrive\"=\"C:\\\\OneDrive\\\\onedrive.exe\"\r\n",
	"hotfix.txt":   "Source        Description      HotFixID      InstalledBy          InstalledOn\n------        -----------      --------      -----------          -----------\nPC1           Security Update  KB5034441     NT AUTHORITY\\SYSTEM  1/10/2026 12:00:00 AM\nPC1           Update           KB5034123     NT AUTHORITY\\SYSTEM  1/10/2026 12:00:00 AM\n",
	"service.txt":  "SERVICE_NAME: wuauserv\n        TYPE               : 20  WIN32_SHARE_PROCESS\n        STATE              : 1  STOPPED\n        WIN32_EXIT_CODE    : 0  (0x0)\n",
	"web.txt":      "ComputerName     : www.contoso.com\nRemoteAddress    : 10.0.0.5\nRemotePort       : 443\nInterfaceAlias   : Ethernet\nSourceAddress    : 10.0.4.17\nTcpTestSucceeded : False\n",
	"nslookup.txt": "C:\\>nslookup www.contoso.com\nServer:  dns1.contoso.com\nAddress:  10.0.0.2\n\nName:    www.contoso.com\nAddress:  10.0.0.80\n",
	"firewall.txt": "Rule Name:                            File and Printer Sharing (SMB-In)\n----------------------------------------------------------------------\nEnabled:                              Yes\nDirection:                            In\nLocalPort:                            445\nAction:                               Allow\n",
	"os.txt":       "Caption        : Microsoft Windows 11 Pro\nVersion        : 10.0.22631\nBuildNumber    : 22631\n",
	"console.txt":  "Microsoft Windows [Version 10.0.19045.4046]\n(c) Microsoft Corporation. All rights reserved.\n\nC:\\Users\\ola>dir\n",
	"empty.txt":    "",
}

// TestUnrelatedShapes: what is not about activation is UNRECOGNIZED in every shape, and the summary names it.
func TestUnrelatedShapes(t *testing.T) {
	e := New(builtIn(t), nil)
	files, _ := filepath.Glob(filepath.Join(logsDir, "*-evtx-negative-*.evtx"))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		other[filepath.Base(name)] = string(data)
	}
	for name, text := range other {
		for _, l := range knowledge.Languages {
			a, err := e.Analyze(context.Background(), []File{{Name: name, Data: []byte(text)}}, Options{Language: l})
			if err != nil {
				t.Fatal(err)
			}
			if a.State != Unrecognized || len(a.Findings)+len(a.Inconclusive) > 0 || !strings.Contains(a.Summary, name) || strings.ContainsAny(a.Summary, "{}") {
				t.Errorf("%s, %s: %s, %d findings: %s", name, l, a.State, len(a.Findings), a.Summary)
			}
		}
	}
}

// TestCollectedForActivation: what somebody collected because of activation is not called unrelated, though
// it decides nothing; the summary says what would.
func TestCollectedForActivation(t *testing.T) {
	e := New(builtIn(t), nil)
	for name, text := range map[string]string{
		"PC1_Office15_Ospp-dhistorykms.txt": "---Processing--------------------------\n---------------------------------------\n---------------------------------------\n---Exiting-----------------------------\n",
		"ipconfig.txt":                      "Windows IP Configuration\n\n   Host Name . . . . . . . . . . . . : PC1\n   Primary Dns Suffix  . . . . . . . : contoso.com\n   DNS Servers . . . . . . . . . . . : 10.0.0.2\n",
		"ping.txt":                          "C:\\>ping kms01.contoso.com\n\nPinging kms01.contoso.com [10.0.0.5] with 32 bytes of data:\nReply from 10.0.0.5: bytes=32 time<1ms TTL=128\n\nPing statistics for 10.0.0.5:\n    Packets: Sent = 1, Received = 1, Lost = 0 (0% loss),\n",
	} {
		a, err := e.Analyze(context.Background(), []File{{Name: name, Data: []byte(text)}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if a.State != Undecided || len(a.Inconclusive) == 0 && !strings.Contains(a.Summary, "/dlv") {
			t.Errorf("%s: %s: %s", name, a.State, a.Summary)
		}
	}
}
