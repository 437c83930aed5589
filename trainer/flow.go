package trainer

import (
	"errors"
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// GradientFlow measures how far back in time gradients reach: element k is the
// Euclidean norm of the derivative of the loss of a sequence's last step with
// respect to the network's states k steps before (h, and c of an LSTM), averaged
// over the sequences that are long enough. It does not change the network.
//
// If the norms fall exponentially, the gradient vanishes, and the network cannot
// learn dependencies over longer distances (Hochreiter 1991; Bengio et al. 1994).
func (t *Trainer) GradientFlow(sequences []dataset.Sequence) ([]float64, error) {
	m := t.net.model
	if m.Pool != format.PoolNone || m.Bidirectional() || m.Output != format.OutputSoftmax {
		return nil, errors.New("gradient flow can only be measured in unidirectional networks with a softmax at every step")
	}
	last := make([]dataset.Sequence, len(sequences))
	longest := 0
	for i, s := range sequences {
		if err := check(m, &s); err != nil {
			return nil, fmt.Errorf("sequence %d: %w", i, err)
		}
		last[i] = s
		last[i].Classes = make([]int32, len(s.Classes))
		for k := range last[i].Classes {
			last[i].Classes[k] = dataset.Ignore
		}
		end := len(s.Classes) - 1
		last[i].Classes[end] = s.Classes[end]
		longest = max(longest, end+1)
	}
	// One replica, so that the sums over sequences have a fixed order.
	flow := make([]float64, longest)
	counts := make([]int, longest)
	err := t.run([][]dataset.Sequence{last}, func(_ int, p *replica) error {
		p.clearGradients()
		p.forward(false, dropout{})
		p.squares = make([]float64, p.batch.rows)
		p.backward(1)
		for step, n := range p.batch.active {
			for s := range n {
				k := p.batch.lengths[s] - 1 - step
				flow[k] += math.Sqrt(p.squares[p.batch.offset[step]+s])
				counts[k]++
			}
		}
		p.squares = nil
		return nil
	})
	for k := range flow {
		flow[k] /= float64(counts[k])
	}
	return flow, err
}

// addSquares adds to squares, for sequences at a step, the squares of the
// derivatives with respect to the states after it: dout from the layer above,
// plus the gradient from the step after.
func (d *direction) addSquares(squares []float64, at span, dout []float32, lddout int) {
	for s := range at.n {
		var sum float64
		for u := range d.layer.HiddenSize {
			h := float64(d.dh[(at.sequence+s)*d.units+u]) + float64(dout[(at.row+s)*lddout+u])
			c := float64(d.dc[(at.sequence+s)*d.units+u])
			sum += float64(h*h) + float64(c*c)
		}
		squares[at.row+s] += sum
	}
}
