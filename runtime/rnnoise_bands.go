package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/roots"
	"github.com/rnnrun/rnnrun/kernels"
)

// The ops of RNNoise 0.1 compute in float32 and round each operation, in the order of
// RNNoise's C code. But the Fourier transforms are in float64, and the logarithm is
// that of the kernels. Samples have the range of 16-bit integers.
const (
	rnnoiseScale  = 1 << 15
	rnnoiseWindow = 2 * format.RNNoiseFrame
)

// rnnoiseEdges are the centers of the bands, in units of 200 Hz, which are 4
// frequencies.
var rnnoiseEdges = [format.RNNoiseBands]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 34, 40, 48, 60, 78, 100}

const rnnoiseEnd = 4 * 100 // frequencies that belong to bands

// bands hold a number for each band.
type bands [format.RNNoiseBands]float32

// rnnoiseTables are the constants of both ops of RNNoise.
type rnnoiseTables struct {
	fft         *kernels.FFT
	analysis    []float64           // the window, divided by its length
	synthesis   []float64           // the window, times its length
	band        [rnnoiseEnd]int     // of a frequency
	fraction    [rnnoiseEnd]float32 // of a frequency that belongs to the next band
	cosines     [format.RNNoiseBands]bands
	cosineScale float64
}

func newRNNoiseTables() *rnnoiseTables {
	t := &rnnoiseTables{fft: kernels.NewFFT(rnnoiseWindow), cosineScale: math.Sqrt(2. / format.RNNoiseBands)}
	for i := range rnnoiseWindow {
		w := float64(vorbis(i, rnnoiseWindow))
		t.analysis = append(t.analysis, w/rnnoiseWindow)
		t.synthesis = append(t.synthesis, w*rnnoiseWindow)
	}
	for i, edge := range rnnoiseEdges[1:] {
		from := 4 * rnnoiseEdges[i]
		for k := from; k < 4*edge; k++ {
			t.band[k], t.fraction[k] = i, float32(k-from)/float32(4*edge-from)
		}
	}
	for j := range t.cosines {
		for i := range t.cosines[j] {
			cos, _ := roots.Unity((2*i+1)*j%(4*format.RNNoiseBands), 4*format.RNNoiseBands)
			if t.cosines[j][i] = float32(cos); j == 0 {
				t.cosines[j][i] *= float32(math.Sqrt2 / 2)
			}
		}
	}
	return t
}

// vorbis returns point i of Vorbis' window of n points, sin(π/2 sin²(π(i+½)/n)). The
// squares of two points half a window apart add up to 1.
func vorbis(i, n int) float32 {
	cos, _ := roots.Unity(2*i+1, 2*n)
	return float32(sinQuarter(math.Pi/2*((1-cos)/2), 0))
}

// parts returns the real and the imaginary parts of the frequencies that belong
// to bands.
func parts(spectrum []float32) (re, im []float32) {
	return spectrum[:rnnoiseEnd], spectrum[format.RNNoiseSpectrum:][:rnnoiseEnd]
}

// energies returns the product of two spectra, summed in each band.
func (t *rnnoiseTables) energies(x, y []float32) (sums bands) {
	re, im := parts(x)
	yre, yim := parts(y)
	for k, r := range re {
		v := float32(r*yre[k]) + float32(im[k]*yim[k])
		i, f := t.band[k], t.fraction[k]
		sums[i] += float32((1 - f) * v)
		sums[i+1] += float32(f * v)
	}
	sums[0] *= 2
	sums[len(sums)-1] *= 2
	return sums
}

// over sets the factor of each frequency by interpolation of g between the centers of
// the bands.
func (t *rnnoiseTables) over(factors *[rnnoiseEnd]float32, g *bands) {
	for k := range factors {
		i, f := t.band[k], t.fraction[k]
		factors[k] = float32((1-f)*g[i]) + float32(f*g[i+1])
	}
}

// cosine returns the first n numbers of the bands' cosine transform.
func (t *rnnoiseTables) cosine(x *bands, n int) (y bands) {
	for j := range n {
		var sum float32
		for i, v := range x {
			sum += float32(v * t.cosines[j][i])
		}
		y[j] = float32(float64(sum) * t.cosineScale)
	}
	return y
}
