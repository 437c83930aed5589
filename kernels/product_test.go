package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/binary16"
	"github.com/rnnrun/rnnrun/kernels"
)

const maxSize = 129

// newMatrix returns a matrix with every weight NaN.
func newMatrix(rows, depth, tile int) *kernels.Matrix {
	m := &kernels.Matrix{Data: make([]float32, rows*depth), Rows: rows, Depth: depth, Tile: tile}
	fill(m.Data, nan)
	return m
}

// fillColumns sets columns [from, to) of m by f.
func fillColumns(m *kernels.Matrix, from, to int, f func([]float32)) {
	for t := range m.Tiles() {
		rows := m.TileHeight(t)
		i := t*m.Tile*m.Depth + from*rows
		f(m.Data[i : i+(to-from)*rows])
	}
}

// shapes calls f for every shape of a matrix up to 136 rows. In a short test it leaves out
// what the others consist of, and takes tiles of every height: alone, behind one and, the
// lowest, behind four.
func shapes(f func(rows, tile int)) {
	for rows := 8; rows <= kernels.Pad(maxSize); rows += 8 {
		if !testing.Short() || rows <= 64 && rows != 48 || rows == kernels.Pad(maxSize) {
			f(rows, 32)
		}
		if rows%24 == 0 && (!testing.Short() || rows <= 72) {
			f(rows, 24)
		}
	}
}

// productLoop is the definition of Product.
func productLoop(acc []float32, ldacc int, m *kernels.Matrix, from, to int, x []float32, ldx, n int) {
	for j := range n {
		for t := range m.Tiles() {
			for r := range m.TileHeight(t) {
				for k := from; k < to; k++ {
					a := &acc[j*ldacc+t*kernels.TileRows+r]
					*a = kernels.FMA(m.At(t*m.Tile+r, k), x[j*ldx+k-from], *a)
				}
			}
		}
	}
}

// gramLoop is the definition of Gram.
func gramLoop(m *kernels.Matrix, from, to int, d []float32, ldd, stride int, x []float32, ldx, n int) {
	for t := range m.Tiles() {
		for r := range m.TileHeight(t) {
			for k := from; k < to; k++ {
				for j := range n {
					w := &m.Data[m.Index(t*m.Tile+r, k)]
					*w = kernels.FMA(d[j*ldd+t*stride+r], x[j*ldx+k-from], *w)
				}
			}
		}
	}
}

// TestProductLoop compares with the definition, on common and special values,
// within larger matrices and with strides.
func TestProductLoop(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		r := newSource()
		for _, values := range []func([]float32){r.weights, r.corners} {
			shapes(func(rows, tile int) {
				for _, depth := range []int{0, 1, 2, 13, 140} {
					for _, n := range []int{0, 1, 2, 7} {
						const before, after = 3, 2
						m := newMatrix(rows, before+depth+after, tile)
						fillColumns(m, before, before+depth, values)
						ldx, ldacc := depth+3, m.Tiles()*kernels.TileRows+5
						x, want := make([]float32, n*ldx), make([]float32, n*ldacc)
						values(x)
						values(want)
						got := append([]float32(nil), want...)
						productLoop(want, ldacc, m, before, before+depth, x, ldx, n)
						s.Product(got, ldacc, m, before, before+depth, x, ldx, n)
						requireBits(t, want, got, "%d rows in tiles of %d, depth %d, n %d", rows, tile, depth, n)
					}
				}
			})
		}
	})
}

