package npy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// An Array is an array of a .npz file. Its elements are in Floats, or in
// Integers if it is an integer or boolean array.
type Array struct {
	Name     string // the member's, without .npy
	DType    DType
	Shape    []int
	Floats   []float32 // those of other sizes are converted
	Integers []int32
}

// Numbers returns the elements as float32.
func (a *Array) Numbers() []float32 {
	if !a.DType.Integer() {
		return a.Floats
	}
	numbers := make([]float32, len(a.Integers))
	for i, v := range a.Integers {
		numbers[i] = float32(v)
	}
	return numbers
}

// An ArchiveError names the member of a .npz file that cannot be read.
type ArchiveError struct {
	Member string // empty for the file as a whole
	Err    error
}

// Error says where and what.
func (e *ArchiveError) Error() string {
	if e.Member == "" {
		return fmt.Sprintf("the .npz archive: %v", e.Err)
	}
	return fmt.Sprintf("%q: %v", e.Member, e.Err)
}

// Unwrap returns the reason.
func (e *ArchiveError) Unwrap() error { return e.Err }

// MatchMember reports whether a ZIP archive with a member of that name is a
// .npz file.
func MatchMember(name string) bool { return strings.HasSuffix(name, ".npy") }

// ReadArchive returns the arrays of a .npz file in their order. They take no
// more memory than a small multiple of the file. The error is an
// [*ArchiveError], which wraps [ErrFormat], [ErrUnsupported], [ErrTruncated] or
// [ErrRange].
func ReadArchive(data []byte) ([]Array, error) {
	return readArchive(data, &budget{left: 1<<24 + 16*int64(len(data))})
}

// ReadArchiveWithin is [ReadArchive] for arrays that take at most that many bytes
// of memory.
func ReadArchiveWithin(data []byte, bytes int64) ([]Array, error) {
	return readArchive(data, &budget{left: bytes, ofMemory: true})
}

// A budget is the number of bytes that may still be unpacked, counted in the file or
// in memory, in which elements take 4 bytes or more.
type budget struct {
	left     int64
	ofMemory bool
}

// spend takes the bytes that the elements of an array need in memory beyond those in
// the file: in Fortran order they need them three times.
func (b *budget) spend(h *Header) error {
	if !b.ofMemory {
		return nil
	}
	more := max(4-h.DType.Size, 0)
	if h.fortran {
		more += 2 * h.DType.Size
	}
	if int64(more) > b.left/max(int64(h.Len()), 1) {
		return errLarge
	}
	b.left -= int64(more) * int64(h.Len())
	return nil
}

var errLarge = fmt.Errorf("%w: the file's arrays are too large for its size", errArchive)

func readArchive(data []byte, left *budget) ([]Array, error) {
	members, err := readZip(data)
	if err != nil {
		return nil, &ArchiveError{Err: err}
	}
	arrays := make([]Array, 0, len(members))
	seen := map[string]bool{}
	for i := range members {
		f, err := &members[i], error(nil)
		var a Array
		switch {
		case seen[f.name]:
			err = fmt.Errorf("%w: the archive has two members of this name", errArchive)
		case !MatchMember(f.name):
			err = fmt.Errorf("%w: it is not a .npy file, as all members of a .npz file are", ErrUnsupported)
		default:
			a, err = readMember(f, left)
		}
		if err != nil {
			return nil, &ArchiveError{f.name, err}
		}
		seen[f.name] = true
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// errArchive: the ZIP archive is damaged.
var errArchive = fmt.Errorf("%w, nor an archive of them", ErrFormat)

// A bounded reader reads until the bytes of all members are spent.
type bounded struct {
	r    io.Reader
	left *budget
}

func (b bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left.left -= int64(n); b.left.left < 0 {
		return 0, errLarge
	}
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: %w", errArchive, err) // of decompression, or a checksum
	}
	return n, err
}

func readMember(f *zipMember, left *budget) (Array, error) {
	member, err := f.open()
	if err != nil {
		return Array{}, err
	}
	r, err := newReader(bounded{member, left}, left.spend)
	if err != nil {
		return Array{}, err
	}
	a := Array{Name: strings.TrimSuffix(f.name, ".npy"), DType: r.DType, Shape: r.Shape}
	// A missing or too large array costs no memory.
	switch bytes := int64(r.Left()) * int64(r.DType.Size); {
	case r.fortran: // it has been read
	case bytes > int64(f.size):
		return a, short(io.EOF, fmt.Sprintf("its array %v of %v", r.Shape, r.DType))
	case bytes > left.left:
		return a, errLarge
	}
	if r.DType.Integer() {
		a.Integers, err = readAll(r, r.ReadInt32)
	} else {
		a.Floats, err = readAll(r, r.ReadFloat32)
	}
	if err != nil {
		return a, err
	}
	// The archive's checksum is compared at the end.
	n, err := io.Copy(io.Discard, bounded{member, left})
	if n > 0 {
		err = fmt.Errorf("%w: there is more after the array", errArchive)
	}
	return a, err
}

func readAll[T any](r *Reader, read func([]T) error) ([]T, error) {
	all := make([]T, r.Left())
	return all, read(all)
}

// WriteArchive writes arrays of [Float32] or [Int32] as a .npz file, as
// numpy.savez does.
func WriteArchive(w io.Writer, arrays ...Array) error {
	z := &zipWriter{w: w}
	for i := range arrays {
		if err := writeMember(z, &arrays[i]); err != nil {
			return &ArchiveError{arrays[i].Name, err}
		}
	}
	return z.close()
}

func writeMember(z *zipWriter, a *Array) error {
	b, err := a.file()
	if err != nil {
		return err
	}
	return z.add(a.Name+".npy", b.Bytes())
}

// Reader returns a reader of the array, of [Float32] or [Int32].
func (a *Array) Reader() (*Reader, error) {
	c := *a
	c.DType = Float32
	if a.DType.Integer() {
		c.DType = Int32
	}
	b, err := c.file()
	if err != nil {
		return nil, err
	}
	return NewReader(b)
}

// file returns the array as an .npy file.
func (a *Array) file() (*bytes.Buffer, error) {
	var b bytes.Buffer
	w, err := NewWriter(&b, a.DType, a.Shape...)
	if err != nil {
		return nil, err
	}
	if a.DType == Int32 {
		err = w.WriteInt32(a.Integers)
	} else {
		err = w.WriteFloat32(a.Floats)
	}
	if err == nil {
		err = w.Close()
	}
	return &b, err
}
