package format

import (
	"errors"
	"fmt"
)

// The reasons for which a file or a model is refused. Every error of [Read], [Open], [Model.Validate] and
// [Model.Append] that concerns the contents is an [*Error] that wraps one of them.
var (
	ErrNotModel    = errors.New("not a .rnn file")
	ErrVersion     = errors.New("unknown version of the .rnn format")
	ErrTruncated   = errors.New("truncated .rnn file")
	ErrCorrupt     = errors.New("damaged .rnn file")
	ErrUnsupported = errors.New("not supported by this version of rnnrun")
	ErrInvalid     = errors.New("invalid model")
	ErrChanged     = errors.New("the file changed while it was read")

	// ErrBidirectional wraps [ErrInvalid].
	ErrBidirectional = fmt.Errorf("%w: a model that feeds its outputs back as inputs cannot be bidirectional", ErrInvalid)
)

// An Error says why a file or a model is refused, and where.
type Error struct {
	Err     error  // one of the reasons above
	Section string // tag of the section, "header" or "table"
	Offset  int64  // byte of the file; -1: no byte is at fault, or the model is not from a file
	Reason  string // what was found and what was expected
}

// Error says what is wrong, where and what to do.
func (e *Error) Error() string {
	where := ""
	if e.Offset >= 0 {
		where = fmt.Sprintf("%s, byte %d: ", e.Section, e.Offset)
	}
	return fmt.Sprintf("%v: %s%s%s", e.Err, where, e.Reason, e.advice())
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) advice() string {
	switch e.Err {
	case ErrNotModel:
		return " (give a file that rnntrain made)"
	case ErrVersion, ErrUnsupported:
		return " (use a later version of rnnrun)"
	case ErrTruncated, ErrCorrupt:
		return " (copy the file again from its source)"
	case ErrChanged:
		return " (write a new file beside it, and rename that one to its name)"
	case ErrBidirectional:
		return " (train it with one direction)"
	}
	return ""
}

// fail makes the error of a section. The offset counts from the section's
// start until [locate] makes it the file's.
func fail(err error, section string, offset int64, format string, args ...any) error {
	return &Error{Err: err, Section: section, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

// unfit says what is wrong with a record, at that byte of it. [Error.of] puts the owner of the record before the
// reason.
func unfit(err error, at int64, format string, args ...any) *Error {
	return &Error{Err: err, Offset: at, Reason: fmt.Sprintf(format, args...)}
}

// of returns the error of a record as one of the section that has the record at
// the given byte.
func (e *Error) of(section string, at int64, who string) error {
	return &Error{Err: e.Err, Section: section, Offset: at + e.Offset, Reason: who + e.Reason}
}

// locate moves an error's offset to the place where its section lies.
func locate(err error, start func(section string) int64) error {
	var e *Error
	if errors.As(err, &e) {
		e.Offset += start(e.Section)
	}
	return err
}
