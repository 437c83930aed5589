package dataset

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rnnrun/rnnrun/internal/series"
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

// unzipped returns the name of the file in lower case, without a .gz.
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

// An array is series in an array [N, steps, width].
type array struct {
	reader       series.Reader[float32]
	count, steps int
	width        int
}

// newSeriesArray reads the header of an array of series. The function shape
// gives the three dimensions [N, steps, width] of an array with fewer, or nil if
// their number is wrong.
func newSeriesArray(r io.Reader, path, due string, shape func(dimensions []int) []int) (*array, error) {
	a, err := newArray(r, path)
	if err != nil {
		return nil, err
	}
	s := shape(a.Shape)
	if s == nil {
		return nil, fmt.Errorf("an array %v, want %s", a.Shape, due)
	}
	a.Shape = s
	reader, err := series.NewArrayReader[float32](a, series.Options{Width: s[2]})
	return &array{reader, s[0], s[1], s[2]}, cause(err)
}

// next goes to the next series. The error is io.EOF after the last.
func (a *array) next() error { return cause(a.reader.Next()) }

// read reads steps of the series. The error is io.EOF after its last step.
func (a *array) read(steps []float32) error {
	_, err := a.reader.Read(steps)
	return cause(err)
}

// cause returns what is wrong, without the name of the input.
func cause(err error) error {
	var e *series.Error
	if errors.As(err, &e) && e.Cause == "" {
		return e.Err
	}
	return err
}
