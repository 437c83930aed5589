package kernels

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// fftSizes have every radix, alone and beside others.
var fftSizes = []int{2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 30, 32, 42, 50, 64, 98, 128, 210, 240, 256, 320, 400, 420, 480, 512, 640, 882, 960, 1024, 1920, 2048}

// transform is the definition: Σ x[t] exp(-2πikt/n), for k from 0 to n/2.
func transform(x []float64, n int) []complex128 {
	roots := make([]complex128, n)
	for i := range roots {
		roots[i] = cmplx.Exp(complex(0, -2*math.Pi*float64(i)/float64(n)))
	}
	y := make([]complex128, n/2+1)
	for k := range y {
		for t, v := range x {
			y[k] += complex(v, 0) * roots[k*t%n]
		}
	}
	return y
}

func randomSignal(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Float32()*2 - 1
	}
	return x
}

// Every number is that of the definition, rounded to float32: also those that are far
// below the others, as in the spectrum of a tone.
func TestFFTIsTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for _, n := range fftSizes {
		if testing.Short() && n > 512 {
			break // the bits of the others are the same everywhere, as is tested below
		}
		f := NewFFT(n)
		work := f.Work()
		for _, length := range []int{n, 1 + r.IntN(n)} {
			window := Cosines(length, length, 0.5)
			for i, x := range [][]float32{randomSignal(r, length), tone(length)} {
				weighted := make([]float64, length)
				for i, v := range x {
					weighted[i] = float64(v) * window[i]
				}
				got := make([]float32, n+2)
				f.Forward(got, x, window, work)
				for k, want := range transform(weighted, n) {
					requireNear(t, real(want), got[k], "signal %d of %d, %d points: real %d", i, length, n, k)
					requireNear(t, imag(want), got[n/2+1+k], "signal %d of %d, %d points: imaginary %d", i, length, n, k)
				}
			}
		}
	}
}

// requireNear asks for a number that is rounded to float32.
func requireNear(t *testing.T, want float64, got float32, msg string, args ...any) {
	t.Helper()
	within := 1e-7*math.Abs(want) + 1e-12
	if !(math.Abs(float64(got)-want) <= within) {
		require.InDelta(t, want, got, within, append([]any{msg}, args...)...)
	}
}

func tone(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(math.Sin(0.37 * float64(i)))
	}
	return x
}

func TestFFTAndItsInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	for _, n := range fftSizes {
		f := NewFFT(n)
		x, spectrum, back := randomSignal(r, n), make([]float32, n+2), make([]float32, n)
		work := f.Work()
		f.Forward(spectrum, x, nil, work)
		// What a real signal has none of is not read.
		spectrum[n/2+1], spectrum[n+1] = 5, float32(math.NaN())
		f.Inverse(back, spectrum, nil, work)
		for i := range x {
			require.InDelta(t, x[i], back[i], 3e-7, "%d points: %d", n, i)
		}
		window := Cosines(n/2, n/2-1, 0.54)
		part := make([]float32, n/2)
		f.Inverse(part, spectrum, window, work)
		for i := range part {
			require.InDelta(t, float64(x[i])*window[i], part[i], 3e-7, "the first half of %d points: %d", n, i)
		}
	}
}

// The numbers hold for every device.
func TestFFTHasTheSameBitsOnEveryDevice(t *testing.T) {
	hash := uint64(14695981039346656037)
	add := func(bits uint64) { hash = (hash ^ bits) * 1099511628211 }
	r := rand.New(rand.NewPCG(3, 0))
	for _, n := range fftSizes {
		f := NewFFT(n)
		for _, v := range f.roots {
			add(math.Float64bits(v))
		}
		x, y, work := randomSignal(r, n), make([]float32, n+2), f.Work()
		f.Forward(y, x, nil, work)
		f.Inverse(x, y, nil, work)
		for _, v := range append(y, x...) {
			add(uint64(math.Float32bits(v)))
		}
	}
	require.Equal(t, uint64(0x1d2b15b70be95211), hash)
}

func TestFFTSizes(t *testing.T) {
	for _, n := range []int{0, 1, 3, 22, 26, 511, 2 * MaxFFT} {
		require.Panics(t, func() { NewFFT(n) }, n)
	}
}

func BenchmarkFFT(b *testing.B) {
	for _, n := range []int{400, 512} {
		f := NewFFT(n)
		x, y, work := tone(n), make([]float32, n+2), f.Work()
		b.Run(map[int]string{400: "400", 512: "512"}[n], func(b *testing.B) {
			for b.Loop() {
				f.Forward(y, x, nil, work)
			}
		})
	}
}
