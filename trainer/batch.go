package trainer

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// stepsOf returns the number of steps of a sequence.
func stepsOf(s *dataset.Sequence, inputSize int) int {
	if s.Tokens != nil {
		return len(s.Tokens)
	}
	return len(s.Inputs) / inputSize
}

// A batch holds sequences side by side, as PyTorch's packed sequences do: step
// by step, the longest sequence first. The rows of step t are
// offset[t] … offset[t]+active[t], one for each sequence that is that long, so
// shorter sequences need no mask.
type batch struct {
	lengths []int // descending
	order   []int // order[b] is the index of sequence b in the minibatch
	active  []int // [steps]
	offset  []int // [steps]
	rows    int

	tokens  []int32
	inputs  []float32 // [rows][input size], normalized
	classes []int32   // [rows], or [sequences] if the model pools
	values  []float32 // [rows][outputs], or [sequences][outputs]; normalized
}

// A span is a step of n sequences, from sequence on. They have the n rows from
// row on.
type span struct{ row, sequence, n int }

// span returns the sequences of [from, to) that have a step t. There may be
// none.
func (b *batch) span(t, from, to int) span {
	return span{row: b.offset[t] + from, sequence: from, n: max(0, min(to, b.active[t])-from)}
}

// load fills b with copies of sequences.
func (b *batch) load(m *format.Model, sequences []dataset.Sequence) error {
	b.order = b.order[:0]
	b.lengths = b.lengths[:0]
	for i := range sequences {
		if err := check(m, &sequences[i]); err != nil {
			return fmt.Errorf("sequence %d: %w", i, err)
		}
		b.order = append(b.order, i)
	}
	slices.SortStableFunc(b.order, func(i, j int) int {
		return stepsOf(&sequences[j], m.InputSize) - stepsOf(&sequences[i], m.InputSize)
	})
	for _, i := range b.order {
		b.lengths = append(b.lengths, stepsOf(&sequences[i], m.InputSize))
	}
	b.active, b.offset, b.rows = b.active[:0], b.offset[:0], 0
	if len(b.lengths) > 0 {
		n := len(b.lengths)
		for t := range b.lengths[0] {
			for b.lengths[n-1] <= t {
				n--
			}
			b.active = append(b.active, n)
			b.offset = append(b.offset, b.rows)
			b.rows += n
		}
	}

	b.tokens, b.inputs = b.tokens[:0], b.inputs[:0]
	b.classes, b.values = b.classes[:0], b.values[:0]
	outputs := m.OutputSize()
	targets := m.Decoder == nil // an encoder has none
	target := func(s *dataset.Sequence, i int) {
		if m.Output == format.OutputSoftmax {
			b.classes = append(b.classes, s.Classes[i])
		} else {
			b.values = append(b.values, s.Values[i*outputs:][:outputs]...)
			want := b.values[len(b.values)-outputs:]
			if m.Skip { // the network learns the difference from the inputs
				for k := range want {
					want[k] -= s.Inputs[i*m.InputSize+k]
				}
			}
			m.Normalization.NormalizeOutputs(want)
		}
	}
	for t, n := range b.active {
		for _, i := range b.order[:n] {
			s := &sequences[i]
			if m.Embedding != nil {
				b.tokens = append(b.tokens, s.Tokens[t])
			} else {
				b.inputs = append(b.inputs, s.Inputs[t*m.InputSize:][:m.InputSize]...)
				x := b.inputs[len(b.inputs)-m.InputSize:]
				m.Normalization.NormalizeInputs(x, x)
			}
			if m.Pool == format.PoolNone && targets {
				target(s, t)
			}
		}
	}
	if m.Pool != format.PoolNone {
		for _, i := range b.order {
			target(&sequences[i], 0)
		}
	}
	return nil
}

// countTargets returns the number of targets, classes or values, in the mean of
// a minibatch's loss.
func countTargets(m *format.Model, sequences []dataset.Sequence) int {
	n := 0
	for i := range sequences {
		if m.Output != format.OutputSoftmax {
			for _, v := range sequences[i].Values {
				if known(v) {
					n++
				}
			}
			continue
		}
		for _, c := range sequences[i].Classes {
			if c != dataset.Ignore {
				n++
			}
		}
	}
	return n
}

// check returns what is wrong with a sequence, or nil.
func check(m *format.Model, s *dataset.Sequence) error {
	var steps int
	if m.Embedding != nil {
		if steps = len(s.Tokens); steps == 0 {
			return fmt.Errorf("it has no tokens")
		}
		for t, token := range s.Tokens {
			if token < 0 || int(token) >= m.Embedding.Tokens {
				return fmt.Errorf("token %d of step %d, want 0 to %d", token, t, m.Embedding.Tokens-1)
			}
		}
	} else {
		if len(s.Inputs) == 0 || len(s.Inputs)%m.InputSize != 0 {
			return fmt.Errorf("it has %s, want a positive multiple of the input size %d", message.Count(len(s.Inputs), "input number"), m.InputSize)
		}
		steps = len(s.Inputs) / m.InputSize
	}
	if m.Decoder != nil {
		return nil
	}
	targets := steps
	if m.Pool != format.PoolNone {
		targets = 1
	}
	outputs := m.OutputSize()
	if m.Output != format.OutputSoftmax {
		if len(s.Values) != targets*outputs {
			return fmt.Errorf("it has %s, want %d: %s for %s", message.Count(len(s.Values), "target value"), targets*outputs, message.Count(outputs, "output"), message.Count(targets, "step"))
		}
		return nil
	}
	if len(s.Classes) != targets {
		return fmt.Errorf("it has %s, want %d", message.Count(len(s.Classes), "target class"), targets)
	}
	for t, c := range s.Classes {
		if c != dataset.Ignore && (c < 0 || int(c) >= outputs) {
			return fmt.Errorf("class %d of step %d, want 0 to %d", c, t, outputs-1)
		}
	}
	return nil
}
