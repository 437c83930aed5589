package tensorflow

import "github.com/rnnrun/rnnrun/format/protobuf"

// A function is a graph that nodes call by its name.
type function struct {
	name            string
	inputs, outputs []string
	nodes           []*node
	results         map[string]string // the inner values of the outputs
}

// library reads a FunctionDefLibrary.
func (p *parser) library(b []byte) (list []*function, err error) {
	err = protobuf.ReadFields("FunctionDefLibrary", b, protobuf.Numbers(1, 2, 3), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			d, err := p.function(b)
			list = append(list, d)
			return err
		case 2, 3: // gradients
			return nil
		}
		return f.Unknown()
	})
	return list, err
}

// function reads a FunctionDef.
func (p *parser) function(b []byte) (*function, error) {
	if err := p.count(); err != nil {
		return nil, err
	}
	d := &function{results: map[string]string{}}
	err := protobuf.ReadFields("FunctionDef", b, protobuf.Numbers(3, 4, 5, 6, 7, 8), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return p.signature(d, f)
		case 3:
			b, err := f.Bytes()
			if err != nil {
				return err
			}
			n, err := p.node(b)
			d.nodes = append(d.nodes, n)
			return err
		case 4:
			name, value, err := p.entry(f)
			d.results[name] = value
			return err
		case 5, 6, 7, 8: // attributes, nodes that only have to run, attributes of arguments
			return nil
		}
		return f.Unknown()
	})
	return d, err
}

// signature reads an OpDef: the names of a function's inputs and outputs.
func (p *parser) signature(d *function, f protobuf.Field) error {
	b, err := f.Bytes()
	if err != nil {
		return err
	}
	return protobuf.ReadFields("OpDef", b, protobuf.Numbers(2, 3, 4, 20), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&d.name)
		case 2:
			name, err := p.argument(f)
			d.inputs = append(d.inputs, name)
			return err
		case 3:
			name, err := p.argument(f)
			d.outputs = append(d.outputs, name)
			return err
		case 4, 5, 6, 8, 16, 17, 18, 19, 20, 21: // attributes, documentation, properties of the operator
			return nil
		}
		return f.Unknown()
	})
}

// argument reads the name of an ArgDef.
func (p *parser) argument(f protobuf.Field) (name string, err error) {
	if err := p.count(); err != nil {
		return "", err
	}
	b, err := f.Bytes()
	if err != nil {
		return "", err
	}
	err = protobuf.ReadFields("ArgDef", b, protobuf.Numbers(7), func(f protobuf.Field) error {
		if f.Number == 1 {
			return f.Text(&name)
		}
		return nil // its type, which its value tells
	})
	return name, err
}

// entry reads an entry of a map of texts.
func (p *parser) entry(f protobuf.Field) (key, value string, err error) {
	if err := p.count(); err != nil {
		return "", "", err
	}
	b, err := f.Bytes()
	if err != nil {
		return "", "", err
	}
	err = protobuf.ReadFields("RetEntry", b, 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&key)
		case 2:
			return f.Text(&value)
		}
		return f.Unknown()
	})
	return key, value, err
}
