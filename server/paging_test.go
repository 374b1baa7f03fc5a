package server

import (
	"encoding/base64"
	"errors"
	"testing"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
)

func TestPageTokens(t *testing.T) {
	req := &pb.ListErrorCodesRequest{PageSize: 10, LanguageCode: "sv"}
	p, err := pageOf(req, "rev1")
	if err != nil {
		t.Fatal(err)
	}
	token := p.next(25)
	follow := func(change func(*pb.ListErrorCodesRequest), revision string) (page, error) {
		r := &pb.ListErrorCodesRequest{PageSize: 10, LanguageCode: "sv", PageToken: token}
		change(r)
		return pageOf(r, revision)
	}
	if p, err := follow(func(*pb.ListErrorCodesRequest) {}, "rev1"); err != nil || p.offset != 10 {
		t.Errorf("second page: offset %d, %v", p.offset, err)
	}
	if p, err := follow(func(r *pb.ListErrorCodesRequest) { r.PageSize = 5 }, "rev1"); err != nil || p.offset != 10 {
		t.Errorf("another size on the way: offset %d, %v", p.offset, err)
	}
	for name, test := range map[string]struct {
		change   func(*pb.ListErrorCodesRequest)
		revision string
		want     error
	}{
		"other parameters":    {func(r *pb.ListErrorCodesRequest) { r.LanguageCode = "ru" }, "rev1", ErrPageTokenInvalid},
		"other content":       {func(*pb.ListErrorCodesRequest) {}, "rev2", ErrPageTokenExpired},
		"not base64":          {func(r *pb.ListErrorCodesRequest) { r.PageToken = "!!" }, "rev1", ErrPageTokenInvalid},
		"too short":           {func(r *pb.ListErrorCodesRequest) { r.PageToken = token[:8] }, "rev1", ErrPageTokenInvalid},
		"offset out of range": {func(r *pb.ListErrorCodesRequest) { r.PageToken = withOffset(t, token) }, "rev1", ErrPageTokenInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := follow(test.change, test.revision); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func withOffset(t *testing.T, token string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	copy(raw, "\xff\xff\xff\xff")
	return base64.RawURLEncoding.EncodeToString(raw)
}

func TestPagesEnd(t *testing.T) {
	for _, test := range []struct {
		offset, size, total int
		more                bool
	}{{0, 10, 25, true}, {20, 10, 25, false}, {0, 25, 25, false}, {0, 10, 0, false}, {990, 10, 5000, false}, {980, 10, 5000, true}} {
		p := page{offset: test.offset, size: test.size}
		if got := p.next(test.total) != ""; got != test.more {
			t.Errorf("%+v: more = %v", test, got)
		}
	}
	if pageSize(0) != 20 || pageSize(1000) != 100 || pageSize(7) != 7 {
		t.Error("page sizes: default 20, at most 100")
	}
}
