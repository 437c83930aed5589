package tensorflow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// maxCalls bounds how deep functions call others.
const maxCalls = 32

// A lowering inlines functions, and turns loops and branches of functions into
// those of TensorFlow 1:
//
//	Enter -> Merge -> Switch -> body -> NextIteration -> Merge
//	           |        |
//	       condition  Exit
//
// The names of its own nodes contain an @, which names in a file cannot.
type lowering struct {
	functions map[string]*function
	nodes     []*node
	most      int // how many nodes there may be
	called    int // functions so far
	names     int // bytes that the names of nodes and inputs may still have
	whole     site
}

// A site is the place of the nodes of a graph or of a function call.
type site struct {
	prefix    string
	names     map[string]string // other names of some nodes
	arguments map[string]string // references to the arguments of a function; nil: it is the whole graph
	within    map[string]*node
	depth     int
}

// lower inlines the functions. It returns how to find the nodes of the whole graph,
// which may have other names.
func (g *graphDef) lower(names map[string]string) (*lowering, error) {
	p := &lowering{functions: map[string]*function{}, most: 1<<12 + 4*len(g.nodes), names: 8<<20 + 4*nameBytes(g.nodes), whole: site{names: names}}
	for _, f := range g.functions {
		if p.functions[f.name] != nil {
			return nil, damaged(f.name, "two functions have this name")
		}
		p.functions[f.name] = f
		p.most += 4 * len(f.nodes)
		p.names += 4 * nameBytes(f.nodes)
	}
	return p, p.put(&p.whole, g.nodes)
}

// put puts nodes at a site.
func (p *lowering) put(s *site, list []*node) error {
	s.within = make(map[string]*node, len(list))
	for _, n := range list {
		if s.within[n.name] != nil {
			return damaged(n.name, "two nodes have this name")
		}
		s.within[n.name] = n
	}
	for _, n := range list {
		inputs := make([]string, 0, len(n.inputs))
		for _, text := range n.inputs {
			if r := p.reference(s, text); r != "" {
				inputs = append(inputs, r)
			}
		}
		to := &node{name: s.name(n.name), op: n.op, inputs: inputs, attributes: n.attributes, called: s.depth > 0}
		if err := p.expand(s, to); err != nil {
			return err
		}
	}
	return nil
}

// add adds a node of the lowering.
func (p *lowering) add(name, op string, inputs ...string) (*node, error) {
	n := &node{name: name, op: op, inputs: inputs}
	return n, p.keep(n)
}

func (p *lowering) keep(n *node) error {
	if len(p.nodes) >= p.most {
		return network.Refuse(network.ErrUnsupported, n.name, "the functions that the graph calls make more than %d nodes", p.most)
	}
	if p.names -= nameBytes([]*node{n}); p.names < 0 {
		return network.Refuse(network.ErrUnsupported, n.name, "with it the names of nodes in functions are much longer than those in the file")
	}
	p.nodes = append(p.nodes, n)
	return nil
}

// nameBytes returns how many bytes the names of nodes and of what they read have.
func nameBytes(list []*node) (bytes int) {
	for _, n := range list {
		bytes += len(n.name)
		for _, in := range n.inputs {
			bytes += len(in)
		}
	}
	return bytes
}

// calls reports whether an operator is a call of functions.
func (p *lowering) calls(op string) bool {
	switch op {
	case "PartitionedCall", "StatefulPartitionedCall", "While", "StatelessWhile", "If", "StatelessIf":
		return true
	}
	return p.functions[op] != nil
}

// reference turns an input of a node into a reference to a node of the whole graph;
// empty: it is an argument that only has to exist.
func (p *lowering) reference(s *site, text string) string {
	control := strings.HasPrefix(text, "^")
	name, output, _ := strings.Cut(strings.TrimPrefix(text, "^"), ":")
	if given, ok := s.arguments[name]; ok && s.within[name] == nil {
		if control {
			return ""
		}
		return given
	}
	n := s.within[name]
	switch {
	case n == nil: // the node that reads it reports that it is missing
		return text
	case control && p.calls(n.op):
		return "" // everything that it runs has values, or does not matter
	case control:
		return "^" + s.name(name)
	}
	k := outputNumber(n.op, output)
	if p.calls(n.op) {
		return s.name(name) + "@" + strconv.Itoa(k)
	}
	return s.name(name) + ":" + strconv.Itoa(k)
}

// name returns the name that a node has in the whole.
func (s *site) name(of string) string {
	if name := s.names[of]; name != "" {
		return name
	}
	return s.prefix + of
}

