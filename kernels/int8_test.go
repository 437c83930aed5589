package kernels_test

import (
	"fmt"
	"math"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// ints returns n int8 at an edge of the region.
func (r region) ints(e edge, n int) []int8 {
	all := unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(r.floats))), 4*len(r.floats))
	if e == back {
		return all[len(all)-n:]
	}
	return all[:n:n]
}

// ints fills s with integers within ±127.
func (r source) ints(s []int8) {
	for i := range s {
		s[i] = int8(r.IntN(255) - 127)
	}
}

// extremes fills s with 127 and -127, the worst for sums of few bits.
func (r source) extremes(s []int8) {
	sign := int8(1 - 2*r.IntN(2))
	for i := range s {
		s[i] = 127 * sign
		if r.IntN(50) == 0 {
			s[i] = -s[i]
		}
	}
}

func TestQuantize(t *testing.T) {
	for _, test := range []struct {
		x, inverse float32
		want       int8
	}{
		{0, 127, 0}, {1, 127, 127}, {-1, 127, -127}, {2, 127, 127}, {-2, 127, -127},
		{0.5, 1, 0}, {1.5, 1, 2}, {2.5, 1, 2}, {-0.5, 1, 0}, {-1.5, 1, -2}, {-2.5, 1, -2},
		{126.5, 1, 126}, {-126.5, 1, -126}, {126.50001, 1, 127}, {0.49999997, 1, 0},
		{float32(math.Inf(1)), 1, 127}, {float32(math.Inf(-1)), 1, -127}, {nan, 1, -127},
		{math.MaxFloat32, math.MaxFloat32, 127}, {-math.MaxFloat32, math.MaxFloat32, -127},
		{math.SmallestNonzeroFloat32, 1, 0},
	} {
		forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
			for n := 1; n <= 40; n++ { // in every lane, and in what is left over
				src, dst := make([]float32, n), make([]int8, n+1)
				src[n-1] = test.x
				dst[n] = 9
				nan := s.Quantize(dst[:n], src, test.inverse)
				require.Equal(t, test.want, dst[n-1], "%v times %v, element %d", test.x, test.inverse, n-1)
				require.Equal(t, test.x != test.x, nan, "%v times %v, element %d", test.x, test.inverse, n-1)
				require.Equal(t, int8(9), dst[n], "beyond %d", n)
			}
		})
	}
}

func TestQuantizeFindsANaNAmongOthers(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		const n = 40
		src, dst := make([]float32, n), make([]int8, n)
		for i := range n {
			for _, inverse := range []float32{127, 0, float32(math.Inf(1))} {
				fill(src, float32(math.Inf(1)))
				src[(i+1)%n] = 0
				require.False(t, s.Quantize(dst, src, inverse), "times %v", inverse)
				src[i] = nan
				require.True(t, s.Quantize(dst, src, inverse), "element %d times %v", i, inverse)
			}
		}
	})
}

func TestQuantizeSizes(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		from, to := newRegion(t, 200), newRegion(t, 200)
		for n := range 140 {
			for _, e := range []edge{front, back} {
				src := from.at(e, n)
				r.corners(src)
				expected, got := make([]int8, n+n%4), to.ints(e, n+n%4)
				for i := range got {
					got[i] = 5
				}
				nan := want.Quantize(expected, src, 12.7)
				require.Equal(t, nan, s.Quantize(got, src, 12.7), "%d at the %v", n, e)
				require.Equal(t, expected, got, "%d at the %v", n, e)
			}
		}
		require.Panics(t, func() { s.Quantize(make([]int8, 3, 9), make([]float32, 4), 1) })
	})
}

// An int8Case is a product with columns [from, from+columns) of a matrix.
type int8Case struct {
	tile, rows, depth, from, columns int
	data                             []int8
	scale                            []float32
	x                                []int8
	step                             float32
	reverse                          bool
}

func (c int8Case) String() string {
	return fmt.Sprintf("%d rows in tiles of %d, columns %d to %d of %d, reverse %v", c.rows, c.tile, c.from, c.from+c.columns, c.depth, c.reverse)
}

func (c int8Case) bind(s *kernels.Set) *kernels.Int8 {
	return s.NewInt8(c.data, c.rows, c.depth, c.tile, c.from, c.columns, c.scale)
}

// weight is the definition of the layout.
func (c int8Case) weight(row, k int) int8 {
	t := row / c.tile
	rows := min(c.tile, c.rows-t*c.tile)
	r, k := row-t*c.tile, c.from+k
	return c.data[t*c.tile*c.depth+k/4*rows*4+r*4+k%4]
}

// int8Cases calls test with every number of tiles up to 17 and of columns up to
// 132, with weights next to guard pages.
func int8Cases(t *testing.T, s *kernels.Set, multiple, tile int, test func(e edge, c int8Case)) {
	r := newSource()
	weights, scales, xs := newRegion(t, 1<<16), newRegion(t, 1<<11), newRegion(t, 1<<10)
	for i, n := range sizes(s) {
		for j, size := range [][2]int{{(n-1)%17 + 1, (3*i%9 + 1) * 4}, {i%7 + 1, (n + 3) / 4 * 4}} {
			e := edge((i + j) % 2)
			before, after := i%3*4, j*4
			if e == back {
				after = 0
			}
			c := int8Case{
				tile: tile, rows: size[0] * multiple, depth: before + size[1] + after, from: before, columns: size[1],
				step: 1.0 / 127, reverse: i%2 == 1,
			}
			values := r.ints
			if i%3 == 1 {
				values = r.extremes
			}
			c.data = weights.ints(e, c.rows*c.depth)
			c.scale = scales.at(e, c.rows)
			c.x = xs.ints(e, c.columns)
			values(c.data)
			values(c.x)
			r.weights(c.scale)
			test(e, c)
		}
	}
}

