//go:build js && wasm

package main

import (
	"fmt"
	"syscall/js"
	"unsafe"
)

// A method is called with the arguments from JavaScript, and returns a value for
// [js.ValueOf]. JavaScript receives an error as an Error with its text, as the result,
// which program.js throws.
type method func(args []js.Value) (any, error)

// An object has the methods of a JavaScript object.
type object map[string]method

// value returns the object, with data as fields. Every object also has a method close,
// which releases its functions and everything that they hold.
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

// internalError returns the error for a panic, which would otherwise end the program for
// all its objects.
func internalError(r any) error { return fmt.Errorf("internal error of rnnrun: %v", r) }

func newError(err error) js.Value { return js.Global().Get("Error").New(err.Error()) }

// numbers returns a new Float32Array with the numbers of x.
func numbers(x []float32) js.Value {
	array := newBytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x)))
	return js.Global().Get("Float32Array").New(array.Get("buffer"))
}

// newBytes returns a new Uint8Array with the bytes of b.
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
