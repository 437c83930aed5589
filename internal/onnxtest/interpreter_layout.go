package onnxtest

import (
	"math"
	"slices"
)

// interpreted returns the operators that are not elementwise.
func interpreted() map[string]func(e *evaluation) []Array {
	return map[string]func(e *evaluation) []Array{
		"Transpose":       (*evaluation).transpose,
		"Reshape":         (*evaluation).reshape,
		"Flatten":         (*evaluation).reshape,
		"Squeeze":         (*evaluation).squeeze,
		"Unsqueeze":       (*evaluation).unsqueeze,
		"Concat":          (*evaluation).concat,
		"Slice":           (*evaluation).slice,
		"Split":           (*evaluation).split,
		"Gather":          (*evaluation).gather,
		"Shape":           (*evaluation).shape,
		"Pad":             (*evaluation).pad,
		"If":              (*evaluation).branch,
		"ConstantOfShape": func(e *evaluation) []Array { return []Array{Filled(e.lengths(0), func([]int) float64 { return 0 })} },
		"ReverseSequence": (*evaluation).reverseSequence,
		"Loop":            (*evaluation).loop,
		"Scan":            (*evaluation).scan,

		"MatMul":        (*evaluation).matMul,
		"Gemm":          (*evaluation).gemm,
		"Conv":          (*evaluation).conv,
		"ConvTranspose": (*evaluation).convTranspose,
		"MaxPool":       (*evaluation).window,
		"AveragePool":   (*evaluation).window,

		"Softmax":    (*evaluation).softmax,
		"LogSoftmax": (*evaluation).logSoftmax,

		"Expand": (*evaluation).expand,
		"Tile":   (*evaluation).tile,
		"Resize": (*evaluation).resize,

		"ReduceMean":        (*evaluation).reduce,
		"ReduceSum":         (*evaluation).reduce,
		"ReduceMax":         (*evaluation).reduce,
		"ReduceL2":          (*evaluation).reduce,
		"GlobalMaxPool":     (*evaluation).reduce,
		"GlobalAveragePool": (*evaluation).reduce,

		"LayerNormalization":    (*evaluation).normalize,
		"InstanceNormalization": (*evaluation).normalize,
		"BatchNormalization":    (*evaluation).batchNorm,
		"LpNormalization":       (*evaluation).lpNorm,

		"RNN":  (*evaluation).recurrent,
		"GRU":  (*evaluation).recurrent,
		"LSTM": (*evaluation).recurrent,
	}
}

func (e *evaluation) transpose() []Array {
	x := e.in[0]
	perm := e.ints("perm", -1)
	if perm == nil {
		for k := range x.Shape {
			perm = slices.Insert(perm, 0, k)
		}
	}
	shape := make([]int, len(perm))
	for k, from := range perm {
		shape[k] = x.Shape[from]
	}
	return []Array{Filled(shape, func(index []int) float64 {
		at := make([]int, len(index))
		for k, from := range perm {
			at[from] = index[k]
		}
		return x.At(at...)
	})}
}

func (e *evaluation) reshape() []Array {
	x := e.in[0]
	var shape []int
	if e.Operator == "Flatten" {
		k := axis(e.int("axis", 1), len(x.Shape)+1)
		return []Array{{[]int{size(x.Shape[:k]), size(x.Shape[k:])}, x.Data}}
	}
	open := -1
	for k, n := range e.ints("", 1) {
		switch n {
		case 0:
			n = x.Shape[k]
		case -1:
			open, n = k, 1
		}
		shape = append(shape, n)
	}
	if open >= 0 {
		shape[open] = len(x.Data) / size(shape)
	}
	if size(shape) != len(x.Data) {
		panic("onnxtest: Reshape to another size")
	}
	return []Array{{shape, x.Data}}
}

func (e *evaluation) squeeze() []Array {
	x := e.in[0]
	axes := e.ints("axes", 1)
	var shape []int
	for k, n := range x.Shape {
		gone := slices.ContainsFunc(axes, func(a int) bool { return axis(a, len(x.Shape)) == k }) || axes == nil && n == 1
		if !gone {
			shape = append(shape, n)
		} else if n != 1 {
			panic("onnxtest: Squeeze of an axis that is not of length 1")
		}
	}
	return []Array{{shape, x.Data}}
}

func (e *evaluation) unsqueeze() []Array {
	x := e.in[0]
	axes := e.ints("axes", 1)
	rank := len(x.Shape) + len(axes)
	from := slices.Clone(x.Shape)
	var shape []int
	for k := range rank {
		if slices.ContainsFunc(axes, func(a int) bool { return axis(a, rank) == k }) {
			shape = append(shape, 1)
		} else {
			shape, from = append(shape, from[0]), from[1:]
		}
	}
	return []Array{{shape, x.Data}}
}

