package runtime

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newGraphPlan compiles a model that is a graph.
func newGraphPlan(set *kernels.Set, m *format.Model) *plan {
	values, err := m.Graph.Values()
	if err != nil {
		panic("runtime: invalid graph: " + err.Error())
	}
	b := &graphPlanner{planner: planner{set: set, plan: &plan{once: true}}, graph: m.Graph, shapes: values}
	b.inputs(m)
	for i := range m.Graph.Nodes {
		b.node(i)
	}
	b.outputs(m)
	b.below, b.above, b.later = b.phases[0], b.phases[1], b.phases[2:]
	b.moveWindows()
	b.place()
	return b.plan
}

// A graphPlanner compiles a graph.
type graphPlanner struct {
	planner
	graph  *format.Graph
	shapes []format.Value // of the graph's values
	at     []int          // the plan's value for each of them
	phases [][]node
}

// inputs adds the values of the inputs.
func (b *graphPlanner) inputs(m *format.Model) {
	b.phases = make([][]node, 2)
	for i, in := range b.graph.Inputs {
		v := b.newValue(b.shapes[i].Size())
		if in.Tokens > 0 {
			b.values[v].width, b.values[v].tokens = 0, in.Frames
		}
		b.ports = append(b.ports, v)
		b.at = append(b.at, v)
	}
	if n := m.Normalization; n != nil && len(n.Mean) > 0 {
		for i, in := range b.graph.Inputs {
			if in.Tokens == 0 { // there is one
				size := b.shapes[i].Size()
				b.at[i] = b.add(0, &normalizationOp{normalization: n, inputs: size}, []int{b.at[i]}, size)
			}
		}
	}
}

// add adds a node to a phase, and returns the value that it writes. in are the
// values that it reads.
func (b *graphPlanner) add(phase int, o op, in []int, width int) int {
	out := b.newSharing(width)
	b.list(phase, node{op: o, in: in, out: []int{out}})
	return out
}

// list appends a node to those of its phase.
func (b *graphPlanner) list(phase int, n node) {
	for len(b.phases) <= phase {
		b.phases = append(b.phases, nil)
	}
	b.phases[phase] = append(b.phases[phase], n)
}

// node adds node i of the graph.
func (b *graphPlanner) node(i int) {
	n := &b.graph.Nodes[i]
	out := b.shapes[len(b.graph.Inputs)+i]
	in, shapes, bounded := make([]int, len(n.Inputs)), make([]format.Value, len(n.Inputs)), true
	for k, v := range n.Inputs {
		in[k], shapes[k] = b.at[v], b.shapes[v]
		bounded = bounded && b.shapes[v].Bounded
	}
	value := 0
	switch op := n.Op.(type) {
	case *format.Constant:
		value = b.newValue(out.Size())
		b.list(0, node{op: &constantOp{data: op.Data}, out: []int{value}})
	case *format.Reshape:
		value = in[0] // the numbers stay where they are
	case *format.Layer:
		value = b.layer(op, in, out, shapes[0].Bounded)
	case *format.SequencePool:
		value = b.pool(op, in, out)
	default:
		value = b.add(out.Phase, b.op(op, shapes, out, bounded), in, out.Size())
	}
	b.at = append(b.at, value)
}

