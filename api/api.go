// Package api holds the contract of the service: the .proto files under
// activationkb/v1, and beside them the Go code and the OpenAPI document that
// .ci/generate makes of them.
package api

import _ "embed"

// OpenAPI is the OpenAPI 3.1 document of the REST interface, as JSON. It is
// generated from the .proto files; the upload and the errors, which they cannot
// describe, come from openapi.base.json. Do not change it.
//
//go:embed activationkb/v1/openapi.json
var OpenAPI []byte
