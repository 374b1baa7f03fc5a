// Package web holds the portal and the embeddable search element as plain files.
package web

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed index.html portal.js portal.css embed.js i18n
var files embed.FS

// Has reports whether the portal has something at a URL path.
func Has(path string) bool {
	info, err := fs.Stat(files, name(path))
	return err == nil && !info.IsDir()
}

// name maps a URL path to a file: "/" is the search page.
func name(path string) string {
	if path == "/" {
		return "index.html"
	}
	return strings.TrimPrefix(path, "/")
}

// policy lets the pages load their own files only; they have no inline script or style.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the portal's files.
func Handler() http.Handler {
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "public, max-age=300")
		if r.URL.Path == "/embed.js" {
			// Other sites load it: that is what it is for.
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
		server.ServeHTTP(w, r)
	})
}
