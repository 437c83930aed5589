//go:build js && wasm

package main

import (
	"slices"
	"unsafe"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

//lint:file-ignore U1000 JavaScript calls them.

// The functions that are called at every step. They take the address of a session or a
// generator. They return the address of the result in the memory of the program, so it is
// not copied, or nil if there is an error, which the session then has.

//go:wasmexport numbers
func numbersExport(p unsafe.Pointer, count int32) unsafe.Pointer {
	s := (*session)(p)
	s.numbers = slices.Grow(s.numbers[:0], max(int(count), 1))[:count]
	return unsafe.Pointer(unsafe.SliceData(s.numbers))
}

//go:wasmexport tokens
func tokensExport(p unsafe.Pointer, count int32) unsafe.Pointer {
	s := (*session)(p)
	s.tokens = slices.Grow(s.tokens[:0], max(int(count), 1))[:count]
	return unsafe.Pointer(unsafe.SliceData(s.tokens))
}

//go:wasmexport stepNumbers
func stepNumbersExport(p unsafe.Pointer) unsafe.Pointer {
	return (*session)(p).outputs(func(s *session) ([]float32, error) { return s.Step(s.numbers) })
}

//go:wasmexport stepToken
func stepTokenExport(p unsafe.Pointer, token int32) unsafe.Pointer {
	return (*session)(p).outputs(func(s *session) ([]float32, error) { return s.StepToken(token) })
}

//go:wasmexport runNumbers
func runNumbersExport(p unsafe.Pointer) unsafe.Pointer {
	return (*session)(p).outputs(func(s *session) ([]float32, error) { return s.Run(s.numbers) })
}

//go:wasmexport runTokens
func runTokensExport(p unsafe.Pointer) unsafe.Pointer {
	return (*session)(p).outputs(func(s *session) ([]float32, error) { return s.RunTokens(s.tokens) })
}

//go:wasmexport sessionState
func sessionStateExport(p unsafe.Pointer, layer, direction int32, cell bool) unsafe.Pointer {
	return stateOf((*session)(p), layer, direction, cell)
}

//go:wasmexport generatorState
func generatorStateExport(p unsafe.Pointer, layer, direction int32, cell bool) unsafe.Pointer {
	return stateOf((*rnn.Generator)(p), layer, direction, cell)
}

func stateOf(s stateful, layer, direction int32, cell bool) unsafe.Pointer {
	h, c := s.State(int(layer), int(direction))
	if cell {
		h = c
	}
	return unsafe.Pointer(unsafe.SliceData(h))
}

// outputs returns the address of the outputs of a call.
func (s *session) outputs(call func(*session) ([]float32, error)) (address unsafe.Pointer) {
	defer func() {
		if r := recover(); r != nil {
			s.err, address = internalError(r), nil
		}
	}()
	y, err := call(s)
	if err != nil {
		s.err = err
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(y))
}
