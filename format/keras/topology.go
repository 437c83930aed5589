package keras

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// The limits of what a model's JSON describes.
const (
	maxLayers  = 2048
	maxNesting = 8
	maxReads   = 1 << 15 // calls of layers, and tensors that these read
)

// A model is its layers, and the connections between them.
type model struct {
	title   string
	layers  []*layer
	byName  map[string]*layer
	inputs  []ref
	outputs []ref

	reads map[ref]int // how often the output of a call is read

	groupsByName bool // see nameGroups
}

// A layer of Keras. A shared one is called several times.
type layer struct {
	class  string
	group  string // of its weights in files of Keras 3; "": that of its class
	name   string
	config *config
	calls  []call
	inner  []*layer // of a wrapper: the layer, or of Bidirectional the forward and the backward one
	model  *model   // of a nested model
	frozen bool     // it is not trainable
	built  any      // the shape for which Keras 3 made its weights, with the batch
	arrays map[string]*array
	keras  int   // the version of Keras that wrote it
	theano bool  // with Theano, whose convolutions read their kernels from the end
	err    error // why its class is refused, whatever its config; nil: it is not
}

// A call of a layer, with the tensors that it reads.
type call struct {
	args   []ref
	states []ref // initial ones of a recurrent layer
	extra  bool  // it is given constants, which a cell reads beside its inputs
	masked bool  // it is given a mask

	options object // arguments that are not tensors
}

// A ref names an output of a call of a layer.
type ref struct {
	layer       string
	node, index int
}

// title names the layer for messages.
func (l *layer) title() string { return fmt.Sprintf("%s (%s)", l.name, l.class) }

// A reader of the JSON of models.
type topology struct {
	version int  // of Keras
	theano  bool // its backend was Theano
	count   int  // of layers so far
	reads   int  // of what layers read so far
}

// model reads the description of a Sequential or functional model.
func (t *topology) model(o object, depth int) (*model, error) {
	class, _ := o["class_name"].(string)
	if depth > maxNesting {
		return nil, network.Refuse(network.ErrUnsupported, "model", "models nest more than %d deep", maxNesting)
	}
	var layers []any
	functional := false
	c, _ := o["config"].(object)
	ok := false
	switch class {
	case "Sequential":
		if layers, ok = o["config"].([]any); !ok { // as Keras wrote it until 2.2
			layers, ok = c["layers"].([]any)
		}
	case "Model", "Functional":
		functional = true
		layers, ok = c["layers"].([]any)
	default:
		return nil, network.Refuse(network.ErrUnsupported, "model", "the class %s, want a Sequential or functional model; a model that is a class of its own has its network in its code: "+
			"write it as a functional model, or convert its weights with --arch", network.Quote(class))
	}
	if !ok {
		return nil, network.Refuse(network.ErrDamaged, "model", "it has no list of layers")
	}
	m := &model{title: "model", byName: map[string]*layer{}}
	if name, ok := c["name"].(string); ok {
		m.title = name
	}
	for i, v := range layers {
		l, err := t.layer(v, i, depth)
		if err != nil {
			return nil, err
		}
		if m.byName[l.name] != nil {
			return nil, network.Refuse(network.ErrDamaged, l.title(), "two layers have this name")
		}
		m.layers = append(m.layers, l)
		m.byName[l.name] = l
	}
	if !functional {
		m.chain(t.version, c["build_input_shape"])
		m.countReads()
		return m, nil
	}
	if m.inputs, ok = refsOf(c["input_layers"]); !ok || len(m.inputs) == 0 {
		return nil, network.Refuse(network.ErrDamaged, "model", "it has no list of inputs")
	}
	if m.outputs, ok = refsOf(c["output_layers"]); !ok || len(m.outputs) == 0 {
		return nil, network.Refuse(network.ErrDamaged, "model", "it has no list of outputs")
	}
	if len(m.inputs) > format.MaxPorts || len(m.outputs) > format.MaxPorts {
		return nil, network.Refuse(network.ErrUnsupported, m.title, "%s and %s, want at most %d of each", message.Count(len(m.inputs), "input"), message.Count(len(m.outputs), "output"), format.MaxPorts)
	}
	m.countReads()
	return m, nil
}

// countReads counts how often the output of each call is read.
func (m *model) countReads() {
	m.reads = map[ref]int{}
	for _, out := range m.outputs {
		m.reads[ref{layer: out.layer, node: out.node}]++
	}
	for _, l := range m.layers {
		for _, c := range l.calls {
			for _, arg := range c.args {
				m.reads[ref{layer: arg.layer, node: arg.node}]++
			}
		}
	}
}

// chain makes each layer of a Sequential model read the one before. built is the shape
// of the model's first input, if its layers do not tell it.
func (m *model) chain(version int, built any) {
	if len(m.layers) == 0 || m.layers[0].class != "InputLayer" {
		shape := any(nil)
		if len(m.layers) > 0 {
			shape = m.layers[0].inputShape()
		}
		if shape == nil {
			shape = built
		}
		in := &layer{class: "InputLayer", name: "input", keras: version}
		for m.byName[in.name] != nil {
			in.name += "_"
		}
		in.config = newConfig(in.name, object{"batch_input_shape": shape})
		m.layers = slices.Insert(m.layers, 0, in)
		m.byName[in.name] = in
	}
	m.inputs = []ref{{layer: m.layers[0].name}}
	for i, l := range m.layers[1:] {
		l.calls = []call{{args: []ref{{layer: m.layers[i].name}}}}
	}
	m.outputs = []ref{{layer: m.layers[len(m.layers)-1].name}}
}

