//go:build js && wasm

package main

import (
	"context"
	"fmt"
	"iter"
	"math"
	"syscall/js"
	"unsafe"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// newGenerator returns an object. Its method next returns the next piece of a text, and
// null after the last.
func newGenerator(m *rnn.Model, options js.Value) (any, error) {
	temperature := options.Get("temperature").Float()
	topK := options.Get("topK").Int()
	switch {
	case temperature < 0, math.IsNaN(temperature), math.IsInf(temperature, 0):
		return nil, fmt.Errorf("temperature is %v: give 0 for the most probable token, or a positive number", temperature)
	case topK < 0:
		return nil, fmt.Errorf("topK is %d: give 0 for every token, or a positive number", topK)
	}
	g, err := m.NewGenerator(rnn.NewSampler(float32(temperature), topK, uint64(options.Get("seed").Float())))
	if err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(g.Generate(context.Background(), options.Get("prompt").String(), options.Get("tokens").Int()))
	return object{
		"next": func([]js.Value) (any, error) {
			piece, err, ok := next()
			if !ok {
				return nil, nil
			}
			return string(piece), err
		},
		"stop": func([]js.Value) (any, error) { stop(); return g.TokenCount(), nil },
	}.value(map[string]any{
		"address": addressOf(unsafe.Pointer(g)),
		"states":  statesOf(m, g),
	}), nil
}
