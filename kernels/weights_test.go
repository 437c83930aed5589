package kernels_test

import (
	"fmt"
	"math"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// halves returns n binary16 numbers at an edge of the region.
func (r region) halves(e edge, n int) []uint16 {
	all := unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(r.floats))), 2*len(r.floats))
	if e == back {
		return all[len(all)-n:]
	}
	return all[:n:n]
}

// TestWidenEveryHalf compares with the value that the bits stand for.
func TestWidenEveryHalf(t *testing.T) {
	src, want := make([]uint16, 1<<16), make([]float32, 1<<16)
	for i := range src {
		src[i] = uint16(i)
		sign, exponent, fraction := 1-2*float64(i>>15), i>>10&31, float64(i&0x3ff)
		switch exponent {
		case 0:
			want[i] = float32(math.Copysign(fraction*0x1p-24, sign))
		case 31:
			want[i] = float32(math.Copysign(math.Inf(1), sign))
			if fraction != 0 {
				want[i] = nan
			}
		default:
			want[i] = float32(sign * math.Ldexp(1+fraction/1024, exponent-15))
		}
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		got := make([]float32, len(src))
		s.Widen(got, src)
		requireBits(t, want, got, "all")
		for _, n := range []int{0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 129} {
			got := make([]float32, n+1)
			s.Widen(got[:n], src[0x3c00:])
			requireBits(t, want[0x3c00:][:n], got[:n], "%d", n)
			require.Zero(t, got[n], "beyond %d", n)
		}
		require.Panics(t, func() { s.Widen(make([]float32, 9), make([]uint16, 8, 20)) })
	})
}

// A stepCase is a step of one stream, as the kernels are called for it.
type stepCase struct {
	m       *kernels.Matrix // its columns before those of x and h are NaN
	float   *kernels.Matrix // m with float32 weights
	x, h    []float32
	reverse bool
}

func (c stepCase) String() string {
	return fmt.Sprintf("%d rows, %d inputs, %d state, half %v, reverse %v",
		c.m.Rows, len(c.x), len(c.h), c.m.Half != nil, c.reverse)
}

// A stepMemory is where slices of a step stand next to guard pages.
type stepMemory struct{ m, x, h, start, next, c region }

func newStepMemory(t *testing.T) (mem stepMemory) {
	mem.m = newRegion(t, 1<<18)
	for _, r := range []*region{&mem.x, &mem.h, &mem.start, &mem.next, &mem.c} {
		*r = newRegion(t, 1<<12)
	}
	return mem
}

// steps calls test for every number of tiles up to 17, and with every number
// of inputs and of units up to 129. A matrix has tiles of that many rows, or in
// the case of 8 any multiple of 8.
func steps(t *testing.T, s *kernels.Set, tile int, test func(mem stepMemory, e edge, c stepCase)) {
	r := newSource()
	mem := newStepMemory(t)
	all := sizes(s)
	multiple, inTile := tile, tile
	if tile == kernels.Lanes {
		inTile = kernels.TileRows
	}
	for _, half := range []bool{false, true} {
		for i, n := range all {
			for j, size := range [][3]int{
				{(n-1)%17 + 1, i % 6, all[(7*i+3)%len(all)]},
				{i%7 + 1, n, i % 5},
				{i%5 + 1, 1, n},
			} {
				rows, inputs, hidden, before := size[0]*multiple, size[1], size[2], 0
				if i%3 == 1 {
					inputs, before = 0, inputs
				}
				e := edge((i + j) % 2)
				c := stepCase{x: mem.x.at(e, inputs), h: mem.h.at(e, hidden), reverse: (i+j/2)%2 == 1}
				values := r.weights
				if n == 33 {
					values = r.corners
				}
				values(c.x)
				values(c.h)
				c.float = newMatrix(rows, before+inputs+hidden, inTile)
				c.m = c.float
				if half {
					c.m = &kernels.Matrix{Half: mem.m.halves(e, len(c.float.Data)), Rows: rows, Depth: c.float.Depth, Tile: inTile}
				}
				for i := range rows {
					for k := range c.m.Depth {
						at := c.m.Index(i, k)
						switch {
						case k < before && half:
							c.m.Half[at] = 0x7e00
						case k < before:
						case half:
							c.m.Half[at] = r.half(n == 33)
						default:
							values(c.float.Data[at : at+1])
						}
						if half {
							c.float.Data[at] = c.m.At(i, k)
						}
					}
				}
				if !half {
					c.m = &kernels.Matrix{Data: mem.m.copyOf(e, c.float.Data), Rows: rows, Depth: c.float.Depth, Tile: inTile}
				}
				test(mem, e, c)
			}
		}
	}
}

