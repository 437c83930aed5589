package main

import (
	"encoding/json"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// initial returns the state of that name before the first step, which the file says for
// one sequence: [directions][sequences][size].
func initial(file *proto.Model, name string, shape ort.Shape) []float32 {
	state := make([]float32, shape.FlattenedSize())
	for _, p := range file.Metadata {
		if p.Key != "initial "+name {
			continue
		}
		var one []float32
		if err := json.Unmarshal([]byte(p.Value), &one); err != nil {
			panic(err)
		}
		size := int(shape[2])
		for i := range state {
			state[i] = one[i/size/sequences*size+i%size]
		}
	}
	return state
}
