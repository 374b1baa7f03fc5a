package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	_ "github.com/activationkb/activationkb/api/activationkb/v1" // the descriptors that rpc looks up
	"github.com/activationkb/activationkb/server"
)

var update = flag.Bool("update", false, "write the answers into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"activationkb": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the real program over its command line, REST and gRPC and compares whole answers.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C")
			shared, err := filepath.Abs("../../../shared")
			env.Setenv("SHARED", shared)
			return err
		},
		Condition: func(cond string) (bool, error) {
			_, err := os.Stat("../../../shared/seeds")
			return cond == "shared" && err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serveScript, "get": getScript, "post": postScript, "upload": uploadScript, "rpc": rpcScript,
		},
	})
}

// serveScript starts the program on free ports and sets $HTTP and $GRPC once it is ready.
func serveScript(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command(os.Args[0], append([]string{"serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"}, args...)...)
	cmd.Args[0] = "activationkb"
	cmd.Path = lookPath(ts, "activationkb")
	log := &firstLine{line: make(chan []byte, 1)}
	cmd.Stderr = log
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	ts.Defer(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-ended
	})
	var addresses struct{ HTTP, GRPC string }
	select {
	case line := <-log.line:
		ts.Check(json.Unmarshal(line, &addresses))
	case <-time.After(30 * time.Second):
		ts.Fatalf("serve said nothing")
	}
	ts.Setenv("HTTP", addresses.HTTP)
	ts.Setenv("GRPC", addresses.GRPC)
	if err := waitReady(addresses.HTTP, ended); err != nil {
		ts.Fatalf("%v\n%s", err, log.all())
	}
}

func lookPath(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
	}
	ts.Fatalf("%s is not in the path", name)
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func waitReady(addr string, ended chan error) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(60 * time.Second)
	for {
		resp, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-tick.C:
		case end := <-ended:
			ended <- end
			return fmt.Errorf("serve ended: %w", end)
		case <-timeout:
			return fmt.Errorf("not ready: %w", err)
		}
	}
}

// firstLine passes on the first line that is written.
type firstLine struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	line chan []byte
	done bool
}

func (f *firstLine) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buf.Write(p)
	if i := bytes.IndexByte(f.buf.Bytes(), '\n'); i >= 0 && !f.done {
		f.done = true
		f.line <- bytes.Clone(f.buf.Bytes()[:i])
	}
	return len(p), nil
}

func (f *firstLine) all() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf.String()
}

// getScript: get PATH [HEADER=VALUE...]
func getScript(ts *testscript.TestScript, _ bool, args []string) {
	request(ts, http.MethodGet, args[0], "", args[1:])
}

// postScript: post PATH BODYFILE [HEADER=VALUE...]
func postScript(ts *testscript.TestScript, _ bool, args []string) {
	request(ts, http.MethodPost, args[0], ts.ReadFile(args[1]), append([]string{"Content-Type=application/json"}, args[2:]...))
}

// uploadScript: upload PATH FILE [HEADER=VALUE...]
func uploadScript(ts *testscript.TestScript, _ bool, args []string) {
	request(ts, http.MethodPost, args[0], ts.ReadFile(args[1]), append([]string{"Content-Type=application/octet-stream"}, args[2:]...))
}

func request(ts *testscript.TestScript, method, path, body string, headers []string) {
	req, err := http.NewRequest(method, "http://"+ts.Getenv("HTTP")+path, strings.NewReader(body))
	ts.Check(err)
	for _, h := range headers {
		k, v, _ := strings.Cut(h, "=")
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), resp.Proto+" "+resp.Status+"\n"+settled(data))
	ts.Check(err)
}

// changing are values that differ from run to run or with every change of the content.
var changing = regexp.MustCompile(`"(contentRevision|analysisKey|instanceKey|nextPageToken)": "[^"]*"|"(score|confidence)": [0-9.e-]+`)

// settled indents an answer and masks what changes.
func settled(data []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, data, "", "  ") != nil {
		return string(data)
	}
	masked := changing.ReplaceAllStringFunc(out.String(), func(s string) string {
		key, _, _ := strings.Cut(s, ":")
		return key + `: "…"`
	})
	return strings.TrimSpace(masked) + "\n"
}

// rpcScript: rpc activationkb.v1.SearchService/Search REQUESTFILE [METADATA=VALUE...]
func rpcScript(ts *testscript.TestScript, _ bool, args []string) {
	service, method, _ := strings.Cut(args[0], "/")
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service))
	ts.Check(err)
	m := d.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(method))
	req, resp := message(m.Input()), message(m.Output())
	ts.Check(protojson.Unmarshal([]byte(ts.ReadFile(args[1])), req))
	conn, err := grpc.NewClient(ts.Getenv("GRPC"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	ts.Check(err)
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, h := range args[2:] {
		k, v, _ := strings.Cut(h, "=")
		ctx = metadata.AppendToOutgoingContext(ctx, k, v)
	}
	answer := resp
	if err := conn.Invoke(ctx, "/"+args[0], req, resp); err != nil {
		answer = status.Convert(err).Proto()
	}
	data, err := server.Marshal.Marshal(answer)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), settled(data))
	ts.Check(err)
}

func message(d protoreflect.MessageDescriptor) proto.Message {
	t, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		return dynamicpb.NewMessage(d)
	}
	return t.New().Interface()
}
