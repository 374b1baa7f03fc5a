package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/activationkb/activationkb/index"
	"github.com/activationkb/activationkb/knowledge"
	"github.com/activationkb/activationkb/knowledge/code"
	"github.com/activationkb/activationkb/knowledge/diagnose"
)

// Errors that only the transport knows. Those of the domain stand with the domain.
var (
	ErrUnknownField     = errors.New("server: unknown field")
	ErrLanguage         = errors.New("server: language is not supported")
	ErrPageTokenInvalid = errors.New("server: page token is not valid for this request")
	ErrPageTokenExpired = errors.New("server: page token belongs to an older content revision")
	ErrField            = errors.New("server: field is not valid")
	ErrMediaType        = errors.New("server: media type is not supported")
	ErrErrorCodeUnknown = errors.New("server: error code is not in the knowledge base")
	ErrArticleNotFound  = errors.New("server: no such article")
	ErrEventNotFound    = errors.New("server: no such event")
	ErrPathNotFound     = errors.New("server: no such path")
	ErrMethodNotAllowed = errors.New("server: method is not allowed on this path")
	ErrUnauthenticated  = errors.New("server: credentials are missing or not valid")
	ErrPermissionDenied = errors.New("server: credentials do not permit this call")
	ErrRateLimited      = errors.New("server: too many requests")
	ErrNotReady         = errors.New("server: content is still being loaded")
	ErrOverloaded       = errors.New("server: too much work under way")
	errInternal         = errors.New("server: internal error")
)

// kind is one row of the error table: what a sentinel means to a caller.
type kind struct {
	err    error
	reason string
	code   codes.Code
	status int           // HTTP
	retry  time.Duration // advice for Retry-After, 0 = none
}

// kinds is the error table of the contract. The first row whose error matches applies.
var kinds = []kind{
	{ErrUnknownField, "UNKNOWN_FIELD", codes.InvalidArgument, http.StatusBadRequest, 0},
	{code.ErrMalformed, "ERROR_CODE_MALFORMED", codes.InvalidArgument, http.StatusBadRequest, 0},
	{ErrLanguage, "LANGUAGE_UNSUPPORTED", codes.InvalidArgument, http.StatusBadRequest, 0},
	{ErrPageTokenInvalid, "PAGE_TOKEN_INVALID", codes.InvalidArgument, http.StatusBadRequest, 0},
	{ErrPageTokenExpired, "PAGE_TOKEN_EXPIRED", codes.InvalidArgument, http.StatusBadRequest, 0},
	{ErrField, "FIELD_INVALID", codes.InvalidArgument, http.StatusBadRequest, 0},
	{index.ErrEmptyQuery, "FIELD_INVALID", codes.InvalidArgument, http.StatusBadRequest, 0},
	{diagnose.ErrSpool, "OVERLOADED", codes.Unavailable, http.StatusServiceUnavailable, 10 * time.Second},
	{diagnose.ErrTooLarge, "REQUEST_TOO_LARGE", codes.InvalidArgument, http.StatusRequestEntityTooLarge, 0},
	{ErrMediaType, "MEDIA_TYPE_UNSUPPORTED", codes.InvalidArgument, http.StatusUnsupportedMediaType, 0},
	{ErrErrorCodeUnknown, "ERROR_CODE_UNKNOWN", codes.NotFound, http.StatusNotFound, 0},
	{ErrArticleNotFound, "ARTICLE_NOT_FOUND", codes.NotFound, http.StatusNotFound, 0},
	{ErrEventNotFound, "EVENT_NOT_FOUND", codes.NotFound, http.StatusNotFound, 0},
	{ErrPathNotFound, "PATH_NOT_FOUND", codes.NotFound, http.StatusNotFound, 0},
	{ErrMethodNotAllowed, "METHOD_NOT_ALLOWED", codes.Unimplemented, http.StatusMethodNotAllowed, 0},
	{ErrUnauthenticated, "UNAUTHENTICATED", codes.Unauthenticated, http.StatusUnauthorized, 0},
	{ErrPermissionDenied, "PERMISSION_DENIED", codes.PermissionDenied, http.StatusForbidden, 0},
	{ErrRateLimited, "RATE_LIMITED", codes.ResourceExhausted, http.StatusTooManyRequests, time.Second},
	{ErrNotReady, "NOT_READY", codes.Unavailable, http.StatusServiceUnavailable, time.Second},
	{ErrOverloaded, "OVERLOADED", codes.Unavailable, http.StatusServiceUnavailable, 10 * time.Second},
	{context.Canceled, "CANCELLED", codes.Canceled, 499, 0},
	{context.DeadlineExceeded, "DEADLINE", codes.DeadlineExceeded, http.StatusGatewayTimeout, 0},
	{errInternal, "INTERNAL", codes.Internal, http.StatusInternalServerError, 0},
}

// A fault is an error with what a caller may be told beside its kind.
type fault struct {
	err      error
	text     string            // English, for developers
	metadata map[string]string // fills the localized message, and ErrorInfo
	fields   []*errdetails.BadRequest_FieldViolation
	details  []protoadapt.MessageV1
}

func (f *fault) Error() string { return f.text }
func (f *fault) Unwrap() error { return f.err }

// faultf makes a fault of the given kind; pairs are metadata keys and values.
func faultf(err error, text string, pairs ...string) *fault {
	f := &fault{err: err, text: text, metadata: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.metadata[pairs[i]] = pairs[i+1]
	}
	return f
}

// fieldFault says which field of the request is at fault.
func fieldFault(field, text string) *fault {
	f := faultf(ErrField, field+": "+text, "field", field)
	f.fields = []*errdetails.BadRequest_FieldViolation{{Field: field, Description: text}}
	return f
}

