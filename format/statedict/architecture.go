package statedict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// An Architecture describes what a state_dict does not tell: docs/arch.md
// describes its JSON. An empty field gives no information.
type Architecture struct {
	// StateDict is the key of a checkpoint under which the state_dict is.
	StateDict string `json:"state_dict,omitempty"`
	// Prefix selects the tensors whose names start with it and a dot, and
	// removes both from their names. Empty: all tensors.
	Prefix string `json:"prefix,omitempty"`
	// Modules are all modules in the order in which they are applied.
	Modules []Module `json:"modules,omitempty"`
	// Nonlinearity is that of all RNNs: "tanh" or "relu".
	Nonlinearity string `json:"nonlinearity,omitempty"`
	// Pool says which steps feed what comes after the last recurrent module:
	// "none" (each), "last" (h_n), "last_output" (output[:, -1]), "max" or "mean".
	Pool string `json:"pool,omitempty"`
	// Output is the function of the outputs: "linear", "softmax", "sigmoid",
	// "log_softmax" or "argmax". Empty: linear.
	Output string `json:"output,omitempty"`
	// Skip adds the inputs to the outputs.
	Skip bool `json:"skip,omitempty"`
	// Task is "regress", "classify", "tag" or "language". Empty: regress.
	Task string `json:"task,omitempty"`
	// Labels name the outputs.
	Labels []string `json:"labels,omitempty"`
	// SampleRate is in steps a second.
	SampleRate float64 `json:"sample_rate,omitempty"`
	// Tensors are tensors computed from those of the file, by their names.
	Tensors map[string]Edit `json:"tensors,omitempty"`
	// Inputs, Nodes and Outputs describe a network that is more than a stack of
	// modules, instead of Modules, Nonlinearity, Pool and Skip.
	Inputs []Input `json:"inputs,omitempty"`
	Nodes  []Node  `json:"nodes,omitempty"`
	// Normalization names the tensors of a normalization, beside nodes.
	Normalization *Normalization `json:"normalization,omitempty"`
	// Outputs are the names of the nodes that the network gives. nil: the last one.
	Outputs []string `json:"outputs,omitempty"`
	// Open returns the model of a file that a node names. nil: there are none.
	Open func(n *Node) (*format.Model, error) `json:"-"`
	// Ignore names tensors that no output depends on; a name that ends with *
	// stands for all names that start with what is before it.
	Ignore []string `json:"ignore,omitempty"`
}

// A Module is a PyTorch module of an [Architecture].
type Module struct {
	Name string `json:"name"` // what its tensors' names start with, without the last dot
	// Type is "embedding" or "linear", for a weight that could be either.
	Type string `json:"type,omitempty"`
	// Nonlinearity is that of an RNN: "tanh" or "relu".
	Nonlinearity string `json:"nonlinearity,omitempty"`
	// Activation is applied to the module's outputs: "none", "relu",
	// "tanh", "sigmoid", "leaky_relu", "elu", "softsign", "softplus" or
	// "hardsigmoid", each as in PyTorch.
	Activation string `json:"activation,omitempty"`
	// Alpha is the negative slope of leaky_relu, or alpha of elu.
	Alpha *float32 `json:"alpha,omitempty"`
	// Eps is the number that a batch normalization adds to the variance, which
	// a state_dict does not hold. nil: 1e-5, PyTorch's default.
	Eps *float64 `json:"eps,omitempty"`
	// Reverse: the module's only direction reads the sequence from its end.
	Reverse bool `json:"reverse,omitempty"`
	// H0 and C0 name the tensors of learned initial states.
	H0 Names `json:"h0,omitempty"`
	C0 Names `json:"c0,omitempty"`
}

// Names are names of tensors that follow each other. In JSON they are a list,
// or a single string.
type Names []string

