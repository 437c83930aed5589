package protobuf

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format/network"
)

// An Error says why a message is refused. Err is [network.ErrDamaged] if it breaks the
// rules of protocol buffers, and [network.ErrUnsupported] if it has a field that is not
// known.
type Error struct {
	Err    error
	Reason string
}

// Error says what is wrong and where.
func (e *Error) Error() string { return fmt.Sprintf("%v: %s", e.Err, e.Reason) }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

func damaged(format string, args ...any) error {
	return &Error{network.ErrDamaged, fmt.Sprintf(format, args...)}
}
