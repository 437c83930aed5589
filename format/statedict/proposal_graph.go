package statedict

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// onlyInGraphs returns the first module that no stack has, such as a convolution; nil:
// there is none.
func onlyInGraphs(list []*module) *module {
	for _, m := range list {
		if m.weight != nil && len(m.weight.Shape) != 2 && !m.normalizes() {
			return m
		}
	}
	return nil
}

// proposeGraph gives the error for modules that are not a stack, with an architecture
// of all of them, as far as names and shapes tell it.
func (b *builder) proposeGraph(odd *module) error {
	p := graphProposal{sizes: map[string]int{}, read: map[string]bool{}, kinds: map[*module]string{}}
	for i, m := range b.modules {
		if err := p.add(m, i == 0, i == len(b.modules)-1); err != nil {
			return err
		}
	}
	return network.Refuse(network.ErrAmbiguous, "", "%s is %s, so the modules are nodes of a network. Write them in the order in which forward() applies them, with the functions between them, for instance\n\n    %s\n\n"+
		"This is the file's order. \"inputs\" of a node are guessed from sizes, a missing one is the node above. A file does not tell: \"activation\"; for a conv1d \"same\", \"causal\" or \"padding\", stride, dilation and groups; "+
		"a max_pool between them; and which steps are used, with a node such as {\"op\": \"pool\", \"pool\": \"last\"}", odd.title(), article(p.kinds[odd]), p.text())
}

func article(kind string) string {
	if strings.ContainsRune("aeiou", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}

// A graphProposal lists the nodes of modules.
type graphProposal struct {
	input  Input
	nodes  []Node
	sizes  map[string]int // channels of the inputs and nodes
	values []string       // their names
	read   map[string]bool
	kinds  map[*module]string
}

// add adds the node of a module.
func (p *graphProposal) add(m *module, first, last bool) error {
	n := Node{Module: m.name}
	var in, out int
	switch w := m.weight; {
	case m.recurrent():
		layers, err := m.build()
		if err != nil {
			return err
		}
		n.Op = strings.ToLower(layers[0].Cell.String())
		in, out = layers[0].InputSize, layers[len(layers)-1].OutputSize()
	case m.normalizes():
		n.Op = "batchnorm"
		if m.mean != nil {
			in = len(m.mean.Data)
		}
		out = in
	case w == nil:
		return network.Refuse(network.ErrUnknown, m.tensor("bias"), "there is no %s beside it", network.Quote(m.tensor("weight")))
	case len(w.Shape) == 1 && m.bias == nil && (w.Shape[0] == 1 || strings.Contains(strings.ToLower(m.name), "act")):
		n.Op = "prelu"
	case len(w.Shape) == 1:
		n.Op, in, out = "layernorm", w.Shape[0], w.Shape[0]
		if m.bias == nil {
			n.Op = "rmsnorm"
		}
	case len(w.Shape) == 2 && m.bias == nil && (first || strings.Contains(strings.ToLower(m.name), "emb")):
		n.Op, in, out = "embedding", 1, w.Shape[1]
	case len(w.Shape) == 2:
		n.Op, in, out = "linear", w.Shape[1], w.Shape[0]
	case len(w.Shape) == 3:
		n.Op, in, out = "conv1d", w.Shape[1], w.Shape[0]
		n.Same = w.Shape[2] > 1
	default:
		return network.Refuse(network.ErrUnknown, w.Name, "its shape is %s: of the modules with a weight, those of one to three dimensions are known, such as Linear and Conv1d; a Conv2d is not read", w.shape())
	}
	if !last && (n.Op == "linear" || n.Op == "conv1d" || n.Op == "batchnorm") {
		n.Activation = "none"
	}
	if first {
		p.input = Input{Name: "input", Channels: in}
		if n.Op == "embedding" {
			p.input = Input{Name: "input", Tokens: m.weight.Shape[0]}
		}
		p.value("input", in)
	}
	if in > 0 {
		n.Inputs = p.source(in)
	} else {
		out = p.sizes[p.values[len(p.values)-1]]
	}
	p.put(m, n, out)
	return nil
}

func (p *graphProposal) put(m *module, n Node, size int) {
	above := Names{p.values[len(p.values)-1]}
	if len(n.Inputs) > 0 {
		above = n.Inputs
	}
	for _, name := range above {
		p.read[name] = true
	}
	p.kinds[m] = n.Op
	p.nodes = append(p.nodes, n)
	p.value(n.value(), size)
}

func (p *graphProposal) value(name string, size int) {
	p.values = append(p.values, name)
	p.sizes[name] = size
}

// source returns what a node of that many channels may read: nothing for the value
// above, or else the last value of that size, or a concatenation of the last few, which
// it adds. If there is neither, it returns the value above.
func (p *graphProposal) source(size int) Names {
	for i := len(p.values) - 1; i >= 0; i-- {
		if p.sizes[p.values[i]] == size {
			if i == len(p.values)-1 {
				return nil
			}
			return Names{p.values[i]}
		}
	}
	for total, i := 0, len(p.values)-1; i >= 0 && total < size; i-- {
		if total += p.sizes[p.values[i]]; total == size {
			n := Node{Op: "concat", Name: fmt.Sprintf("concat %d", len(p.nodes)), Inputs: slices.Clone(p.values[i:])}
			p.put(nil, n, size)
			return nil
		}
	}
	return nil
}

// text returns the JSON with one node per line, at most that many of them.
func (p *graphProposal) text() string {
	const most = 64
	var b strings.Builder
	line := func(v any, end string) {
		text, err := json.Marshal(v)
		if err != nil {
			text = []byte(fmt.Sprint(err)) // a number that JSON lacks
		}
		fmt.Fprintf(&b, "%s%s\n", text, end)
	}
	b.WriteString("    {\"inputs\": [")
	line(p.input, "],")
	b.WriteString("     \"nodes\": [\n")
	for i, n := range p.nodes {
		if i == most {
			fmt.Fprintf(&b, "      … and %d more\n", len(p.nodes)-most)
			break
		}
		b.WriteString("      ")
		line(n, map[bool]string{true: ",", false: ""}[i < len(p.nodes)-1])
	}
	b.WriteString("    ]")
	var outputs []string
	for _, name := range p.values {
		if !p.read[name] {
			outputs = append(outputs, name)
		}
	}
	if len(outputs) > 1 && len(outputs) < most {
		b.WriteString(",\n     \"outputs\": ")
		line(outputs, "}")
		return strings.TrimSpace(b.String())
	}
	b.WriteString("}")
	return strings.TrimSpace(b.String())
}