// TestProductRoundsOnce has one row at a time whose sum a rounding to float64 would
// turn into the midpoint of two float32: the second rounding would go the wrong way.
func TestProductRoundsOnce(t *testing.T) {
	tests := []struct {
		name             string
		start, w, x, sum float32
	}{
		{"above a midpoint", 1, (1 + 0x1p-12) * 0x1p-24, 1 - 0x1p-12 + 0x1p-24, 1 + 0x1p-23},
		{"below a midpoint", 1 + 0x1p-23, (1 + 0x1p-23) * 0x1p-24, 1 - 0x1p-23, 1 + 0x1p-23},
		{"a negative one", -1 - 0x1p-23, -(1 + 0x1p-23) * 0x1p-24, 1 - 0x1p-23, -1 - 0x1p-23},
		{"denormal numbers", 1025 * 0x1p-149, (1 + 0x1p-23) * 0x1p-75, (1 - 0x1p-23) * 0x1p-75, 1025 * 0x1p-149},
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for _, test := range tests {
			for row := range kernels.TileRows {
				m := newMatrix(kernels.TileRows, 3, kernels.TileRows)
				clear(m.Data)
				m.Data[m.Index(row, 1)] = test.w
				acc, want := make([]float32, kernels.TileRows), make([]float32, kernels.TileRows)
				acc[row], want[row] = test.start, test.sum
				s.Product(acc, kernels.TileRows, m, 0, 3, []float32{1, test.x, 1}, 3, 1)
				require.Equal(t, want, acc, "%s, row %d", test.name, row)
			}
		}
	})
}

// TestProductOfHalves compares products of binary16 weights with those of the same
// weights in float32, next to guard pages.
func TestProductOfHalves(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		data := newRegion(t, kernels.Pad(maxSize)*maxSize)
		shapes(func(rows, tile int) {
			for i, depth := range []int{1, 2, 129} {
				for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17} {
					e := edge((i + n) % 2)
					m := &kernels.Matrix{Half: data.halves(e, rows*depth), Rows: rows, Depth: depth, Tile: tile}
					wide := newMatrix(rows, depth, tile)
					for k := range m.Half {
						m.Half[k] = r.half(n == 5)
						wide.Data[k] = binary16.Value(m.Half[k])
					}
					ldacc := m.Tiles() * kernels.TileRows
					x, sum := make([]float32, n*depth), make([]float32, n*ldacc)
					r.weights(x)
					r.weights(sum)
					got := append([]float32(nil), sum...)
					want.Product(sum, ldacc, wide, 0, depth, x, depth, n)
					s.Product(got, ldacc, m, 0, depth, x, depth, n)
					requireBits(t, sum, got, "%d rows in tiles of %d, depth %d, n %d, %v", rows, tile, depth, n, e)
				}
			}
		})
	})
}

func TestGramLoop(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		r := newSource()
		for _, values := range []func([]float32){r.weights, r.corners} {
			shapes(func(rows, tile int) {
				for _, depth := range []int{0, 1, 2, 13} {
					for _, n := range []int{0, 1, 2, 7, 140} {
						const before, after = 3, 2
						want := newMatrix(rows, before+depth+after, tile)
						values(want.Data)
						got := newMatrix(rows, want.Depth, tile)
						copy(got.Data, want.Data)
						stride := kernels.TileRows + 1
						ldx, ldd := depth+3, want.Tiles()*stride+5
						x, d := make([]float32, n*ldx), make([]float32, n*ldd)
						values(x)
						values(d)
						gramLoop(want, before, before+depth, d, ldd, stride, x, ldx, n)
						s.Gram(got, before, before+depth, d, ldd, stride, x, ldx, n)
						requireBits(t, want.Data, got.Data, "%d rows in tiles of %d, depth %d, n %d", rows, tile, depth, n)
					}
				}
			})
		}
	})
}

// TestProductSizes tries every number of rows, depth and number of vectors up
// to 129, next to guard pages. The expected sums grow by one column at a time.
func TestProductSizes(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		accs := newRegion(t, maxSize*5*kernels.TileRows)
		data := newRegion(t, kernels.Pad(maxSize)*maxSize)
		xs := newRegion(t, maxSize*maxSize)
		x := make([]float32, maxSize*maxSize)
		r.weights(x)
		shapes(func(rows, tile int) {
			whole := newMatrix(rows, maxSize, tile)
			r.weights(whole.Data)
			last := whole.Tiles() - 1
			ldacc := last*kernels.TileRows + whole.TileHeight(last)
			start := make([]float32, maxSize*ldacc)
			r.weights(start)
			sum := append([]float32(nil), start...)
			done := 0
			for _, depth := range sizes(s) {
				want.Product(sum, ldacc, whole, done, depth, x[done:], maxSize, maxSize)
				done = depth
				for i, n := range sizes(s) {
					e := edge((depth + i) % 2)
					m := whole
					if n == 1 || n == maxSize {
						m = narrowed(whole, depth, data, e)
					}
					acc := accs.copyOf(e, start[:n*ldacc])
					s.Product(acc, ldacc, m, 0, depth, xs.copyOf(e, x[:(n-1)*maxSize+depth]), maxSize, n)
					requireBits(t, sum[:n*ldacc], acc, "%d rows in tiles of %d, depth %d, n %d, %v", rows, tile, depth, n, e)
				}
			}
		})
	})
}

