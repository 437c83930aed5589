package network

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/internal/message"
)

// The reasons for which a file or its tensors are refused. Every [*ImportError] wraps
// one of them.
var (
	// ErrDamaged: the file breaks the rules of its format.
	ErrDamaged = errors.New("damaged file")
	// ErrUnsupported: the file holds something that is not read.
	ErrUnsupported = errors.New("not supported")
	// ErrUnknown: a tensor belongs to no module that is known.
	ErrUnknown = errors.New("not understood")
	// ErrShape: a tensor's shape or type does not fit its name.
	ErrShape = errors.New("wrong shape")
	// ErrAmbiguous: the file leaves open what the network is.
	ErrAmbiguous = errors.New("the file does not tell the whole network")
	// ErrArchitecture: the architecture does not fit the file.
	ErrArchitecture = errors.New("wrong architecture")
)

// An ImportError says why a file or a tensor is refused.
type ImportError struct {
	Err    error  // one of the reasons above
	Name   string // the tensor, the key or the member of the archive; may be empty
	Reason string // what was found, what was expected, and what to do
}

// Error says what is wrong and where.
func (e *ImportError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("%v: %s", e.Err, e.Reason)
	}
	return fmt.Sprintf("%v: %s: %s", e.Err, Quote(e.Name), e.Reason)
}

// Unwrap returns the reason.
func (e *ImportError) Unwrap() error { return e.Err }

// Refuse makes an [*ImportError].
func Refuse(err error, name, format string, args ...any) error {
	return &ImportError{Err: err, Name: name, Reason: fmt.Sprintf(format, args...)}
}

// Quote quotes a name from a file, and cuts it if it is long.
func Quote(s string) string {
	return message.Quote(s)
}
