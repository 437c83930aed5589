package onnxtest

import (
	"math"
	"slices"
)

func (e *evaluation) logSoftmax() []Array {
	y := e.softmax()[0]
	for i, v := range y.Data {
		y.Data[i] = math.Log(v)
	}
	return []Array{y}
}

// lengths returns input i as integers.
func (e *evaluation) lengths(i int) []int {
	list := make([]int, len(e.in[i].Data))
	for k, v := range e.in[i].Data {
		list[k] = int(v)
	}
	return list
}

func (e *evaluation) expand() []Array {
	x, list := e.in[0], e.lengths(1)
	shape := slices.Clone(x.Shape)
	for len(shape) < len(list) {
		shape = slices.Insert(shape, 0, 1)
	}
	for i, n := range list {
		k := len(shape) - len(list) + i
		shape[k] = max(shape[k], n)
	}
	return []Array{Filled(shape, x.broadcast)}
}

func (e *evaluation) tile() []Array {
	x, list := e.in[0], e.lengths(1)
	shape := slices.Clone(x.Shape)
	for k, n := range list {
		shape[k] *= n
	}
	return []Array{Filled(shape, func(index []int) float64 {
		index = slices.Clone(index)
		for k := range index {
			index[k] %= x.Shape[k]
		}
		return x.At(index...)
	})}
}

// resize evaluates Resize by integer factors, which repeats each element.
func (e *evaluation) resize() []Array {
	x, factors := e.in[0], e.lengths(2)
	shape := slices.Clone(x.Shape)
	for k, n := range factors {
		shape[k] *= n
	}
	return []Array{Filled(shape, func(index []int) float64 {
		index = slices.Clone(index)
		for k := range index {
			index[k] /= factors[k]
		}
		return x.At(index...)
	})}
}
