package onnx

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// A computation groups the nodes of a graph by what they compute: the same
// operator applied to the same values gives one value, and equal constants are
// one.
type computation struct {
	schedule *schedule
	values   map[string]int      // by name
	byKey    map[string]*applied // by operator, attributes and inputs
	from     []*applied          // which computes a value; nil: nothing does
	names    []string            // of values
	levels   []int               // of values: the last step that they depend on; -1: none
	taken    map[int]int         // values that are steps, and which
	digests  map[*tensor][sha256.Size]byte
}

// An applied is an operator that is applied to values.
type applied struct {
	node    *node
	key     string // a digest of the operator and its attributes
	in, out []int
}

func newComputation(s *schedule, digests map[*tensor][sha256.Size]byte) *computation {
	g := &computation{schedule: s, values: map[string]int{}, byKey: map[string]*applied{}, taken: map[int]int{}, digests: digests}
	contents := map[[sha256.Size]byte]int{}
	for _, t := range s.graph.initializers {
		sum := g.digest(t)
		v, ok := contents[sum]
		if !ok {
			v = g.add(t.name, nil)
			contents[sum] = v
		}
		g.values[t.name] = v
	}
	for i := range s.graph.inputs {
		if name := s.graph.inputs[i].name; s.inputs[name] != nil {
			g.values[name] = g.add(name, nil)
		}
	}
	for _, n := range s.nodes {
		if n.isIdentity() {
			g.values[n.outputs[0]] = g.values[n.inputs[0]]
			continue
		}
		a := &applied{node: n, key: g.key(n)}
		for _, name := range n.inputs {
			v := -1
			if name != "" {
				v = g.values[name]
			}
			a.in = append(a.in, v)
		}
		key := a.keyOf(a.in)
		if same := g.byKey[key]; same != nil && same.gives(n) {
			a = same
		} else {
			if same == nil {
				g.byKey[key] = a
			}
			for _, name := range n.outputs {
				a.out = append(a.out, g.add(name, a))
			}
		}
		for i, name := range n.outputs {
			if name != "" {
				g.values[name] = a.out[i]
			}
		}
	}
	return g
}

// gives reports whether the node has all outputs of another that computes the
// same.
func (a *applied) gives(n *node) bool {
	for i, name := range n.outputs {
		if name != "" && (i >= len(a.node.outputs) || a.node.outputs[i] == "") {
			return false
		}
	}
	return true
}

// isIdentity reports whether a node gives its input.
func (n *node) isIdentity() bool {
	return n.operator == "Identity" && isStandard(n.domain) && len(n.inputs) == 1 && len(n.outputs) == 1 && len(n.attributes) == 0 && n.inputs[0] != "" && n.outputs[0] != ""
}

func (g *computation) add(name string, a *applied) int {
	g.from, g.names = append(g.from, a), append(g.names, name)
	return len(g.from) - 1
}

// keyOf returns the key of the operator applied to such values.
func (a *applied) keyOf(in []int) string { return a.key + fmt.Sprint(in) }

// level sets the last step that each value depends on.
func (g *computation) level(steps map[int]int) {
	g.taken, g.levels = steps, make([]int, len(g.from))
	for v, a := range g.from {
		t, ok := steps[v]
		switch {
		case ok:
			g.levels[v] = t
		case a == nil:
			g.levels[v] = -1
		case v > a.out[0] && !has(steps, a.out[0]):
			g.levels[v] = g.levels[a.out[0]]
		default:
			g.levels[v] = -1
			for _, name := range a.node.needs() {
				g.levels[v] = max(g.levels[v], g.levels[g.values[name]])
			}
		}
	}
}

func has(steps map[int]int, v int) bool {
	_, ok := steps[v]
	return ok
}

// key identifies what a node does to its inputs. A node with graphs within equals no
// other.
func (g *computation) key(n *node) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q", n.operator, n.domain)
	for i := range n.attributes {
		a := &n.attributes[i]
		fmt.Fprintf(&b, " %q %d %x %d %q %x %q", a.name, a.kind, math.Float32bits(a.float), a.integer, a.text, bits(a.floats), a.strings)
		fmt.Fprint(&b, a.ints)
		if a.tensor != nil {
			fmt.Fprintf(&b, " %x", g.digest(a.tensor))
		}
		if a.graph != nil {
			fmt.Fprintf(&b, " %q", n.outputs)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return string(sum[:])
}

func bits(list []float32) (all []uint32) {
	for _, v := range list {
		all = append(all, math.Float32bits(v))
	}
	return all
}

// digest identifies the type, the shape and the elements of a tensor.
func (g *computation) digest(t *tensor) (sum [sha256.Size]byte) {
	if sum, ok := g.digests[t]; ok {
		return sum
	}
	h := sha256.New()
	fmt.Fprint(h, t.dtype, t.shape, len(t.floats), len(t.ints), ";")
	buffer := make([]byte, 0, 4096)
	flush := func(at int) {
		if len(buffer) >= at {
			h.Write(buffer) // it returns no error
			buffer = buffer[:0]
		}
	}
	for _, v := range t.floats {
		buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
		flush(4000)
	}
	for _, v := range t.ints {
		buffer = binary.LittleEndian.AppendUint64(buffer, uint64(v))
		flush(4000)
	}
	flush(0)
	h.Sum(sum[:0])
	g.digests[t] = sum
	return sum
}
