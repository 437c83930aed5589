package dataset

import (
	"bufio"
	"compress/gzip"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rnnrun/rnnrun/npy"
)

// idxName matches the usual names of IDX files: train-images-idx3-ubyte and
// train-images.idx3-ubyte.
var idxName = regexp.MustCompile(`[-.]idx[1-9]?(-[a-z0-9]+)?$`)

// isArray reports whether a file of that name has an array.
func isArray(path string) bool {
	name := unzipped(path)
	return strings.HasSuffix(name, ".npy") || idxName.MatchString(name)
}

// unzipped returns the name of the file, in small letters, without a .gz.
func unzipped(path string) string {
	return strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".gz")
}

// newArray reads the header of the array in a file of that name, which gzip may
// have compressed.
func newArray(r io.Reader, path string) (*npy.Reader, error) {
	r = bufio.NewReader(r)
	if strings.EqualFold(filepath.Ext(path), ".gz") {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = z
	}
	if idxName.MatchString(unzipped(path)) {
		return npy.NewIDXReader(r)
	}
	return npy.NewReader(r)
}
