//go:build js

// Command program runs the cases in WebAssembly, for bench.js. It sets
// globalThis.rnnrun to an object with two functions:
//
//	open(case)   a Float32Array of the outputs of Steps steps
//	run(calls)   runs the case that was opened so many times
package main

import (
	"syscall/js"
	"unsafe"

	"github.com/rnnrun/rnnrun/bench/wasm/cases"
	"github.com/rnnrun/rnnrun/runtime"
)

func main() {
	r := &runner{}
	js.Global().Set("rnnrun", map[string]any{
		"open": js.FuncOf(func(_ js.Value, args []js.Value) any { return floats(r.open(cases.All()[args[0].Int()])) }),
		"run":  js.FuncOf(func(_ js.Value, args []js.Value) any { r.run(args[0].Int()); return nil }),
	})
	select {}
}

// A runner runs a case. Errors are mistakes of this program.
type runner struct {
	cases.Case
	session *runtime.Session
	inputs  []float32
	next    int
}

// open returns the outputs of all steps.
func (r *runner) open(c cases.Case) []float32 {
	m, err := runtime.New(c.Spec.Model())
	if err != nil {
		panic(err)
	}
	r.Case, r.session, r.inputs, r.next = c, m.NewSession(), c.Spec.Inputs(cases.Steps, 1), 0
	if c.Steps > 0 {
		return r.call()
	}
	var all []float32
	for range cases.Steps {
		all = append(all, r.call()...)
	}
	return all
}

func (r *runner) run(calls int) {
	for range calls {
		r.call()
	}
}

func (r *runner) call() []float32 {
	var y []float32
	var err error
	if r.Steps > 0 {
		r.session.Reset()
		y, err = r.session.Run(r.inputs)
	} else {
		n := r.Spec.Input
		y, err = r.session.Step(r.inputs[r.next*n:][:n])
		r.next = (r.next + 1) % cases.Steps
	}
	if err != nil {
		panic(err)
	}
	return y
}

func floats(x []float32) js.Value {
	bytes := js.Global().Get("Uint8Array").New(4 * len(x))
	js.CopyBytesToJS(bytes, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x)))
	return js.Global().Get("Float32Array").New(bytes.Get("buffer"))
}