// half returns the bits of a common weight, or any bits: those of denormals,
// infinities and NaN among them.
func (r source) half(anyBits bool) uint16 {
	if anyBits {
		return uint16(r.Uint32())
	}
	return 0x3000 | uint16(r.Uint32N(1<<11)) | uint16(r.Uint32N(2))<<15
}

func TestLinear(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		steps(t, s, kernels.Lanes, func(mem stepMemory, e edge, c stepCase) {
			start := mem.start.at(e, c.m.Rows)
			r.weights(start)
			expected := append([]float32(nil), start...)
			product(want, expected, c)
			dst := mem.next.at(e, c.m.Rows)
			fill(dst, nan)
			c.bind(s).Linear(dst, start, c.x, c.h, c.reverse)
			requireBits(t, expected, dst, "%v", c)
			c.bind(s).Linear(start, start, c.x, c.h, c.reverse)
			requireBits(t, expected, start, "in place: %v", c)
		})
	})
}

// bind binds the case to a kernel set. Columns before those of h that x does
// not have are inputs that start already holds the product with.
func (c stepCase) bind(s *kernels.Set) *kernels.FloatWeights {
	return s.NewWeights(c.m, c.m.Depth-len(c.h))
}

// product adds the products of the last columns with x and h.
func product(s *kernels.Set, acc []float32, c stepCase) {
	hidden := c.m.Depth - len(c.h)
	inputs := hidden - len(c.x)
	s.Product(acc, 0, c.float, inputs, hidden, c.x, 0, 1)
	if c.m.Tile == 24 {
		acc = acc[kernels.Lanes:]
	}
	s.Product(acc, 0, c.float, hidden, c.m.Depth, c.h, 0, 1)
}

func TestLSTMStep(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		steps(t, s, kernels.TileRows, func(mem stepMemory, e edge, c stepCase) {
			units := c.m.Rows / 4
			start, cell := mem.start.at(e, c.m.Rows), mem.c.at(e, units)
			r.weights(start)
			r.weights(cell)
			acc := append([]float32(nil), start...)
			product(want, acc, c)
			wantH, wantC := make([]float32, units), append([]float32(nil), cell...)
			want.LSTMCell(wantH, wantC, wantC, acc)

			next := mem.next.at(e, units)
			fill(next, nan)
			c.bind(s).LSTM(next, cell, start, c.x, c.h, c.reverse)
			requireBits(t, wantH, next, "h: %v", c)
			requireBits(t, wantC, cell, "c: %v", c)
		})
	})
}

func TestGRUStep(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		steps(t, s, 24, func(mem stepMemory, e edge, c stepCase) {
			units := c.m.Rows / 3
			start := mem.start.at(e, 4*units)
			r.weights(start)
			h := make([]float32, max(units, kernels.Pad(len(c.h))))
			r.weights(h)
			copy(h, c.h)
			acc := append([]float32(nil), start...)
			product(want, acc, c)
			expected := make([]float32, units)
			want.GRUCell(expected, h, acc)

			next := mem.next.at(e, units)
			fill(next, nan)
			hidden := len(c.h)
			h = h[:max(units, hidden)]
			c.bind(s).GRU(next, mem.h.copyOf(e, h), start, c.x, c.reverse)
			requireBits(t, expected, next, "%v", c)
		})
	})
}

