package onnxtest

import (
	"maps"
	"slices"
)

// within evaluates the graph in an attribute with inputs, and returns its outputs.
func (e *evaluation) within(name string, inputs []Array) []Array {
	m := e.value(name).(*Model)
	i := &interpreter{opset: e.opset, values: maps.Clone(e.values)}
	for k, v := range m.Inputs {
		i.values[v.Name] = inputs[k]
	}
	i.run(m)
	var out []Array
	for _, v := range m.Outputs {
		out = append(out, i.values[v.Name])
	}
	return out
}

func (e *evaluation) loop() []Array {
	states, more := slices.Clone(e.in[2:]), true
	if e.in[1].Data != nil {
		more = e.in[1].Data[0] != 0
	}
	var each [][]Array
	for k := 0; more && (e.in[0].Data == nil || float64(k) < e.in[0].Data[0]); k++ {
		out := e.within("body", append([]Array{{Data: []float64{float64(k)}}, {Data: []float64{1}}}, states...))
		more, states = out[0].Data[0] != 0, out[1:][:len(states)]
		each = append(each, out[1+len(states):])
	}
	return append(slices.Clone(states), stacked(each, nil)...)
}

func (e *evaluation) scan() []Array {
	n := len(e.in) - e.int("num_scan_inputs", 0)
	states, x := slices.Clone(e.in[:n]), e.in[n]
	at := 0
	if list := e.ints("scan_input_axes", 0); list != nil {
		at = list[0]
	}
	var each [][]Array
	backward := slices.Equal(e.ints("scan_input_directions", 0), []int{1})
	for k := range x.Shape[at] {
		if backward {
			k = x.Shape[at] - 1 - k
		}
		step := Filled(slices.Delete(slices.Clone(x.Shape), at, at+1), func(index []int) float64 {
			return x.At(slices.Insert(slices.Clone(index), at, k)...)
		})
		out := e.within("body", append(slices.Clone(states), step))
		states = out[:n]
		each = append(each, out[n:])
	}
	all := stacked(each, e.ints("scan_output_axes", 0))
	for i, d := range e.ints("scan_output_directions", 0) {
		if d == 1 {
			slices.Reverse(each)
			all[i] = stacked(each, e.ints("scan_output_axes", 0))[i]
			slices.Reverse(each)
		}
	}
	return append(slices.Clone(states), all...)
}

// stacked stacks the outputs of steps along new axes; nil: along the first axis.
func stacked(each [][]Array, axes []int) []Array {
	var all []Array
	for i := range each[0] {
		at := 0
		if axes != nil {
			at = axes[i]
		}
		shape := slices.Insert(slices.Clone(each[0][i].Shape), at, len(each))
		all = append(all, Filled(shape, func(index []int) float64 {
			return each[index[at]][i].At(slices.Delete(slices.Clone(index), at, at+1)...)
		}))
	}
	return all
}
