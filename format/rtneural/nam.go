package rtneural

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// isNAM reports whether an object is a model of Neural Amp Modeler.
func isNAM(o *object) bool {
	_, named := o.values["architecture"].(string)
	_, config := o.values["config"].(*object)
	return named && config && o.values["weights"] != nil
}

// readNAM reads a model of Neural Amp Modeler: an architecture, its config, and one
// list of all weights.
func readNAM(o *object, r *network.Report) (*network.Network, error) {
	notes, err := o.takeKeys("version", "architecture", "config", "weights", "sample_rate")
	if err != nil {
		return nil, err
	}
	if v, ok := o.values["version"].(string); !ok || !strings.HasPrefix(v, "0.5.") && !strings.HasPrefix(v, "0.6.") && !strings.HasPrefix(v, "0.7.") {
		return nil, unsupported("version", "it is %.40q, want 0.5, 0.6 or 0.7; export the model again with such a version of the trainer", fmt.Sprint(o.values["version"]))
	}
	t, ok := o.values["weights"].(*tensor)
	if !ok || len(t.shape) != 1 {
		return nil, damaged("weights", "it is not a list of numbers")
	}
	w := &namWeights{left: t.data, all: len(t.data), report: r}
	architecture := o.values["architecture"].(string)
	read, ok := map[string]func(*object, *namWeights) (*network.Network, error){
		"LSTM": readNAMLSTM, "WaveNet": readNAMWaveNet, "ConvNet": readNAMConvNet, "Linear": readNAMLinear,
	}[architecture]
	if !ok {
		return nil, unsupported("architecture", "Neural Amp Modeler's %.40q is not known; LSTM, WaveNet, ConvNet and Linear are: train one of these", architecture)
	}
	n, err := read(o.values["config"].(*object), w)
	if err != nil {
		return nil, err
	}
	if err := w.done(); err != nil {
		return nil, err
	}
	n.Notes = append(n.Notes, notes...)
	if v := o.values["sample_rate"]; v != nil {
		if n.SampleRate, err = rate("sample_rate", v); err != nil {
			return nil, err
		}
	}
	return n, n.Validate()
}

// namWeights are the weights that no layer has taken yet.
type namWeights struct {
	left   []float32
	all    int
	report *network.Report // the report of what becomes of them; may be nil
}

// take takes the next weights, rows times columns.
func (w *namWeights) take(name string, rows, columns int) ([]float32, error) {
	if int64(rows)*int64(columns) > int64(len(w.left)) {
		return nil, damaged("weights", "there are %d, which end within %s of %d×%d", w.all, name, rows, columns)
	}
	n := rows * columns
	taken := slices.Clone(w.left[:n])
	w.left = w.left[n:]
	return taken, nil
}

// done refuses weights that are left.
func (w *namWeights) done() error {
	if len(w.left) > 0 {
		return damaged("weights", "there are %d, but the config has %d", w.all, w.all-len(w.left))
	}
	return nil
}

// maxNAM bounds the sizes of a config, so that their products cannot overflow.
const maxNAM = 1 << 20

// size returns a size of a config, 1 or more.
func (o *object) size(key string) (int, error) {
	n, ok := integer(o.values[key])
	if !ok || n < 1 || n > maxNAM {
		return 0, damaged(key, "it is %.40s, want a whole number of at least 1", fmt.Sprint(o.values[key]))
	}
	return n, nil
}

// sizes returns the sizes under some keys.
func (o *object) sizes(keys ...string) (map[string]int, error) {
	list := map[string]int{}
	for _, key := range keys {
		n, err := o.size(key)
		if err != nil {
			return nil, err
		}
		list[key] = n
	}
	return list, nil
}

