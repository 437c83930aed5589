package tensorflow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/message"
)

// inputs adds the operators that read nothing from the graph.
func inputs(ops map[string]operator) {
	ops["Const"] = (*call).stored
	ops["Placeholder"] = (*call).placeholder
	ops["PlaceholderWithDefault"] = (*call).usual
	ops["Mfcc"] = (*call).mfcc
	for _, name := range []string{"DecodeWav", "AudioSpectrogram"} {
		ops[name] = func(c *call) ([]value, error) { return []value{&sound{}, &sound{}}, nil }
	}
}

// stored returns a constant.
func (c *call) stored() ([]value, error) {
	a, err := c.node.attribute("value", attributeTensor)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, c.damaged("it has no value")
	}
	t, err := readTensor(a.tensor)
	if err == nil {
		// If the last numbers are all the same, the file stores one of them.
		if c.made += max(4*len(t.floats)+24*len(t.ints)-4*len(a.tensor), 0); c.made > maxMade {
			return nil, c.unsupported("with it the constants take %s more than four times theirs in the file", message.Count(c.made, "byte"))
		}
	}
	return one(t, err)
}

// maxInputs bounds the inputs of a network.
const maxInputs = 64

// maxMade bounds the bytes of constants for which the file stores fewer
// numbers.
const maxMade = 4 << 20

// placeholder returns an input of the network.
func (c *call) placeholder() ([]value, error) {
	if t := c.inputs[c.node.name]; t != nil {
		return []value{t}, nil
	}
	kind, err := c.kind("dtype", 0)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(c.options.Constants, func(k onnx.Constant) bool { return k.Name == c.node.name }); i >= 0 {
		return one(c.given(kind, c.options.Constants[i]))
	}
	a, err := c.node.attribute("shape", attributeShape)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == typeString:
		return []value{&sound{}}, nil
	case !kind.isFloat() && !kind.isInteger():
		return nil, c.unsupported("an input of the type %v", kind)
	case len(c.inputs)+len(c.phases)+len(c.lengths) > maxInputs:
		return nil, c.unsupported("more than %d inputs", maxInputs)
	case kind == typeBool: // the learning phase: it does not learn
		c.phases = append(c.phases, c.node.name)
		return []value{scalar(typeBool, number{})}, nil
	case c.isLength():
		c.lengths = append(c.lengths, c.node.name)
		return []value{whole(kind, []dimension{{n: 1}}, number{length: true})}, nil
	}
	var s *shape
	if a != nil {
		s = a.shape
	}
	shape, err := c.inputShape(s)
	if err != nil {
		return nil, err
	}
	return one(c.input(kind, shape))
}

// usual returns the value that an input has if none is given.
func (c *call) usual() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(c.options.Constants, func(k onnx.Constant) bool { return k.Name == c.node.name }); i >= 0 {
		return one(c.given(x.dtype, c.options.Constants[i]))
	}
	return c.in[:1], nil
}

// input adds an input of the network.
func (c *call) input(kind dtype, shape []dimension) (*tensor, error) {
	t := &tensor{dtype: kind, shape: shape, name: c.node.name, given: c.node.name, reversed: -1}
	c.inputs[t.name] = t
	c.top.model.Inputs = append(c.top.model.Inputs, t.value(t.name))
	return t, nil
}

// inputShape returns the shape of an input: the batch has one sequence, and axes that are
// open are steps.
func (c *call) inputShape(s *shape) ([]dimension, error) {
	if given := c.options.Shape; given != nil && len(c.inputs) == 0 {
		var shape []dimension
		for _, n := range given {
			if n == 0 {
				shape = append(shape, dimension{c.trial.steps, true})
			} else {
				shape = append(shape, dimension{n: n})
			}
		}
		return shape, nil
	}
	if s == nil || s.unknown || len(s.sizes) == 0 {
		return nil, c.unsupported("the file does not tell the shape of this input; give it (--shape)")
	}
	var shape []dimension
	batch := 0
	if c.trial.timeMajor {
		batch = 1
	}
	if len(s.sizes) == 1 { // a sequence of tokens
		batch = 1 - batch
	}
	for i, n := range s.sizes {
		if i == 1 && n > 1 && (c.someSteps == 0 || c.someSteps == int(n)) {
			c.someSteps = int(n)
			if c.trial.opened {
				n = -1
			}
		}
		switch {
		case n >= 0:
			shape = append(shape, dimension{n: int(n)})
		case i == batch:
			shape = append(shape, dimension{n: 1})
		default:
			shape = append(shape, dimension{c.trial.steps, true})
		}
		c.anyBatch = c.anyBatch || n < 0 && i == 0
		c.anyPair = c.anyPair || n < 0 && i == 1 && s.sizes[0] < 0
	}
	return shape, nil
}

