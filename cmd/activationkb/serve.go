package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/activationkb/activationkb/server"
)

// Goals of memory make the collector work harder beyond them: an upload of any length is read in bounded memory,
// and what is garbage should not be kept until there is as much of it as of everything else.
const (
	memoryToLoad = 192 << 20
	memoryToWork = 80 << 20 // beside the content and its index, which further packs make larger; the runtime's included
)

// settleMemory gives back what only loading needed, and sets the goal by what stays.
func settleMemory() {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(int64(m.HeapAlloc) + memoryToWork)
}

func serve(ctx context.Context, c *call) (int, error) {
	opts := server.Options{}
	var origins repeated
	var level slog.Level
	c.flags.StringVar(&opts.HTTP, "http", "127.0.0.1:8080", "address of REST and the search page")
	c.flags.StringVar(&opts.GRPC, "grpc", "127.0.0.1:9090", "address of gRPC")
	c.flags.StringVar(&opts.Data, "data", "", "folder that keeps the index between starts (default: in memory)")
	c.flags.Int64Var(&opts.Limits.Body, "max-body", 16<<20, "largest JSON body and gRPC message, bytes")
	c.flags.Int64Var(&opts.Limits.Upload, "max-upload", 1<<30, "largest upload, bytes")
	c.flags.Int64Var(&opts.Limits.Unpacked, "max-unpacked", 4<<30, "largest upload once unpacked, bytes")
	c.flags.Int64Var(&opts.Limits.Analyses, "max-analyses", 3, "uploads above 64 KiB that are analysed at once; others wait 10 s for their turn")
	c.flags.Var(&origins, "origin", "web origin that may call from a browser; may be repeated (default: all)")
	c.flags.Var(&c.content, "content", "folder of a further content pack; may be repeated")
	c.flags.TextVar(&level, "log-level", slog.LevelInfo, "debug, info, warn or error")
	if err := c.parse(); err != nil {
		return exitUsage, err
	}
	if len(c.args) > 0 {
		return exitUsage, fmt.Errorf("serve takes no arguments, got %q", c.args[0])
	}
	contents, err := packs(c.content)
	if err != nil {
		return exitUsage, err
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryToLoad)
		opts.Loaded = settleMemory
	}
	opts.Content, opts.Origins = contents, origins
	opts.Logger = slog.New(slog.NewJSONHandler(c.stderr, &slog.HandlerOptions{Level: level}))
	s, err := server.New(opts)
	if err != nil {
		return exitUsage, err
	}
	opts.Logger.Info("listening", "http", fmt.Sprint(s.HTTPAddr()), "grpc", fmt.Sprint(s.GRPCAddr()), "version", buildVersion())
	return exitAnswered, s.Run(ctx)
}
