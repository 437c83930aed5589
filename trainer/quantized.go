package trainer

import (
	"math"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels"
)

// SetDType sets the number format of the weights for quantization-aware training
// (Jacob et al. 2018): the network learns to compensate for rounding. The forward
// pass then equals that of the runtime with weights in this format, bit for bit.
// For Int8 weights it also rounds inputs and states. The learned weights stay
// float32, and gradients pass through the rounding unchanged (the
// straight-through estimator, Bengio et al. 2013).
//
// Call it before [NewTrainer]. The errors are those of [format.Model.Convert].
func (n *Network) SetDType(dtype format.DType) error {
	n.setDType(dtype)
	return n.refresh()
}

func (n *Network) setDType(dtype format.DType) {
	n.dtype, n.computed = dtype, n.model
	clear(n.int8)
	if dtype != format.DTypeF32 {
		n.computed = clone(n.model)
		shareBiases(n.computed, n.model)
	}
	if n.decoder != nil {
		n.decoder.setDType(dtype)
	}
}

// DType returns the number format that the network computes in.
func (n *Network) DType() format.DType { return n.dtype }

// shareBiases makes a model use the biases of another: they are never rounded.
func shareBiases(m, other *format.Model) {
	for i := range m.Layers {
		for d := range m.Layers[i].Directions {
			m.Layers[i].Directions[d].Bias = other.Layers[i].Directions[d].Bias
		}
	}
	if m.Head != nil {
		m.Head.Bias = other.Head.Bias
	}
}

// Export returns the network's model with its weights in the number format that
// the network computes in. It may share weights with [Network.Model].
func (n *Network) Export() (*format.Model, error) { return n.export(n.model) }

func (n *Network) export(m *format.Model) (*format.Model, error) {
	m, err := m.Convert(n.dtype)
	if err != nil {
		return nil, err
	}
	if n.dtype == format.DTypeInt8 && m.Embedding == nil {
		for d := range m.Layers[0].Directions {
			m.Layers[0].Directions[d].InputScale = n.inputScale
		}
	}
	return m, nil
}

// calibrate sets the quantization scale of the inputs that int8 weights read:
// the greatest input of the training data becomes 127.
func (n *Network) calibrate(task Task) error {
	m := n.model
	if n.dtype != format.DTypeInt8 || m.Embedding != nil {
		return nil
	}
	greatest := float32(0)
	row := make([]float32, m.InputSize)
	for mb, err := range task.Epoch(rand.New(rand.NewPCG(0, 0)), 0) {
		if err != nil {
			return err
		}
		for i := range mb.Sequences {
			for x := mb.Sequences[i].Inputs; len(x) >= len(row); x = x[len(row):] {
				copy(row, x)
				m.Normalization.NormalizeInputs(row, row)
				for _, v := range row {
					greatest = max(greatest, v, -v)
				}
			}
		}
	}
	n.inputScale = greatest / 127
	return n.refresh()
}

// round updates the weights in the network's number format.
func (n *Network) round() error {
	if n.dtype == format.DTypeF32 {
		return nil
	}
	own := n.model
	if n.decoder != nil { // it rounds its own weights
		encoder := *own
		encoder.Task, encoder.Decoder = format.TaskRegress, nil
		own = &encoder
	}
	m, err := n.export(own)
	if err != nil {
		return err
	}
	if e := m.Embedding; e != nil {
		n.tokenScale = e.Scale
		table := n.computed.Embedding.Table
		for token := range e.Tokens {
			for k := range e.Size {
				table[token*e.Size+k] = e.At(token, k)
			}
		}
	}
	for i := range m.Layers {
		for d := range m.Layers[i].Directions {
			w, c := &m.Layers[i].Directions[d], &n.computed.Layers[i].Directions[d]
			widen(&c.Gates, &w.Gates)
			widen(&c.Candidate, &w.Candidate)
		}
	}
	if m.Head != nil {
		widen(&n.computed.Head.Weight, &m.Head.Weight)
	}
	if n.dtype == format.DTypeInt8 {
		n.bindInt8(m)
	}
	return nil
}

// widen copies the weights of a matrix to a float32 matrix of the same shape.
func widen(dst, src *format.Matrix) {
	for i := range src.Rows {
		for k := range src.Depth {
			dst.Data[dst.Index(i, k)] = src.At(i, k)
		}
	}
}

