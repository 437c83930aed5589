// Package npz reads a state_dict from NumPy's .npz files: ZIP archives whose
// members are .npy files and may be compressed.
package npz

import (
	"errors"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/npy"
)

// Read returns the arrays as the tensors of a state_dict, in the order of the
// archive. Tensors of integers have no data. The error is a
// [*network.ImportError].
func Read(data []byte) ([]statedict.Tensor, error) {
	// Weights hardly compress. A file that inflates to many times its size is not a
	// model.
	arrays, err := npy.ReadArchiveWithin(data, 12<<20+4*int64(len(data)))
	if err != nil {
		return nil, wrap(err)
	}
	tensors := make([]statedict.Tensor, 0, len(arrays))
	for _, a := range arrays {
		tensors = append(tensors, statedict.Tensor{Name: a.Name, DType: a.DType.String(), Shape: a.Shape, Data: a.Floats})
	}
	return tensors, nil
}

// wrap turns an error of a member into one of package statedict.
func wrap(err error) error {
	reason := network.ErrDamaged
	if errors.Is(err, npy.ErrUnsupported) || errors.Is(err, npy.ErrRange) {
		reason = network.ErrUnsupported
	}
	name := ""
	var e *npy.ArchiveError
	if errors.As(err, &e) {
		name, err = e.Member, e.Err
	}
	return network.Refuse(reason, name, "%v", err)
}
