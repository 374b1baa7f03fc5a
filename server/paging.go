package server

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Page sizes and depth of all lists.
const (
	defaultPageSize = 20
	maxPageSize     = 100
	maxDepth        = 1000
)

// A page is the part of a list that a request asks for. Its token holds a hash of the request without
// its paging fields, the content revision and the offset, so that any replica can go on.
type page struct {
	offset, size int
	request      [8]byte
	revision     [8]byte
}

// pageOf reads page_size and page_token of a list request.
func pageOf(req proto.Message, revision string) (page, error) {
	m := req.ProtoReflect()
	fields := m.Descriptor().Fields()
	size := int(m.Get(fields.ByName("page_size")).Int())
	token := m.Get(fields.ByName("page_token")).String()
	p := page{size: pageSize(size), request: hashRequest(m, fields), revision: hash8([]byte(revision))}
	if token == "" {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 20 {
		return p, faultf(ErrPageTokenInvalid, "pageToken: is not one that this service made", "field", "pageToken")
	}
	if [8]byte(raw[4:12]) != p.request {
		return p, faultf(ErrPageTokenInvalid, "pageToken: belongs to a request with other parameters", "field", "pageToken")
	}
	if [8]byte(raw[12:20]) != p.revision {
		return p, faultf(ErrPageTokenExpired, "pageToken: the content has changed since; start at the first page", "field", "pageToken")
	}
	p.offset = int(binary.BigEndian.Uint32(raw))
	if p.offset < 0 || p.offset > maxDepth {
		return p, faultf(ErrPageTokenInvalid, "pageToken: is not one that this service made", "field", "pageToken")
	}
	return p, nil
}

func pageSize(n int) int {
	if n <= 0 {
		return defaultPageSize
	}
	return min(n, maxPageSize)
}

// next is the token of the page after this one, "" after the last.
func (p page) next(total int) string {
	end := p.offset + p.size
	if end >= min(total, maxDepth) {
		return ""
	}
	raw := binary.BigEndian.AppendUint32(nil, uint32(end))
	raw = append(raw, p.request[:]...)
	raw = append(raw, p.revision[:]...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// bounds of the page within a list of n items.
func (p page) bounds(n int) (from, to int) {
	from = min(p.offset, n)
	return from, min(from+p.size, n)
}

// hashRequest identifies a request by everything but its paging fields.
func hashRequest(m protoreflect.Message, fields protoreflect.FieldDescriptors) [8]byte {
	bare := proto.Clone(m.Interface()).ProtoReflect()
	bare.Clear(fields.ByName("page_size"))
	bare.Clear(fields.ByName("page_token"))
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(bare.Interface())
	if err != nil {
		return [8]byte{}
	}
	return hash8(append([]byte(m.Descriptor().FullName()), data...))
}

func hash8(data []byte) [8]byte {
	sum := sha256.Sum256(data)
	return [8]byte(sum[:8])
}