func (e *evaluation) concat() []Array {
	k := axis(e.int("axis", 0), len(e.in[0].Shape))
	shape := slices.Clone(e.in[0].Shape)
	shape[k] = 0
	for _, x := range e.in {
		shape[k] += x.Shape[k]
	}
	return []Array{Filled(shape, func(index []int) float64 {
		at := slices.Clone(index)
		for _, x := range e.in {
			if at[k] < x.Shape[k] {
				return x.At(at...)
			}
			at[k] -= x.Shape[k]
		}
		panic("onnxtest: Concat")
	})}
}

func (e *evaluation) slice() []Array {
	x := e.in[0]
	starts, ends, axes, steps := e.ints("starts", 1), e.ints("ends", 2), e.ints("axes", 3), e.ints("", 4)
	first, step := make([]int, len(x.Shape)), slices.Repeat([]int{1}, len(x.Shape))
	shape := slices.Clone(x.Shape)
	for i := range starts {
		k := i
		if axes != nil {
			k = axis(axes[i], len(x.Shape))
		}
		if steps != nil {
			step[k] = steps[i]
		}
		n := x.Shape[k]
		from, to := starts[i], ends[i]
		if from < 0 {
			from += n
		}
		if to < 0 {
			to += n
		}
		if step[k] > 0 {
			from, to = min(max(from, 0), n), min(max(to, 0), n)
			shape[k] = max(0, (to-from+step[k]-1)/step[k])
		} else {
			from, to = min(max(from, 0), n-1), min(max(to, -1), n-1)
			shape[k] = max(0, (from-to-step[k]-1)/-step[k])
		}
		first[k] = from
	}
	return []Array{Filled(shape, func(index []int) float64 {
		at := slices.Clone(index)
		for k := range at {
			at[k] = first[k] + at[k]*step[k]
		}
		return x.At(at...)
	})}
}

func (e *evaluation) split() []Array {
	x := e.in[0]
	k := axis(e.int("axis", 0), len(x.Shape))
	parts := e.ints("split", 1)
	if parts == nil {
		parts = slices.Repeat([]int{x.Shape[k] / len(e.Outputs)}, len(e.Outputs))
	}
	var out []Array
	from := 0
	for _, n := range parts {
		shape := slices.Clone(x.Shape)
		shape[k] = n
		first := from
		out = append(out, Filled(shape, func(index []int) float64 {
			at := slices.Clone(index)
			at[k] += first
			return x.At(at...)
		}))
		from += n
	}
	return out
}

func (e *evaluation) gather() []Array {
	x, index := e.in[0], e.in[1]
	k := axis(e.int("axis", 0), len(x.Shape))
	shape := slices.Concat(x.Shape[:k], index.Shape, x.Shape[k+1:])
	r := len(index.Shape)
	return []Array{Filled(shape, func(at []int) float64 {
		i := axis(int(index.At(at[k:][:r]...)), x.Shape[k])
		return x.At(slices.Concat(at[:k], []int{i}, at[k+r:])...)
	})}
}

func (e *evaluation) shape() []Array {
	shape := e.in[0].Shape
	return []Array{Filled([]int{len(shape)}, func(index []int) float64 { return float64(shape[index[0]]) })}
}

func (e *evaluation) pad() []Array {
	x := e.in[0]
	pads := e.ints("pads", 1)
	value := e.float("value", 0)
	if len(e.in) > 2 {
		value = e.in[2].Data[0]
	}
	shape := slices.Clone(x.Shape)
	for k := range shape {
		shape[k] += pads[k] + pads[len(shape)+k]
	}
	return []Array{Filled(shape, func(index []int) float64 {
		at := slices.Clone(index)
		for k, n := range x.Shape {
			at[k] -= pads[k]
			if at[k] >= 0 && at[k] < n {
				continue
			}
			switch e.text("mode", "constant") {
			case "reflect":
				if at[k] = max(at[k], -at[k]); at[k] >= n {
					at[k] = 2*(n-1) - at[k]
				}
			case "edge":
				at[k] = min(max(at[k], 0), n-1)
			default:
				return value
			}
		}
		return x.At(at...)
	})}
}

func (e *evaluation) branch() []Array {
	name := "else_branch"
	if e.in[0].Data[0] != 0 {
		name = "then_branch"
	}
	m := e.value(name).(*Model)
	e.run(m)
	var out []Array
	for _, v := range m.Outputs {
		out = append(out, e.values[v.Name])
	}
	return out
}