// dilations returns a list of sizes.
func (o *object) dilations() ([]int, error) {
	l, ok := elements(o.values["dilations"])
	if !ok || len(l) == 0 {
		return nil, damaged("dilations", "it is not a list of numbers")
	}
	var sizes []int
	for _, v := range l {
		n, whole := integer(v)
		if !whole || n < 1 || n > maxNAM {
			return nil, damaged("dilations", "one is %.40s, want a whole number of at least 1", fmt.Sprint(v))
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

func (o *object) flag(key string) (bool, error) {
	b, ok := o.values[key].(bool)
	if !ok {
		return false, damaged(key, "it is %.40s, want true or false", fmt.Sprint(o.values[key]))
	}
	return b, nil
}

// idle refuses a config's keys except those that are known, and those that are
// off: null, false, or an object that is not active.
func (o *object) idle(name string, known ...string) error {
	var unknown []string
	for _, key := range o.keys {
		v := o.values[key]
		if other, ok := v.(*object); ok && other.values["active"] != nil {
			v = other.values["active"]
		}
		if !slices.Contains(known, key) && v != nil && v != false {
			unknown = append(unknown, key)
		}
	}
	switch len(unknown) {
	case 0:
		return nil
	case 1:
		return unsupported(name, "the key %.60q is not known; models of Neural Amp Modeler 0.5 to 0.7 without it are read", unknown[0])
	}
	return unsupported(name, "the keys %s are not known; models of Neural Amp Modeler 0.5 to 0.7 without them are read", message.List(unknown))
}

// A namFunction is a function of one number, and its value for silence.
type namFunction struct {
	format.Activation
	of func(x float64) float64
}

// function returns the activation of a config.
func (o *object) function() (namFunction, error) {
	name, _ := o.values["activation"].(string)
	a := func(k format.ActivationKind) format.Activation { return k.Default() }
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	f, ok := map[string]namFunction{
		"Tanh":     {a(format.ActivationTanh), math.Tanh},
		"ReLU":     {a(format.ActivationReLU), func(x float64) float64 { return max(x, 0) }},
		"Sigmoid":  {a(format.ActivationSigmoid), sigmoid},
		"Hardtanh": {format.Activation{Kind: format.ActivationClip, Alpha: -1, Beta: 1}, func(x float64) float64 { return min(max(x, -1), 1) }},
		"SiLU":     {a(format.ActivationSiLU), func(x float64) float64 { return x * sigmoid(x) }},
		"Softsign": {a(format.ActivationSoftsign), func(x float64) float64 { return x / (1 + math.Abs(x)) }},
	}[name]
	if !ok {
		return f, unsupported("activation", "the function %.60q is not known; Tanh, Hardtanh, ReLU, Sigmoid, SiLU and Softsign are", fmt.Sprint(o.values["activation"]))
	}
	return f, nil
}

// A namGraph is a graph of one sample per step.
type namGraph struct {
	graph  *format.Graph
	values []format.Value
	report *network.Report
}

func newNAMGraph(r *network.Report) *namGraph {
	g := &format.Graph{Inputs: []format.Input{{Name: "input", Frames: 1, Channels: 1}}}
	return &namGraph{g, []format.Value{{Frames: 1, Channels: 1}}, r}
}

// add adds a node, and returns its value.
func (g *namGraph) add(op format.Op, in ...int) (int, error) {
	g.graph.Nodes = append(g.graph.Nodes, format.Node{Op: op, Inputs: in})
	g.report.Made()
	v, err := g.graph.Next(g.values)
	if err != nil {
		return 0, unsupported("config", "%v", err)
	}
	g.values = append(g.values, v)
	return len(g.values) - 1, nil
}

// dense adds a product with weights [outputs][inputs], and a bias or nil.
func (g *namGraph) dense(inputs, outputs int, weight, bias []float32, in int) (int, error) {
	l, err := network.NewDense("", inputs, outputs, weight, bias).Pack()
	if err != nil {
		return 0, unsupported("config", "%v", err)
	}
	return g.add(&l, in)
}

// conv adds a causal convolution with weights [outputs][inputs][taps]; the first
// tap reads the oldest sample.
func (g *namGraph) conv(inputs, outputs, taps, dilation int, weight, bias []float32, in int) (int, error) {
	if int64(taps)*int64(dilation) > maxNAM {
		return 0, unsupported("config", "%s, %s apart", message.Count(taps, "tap"), message.Count(dilation, "sample"))
	}
	if taps > 1 {
		var err error
		if in, err = g.add(&format.Window{Before: (taps - 1) * dilation}, in); err != nil {
			return 0, err
		}
	}
	c, err := format.PackConv(inputs, outputs, taps, 1, dilation, weight, bias)
	if err != nil {
		return 0, unsupported("config", "%v", err)
	}
	return g.add(c, in)
}

// network returns the network whose output is a value.
func (g *namGraph) network(output int) *network.Network {
	g.graph.Outputs = []format.Port{{Name: "output", Value: output}}
	g.report.Describe(g.graph, format.OutputLinear)
	return &network.Network{Graph: g.graph}
}

// times returns weights [outputs][columns] times a column, plus a bias or nil.
func times(weight []float32, x []float64, bias []float32) []float64 {
	y := make([]float64, len(weight)/len(x))
	for i := range y {
		if bias != nil {
			y[i] = float64(bias[i])
		}
		for j, v := range x {
			y[i] += float64(weight[i*len(x)+j]) * v
		}
	}
	return y
}

// narrowed returns float64 numbers as float32.
func narrowed(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}