// inputShape returns the shape of the first layer's input in a Sequential model,
// with the batch; nil: the file does not tell it.
func (l *layer) inputShape() any {
	for _, k := range []string{"batch_input_shape", "batch_shape"} {
		if v := l.config.o[k]; v != nil {
			return v
		}
	}
	if l.built != nil {
		return l.built
	}
	if l.class == "Embedding" {
		return []any{nil, l.config.o["input_length"]}
	}
	if n := l.config.o["input_dim"]; n != nil { // as of Keras 1
		return []any{nil, l.config.o["input_length"], n}
	}
	if l.model != nil && len(l.model.layers) > 0 {
		return l.model.layers[0].inputShape()
	}
	if len(l.inner) > 0 && l.class == "Bidirectional" {
		return l.inner[0].inputShape()
	}
	return nil
}

// layer reads the description of a layer.
func (t *topology) layer(v any, i, depth int) (*layer, error) {
	o, ok := v.(object)
	if t.count++; t.count > maxLayers {
		return nil, network.Refuse(network.ErrUnsupported, "model", "more than %d layers", maxLayers)
	}
	l := &layer{keras: t.version, theano: t.theano}
	if ok {
		l.class, ok = o["class_name"].(string)
	}
	c, isObject := o["config"].(object)
	if l.name, _ = o["name"].(string); l.name == "" {
		l.name, _ = c["name"].(string)
	}
	if l.name == "" {
		l.name = fmt.Sprintf("layer %d", i)
	}
	nested := l.class == "Sequential" || l.class == "Model" || l.class == "Functional"
	if !ok || !isObject && !nested {
		return nil, network.Refuse(network.ErrDamaged, l.name, "it is not a layer with a class and a config")
	}
	l.class, l.name = cut(l.class), cut(l.name)
	if class := aliases[l.class]; class != "" {
		l.class = class
	}
	l.err = l.foreign(o)
	l.config = newConfig(l.title(), c)
	l.frozen = c["trainable"] == false
	if b, ok := o["build_config"].(object); ok {
		l.built = b["input_shape"]
	}
	var err error
	if nested {
		if l.model, err = t.model(o, depth+1); err != nil {
			return nil, err
		}
	}
	if l.class == "RNN" {
		err = t.ofCell(l, c, depth)
	} else {
		err = t.wrapped(l, c, depth)
	}
	if err != nil {
		return nil, err
	}
	nodes, _ := o["inbound_nodes"].([]any)
	for _, n := range nodes {
		k := caller{}
		if !k.read(n) && l.err == nil { // a layer that is refused may be called in any way
			return nil, network.Refuse(network.ErrDamaged, l.title(), "its inputs are not described as Keras describes them")
		}
		if t.reads += 1 + len(k.args) + len(k.states); t.reads > maxReads {
			return nil, network.Refuse(network.ErrUnsupported, l.title(), "with it layers are called, or read others, more than %d times", maxReads)
		}
		if l.recurs() && len(k.args) > 1 && l.config.o["num_constants"] == nil {
			k.args, k.states = k.args[:1], append(k.args[1:len(k.args):len(k.args)], k.states...)
		}
		l.calls = append(l.calls, k.call)
	}
	return l, nil
}

// recurs reports whether the layer is a recurrent one, of one direction or two.
func (l *layer) recurs() bool {
	if l.class == "Bidirectional" {
		return true
	}
	k := classes[l.class]
	return k != nil && k.cell != ""
}

// operators are Keras 3's functions between tensors, such as x + y, that compute the
// same as the layers of their names.
var operators = []string{"Add", "Subtract", "Multiply", "Maximum", "Minimum"}

// foreign refuses a layer that has the name of one of Keras' own, but is
// another.
func (l *layer) foreign(o object) error {
	custom, _ := o["registered_name"].(string)
	home, given := o["module"].(string)
	keras := strings.HasPrefix(home, "keras") || strings.HasPrefix(home, "tf_keras") || strings.HasPrefix(home, "tensorflow")
	nested := l.class == "Sequential" || l.class == "Model" || l.class == "Functional"
	switch {
	case classes[l.class] == nil && !nested:
		return unknownLayer(l)
	case nested || l.class == "AttentionWeightedAverage": // which is nobody's but that of its own
	case custom != "" && custom != l.class && !strings.HasPrefix(custom, "keras"), given && !keras:
		return network.Refuse(network.ErrUnsupported, l.title(), "it is a layer of its own, %s of %s, whose code the file does not have", network.Quote(custom), network.Quote(home))
	case strings.Contains(home, ".ops") && slices.Contains(operators, l.class):
	case strings.Contains(home, ".ops"):
		return network.Refuse(network.ErrUnsupported, l.title(), "it is a function of %s between layers; use the layer of that name", network.Quote(home))
	}
	return nil
}

