// Package ziparchive opens the ZIP archives that models are stored in.
package ziparchive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// signature is the signature of each entry of the central directory.
const signature = "PK\x01\x02"

// An archive of size bytes may have at most manyMembers + size/memberSize members. Each
// member takes some 300 bytes of memory.
const (
	manyMembers = 1 << 14
	memberSize  = 128
)

var errOverlap = errors.New("its members overlap: together they are larger than the archive")

// Open returns the archive's members. It refuses an archive with so many members that
// listing them would take much more memory than the archive. It also refuses overlapping
// members, as in archives that are made to unpack to far more than their size.
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

// ErrLarge is the error of a member that unpacks to too many bytes.
var ErrLarge = errors.New("it unpacks to too much for an archive of this size")

// Member returns the bytes of a member. If the member is stored, the bytes are a part of
// the archive. If it is compressed, Member unpacks it, and subtracts the number of bytes
// from left; the error is [ErrLarge] if left is too small.
func Member(archive []byte, f *zip.File, left *int64) ([]byte, error) {
	if f.Method != zip.Store {
		return unpack(f, left)
	}
	at, err := f.DataOffset()
	if err != nil {
		return nil, err
	}
	size := f.UncompressedSize64
	if at < 0 || at > int64(len(archive)) || size != f.CompressedSize64 || size > uint64(int64(len(archive))-at) {
		return nil, fmt.Errorf("it has %d bytes from byte %d on, but the file has %d in all", size, at, len(archive))
	}
	b := archive[at:][:size:size]
	if got := crc32.ChecksumIEEE(b); got != f.CRC32 {
		return nil, fmt.Errorf("its CRC-32 is %08x, but the archive says %08x: copy the file again from its source", got, f.CRC32)
	}
	return b, nil
}

func unpack(f *zip.File, left *int64) ([]byte, error) {
	if *left < 0 || f.UncompressedSize64 > uint64(*left) {
		return nil, ErrLarge
	}
	*left -= int64(f.UncompressedSize64)
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := make([]byte, f.UncompressedSize64)
	n, err := io.ReadFull(r, b)
	if err == nil {
		_, err = io.ReadFull(r, make([]byte, 1)) // the checksum is compared at the end
	}
	if n < len(b) || !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it does not unpack to its %d bytes", len(b))
	}
	return b, nil
}
