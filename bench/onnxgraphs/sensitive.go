package main

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// sensitive reports whether outputs differ by no more than ten times what an error of
// half a unit in the last place of every weight makes of them.
func sensitive(file *proto.Model, batch []sequence, steps int, want, got [][]float64) bool {
	moved := *file
	moved.Constants = slices.Clone(file.Constants)
	for i := range moved.Constants {
		t := &moved.Constants[i]
		t.Floats = slices.Clone(t.Floats)
		for k, v := range t.Floats {
			if t.Type == proto.Float && v-v == 0 {
				t.Floats[k] = math.Nextafter32(v, v*float32(2-4*(k%2)))
			}
		}
	}
	y, err := compute(&moved, batch, []int{steps})
	if err != nil {
		return false
	}
	for i := range want {
		for k, w := range want[i] {
			if !(math.Abs(got[i][k]-w) <= tolerance*max(1, math.Abs(w))+10*math.Abs(y[i][k]-got[i][k])) {
				return false
			}
		}
	}
	return true
}

// finite reports whether all are numbers.
func finite(list [][]float64) bool {
	for _, v := range list {
		if slices.ContainsFunc(v, func(x float64) bool { return x-x != 0 }) {
			return false
		}
	}
	return true
}
