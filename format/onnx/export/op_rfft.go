package export

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// A Fourier transform of numbers is a product with cosines and sines.

// kernelOfRFFT returns a transform of frames of that many channels as a
// convolution.
func kernelOfRFFT(f *format.RFFT, channels int) kernel {
	k := kernel{taps: f.Kernel, stride: f.Stride, dilation: 1, group: 1, outputs: f.Size + 2, bias: make([]float32, f.Size+2)}
	window := windowOf(f.Window, f.Kernel*channels)
	for o := range k.outputs {
		for c := range channels {
			for tap := range f.Kernel {
				i := tap*channels + c
				k.weight = append(k.weight, float32(window[i]*turn(o, i, f.Size)))
			}
		}
	}
	return k
}

// turn returns the factor of number i of a signal in number o of its transform.
func turn(o, i, size int) float64 {
	sin, cos := math.Sincos(2 * math.Pi * float64(o%(size/2+1)*i%size) / float64(size))
	if o > size/2 {
		return -sin
	}
	return cos
}

func (w *writer) irfft(f *format.IRFFT, in, out int) error {
	window := windowOf(f.Window, f.Count)
	var weight []float32
	for o := range f.Size + 2 {
		scale := 2 / float64(f.Size)
		switch o % (f.Size/2 + 1) {
		case 0, f.Size / 2:
			scale = 1 / float64(f.Size)
			if o > f.Size/2 { // the imaginary part, which is not read
				scale = 0
			}
		}
		for i := range f.Count {
			weight = append(weight, float32(scale*window[i]*turn(o, i, f.Size)))
		}
	}
	l, tensors := w.common([]int{in})
	w.set(out, l, w.node("MatMul", []string{tensors[0], w.floats("weight", false, weight, f.Size+2, f.Count)}))
	return nil
}

// windowOf returns the numbers of a window.
func windowOf(f format.WindowFunction, n int) []float64 {
	w, period := make([]float64, n), float64(n)
	if f.Symmetric {
		period--
	}
	for j := range w {
		c := math.Cos(2 * math.Pi * float64(j) / period)
		switch {
		case f.Kind == format.WindowNone || period == 0:
			w[j] = 1
		case f.Kind == format.WindowHamming:
			w[j] = 0.54 - 0.46*c
		default:
			w[j] = 0.5 - 0.5*c
		}
		if f.Kind == format.WindowSqrtHann {
			w[j] = math.Sqrt(max(w[j], 0))
		}
	}
	return w
}
