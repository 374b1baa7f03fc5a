package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/server"
)

// input is one file to analyse: where it is, what it is called in the answer, and its size as far as known.
type input struct {
	path, name string
	size       int64
}

// inputs are the files that the arguments name: a folder stands for all files in it, - for the standard input.
func (c *call) inputs() ([]input, error) {
	var files []input
	for i, arg := range c.args {
		if arg == "-" {
			if slices.Contains(c.args[:i], "-") {
				return nil, errors.New("analyze: - can be read only once")
			}
			files = append(files, input{path: "-", name: "stdin"})
			continue
		}
		found, err := filesOf(arg)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("analyze: there is no file in %s", arg)
		}
		files = append(files, found...)
	}
	return files, nil
}

// filesOf lists one file, or those of a folder under the folder's name, which may be that of a computer.
func filesOf(arg string) ([]input, error) {
	info, err := os.Stat(arg)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []input{{arg, filepath.Base(arg), info.Size()}}, nil
	}
	root, err := filepath.Abs(arg)
	if err != nil {
		return nil, err
	}
	var files []input
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(filepath.Dir(root), path)
		files = append(files, input{path, filepath.ToSlash(name), info.Size()})
		return err
	})
	return files, err
}

// uploading is the sending half of a call.
type uploading interface {
	Send(*pb.UploadLogsRequest) error
	CloseSend() error
}

// watch sends the files and follows the analysis: events are printed with --ndjson, progress is shown on a
// terminal. It returns the analysis.
func (c *call) watch(ctx context.Context, k *client, opts *pb.UploadLogsRequest_Options, files []input) (*pb.AnalyzeLogsResponse, error) {
	ctx, cancel := context.WithCancelCause(c.ask(ctx))
	defer cancel(nil)
	stream, err := k.diagnosis.StreamAnalyzeLogs(ctx)
	if err != nil {
		return nil, err
	}
	bar := newBar(c.stderr, c.language(), sizeOf(files))
	defer bar.end()
	var sent atomic.Int64
	go func() {
		if err := c.sendFiles(stream, opts, files, &sent); err != nil && !errors.Is(err, io.EOF) {
			cancel(err) // io.EOF: the service has ended the call, and Recv says why
		}
	}()
	for {
		event, err := stream.Recv()
		if err != nil {
			if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
				err = cause
			}
			return nil, err
		}
		if c.ndjson {
			if err := c.printLine(event); err != nil {
				return nil, err
			}
		}
		switch e := event.GetEvent().(type) {
		case *pb.AnalyzeLogsEvent_Progress_:
			bar.show(e.Progress, sent.Load())
		case *pb.AnalyzeLogsEvent_Analysis:
			return e.Analysis, nil
		}
	}
}

func (c *call) printLine(event *pb.AnalyzeLogsEvent) error {
	line, err := server.Marshal.Marshal(event)
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(append(line, '\n'))
	return err
}

func sizeOf(files []input) (n int64) {
	for _, f := range files {
		n += f.size
	}
	return n
}

// sendFiles streams the files in the chunks of the contract.
func (c *call) sendFiles(stream uploading, opts *pb.UploadLogsRequest_Options, files []input, sent *atomic.Int64) error {
	if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Options_{Options: opts}}); err != nil {
		return err
	}
	for _, f := range files {
		if err := c.sendFile(stream, f, sent); err != nil {
			return err
		}
	}
	return stream.CloseSend()
}

func (c *call) sendFile(stream uploading, f input, sent *atomic.Int64) error {
	in := c.stdin
	if f.path != "-" {
		file, err := os.Open(f.path)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	file := &pb.UploadLogsRequest_File{Filename: f.name}
	if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_File_{File: file}}); err != nil {
		return err
	}
	for {
		chunk := make([]byte, min(256<<10, max(f.size+1, 4<<10))) // the channel hands it on without copying
		n, err := io.ReadFull(in, chunk)
		if n > 0 {
			if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Chunk{Chunk: chunk[:n]}}); err != nil {
				return err
			}
			sent.Add(int64(n))
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}
