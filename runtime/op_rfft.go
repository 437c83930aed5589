package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newRFFTOp returns the op that computes the Fourier transform of each window
// of frames of x.
func newRFFTOp(f *format.RFFT, x, out format.Value) *valueOp {
	count, stride := f.Kernel*x.Channels, f.Stride*x.Channels
	fft, window := kernels.NewFFT(f.Size), windowOf(f.Window, count)
	return &valueOp{memory: sliceBytes(fft.Work()), bind: func() valueFunc {
		work := fft.Work()
		return func(y []float32, x [][]float32) {
			for t := range out.Frames {
				fft.Forward(y[t*out.Channels:][:out.Channels], x[0][t*stride:][:count], window, work)
			}
		}
	}}
}

// newIRFFTOp returns the op that computes the inverse transform of each frame
// of x.
func newIRFFTOp(f *format.IRFFT, x format.Value) *valueOp {
	fft, window := kernels.NewFFT(f.Size), windowOf(f.Window, f.Count)
	return &valueOp{memory: sliceBytes(fft.Work()), bind: func() valueFunc {
		work := fft.Work()
		return func(y []float32, in [][]float32) {
			for t := range x.Frames {
				fft.Inverse(y[t*f.Count:][:f.Count], in[0][t*x.Channels:][:x.Channels], window, work)
			}
		}
	}}
}

// windowOf returns the n factors of a window function, or nil if all are 1.
func windowOf(w format.WindowFunction, n int) []float64 {
	period := n
	if w.Symmetric {
		period--
	}
	switch w.Kind {
	case format.WindowHann:
		return kernels.Cosines(n, period, 0.5)
	case format.WindowHamming:
		return kernels.Cosines(n, period, 0.54)
	case format.WindowSqrtHann:
		window := kernels.Cosines(n, period, 0.5)
		kernels.SquareRoots(window)
		return window
	}
	return nil
}
