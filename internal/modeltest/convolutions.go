package modeltest

import (
	"math"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
)

// RandomConvolutions returns a random model of streaming convolutions: each reads a
// window with exactly the frames that its kernel needs.
func RandomConvolutions(r *rand.Rand) *format.Model {
	stride := func() int { return 1 + r.IntN(3) }
	strides := []int{stride(), stride()}
	frames, channels := strides[0]*strides[1]*(1+r.IntN(2)), 1+r.IntN(6)
	g := &format.Graph{Inputs: []format.Input{{Name: "signal", Frames: frames, Channels: channels}}}
	add := func(op format.Op, reads int) int {
		g.Nodes = append(g.Nodes, format.Node{Op: op, Inputs: []int{reads}})
		return len(g.Nodes)
	}
	ahead, top := r.IntN(3) == 0, 0
	for _, s := range strides {
		kernel, dilation := 1+r.IntN(4), 1+r.IntN(3)
		span := (kernel-1)*dilation + 1
		// A window has fewer frames of other steps than the span of the kernel: by the
		// stride at most.
		if n := span - 1 - r.IntN(min(s, span)); n > 0 {
			w := &format.Window{Before: n}
			if ahead {
				w.After = r.IntN(n + 1)
				w.Before -= w.After
			}
			top = add(w, top)
		} else {
			kernel, dilation = 1, 1
		}
		bound := 1 / math.Sqrt(float64(kernel*channels))
		if r.IntN(2) == 0 {
			top = add(&format.Depthwise{Channels: channels, Kernel: kernel, Stride: s, Dilation: dilation,
				Weight: uniform(r, kernel*channels, bound), Bias: uniform(r, channels, bound)}, top)
		} else {
			outputs := 1 + r.IntN(6)
			c, err := format.PackConv(channels, outputs, kernel, s, dilation, uniform(r, outputs*channels*kernel, bound), uniform(r, outputs, bound))
			if err != nil {
				panic(err)
			}
			top, channels = add(c, top), outputs
		}
		top = add(&format.Map{Function: format.Activation{Kind: format.ActivationTanh}}, top)
	}
	g.Outputs = []format.Port{{Name: "features", Value: top}}
	m := &format.Model{InputSize: frames * g.Inputs[0].Channels, Graph: g}
	if err := m.Validate(); err != nil {
		panic(err)
	}
	return m
}
