package server

import (
	"errors"
	"fmt"
	"io"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge/diagnose"
	"github.com/activationkb/activationkb/knowledge/redact"
)

// upload is what a stream has brought: the files, one after the other in one spool.
type upload struct {
	opts  *pb.UploadLogsRequest_Options
	files []diagnose.File
	spool diagnose.Spool
	from  []int64 // where each file begins
}

// close gives the space back; the files cannot be read afterwards.
func (u *upload) close() { _ = u.spool.Close() } // nothing of it is wanted any more

// receive reads options, files and chunks within the limits. The caller closes the upload.
func (d *diagnosisService) receive(stream interface {
	Recv() (*pb.UploadLogsRequest, error)
}, progress func(int64, pb.AnalyzeLogsEvent_Progress_Stage) error) (*upload, error) {
	u := &upload{opts: new(pb.UploadLogsRequest_Options)}
	for first := true; ; first = false {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return u, u.finish()
		}
		if err == nil {
			err = d.take(u, m, first)
		}
		if err == nil && progress != nil && m.GetChunk() != nil {
			err = progress(u.spool.Size(), pb.AnalyzeLogsEvent_Progress_RECEIVING)
		}
		if err != nil {
			u.close()
			return nil, err
		}
	}
}

// take reads one message.
func (d *diagnosisService) take(u *upload, m *pb.UploadLogsRequest, first bool) error {
	switch p := m.GetPayload().(type) {
	case *pb.UploadLogsRequest_Options_:
		if !first {
			return fieldFault("options", "come first and once")
		}
		u.opts = p.Options
	case *pb.UploadLogsRequest_File_:
		if most := diagnose.DefaultLimits.Entries; len(u.files) >= most {
			return faultf(diagnose.ErrTooLarge, fmt.Sprintf("the upload holds more than %d files", most), "limit", fmt.Sprint(most))
		}
		u.begin(p.File.GetFilename())
	case *pb.UploadLogsRequest_Chunk:
		if len(u.files) == 0 {
			u.begin("")
		}
		if most := d.limits.Upload; u.spool.Size()+int64(len(p.Chunk)) > most {
			return faultf(diagnose.ErrTooLarge, fmt.Sprintf("the upload is larger than %d bytes", most), "limit", fmt.Sprint(most))
		}
		_, err := u.spool.Write(p.Chunk)
		return err
	}
	return nil
}

// begin opens the next file.
func (u *upload) begin(name string) {
	if name = redact.Clean(name); name == "" {
		name = fmt.Sprintf("document-%d", len(u.files)+1)
	}
	u.files = append(u.files, diagnose.File{Name: name})
	u.from = append(u.from, u.spool.Size())
}

// finish gives each file its part of the spool.
func (u *upload) finish() error {
	if len(u.files) == 0 {
		return fieldFault("file", "the upload holds no file")
	}
	end := u.spool.Size()
	for i := len(u.files) - 1; i >= 0; i-- {
		u.files[i].Source = io.NewSectionReader(&u.spool, u.from[i], end-u.from[i])
		end = u.from[i]
	}
	return nil
}
