package statedict

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// order puts the modules in the order in which they are applied: the
// architecture's, or the only one that names and shapes allow.
func (b *builder) order() error {
	if len(b.modules) == 0 {
		return network.Refuse(network.ErrUnsupported, "", "there are no tensors")
	}
	if b.a.Modules != nil {
		return b.givenOrder()
	}
	var below, recurrent, above []*module
	for _, m := range b.modules {
		if m.recurrent() {
			recurrent = append(recurrent, m)
		}
	}
	if len(recurrent) == 0 {
		return network.Refuse(network.ErrUnsupported, "", "none of the file's modules is an RNN, an LSTM or a GRU")
	}
	if !numbered(recurrent) {
		return b.unknownOrder("in which order, and whether one after the other (of modules side by side \"nodes\" must tell), the recurrent modules are applied")
	}
	input, features := recurrent[0].inputSize(), recurrent[len(recurrent)-1].outputSize()
	var normalizations []*module
	for _, m := range b.modules {
		if m.recurrent() {
			continue
		}
		if m.normalizes() {
			normalizations = append(normalizations, m)
			continue
		}
		l, err := m.linear()
		if err != nil {
			return err
		}
		fitsBelow := m.bias == nil && l.InputSize == input
		fitsAbove := l.InputSize == features
		named := strings.Contains(strings.ToLower(m.name[strings.LastIndexByte(m.name, '.')+1:]), "emb")
		switch {
		case fitsBelow && (named || !fitsAbove):
			below = append(below, m)
		case fitsAbove && !fitsBelow:
			above = append(above, m)
		default:
			return b.unknownOrder("where %s is applied, and whether it is an embedding", m.title())
		}
	}
	if len(below) > 1 || len(above) > 1 {
		return b.unknownOrder("in which order the modules are applied, and with which functions between them")
	}
	// The sizes tell where a batch normalization is if it stands between the
	// recurrent modules and a linear one of another number of outputs.
	if len(normalizations) > 0 {
		m := normalizations[0]
		if len(normalizations) > 1 || len(above) == 0 || m.mean == nil || len(m.mean.Data) != features ||
			features == input || above[0].weight.Shape[0] == features {
			return b.unknownOrder("where the batch normalizations %s are applied", titles(normalizations))
		}
	}
	b.modules = slices.Concat(below, recurrent, normalizations, above)
	return nil
}

// givenOrder takes the architecture's order, which must have every module once.
func (b *builder) givenOrder() error {
	left := map[string]*module{}
	for _, m := range b.modules {
		left[m.name] = m
	}
	var order []*module
	for _, d := range b.a.Modules {
		m := left[d.Name]
		if m == nil {
			return network.Refuse(network.ErrArchitecture, d.Name, "the file has no module of this name, or it is named twice; the file's modules are %s", titles(b.modules))
		}
		delete(left, d.Name)
		order = append(order, m)
	}
	for _, m := range b.modules {
		if left[m.name] != nil {
			return network.Refuse(network.ErrArchitecture, m.name, `the file has this module, but "modules" does not; name its tensors under "ignore" if no output depends on them`)
		}
	}
	b.modules = order
	return nil
}

// isEmbedding reports whether module i of the order is an embedding.
func (b *builder) isEmbedding(i int, m *module, d *Module) (bool, error) {
	l, err := m.linear()
	if err != nil {
		return false, err
	}
	switch d.Type {
	case "embedding":
		if i > 0 || m.bias != nil {
			return false, network.Refuse(network.ErrArchitecture, m.name, "an embedding is the first module, and has no bias")
		}
		return true, nil
	case "linear":
		return false, nil
	case "":
		if d.Activation != "" {
			return false, nil
		}
	default:
		return false, network.Refuse(network.ErrArchitecture, m.name, `"type" %s is not one of "embedding", "linear"`, network.Quote(d.Type))
	}
	if i > 0 || m.bias != nil {
		return false, nil
	}
	next := b.modules[i+1:]
	if len(next) == 0 {
		return false, nil
	}
	input := next[0].inputSize()
	switch embedding, linear := input == l.InputSize, input == l.HiddenSize; {
	case embedding && !linear:
		return true, nil
	case linear && !embedding:
		return false, nil
	case !linear:
		return false, network.Refuse(network.ErrShape, m.weight.Name, "its shape is %s, but the module after it has %s", m.weight.shape(), message.Count(input, "input"))
	}
	b.ask(`whether %s is of type "embedding" or "linear"`, m.title())
	b.proposed.Modules = append(b.proposed.Modules, Module{Name: m.name, Type: "embedding"})
	return true, nil
}

// inputSize returns what the shape of the module's first weight says, or -1.
func (m *module) inputSize() int {
	if m.normalizes() {
		if m.mean == nil {
			return -1
		}
		return len(m.mean.Data)
	}
	w := m.weight
	if m.recurrent() {
		w = m.bottom().weightIH
	}
	if w == nil || len(w.Shape) != 2 {
		return -1
	}
	return w.Shape[1]
}

// bottom returns the forward tensors of a recurrent module's layer 0. Those of
// the layers above have the same sizes, except for the inputs.
func (m *module) bottom() part {
	if p := m.layers[0]; p != nil {
		return p[0]
	}
	return part{}
}

// outputSize returns the outputs of a recurrent module, or -1.
func (m *module) outputSize() int {
	w := m.bottom().weightHH
	if w == nil || len(w.Shape) != 2 {
		return -1
	}
	return w.Shape[1] * m.directions()
}

var number = regexp.MustCompile(`\d+`)

// numbered sorts modules whose names differ in one number by that number. The
// first one may lack the number at its end: rnn, rnn2. It reports false if the
// names differ otherwise, if one's outputs are not as many as the next one's
// inputs, or if all could read the same inputs side by side.
func numbered(list []*module) bool {
	if len(list) == 1 {
		return true
	}
	type name struct {
		text    string   // with every number as #
		numbers []string // as they are written
	}
	names := map[*module]name{}
	longest := 0
	for _, m := range list {
		n := name{number.ReplaceAllString(m.name, "#"), number.FindAllString(m.name, -1)}
		names[m], longest = n, max(longest, len(n.numbers))
	}
	for _, m := range list {
		if n := names[m]; len(n.numbers) == longest-1 {
			n.text, n.numbers = n.text+"#", append(n.numbers, "1")
			names[m] = n
		}
	}
	first := names[list[0]]
	at := -1
	for _, m := range list {
		n := names[m]
		if n.text != first.text {
			return false
		}
		for i := range n.numbers {
			if n.numbers[i] != first.numbers[i] {
				if at >= 0 && at != i {
					return false
				}
				at = i
			}
		}
	}
	if at < 0 {
		return false
	}
	key := func(m *module) int {
		v, err := strconv.Atoi(names[m].numbers[at])
		if err != nil {
			return -1
		}
		return v
	}
	slices.SortStableFunc(list, func(a, b *module) int { return key(a) - key(b) })
	parallel := true // they could as well read the same inputs, and be added
	for i := 1; i < len(list); i++ {
		if key(list[i]) == key(list[i-1]) || list[i].inputSize() != list[i-1].outputSize() {
			return false
		}
		parallel = parallel && list[i].inputSize() == list[0].inputSize()
	}
	return !parallel
}

func titles(list []*module) string {
	var s []string
	for _, m := range list {
		s = append(s, network.Quote(m.name))
	}
	return strings.Join(s, ", ")
}
