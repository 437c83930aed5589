//go:build js && wasm

// Command wasm is rnnrun for JavaScript. It is built by web/build.mjs, and is started by
// web/src/program.js, to which it hands its functions.
//
// What is called often is exported to WebAssembly: see export.go. What takes or gives
// texts and objects are functions of JavaScript, which take some ten microseconds longer.
package main

import "syscall/js"

func main() {
	js.Global().Call("rnnrunReady", object{
		"load":      load,
		"segmenter": newSegmenter,
	}.value(nil))
	select {} // calls come from JavaScript
}
