package onnx

import "slices"

// constantProduct evaluates Gemm and MatMul of constants, such as a first state of zeros
// with a cell's weights. Several matrices are refused.
func (t *tracer) constantProduct(c *call) ([]value, error) {
	var sides [2][]float32
	var shapes [2][]int
	for i, name := range []string{"transA", "transB"} {
		a, err := c.array(i, "an operand")
		if err != nil {
			return nil, err
		}
		shape, data, err := t.floats(c, a)
		if err != nil {
			return nil, err
		}
		for len(shape) > 2 && shape[0] == 1 {
			shape = shape[1:]
		}
		if len(shape) != 2 || len(a.shape) != 2 && i == 1 {
			return nil, c.unsupported("a product of constants of the shape %v", shapeText(a.shape))
		}
		turned := int64(0)
		if c.node.operator == "Gemm" {
			if turned, err = c.intAttribute(name, 0); err != nil {
				return nil, err
			}
		}
		if turned != 0 {
			shape, data = []int{shape[1], shape[0]}, transposed(data, shape[0], shape[1])
		}
		sides[i], shapes[i] = data, shape
	}
	rows, depth, columns := shapes[0][0], shapes[0][1], shapes[1][1]
	if depth != shapes[1][0] {
		return nil, c.shape("the shapes %v and %v", shapes[0], shapes[1])
	}
	if err := c.spend(rows * columns); err != nil {
		return nil, err
	}
	factors := [2]float32{1, 1}
	if c.node.operator == "Gemm" {
		for i, name := range []string{"alpha", "beta"} {
			var err error
			if factors[i], err = c.floatAttribute(name, 1); err != nil {
				return nil, err
			}
		}
	}
	bias, err := t.spreadOver(c, 2, rows, columns)
	if err != nil {
		return nil, err
	}
	r := &array{dtype: typeFloat, floats: make([]float32, rows*columns)}
	for i := range rows {
		for k := range columns {
			sum := 0.0
			for d := range depth {
				sum += float64(sides[0][i*depth+d]) * float64(sides[1][d*columns+k])
			}
			sum *= float64(factors[0])
			if bias != nil {
				sum += float64(factors[1]) * float64(bias[i*columns+k])
			}
			r.floats[i*columns+k] = float32(sum)
		}
	}
	first := c.in[0].(*array).shape
	r.shape = append(slices.Clone(first[:max(len(first)-2, 0)]), number(int64(rows)), number(int64(columns)))
	for _, n := range r.shape {
		r.stored = append(r.stored, n.known())
	}
	return []value{r}, nil
}

// spreadOver returns constant input i as a matrix of rows and columns; nil: it is left
// out.
func (t *tracer) spreadOver(c *call, i, rows, columns int) ([]float32, error) {
	a, err := c.array(i, "C")
	if a == nil || err != nil {
		return nil, err
	}
	shape, data, err := t.floats(c, a)
	if err != nil {
		return nil, err
	}
	for len(shape) < 2 {
		shape = slices.Insert(shape, 0, 1)
	}
	if len(shape) != 2 || shape[0] != 1 && shape[0] != rows || shape[1] != 1 && shape[1] != columns {
		return nil, c.shape("C has the shape %v for %d×%d", shape, rows, columns)
	}
	r := make([]float32, 0, rows*columns)
	for k := range rows {
		for o := range columns {
			r = append(r, data[k%shape[0]*shape[1]+o%shape[1]])
		}
	}
	return r, nil
}
