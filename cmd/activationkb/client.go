package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/content"
	"github.com/activationkb/activationkb/server"
)

// client asks a server of this process, through the same channel as REST.
type client struct {
	knowledge pb.KnowledgeServiceClient
	search    pb.SearchServiceClient
	diagnosis pb.DiagnosisServiceClient
	close     func()
}

// packs are the built-in content and the folders of --content.
func packs(dirs []string) ([]fs.FS, error) {
	out := []fs.FS{content.FS()}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("--content: %w", err)
		} else if !info.IsDir() {
			return nil, fmt.Errorf("--content: %s is not a folder", dir)
		}
		out = append(out, os.DirFS(dir))
	}
	return out, nil
}

func (c *call) connect() (*client, error) {
	contents, err := packs(c.content)
	if err != nil {
		return nil, err
	}
	s, err := server.New(server.Options{Content: contents})
	if err != nil {
		return nil, err
	}
	if err := s.Load(); err != nil {
		return nil, err
	}
	ch := s.Channel()
	return &client{pb.NewKnowledgeServiceClient(ch), pb.NewSearchServiceClient(ch), pb.NewDiagnosisServiceClient(ch), s.Close}, nil
}

// ask gives the context of a call: without --lang, the language of the environment steers.
func (c *call) ask(ctx context.Context) context.Context {
	if tag := environment(); tag != "" {
		return metadata.AppendToOutgoingContext(ctx, "accept-language", tag)
	}
	return ctx
}

// environment is the language tag that the environment asks for, or "".
func environment() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _, _ := strings.Cut(os.Getenv(name), "."); v != "" && v != "C" && v != "POSIX" {
			return strings.ReplaceAll(v, "_", "-")
		}
	}
	return ""
}

// language is that of the answer, as the server chooses it, for what is shown before there is one.
func (c *call) language() knowledge.Language {
	if l, ok := server.Language(cmp.Or(c.lang, environment())); ok {
		return l
	}
	return knowledge.English
}

// printJSON prints the API's own form, indented. protojson's own indentation varies between builds
// on purpose, which no script that compares outputs would forgive.
func (c *call) printJSON(m proto.Message) error {
	data, err := server.Marshal.Marshal(m)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.stdout, out.String())
	return err
}

// failed tells a person why a call failed: the localized text, and for a code that is only decoded,
// what can be said of it. It returns exitNothing where the question was good and there is no answer.
func (c *call) failed(err error) (int, error) {
	s := status.Convert(err)
	if c.json {
		if jsonErr := c.printJSON(s.Proto()); jsonErr != nil {
			return exitUsage, jsonErr
		}
	}
	code := exitUsage
	if s.Code() == codes.NotFound {
		code = exitNothing
	}
	if c.json {
		return code, nil
	}
	text := s.Message()
	var decoding *pb.ErrorCodeDecoding
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.LocalizedMessage:
			text = d.GetMessage()
		case *pb.ErrorCodeDecoding:
			decoding = d
		}
	}
	p := newPrinter(c.stdout)
	if code == exitUsage {
		p = newPrinter(c.stderr)
	}
	p.paragraph(text)
	if decoding != nil {
		p.paragraph(decoding.GetText())
		for _, near := range decoding.GetNearest() {
			p.item(fmt.Sprintf("%s  %s", strings.TrimPrefix(near.GetName(), "errorCodes/"), near.GetSymbol()))
		}
	}
	return code, p.err
}
