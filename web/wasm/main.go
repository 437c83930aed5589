//go:build js && wasm

// Command wasm is rnnrun for JavaScript. web/build.mjs builds it, and web/src/program.js
// starts it and receives its functions.
//
// Functions that are called often are exported from WebAssembly: see export.go. Functions
// with texts and objects are JavaScript functions, which take some ten microseconds longer.
package main

import "syscall/js"

func main() {
	js.Global().Call("rnnrunReady", object{
		"load":      load,
		"segmenter": newSegmenter,
	}.value(nil))
	select {} // calls come from JavaScript
}
