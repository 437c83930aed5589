package runtime_test

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// referenceRFFT returns the transforms of the frames of a step.
func referenceRFFT(f *format.RFFT, x []float64, channels int, out format.Value) (y []float64) {
	window := referenceWindowFunction(f.Window, f.Kernel*channels)
	for t := range out.Frames {
		frame := x[t*f.Stride*channels:]
		for _, part := range []func(float64) float64{math.Cos, func(a float64) float64 { return -math.Sin(a) }} {
			for k := range f.Size/2 + 1 {
				sum := 0.0
				for i, w := range window {
					sum += w * frame[i] * part(2*math.Pi*float64(i*k%f.Size)/float64(f.Size))
				}
				y = append(y, sum)
			}
		}
	}
	return y
}

// referenceIRFFT returns the inverse transforms of the frames of a step.
func referenceIRFFT(f *format.IRFFT, x []float64, out format.Value) (y []float64) {
	window, n := referenceWindowFunction(f.Window, f.Count), f.Size/2
	for t := range out.Frames {
		re, im := x[t*2*(n+1):][:n+1], x[t*2*(n+1)+n+1:][:n+1]
		for i, w := range window {
			sum := re[0] + re[n]*math.Cos(math.Pi*float64(i))
			for k := 1; k < n; k++ {
				a := 2 * math.Pi * float64(i*k%f.Size) / float64(f.Size)
				sum += 2 * (re[k]*math.Cos(a) - im[k]*math.Sin(a))
			}
			y = append(y, w*sum/float64(f.Size))
		}
	}
	return y
}

func referenceWindowFunction(w format.WindowFunction, n int) (v []float64) {
	period := float64(n)
	if w.Symmetric {
		period--
	}
	for j := range n {
		c := math.Cos(2 * math.Pi * float64(j) / max(period, 1e-9))
		v = append(v, map[format.WindowKind]float64{
			format.WindowNone: 1, format.WindowHann: 0.5 - 0.5*c, format.WindowHamming: 0.54 - 0.46*c,
			format.WindowSqrtHann: math.Sqrt(max(0.5-0.5*c, 0)),
		}[w.Kind])
		if period == 0 {
			v[j] = 1
		}
	}
	return v
}