// UnmarshalJSON reads a string or a list.
func (n *Names) UnmarshalJSON(data []byte) error {
	var name string
	if json.Unmarshal(data, &name) == nil {
		*n = nil
		if name != "" {
			*n = Names{name}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(n))
}

// MarshalJSON writes one name as a string.
func (n Names) MarshalJSON() ([]byte, error) {
	if len(n) == 1 {
		return json.Marshal(n[0])
	}
	return json.Marshal([]string(n))
}

// ParseArchitecture reads the JSON of an architecture. The error wraps
// [network.ErrArchitecture].
func ParseArchitecture(data []byte) (*Architecture, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var a Architecture
	if err := d.Decode(&a); errors.Is(err, io.EOF) {
		return nil, network.Refuse(network.ErrArchitecture, "", "the file is empty: it needs a JSON object, as docs/arch.md describes")
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, network.Refuse(network.ErrArchitecture, "", "the JSON object ends too early, at byte %d", len(data))
	} else if err != nil {
		return nil, network.Refuse(network.ErrArchitecture, "", "at byte %d: %v%s", d.InputOffset(), err, suggestField(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, network.Refuse(network.ErrArchitecture, "", "at byte %d: there is more after the JSON object", d.InputOffset())
	}
	return &a, nil
}

// suggestField returns what to say about an unknown field: which one is likely
// meant.
func suggestField(err error) string {
	// encoding/json has no type for this error.
	quoted, found := strings.CutPrefix(err.Error(), "json: unknown field ")
	if !found {
		return ""
	}
	name, err := strconv.Unquote(quoted)
	if err != nil {
		return ""
	}
	var fields []string
	for _, t := range []reflect.Type{reflect.TypeFor[Architecture](), reflect.TypeFor[Module](), reflect.TypeFor[Input](), reflect.TypeFor[Node](), reflect.TypeFor[Edit]()} {
		for i := range t.NumField() {
			field, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if field != name { // it is one of another object
				fields = append(fields, field)
			}
		}
	}
	return message.Suggestion(name, fields)
}

// lookup returns the value of a name that the architecture gives. order is the
// order of the names in a message; if empty, they are sorted.
func lookup[T any](key, name string, values map[string]T, order ...string) (T, error) {
	v, ok := values[name]
	if ok {
		return v, nil
	}
	if order == nil {
		order = slices.Sorted(maps.Keys(values))
	}
	return v, network.Refuse(network.ErrArchitecture, key, "%s is not one of %q%s", network.Quote(name), order, message.Suggestion(name, order))
}

func (a *Architecture) pool() (format.Pool, error) {
	return lookup("pool", a.Pool, map[string]format.Pool{
		"": format.PoolNone, "none": format.PoolNone, "last": format.PoolLast,
		"last_output": format.PoolLastOutput, "max": format.PoolMax, "mean": format.PoolMean,
	}, "none", "last", "last_output", "max", "mean")
}

func (a *Architecture) output() (format.Output, error) {
	return lookup("output", a.Output, map[string]format.Output{
		"": format.OutputLinear, "linear": format.OutputLinear, "softmax": format.OutputSoftmax, "sigmoid": format.OutputSigmoid,
		"log_softmax": format.OutputLogSoftmax, "argmax": format.OutputArgMax,
	}, "linear", "softmax", "sigmoid", "log_softmax", "argmax")
}

func (a *Architecture) task() (format.Task, error) {
	return lookup("task", a.Task, map[string]format.Task{
		"": format.TaskRegress, "regress": format.TaskRegress, "classify": format.TaskClassify, "tag": format.TaskTag, "language": format.TaskLanguage,
	}, "regress", "classify", "tag", "language")
}

// activation returns the activation of a linear module, with PyTorch's constants.
func (m *Module) activation() (format.Activation, error) {
	kind, err := lookup("activation", m.Activation, map[string]format.ActivationKind{
		"": format.ActivationNone, "none": format.ActivationNone, "relu": format.ActivationReLU, "tanh": format.ActivationTanh, "sigmoid": format.ActivationSigmoid,
		"leaky_relu": format.ActivationLeakyReLU, "elu": format.ActivationELU, "softsign": format.ActivationSoftsign, "softplus": format.ActivationSoftplus,
		"hardsigmoid": format.ActivationHardSigmoid,
	}, "none", "relu", "tanh", "sigmoid", "leaky_relu", "elu", "softsign", "softplus", "hardsigmoid")
	if err != nil {
		return format.Activation{}, err
	}
	a := kind.Default()
	if kind == format.ActivationHardSigmoid {
		a.Alpha = 1.0 / 6 // PyTorch's; ONNX has 0.2
	}
	if m.Alpha != nil {
		if kind != format.ActivationLeakyReLU && kind != format.ActivationELU {
			return a, network.Refuse(network.ErrArchitecture, m.Name, `only leaky_relu and elu have "alpha"`)
		}
		a.Alpha = *m.Alpha
	}
	return a, nil
}

// nonlinearity returns an RNN's activation; nil: the architecture does not give
// it.
func (a *Architecture) nonlinearity(m *Module) ([]format.Activation, error) {
	name := a.Nonlinearity
	if m != nil && m.Nonlinearity != "" {
		name = m.Nonlinearity
	}
	return lookup("nonlinearity", name, map[string][]format.Activation{
		"": nil, "tanh": {{Kind: format.ActivationTanh}}, "relu": {{Kind: format.ActivationReLU}},
	}, "tanh", "relu")
}

// String returns the architecture's JSON.
func (a *Architecture) String() string {
	b, err := json.Marshal(a)
	if err != nil {
		return fmt.Sprint(err) // a number that JSON lacks
	}
	return string(b)
}