// severalOutputs are the names of the outputs of operators that have more than one.
var severalOutputs = map[string][]string{
	"Switch": {"output_false", "output_true"}, "RefSwitch": {"output_false", "output_true"},
	"Merge": {"output", "value_index"}, "RefMerge": {"output", "value_index"},
	"TensorArrayV3": {"handle", "flow"}, "TensorArrayV2": {"handle"},
	"FusedBatchNorm":   {"y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2"},
	"FusedBatchNormV2": {"y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2"},
	"FusedBatchNormV3": {"y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2", "reserve_space_3"},
	"LSTMBlockCell":    {"i", "cs", "f", "o", "ci", "co", "h"},
	"BlockLSTM":        {"i", "cs", "f", "o", "ci", "co", "h"}, "BlockLSTMV2": {"i", "cs", "f", "o", "ci", "co", "h"},
	"GRUBlockCell": {"r", "u", "c", "h"},
	"CudnnRNN":     {"output", "output_h", "output_c", "reserve_space"},
	"CudnnRNNV2":   {"output", "output_h", "output_c", "reserve_space", "host_reserved"},
	"CudnnRNNV3":   {"output", "output_h", "output_c", "reserve_space", "host_reserved"},
	"TopKV2":       {"values", "indices"}, "Unique": {"y", "idx"},
	"TensorListPopBack": {"output_handle", "tensor"},
}

// outputNumber returns the output of an operator that "name:2" in a function, or "2"
// in a graph, stands for.
func outputNumber(op, text string) int {
	name, number, named := strings.Cut(text, ":")
	if !named {
		number = name
	}
	k, err := strconv.Atoi(number)
	if err != nil || k < 0 {
		k = 0
	}
	if i := slices.Index(severalOutputs[op], name); named && i >= 0 {
		k += i
	}
	return k
}

// expand adds a node, or what it calls.
func (p *lowering) expand(s *site, n *node) error {
	var err error
	switch n.op {
	case "PartitionedCall", "StatefulPartitionedCall":
		var f *function
		if f, err = p.function(n, "f"); err == nil {
			err = p.call(s, n, f)
		}
	case "While", "StatelessWhile":
		err = p.loop(s, n)
	case "If", "StatelessIf":
		err = p.branch(s, n)
	default:
		if f := p.functions[n.op]; f != nil {
			err = p.call(s, n, f)
		} else {
			err = p.keep(n)
		}
	}
	return err
}

// function returns the function that an option of a node names.
func (p *lowering) function(n *node, option string) (*function, error) {
	a, err := n.attribute(option, attributeFunction)
	if err != nil {
		return nil, err
	}
	if a == nil || p.functions[a.function] == nil {
		return nil, damaged(n.name, "%s: the file lacks the function of its option %s", short(n.op), option)
	}
	return p.functions[a.function], nil
}

// call inlines a call of a function, and adds its outputs.
func (p *lowering) call(s *site, n *node, f *function) error {
	results, err := p.body(s, n, n.name+"/", f, data(n.inputs))
	if err != nil {
		return err
	}
	for k, r := range results {
		if _, err := p.add(output(n, k), "Identity", r); err != nil {
			return err
		}
	}
	return nil
}

// output names the value of output k of a call.
func output(n *node, k int) string { return n.name + "@" + strconv.Itoa(k) }

// data returns the references that are values.
func data(inputs []string) []string {
	return slices.DeleteFunc(slices.Clone(inputs), func(text string) bool { return strings.HasPrefix(text, "^") })
}

// body puts the nodes of a function, and returns references to its results.
func (p *lowering) body(s *site, n *node, prefix string, f *function, given []string) ([]string, error) {
	if p.called++; p.called > p.most {
		return nil, network.Refuse(network.ErrUnsupported, n.name, "functions are called more than %d times", p.most)
	}
	if s.depth >= maxCalls {
		return nil, network.Refuse(network.ErrUnsupported, n.name, "functions call functions more than %d deep, or themselves", maxCalls)
	}
	if len(given) != len(f.inputs) {
		return nil, damaged(n.name, "%s: it gives %s to the function %s, which takes %d", short(n.op), message.Count(len(given), "value"), network.Quote(f.name), len(f.inputs))
	}
	inner := &site{prefix: prefix, arguments: map[string]string{}, depth: s.depth + 1}
	for i, name := range f.inputs {
		inner.arguments[name] = given[i]
	}
	if err := p.put(inner, f.nodes); err != nil {
		return nil, err
	}
	var results []string
	for _, name := range f.outputs {
		text, ok := f.results[name]
		if !ok {
			return nil, damaged(n.name, "the function %s does not say what its output %s is", network.Quote(f.name), network.Quote(name))
		}
		results = append(results, p.reference(inner, text))
	}
	return results, nil
}