// int8Weights are the weights of a direction, or of the head, as integer
// products read them. The head has only input weights. All are nil if the
// weights are floats.
type int8Weights struct {
	input, state                   *kernels.Int8
	candidateInput, candidateState *kernels.Int8
}

// bindInt8 sets n.int8 for every direction, in the order of n.transposed, and
// last for the head.
func (n *Network) bindInt8(m *format.Model) {
	bind := func(m *format.Matrix) (input, state *kernels.Int8) {
		in, depth := padding.UpToQuad(m.Split), padding.UpToQuad(m.Split)+padding.UpToQuad(m.Depth-m.Split)
		input = n.kernels.NewInt8(m.Int8, m.Rows, depth, m.Tile, 0, in, m.Scale)
		if depth > in {
			state = n.kernels.NewInt8(m.Int8, m.Rows, depth, m.Tile, in, depth-in, m.Scale[m.Rows:])
		}
		return input, state
	}
	i := 0
	for li := range m.Layers {
		for d := range m.Layers[li].Directions {
			w, b := &m.Layers[li].Directions[d], &n.int8[i]
			b.input, b.state = bind(&w.Gates)
			if w.Candidate.Rows > 0 {
				b.candidateInput, b.candidateState = bind(&w.Candidate)
			}
			i++
		}
	}
	if m.Head != nil {
		n.int8[i].input, _ = bind(&m.Head.Weight)
	}
}

// features are the rows that a product reads.
type features struct {
	matrix
	// For int8 weights the rows are rounded: a number of the matrix is its
	// integer times the row's scale.
	integers []int8 // [rows][columns, padded with zeros to 4]
	scales   []float32
	rounded  matrix // memory of the rounded matrix
}

// read sets f to rows of x. For int8 weights it rounds them by a scale: by the
// row's scale in scales, unless scales is nil; otherwise by scale; or if that
// is 0, by the scale that makes the row's greatest number 127. dropped is the
// factor by which dropout has multiplied the numbers since they had that scale.
func (f *features) read(p *replica, x matrix, rows int, scale float32, scales []float32, dropped float32) {
	f.matrix = x
	if p.net.dtype != format.DTypeInt8 {
		return
	}
	width := padding.UpToQuad(x.width)
	f.integers = grow(f.integers, rows*width)
	f.scales = grow(f.scales, rows)
	f.rounded.shape(rows, x.width, kernels.Pad(x.width))
	for r := range rows {
		if scales != nil {
			scale = scales[r]
		}
		f.scales[r] = roundRow(p.net.kernels, f.integers[r*width:][:width], f.rounded.row(r), x.row(r), scale*dropped)
	}
	f.matrix = f.rounded
}

// int8Row returns the integers of a row.
func (f *features) int8Row(r int) []int8 {
	width := padding.UpToQuad(f.width)
	return f.integers[r*width:][:width]
}

// addProducts adds to rows of accumulators the products of f's rows with the
// input columns of m, or with int8 unless that is nil.
func (f *features) addProducts(c crew, acc []float32, ldacc int, m *format.Matrix, int8 *kernels.Int8, inputs, rows int) {
	if int8 == nil {
		w := packed(m)
		c.product(acc, ldacc, &w, 0, inputs, f.data, f.stride, rows)
		return
	}
	c.split(rows, m.Rows*inputs, func(from, to int) {
		for r := from; r < to; r++ {
			a := acc[r*ldacc:]
			c.set.LinearInt8(a, a, int8, f.scales[r], f.int8Row(r), false)
		}
	})
}

// tokenScales returns the scales of the tokens' rows in an int8 embedding, in
// scales if it has room. It returns nil for other embeddings.
func (n *Network) tokenScales(scales []float32, tokens []int32) []float32 {
	if n.dtype != format.DTypeInt8 || n.tokenScale == nil {
		return nil
	}
	scales = grow(scales, len(tokens))
	for r, token := range tokens {
		scales[r] = n.tokenScale[token]
	}
	return scales
}

// roundRow quantizes a row x to integers by a scale, which it chooses if scale
// is 0, and sets values to the quantized numbers. It returns the scale.
func roundRow(set *kernels.Set, integers []int8, values, x []float32, scale float32) float32 {
	var inverse float32
	if scale == 0 {
		scale, inverse = kernels.ScaleOf(x)
	} else {
		inverse = 1 / scale
	}
	if set.Quantize(integers, x, inverse) {
		scale = float32(math.NaN())
	}
	for k := range x {
		values[k] = float32(integers[k]) * scale
	}
	return scale
}
