// Package npz reads the arrays of NumPy's .npz files: ZIP archives whose members
// are .npy files, perhaps compressed.
package npz

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"

	"rnnrun/format/statedict"
	"rnnrun/npy"
)

// An Array is an array of the file. Its elements are in Floats, or those of an
// integer or boolean array in Integers.
type Array struct {
	Name     string // the member's, without .npy
	DType    npy.DType
	Shape    []int
	Floats   []float32 // those of float64 are rounded
	Integers []int32
}

// Match reports whether a ZIP archive with a member of that name is a .npz file.
func Match(member string) bool { return strings.HasSuffix(member, ".npy") }

// Read returns the arrays in the order of the archive. The error is a
// [*statedict.Error].
func Read(data []byte) ([]Array, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, statedict.Fail(statedict.ErrDamaged, "archive", "%v", err)
	}
	// Weights hardly compress. What inflates to many times the file's size is
	// no model.
	left := 1<<24 + 16*int64(len(data))
	arrays := make([]Array, 0, len(z.File))
	seen := map[string]bool{}
	for _, f := range z.File {
		if seen[f.Name] {
			return nil, statedict.Fail(statedict.ErrDamaged, f.Name, "the archive has two members of this name")
		}
		seen[f.Name] = true
		if !Match(f.Name) {
			return nil, statedict.Fail(statedict.ErrUnsupported, f.Name, "it is no .npy file, as all members of a .npz file are")
		}
		a, err := readArray(f, &left)
		if err != nil {
			return nil, wrap(f.Name, err)
		}
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// wrap makes an error of a member one of package statedict.
func wrap(name string, err error) error {
	reason := statedict.ErrDamaged
	if errors.Is(err, npy.ErrUnsupported) || errors.Is(err, npy.ErrRange) || errors.Is(err, zip.ErrAlgorithm) {
		reason = statedict.ErrUnsupported
	}
	return statedict.Fail(reason, name, "%v", err)
}

var errTooLarge = errors.New("the file's arrays are too large for its size")

// A bounded reader reads until the bytes of all members are spent.
type bounded struct {
	r    io.Reader
	left *int64
}

func (b bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

func readArray(f *zip.File, left *int64) (Array, error) {
	member, err := f.Open()
	if err != nil {
		return Array{}, err
	}
	defer member.Close()
	r, err := npy.NewReader(bounded{member, left})
	if err != nil {
		return Array{}, err
	}
	a := Array{Name: strings.TrimSuffix(f.Name, ".npy"), DType: r.DType, Shape: r.Shape}
	if r.DType.Integer() {
		a.Integers, err = readAll(r, r.ReadInt32)
	} else {
		a.Floats, err = readAll(r, r.ReadFloat32)
	}
	if err != nil {
		return a, err
	}
	// The archive's checksum is compared at the end.
	if n, err := io.Copy(io.Discard, bounded{member, left}); n > 0 || err != nil {
		return a, errors.Join(err, extra(n))
	}
	return a, nil
}

func extra(n int64) error {
	if n == 0 {
		return nil
	}
	return errors.New("there is more after the array")
}

// readAll reads the array piece by piece, so that a header that claims more
// than the file has costs no memory.
func readAll[T any](r *npy.Reader, read func([]T) error) ([]T, error) {
	const piece = 1 << 14
	var all []T
	for r.Left() > 0 {
		n := min(piece, r.Left())
		all = append(all, make([]T, n)...)
		if err := read(all[len(all)-n:]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Tensors returns the arrays as the tensors of a state_dict, which keep no
// integers.
func Tensors(arrays []Array) []statedict.Tensor {
	tensors := make([]statedict.Tensor, 0, len(arrays))
	for _, a := range arrays {
		tensors = append(tensors, statedict.Tensor{Name: a.Name, DType: a.DType.String(), Shape: a.Shape, Data: a.Floats})
	}
	return tensors
}
