package runtime

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// A Model holds a network's weights, bound to a kernel set. It is immutable
// and safe for concurrent use.
type Model struct {
	description *format.Model
	kernels     *kernels.Set
	tokenizer   *tokenizer.Tokenizer // nil: none
	labels      []string
	plan        *plan
	numberWidth int // numbers that a step reads
	tokenWidth  int // tokens that a step reads
	outputSize  int
	eachSize    int // outputs of each step, without those of a whole sequence
	inputs      []format.Input
	outputs     []Output
	streaming   bool // whether no layer reads backward
	stepInputs  int  // numbers that Step reads; -1: it refuses any
	closed      atomic.Bool
	fingerprint func() uint64
}

// New makes a model from its description, which must not be changed
// afterwards. The error wraps a [*format.Error] if the description breaks a
// rule of the format, [ErrTranslates] if the model translates,
// [kernels.ErrUnknownSet] or [kernels.ErrUnsupported].
func New(description *format.Model, opts ...Option) (*Model, error) {
	return newModel(description, opts, bind)
}

func newModel[M any](description *format.Model, opts []Option, bind binder[M]) (m M, err error) {
	if err = description.Validate(); err == nil {
		m, err = bind(description, opts)
	}
	runtime.KeepAlive(description)
	if err != nil {
		return m, fmt.Errorf("new model: %w", err)
	}
	return m, nil
}

// bind makes a model from a valid description.
func bind(description *format.Model, opts []Option) (*Model, error) {
	if description.Task == format.TaskTranslate {
		return nil, ErrTranslates
	}
	o := options{folding: foldWhereItPays}
	for _, opt := range opts {
		opt(&o)
	}
	set, err := o.set()
	if err != nil {
		return nil, err
	}
	m := &Model{
		description: description,
		kernels:     set,
		outputSize:  description.OutputSize(),
		fingerprint: fingerprintOf(description),
	}
	if t := description.Tokenizer; t != nil {
		if m.tokenizer, err = tokenizer.New(t, description.Vocabulary); err != nil {
			return nil, err
		}
	}
	for _, label := range description.Labels {
		// A copy: the file's memory may be gone while the caller holds a label.
		m.labels = append(m.labels, string([]byte(label)))
	}
	m.streaming = !description.ReadsBackward()
	widened := widenSmall(set, description)
	m.plan = newPlan(set.ForLayers(float32Layers(widened)...), widened, o.folding)
	m.describePorts()
	return m, nil
}

// readsTokens reports whether the model reads only tokens.
func (m *Model) readsTokens() bool { return m.numberWidth == 0 }

// describePorts sets the model's inputs and outputs, and their sizes.
func (m *Model) describePorts() {
	m.inputs, m.outputs = inputsOf(m.description), outputsOf(m.description, m.plan)
	m.tokenWidth, m.numberWidth = m.description.TokenWidth(), m.description.NumberWidth()
	for _, out := range m.outputs {
		if !out.Sequence {
			m.eachSize += out.Frames * out.Channels
		}
	}
	m.stepInputs = m.numberWidth
	if !m.streaming || m.tokenWidth > 0 {
		m.stepInputs = -1
	}
}

// Close marks the model as closed: later calls on it and on its sessions return
// [ErrClosed]. The garbage collector releases the memory of the file once no
// model, session, translator or description that uses it is reachable. Closing
// twice is harmless.
func (m *Model) Close() error {
	m.closed.Store(true)
	return nil
}

// Description returns the description that the model was made from. It is
// read-only. You may pass a copy of it and its decoder to [New], and it may
// outlive the model. Its strings and slices are views of the file's memory.
func (m *Model) Description() *format.Model { return m.description }

// Kernels returns the name of the kernel set that the model runs on.
func (m *Model) Kernels() string { return m.kernels.Name() }

// InputSize returns the number of inputs of a step. It is 0 if the model reads
// tokens.
func (m *Model) InputSize() int { return m.numberWidth }

// OutputSize returns the number of outputs of a step, or of a sequence if the
// model pools its steps.
func (m *Model) OutputSize() int { return m.outputSize }

// VocabularySize returns the number of different tokens that the model reads, or
// 0 if it reads numbers.
func (m *Model) VocabularySize() int {
	return m.description.TokenCount()
}

// Pooled reports whether the model gives one answer for a sequence
// (many-to-one).
func (m *Model) Pooled() bool { return m.eachSize == 0 }

// Streamable reports whether the model can be stepped: whether no layer reads
// the sequence from its end.
func (m *Model) Streamable() bool { return m.streaming }

// Label returns the name of a class, or "" if it has none.
func (m *Model) Label(class int) string {
	if class < 0 || class >= len(m.labels) {
		return ""
	}
	return m.labels[class]
}

// Decode appends the text of tokens to dst. It looks at the end of dst, so text
// may be decoded a token at a time. The error is [ErrClosed] or
// [ErrNoTokenizer].
func (m *Model) Decode(dst []byte, tokens ...int32) ([]byte, error) {
	switch {
	case m.closed.Load():
		return dst, ErrClosed
	case m.tokenizer == nil:
		return dst, ErrNoTokenizer
	}
	dst = m.tokenizer.Decode(dst, tokens...)
	runtime.KeepAlive(m) // and with it the vocabulary's memory
	return dst, nil
}
