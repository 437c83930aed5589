package runtime

import (
	"cmp"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A plan is a model's ops in the order in which a session runs them. It is
// immutable and sessions share it.
type plan struct {
	below  []node   // the nodes that run at every step
	above  []node   // the nodes that then compute the outputs; if the model pools, only when they are needed
	later  [][]node // a graph's nodes that need the whole sequence: at every step, then once, and so on
	once   bool     // whether above is for the whole sequence, not for each step
	layers [][]int  // the directions of each layer below, as indices of below
	values []value
	slots  int // number of places that values share

	ports   []int  // the values of the inputs
	results []int  // the values of the outputs
	each    []bool // whether there is one of an output for each step

	input, output, logits int // the first value of each
}

// A node is an op, and the values that it reads and writes.
type node struct {
	op      op
	in, out []int
	offset  int // where its outputs begin in those of out[0]
}

// A value is what one op writes and others read.
type value struct {
	width  int // numbers of a step
	stride int // distance of the steps of a block if they overlap; 0: width
	tokens int // tokens of a step
	slot   int // the place that it shares with others, or own
}

// block returns how many numbers a block of steps has. steps is at least 1.
func (v *value) block(steps int) int {
	return plus(times(steps-1, cmp.Or(v.stride, v.width)), v.width)
}

// own is the slot of a value with a place of its own, because it must outlive a
// step, or because no op writes it.
const own = -1

// newPlan compiles a model.
func newPlan(set *kernels.Set, m *format.Model, f folding) *plan {
	if m.Graph != nil {
		return newGraphPlan(set, m)
	}
	b := planner{set: set, plan: &plan{once: m.Pool != format.PoolNone}}
	b.input = b.newValue(m.InputSize)
	b.output = b.newValue(m.OutputSize())
	b.ports, b.results, b.each = []int{b.input}, []int{b.output}, []bool{!b.once}
	b.top = b.input
	if n := m.Normalization; n != nil && len(n.Mean) > 0 {
		b.append(&b.below, &normalizationOp{normalization: n, inputs: m.InputSize}, m.InputSize)
	}
	below := len(m.Layers)
	if m.Pool != format.PoolNone {
		below = m.LastRecurrent() + 1
	}
	plain := needsNoHead(m)
	for i := range m.Layers[:below] {
		l := &m.Layers[i]
		ops := newLayerOps(set, l, b.bounded)
		if i == 0 && m.Embedding != nil {
			ops = b.embed(m.Embedding, ops, f)
		}
		b.appendLayer(&b.below, ops, plain && i == len(m.Layers)-1)
	}
	b.pool(m.Pool)
	for i := range m.Layers[below:] {
		b.appendLayer(&b.above, newLayerOps(set, &m.Layers[below+i], b.bounded), false)
	}
	b.logits = b.output
	if !plain {
		b.head(m)
	}
	b.place()
	return b.plan
}

// A planner compiles a plan.
type planner struct {
	*plan
	set     *kernels.Set
	top     int  // the value that the next op reads
	bounded bool // whether it is within ±1
}

// newValue adds a value with a place of its own.
func (b *planner) newValue(width int) int {
	b.values = append(b.values, value{width: width, slot: own})
	return len(b.values) - 1
}

// newSharing adds a value that only ops of the same step read.
func (b *planner) newSharing(width int) int {
	v := b.newValue(width)
	b.values[v].slot = 0
	return v
}

// append adds an op that reads the top value, and makes its output the top
// value.
func (b *planner) append(list *[]node, o op, width int) {
	out := b.newSharing(width)
	*list = append(*list, node{op: o, in: []int{b.top}, out: []int{out}})
	b.top, b.bounded = out, o.bounded()
}

// embed returns the first layer's ops, and adds a lookup of tokens before them
// unless they read tokens themselves.
func (b *planner) embed(e *format.Embedding, ops []layerOp, f folding) []layerOp {
	b.values[b.input].width, b.values[b.input].tokens = 0, 1
	lookup := newEmbeddingOp(b.set, e)
	if own := embedded(lookup, ops, f); own != nil {
		return own
	}
	b.append(&b.below, lookup, e.Size)
	return ops
}

// appendLayer adds the directions of a layer, whose outputs are side by side,
// in the model's outputs or in a new value.
func (b *planner) appendLayer(list *[]node, directions []layerOp, toOutput bool) {
	width := 0
	for _, o := range directions {
		width += o.shared().output
	}
	out := b.output
	if !toOutput {
		out = b.newSharing(width)
	}
	var indices []int
	offset := 0
	b.bounded = true
	in := b.top
	for _, o := range directions {
		indices = append(indices, len(*list))
		*list = append(*list, node{op: o, in: []int{in}, out: []int{out}, offset: offset})
		offset += o.shared().output
		b.bounded = b.bounded && o.bounded()
	}
	b.top = out
	if list == &b.below {
		b.layers = append(b.layers, indices)
	}
}

// pool adds the ops that reduce the features of all steps to those of one.
func (b *planner) pool(kind format.Pool) {
	take, give := poolOps(b.set, kind)
	if take == nil {
		return
	}
	bounded, width := b.bounded, b.values[b.top].width
	b.append(&b.below, take, width)
	b.values[b.top].slot = own // it is carried
	if give != nil {
		b.append(&b.above, give, width)
	}
	b.bounded = bounded
}

// head adds the model's head, and its skip connection.
func (b *planner) head(m *format.Model) {
	b.logits = b.newValue(m.LogitCount())
	y := b.output
	if m.Skip {
		y = b.newSharing(m.OutputSize())
	}
	b.above = append(b.above, node{op: newHeadOp(b.set, m, b.bounded), in: []int{b.top}, out: []int{y, b.logits}})
	if m.Skip {
		b.above = append(b.above, node{op: &addOp{}, in: []int{y, b.input}, out: []int{b.output}})
	}
}

// place assigns each value a place. When no later op reads a value, its place
// is free for others, so a chain needs two places.
func (b *planner) place() {
	nodes := slices.Concat(b.lists()...)
	last := make([]int, len(b.values)) // the node that reads a value last
	for i, n := range nodes {
		for _, v := range n.in {
			last[v] = i
		}
	}
	var free []int
	placed := make([]bool, len(b.values))
	for i, n := range nodes {
		for _, v := range n.out {
			if b.values[v].slot == own || placed[v] {
				continue
			}
			placed[v] = true
			if len(free) == 0 {
				free = append(free, b.slots)
				b.slots++
			}
			b.values[v].slot, free = free[len(free)-1], free[:len(free)-1]
		}
		for _, v := range n.in {
			if b.values[v].slot != own && last[v] == i {
				free = append(free, b.values[v].slot)
				last[v] = -1 // a node may read it twice
			}
		}
	}
}

// widths returns the greatest width of the values in each slot. A window that moves
// has memory of its own.
func (p *plan) widths() []int {
	widths := make([]int, p.slots)
	for _, v := range p.values {
		if v.slot != own && v.stride == 0 {
			widths[v.slot] = max(widths[v.slot], v.width)
		}
	}
	return widths
}

// lists returns all nodes in the order in which they run.
func (p *plan) lists() [][]node { return append([][]node{p.below, p.above}, p.later...) }

// weightBytes returns how many bytes of weights a step reads.
func (p *plan) weightBytes() int {
	n := 0
	for _, list := range p.lists() {
		for _, node := range list {
			n += node.op.weightBytes()
		}
	}
	return n
}

// accumulators returns how many numbers of scratch a step of a run takes.
func (p *plan) accumulators() int {
	n := max(accumulators(p.below), accumulators(p.above))
	for _, list := range p.later {
		n = max(n, accumulators(list))
	}
	return n
}

func accumulators(nodes []node) int {
	n := 0
	for _, node := range nodes {
		n = max(n, node.op.accumulators())
	}
	return n
}

// newSteppers returns the steppers of nodes, which read and write places.
func newSteppers(nodes []node, places []place, steps *uint64) (list []stepper) {
	for _, n := range nodes {
		p := ports{offset: n.offset, steps: steps}
		for _, v := range n.in {
			p.in = append(p.in, &places[v])
		}
		for _, v := range n.out {
			p.out = append(p.out, &places[v])
		}
		list = append(list, n.op.newStepper(p))
	}
	return list
}
