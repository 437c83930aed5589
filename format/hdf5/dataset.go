package hdf5

// An Array is the numbers of a dataset.
type Array struct {
	Shape []int
	Type  string    // of its elements in the file: "float32", "int8", …
	Data  []float32 // rounded from float64; other numbers are exact
}

// Array reads a dataset of numbers.
func (o *Object) Array() (*Array, error) {
	a, t, count, err := o.describe()
	if err != nil {
		return nil, err
	}
	if err := o.file.unpack(o.address, 4*count); err != nil {
		return nil, err
	}
	a.Data = make([]float32, count)
	if count == 0 {
		return a, nil
	}
	bad, err := o.readLayout(a, t)
	if err == nil && bad >= 0 {
		err = unsupported(o.address, "number %d of the dataset does not fit into a float32", bad)
	}
	return a, err
}

// Shape returns the sizes of a dataset, and the type of its numbers.
func (o *Object) Shape() ([]int, string, error) {
	a, t, _, err := o.describe()
	if err != nil {
		return nil, "", err
	}
	return a.Shape, t.String(), nil
}

// describe reads everything about a dataset except its numbers.
func (o *Object) describe() (*Array, datatype, int64, error) {
	var t datatype
	space, found, err := o.find(messageDataspace, "a dataspace")
	kind, typed, err2 := o.find(messageDatatype, "a datatype")
	if err == nil {
		err = err2
	}
	if err == nil && !(found && typed && o.IsDataset()) {
		err = damaged(o.address, "it is a group, not a dataset")
	}
	if err != nil {
		return nil, t, 0, err
	}
	shape, any := space.dataspace()
	t = kind.datatype()
	if space.fail(kind.err); space.err != nil {
		return nil, t, 0, space.err
	}
	n, ok := elements(shape, any)
	if !ok {
		return nil, t, 0, damaged(space.at, "an array of %v elements", shape)
	}
	if !t.number() {
		return nil, t, 0, unsupported(t.at, "elements of the type %v and %d bytes, want numbers", t, t.size)
	}
	a := &Array{Type: t.String(), Shape: make([]int, len(shape))}
	for i, d := range shape {
		a.Shape[i] = int(d)
	}
	return a, t, n, nil
}

// readLayout reads the numbers in any layout. It returns the place of one that a
// float32 cannot hold, or -1.
func (o *Object) readLayout(a *Array, t datatype) (int, error) {
	c, _, err := o.find(messageLayout, "a layout")
	if err != nil {
		return -1, err
	}
	filters, filtered, err := o.filters()
	if err != nil {
		return -1, err
	}
	at := c.at
	version := c.version("a layout", 3, 4)
	class := c.u8()
	size := int64(len(a.Data)) * int64(t.size)
	var data cursor
	switch {
	case c.err != nil:
		return -1, c.err
	case class == 0:
		data = cursor{file: o.file, at: c.at}
		data.b = c.bytes(c.u16())
	case class == 1:
		address, n := c.address(), c.length()
		if c.err == nil && address == undefined {
			return -1, unsupported(at, "a dataset to which nothing was written")
		}
		if c.err == nil {
			data = o.file.block(address, n, "a dataset")
		}
	case class == 2:
		k := chunks{file: o.file, array: a, kind: t, filters: filters, at: at, bad: -1}
		err := k.read(&c, version)
		return k.bad, err
	default:
		return -1, unsupported(at, "a layout of the class %d", class)
	}
	if c.fail(data.err); c.err != nil {
		return -1, c.err
	}
	if filtered {
		return -1, damaged(at, "filters of a dataset that is not in chunks")
	}
	if int64(len(data.b)) < size {
		return -1, damaged(at, "%d bytes for %d of the dataset", len(data.b), size)
	}
	return t.floats(a.Data, data.b), nil
}
