package export

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// Opset is the version of the operators.
const Opset = 17

// ErrUnsupported: ONNX has no operators for a computation of the model. Every error
// of [Model] is an [*Error] that wraps it, or one of package format.
var ErrUnsupported = errors.New("not possible in ONNX")

// An Error says what cannot be written.
type Error struct {
	Node   string // its name in the file; empty: no node is at fault
	Reason string
}

// Error says what is wrong and where.
func (e *Error) Error() string {
	if e.Node == "" {
		return fmt.Sprintf("%v: %s", ErrUnsupported, e.Reason)
	}
	return fmt.Sprintf("%v: %s: %s", ErrUnsupported, e.Node, e.Reason)
}

// Unwrap returns [ErrUnsupported].
func (e *Error) Unwrap() error { return ErrUnsupported }

// Options say how a model is written.
type Options struct {
	// Stream makes a graph for streaming: it reads a part of a stream of any
	// number of steps, starting from the states that are inputs, and gives the
	// states after the last step.
	Stream bool
}

// Model returns an ONNX model that computes the same as m.
func Model(m *format.Model, o Options) (*proto.Model, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if m.Task == format.TaskTranslate {
		return nil, &Error{Reason: "a translation model is two networks and a search"}
	}
	plain := *m
	plain.Skip = false // is written at the end, after the function of the outputs
	if graph, ok := plain.AsGraph(); ok {
		plain = *graph
	}
	if o.Stream && plain.Graph.ReadsBackward() {
		return nil, &Error{Reason: "a stream, since the model reads steps that follow"}
	}
	w, err := newWriter(&plain, o)
	if err != nil {
		return nil, err
	}
	w.skip = m.Skip
	if err := w.inputs(); err != nil {
		return nil, err
	}
	for i := range w.graph.Nodes {
		w.title = w.titles[i]
		if err := w.op(i); err != nil {
			return nil, err
		}
	}
	if err := w.outputs(); err != nil {
		return nil, err
	}
	w.file.Outputs = append(w.file.Outputs, w.next...)
	w.metadata()
	return &w.file, nil
}
