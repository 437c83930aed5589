package onnx

import (
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
)

// A model holds the useful parts of ModelProto.
type model struct {
	producer string // its name and version
	exporter string // its name
	opset    int64  // of the operators of ONNX itself
	graph    graph
	report   *network.Report // the report of what becomes of the nodes; may be nil
}

type graph struct {
	nodes        []*node
	initializers []*tensor
	inputs       []input
	outputs      []string
}

// A node is an operator. An empty name stands for an input or output that is
// left out.
type node struct {
	name, operator, domain string
	inputs, outputs        []string
	attributes             []attribute
	unrolled               *unrolled // the unrolled loop that a Scan stands for; nil: it is the file's own
}

// label returns the node's name, or else its first output.
func (n *node) label() string {
	if n.name != "" {
		return n.name
	}
	for _, name := range n.outputs {
		if name != "" {
			return name
		}
	}
	return ""
}

// The types of attributes.
const (
	attributeFloat   = 1
	attributeInt     = 2
	attributeString  = 3
	attributeTensor  = 4
	attributeGraph   = 5
	attributeFloats  = 6
	attributeInts    = 7
	attributeStrings = 8
)

// An attribute is an attribute of a node.
type attribute struct {
	name    string
	kind    int64
	float   float32
	integer int64
	text    string
	tensor  *tensor
	floats  []float32
	ints    []int64
	strings []string
	graph   *graph
	read    bool // an operator took it into account
}

// An input is a value that goes into the graph.
type input struct {
	name   string
	dtype  dtype
	shape  []dimension
	shaped bool // it has a shape
}

// A dimension has a value, or a name, or neither.
type dimension struct {
	value int64 // 0: open
	name  string
}

// most bounds the number of a file's nodes, attributes and tensors, each of which
// takes more memory than it has bytes in the file.
const most = 1 << 16

// maxDepth bounds how deep graphs nest.
const maxDepth = 8

// A parser reads a model's messages.
type parser struct {
	things   int // nodes, attributes, tensors so far
	integers int // elements of integer tensors so far
	depth    int // of graphs within graphs
	external external
}

func (p *parser) count() error {
	if p.things++; p.things > most {
		return unsupported("more than %d nodes, attributes and tensors", most)
	}
	return nil
}

func (p *parser) model(b []byte) (*model, error) {
	m := &model{}
	var version int64
	var name, release string
	seen := false
	err := protobuf.ReadFields("ModelProto", b, protobuf.Numbers(8, 14, 20, 25, 26), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Integer(&version)
		case 2:
			return f.Text(&name)
		case 3:
			return f.Text(&release)
		case 4, 5, 6, 14: // the model's domain, version, documentation and metadata
			return nil
		case 7:
			seen = true
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			return p.graph(&m.graph, b)
		case 8:
			return m.operators(f)
		case 20:
			return unsupported("the file holds training_info; export the model for inference")
		case 25:
			return unsupported("the file holds functions of its own; inline them (onnx.inliner)")
		case 26:
			return unsupported("the file holds a configuration of several devices")
		}
		return f.Unknown()
	})
	if err != nil {
		return nil, ofMessage(err)
	}
	m.exporter = name
	if name != "" {
		m.producer = name
		if release != "" {
			m.producer += " " + release
		}
	}
	switch {
	case !seen:
		return nil, damaged("the file has no graph")
	case version < 1:
		return nil, damaged("the file has the ir_version %d", version)
	case m.opset == 0:
		return nil, damaged("the file does not say which opset it uses")
	case m.opset < 7 || m.opset > 24:
		return nil, unsupported("the file uses opset %d; opsets 7 to 24 are supported: export it with one of these, for instance opset_version=17", m.opset)
	}
	return m, nil
}

// operators reads the version of the operators.
func (m *model) operators(f protobuf.Field) error {
	b, err := f.Bytes()
	if err != nil {
		return err
	}
	var domain string
	var version int64
	err = protobuf.ReadFields("OperatorSetIdProto", b, 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&domain)
		case 2:
			return f.Integer(&version)
		}
		return f.Unknown()
	})
	if err == nil && isStandard(domain) {
		if m.opset != 0 && m.opset != version {
			return damaged("the file uses the opsets %d and %d", m.opset, version)
		}
		m.opset = version
	}
	return err
}

// isStandard reports whether a domain is that of ONNX's own operators.
func isStandard(domain string) bool { return domain == "" || domain == "ai.onnx" }

func (p *parser) graph(g *graph, b []byte) error {
	if p.depth++; p.depth > maxDepth {
		return unsupported("graphs nest more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	return protobuf.ReadFields("GraphProto", b, protobuf.Numbers(1, 5, 11, 12, 13, 14, 15, 16), func(f protobuf.Field) error {
		if err := p.count(); err != nil {
			return err
		}
		b, err := f.Bytes()
		if err != nil {
			return err
		}
		switch f.Number {
		case 1:
			n := &node{}
			g.nodes = append(g.nodes, n)
			return p.node(n, b)
		case 2, 10, 13, 16: // name, documentation, shapes of values between nodes, metadata
			return nil
		case 5:
			t, err := p.tensor(b)
			g.initializers = append(g.initializers, t)
			return err
		case 11:
			v, err := p.value(b)
			g.inputs = append(g.inputs, v)
			return err
		case 12:
			v, err := p.value(b)
			g.outputs = append(g.outputs, v.name)
			return err
		case 14:
			return unsupported("the graph is quantized (quantization_annotation); convert the float32 model")
		case 15:
			return unsupported("the graph has a sparse initializer")
		}
		return f.Unknown()
	})
}