// wrapped reads the layers in a wrapper.
func (t *topology) wrapped(l *layer, c object, depth int) error {
	if l.class != "TimeDistributed" && l.class != "Bidirectional" {
		return nil
	}
	if depth > maxNesting {
		return network.Refuse(network.ErrUnsupported, l.title(), "layers nest more than %d deep", maxNesting)
	}
	l.config.used["layer"], l.config.used["backward_layer"] = true, true
	inner, err := t.layer(c["layer"], 0, depth+1)
	if err != nil {
		return err
	}
	l.inner = []*layer{inner}
	if l.class != "Bidirectional" {
		return nil
	}
	if c["backward_layer"] != nil {
		back, err := t.layer(c["backward_layer"], 1, depth+1)
		if err != nil {
			return err
		}
		l.inner = append(l.inner, back)
		return nil
	}
	// The other direction is a layer of the same config.
	o := object{}
	for k, v := range inner.config.o {
		o[k] = v
	}
	o["go_backwards"] = o["go_backwards"] != true
	back := &layer{class: inner.class, group: inner.group, name: inner.name, frozen: inner.frozen, keras: inner.keras, config: newConfig(inner.title(), o)}
	l.inner = append(l.inner, back)
	return nil
}

// cut shortens a name for messages.
func cut(s string) string { return s[:min(len(s), 200)] }

// A caller reads the arguments of a layer's call.
type caller struct {
	call
	depth int
}

// read reads a node of inbound_nodes: in Keras 1 and 2 a list of [layer, node,
// index, keywords], in Keras 3 {"args", "kwargs"}.
func (k *caller) read(v any) bool {
	switch v := v.(type) {
	case object:
		if !k.value(v["args"]) {
			return false
		}
		kwargs, _ := v["kwargs"].(object)
		return k.keywords(kwargs)
	case []any:
		if r, ok := refOf(v); ok { // a list of one that is left out
			return k.add(r, v)
		}
		for _, e := range v {
			l, _ := e.([]any)
			r, ok := refOf(e)
			if !ok || !k.add(r, l) {
				return false
			}
		}
		return true
	}
	return false
}

// add adds a tensor that is read, with the keywords beside it.
func (k *caller) add(r ref, l []any) bool {
	k.args = append(k.args, r)
	if len(l) > 3 {
		kwargs, _ := l[3].(object)
		return k.keywords(kwargs)
	}
	return true
}

// keywords reads named arguments. The layer decides which of them may hold tensors;
// it notes those of states and masks, and takes unknown ones as another input or an
// option, which the layer then refuses.
func (k *caller) keywords(o object) bool {
	for _, key := range sortedKeys(o) {
		v := o[key]
		switch {
		case v == nil || key == "training":
		case key == "mask":
			k.masked = true
		case key == "constants":
			k.extra = true
		case key == "initial_state":
			states := caller{depth: k.depth}
			if !states.value(v) {
				return false
			}
			k.states = states.args
		case v == false || v == 0.0 || key == "name":
		default:
			before := len(k.args)
			if !k.value(v) {
				return false
			}
			if len(k.args) == before {
				if k.options == nil {
					k.options = object{}
				}
				k.options[key] = v
			}
		}
	}
	return true
}

// value reads an argument of Keras 3: a tensor, or a list of arguments.
func (k *caller) value(v any) bool {
	if k.depth++; k.depth > 64 {
		return false
	}
	switch v := v.(type) {
	case []any:
		if r, ok := refOf(v); ok {
			k.args = append(k.args, r)
			return true
		}
		for _, e := range v {
			if !k.value(e) {
				return false
			}
		}
		return true
	case object:
		if v["class_name"] != "__keras_tensor__" {
			return false
		}
		c, _ := v["config"].(object)
		r, ok := refOf(c["keras_history"])
		k.args = append(k.args, r)
		return ok
	case nil, float64, bool: // such as the other operand of NotEqual
		return true
	}
	return false
}

// refOf reads [layer, node, index].
func refOf(v any) (ref, bool) {
	l, ok := v.([]any)
	if !ok || len(l) < 3 {
		return ref{}, false
	}
	name, ok1 := l[0].(string)
	node, ok2 := whole(l[1])
	index, ok3 := whole(l[2])
	return ref{cut(name), node, index}, ok1 && ok2 && ok3
}

// refsOf reads a list of those, or an only one.
func refsOf(v any) ([]ref, bool) {
	if r, ok := refOf(v); ok {
		return []ref{r}, true
	}
	if o, ok := v.(object); ok { // by names
		l := []any{}
		for _, k := range sortedKeys(o) {
			l = append(l, o[k])
		}
		v = l
	}
	l, ok := v.([]any)
	var refs []ref
	for _, e := range l {
		list, isList := e.([]any)
		if isList && len(list) == 1 { // a list of one
			e = list[0]
		}
		r, isRef := refOf(e)
		ok = ok && isRef
		refs = append(refs, r)
	}
	return refs, ok
}
