package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A figure is a box in the picture of a network.
type figure struct {
	kind     figureKind
	title    string
	facts    string
	reads    []int // figures before it
	sequence bool  // computed once per sequence, not at each step
}

type figureKind int

const (
	figureOp figureKind = iota
	figurePort
	figureRecurrent
	figureWeights
)

// String names the kind for styles.
func (k figureKind) String() string { return [...]string{"op", "port", "recurrent", "weights"}[k] }

// A picture is a network's figures, each of which reads earlier ones.
type picture []figure

// newPicture returns the picture of a model.
func newPicture(d *format.Model) (p picture) {
	if d.Graph != nil {
		p.graph(d)
		return p
	}
	last := p.stack(d)
	if d.Decoder != nil {
		first := len(p)
		p.stack(d.Decoder)
		for i := first; i < len(p); i++ {
			if p[i].kind == figureRecurrent { // it starts from the encoder's states
				p[i].reads = append(p[i].reads, last)
				break
			}
		}
	}
	return p
}

// graph draws the values of a graph and its outputs.
func (p *picture) graph(d *format.Model) {
	for i, v := range graphValues(d) {
		f := figure{title: v.what, facts: v.shape(), reads: v.reads, sequence: !v.EachStep()}
		switch {
		case i < len(d.Graph.Inputs):
			f.kind = figurePort
		case v.parameters > 0:
			f.kind = figureWeights
			if l, ok := d.Graph.Nodes[i-len(d.Graph.Inputs)].Op.(*format.Layer); ok && l.Cell.Recurrent() {
				f.kind = figureRecurrent
			}
		}
		f.count(v.parameters)
		*p = append(*p, f)
	}
	for _, out := range d.Graph.Outputs {
		f := figure{kind: figurePort, title: "output " + cli.Printable(out.Name), reads: []int{out.Value}}
		from := (*p)[out.Value]
		if f.facts, f.sequence = from.facts, from.sequence; from.kind != figurePort {
			f.facts = graphValues(d)[out.Value].shape()
		}
		if d.Output != format.OutputLinear {
			f.facts = fmt.Sprintf("%v, %s", d.Output, message.Count(d.OutputSize(), "output"))
		}
		*p = append(*p, f)
	}
}

// stack draws a stack of layers, and returns its last figure.
func (p *picture) stack(d *format.Model) int {
	add := func(f figure, reads ...int) int {
		f.reads = reads
		*p = append(*p, f)
		return len(*p) - 1
	}
	input := figure{kind: figurePort, title: "input", facts: message.Count(d.InputSize, "number") + " per step"}
	if d.Embedding != nil {
		input.facts = "one token per step"
	}
	first := add(input)
	last, pooled := first, d.Pool == format.PoolNone
	pool := func() {
		if !pooled {
			last = add(figure{title: fmt.Sprintf("%v of the steps", d.Pool), sequence: true}, last)
		}
		pooled = true
	}
	for _, s := range parts(d) {
		if s.above {
			pool()
		}
		f := figure{kind: figureWeights, title: s.name, facts: s.sizes(), sequence: d.Pool != format.PoolNone && pooled}
		if s.directions > 0 {
			f.kind = figureRecurrent
		}
		f.count(s.parameters)
		last = add(f, last)
	}
	pool()
	each := d.Pool != format.PoolNone
	if d.Output != format.OutputLinear {
		last = add(figure{title: d.Output.String(), sequence: each}, last)
	}
	if d.Skip {
		last = add(figure{title: "the inputs are added"}, last, first)
	}
	if d.Decoder == nil {
		last = add(figure{kind: figurePort, title: "output", facts: outputsOf(d), sequence: each}, last)
	}
	return last
}

// count adds the number of parameters to the facts.
func (f *figure) count(parameters int) {
	if parameters > 0 {
		f.facts += " · " + message.Count(parameters, "parameter")
	}
}