// narrowed returns the first columns of m as a matrix at an edge of a region.
func narrowed(m *kernels.Matrix, depth int, to region, e edge) *kernels.Matrix {
	c := &kernels.Matrix{Data: to.at(e, m.Rows*depth), Rows: m.Rows, Depth: depth, Tile: m.Tile}
	for t := range m.Tiles() {
		rows := m.TileHeight(t)
		copy(c.Data[t*m.Tile*depth:], m.Data[t*m.Tile*m.Depth:][:depth*rows])
	}
	return c
}

// TestGramSizes does for Gram what TestProductSizes does for Product. The
// expected weights grow by one vector at a time.
func TestGramSizes(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		ds := newRegion(t, maxSize*kernels.Pad(maxSize))
		data := newRegion(t, kernels.Pad(maxSize)*maxSize)
		xs := newRegion(t, maxSize*maxSize)
		x := make([]float32, maxSize*maxSize)
		r.weights(x)
		shapes(func(rows, tile int) {
			start := newMatrix(rows, maxSize, tile)
			r.weights(start.Data)
			sum := newMatrix(rows, maxSize, tile)
			copy(sum.Data, start.Data)
			d := make([]float32, maxSize*rows)
			r.weights(d)
			done := 0
			for _, n := range sizes(s) {
				want.Gram(sum, 0, maxSize, d[done*rows:], rows, tile, x[done*maxSize:], maxSize, n-done)
				done = n
				for i, depth := range sizes(s) {
					e := edge((n + i) % 2)
					m := narrowed(start, depth, data, e)
					s.Gram(m, 0, depth, ds.copyOf(e, d[:n*rows]), rows, tile, xs.copyOf(e, x[:(n-1)*maxSize+depth]), maxSize, n)
					for tile := range m.Tiles() {
						h := m.TileHeight(tile)
						i, j := tile*m.Tile*m.Depth, tile*m.Tile*maxSize
						requireBits(t, sum.Data[j:j+depth*h], m.Data[i:i+depth*h], "%d rows in tiles of %d, depth %d, n %d, %v", rows, m.Tile, depth, n, e)
					}
				}
			}
		})
	})
}

// TestProductInParts: a product in parts gives the bits of the whole, so an
// input and a state need not stand side by side.
func TestProductInParts(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		r := newSource()
		const rows, depth = 96, 150
		m := newMatrix(rows, depth, 32)
		r.weights(m.Data)
		x, start := make([]float32, depth), make([]float32, rows)
		r.weights(x)
		r.weights(start)
		want := append([]float32(nil), start...)
		s.Product(want, rows, m, 0, depth, x, depth, 1)
		for cut := range depth + 1 {
			got := append([]float32(nil), start...)
			s.Product(got, rows, m, 0, cut, x[:cut], depth, 1)
			s.Product(got, rows, m, cut, depth, x[cut:], depth, 1)
			requireBits(t, want, got, "cut at %d", cut)
		}
	})
}

// TestFMA compares the emulated fma with the products of every set, on
// arbitrary bits.
func TestFMA(t *testing.T) {
	count := 100_000
	switch {
	case *full:
		count *= 100
	case testing.Short():
		count /= 100
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		r := newSource()
		m := newMatrix(32, 1, 32)
		z := make([]float32, 32)
		got := make([]float32, 32)
		for range count {
			y := math.Float32frombits(r.Uint32())
			for i := range z {
				x := math.Float32frombits(r.Uint32())
				m.Data[i] = x
				z[i] = math.Float32frombits(r.Uint32())
				if i%2 == 0 { // close to the product, where digits cancel or are cut off
					z[i] = float32(math.Ldexp(float64(x)*float64(y), r.IntN(60)-30))
				}
				got[i] = z[i]
			}
			s.Product(got, 32, m, 0, 1, []float32{y}, 1, 1)
			for i := range z {
				z[i] = kernels.FMA(m.Data[i], y, z[i])
			}
			requireBits(t, z, got, "y %x", y)
		}
	})
}

