package onnx

// attribute returns an attribute, or nil. It must be of the kind.
func (c *call) attribute(name string, kind int64) (*attribute, error) {
	var found *attribute
	for i := range c.node.attributes {
		a := &c.node.attributes[i]
		if a.name != name {
			continue
		}
		if found != nil {
			return nil, c.damaged("two attributes %s", quote(name))
		}
		if a.kind != kind {
			return nil, c.damaged("the attribute %s is of type %d, want %d", quote(name), a.kind, kind)
		}
		if kind == attributeTensor && a.tensor == nil {
			return nil, c.damaged("the attribute %s has no tensor", quote(name))
		}
		a.read, found = true, a
	}
	return found, nil
}

func (c *call) intAttribute(name string, otherwise int64) (int64, error) {
	a, err := c.attribute(name, attributeInt)
	if err != nil || a == nil {
		return otherwise, err
	}
	return a.integer, nil
}

func (c *call) floatAttribute(name string, otherwise float32) (float32, error) {
	a, err := c.attribute(name, attributeFloat)
	if err != nil || a == nil {
		return otherwise, err
	}
	return a.float, nil
}

func (c *call) textAttribute(name, otherwise string) (string, error) {
	a, err := c.attribute(name, attributeString)
	if err != nil || a == nil {
		return otherwise, err
	}
	return a.text, nil
}

// intsAttribute returns a list, and false if there is none.
func (c *call) intsAttribute(name string) ([]int64, bool, error) {
	a, err := c.attribute(name, attributeInts)
	if err != nil || a == nil {
		return nil, false, err
	}
	return a.ints, true, nil
}

// listOf returns a list that is an attribute up to an opset, and input i in
// later ones.
func (c *call) listOf(name string, i int, attributeUpTo int64) ([]int64, bool, error) {
	if c.model.opset <= attributeUpTo {
		return c.intsAttribute(name)
	}
	return c.list(i, name)
}
