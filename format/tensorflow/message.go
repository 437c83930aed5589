package tensorflow

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
)

// most bounds the number of nodes, inputs and attributes in that many bytes; each takes
// some 100 bytes of memory.
func most(size int) int { return 1<<16 + size/16 }

// A graphDef is a graph of operators, and the functions that they call.
type graphDef struct {
	nodes     []*node
	functions []*function
}

// A node is an operator. An input is "name", "name:1" for a further output of that
// node, or "^name" for one that only has to run before.
type node struct {
	name, op   string
	inputs     []string
	attributes []namedAttribute
	called     bool // it is in a function that the graph calls
}

// A namedAttribute is an option of a node. Its message is read on demand.
type namedAttribute struct {
	name    string
	message []byte
}

// A parser reads the messages of a file.
type parser struct {
	left int // nodes, inputs and attributes that may still come
}

func (p *parser) count() error {
	if p.left--; p.left < 0 {
		return network.Refuse(network.ErrUnsupported, "", "more nodes, inputs and attributes than a network of its size can have")
	}
	return nil
}

// damaged is the error of a file that breaks the rules of its format.
func damaged(name, format string, args ...any) error {
	return network.Refuse(network.ErrDamaged, name, format, args...)
}

// graph reads a GraphDef.
func (p *parser) graph(b []byte) (*graphDef, error) {
	g := &graphDef{}
	err := protobuf.ReadFields("GraphDef", b, protobuf.Numbers(1), func(f protobuf.Field) error {
		b, err := f.Bytes()
		switch f.Number {
		case 1:
			if err != nil {
				return err
			}
			n, err := p.node(b)
			g.nodes = append(g.nodes, n)
			return err
		case 2:
			if err != nil {
				return err
			}
			g.functions, err = p.library(b)
			return err
		case 3, 4, 5: // versions, debugging
			return nil
		}
		return f.Unknown()
	})
	return g, err
}

// node reads a NodeDef.
func (p *parser) node(b []byte) (*node, error) {
	if err := p.count(); err != nil {
		return nil, err
	}
	n := &node{}
	err := protobuf.ReadFields("NodeDef", b, protobuf.Numbers(3, 5), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&n.name)
		case 2:
			return f.Text(&n.op)
		case 3:
			var in string
			if err := f.Text(&in); err != nil {
				return err
			}
			n.inputs = append(n.inputs, in)
			return p.count()
		case 4, 6, 7: // the device, debugging, types
			return nil
		case 5:
			a, err := p.namedAttribute(f)
			n.attributes = append(n.attributes, a)
			return err
		}
		return f.Unknown()
	})
	if err == nil && (n.name == "" || n.op == "") {
		err = damaged(n.name, "a node without a name or an operator")
	}
	return n, err
}

// namedAttribute reads an entry of a map of attributes.
func (p *parser) namedAttribute(f protobuf.Field) (a namedAttribute, err error) {
	b, err := f.Bytes()
	if err != nil {
		return a, err
	}
	if err := p.count(); err != nil {
		return a, err
	}
	err = protobuf.ReadFields("AttrEntry", b, 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&a.name)
		case 2:
			a.message, err = f.Bytes()
			return err
		}
		return f.Unknown()
	})
	return a, err
}

// An attribute is the value of an option: of the field that is set. kind is its number
// in AttrValue.
type attribute struct {
	kind     int
	text     string
	integer  int64
	float    float32
	flag     bool
	dtype    dtype
	shape    *shape
	tensor   []byte // a TensorProto
	function string
	list     []byte // a ListValue
}

// The kinds of attributes.
const (
	attributeList     = 1
	attributeText     = 2
	attributeInteger  = 3
	attributeFloat    = 4
	attributeFlag     = 5
	attributeType     = 6
	attributeShape    = 7
	attributeTensor   = 8
	attributeFunction = 10
)

// attribute returns an option of a node, which must have one of the given kinds; nil:
// there is no option of that name.
func (n *node) attribute(name string, kind int) (*attribute, error) {
	for _, named := range n.attributes {
		if named.name != name {
			continue
		}
		a, err := readAttribute(named.message)
		if err != nil {
			return nil, n.at(err)
		}
		if a.kind != kind {
			return nil, damaged(n.name, "%s: the attribute %s is of the kind %d, want %d", short(n.op), network.Quote(name), a.kind, kind)
		}
		return a, nil
	}
	return nil, nil
}

// at adds the node to an error.
func (n *node) at(err error) error {
	return fmt.Errorf("node %s (%s): %w", network.Quote(n.name), short(n.op), err)
}

// short cuts an operator's name that is too long to be one.
func short(op string) string {
	if len(op) > 60 {
		return op[:60] + "…"
	}
	return op
}

// readAttribute reads an AttrValue.
func readAttribute(b []byte) (*attribute, error) {
	a := &attribute{}
	err := protobuf.ReadFields("AttrValue", b, 0, func(f protobuf.Field) error {
		if a.kind != 0 {
			return damaged("", "an attribute has two values")
		}
		a.kind = int(f.Number)
		return a.read(f)
	})
	return a, err
}

// read reads the value of an attribute.
func (a *attribute) read(f protobuf.Field) (err error) {
	var number int64
	switch f.Number {
	case attributeList:
		a.list, err = f.Bytes()
	case attributeText:
		err = f.Text(&a.text)
	case attributeInteger:
		err = f.Integer(&a.integer)
	case attributeFloat:
		err = f.Float(&a.float)
	case attributeFlag:
		err = f.Integer(&number)
		a.flag = number != 0
	case attributeType:
		err = f.Integer(&number)
		a.dtype = dtype(number)
	case attributeShape:
		var b []byte
		if b, err = f.Bytes(); err == nil {
			a.shape, err = readShape(b)
		}
	case attributeTensor:
		a.tensor, err = f.Bytes()
	case 9: // a placeholder within a function
		err = f.Text(&a.text)
	case attributeFunction:
		var b []byte
		if b, err = f.Bytes(); err == nil {
			a.function, err = readFunctionName(b)
		}
	default:
		err = f.Unknown()
	}
	return err
}

// readFunctionName reads a NameAttrList, without its attributes.
func readFunctionName(b []byte) (name string, err error) {
	err = protobuf.ReadFields("NameAttrList", b, protobuf.Numbers(2), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&name)
		case 2:
			return nil
		}
		return f.Unknown()
	})
	return name, err
}

// maxRank bounds the number of axes.
const maxRank = 16

// A shape has the length of each axis, or -1 if it is open.
type shape struct {
	unknown bool // even the number of axes is open
	sizes   []int64
}

// readShape reads a TensorShapeProto.
func readShape(b []byte) (*shape, error) {
	s := &shape{}
	err := protobuf.ReadFields("TensorShapeProto", b, protobuf.Numbers(2), func(f protobuf.Field) error {
		switch f.Number {
		case 2:
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			if len(s.sizes) == maxRank {
				return network.Refuse(network.ErrUnsupported, "", "a tensor of more than %d axes", maxRank)
			}
			size, err := readSize(b)
			s.sizes = append(s.sizes, size)
			return err
		case 3:
			var unknown int64
			err := f.Integer(&unknown)
			s.unknown = unknown != 0
			return err
		}
		return f.Unknown()
	})
	return s, err
}

func readSize(b []byte) (size int64, err error) {
	err = protobuf.ReadFields("TensorShapeProto.Dim", b, 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Integer(&size)
		case 2: // its name
			return nil
		}
		return f.Unknown()
	})
	if err == nil && (size < -1 || size > 1<<31) {
		err = damaged("", "an axis of the length %d", size)
	}
	return size, err
}
