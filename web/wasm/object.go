//go:build js && wasm

package main

import (
	"fmt"
	"syscall/js"
	"unsafe"
)

// A method is called with the arguments of JavaScript, and returns what [js.ValueOf]
// takes. JavaScript gets the error as an Error with its text, as the result: program.js
// throws it.
type method func(args []js.Value) (any, error)

// An object is the methods of one in JavaScript.
type object map[string]method

// value returns the object, with the fields of data. Its method close, which every object
// has, gives back its functions, and with them all that they hold.
func (o object) value(data map[string]any) js.Value {
	v := js.ValueOf(map[string]any{})
	for name, field := range data {
		v.Set(name, field)
	}
	var functions []js.Func
	add := func(name string, m method) {
		f := m.function()
		functions = append(functions, f)
		v.Set(name, f)
	}
	for name, m := range o {
		add(name, m)
	}
	add("close", func([]js.Value) (any, error) {
		for _, f := range functions {
			f.Release()
		}
		return nil, nil
	})
	return v
}

func (m method) function() js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) (result any) {
		defer func() {
			if r := recover(); r != nil {
				result = newError(internalError(r))
			}
		}()
		result, err := m(args)
		if err != nil {
			return newError(err)
		}
		return result
	})
}

// internalError is the error of a panic, which would end the program for all of its objects.
func internalError(r any) error { return fmt.Errorf("internal error of rnnrun: %v", r) }

func newError(err error) js.Value { return js.Global().Get("Error").New(err.Error()) }

// numbers returns a Float32Array of its own with those of x.
func numbers(x []float32) js.Value {
	array := newBytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x)))
	return js.Global().Get("Float32Array").New(array.Get("buffer"))
}

// newBytes returns a Uint8Array of its own with those of b.
func newBytes(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}

// bytesOf returns the bytes of a Uint8Array.
func bytesOf(array js.Value) []byte {
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b
}

// list returns values as an Array.
func list[T any](values []T, value func(T) any) []any {
	l := make([]any, len(values))
	for i, v := range values {
		l[i] = value(v)
	}
	return l
}
