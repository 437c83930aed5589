package frontend

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// framed adds that many frames of samples side by side, [frames][Window], and the
// operations on each frame, in Kaldi's order.
func (b *builder) framed(f *FrontEnd, samples, frames int) int {
	var list []int
	for i := range frames {
		x := b.add(&format.Slice{Axis: format.AxisFrames, Start: i * f.Hop, Count: f.Window, Step: 1}, samples)
		list = append(list, b.add(&format.Reshape{Frames: 1, Channels: f.Window}, x))
	}
	x := list[0]
	if frames > 1 {
		x = b.add(&format.Concat{Axis: format.AxisFrames}, list...)
	}
	if f.RemoveDC {
		means := make([]float64, f.Window)
		for i := range means {
			means[i] = 1 / float64(f.Window)
		}
		mean := b.add(&format.MatMul{}, x, b.constant(f.Window, means))
		x = b.add(&format.Binary{Function: format.BinarySub}, x, mean)
	}
	if f.InFrame && f.Preemphasis != 0 {
		part := func(count int) int {
			return b.add(&format.Slice{Axis: format.AxisChannels, Count: count, Step: 1}, x)
		}
		before := part(1)
		if f.Window > 1 {
			before = b.add(&format.Concat{Axis: format.AxisChannels}, before, part(f.Window-1))
		}
		x = b.add(&format.Binary{Function: format.BinarySub}, x, b.affine(before, f.Preemphasis, 0))
	}
	if f.Povey {
		window := make([]float64, f.Window)
		for i := range window {
			window[i] = math.Pow(0.5-0.5*math.Cos(2*math.Pi*float64(i)/float64(max(f.Window-1, 1))), 0.85)
		}
		x = b.add(&format.Binary{Function: format.BinaryMul}, x, b.constant(1, window))
	}
	return x
}
