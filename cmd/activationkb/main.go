// Activationkb answers when Windows or Office will not activate.
//
// One binary serves and queries the same knowledge:
//
//	activationkb serve                     REST, gRPC and the search page
//	activationkb lookup 0xC004F074         what a code means and what to do
//	activationkb search KMS host not found articles, codes and events by words
//	activationkb diagnose "pc finner ikke kms-serveren"
//	activationkb analyze slmgr.txt app.log findings with the lines that prove them
//	activationkb lint [DIR]                check a content pack
//	activationkb new article|code|finding|rule|format ID
//	activationkb eval search               how well the search answers, measured; eval diagnose, eval logs
//	activationkb learn --corpus DIR        learn the search's lexicon of translations anew
//	activationkb version
//
// # A tour of the tree
//
// Knowledge flows one way: content (YAML and Markdown under knowledge/content) is read strictly by
// package knowledge into an immutable Base; package index makes it searchable; package server answers
// from both. Uploads flow the other way in: package knowledge/diagnose unpacks them, its formats
// recognise and parse, its rules (data, in knowledge/content/findings) reach findings, and each finding
// cites the lines that prove it.
//
//	api/                 the contract: .proto, generated Go, OpenAPI
//	knowledge/           articles, codes, events, findings; Load and lint; FORMAT.md
//	knowledge/code       error codes: every spelling, anatomy
//	knowledge/redact     product keys and pseudonyms
//	knowledge/content    the knowledge itself, for people who do not read Go
//	knowledge/diagnose   uploads and symptoms to findings
//	index/               Bleve: analysis, passages, ranking, learned lexicon, suggestions, evaluation
//	server/              gRPC, REST, errors, limits, uploads, snapshot swap
//	server/web           the search page and the embeddable element
//
// Every command but serve, lint, new, eval and learn asks the same server through its in-process channel, so that
// the command line and the API cannot differ.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
)

// version is set by the linker for releases.
var version = ""

// Exit statuses. Scripts may rely on them.
const (
	exitAnswered = 0 // there is an answer
	exitNothing  = 1 // nothing was found
	exitUsage    = 2 // wrong usage or input, or the command failed
	exitFindings = 3 // analyze --fail-on: a finding of that severity
)

// command is one subcommand. It returns an exit status; an error means exitUsage.
type command struct {
	name, args, summary string
	run                 func(ctx context.Context, c *call) (int, error)
}

var commands = []command{
	{"serve", "[flags]", "answer over REST and gRPC", serve},
	{"lookup", "CODE", "explain an error code, in any spelling", lookup},
	{"search", "QUERY", "search articles, codes and events", search},
	{"diagnose", "TEXT|-", "find what explains a symptom", diagnoseText},
	{"analyze", "FILE...|-", "read diagnostic outputs and say what is wrong", analyze},
	{"lint", "[DIR]", "check a content pack; without DIR the built-in one", lint},
	{"new", "article|code|finding|rule|format ID", "make the files of a new entry", create},
	{"eval", "search|diagnose|logs", "measure how well it answers", evaluate},
	{"learn", "", "learn which terms translate each other, for the search", learn},
	{"version", "", "print the version and the content revision", printVersion},
}

// call is one invocation of a subcommand.
type call struct {
	flags          *flag.FlagSet
	stdin          io.Reader
	stdout, stderr io.Writer
	args           []string // behind the flags
	raw            []string

	json    bool
	ndjson  bool // of analyze
	lang    string
	content repeated
}

// repeated is a flag that may be given several times.
type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, ",") }
func (r *repeated) Set(s string) error { *r = append(*r, s); return nil }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		usage(stdout)
		if len(args) == 0 {
			return exitUsage
		}
		return exitAnswered
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		fmt.Fprintf(stderr, "activationkb: there is no command %q; see activationkb help\n", args[0])
		return exitUsage
	}
	c := &call{stdin: stdin, stdout: stdout, stderr: stderr, raw: args[1:], flags: flag.NewFlagSet(args[0], flag.ContinueOnError)}
	c.flags.SetOutput(stderr)
	c.flags.Usage = func() {
		fmt.Fprintf(stderr, "usage: activationkb %s %s\n%s\n", commands[i].name, commands[i].args, commands[i].summary)
		c.flags.PrintDefaults()
	}
	code, err := commands[i].run(ctx, c)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitAnswered
	case errors.Is(err, errReported):
		return exitUsage
	case err != nil:
		fmt.Fprintf(stderr, "activationkb: %v\n", err)
		return exitUsage
	}
	return code
}

// errReported: the flag package has told the user already.
var errReported = errors.New("reported")

func usage(w io.Writer) {
	fmt.Fprintln(w, "Activationkb answers when Windows or Office will not activate.\n\nusage: activationkb COMMAND [flags] [arguments]")
	fmt.Fprintln(w)
	for _, c := range commands {
		fmt.Fprintf(w, "  %-9s %-31s %s\n", c.name, c.args, c.summary)
	}
	fmt.Fprintln(w, "\nFlags of the asking commands: --json, --lang en|nb|sv|ru|zh, --content DIR.\nEach command tells its flags with --help.")
}

// parse reads the flags, which may stand before or behind the arguments. A negative number is an
// argument: codes are written like that.
func (c *call) parse() error {
	for rest := c.raw; len(rest) > 0; {
		if rest[0] == "--" {
			c.args = append(c.args, rest[1:]...)
			return nil
		}
		if len(rest[0]) < 2 || rest[0][0] != '-' || rest[0][1] >= '0' && rest[0][1] <= '9' {
			c.args, rest = append(c.args, rest[0]), rest[1:]
			continue
		}
		n := min(c.flagLength(rest[0]), len(rest))
		if err := c.flags.Parse(rest[:n]); errors.Is(err, flag.ErrHelp) {
			return err
		} else if err != nil {
			return errReported
		}
		rest = rest[n:]
	}
	return nil
}

// flagLength is how many words a flag takes: two where its value stands apart.
func (c *call) flagLength(word string) int {
	f := c.flags.Lookup(strings.TrimLeft(word, "-"))
	if f == nil {
		return 1
	}
	if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
		return 1
	}
	return 2
}

// asking declares the flags that all asking commands share.
func (c *call) asking() {
	c.flags.BoolVar(&c.json, "json", false, "print the API's JSON")
	c.flags.StringVar(&c.lang, "lang", "", "language of the answer: en, nb, sv, ru or zh (default: that of the environment, else en)")
	c.flags.Var(&c.content, "content", "folder of a further content pack; may be repeated")
}

// buildVersion is the linker's, else the module's, else "devel".
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
