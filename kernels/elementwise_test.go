package kernels_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// elementwise are the kernels that map a slice to one of the same length.
var elementwise = []struct {
	name string
	of   func(s *kernels.Set, dst, src []float32)
}{
	{"Tanh", (*kernels.Set).Tanh},
	{"Sigmoid", (*kernels.Set).Sigmoid},
	{"Exp", (*kernels.Set).Exp},
	{"ReLU", (*kernels.Set).ReLU},
	{"Softmax", (*kernels.Set).Softmax},
	{"Mul", func(s *kernels.Set, dst, src []float32) { s.Mul(dst, src, reversed(src)) }},
	{"Max", func(s *kernels.Set, dst, src []float32) { s.Max(dst, src, reversed(src)) }},
	{"MulAdd", func(s *kernels.Set, dst, src []float32) { s.MulAdd(dst, src, reversed(src), rotated(src)) }},
	{"Blend", func(s *kernels.Set, dst, src []float32) { s.Blend(dst, reversed(src), src, rotated(src)) }},
}

func reversed(s []float32) []float32 {
	r := make([]float32, len(s))
	for i, v := range s {
		r[len(s)-1-i] = v
	}
	return r
}

func rotated(s []float32) []float32 {
	return append(append([]float32(nil), s[len(s)/3:]...), s[:len(s)/3]...)
}

// TestElementwiseSizes tries every length up to 129 next to guard pages, out of
// place and in place, on common and special values.
func TestElementwiseSizes(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		in, out := newRegion(t, 2000), newRegion(t, 2000)
		for _, n := range append([]int{0, 1000}, sizes(s)...) {
			for _, values := range []func([]float32){r.weights, r.corners} {
				src := make([]float32, n)
				values(src)
				for _, f := range elementwise {
					expected := make([]float32, n)
					f.of(want, expected, src)
					for _, e := range []edge{front, back} {
						from, to := in.copyOf(e, src), out.at(e, n)
						fill(to, nan)
						f.of(s, to, from)
						requireBits(t, expected, to, "%s of %d at the %v", f.name, n, e)
						requireBits(t, src, from, "%s of %d at the %v changed its input", f.name, n, e)
						f.of(s, from, from)
						requireBits(t, expected, from, "%s of %d at the %v in place", f.name, n, e)
					}
				}
			}
		}
	})
}

// TestEveryFloat compares the functions of one variable on float32 all over
// the line; with -full on all of them.
func TestEveryFloat(t *testing.T) {
	step := uint64(2039)
	switch {
	case *full:
		step = 1
	case testing.Short():
		step *= 64
	}
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		if s == want {
			t.Skip("the generic set is what the others are compared with")
		}
		src, got, expected := make([]float32, 4096), make([]float32, 4096), make([]float32, 4096)
		for b := uint64(0); b < 1<<32; b += 4096 * step {
			for i := range src {
				src[i] = math.Float32frombits(uint32(b + uint64(i)*step))
			}
			for _, f := range elementwise {
				if f.name == "Softmax" || f.name == "Mul" || f.name == "Max" || f.name == "MulAdd" || f.name == "Blend" {
					continue
				}
				f.of(want, expected, src)
				f.of(s, got, src)
				requireBits(t, expected, got, "%s from %#x in steps of %d", f.name, b, step)
			}
		}
	})
}

// The logarithm of a softmax is exact to a few units of the last place, where
// that of its probabilities has none left.
func TestLogSoftmax(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		for _, n := range sizes(s) {
			src, got, expected := make([]float32, n), make([]float32, n), make([]float32, n)
			r.weights(src)
			for i := range src {
				src[i] *= 100
			}
			sum := 0.0
			for _, x := range src {
				sum += math.Exp(float64(x) - float64(src[0]))
			}
			s.LogSoftmax(got, src)
			want.LogSoftmax(expected, src)
			requireBits(t, expected, got, "of %d", n)
			for i, x := range src {
				exact := float64(x) - float64(src[0]) - math.Log(sum)
				require.InDelta(t, exact, got[i], 1e-6*(1-exact))
			}
		}
		y := make([]float32, 3)
		minusInf := float32(math.Inf(-1))
		s.LogSoftmax(y, []float32{0, minusInf, 0})
		require.Equal(t, []float32{-math.Ln2, minusInf, -math.Ln2}, y)
		for _, x := range []float32{nan, float32(math.Inf(1))} {
			s.LogSoftmax(y, []float32{0, x, 0})
			requireBits(t, []float32{nan, nan, nan}, y, "with %v", x)
		}
		s.LogSoftmax(nil, nil)
	})
}

func TestElementwisePanics(t *testing.T) {
	long, short := make([]float32, 100), make([]float32, 99, 200)
	tests := []struct {
		name string
		run  func(s *kernels.Set)
	}{
		{"Tanh", func(s *kernels.Set) { s.Tanh(long, short) }},
		{"Sigmoid", func(s *kernels.Set) { s.Sigmoid(long, short) }},
		{"Exp", func(s *kernels.Set) { s.Exp(long, short) }},
		{"ReLU", func(s *kernels.Set) { s.ReLU(long, short) }},
		{"Softmax", func(s *kernels.Set) { s.Softmax(long, short) }},
		{"Mul by a short a", func(s *kernels.Set) { s.Mul(long, short, long) }},
		{"Mul by a short b", func(s *kernels.Set) { s.Mul(long, long, short) }},
		{"Max of a short a", func(s *kernels.Set) { s.Max(long, short, long) }},
		{"Max of a short b", func(s *kernels.Set) { s.Max(long, long, short) }},
		{"MulAdd of a short a", func(s *kernels.Set) { s.MulAdd(long, short, long, long) }},
		{"MulAdd of a short b", func(s *kernels.Set) { s.MulAdd(long, long, short, long) }},
		{"MulAdd of a short c", func(s *kernels.Set) { s.MulAdd(long, long, long, short) }},
		{"Blend with a short z", func(s *kernels.Set) { s.Blend(long, short, long, long) }},
		{"Blend with a short hprev", func(s *kernels.Set) { s.Blend(long, long, short, long) }},
		{"Blend with a short n", func(s *kernels.Set) { s.Blend(long, long, long, short) }},
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for _, tt := range tests {
			require.Panics(t, func() { tt.run(s) }, tt.name)
		}
	})
}

func FuzzElementwise(f *testing.F) {
	f.Add(uint16(17), []byte("values of any bits"))
	f.Add(uint16(300), []byte{0x7f, 0xc0, 0, 1, 0x80, 0, 0, 1, 0x42})
	f.Fuzz(func(t *testing.T, n uint16, bits []byte) {
		src := make([]float32, n%2048)
		fillBits(src, bits, 0)
		want, got := make([]float32, len(src)), make([]float32, len(src))
		for _, f := range elementwise {
			f.of(generic(t), want, src)
			for _, s := range kernels.Available() {
				f.of(s, got, src)
				requireBits(t, want, got, "%s: %s", s.Name(), f.name)
			}
		}
	})
}
