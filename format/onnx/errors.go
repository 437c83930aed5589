package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
)

// An Error says why a file is refused. Err is [network.ErrDamaged] if the file
// breaks the rules of ONNX, [network.ErrUnsupported] if it holds something that
// is not supported, and [network.ErrShape] if shapes do not fit.
type Error struct {
	Err      error  // the reason
	Operator string // of the node at fault; empty: no node is at fault
	Node     string // its name, or else its first output
	Tensor   string // the value at fault; may be empty
	Reason   string // what was found, what was expected, and what to do
}

// Error says what is wrong and where.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: ", e.Err)
	if e.Operator != "" {
		fmt.Fprintf(&b, "node %s (%s): ", quote(e.Node), short(e.Operator))
	}
	if e.Tensor != "" {
		fmt.Fprintf(&b, "tensor %s: ", quote(e.Tensor))
	}
	b.WriteString(e.Reason)
	return b.String()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// damaged makes the error of a file that breaks the rules of its format.
func damaged(format string, args ...any) error {
	return &Error{Err: network.ErrDamaged, Reason: fmt.Sprintf(format, args...)}
}

// unsupported makes the error of a file that holds something that is not
// supported.
func unsupported(format string, args ...any) error {
	return &Error{Err: network.ErrUnsupported, Reason: fmt.Sprintf(format, args...)}
}

// ofMessage returns the error of a protocol buffer as one of the file.
func ofMessage(err error) error {
	var e *protobuf.Error
	if errors.As(err, &e) {
		return &Error{Err: e.Err, Reason: e.Reason}
	}
	return err
}

// quote returns a name in quotes, and the start of a long one.
func quote(name string) string { return fmt.Sprintf("%q", short(name)) }

// short returns the start of a long text.
func short(text string) string {
	const most = 120
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// enumerate writes the first items of a list.
func enumerate(list []string) string {
	const most = 8
	if n := len(list); n > most {
		list = append(slices.Clip(list[:most]), fmt.Sprintf("and %d more", n-most))
	}
	return strings.Join(list, ", ")
}

// quotes returns names in quotes.
func quotes(names []string) []string {
	var list []string
	for _, name := range names {
		list = append(list, quote(name))
	}
	return list
}