// op returns the op of a graph's node that becomes one node of the plan.
func (b *graphPlanner) op(n format.Op, in []format.Value, out format.Value, bounded bool) op {
	switch n := n.(type) {
	case *format.Embedding:
		return newEmbeddingOp(b.set, n)
	case *format.Conv:
		return newConvOp(b.set, n, out.Frames, bounded)
	case *format.Depthwise:
		return newDepthwiseOp(b.set, n, out.Frames)
	case *format.Window:
		return newWindowOp(n, out.Channels)
	case *format.Pad:
		return newPadOp(n, in[0].Frames, out.Channels)
	case *format.FramePool:
		return newFramePoolOp(n, out.Frames, out.Channels)
	case *format.Norm:
		return newNormOp(b.set, n, out.Frames)
	case *format.Binary:
		return newBinaryOp(b.set, n, in[0], in[1], out)
	case *format.Concat:
		return newConcatOp(n, in, out)
	case *format.Slice:
		return newSliceOp(n, in[0], out)
	case *format.Transpose:
		return newTransposeOp(in[0])
	case *format.Map:
		return newMapOp(b.set, n, out)
	case *format.PReLU:
		return newPReLUOp(n)
	case *format.MatMul:
		return newMatMulOp(b.set, n, in[0], in[1], out)
	case *format.OverlapAdd:
		return &overlapAddOp{lap: n, frames: in[0].Frames}
	case *format.RFFT:
		return newRFFTOp(n, in[0], out)
	case *format.IRFFT:
		return newIRFFTOp(n, in[0])
	case *format.Repeat:
		return &repeatOp{}
	case *format.RNNoiseAnalysis:
		return newRNNoiseAnalysisOp()
	case *format.RNNoiseSynthesis:
		return newRNNoiseSynthesisOp()
	}
	panic("runtime: unknown op")
}

// layer adds the directions of a layer, whose outputs are side by side.
func (b *graphPlanner) layer(l *format.Layer, in []int, out format.Value, bounded bool) int {
	if !l.Cell.Recurrent() && out.Frames > 1 {
		return b.add(out.Phase, newFramesOp(b.set, l, out.Frames, bounded), in, out.Size())
	}
	value := b.newSharing(out.Size())
	var indices []int
	offset := 0
	for _, o := range newLayerOps(b.set, l, bounded) {
		var direction op = o
		if out.Frames > 1 {
			direction = &framesOp{layerOp: o, frames: out.Frames}
		} else if len(in) > 1 {
			direction = &maskedOp{o}
		}
		indices = append(indices, len(b.phases[0]))
		b.list(out.Phase, node{op: direction, in: in, out: []int{value}, offset: offset})
		offset += o.shared().output
	}
	if out.Phase == 0 {
		b.layers = append(b.layers, indices)
	}
	return value
}

// pool adds the ops that reduce the steps of a sequence to one value.
func (b *graphPlanner) pool(p *format.SequencePool, in []int, out format.Value) int {
	take, give := sequencePoolOps(b.set, p.Pool)
	width := out.Size()
	if p.Pool == format.PoolAttention {
		width += attentionHeader
	}
	value := b.add(out.Phase-1, take, in, width)
	b.values[value].slot = own // it is carried
	if give != nil {
		value = b.add(out.Phase, give, []int{value}, out.Size())
		b.values[value].slot = own
	}
	return value
}

// outputs adds the nodes that write the outputs: a copy if the value is an
// input, a constant or another output, and for the first output the model's
// output function and normalization.
func (b *graphPlanner) outputs(m *format.Model) {
	for i, out := range b.graph.Outputs {
		v, shape := b.at[out.Value], b.shapes[out.Value]
		phase := max(shape.Phase, 0)
		if i == 0 && (m.Output != format.OutputLinear || restoresOutputs(m)) {
			b.logits = b.newValue(m.LogitCount())
			y := b.newValue(m.OutputSize())
			b.list(phase, node{op: newHeadOp(b.set, m, false), in: []int{v}, out: []int{y, b.logits}})
			v = y
		} else if b.values[v].slot == own || slices.Contains(b.results, v) {
			y := b.newValue(shape.Size())
			b.list(phase, node{op: newCopyOp(), in: []int{v}, out: []int{y}})
			v = y
		}
		b.values[v].slot = own
		b.results = append(b.results, v)
		b.each = append(b.each, shape.EachStep())
	}
	b.input, b.output = b.ports[0], b.results[0]
	if b.logits == 0 { // it is not set: value 0 is an input
		b.logits = b.output
	}
}

// A constantOp gives the same numbers at every step.
type constantOp struct {
	weightless
	data []float32
}

func (o *constantOp) newStepper(p ports) stepper {
	copy(p.out[0].step, o.data)
	return &constantStep{out: p.out[0]}
}

type constantStep struct {
	stateless
	out *place
}

func (s *constantStep) bytes() int         { return sizeOf(s) }
func (s *constantStep) step()              {}
func (s *constantStep) run(int, []float32) { s.out.run = rows{s.out.step, 0} }
