//go:build js && wasm

package main

import (
	"syscall/js"
	"unsafe"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A session is a session in JavaScript, with the memory to which JavaScript writes
// inputs, and the error of the last exported function that failed.
type session struct {
	*rnn.Session
	numbers []float32
	tokens  []int32
	err     error
}

func newSession(m *rnn.Model) js.Value {
	s := &session{Session: m.NewSession()}
	return object{
		"reset":    func([]js.Value) (any, error) { s.Reset(); return nil, nil },
		"finite":   func([]js.Value) (any, error) { return s.Finite(), nil },
		"classify": s.classify,
		"tag":      s.tag,
		"snapshot": func([]js.Value) (any, error) {
			b, err := s.AppendBinary(nil)
			return newBytes(b), err
		},
		"restore": func(args []js.Value) (any, error) { return nil, s.UnmarshalBinary(bytesOf(args[0])) },
		// failed returns the error of the exported function that has just returned 0.
		"failed": func([]js.Value) (any, error) { return nil, s.err },
	}.value(map[string]any{
		"address": addressOf(unsafe.Pointer(s)),
		"states":  statesOf(m, s),
	})
}

// addressOf returns the address, in the memory of the program, of what p points to. Go's
// garbage collector moves only stacks.
func addressOf(p unsafe.Pointer) int { return int(uintptr(p)) }

// A stateful has the states of layers.
type stateful interface {
	State(layer, direction int) (h, c []float32)
}

// statesOf returns the states of layers, with their sizes.
func statesOf(m *rnn.Model, s stateful) []any {
	var states []any
	for layer := range m.LayerCount() {
		for direction := range 2 {
			h, c := s.State(layer, direction)
			if len(h) == 0 {
				continue
			}
			states = append(states, map[string]any{
				"layer": layer, "direction": direction, "size": len(h), "cellSize": len(c),
			})
		}
	}
	return states
}

// classify classifies a text or, if given "numbers" or "tokens", the inputs that have
// been written to the memory.
func (s *session) classify(args []js.Value) (any, error) {
	var class rnn.Class
	var err error
	switch args[0].String() {
	case "numbers":
		class, err = s.ClassifyNumbers(s.numbers)
	case "tokens":
		class, err = s.ClassifyTokens(s.tokens)
	default:
		class, err = s.Classify(args[1].String())
	}
	if err != nil {
		return nil, err
	}
	answer := answered(class)
	answer["probabilities"] = numbers(s.Probabilities())
	return answer, nil
}

// tag returns a class for each token of a text.
func (s *session) tag(args []js.Value) (any, error) {
	classes, err := s.Tag(nil, args[0].String())
	return list(classes, func(c rnn.Class) any { return answered(c) }), err
}

func answered(c rnn.Class) map[string]any {
	return map[string]any{"index": c.Index, "label": c.Label, "probability": c.Probability}
}