func (p *parser) node(n *node, b []byte) error {
	err := protobuf.ReadFields("NodeProto", b, protobuf.Numbers(1, 2, 5, 9, 10), func(f protobuf.Field) error {
		switch f.Number {
		case 1, 2:
			if err := p.count(); err != nil {
				return err
			}
			var name string
			err := f.Text(&name)
			if f.Number == 1 {
				n.inputs = append(n.inputs, name)
			} else {
				n.outputs = append(n.outputs, name)
			}
			return err
		case 3:
			return f.Text(&n.name)
		case 4:
			return f.Text(&n.operator)
		case 5:
			if err := p.count(); err != nil {
				return err
			}
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			a, err := p.attribute(b)
			n.attributes = append(n.attributes, a)
			return err
		case 6, 9: // documentation, metadata
			return nil
		case 7:
			return f.Text(&n.domain)
		case 8:
			var overload string
			if err := f.Text(&overload); err != nil || overload == "" {
				return err
			}
			return unsupported("a node has the overload %s", quote(overload))
		case 10:
			return unsupported("a node has a configuration of several devices")
		}
		return f.Unknown()
	})
	if err == nil && n.operator == "" {
		return damaged("a node has no operator")
	}
	return err
}

func (p *parser) attribute(b []byte) (a attribute, err error) {
	err = protobuf.ReadFields("AttributeProto", b, protobuf.Numbers(7, 8, 9, 10, 11, 15, 23), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&a.name)
		case 2:
			return f.Float(&a.float)
		case 3:
			return f.Integer(&a.integer)
		case 4:
			return f.Text(&a.text)
		case 5:
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			a.tensor, err = p.tensor(b)
			return err
		case 6:
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			a.graph = &graph{}
			return p.graph(a.graph, b)
		case 7:
			return f.Floats(&a.floats)
		case 8:
			return f.FewIntegers(&a.ints, maxIntegers)
		case 9:
			var s string
			err := f.Text(&s)
			a.strings = append(a.strings, s)
			return err
		case 13: // documentation
			return nil
		case 20:
			return f.Integer(&a.kind)
		case 21:
			return damaged("the attribute %s refers to a function's", quote(a.name))
		case 10, 11, 14, 15, 22, 23: // lists of tensors, types, sparse tensors: the kind tells
			return nil
		}
		return f.Unknown()
	})
	return a, err
}

// value reads the name, the type and the shape of a graph's input or output.
func (p *parser) value(b []byte) (v input, err error) {
	var kind []byte
	err = protobuf.ReadFields("ValueInfoProto", b, protobuf.Numbers(4), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&v.name)
		case 2:
			kind, err = f.Bytes()
			return err
		case 3, 4: // documentation, metadata
			return nil
		}
		return f.Unknown()
	})
	if err != nil {
		return v, err
	}
	err = protobuf.ReadFields("TypeProto", kind, 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			return p.tensorType(&v, b)
		case 4, 5, 8, 9:
			return &Error{Err: network.ErrUnsupported, Tensor: v.name, Reason: "it is a sequence, a map, or an optional or sparse tensor"}
		case 6: // denotation
			return nil
		}
		return f.Unknown()
	})
	return v, err
}

func (p *parser) tensorType(v *input, b []byte) error {
	return protobuf.ReadFields("TypeProto.Tensor", b, 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			var t int64
			err := f.Integer(&t)
			v.dtype = dtype(t)
			return err
		case 2:
			v.shaped = true
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			return protobuf.ReadFields("TensorShapeProto", b, protobuf.Numbers(1), func(f protobuf.Field) error {
				if f.Number != 1 {
					return f.Unknown()
				}
				b, err := f.Bytes()
				if err != nil {
					return err
				}
				if len(v.shape) == maxRank {
					return &Error{Err: network.ErrUnsupported, Tensor: v.name, Reason: "it has more than 16 dimensions"}
				}
				d, err := parseDimension(b)
				v.shape = append(v.shape, d)
				return err
			})
		}
		return f.Unknown()
	})
}

func parseDimension(b []byte) (d dimension, err error) {
	given := false
	err = protobuf.ReadFields("TensorShapeProto.Dimension", b, 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			given = true
			return f.Integer(&d.value)
		case 2:
			return f.Text(&d.name)
		case 3: // denotation
			return nil
		}
		return f.Unknown()
	})
	if err == nil && given && d.value <= 0 {
		// Exporters write -1 or 0 for an open dimension.
		d.value = 0
	}
	return d, err
}
