package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

func TestLinesFitTheTerminal(t *testing.T) {
	for name, text := range map[string]string{
		"English": strings.Repeat("The client finds no KMS host in DNS. ", 10),
		"Russian": strings.Repeat("Клиент не находит в DNS узел службы управления ключами. ", 10),
		"Chinese": strings.Repeat("客户端在 DNS 中找不到密钥管理服务主机，请检查 SRV 记录。", 10),
	} {
		var b strings.Builder
		p := newPrinter(&b)
		p.paragraph(text)
		p.step(12, text)
		p.item(text)
		for line := range strings.Lines(b.String()) {
			line = strings.TrimRight(line, "\n")
			if n := columns(line); n > width {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
			if first := []rune(strings.TrimSpace(line)); len(first) > 0 && closing(first[0]) {
				t.Errorf("%s: a line begins with %c", name, first[0])
			}
		}
		squeeze := func(s string) string {
			return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' }), "")
		}
		if !strings.HasPrefix(squeeze(b.String()), squeeze(text)) {
			t.Errorf("%s: the text is not whole: %s", name, b.String())
		}
	}
}

func TestWhatMustBeCopiedStaysInOneLine(t *testing.T) {
	var b strings.Builder
	long := "reg add " + strings.Repeat("x", 100) + " /f"
	newPrinter(&b).command(long, "")
	if strings.Count(b.String(), "\n") != 1 || !strings.Contains(b.String(), long) {
		t.Errorf("got %q", b.String())
	}
}

// An archive with a thousand pictures must not hide that the event log in it is damaged.
func TestWarningsOfManyFiles(t *testing.T) {
	m := &pb.AnalyzeLogsResponse{Warnings: []string{"There is no question x."}}
	for i := range 1000 {
		name := fmt.Sprintf("sdp.zip/%d.png", i)
		m.Documents = append(m.Documents, &pb.Document{Filename: name, Warnings: []string{name + " is not text and was not read."}})
	}
	m.Documents = append(m.Documents, &pb.Document{Filename: "a.evtx", Warnings: []string{"a.evtx is damaged."}})
	var b strings.Builder
	newPrinter(&b).warnings(m)
	const want = `
! There is no question x.
! sdp.zip/0.png is not text and was not read.
! sdp.zip/1.png is not text and was not read.
! sdp.zip/2.png is not text and was not read.
! … (1000)
! a.evtx is damaged.
`
	if b.String() != want {
		t.Errorf("%s\nwant%s", b.String(), want)
	}
	b.Reset()
	newPrinter(&b).warnings(&pb.AnalyzeLogsResponse{Documents: []*pb.Document{{Filename: "a.txt"}}})
	if b.String() != "" {
		t.Errorf("nothing to warn of: %q", b.String())
	}
}

func TestFlagsAndArgumentsInAnyOrder(t *testing.T) {
	for args, want := range map[string]string{
		"--json -1073418124":                 "-1073418124|true|",
		"-1073418124 --lang sv":              "-1073418124|false|sv",
		"--lang=sv a b --json":               "a b|true|sv",
		"--lang sv -- --json":                "--json|false|sv",
		"-":                                  "-|false|",
		"a --content x --content y b --json": "a b|true|",
	} {
		c := newCall(strings.Fields(args))
		if err := c.parse(); err != nil {
			t.Errorf("%s: %v", args, err)
			continue
		}
		got := strings.Join(c.args, " ") + "|" + map[bool]string{true: "true", false: "false"}[c.json] + "|" + c.lang
		if got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	if err := newCall([]string{"--nonsense"}).parse(); err == nil {
		t.Error("an unknown flag must fail")
	}
}

func newCall(args []string) *call {
	c := &call{raw: args, flags: flag.NewFlagSet("test", flag.ContinueOnError)}
	c.flags.SetOutput(io.Discard)
	c.asking()
	return c
}
