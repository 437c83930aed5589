//go:build !unix

package format

import (
	"io/fs"
	"os"
)

// openPath opens a file to read.
func openPath(path string) (fs.File, error) { return os.Open(path) }
