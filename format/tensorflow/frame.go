package tensorflow

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
)

// A frame is a loop of TensorFlow 1: values enter it, are merged with those of the
// previous step, and go on to the body or leave it; the values of the body are the next
// ones.
type frame struct {
	name      string
	enters    []*node
	variables []*variable
	condition string // the node that says whether there is another step
}

// A variable is a value that goes from step to step.
type variable struct {
	enter, merge, next *node
	switched           *node // nil: only the condition reads it
	exits              []*node
}

// reads returns the nodes around a loop that it reads.
func (f *frame) reads() []string {
	var list []string
	for _, n := range f.enters {
		for _, r := range n.data() {
			list = append(list, r.node)
		}
	}
	return list
}

// isEnter reports whether a node lets a value into a loop.
func (n *node) isEnter() bool { return n != nil && (n.op == "Enter" || n.op == "RefEnter") }

// findFrames finds the loops.
func (t *translator) findFrames(list []*node) error {
	t.frames, t.loops = map[string]*frame{}, map[string]*frame{}
	of := map[string]*frame{} // the frames of nodes Enter
	for _, n := range list {
		if !n.isEnter() {
			continue
		}
		a, err := n.attribute("frame_name", attributeText)
		if err != nil {
			return err
		}
		if a == nil || len(n.data()) != 1 {
			return damaged(n.name, "%s: it has no frame_name, or not one input", n.op)
		}
		f := t.frames[a.text]
		if f == nil {
			f = &frame{name: a.text}
			t.frames[a.text] = f
		}
		f.enters = append(f.enters, n)
		of[n.name] = f
	}
	merges := map[string]*variable{}
	for _, n := range list {
		if n.op != "Merge" && n.op != "RefMerge" {
			continue
		}
		in := n.data()
		if len(in) != 2 || of[in[0].node] == nil {
			continue // of branches
		}
		v := &variable{enter: t.named[in[0].node], merge: n, next: t.named[in[1].node]}
		if v.next == nil || v.next.op != "NextIteration" && v.next.op != "RefNextIteration" {
			return damaged(n.name, "Merge: its second input does not come from a step before")
		}
		merges[n.name] = v
		f := of[in[0].node]
		f.variables = append(f.variables, v)
	}
	return t.findSwitches(list, merges, of)
}

// findSwitches finds the nodes that let the values of loops go on or leave.
func (t *translator) findSwitches(list []*node, merges map[string]*variable, of map[string]*frame) error {
	switches := map[string]*variable{}
	for _, n := range list {
		if n.op != "Switch" && n.op != "RefSwitch" {
			continue
		}
		in := n.data()
		if len(in) != 2 || merges[in[0].node] == nil {
			continue // of branches
		}
		v := merges[in[0].node]
		f := of[v.enter.name]
		if c := t.named[in[1].node]; c == nil || c.op != "LoopCond" || f.condition != "" && f.condition != c.name || v.switched != nil {
			return damaged(n.name, "Switch: it is not that of a loop with one condition")
		}
		f.condition = in[1].node
		v.switched = n
		switches[n.name] = v
	}
	for _, n := range list {
		if n.op != "Exit" && n.op != "RefExit" {
			continue
		}
		in := n.data()
		if len(in) != 1 || in[0].output != 0 || switches[in[0].node] == nil {
			return damaged(n.name, "Exit: it leaves no loop")
		}
		v := switches[in[0].node]
		v.exits = append(v.exits, n)
		t.loops[n.name] = of[v.enter.name]
	}
	return nil
}

func (f *frame) unsupported(format string, args ...any) error {
	return network.Refuse(network.ErrUnsupported, f.name, "while: "+format, args...)
}

// isUnchanged reports whether two values are the same.
func isUnchanged(a, b value) bool {
	x, ok1 := a.(*tensor)
	y, ok2 := b.(*tensor)
	if ok1 && ok2 {
		return x == y || !x.constant && !y.constant && x.name == y.name && x.reversed == y.reversed ||
			x.constant && y.constant && x.ints != nil && slices.Equal(x.ints, y.ints)
	}
	return a == b
}