func (e *evaluation) softmax() []Array {
	x := e.in[0]
	first := e.int("axis", map[bool]int{true: -1, false: 1}[e.opset >= 13])
	first = axis(first, len(x.Shape))
	last := first
	if e.opset < 13 {
		last = len(x.Shape) - 1
	}
	y := Array{x.Shape, make([]float64, len(x.Data))}
	for _, row := range rows(x.Shape, func(k int) bool { return k >= first && k <= last }) {
		greatest, sum := math.Inf(-1), 0.0
		for _, i := range row {
			greatest = max(greatest, x.Data[i])
		}
		for _, i := range row {
			y.Data[i] = math.Exp(x.Data[i] - greatest)
			sum += y.Data[i]
		}
		for _, i := range row {
			y.Data[i] /= sum
		}
	}
	return []Array{y}
}

// rows returns groups of element offsets. The elements of a group differ only along some
// axes.
func rows(shape []int, along func(k int) bool) [][]int {
	var list [][]int
	at := map[int]int{}
	i := 0
	Filled(shape, func(index []int) float64 {
		key := 0
		for k, n := range shape {
			if !along(k) {
				key = key*n + index[k]
			}
		}
		row, ok := at[key]
		if !ok {
			row = len(list)
			at[key], list = row, append(list, nil)
		}
		list[row] = append(list[row], i)
		i++
		return 0
	})
	return list
}

func (e *evaluation) reduce() []Array {
	x := e.in[0]
	axes := e.ints("axes", 1)
	global := e.Operator == "GlobalMaxPool" || e.Operator == "GlobalAveragePool"
	gone := func(k int) bool {
		if global {
			return k >= 2
		}
		return axes == nil || slices.ContainsFunc(axes, func(a int) bool { return axis(a, len(x.Shape)) == k })
	}
	var y Array
	for k, n := range x.Shape {
		switch {
		case !gone(k):
			y.Shape = append(y.Shape, n)
		case global || e.int("keepdims", 1) != 0:
			y.Shape = append(y.Shape, 1)
		}
	}
	for _, row := range rows(x.Shape, gone) {
		sum, squares, greatest := 0.0, 0.0, math.Inf(-1)
		for _, i := range row {
			v := x.Data[i]
			sum, squares, greatest = sum+v, squares+v*v, max(greatest, v)
		}
		switch e.Operator {
		case "ReduceMean", "GlobalAveragePool":
			sum /= float64(len(row))
		case "ReduceMax", "GlobalMaxPool":
			sum = greatest
		case "ReduceL2":
			sum = math.Sqrt(squares)
		}
		y.Data = append(y.Data, sum)
	}
	return []Array{y}
}

// normalize evaluates LayerNormalization and InstanceNormalization.
func (e *evaluation) normalize() []Array {
	x, rank := e.in[0], len(e.in[0].Shape)
	first := axis(e.int("axis", -1), rank)
	if e.Operator == "InstanceNormalization" {
		first = 2
	}
	y := Array{x.Shape, make([]float64, len(x.Data))}
	for r, row := range rows(x.Shape, func(k int) bool { return k >= first }) {
		mean, variance := 0.0, 0.0
		for _, i := range row {
			mean += x.Data[i] / float64(len(row))
		}
		for _, i := range row {
			variance += (x.Data[i] - mean) * (x.Data[i] - mean) / float64(len(row))
		}
		for k, i := range row {
			y.Data[i] = (x.Data[i] - mean) / math.Sqrt(variance+e.float("epsilon", 1e-5))
			if first == 2 && e.Operator == "InstanceNormalization" {
				k = r % x.Shape[1]
			}
			y.Data[i] *= e.in[1].Data[k]
			if len(e.in) > 2 {
				y.Data[i] += e.in[2].Data[k]
			}
		}
	}
	return []Array{y}
}

func (e *evaluation) batchNorm() []Array {
	x := e.in[0]
	return []Array{Filled(x.Shape, func(index []int) float64 {
		k := index[1]
		return (x.At(index...)-e.in[3].Data[k])/math.Sqrt(e.in[4].Data[k]+e.float("epsilon", 1e-5))*e.in[1].Data[k] + e.in[2].Data[k]
	})}
}

func (e *evaluation) lpNorm() []Array {
	x := e.in[0]
	at := axis(e.int("axis", -1), len(x.Shape))
	y := Array{x.Shape, make([]float64, len(x.Data))}
	for _, row := range rows(x.Shape, func(k int) bool { return k == at }) {
		sum := 0.0
		for _, i := range row {
			sum += x.Data[i] * x.Data[i]
		}
		for _, i := range row {
			y.Data[i] = x.Data[i] / math.Sqrt(sum)
		}
	}
	return []Array{y}
}

func (e *evaluation) reverseSequence() []Array {
	x, lengths := e.in[0], e.in[1].Data
	time, batch := e.int("time_axis", 0), e.int("batch_axis", 1)
	return []Array{Filled(x.Shape, func(index []int) float64 {
		from := slices.Clone(index)
		if n := int(lengths[index[batch]]); index[time] < n {
			from[time] = n - 1 - index[time]
		}
		return x.At(from...)
	})}
}
