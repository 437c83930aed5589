package tensorflow

import "github.com/rnnrun/rnnrun/internal/message"

// An array is a TensorArray. A flow, which goes from each change of it to the next,
// tells its content.
type array struct{ size number }

// A flow is the state of an array: filled with the parts of a tensor along its first
// axis, or written at each step of a loop.
type flow struct {
	of       *array
	contents *tensor
	// In a loop:
	around *flow   // the array at the start of the step; nil: it is not in a loop
	at     *number // the place where it was written since; nil: nowhere
	wrote  *tensor // the value that was written there
}

func arrays(ops map[string]operator) {
	for _, version := range []string{"V2", "V3"} {
		ops["TensorArray"+version] = (*call).newArray
		ops["TensorArrayScatter"+version] = (*call).scatter
		ops["TensorArrayRead"+version] = (*call).readArray
		ops["TensorArrayWrite"+version] = (*call).writeArray
		ops["TensorArrayGather"+version] = (*call).gatherArray
		ops["TensorArraySize"+version] = (*call).sizeOfArray
	}
}

func (c *call) newArray() ([]value, error) {
	list, err := c.numbers(0, "the size")
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, c.damaged("a size of %s", message.Count(len(list), "number"))
	}
	a := &array{list[0]}
	return []value{a, &flow{of: a}}, nil
}

// flow returns the last input, the flow of the array that is the first.
func (c *call) flow() (*flow, error) {
	f, ok := c.in[len(c.in)-1].(*flow)
	a, isArray := c.in[0].(*array)
	if !ok || !isArray || f.of != a {
		return nil, c.unsupported("its last input is not the flow of its array")
	}
	return f, nil
}

// scatter fills an array with all parts of a tensor.
func (c *call) scatter() ([]value, error) {
	if len(c.in) != 4 {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	f, err := c.flow()
	if err != nil {
		return nil, err
	}
	x, err := c.tensor(2)
	if err != nil {
		return nil, err
	}
	if f.contents != nil || f.around != nil || len(x.shape) == 0 {
		return nil, c.unsupported("an array that has been filled already, or in a loop")
	}
	if err := c.counts(1, x.shape[0]); err != nil {
		return nil, err
	}
	return []value{&flow{of: f.of, contents: x}}, nil
}

// counts refuses an input that is not 0, 1 … up to a length.
func (c *call) counts(i int, all dimension) error {
	list, err := c.numbers(i, "the places")
	if err != nil {
		return err
	}
	for k, v := range list {
		if v != (number{n: int64(k)}) {
			return c.unsupported("parts of the array in another order than their own")
		}
	}
	if len(list) != all.n {
		return c.unsupported("%s of an array of %d", message.Count(len(list), "part"), all.n)
	}
	return nil
}

// place returns the number of the part of an array that is read or written.
func (c *call) place() (number, error) {
	list, err := c.numbers(1, "the place")
	if err != nil {
		return number{}, err
	}
	if len(list) != 1 {
		return number{}, c.damaged("a place of %s", message.Count(len(list), "number"))
	}
	return list[0], nil
}

// readArray takes a part: in a loop that of each step.
func (c *call) readArray() ([]value, error) {
	if len(c.in) != 3 {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	f, err := c.flow()
	if err != nil {
		return nil, err
	}
	return c.take(f)
}

// take takes the part of an array or a list whose place is the second input.
func (c *call) take(f *flow) ([]value, error) {
	at, err := c.place()
	if err != nil {
		return nil, err
	}
	return one(c.partOf(f, at))
}

// partOf returns a part of an array.
func (c *call) partOf(f *flow, at number) (*tensor, error) {
	if f.contents == nil || f.at != nil {
		return nil, c.unsupported("a part of an array that was not filled as a whole")
	}
	if at.step != 0 {
		return c.scope.loop.take(c, f.contents, at)
	}
	if last := f.contents.shape[0].number(); at == (number{n: last.n - 1, open: last.open}) {
		at = number{n: -1} // also where the file has a number of steps
	}
	return c.part(f.contents, 0, at)
}

// writeArray puts a part into an array, in a loop at each step.
func (c *call) writeArray() ([]value, error) {
	if len(c.in) != 4 {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	f, err := c.flow()
	if err != nil {
		return nil, err
	}
	return c.write(f)
}

// write puts the third input into an array or a list, at the place that is the second.
func (c *call) write(f *flow) ([]value, error) {
	at, err := c.place()
	if err != nil {
		return nil, err
	}
	x, err := c.tensor(2)
	if err != nil {
		return nil, err
	}
	return c.put(f, at, x)
}

// put gives the array after a part was put into it.
func (c *call) put(f *flow, at number, x *tensor) ([]value, error) {
	if f.around == nil || f.at != nil || f.contents != nil {
		return nil, c.unsupported("an array that is not written once at each step of a loop")
	}
	return []value{&flow{of: f.of, around: f.around, at: &at, wrote: x}}, nil
}

// gatherArray returns all parts along a first axis.
func (c *call) gatherArray() ([]value, error) {
	if len(c.in) != 3 {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	f, err := c.flow()
	if err != nil {
		return nil, err
	}
	if f.contents == nil || f.at != nil {
		return nil, c.unsupported("an array that was not filled as a whole")
	}
	if err := c.counts(1, f.contents.shape[0]); err != nil {
		return nil, err
	}
	return []value{f.contents}, nil
}

func (c *call) sizeOfArray() ([]value, error) {
	if len(c.in) != 2 {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	f, err := c.flow()
	if err != nil {
		return nil, err
	}
	return []value{scalar(typeInt32, f.length())}, nil
}

// length returns how many parts an array has.
func (f *flow) length() number {
	if f.contents != nil {
		return f.contents.shape[0].number()
	}
	return f.of.size
}
