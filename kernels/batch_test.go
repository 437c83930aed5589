package kernels_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// A batchCell is a cell of a test: how a stream and a batch of it are made.
type batchCell struct {
	name       string
	gates      int
	tile       int
	accs       int // of a unit
	stream     func(w kernels.Weights, m kernels.Memory) kernels.Stream
	batch      func(w kernels.Weights, streams int, bias []float32) *kernels.Batch
	cellStates bool
}

var batchCells = []batchCell{
	{"LSTM", 4, 32, 4, kernels.Weights.NewLSTM, kernels.Weights.NewLSTMBatch, true},
	{"GRU", 3, 24, 4, kernels.Weights.NewGRU, kernels.Weights.NewGRUBatch, false},
	{"RNN", 1, 32, 1,
		func(w kernels.Weights, m kernels.Memory) kernels.Stream {
			return w.NewRNN(m, kernels.ActivationReLU)
		},
		func(w kernels.Weights, streams int, bias []float32) *kernels.Batch {
			return w.NewRNNBatch(streams, bias, kernels.ActivationReLU)
		}, false},
}

// batchWeights returns random weights in each format, for so many inputs and units.
func batchWeights(s *kernels.Set, r source, c batchCell, inputs, units int) map[string]kernels.Weights {
	rows := c.gates * kernels.Pad(units)
	float := &kernels.Matrix{Rows: rows, Depth: inputs + units, Tile: c.tile, Data: make([]float32, rows*(inputs+units))}
	r.weights(float.Data)
	half := &kernels.Matrix{Rows: rows, Depth: inputs + units, Tile: c.tile, Half: make([]uint16, rows*(inputs+units))}
	for i := range half.Half {
		half.Half[i] = r.half(false)
	}
	quad := func(n int) int { return (n + 3) / 4 * 4 }
	depth := quad(inputs) + quad(units)
	data, scale := make([]int8, rows*depth), make([]float32, 2*rows)
	r.ints(data)
	for i := range scale {
		scale[i] = r.Float32() / 127
	}
	columns := func(from, size int, scale []float32) kernels.Int8Columns {
		return kernels.Int8Columns{Int8: s.NewInt8(data, rows, depth, c.tile, from, quad(size), scale), Size: size}
	}
	return map[string]kernels.Weights{
		"float32":  s.NewWeights(float, inputs),
		"binary16": s.NewWeights(half, inputs),
		"int8":     s.NewInt8Weights(columns(0, inputs, scale), columns(quad(inputs), units, scale[rows:])),
	}
}

// TestBatch compares a batch with a stream for each of its streams, of which some do
// not take part in a step, and some change places.
func TestBatch(t *testing.T) {
	const streams = 9
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for _, units := range []int{1, 7, 8, 13, 40, 65} {
			for _, c := range batchCells {
				r := newSource()
				const inputs = 5
				for format, w := range batchWeights(s, r, c, inputs, units) {
					name := fmt.Sprintf("%s of %d units, %s", c.name, units, format)
					bias := make([]float32, c.accs*kernels.Pad(units))
					r.weights(bias)
					b := c.batch(w, streams, bias)
					require.Equal(t, c.cellStates, b.HasCellState())
					require.Positive(t, b.Bytes())
					var list [streams]kernels.Stream
					var memory [streams]kernels.Memory
					for i := range list {
						m := &memory[i]
						floats := func() []float32 { return make([]float32, kernels.Pad(units)) }
						*m = kernels.Memory{X: make([]float32, inputs), H: floats(), Next: floats(), C: floats(), Bias: bias}
						r.weights(m.H[:units])
						r.weights(m.C[:units])
						if !c.cellStates {
							m.C = nil
						}
						list[i] = c.stream(w, *m)
						b.SetState(i, m.H[:units], m.C)
					}
					x, y := make([]float32, streams*inputs), make([]float32, streams*(units+3))
					h, cells := make([]float32, units), make([]float32, units)
					ld := len(bias) + 5
					start := make([]float32, streams*ld)
					for step := range 4 {
						r.weights(x)
						r.weights(start)
						first := r.IntN(streams)
						n := r.IntN(streams-first) + 1
						given := step%2 == 1 // the product with the inputs
						if given {
							b.Advance(first, n, start, ld, y, units+3)
						} else {
							b.Step(first, n, x, inputs, y, units+3)
						}
						for i := range n {
							k := first + i
							copy(memory[k].X, x[i*inputs:])
							if given {
								list[k].Advance(start[i*ld:][:len(bias)])
							} else {
								list[k].Step()
							}
							requireBits(t, list[k].State()[:units], y[i*(units+3):][:units], "%s: stream %d", name, k)
						}
						for k := range list {
							b.State(k, h, nil)
							requireBits(t, list[k].State()[:units], h, "%s: state of stream %d", name, k)
							if c.cellStates {
								b.State(k, h, cells)
								requireBits(t, memory[k].C[:units], cells, "%s: cell state of stream %d", name, k)
							}
						}
						b.Swap(0, streams-1)
						list[0], list[streams-1] = list[streams-1], list[0]
						memory[0], memory[streams-1] = memory[streams-1], memory[0]
					}
				}
			}
		}
	})
}

