package tensorflow

import "github.com/rnnrun/rnnrun/internal/message"

// lists adds the operators of TensorLists, which are arrays that are values themselves.
func lists(ops map[string]operator) {
	ops["TensorListReserve"] = (*call).newList
	ops["TensorListFromTensor"] = (*call).listOf
	ops["TensorListGetItem"] = (*call).readList
	ops["TensorListSetItem"] = (*call).writeList
	ops["TensorListStack"] = (*call).stackList
	ops["TensorListLength"] = (*call).lengthOfList
}

// list returns an input that is a TensorList.
func (c *call) list(i int) (*flow, error) {
	if i < len(c.in) {
		if f, ok := c.in[i].(*flow); ok {
			return f, nil
		}
	}
	return nil, c.unsupported("its input %d is not a known TensorList", i)
}

// newList makes a list of a given length whose parts do not exist yet.
func (c *call) newList() ([]value, error) {
	n, err := c.numbers(1, "the length")
	if err != nil {
		return nil, err
	}
	if len(n) != 1 {
		return nil, c.damaged("a length of %s", message.Count(len(n), "number"))
	}
	return []value{&flow{of: &array{n[0]}}}, nil
}

// listOf makes a list of the parts of a tensor along its first axis.
func (c *call) listOf() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if len(x.shape) == 0 {
		return nil, c.damaged("a list of the parts of a single number")
	}
	return []value{&flow{of: &array{x.shape[0].number()}, contents: x}}, nil
}

// readList takes a part: in a loop that of each step.
func (c *call) readList() ([]value, error) {
	f, err := c.list(0)
	if err != nil {
		return nil, err
	}
	return c.take(f)
}

// writeList puts a part into a list, in a loop at each step.
func (c *call) writeList() ([]value, error) {
	f, err := c.list(0)
	if err != nil {
		return nil, err
	}
	return c.write(f)
}

// stackList returns all parts along a first axis.
func (c *call) stackList() ([]value, error) {
	f, err := c.list(0)
	if err != nil {
		return nil, err
	}
	if f.contents == nil || f.at != nil {
		return nil, c.unsupported("a list that was not filled as a whole")
	}
	return []value{f.contents}, nil
}

func (c *call) lengthOfList() ([]value, error) {
	f, err := c.list(0)
	if err != nil {
		return nil, err
	}
	return []value{scalar(typeInt32, f.length())}, nil
}
