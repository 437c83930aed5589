package onnx

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// Read reads a model, some of whose inputs may be given as constants. The error
// is an [*Error], or a [*network.Error] if the layers do not fit together.
func Read(data []byte, constants ...Constant) (*network.Network, error) {
	return ReadBeside(nil, data, constants...)
}

// ReadBeside reads a model as [Read] does. It reads the data of tensors that
// are stored in other files from folder, the one that holds the model's file.
// Exporters write such files for large models, and PyTorch for all. A nil
// folder has no files.
//
// To read nothing outside of the folder, not even through a symbolic link, give
// the file system of an [os.Root].
func ReadBeside(folder fs.FS, data []byte, constants ...Constant) (*network.Network, error) {
	o := Options{Folder: folder, Constants: constants}
	return o.Read(data)
}

// Options say how a model is read.
type Options struct {
	Folder    fs.FS      // the folder of files of external data, as for [ReadBeside]; nil: there are none
	Constants []Constant // values for inputs of the graph
	// Output is the output of the graph that becomes the network's. The reader
	// leaves out what only others depend on, and notes it. Empty: the graph has
	// one output, and possibly final states.
	Output string
	// Dimensions are the lengths, in a step of the model, of open dimensions that are
	// not time, by their names.
	Dimensions map[string]int
	// Report receives what becomes of each node. It may be nil.
	Report *network.Report
}

// Read reads a model as [Read] does: as a chain of layers, or otherwise as a graph of
// them. If both fail, the error is the graph's if only a graph can have such
// operators, and otherwise that of the attempt that got further.
func (o *Options) Read(data []byte) (*network.Network, error) {
	n, done, err := o.readChain(data)
	if err == nil || !errors.Is(err, network.ErrUnsupported) && !errors.Is(err, network.ErrShape) {
		return n, err
	}
	g, graphDone, graphErr := o.readGraph(data)
	if graphErr != nil && graphDone <= done {
		graphErr = err
	}
	if graphErr != nil && o.Report != nil {
		o.survey(data, graphErr)
	}
	return g, graphErr
}

// never counts the evaluated nodes of a model that cannot be a chain.
const never = -1

// mayBeChain reports whether a chain of layers can have these operators, or nothing
// can. Without a recurrent layer it is not a chain.
func (g *graph) mayBeChain() bool {
	chain, graphs := operators(), traced()
	recurrent := false
	for _, n := range g.nodes {
		switch n.operator {
		case "RNN", "GRU", "LSTM":
			recurrent = true
		}
		_, ofChain := chain[n.operator]
		if _, ofGraph := graphs[n.operator]; ofGraph && !ofChain {
			return false
		}
	}
	return recurrent
}

// model reads the file's messages, and applies the options. It returns the size of
// everything that was read.
func (o *Options) model(data []byte) (m *model, notes []string, size int, err error) {
	p := parser{external: external{folder: o.Folder}}
	if m, err = p.model(data); err != nil {
		return nil, nil, 0, err
	}
	if err := m.graph.set(o.Constants); err != nil {
		return nil, nil, 0, err
	}
	if err := m.graph.checkDimensions(o.Dimensions); err != nil {
		return nil, nil, 0, err
	}
	if o.Output != "" {
		if notes, err = m.graph.choose(o.Output); err != nil {
			return nil, nil, 0, err
		}
	}
	m.report = o.Report
	size = len(data) + int(p.external.read)
	for _, c := range o.Constants {
		size += 4*len(c.Floats) + 8*len(c.Ints)
	}
	return m, notes, size, nil
}

