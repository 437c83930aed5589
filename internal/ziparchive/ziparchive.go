// Package ziparchive opens the ZIP archives that models are stored in.
package ziparchive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
)

// signature starts each entry of the directory at an archive's end.
const signature = "PK\x01\x02"

// An archive of size bytes has at most manyMembers + size/memberSize members: one is
// known by some 300 bytes of memory.
const (
	manyMembers = 1 << 14
	memberSize  = 128
)

var errOverlap = errors.New("its members overlap: together they are larger than the archive")

// Open returns the archive's members. It refuses one with so many that to know them
// takes much more memory than the archive, and one whose members overlap, as only
// those do that are to unpack to far more than they are.
func Open(data []byte) (*zip.Reader, error) {
	if n := bytes.Count(data, []byte(signature)); n > manyMembers+len(data)/memberSize {
		return nil, fmt.Errorf("its directory has %d entries, too many for %d bytes", n, len(data))
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	left := uint64(len(data))
	for _, f := range z.File {
		if f.CompressedSize64 > left {
			return nil, errOverlap
		}
		left -= f.CompressedSize64
	}
	return z, nil
}