// TestProductPanics: what the definition would index out of range must panic
// and touch nothing.
func TestProductPanics(t *testing.T) {
	type call struct {
		acc, ldacc int // length, stride
		rows, tile int
		depth      int
		data       int
		from, to   int
		x, ldx, n  int
	}
	good := call{acc: 2 * 96, ldacc: 96, rows: 96, tile: 32, depth: 10, data: 960, from: 2, to: 9, x: 14, ldx: 7, n: 2}
	const huge = math.MaxInt/2 + 1
	tests := []struct {
		name string
		with func(c *call)
	}{
		{"short accumulators", func(c *call) { c.acc-- }},
		{"accumulators too far apart", func(c *call) { c.ldacc++ }},
		{"negative stride of accumulators", func(c *call) { c.ldacc = -1 }},
		{"stride of accumulators that wraps around", func(c *call) { c.ldacc = huge; c.n = 3 }},
		{"short input", func(c *call) { c.x-- }},
		{"inputs too far apart", func(c *call) { c.ldx++ }},
		{"negative stride of inputs", func(c *call) { c.ldx = -1 }},
		{"stride of inputs that wraps around", func(c *call) { c.ldx = huge; c.n = 3; c.acc = 3 * 96 }},
		{"too many vectors", func(c *call) { c.n++ }},
		{"short data", func(c *call) { c.data-- }},
		{"depth that wraps around", func(c *call) { c.depth = huge }},
		{"negative depth", func(c *call) { c.depth = -1 }},
		{"rows that are no multiple of 8", func(c *call) { c.rows = 95 }},
		{"negative rows", func(c *call) { c.rows = -32 }},
		{"tile of 16", func(c *call) { c.tile = 16 }},
		{"tile of 0", func(c *call) { c.tile = 0 }},
		{"tile of 24 that rows do not fill", func(c *call) { c.tile = 24; c.rows = 80; c.acc = 1000 }},
		{"columns from before the first", func(c *call) { c.from = -1 }},
		{"columns beyond the last", func(c *call) { c.to = 11; c.x = 1000 }},
		{"columns in reverse", func(c *call) { c.from, c.to = 9, 2 }},
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		product := func(c call) (acc []float32, run func()) {
			acc = make([]float32, c.acc, c.acc+1000)
			x := make([]float32, c.x, c.x+1000)
			data := make([]float32, c.data, c.data+1000)
			fill(x, 1)
			fill(data, 1)
			m := &kernels.Matrix{Data: data, Rows: c.rows, Depth: c.depth, Tile: c.tile}
			return acc, func() { s.Product(acc, c.ldacc, m, c.from, c.to, x, c.ldx, c.n) }
		}
		_, run := product(good)
		require.NotPanics(t, run)
		for _, tt := range tests {
			c := good
			tt.with(&c)
			acc, run := product(c)
			require.Panics(t, run, tt.name)
			requireBits(t, make([]float32, len(acc)), acc, tt.name)
		}
	})
}