// kindOf finds the row of an error. What no row names is internal: its text stays in the log.
func kindOf(err error) kind {
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return k
		}
	}
	return kinds[len(kinds)-1]
}

// statusOf turns any error into the status that a caller sees, with its text in the caller's language.
func statusOf(err error, base *knowledge.Base, l knowledge.Language) *status.Status {
	if s, ok := status.FromError(err); ok && hasReason(s) {
		return s
	}
	err = translate(err)
	k := kindOf(err)
	var f *fault
	if !errors.As(err, &f) {
		f = faultf(k.err, err.Error())
	}
	text := f.text
	if k.reason == "INTERNAL" {
		text = "internal error; the server's log has the request id"
	}
	s := status.New(k.code, hideQuoted(base, text))
	metadata := map[string]string{}
	for key, v := range f.metadata {
		metadata[hideQuoted(base, key)] = hideQuoted(base, v)
	}
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: k.reason, Domain: domain, Metadata: metadata}}
	if len(f.fields) > 0 {
		details = append(details, &errdetails.BadRequest{FieldViolations: hideFields(base, f.fields)})
	}
	if base != nil {
		details = append(details, &errdetails.LocalizedMessage{Locale: string(l), Message: localized(base, l, k.reason, metadata)})
	}
	if k.retry > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(k.retry)})
	}
	details = append(details, f.details...)
	if with, err := s.WithDetails(details...); err == nil {
		return with
	}
	return s
}

// hideFields masks what an error repeats of a request: somebody may have put a key into a field's name.
func hideFields(base *knowledge.Base, fields []*errdetails.BadRequest_FieldViolation) []*errdetails.BadRequest_FieldViolation {
	out := make([]*errdetails.BadRequest_FieldViolation, len(fields))
	for i, f := range fields {
		out[i] = &errdetails.BadRequest_FieldViolation{Field: hideQuoted(base, f.GetField()), Description: hideQuoted(base, f.GetDescription())}
	}
	return out
}

// domain of ErrorInfo.
const domain = "activationkb"

func hasReason(s *status.Status) bool {
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok && info.Domain == domain {
			return true
		}
	}
	return false
}

func localized(base *knowledge.Base, l knowledge.Language, reason string, metadata map[string]string) string {
	var pairs []string
	for k, v := range metadata {
		pairs = append(pairs, k, v)
	}
	return base.Message("error."+reason, l, pairs...)
}

// translate gives errors of libraries the sentinel of their kind.
func translate(err error) error {
	var violations *protovalidate.ValidationError
	if errors.As(err, &violations) {
		return violationFault(violations)
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return faultf(diagnose.ErrTooLarge, fmt.Sprintf("the request body is larger than %d bytes", tooLarge.Limit), "limit", fmt.Sprint(tooLarge.Limit))
	}
	s, ok := status.FromError(err)
	if !ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	switch s.Code() {
	case codes.Canceled:
		return faultf(context.Canceled, s.Message())
	case codes.DeadlineExceeded:
		return faultf(context.DeadlineExceeded, s.Message())
	case codes.InvalidArgument:
		return gatewayFault(s.Message())
	case codes.NotFound:
		return faultf(ErrPathNotFound, s.Message())
	case codes.Unimplemented:
		return faultf(ErrMethodNotAllowed, s.Message())
	case codes.ResourceExhausted: // grpc's own limit on message size
		return faultf(diagnose.ErrTooLarge, s.Message())
	}
	return err
}

// gatewayFault reads what the gateway and protojson say of a request that they could not decode.
func gatewayFault(text string) *fault {
	if strings.Contains(text, "request body too large") {
		return faultf(diagnose.ErrTooLarge, text)
	}
	for _, mark := range []string{`unknown field "`, `unknown query parameter "`} {
		if _, rest, ok := strings.Cut(text, mark); ok {
			field, _, _ := strings.Cut(rest, `"`)
			f := faultf(ErrUnknownField, "unknown field "+field, "field", field)
			f.fields = []*errdetails.BadRequest_FieldViolation{{Field: field, Description: "is not a field of this request"}}
			return f
		}
	}
	return fieldFault("body", strings.ReplaceAll(text, "\u00a0", " ")) // protojson varies its blanks on purpose
}

// violationFault says which fields break a constraint of the contract, in camel case as the caller wrote them.
func violationFault(v *protovalidate.ValidationError) *fault {
	f := faultf(ErrField, "")
	var texts []string
	for _, x := range v.Violations {
		field := camel(protovalidate.FieldPathString(x.Proto.GetField()))
		f.fields = append(f.fields, &errdetails.BadRequest_FieldViolation{Field: field, Description: x.Proto.GetMessage()})
		texts = append(texts, strings.TrimPrefix(field+": "+x.Proto.GetMessage(), ": "))
	}
	f.text = strings.Join(texts, "; ")
	if len(f.fields) > 0 {
		f.metadata["field"] = f.fields[0].Field
	}
	return f
}

// camel turns language_code into languageCode.
func camel(path string) string {
	var b strings.Builder
	up := false
	for _, r := range path {
		switch {
		case r == '_':
			up = true
		case up:
			b.WriteString(strings.ToUpper(string(r)))
			up = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// kindOfStatus finds the row that a status was made from. The HTTP status is chosen by the reason and
// not by the gRPC code: both 400 and 413 are INVALID_ARGUMENT.
func kindOfStatus(s *status.Status) kind {
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			for _, k := range kinds {
				if k.reason == info.Reason {
					return k
				}
			}
		}
	}
	return kinds[len(kinds)-1]
}