// TestBatchOfLongSums compares a batch with streams if a sum has more columns than a
// product takes at a time, and streams are more than have their sums in registers.
func TestBatchOfLongSums(t *testing.T) {
	const streams, inputs, units = 29, 131, 136
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for _, c := range batchCells {
			r := newSource()
			bias := make([]float32, c.accs*units)
			r.weights(bias)
			for format, w := range batchWeights(s, r, c, inputs, units) {
				x, y := make([]float32, streams*inputs), make([]float32, streams*units)
				r.weights(x)
				b := c.batch(w, streams, bias)
				floats := func() []float32 { return make([]float32, units) }
				one := kernels.Memory{X: make([]float32, inputs), H: floats(), Next: floats(), Bias: bias}
				if c.cellStates {
					one.C = floats()
				}
				h := make([]float32, streams*units)
				r.weights(h)
				for i := range streams {
					b.SetState(i, h[i*units:][:units], one.C)
				}
				b.Step(0, streams, x, inputs, y, units)
				for i := range streams {
					m := one
					copy(m.X, x[i*inputs:])
					m.H, m.Next = append([]float32(nil), h[i*units:][:units]...), floats()
					if c.cellStates {
						m.C = floats()
					}
					stream := c.stream(w, m)
					stream.Step()
					requireBits(t, stream.State(), y[i*units:][:units], "%s, %s: stream %d", c.name, format, i)
				}
			}
		}
	})
}

func TestBatchRefusesWhatDoesNotFit(t *testing.T) {
	s := generic(t)
	w := batchWeights(s, newSource(), batchCells[0], 2, 8)["float32"]
	bias := make([]float32, 32)
	require.Panics(t, func() { w.NewLSTMBatch(0, bias) })
	require.Panics(t, func() { w.NewLSTMBatch(1, bias[:31]) })
	require.Panics(t, func() { w.NewGRUBatch(1, bias) })
	b := w.NewLSTMBatch(2, bias)
	x, y := make([]float32, 4), make([]float32, 16)
	b.Step(0, 2, x, 2, y, 8)
	b.Step(2, 0, x, 2, y, 8)
	for name, step := range map[string]func(){
		"more streams":  func() { b.Step(1, 2, x, 2, y, 8) },
		"few inputs":    func() { b.Step(0, 2, x[:3], 2, y, 8) },
		"little room":   func() { b.Step(0, 2, x, 2, y[:15], 8) },
		"too few sums":  func() { b.Advance(0, 2, bias, 32, y, 8) },
		"negative sums": func() { b.Advance(0, 2, bias, -1, y, 8) },
	} {
		require.Panics(t, step, name)
	}
}

// TestInt8Product compares the product of many vectors with those of each.
func TestInt8Product(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		int8Cases(t, s, 8, 32, func(e edge, c int8Case) { requireInt8Product(t, s, want, c, e) })
		int8Cases(t, s, 24, 24, func(e edge, c int8Case) { requireInt8Product(t, s, want, c, e) })
	})
}

func requireInt8Product(t *testing.T, s, want *kernels.Set, c int8Case, e edge) {
	if c.columns == 0 {
		return
	}
	const vectors = 11
	r := newSource()
	m := kernels.Matrix{Rows: c.rows, Depth: c.depth, Tile: c.tile}
	accs := (m.Tiles()-1)*kernels.TileRows + m.TileHeight(m.Tiles()-1)
	x := make([]float32, vectors*c.columns)
	r.weights(x)
	x[2*c.columns+1] = nan
	expected := make([]float32, vectors*(accs+1))
	r.weights(expected)
	got := append([]float32(nil), expected...)
	z := want.NewQuantizer(c.columns, 0)
	for j := range vectors {
		q, scale := z.Quantize(x[j*c.columns:][:c.columns])
		acc := expected[j*(accs+1):][:accs]
		want.LinearInt8(acc, acc, c.bind(want), scale, q, false)
	}
	p := s.NewInt8Product(kernels.Int8Columns{Int8: c.bind(s), Size: c.columns}, vectors)
	p.Quantize(x, c.columns, vectors)
	p.Add(got, accs+1, vectors)
	requireBits(t, expected, got, "%v at the %v", c, e)
}