// TestEveryNumberOfTilesInAStep holds in short tests too: kernels take tiles in
// blocks, and a block of each size is code of its own. What is short is the test of threads,
// which run the code of fewer tiles, and of the generic set, which has one loop for all.
func TestEveryNumberOfTilesInAStep(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		x, h := make([]float32, 3), make([]float32, 5)
		r.weights(x)
		r.weights(h)
		for rows := kernels.Lanes; rows <= maxBlocks*kernels.TileRows; rows += kernels.Lanes {
			switch {
			case !testing.Short():
			case s.Name() == want.Name() && rows > 3*kernels.TileRows, s.Threads() > 1 && rows/kernels.Lanes%5 != 3:
				continue
			}
			for _, half := range []bool{false, true} {
				for _, reverse := range []bool{false, true} {
					m := &kernels.Matrix{Rows: rows, Depth: 8, Tile: kernels.TileRows, Half: make([]uint16, 8*rows)}
					for i := range m.Half {
						m.Half[i] = r.half(false)
					}
					float := newMatrix(rows, 8, kernels.TileRows)
					want.Widen(float.Data, m.Half)
					if !half {
						m = float
					}
					c := stepCase{m: m, float: float, x: x, h: h, reverse: reverse}
					start := make([]float32, rows)
					r.weights(start)
					expected, got := append([]float32(nil), start...), make([]float32, rows)
					product(want, expected, c)
					c.bind(s).Linear(got, start, x, h, reverse)
					requireBits(t, expected, got, "%v", c)
				}
			}
		}
	})
}

func TestStepPanics(t *testing.T) {
	floats := func(n int) []float32 { return make([]float32, n, n+100) }
	lstm := &kernels.Matrix{Data: floats(64 * 10), Rows: 64, Depth: 10, Tile: 32}
	gru := &kernels.Matrix{Half: make([]uint16, 48*10), Rows: 48, Depth: 10, Tile: 24}
	dense := &kernels.Matrix{Data: floats(40 * 10), Rows: 40, Depth: 10, Tile: 32}
	short := &kernels.Matrix{Half: make([]uint16, 64*10-1, 64*10), Rows: 64, Depth: 10, Tile: 32}
	tests := []struct {
		name string
		run  func(s *kernels.Set)
	}{
		{"more inputs than columns", func(s *kernels.Set) { s.NewWeights(lstm, 11) }},
		{"a negative number of inputs", func(s *kernels.Set) { s.NewWeights(lstm, -1) }},
		{"short weights", func(s *kernels.Set) { s.NewWeights(short, 5) }},
		{"Linear with a short start", func(s *kernels.Set) {
			s.NewWeights(lstm, 5).Linear(floats(64), floats(63), floats(5), floats(5), false)
		}},
		{"Linear with a short destination", func(s *kernels.Set) {
			s.NewWeights(lstm, 5).Linear(floats(63), floats(64), floats(5), floats(5), false)
		}},
		{"Linear with a long input", func(s *kernels.Set) {
			s.NewWeights(lstm, 5).Linear(floats(64), floats(64), floats(6), floats(5), false)
		}},
		{"Linear with a short state", func(s *kernels.Set) {
			s.NewWeights(lstm, 5).Linear(floats(64), floats(64), floats(5), floats(4), false)
		}},
		{"Linear of a GRU's tiles", func(s *kernels.Set) { s.NewWeights(gru, 5).Linear(floats(64), floats(64), floats(5), floats(5), false) }},
		{"LSTM with a short next", func(s *kernels.Set) {
			s.NewWeights(lstm, 0).LSTM(floats(15), floats(16), floats(64), nil, floats(10), false)
		}},
		{"LSTM with a short c", func(s *kernels.Set) {
			s.NewWeights(lstm, 0).LSTM(floats(16), floats(15), floats(64), nil, floats(10), false)
		}},
		{"LSTM with a short start", func(s *kernels.Set) {
			s.NewWeights(lstm, 0).LSTM(floats(16), floats(16), floats(63), nil, floats(10), false)
		}},
		{"LSTM with a short h", func(s *kernels.Set) {
			s.NewWeights(lstm, 0).LSTM(floats(16), floats(16), floats(64), nil, floats(9), false)
		}},
		{"LSTM with units that are not padded", func(s *kernels.Set) {
			s.NewWeights(dense, 0).LSTM(floats(16), floats(16), floats(64), nil, floats(10), false)
		}},
		{"LSTM of a GRU's tiles", func(s *kernels.Set) {
			s.NewWeights(gru, 0).LSTM(floats(16), floats(16), floats(64), nil, floats(10), false)
		}},
		{"GRU with a short next", func(s *kernels.Set) { s.NewWeights(gru, 0).GRU(floats(15), floats(16), floats(64), nil, false) }},
		{"GRU with a short h", func(s *kernels.Set) { s.NewWeights(gru, 0).GRU(floats(16), floats(15), floats(64), nil, false) }},
		{"GRU with a short start", func(s *kernels.Set) { s.NewWeights(gru, 0).GRU(floats(16), floats(16), floats(63), nil, false) }},
		{"GRU with a long input", func(s *kernels.Set) { s.NewWeights(gru, 2).GRU(floats(16), floats(16), floats(64), floats(3), false) }},
		{"GRU of an LSTM's tiles", func(s *kernels.Set) { s.NewWeights(lstm, 0).GRU(floats(16), floats(16), floats(64), nil, false) }},
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for _, tt := range tests {
			require.Panics(t, func() { tt.run(s) }, tt.name)
		}
	})
}

