package server

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/activationkb/activationkb/knowledge/code"
)

// neverAnswered are sentinels that no request can meet, with the reason.
var neverAnswered = map[string]string{
	"index.ErrLocked":       "start only: another process holds the data folder",
	"knowledge.ErrScaffold": "command line only: activationkb new",
	"report.ErrFormat":      "the contract's enum leaves no other form",
}

// TestEverySentinelHasARow asks for a row in kinds for each exported Err* of the packages that answer requests.
func TestEverySentinelHasARow(t *testing.T) {
	rows, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	ast.Inspect(rows, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || len(lit.Elts) != 5 {
			return true
		}
		switch e := lit.Elts[0].(type) {
		case *ast.Ident:
			named["server."+e.Name] = true
		case *ast.SelectorExpr:
			named[e.X.(*ast.Ident).Name+"."+e.Sel.Name] = true
		}
		return true
	})
	found := 0
	for _, dir := range []string{".", "../index", "../knowledge", "../knowledge/code", "../knowledge/diagnose", "../knowledge/diagnose/report", "../knowledge/redact"} {
		for _, name := range sentinels(t, dir) {
			found++
			if !named[name] && neverAnswered[name] == "" {
				t.Errorf("%s has no row in kinds: say what it means to a caller", name)
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d sentinels found: is the test looking in the right places?", found)
	}
}

// sentinels lists the exported Err* variables of a package folder as "package.ErrName".
func sentinels(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				for _, id := range s.(*ast.ValueSpec).Names {
					if strings.HasPrefix(id.Name, "Err") {
						out = append(out, f.Name.Name+"."+id.Name)
					}
				}
			}
		}
	}
	return out
}

func TestStatusOfErrors(t *testing.T) {
	tests := map[string]struct {
		err    error
		reason string
		code   codes.Code
		http   int
	}{
		"a sentinel of the domain":           {fmt.Errorf("lookup: %w", code.ErrMalformed), "ERROR_CODE_MALFORMED", codes.InvalidArgument, 400},
		"one of the transport":               {faultf(ErrArticleNotFound, "no"), "ARTICLE_NOT_FOUND", codes.NotFound, 404},
		"what nobody knows stays inside":     {errors.New("open /etc/secret: no"), "INTERNAL", codes.Internal, 500},
		"a cancelled call":                   {context.Canceled, "CANCELLED", codes.Canceled, 499},
		"a deadline as a status":             {status.Error(codes.DeadlineExceeded, "late"), "DEADLINE", codes.DeadlineExceeded, 504},
		"an unknown JSON field":              {status.Error(codes.InvalidArgument, `proto: (line 1:2): unknown field "bogus"`), "UNKNOWN_FIELD", codes.InvalidArgument, 400},
		"JSON that is not JSON":              {status.Error(codes.InvalidArgument, "proto: syntax error"), "FIELD_INVALID", codes.InvalidArgument, 400},
		"a body beyond the limit":            {status.Error(codes.InvalidArgument, "http: request body too large"), "REQUEST_TOO_LARGE", codes.InvalidArgument, 413},
		"a message beyond gRPC's own limit":  {status.Error(codes.ResourceExhausted, "message larger than max"), "REQUEST_TOO_LARGE", codes.InvalidArgument, 413},
		"a status that carries its reason":   {statusOf(faultf(ErrRateLimited, "slow down"), nil, "en").Err(), "RATE_LIMITED", codes.ResourceExhausted, 429},
		"a method that the path does not do": {faultf(ErrMethodNotAllowed, "no"), "METHOD_NOT_ALLOWED", codes.Unimplemented, 405},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := statusOf(test.err, nil, "en")
			k := kindOfStatus(s)
			if k.reason != test.reason || s.Code() != test.code || k.status != test.http {
				t.Errorf("got %s %s %d, want %s %s %d", k.reason, s.Code(), k.status, test.reason, test.code, test.http)
			}
			if strings.Contains(s.Message(), "/etc/") {
				t.Errorf("message tells an internal path: %s", s.Message())
			}
		})
	}
}

func TestFieldFaultNamesTheField(t *testing.T) {
	for _, d := range statusOf(fieldFault("pageSize", "is negative"), nil, "en").Details() {
		if b, ok := d.(*errdetails.BadRequest); ok {
			if got := b.GetFieldViolations()[0].GetField(); got != "pageSize" {
				t.Errorf("field %q", got)
			}
			return
		}
	}
	t.Error("no BadRequest among the details")
}
