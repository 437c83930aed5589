package statedict

// columns returns a tensor with the numbers [from, to) of its last axis.
func columns(t Tensor, from, to int) Tensor {
	width := t.Shape[len(t.Shape)-1]
	taken := Tensor{Name: t.Name, DType: t.DType, Data: make([]float32, 0, len(t.Data)/width*(to-from))}
	taken.Shape = append(append(taken.Shape, t.Shape[:len(t.Shape)-1]...), to-from)
	for row := 0; row < len(t.Data); row += width {
		taken.Data = append(taken.Data, t.Data[row+from:row+to]...)
	}
	return taken
}

// reorder returns a tensor whose first axis has as many equal blocks as there are
// numbers in order: first block order[0], then order[1] and so on.
func reorder(t Tensor, order []int) Tensor {
	block := len(t.Data) / len(order)
	data := make([]float32, 0, len(t.Data))
	for _, from := range order {
		data = append(data, t.Data[from*block:][:block]...)
	}
	t.Data = data
	return t
}

// transpose returns a tensor with its axes in that order.
func transpose(t Tensor, axes []int) Tensor {
	strides := make([]int, len(t.Shape))
	for i, n := len(t.Shape)-1, 1; i >= 0; i-- {
		strides[i] = n
		n *= t.Shape[i]
	}
	to := Tensor{Name: t.Name, DType: t.DType, Data: make([]float32, 0, len(t.Data))}
	for _, axis := range axes {
		to.Shape = append(to.Shape, t.Shape[axis])
	}
	var walk func(axis, at int)
	walk = func(axis, at int) {
		if axis == len(axes) {
			to.Data = append(to.Data, t.Data[at])
			return
		}
		for i := range to.Shape[axis] {
			walk(axis+1, at+i*strides[axes[axis]])
		}
	}
	walk(0, 0)
	return to
}
