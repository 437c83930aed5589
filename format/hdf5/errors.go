package hdf5

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format/network"
)

// An Error says why a file is refused. It wraps [network.ErrDamaged] or
// [network.ErrUnsupported].
type Error struct {
	Err    error
	Offset int64 // in the file
	Reason string
}

// Error says what is wrong and where.
func (e *Error) Error() string { return fmt.Sprintf("%v: at byte %d: %s", e.Err, e.Offset, e.Reason) }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

func damaged(offset int64, format string, args ...any) error {
	return &Error{network.ErrDamaged, offset, fmt.Sprintf(format, args...)}
}

func unsupported(offset int64, format string, args ...any) error {
	return &Error{network.ErrUnsupported, offset, fmt.Sprintf(format, args...)}
}
