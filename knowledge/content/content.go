// Package content is the built-in knowledge: YAML and Markdown for people who do not read Go.
// Its format is described in ../FORMAT.md.
package content

import (
	"embed"
	"io/fs"
)

// Folders leave out files whose names begin with a point or an underscore.
//
//go:embed *.yaml articles codes events findings
var files embed.FS

// FS gives the built-in content pack.
func FS() fs.FS { return files }
