package runtime

import (
	"fmt"
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
	embedding   *embedding   // nil: the model reads numbers
	layers      [][]*weights // of every layer the directions
	head        *head
	inputSize   int
	outputSize  int
	closed      atomic.Bool

	fingerprint func() uint64

	// pair is what a model that translates is made of; such a model has none of
	// the parts above. nil: it does not translate.
	pair *pair
}

// New makes a model from its description, which must not be changed
// afterwards. The error wraps a [*format.Error] where the description breaks a
// rule of the format, or [kernels.ErrUnknownSet] or [kernels.ErrUnsupported].
func New(description *format.Model, opts ...Option) (*Model, error) {
	if err := description.Validate(); err != nil {
		return nil, fmt.Errorf("new model: %w", err)
	}
	m, err := bind(description, opts)
	if err != nil {
		return nil, fmt.Errorf("new model: %w", err)
	}
	return m, nil
}

// bind makes a model from a valid description.
func bind(description *format.Model, opts []Option) (*Model, error) {
	if description.Task == format.TaskTranslate {
		return bindPair(description, opts)
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
		inputSize:   description.InputSize,
		outputSize:  description.OutputSize(),
		fingerprint: fingerprintOf(description),
	}
	if t := description.Tokenizer; t != nil {
		if m.tokenizer, err = tokenizer.New(t, description.Vocabulary); err != nil {
			return nil, err
		}
	}
	for _, label := range description.Labels {
		// A copy: a mapped file may be gone while the caller holds a label.
		m.labels = append(m.labels, string([]byte(label)))
	}
	for i := range description.Layers {
		l := &description.Layers[i]
		var directions []*weights
		for d := range l.Directions {
			directions = append(directions, bindWeights(set, l, d, i > 0 && bounded(&description.Layers[i-1])))
		}
		m.layers = append(m.layers, directions)
	}
	m.head = bindHead(set, description)
	if e := description.Embedding; e != nil {
		m.embedding = &embedding{e, set}
		fold := o.folding.pays(e, m.layers[0])
		for _, w := range m.layers[0] {
			if fold || w.gates.input != nil {
				w.tokens = newTokenTable(m.embedding, w, fold)
			}
		}
	}
	return m, nil
}

// Close marks the model as closed: later calls on it and on its sessions give
// [ErrClosed]. The memory of a mapped file is released once neither the model
// nor its description nor a session of it is reachable. Closing twice is
// harmless.
func (m *Model) Close() error {
	m.closed.Store(true)
	return nil
}

// Description returns what the model was made from. It is read-only, and what
// it refers to may be gone once neither the description nor the model is
// reachable.
func (m *Model) Description() *format.Model { return m.description }

// Kernels returns the name of the kernel set that the model runs on.
func (m *Model) Kernels() string { return m.kernels.Name() }

// InputSize returns the number of inputs of a step. A model that reads tokens
// has none.
func (m *Model) InputSize() int {
	if m.description.Embedding != nil {
		return 0
	}
	return m.inputSize
}

// OutputSize returns the number of outputs of a step, or of a sequence where
// the model pools its steps. Of a model that translates it is that of its
// decoder.
func (m *Model) OutputSize() int { return m.outputSize }

// VocabularySize returns the number of tokens that the model reads: 0 if it reads
// numbers.
func (m *Model) VocabularySize() int {
	if e := m.description.Embedding; e != nil {
		return e.Tokens
	}
	return 0
}

// Pooled reports whether the model gives one answer for a sequence.
func (m *Model) Pooled() bool { return m.description.Pool != format.PoolNone }

// Streamable reports whether the model can be stepped: whether no layer reads
// the sequence from its end, and it does not translate.
func (m *Model) Streamable() bool { return m.pair == nil && !m.description.ReadsBackward() }

// Label returns the name of a class, or "" where it has none.
func (m *Model) Label(class int) string {
	if class < 0 || class >= len(m.labels) {
		return ""
	}
	return m.labels[class]
}

// Decode appends the text of tokens to dst: for a model that translates of
// tokens of its decoder. It looks at the end of dst, so
// text may be decoded a token at a time.
func (m *Model) Decode(dst []byte, tokens ...int32) ([]byte, error) {
	switch {
	case m.closed.Load():
		return dst, ErrClosed
	case m.pair != nil:
		return m.pair.decoder.Decode(dst, tokens...)
	case m.tokenizer == nil:
		return dst, ErrNoTokenizer
	}
	return m.tokenizer.Decode(dst, tokens...), nil
}
