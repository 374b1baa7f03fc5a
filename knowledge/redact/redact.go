// Package redact keeps secrets and names out of what leaves the service: it masks product keys,
// replaces names by pseudonyms and removes characters that do not belong in untrusted text.
//
// For text that came from outside the order is Clean, Keys, Pseudonymizer.Text: what Clean
// removes could otherwise hide a key or a name.
package redact
