package statedict

import (
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// rfft adds a Fourier transform of all frames of a step, or of each kernel of them.
func (g *grapher) rfft(n *Node, in []int) (int, error) {
	w, err := g.windowFunction(n)
	if err != nil {
		return 0, err
	}
	f := &format.RFFT{Window: w, Kernel: n.Kernel, Stride: n.Stride, Size: n.Size}
	x := g.shapes[in[0]]
	if f.Kernel == 0 {
		f.Kernel = x.Frames
	}
	if f.Stride == 0 {
		f.Stride = f.Kernel
	}
	if f.Size == 0 {
		f.Size = f.Kernel * x.Channels
	}
	return g.put(f, in...)
}

func (g *grapher) irfft(n *Node, in []int) (int, error) {
	w, err := g.windowFunction(n)
	if err != nil {
		return 0, err
	}
	f := &format.IRFFT{Window: w, Count: n.Count, Size: n.Size}
	if f.Size == 0 {
		f.Size = g.shapes[in[0]].Channels - 2
	}
	if f.Count == 0 {
		f.Count = f.Size
	}
	return g.put(f, in...)
}

// windowFunction returns the window that the node names.
func (g *grapher) windowFunction(n *Node) (format.WindowFunction, error) {
	kinds := map[string]format.WindowKind{"": format.WindowNone}
	var order []string
	for k := format.WindowNone; k <= format.WindowSqrtHann; k++ {
		name := windowName(format.WindowFunction{Kind: k})
		kinds[name], order = k, append(order, name)
	}
	kind, err := lookup("window", n.Window, kinds, order...)
	return format.WindowFunction{Kind: kind, Symmetric: n.Symmetric}, err
}

// windowName returns what an architecture calls a window.
func windowName(w format.WindowFunction) string {
	if w.Kind == format.WindowNone {
		return "none"
	}
	return strings.ReplaceAll(w.Kind.String(), " ", "_")
}
