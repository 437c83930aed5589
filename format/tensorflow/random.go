package tensorflow

import "math"

// A random is numbers from least on, up to 1 more, of a dropout.
type random struct {
	shape []dimension
	least float32
}

// random gives the random numbers of a dropout.
func (c *call) random() ([]value, error) {
	list, err := c.numbers(0, "the shape")
	if err != nil {
		return nil, err
	}
	shape, err := c.shapeOf(list)
	return []value{&random{shape: shape}}, err
}

// randomly evaluates an operator of random numbers: those of a dropout that keeps
// everything. ok: it is of random numbers.
func (c *call) randomly(operator string) (out []value, ok bool, err error) {
	var r *random
	var v float32
	others := 0
	for _, in := range c.in {
		switch in := in.(type) {
		case *random:
			r = in
		case *tensor:
			others++
			if v, ok = in.uniform(); !ok {
				others = -1 << 20
			}
		}
	}
	switch {
	case r == nil:
		return nil, false, nil
	case operator == "Mul" && others == 1 && v == 1:
		return []value{r}, true, nil
	case operator == "Add" && others == 1:
		return []value{&random{r.shape, r.least + v}}, true, nil
	case operator == "Floor" && others == 0 && r.least == float32(math.Trunc(float64(r.least))):
		return []value{filled(typeFloat, r.shape, r.least)}, true, nil
	case operator == "GreaterEqual" && others == 1 && c.in[0] == value(r) && v <= r.least:
		return []value{whole(typeBool, r.shape, number{n: 1})}, true, nil
	}
	return nil, true, c.unsupported("of random numbers, as a dropout in training has them; freeze the graph for inference (keep_prob 1, learning phase 0)")
}