func TestGramPanics(t *testing.T) {
	type call struct {
		d, ldd, stride int
		x, ldx, n      int
		data           int
	}
	good := call{d: 2 * 80, ldd: 80, stride: 32, x: 2 * 10, ldx: 10, n: 2, data: 80 * 10}
	const huge = math.MaxInt/2 + 1
	tests := []struct {
		name string
		with func(c *call)
	}{
		{"short gradients", func(c *call) { c.d-- }},
		{"gradients too far apart", func(c *call) { c.ldd++ }},
		{"negative stride of gradients", func(c *call) { c.ldd = -1 }},
		{"tiles too far apart", func(c *call) { c.stride++ }},
		{"stride of tiles that wraps around", func(c *call) { c.stride = huge }},
		{"negative stride of tiles", func(c *call) { c.stride = -1 }},
		{"short input", func(c *call) { c.x-- }},
		{"inputs too far apart", func(c *call) { c.ldx++ }},
		{"too many vectors", func(c *call) { c.n++ }},
		{"short data", func(c *call) { c.data-- }},
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		gram := func(c call) (m *kernels.Matrix, run func()) {
			d := make([]float32, c.d, c.d+1000)
			x := make([]float32, c.x, c.x+1000)
			fill(d, 1)
			fill(x, 1)
			m = &kernels.Matrix{Data: make([]float32, c.data), Rows: 80, Depth: 10, Tile: 32}
			return m, func() { s.Gram(m, 0, 10, d, c.ldd, c.stride, x, c.ldx, c.n) }
		}
		_, run := gram(good)
		require.NotPanics(t, run)
		for _, tt := range tests {
			c := good
			tt.with(&c)
			m, run := gram(c)
			require.Panics(t, run, tt.name)
			requireBits(t, make([]float32, len(m.Data)), m.Data, tt.name)
		}
	})
}

func FuzzProduct(f *testing.F) {
	f.Add(uint8(3), uint8(7), uint8(2), false, []byte("weights and inputs of any bits"))
	f.Add(uint8(2), uint8(130), uint8(1), true, []byte{0, 0, 0x80, 0x7f, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, rows, depth, n uint8, gru bool, bits []byte) {
		m := &kernels.Matrix{Rows: 8 * (int(rows)%16 + 1), Depth: int(depth), Tile: 32}
		if gru {
			m.Rows, m.Tile = 24*(int(rows)%8+1), 24
		}
		m.Data = make([]float32, m.Rows*m.Depth)
		vectors := int(n) % 40
		ldacc := m.Tiles() * kernels.TileRows
		acc, x := make([]float32, vectors*ldacc), make([]float32, vectors*m.Depth)
		for i, s := range [][]float32{m.Data, acc, x} {
			fillBits(s, bits, i)
		}
		want := append([]float32(nil), acc...)
		generic(t).Product(want, ldacc, m, 0, m.Depth, x, m.Depth, vectors)
		gram := append([]float32(nil), m.Data...)
		wantGram := *m
		wantGram.Data = append([]float32(nil), m.Data...)
		generic(t).Gram(&wantGram, 0, m.Depth, acc, ldacc, kernels.TileRows, x, m.Depth, vectors)
		for _, s := range kernels.Available() {
			got := append([]float32(nil), acc...)
			s.Product(got, ldacc, m, 0, m.Depth, x, m.Depth, vectors)
			requireBits(t, want, got, "%s: product", s.Name())
			gotGram := *m
			gotGram.Data = append([]float32(nil), gram...)
			s.Gram(&gotGram, 0, m.Depth, acc, ldacc, kernels.TileRows, x, m.Depth, vectors)
			requireBits(t, wantGram.Data, gotGram.Data, "%s: gram", s.Name())
		}
	})
}

// fillBits fills s with floats of arbitrary bits, the i-th pattern of them.
func fillBits(s []float32, bits []byte, i int) {
	if len(bits) == 0 {
		return
	}
	for j := range s {
		var b uint32
		for k := range 4 {
			b = b<<8 | uint32(bits[(i+7*j+5*k)%len(bits)])
		}
		s[j] = math.Float32frombits(b)
	}
}

func ExampleSet_Product() {
	// Eight rows by two columns, packed: the rows of a column stand side by side.
	m := kernels.Matrix{Rows: 8, Depth: 2, Tile: 32, Data: []float32{
		0, 1, 2, 3, 4, 5, 6, 7,
		1, 1, 1, 1, 1, 1, 1, 1,
	}}
	acc := make([]float32, kernels.TileRows) // starts as the bias, here 0
	kernels.Best().Product(acc, 0, &m, 0, 2, []float32{10, 0.5}, 0, 1)
	fmt.Println(acc[:8])
	// Output: [0.5 10.5 20.5 30.5 40.5 50.5 60.5 70.5]
}