func FuzzSteps(f *testing.F) {
	f.Add(uint8(3), uint8(2), uint8(7), true, []byte("weights and states of any bits"))
	f.Add(uint8(9), uint8(0), uint8(70), false, []byte{0, 0, 0x80, 0x7f, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, tiles, inputs, hidden uint8, reverse bool, bits []byte) {
		n := int(tiles)%16 + 1
		units := max(n*kernels.Lanes, kernels.Pad(int(hidden)))
		x, h, c := make([]float32, inputs), make([]float32, units), make([]float32, units)
		start := make([]float32, n*kernels.TileRows)
		for i, s := range [][]float32{x, h, c, start} {
			fillBits(s, bits, i)
		}
		depth := int(inputs) + int(hidden)
		weights := make([]float32, n*kernels.TileRows*depth)
		fillBits(weights, bits, 5)
		halves := make([]uint16, len(weights))
		for i, w := range weights {
			halves[i] = uint16(math.Float32bits(w) >> 7)
		}
		run := func(s *kernels.Set) (out []float32) {
			for _, m := range []kernels.Matrix{{Data: weights}, {Half: halves}} {
				m.Rows, m.Depth, m.Tile = n*kernels.TileRows, depth, kernels.TileRows
				dst, next, cell := make([]float32, m.Rows), make([]float32, n*kernels.Lanes), append([]float32(nil), c...)
				step := s.NewWeights(&m, int(inputs))
				step.Linear(dst, start, x, h, reverse)
				step.LSTM(next, cell, start, x, h, reverse)
				out = append(append(append(out, dst...), next...), cell...)
				m.Rows, m.Tile = 3*n*kernels.Lanes, 3*kernels.Lanes
				s.NewWeights(&m, int(inputs)).GRU(next, h, start, x, reverse)
				out = append(out, next...)
				dst = append([]float32(nil), start...)
				s.Product(dst, 0, &m, 0, int(inputs), x, 0, 1)
				out = append(out, dst...)
			}
			return out
		}
		want := run(generic(t))
		for _, s := range kernels.Available() {
			requireBits(t, want, run(s), "%s", s.Name())
		}
	})
}
