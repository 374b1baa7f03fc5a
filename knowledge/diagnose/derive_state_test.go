package diagnose

import (
	"context"
	"testing"
)

// TestLastStateWins: of two states of one machine in a paste the last counts, of two machines both do.
func TestLastStateWins(t *testing.T) {
	const bad = "Name: Windows(R), Enterprise edition\nDescription: Windows(R) Operating System, VOLUME_KMSCLIENT channel\nPartial Product Key: 2YT43\nLicense Status: Notification\nNotification Reason: 0xC004F009 (grace time expired).\n"
	const good = "Name: Windows(R), Enterprise edition\nDescription: Windows(R) Operating System, VOLUME_KMSCLIENT channel\nPartial Product Key: 2YT43\nLicense Status: Licensed\nVolume activation expiration: 259200 minute(s) (180 day(s))\n"
	const cmid = "Client Machine ID (CMID): 0d6a7c1e-45f2-4b0e-9c3d-8f1a2b3c4d5e\n"
	const other = "Client Machine ID (CMID): 1d6a7c1e-45f2-4b0e-9c3d-8f1a2b3c4d5e\n"
	const success = "\nActivating Windows(R), Enterprise edition (73111121-5638-40f6-bc11-f1d7b0d64300) ...\nProduct activated successfully.\n\n"
	e := New(builtIn(t), nil)
	for _, tt := range []struct {
		name, text string
		want       State
	}{
		{"an activation between", bad + success + good, Healthy},
		{"the same client machine id", bad + cmid + "\n" + good + cmid, Healthy},
		{"the other way round", good + cmid + "\n" + bad + cmid, ProblemFound},
		{"two machines by their ids", bad + cmid + "\n" + good + other, ProblemFound},
		{"perhaps two machines", bad + "\n" + good, ProblemFound},
	} {
		a, err := e.Analyze(context.Background(), []File{{Name: "ticket.txt", Data: []byte(tt.text)}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if a.State != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, a.State, tt.want)
		}
	}
}