// given returns a value that an option gives for an input.
func (c *call) given(kind dtype, k onnx.Constant) (*tensor, error) {
	var n float64
	switch {
	case k.Number == "true":
		n = 1
	case k.Number == "false":
	case k.Number != "":
		if _, err := fmt.Sscan(k.Number, &n); err != nil {
			return nil, c.unsupported("its value %.40q is not a number (--input)", k.Number)
		}
	default:
		return nil, c.unsupported("its value is an array, want a number (--input)")
	}
	if kind.isFloat() {
		return filled(kind, nil, float32(n)), nil
	}
	return scalar(kind, number{n: int64(n)}), nil
}

// isLength reports whether a placeholder of integers holds the lengths of sequences:
// nodes only compare and clip it.
func (c *call) isLength() bool {
	kind, err := c.kind("dtype", 0)
	if err != nil || kind.isFloat() {
		return false
	}
	compared := false
	seen := map[string]bool{}
	next := []string{c.node.name}
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, n := range c.readers[name] {
			switch n.op {
			case "Identity", "Cast", "Enter", "Min", "Max", "Minimum", "Maximum":
				next = append(next, n.name)
			case "Shape", "Assert":
			case "GreaterEqual", "Less", "LessEqual", "Greater", "ReverseSequence":
				compared = true
			default:
				return false
			}
		}
	}
	return compared
}

// A sound is the input of features that are computed outside of the network.
type sound struct{}

// mfcc is an input of the network: the features.
func (c *call) mfcc() ([]value, error) {
	count, err := c.integer("dct_coefficient_count", 13)
	if err != nil {
		return nil, err
	}
	frames, err := c.frames()
	if err != nil {
		return nil, err
	}
	if count < 1 || count > 1<<16 {
		return nil, c.damaged("%s", message.Count(count, "coefficient"))
	}
	c.features = c.node
	return one(c.input(typeFloat, []dimension{{n: 1}, frames, {n: int(count)}}))
}

// frames returns how many frames features have.
func (c *call) frames() (dimension, error) {
	open := dimension{c.trial.steps, true}
	spectrogram := c.before(c.node, "AudioSpectrogram")
	if spectrogram == nil {
		return open, nil
	}
	wave := c.before(spectrogram, "DecodeWav")
	if wave == nil {
		return open, nil
	}
	samples, err := (&call{translator: c.translator, node: wave}).integer("desired_samples", -1)
	if err != nil {
		return open, err
	}
	of := &call{translator: c.translator, node: spectrogram}
	window, err := of.integer("window_size", 0)
	if err != nil {
		return open, err
	}
	stride, err := of.integer("stride", 0)
	if err != nil {
		return open, err
	}
	if samples < 1 {
		return open, nil
	}
	if window < 1 || stride < 1 || samples < window || samples > 1<<30 {
		return open, of.damaged("a window of %d and a stride of %s of %d", window, message.Count(stride, "sample"), samples)
	}
	return dimension{n: int(1 + (samples-window)/stride)}, nil
}

// before returns the node that gives the first input of another, if it has an operator.
func (c *call) before(n *node, op string) *node {
	in := n.data()
	if len(in) == 0 {
		return nil
	}
	if b := c.named[in[0].node]; b != nil && b.op == op {
		return b
	}
	return nil
}

// hasOpenInput reports whether an input has an axis of an open number of steps.
func (t *translator) hasOpenInput() bool {
	for _, in := range t.inputs {
		if in.isOpen() {
			return true
		}
	}
	return false
}

// inputText says which shapes the inputs have.
func (t *translator) inputText() string {
	var list []string
	for _, v := range t.top.model.Inputs {
		if in := t.inputs[v.Name]; in != nil {
			list = append(list, v.Name+" "+shapeText(in.shape))
		}
	}
	return strings.Join(list, ", ")
}

// notes say which parts of the file the network leaves out.
func (t *translator) notes() (list []string) {
	if t.features != nil {
		list = append(list, fmt.Sprintf("the network reads the output of %s: the features are computed outside of it", network.Quote(t.features.name)))
	}
	for _, name := range t.lengths {
		list = append(list, fmt.Sprintf("the input %s has the lengths of sequences: every sequence is read to its end", network.Quote(name)))
	}
	for _, name := range t.phases {
		list = append(list, fmt.Sprintf("the input %s is taken as false; --input gives another value", network.Quote(name)))
	}
	return list
}