// unchanged reports whether a function returns its argument k as its output k.
func (f *function) unchanged(k int) bool {
	if k >= len(f.inputs) || k >= len(f.outputs) {
		return false
	}
	text := f.results[f.outputs[k]]
	for range f.nodes {
		name, _, _ := strings.Cut(text, ":")
		if name == f.inputs[k] {
			return true
		}
		i := slices.IndexFunc(f.nodes, func(n *node) bool { return n.name == name && n.op == "Identity" && len(n.inputs) > 0 })
		if i < 0 {
			return false
		}
		text = f.nodes[i].inputs[0]
	}
	name, _, _ := strings.Cut(text, ":")
	return name == f.inputs[k]
}

// loop adds a loop of TensorFlow 1.
func (p *lowering) loop(s *site, n *node) error {
	condition, err := p.function(n, "cond")
	if err != nil {
		return err
	}
	body, err := p.function(n, "body")
	if err != nil {
		return err
	}
	starts := data(n.inputs)
	if len(body.outputs) != len(starts) {
		return damaged(n.name, "%s: it has %s, and its body gives %d", short(n.op), message.Count(len(starts), "variable"), len(body.outputs))
	}
	own := func(what string, k int) string { return fmt.Sprintf("%s@%s%d", n.name, what, k) }
	var tested, stepped []string
	fixed := make([]bool, len(starts))
	for k, start := range starts {
		enter, err := p.add(own("enter", k), "Enter", start)
		if err != nil {
			return err
		}
		enter.attributes = []namedAttribute{{"frame_name", textAttribute(n.name)}}
		if fixed[k] = body.unchanged(k); fixed[k] {
			tested, stepped = append(tested, enter.name), append(stepped, enter.name)
			continue
		}
		merge, err := p.add(own("merge", k), "Merge", enter.name, own("next", k))
		if err != nil {
			return err
		}
		tested = append(tested, merge.name)
		stepped = append(stepped, own("switch", k)+":1")
	}
	results, err := p.body(s, n, n.name+"@cond/", condition, tested)
	if err != nil {
		return err
	}
	if len(results) != 1 {
		return damaged(n.name, "%s: its condition has %s", short(n.op), message.Count(len(results), "output"))
	}
	if _, err := p.add(n.name+"@loopcond", "LoopCond", results[0]); err != nil {
		return err
	}
	if results, err = p.body(s, n, n.name+"/", body, stepped); err != nil {
		return err
	}
	for k, start := range starts {
		if fixed[k] {
			if _, err := p.add(output(n, k), "Identity", start); err != nil {
				return err
			}
			continue
		}
		for _, add := range []node{
			{name: own("switch", k), op: "Switch", inputs: []string{tested[k], n.name + "@loopcond"}},
			{name: own("next", k), op: "NextIteration", inputs: []string{results[k]}},
			{name: output(n, k), op: "Exit", inputs: []string{own("switch", k)}},
		} {
			if err := p.keep(&add); err != nil {
				return err
			}
		}
	}
	return nil
}

// branch adds both branches; one of them has values.
func (p *lowering) branch(s *site, n *node) error {
	in := data(n.inputs)
	if len(in) == 0 {
		return damaged(n.name, "%s: it has no condition", short(n.op))
	}
	own := func(what string, k int) string { return fmt.Sprintf("%s@%s%d", n.name, what, k) }
	var results [2][]string
	for k, start := range in {
		if _, err := p.add(own("switch", k), "Switch", start, in[0]); err != nil {
			return err
		}
	}
	for taken, option := range []string{"else_branch", "then_branch"} {
		f, err := p.function(n, option)
		if err != nil {
			return err
		}
		var given []string
		for k := range in[1:] {
			given = append(given, own("switch", k+1)+":"+strconv.Itoa(taken))
		}
		if results[taken], err = p.body(s, n, n.name+"@"+option+"/", f, given); err != nil {
			return err
		}
		if _, err := p.add(own("pivot", taken), "Identity", own("switch", 0)+":"+strconv.Itoa(taken)); err != nil {
			return err
		}
	}
	if len(results[0]) != len(results[1]) {
		return damaged(n.name, "%s: its branches have %d and %d outputs", short(n.op), len(results[0]), len(results[1]))
	}
	for k := range results[0] {
		for taken := range results {
			if _, err := p.add(fmt.Sprintf("%s@%d.%d", n.name, taken, k), "Identity", results[taken][k], "^"+own("pivot", taken)); err != nil {
				return err
			}
		}
		if _, err := p.add(output(n, k), "Merge", fmt.Sprintf("%s@0.%d", n.name, k), fmt.Sprintf("%s@1.%d", n.name, k)); err != nil {
			return err
		}
	}
	return nil
}

// textAttribute returns an AttrValue that is a text.
func textAttribute(text string) []byte {
	return protowire.AppendString(protowire.AppendTag(nil, attributeText, protowire.BytesType), text)
}
