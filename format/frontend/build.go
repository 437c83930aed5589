package frontend

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// The name of the input that a front end reads.
const inputName = "samples"

// A builder adds nodes to a graph.
type builder struct {
	graph *format.Graph
}

// add adds a node, and returns its value.
func (b *builder) add(op format.Op, in ...int) int { return b.graph.Add(op, in...) }

// constant adds numbers [frames][channels].
func (b *builder) constant(frames int, numbers []float64) int {
	data := make([]float32, len(numbers))
	for i, v := range numbers {
		data[i] = float32(v)
	}
	return b.add(&format.Constant{Frames: frames, Channels: len(data) / frames, Data: data})
}

// affine adds scale*x + shift.
func (b *builder) affine(x int, scale, shift float64) int {
	if scale == 1 && shift == 0 {
		return x
	}
	return b.function(format.Activation{Kind: format.ActivationAffine, Alpha: float32(scale), Beta: float32(shift)}, x)
}

func (b *builder) function(a format.Activation, x int) int {
	return b.add(&format.Map{Function: a}, x)
}

// front adds the input, and that many frames of features per step. It returns how many
// samples a step reads, and the value of the features.
func (b *builder) front(f *FrontEnd, frames int) (reads, value int) {
	reads, _ = f.samples(frames)
	b.graph.Inputs = []format.Input{{Name: inputName, Frames: reads, Channels: 1}}
	return reads, b.features(f, b.spectrum(f, 0, frames))
}

// Append adds the front end to a graph. samples is a value of frames of one channel,
// as many as a step of one or more frames of features reads. It returns the value of
// the features. The error wraps [ErrSpecification].
func (f *FrontEnd) Append(g *format.Graph, samples int) (int, error) {
	values, err := g.Values()
	if err != nil {
		return 0, err
	}
	x, b := values[samples], builder{graph: g}
	least, _ := f.samples(1)
	frames := (x.Frames-least)/f.Hop + 1
	if reads, _ := f.samples(frames); x.Channels != 1 || x.Tokens > 0 || frames < 1 || reads != x.Frames {
		return 0, refuse("reads %d×1 samples per step, and %d more for each further frame, but it is given %v", least, f.Hop, x)
	}
	return b.features(f, b.spectrum(f, samples, frames)), nil
}

// spectrum adds the Fourier transform of that many frames of samples.
func (b *builder) spectrum(f *FrontEnd, samples, frames int) int {
	_, keeps := f.samples(frames)
	x := b.affine(samples, f.Scale, 0)
	inFrame := f.InFrame && f.Preemphasis != 0
	if f.Preemphasis != 0 && !inFrame {
		// Preemphasis needs one more sample, the one before the first.
		keeps++
	}
	if keeps > 0 {
		if f.Clip {
			x = b.add(&format.Pad{Before: keeps}, x)
		} else {
			x = b.add(&format.Window{Before: keeps}, x)
		}
	}
	if f.Preemphasis != 0 && !inFrame {
		x = b.add(&format.Depthwise{
			Channels: 1, Kernel: 2, Stride: 1, Dilation: 1,
			Weight: []float32{float32(-f.Preemphasis), 1}, Bias: []float32{0},
		}, x)
	}
	if f.RemoveDC || inFrame || f.Povey {
		x = b.framed(f, x, frames)
		return b.add(&format.RFFT{Window: f.Function, Kernel: 1, Stride: 1, Size: f.Points}, x)
	}
	return b.add(&format.RFFT{Window: f.Function, Kernel: f.Window, Stride: f.Hop, Size: f.Points}, x)
}

// features adds the features that a front end computes from a spectrum.
func (b *builder) features(f *FrontEnd, spectrum int) int {
	x := spectrum
	switch f.Kind {
	case Magnitude:
		x = b.magnitudes(spectrum, 0, f.Bins(), f.Bins(), 1)
	case Power:
		x = b.affine(b.magnitudes(spectrum, 0, f.Bins(), f.Bins(), 2), f.density(), 0)
	case Mel, LogMel, MFCC:
		x = b.mels(f, spectrum)
	}
	if f.Mean != nil {
		x = b.add(&format.Binary{Function: format.BinarySub}, x, b.numbers(f.Mean))
		x = b.add(&format.Binary{Function: format.BinaryDiv}, x, b.numbers(f.Deviation))
	}
	return x
}

