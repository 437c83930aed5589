package network

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// ErrInvalid: the layers do not fit together, or break another rule of package
// format. Every error of [Network.Validate] is an [*Error] that wraps it.
var ErrInvalid = format.ErrInvalid

// An Error says why a network is refused, and which layer is at fault.
type Error struct {
	Err    error  // ErrInvalid, or another error of package format
	Layer  int    // its number from the bottom; -1: no layer is at fault
	Name   string // the layer's name in the source; may be empty
	Reason string // the feature, or what was found and what was expected
}

// Error says what is wrong and where.
func (e *Error) Error() string {
	where := ""
	if e.Layer >= 0 {
		where = fmt.Sprintf("layer %d", e.Layer)
		if e.Name != "" {
			where += fmt.Sprintf(" (%s)", e.Name)
		}
		where += ": "
	}
	if e.Reason == "" {
		return where + e.Err.Error()
	}
	return fmt.Sprintf("%v: %s%s", e.Err, where, e.Reason)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// fail makes the error of the network as a whole.
func fail(err error, format string, args ...any) error {
	return &Error{Err: err, Layer: -1, Reason: fmt.Sprintf(format, args...)}
}

// fail makes the error of layer i.
func (l *Layer) fail(err error, i int, format string, args ...any) error {
	return &Error{Err: err, Layer: i, Name: l.Name, Reason: fmt.Sprintf(format, args...)}
}