func TestLinearInt8(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		r := newSource()
		starts, dsts := newRegion(t, 1<<12), newRegion(t, 1<<12)
		for _, tile := range []int{32, 24} {
			multiple := kernels.Lanes
			if tile == 24 {
				multiple = tile
			}
			int8Cases(t, s, multiple, tile, func(e edge, c int8Case) {
				at := func(row int) int { return row/tile*kernels.TileRows + row%tile }
				n := at(c.rows-1) + 1
				start, dst := starts.at(e, n), dsts.at(e, n)
				r.corners(start)
				fill(dst, 7)
				want := append([]float32(nil), dst...)
				inPlace := append([]float32(nil), start...)
				for row := range c.rows {
					var sum int32
					for k, x := range c.x {
						sum += int32(c.weight(row, k)) * int32(x)
					}
					want[at(row)] = kernels.FMA(float32(sum), c.scale[row]*c.step, start[at(row)])
					inPlace[at(row)] = want[at(row)]
				}
				m := c.bind(s)
				s.LinearInt8(dst, start, m, c.step, c.x, c.reverse)
				requireBits(t, want, dst, "%v", c)
				s.LinearInt8(start, start, m, c.step, c.x, c.reverse)
				requireBits(t, inPlace, start, "in place: %v", c)
			})
		}
	})
}

// TestInt8SumsDoNotSaturate holds every weight and input at its extreme, in
// rows as long as a large network's.
func TestInt8SumsDoNotSaturate(t *testing.T) {
	const columns = 4096
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for _, w := range []int8{127, -127} {
			for _, x := range []int8{127, -127} {
				c := int8Case{tile: 32, rows: 40, depth: columns, columns: columns, data: make([]int8, 40*columns), scale: make([]float32, 40), x: make([]int8, columns)}
				for i := range c.data {
					c.data[i] = w
				}
				for i := range c.x {
					c.x[i] = x
				}
				fill(c.scale, 1)
				dst := make([]float32, 40)
				s.LinearInt8(dst, make([]float32, 40), c.bind(s), 1, c.x, false)
				for _, y := range dst {
					require.Equal(t, float32(int32(w)*int32(x)*columns), y, "%d times %d", w, x)
				}
			}
		}
	})
}

func TestInt8Panics(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		floats := func(n int) []float32 { return make([]float32, n, n+100) }
		ints := func(n int) []int8 { return make([]int8, n, n+100) }
		m := s.NewInt8(ints(64*8), 64, 8, 32, 0, 8, floats(64))
		for _, tt := range []struct {
			name string
			run  func()
		}{
			{"short weights", func() { s.NewInt8(ints(64*8-1), 64, 8, 32, 0, 8, floats(64)) }},
			{"short scales", func() { s.NewInt8(ints(64*8), 64, 8, 32, 0, 8, floats(63)) }},
			{"columns that are no multiple of 4", func() { s.NewInt8(ints(64*8), 64, 8, 32, 0, 6, floats(64)) }},
			{"columns beyond the last", func() { s.NewInt8(ints(64*8), 64, 8, 32, 4, 8, floats(64)) }},
			{"negative columns", func() { s.NewInt8(ints(64*8), 64, 8, 32, 8, -4, floats(64)) }},
			{"short vector", func() { s.LinearInt8(floats(64), floats(64), m, 1, ints(4), false) }},
			{"short destination", func() { s.LinearInt8(floats(63), floats(64), m, 1, ints(8), false) }},
			{"short start", func() { s.LinearInt8(floats(64), floats(63), m, 1, ints(8), false) }},
		} {
			require.Panics(t, tt.run, tt.name)
		}
	})
}

func FuzzInt8(f *testing.F) {
	f.Add(uint8(3), uint8(7), []byte("weights, states and inputs of any value"))
	f.Fuzz(func(t *testing.T, tiles, groups uint8, bits []byte) {
		n, columns := int(tiles)%16+1, int(groups)%64*4
		start, scale := make([]float32, n*kernels.TileRows), make([]float32, n*kernels.TileRows)
		fillBits(start, bits, 0)
		fillBits(scale, bits, 1)
		values := make([]int8, n*kernels.TileRows*columns+columns)
		for i := range values {
			if len(bits) > 0 {
				values[i] = int8(max(-127, int(int8(bits[(i*7+i/13)%len(bits)]))))
			}
		}
		x, data := values[:columns], values[columns:]
		run := func(s *kernels.Set) (out []float32) {
			for _, tile := range []int{32, 24} {
				rows := n * kernels.Lanes
				if tile == 24 {
					rows = n * tile
				}
				m := s.NewInt8(data, rows, columns, tile, 0, columns, scale)
				dst := append([]float32(nil), start...)
				s.LinearInt8(dst, start, m, 0.01, x, tile == 24)
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
