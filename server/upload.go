package server

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

// uploadPath takes files as multipart/form-data or one raw body; its options are query parameters.
const uploadPath = "/v1/logs:upload"

// ndjson asks for one event a line while the analysis runs.
const ndjson = "application/x-ndjson"

// chunkSize is what one message carries.
const chunkSize = 256 << 10

// uploadStream is the sending half of both streaming calls.
type uploadStream interface {
	Send(*pb.UploadLogsRequest) error
}

// upload feeds an HTTP body into the client-streaming call, chunk by chunk.
func (s *Server) upload(mux *runtime.ServeMux, w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(uploadContext(r))
	defer cancel()
	opts, filename, err := uploadOptions(r.URL.Query())
	if err == nil {
		if strings.Contains(r.Header.Get("Accept"), ndjson) {
			err = s.uploadEvents(ctx, w, r, opts, filename)
		} else {
			err = s.uploadOnce(ctx, w, r, opts, filename)
		}
	}
	if err != nil {
		s.writeError(ctx, mux, nil, w, r, err)
	}
}

// uploadContext carries what the gateway would have carried for a generated route.
func uploadContext(r *http.Request) context.Context {
	return metadata.NewOutgoingContext(r.Context(), uploadMetadata(r))
}

func uploadMetadata(r *http.Request) metadata.MD {
	md := metadata.MD{}
	if l := r.Header.Get("Accept-Language"); l != "" {
		md.Set("accept-language", l)
	}
	if id := r.Header.Get("X-Request-Id"); id != "" {
		md.Set(requestIDKey, id)
	}
	return md
}

// uploadOptions reads the query strictly, like that of every other route.
func uploadOptions(q url.Values) (*pb.UploadLogsRequest_Options, string, error) {
	filename := q.Get("filename")
	q.Del("filename")
	opts := new(pb.UploadLogsRequest_Options)
	if err := (strictQuery{}).Parse(opts, q, utilities.NewDoubleArray(nil)); err != nil {
		return nil, "", gatewayFault(err.Error())
	}
	return opts, filename, nil
}

func (s *Server) uploadOnce(ctx context.Context, w http.ResponseWriter, r *http.Request, opts *pb.UploadLogsRequest_Options, filename string) error {
	var header metadata.MD
	stream, err := pb.NewDiagnosisServiceClient(s.channel).UploadLogs(ctx, grpc.Header(&header))
	if err != nil {
		return err
	}
	if err := send(stream, r, opts, filename); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	resp, err := stream.CloseAndRecv() // also tells why the stream ended early
	if err != nil {
		return err
	}
	body, err := Marshal.Marshal(resp)
	if err != nil {
		return err
	}
	answerHeaders(w, header, "application/json")
	w.Header().Set("Content-Language", resp.GetLanguageCode())
	_, _ = w.Write(body) // the caller has gone: nobody to tell
	return nil
}

func answerHeaders(w http.ResponseWriter, md metadata.MD, contentType string) {
	for _, id := range md.Get(requestIDKey) {
		w.Header().Set("X-Request-Id", id)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
}

// uploadEvents writes one event a line. Once the first line is out an error is the last line.
func (s *Server) uploadEvents(ctx context.Context, w http.ResponseWriter, r *http.Request, opts *pb.UploadLogsRequest_Options, filename string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := pb.NewDiagnosisServiceClient(s.channel).StreamAnalyzeLogs(ctx)
	if err != nil {
		return err
	}
	// HTTP/1.1 stops reading the body at the first byte of the answer unless told otherwise.
	_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 needs and has no such switch
	sent := make(chan error, 1)
	go func() {
		err := send(stream, r, opts, filename)
		if err == nil {
			err = stream.CloseSend()
		}
		if errors.Is(err, io.EOF) {
			err = nil // the stream ended early; its status says why
		}
		if sent <- err; err != nil {
			cancel() // nothing more will come: the service must not wait for it
		}
	}()
	for lines := 0; ; lines++ {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			select {
			case cause := <-sent: // a fault of the body explains the cancelled stream
				if cause != nil {
					err = cause
				}
			default:
			}
			if lines == 0 {
				return err
			}
			err = s.explain(metadata.NewIncomingContext(ctx, uploadMetadata(r)), err, opts.GetLanguageCode())
			event = &pb.AnalyzeLogsEvent{Event: &pb.AnalyzeLogsEvent_Error{Error: status.Convert(err).Proto()}}
			_ = s.writeLine(w, event) // the caller has gone: nobody to tell
			return nil
		}
		if lines == 0 {
			header, _ := stream.Header() // there is a message, so the header is in
			answerHeaders(w, header, ndjson)
		}
		if err := s.writeLine(w, event); err != nil {
			return nil // the caller has gone or takes nothing: upload ends the call
		}
	}
}

// writeLine writes one event. A caller that takes nothing of it for as long as a call may last is given up.
func (s *Server) writeLine(w http.ResponseWriter, event *pb.AnalyzeLogsEvent) error {
	line, err := Marshal.Marshal(event)
	if err != nil {
		s.log.Error("marshal", "error", err.Error())
		return err
	}
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Now().Add(callDeadline)) // some writers have no deadline
	defer func() { _ = c.SetWriteDeadline(time.Time{}) }()
	if _, err := w.Write(append(line, '\n')); err != nil {
		return err
	}
	if err := c.Flush(); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// send streams the options and every file of the body. io.EOF means that the service has ended the
// stream: what is left of the body is not worth reading.
func send(stream uploadStream, r *http.Request, opts *pb.UploadLogsRequest_Options, filename string) error {
	if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Options_{Options: opts}}); err != nil {
		return err
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return faultf(ErrMediaType, "Content-Type cannot be read", "type", clip(r.Header.Get("Content-Type")))
	}
	if media == "application/x-www-form-urlencoded" {
		return faultf(ErrMediaType, "send multipart/form-data or the file itself (application/octet-stream)", "type", media)
	}
	if media != "multipart/form-data" {
		return sendFile(stream, filename, r.Body)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return fieldFault("body", err.Error())
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bodyFault(err)
		}
		if part.FileName() == "" {
			return fieldFault(part.FormName(), "only files are taken in the form; options are query parameters")
		}
		if err := sendFile(stream, part.FileName(), part); err != nil {
			return err
		}
	}
}

func sendFile(stream uploadStream, name string, body io.Reader) error {
	file := &pb.UploadLogsRequest_File{Filename: name}
	if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_File_{File: file}}); err != nil {
		return err
	}
	for {
		chunk := make([]byte, chunkSize) // the channel hands it on without copying
		n, err := io.ReadFull(body, chunk)
		if n > 0 {
			if err := stream.Send(&pb.UploadLogsRequest{Payload: &pb.UploadLogsRequest_Chunk{Chunk: chunk[:n]}}); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return bodyFault(err)
		}
	}
}

// bodyFault keeps the limit's own error, which has its own reason.
func bodyFault(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return fieldFault("body", err.Error())
}