func (b *builder) numbers(data []float32) int {
	return b.add(&format.Constant{Frames: 1, Channels: len(data), Data: data})
}

// density returns the factor of a sum of powers.
func (f *FrontEnd) density() float64 {
	if f.Density {
		return 1 / float64(f.Points)
	}
	return 1
}

// magnitudes adds the magnitudes of count of the bins, or their squares.
func (b *builder) magnitudes(spectrum, from, count, bins, exponent int) int {
	square := format.Activation{Kind: format.ActivationSquare}
	part := func(start int) int {
		return b.add(&format.Slice{Axis: format.AxisChannels, Start: start, Count: count, Step: 1}, spectrum)
	}
	re, im := b.function(square, part(from)), b.function(square, part(bins+from))
	x := b.add(&format.Binary{Function: format.BinaryAdd}, re, im)
	if exponent == 1 {
		x = b.function(format.Activation{Kind: format.ActivationSqrt}, x)
	}
	return x
}

// mels adds the sums under the triangles, and the features computed from them.
func (b *builder) mels(f *FrontEnd, spectrum int) int {
	bank, from, to := f.bank(), f.Bins(), 0
	for i, w := range bank {
		bank[i] = w * f.density()
		if w != 0 {
			from, to = min(from, i/f.Mels), i/f.Mels+1
		}
	}
	if f.Energy && f.Kind == MFCC {
		from, to = 0, f.Bins()
	}
	from = min(from, max(to-1, 0))
	powers := b.magnitudes(spectrum, from, max(to-from, 1), f.Bins(), f.Exponent)
	x := b.add(&format.MatMul{}, powers, b.constant(max(to-from, 1), bank[from*f.Mels:max(to, 1)*f.Mels]))
	if f.Kind == Mel {
		return x
	}
	x = b.logarithm(f, x)
	if f.Kind == LogMel {
		return x
	}
	if !f.Energy {
		return b.add(&format.MatMul{}, x, b.constant(f.Mels, f.cosines(0)))
	}
	ones := make([]float64, f.Bins())
	for i := range ones {
		ones[i] = f.density()
	}
	energy := b.logarithm(f, b.add(&format.MatMul{}, powers, b.constant(f.Bins(), ones)))
	if f.Coefficients == 1 {
		return energy
	}
	x = b.add(&format.MatMul{}, x, b.constant(f.Mels, f.cosines(1)))
	return b.add(&format.Concat{Axis: format.AxisChannels}, energy, x)
}

// logarithm adds the logarithm of x.
func (b *builder) logarithm(f *FrontEnd, x int) int {
	if f.Offset > 0 {
		x = b.affine(x, 1, f.Offset)
	} else {
		x = b.function(format.Activation{Kind: format.ActivationClip, Alpha: float32(f.Floor), Beta: math.MaxFloat32}, x)
	}
	x = b.function(format.Activation{Kind: format.ActivationLog}, x)
	switch {
	case f.Log == "db":
		return b.affine(x, 20/float64(f.Exponent)/math.Ln10, 0)
	case f.Log == "log10":
		return b.affine(x, 1/math.Ln10, 0)
	}
	return x
}

// cosines returns the matrix [Mels][Coefficients-first] of the transform to the
// coefficients from first on.
func (f *FrontEnd) cosines(first int) []float64 {
	n := float64(f.Mels)
	var list []float64
	for m := range f.Mels {
		for c := first; c < f.Coefficients; c++ {
			w := math.Sqrt(2/n) * math.Cos(math.Pi*float64(c)*(float64(m)+0.5)/n)
			if c == 0 && f.DCT == "ortho" {
				w *= math.Sqrt(0.5)
			}
			if f.Lifter > 0 {
				w *= 1 + f.Lifter/2*math.Sin(math.Pi*float64(c)/f.Lifter)
			}
			list = append(list, w)
		}
	}
	return list
}