// checkDimensions refuses lengths of dimensions that no input has open.
func (g *graph) checkDimensions(lengths map[string]int) error {
	var open []string
	for i := range g.inputs {
		for _, d := range g.inputs[i].shape {
			if d.value == 0 && d.name != "" && !slices.Contains(open, d.name) {
				open = append(open, d.name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lengths)) {
		switch n := lengths[name]; {
		case !slices.Contains(open, name) && len(open) == 0:
			return unsupported("no input of the graph has an open dimension %s, or any other (--dimension)", quote(name))
		case !slices.Contains(open, name):
			return unsupported("no input of the graph has an open dimension %s (--dimension), but %s", quote(name), enumerate(quotes(open)))
		case n < 1 || n > format.MaxSize:
			return unsupported("the dimension %s is %d, want 1 to %d (--dimension)", quote(name), n, format.MaxSize)
		}
	}
	return nil
}

// readGraph reads the model as a graph of layers. done is how many nodes were
// evaluated.
func (o *Options) readGraph(data []byte) (n *network.Network, done int, err error) {
	m, notes, size, err := o.model(data)
	if err != nil {
		return nil, 0, err
	}
	n, done, err = readGraph(m, size, o.Dimensions)
	if n != nil {
		n.Notes = append(notes, n.Notes...)
	}
	return n, done, err
}

// readChain reads the model as a chain of layers. done is how many nodes were
// evaluated.
func (o *Options) readChain(data []byte) (n *network.Network, done int, err error) {
	m, notes, size, err := o.model(data)
	if err != nil {
		return nil, 0, err
	}
	if len(o.Dimensions) > 0 {
		return nil, 0, &Error{Err: network.ErrUnsupported, Reason: "the lengths of dimensions are given, which only a graph can use"}
	}
	s, err := newSchedule(&m.graph, func(string) bool { return false })
	if err != nil {
		return nil, 0, err
	}
	im := &importer{
		model:     m,
		budget:    min(size, math.MaxInt32/16)*4 + 1<<16,
		values:    map[string]value{},
		symbols:   map[string]int{},
		roles:     map[*input]*role{},
		merged:    map[[2]*stage]*stage{},
		operators: operators(),
		notes:     notes,
	}
	if err := im.start(s); err != nil {
		return nil, 0, err
	}
	if m.report != nil {
		*m.report = network.Report{}
	}
	for _, n := range s.nodes {
		m.report.Begin(n.label(), n.operator)
		if err := im.evaluate(n); err != nil {
			if !m.graph.mayBeChain() {
				done = never
			}
			return nil, done, m.graph.withHint(err, n)
		}
		done++
	}
	if n, err = im.network(); err == nil && m.report != nil {
		im.reportChain(s.nodes)
	} else if err != nil && (im.several || !m.graph.mayBeChain()) {
		done = never
	}
	return n, done, err
}

// A value is an *array, a *stream, or nil if an input is left out.
type value any

// An importer evaluates the nodes of a graph.
type importer struct {
	model     *model
	operators map[string]operator
	values    map[string]value
	budget    int            // elements of float32 that may still be computed
	symbols   map[string]int // open dimensions by their names
	open      int            // open dimensions so far
	roles     map[*input]*role
	stages    []*stage             // all that nodes made
	chain     []*stage             // those of the network, in their order
	merged    map[[2]*stage]*stage // layers of two directions, of two nodes
	trace     *tracer              // nil: the graph is read as a chain
	otherwise func(n *node) error  // evaluates nodes in another way; nil: nothing does

	several      bool     // the graph has more outputs than a chain
	resetsBefore bool     // a GRU resets before the product
	notes        []string // of what the network leaves out
}

// An operator describes the inputs and outputs of a kind of node.
type operator struct {
	least, most int // inputs
	outputs     int // at most
	run         func(c *call) ([]value, error)
}

// A call evaluates a node.
type call struct {
	*importer
	node *node
	in   []value
}

// start makes the values of initializers and of the graph's inputs.
func (im *importer) start(s *schedule) error {
	for name, t := range s.initializers {
		im.values[name] = t.array()
	}
	for i := range s.graph.inputs {
		v := &s.graph.inputs[i]
		if s.inputs[v.name] == nil {
			continue
		}
		st, err := im.newStream(v)
		if err != nil {
			return err
		}
		im.values[v.name] = st
	}
	return nil
}

func (im *importer) evaluate(n *node) error {
	if im.otherwise != nil {
		return im.otherwise(n)
	}
	c := &call{importer: im, node: n}
	op, ok := im.operators[n.operator]
	if !ok || !isStandard(n.domain) {
		return c.unread()
	}
	if len(n.inputs) < op.least || len(n.inputs) > op.most || len(n.outputs) < 1 || len(n.outputs) > op.outputs {
		return c.damaged("%s and %s", message.Count(len(n.inputs), "input"), message.Count(len(n.outputs), "output"))
	}
	for i, name := range n.inputs {
		if _, ok := im.values[name].(*absolute); ok && n.operator != "Add" && n.operator != "Div" {
			return c.unsupported("input %d is the absolute value of something that depends on the graph's inputs, which is only supported in x / (1 + |x|)", i)
		}
		if name == "" {
			if i < op.least {
				return c.damaged("input %d is left out", i)
			}
			c.in = append(c.in, nil)
			continue
		}
		v := im.values[name]
		if v == nil {
			return c.unsupported("input %d is %s, which the node before does not give", i, quote(name))
		}
		c.in = append(c.in, v)
	}
	if err := c.checkOrder(); err != nil {
		return err
	}
	out, err := op.run(c)
	if err != nil {
		return err
	}
	for i := range n.attributes {
		if a := &n.attributes[i]; !a.read {
			return c.unsupported("the attribute %s", quote(a.name))
		}
	}
	for i, name := range n.outputs {
		if i < len(out) && name != "" && out[i] != nil {
			im.values[name] = out[i]
		}
	}
	return nil
}

// unread refuses a node whose operator is not supported.
func (c *call) unread() error {
	if !isStandard(c.node.domain) {
		return c.unsupported("an operator of the domain %s%s", quote(c.node.domain), advice(c.node.operator, "export the model without optimizing it for one runtime"))
	}
	return c.unsupported("an operator that is not supported%s", advice(c.node.operator, "if no output that you need depends on it, name the one that you need (--output)"))
}

// advice says what to do about an operator that is not supported.
func advice(operator, otherwise string) string {
	switch operator {
	case "DynamicQuantizeLSTM", "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "DynamicQuantizeMatMul", "QLinearMatMul":
		return ": the weights are quantized; convert the float32 model"
	}
	return ": " + otherwise
}

func (c *call) fail(reason error, format string, args ...any) error {
	return nodeError(c.node, reason, format, args...)
}

func (c *call) unsupported(format string, args ...any) error {
	return c.fail(network.ErrUnsupported, format, args...)
}

func (c *call) damaged(format string, args ...any) error {
	return c.fail(network.ErrDamaged, format, args...)
}

func (c *call) shape(format string, args ...any) error {
	return c.fail(network.ErrShape, format, args...)
}

// spend takes elements from the budget, which bounds the memory and the time.
func (c *call) spend(n int) error {
	if n < 0 || n > c.budget {
		return c.unsupported("its constants become many times larger than the file")
	}
	c.budget -= n
	return nil
}

// input returns input i, or nil if it is left out.
func (c *call) input(i int) value {
	if i >= len(c.in) {
		return nil
	}
	return c.in[i]
}

// array returns input i, which must be constant, or nil if it is left out.
func (c *call) array(i int, what string) (*array, error) {
	switch v := c.input(i).(type) {
	case nil:
		return nil, nil
	case *array:
		return v, nil
	}
	return nil, c.unsupported("%s (%s) depends on the graph's inputs, want a constant", what, quote(c.node.inputs[i]))
}

// list returns the integers of input i, and false if it is left out.
func (c *call) list(i int, what string) ([]int64, bool, error) {
	a, err := c.array(i, what)
	if err != nil || a == nil {
		return nil, false, err
	}
	list, ok := a.numbers()
	if !ok {
		return nil, false, c.unsupported("%s (%s) is not a list of integers", what, quote(c.node.inputs[i]))
	}
	return list, true, nil
}

// axis returns an axis of a value of some rank; -1 is the last.
func (c *call) axis(v int64, rank int) (int, error) {
	if v < int64(-rank) || v >= int64(rank) {
		return 0, c.shape("the axis %d of %d", v, rank)
	}
	if v < 0 {
		v += int64(rank)
	}
	return int(v), nil
}

// axes returns sorted axes without repetition.
func (c *call) axes(list []int64, rank int) (map[int]bool, error) {
	set := map[int]bool{}
	for _, v := range list {
		k, err := c.axis(v, rank)
		if err != nil {
			return nil, err
		}
		if set[k] {
			return nil, c.damaged("the axis %d twice", v)
		}
		set[k] = true
	}
	return set, nil
}

// one returns a single output.
func one(v value, err error) ([]value, error) {
	if err != nil {
		return nil, err
	}
	return []value{v}, nil
}

// same returns input 0 as it is.
func same(c *call) ([]value, error) { return []value{c.in[0]}, nil }

func shapeText(shape []size) string { return fmt.Sprint(shape) }
