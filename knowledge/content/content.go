// Package content is the built-in knowledge: YAML and Markdown for people who do not read Go.
// Its format is described in ../FORMAT.md.
package content

import (
	"embed"
	"io/fs"
)

// Patterns with * leave out files whose names begin with a point or an underscore, at the top.
//
//go:embed *
var files embed.FS

// FS gives the built-in content pack.
func FS() fs.FS { return files }
