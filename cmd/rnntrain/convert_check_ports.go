package main

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// A port is an input or an output of a model: numbers [frames][channels] a step.
type port struct {
	name             string
	frames, channels int
}

// connect makes x and y of the arrays that are named like the model's inputs and
// outputs, and rows of steps of those whose rows are frames.
func (p *proof) connect(m *runtime.Model) error {
	if m.Description().Graph == nil {
		return p.whole()
	}
	var inputs, outputs []port
	for _, in := range m.Inputs() {
		if in.Tokens == 0 {
			inputs = append(inputs, port{in.Name, in.Frames, in.Channels})
		}
	}
	for _, out := range m.Outputs() {
		outputs = append(outputs, port{out.Name, out.Frames, out.Channels})
	}
	for _, side := range []struct {
		name  string
		array *npy.Array
		ports []port
	}{{"x", &p.x, inputs}, {"y", &p.y, outputs}} {
		if len(side.array.Shape) > 0 {
			if len(side.ports) == 1 {
				side.ports[0].stepRows(side.array)
			}
			continue
		}
		whole, err := p.join(side.ports)
		if err != nil {
			return fmt.Errorf("there is no array %s, and %w", side.name, err)
		}
		whole.Name, *side.array = side.name, whole
	}
	for _, a := range p.parts {
		return fmt.Errorf("the array %s is none of x (inputs), y (outputs) and the names of the model's inputs and outputs", message.Quote(a.Name))
	}
	return nil
}

// join takes the arrays of the ports, and returns the numbers of each step side by
// side.
func (p *proof) join(ports []port) (npy.Array, error) {
	whole := npy.Array{DType: npy.Float32}
	var rows, size int
	var parts []npy.Array
	for _, port := range ports {
		i := slices.IndexFunc(p.parts, func(a npy.Array) bool { return a.Name == port.name })
		if i < 0 {
			return whole, fmt.Errorf("none of the model's %s", message.Quote(port.name))
		}
		a := p.parts[i]
		p.parts = slices.Delete(p.parts, i, i+1)
		a.Floats = a.Numbers()
		port.stepRows(&a)
		width := port.frames * port.channels
		last := len(a.Shape) - 1
		if last < 0 || a.Shape[last] != width || len(parts) > 0 && !slices.Equal(a.Shape[:last], whole.Shape[:len(whole.Shape)-1]) {
			return whole, fmt.Errorf("the array %s of shape %v has not %d numbers in as many rows as the others", message.Quote(port.name), a.Shape, width)
		}
		parts, size, rows = append(parts, a), size+width, len(a.Floats)/width
		whole.Shape = append(slices.Clone(a.Shape[:last]), size)
	}
	for row := range rows {
		for _, a := range parts {
			width := a.Shape[len(a.Shape)-1]
			whole.Floats = append(whole.Floats, a.Floats[row*width:][:width]...)
		}
	}
	return whole, nil
}

// stepRows gives an array whose rows are frames, [.., T · frames, channels] or
// [N, T, frames, channels], the rows of steps [.., T, frames · channels].
func (p port) stepRows(a *npy.Array) {
	n := len(a.Shape)
	if p.frames == 1 || n < 2 || a.Shape[n-1] != p.channels || a.Shape[n-2]%p.frames != 0 {
		return
	}
	shape := slices.Clone(a.Shape[:n-2])
	if n < 4 {
		shape = append(shape, a.Shape[n-2]/p.frames)
	}
	a.Shape = append(shape, p.frames*p.channels)
}
