// The program in WebAssembly: rnnrun in Go, and its kernels.

import "./wasm_exec.js"; // makes globalThis.Go
import { instantiate } from "./kernels.js";
import { isURL, read } from "./source.js";

let program; // of this thread, for any number of models

/**
 * Starts the program, if it is not running, and resolves to its functions and exports.
 *
 * @param {URL|BufferSource|WebAssembly.Module} [source] the location of the program, or the program
 */
export function start(source = new URL("rnnrun.wasm", import.meta.url)) {
	program ??= run(source).catch((error) => {
		program = undefined; // the next attempt may succeed
		throw error;
	});
	return program;
}

async function run(source) {
	const go = new globalThis.Go();
	const { instance } = await instantiate(isURL(source) ? read(source) : source, go.importObject);
	// The program calls rnnrunReady before run returns its promise.
	let functions;
	globalThis.rnnrunReady = (given) => (functions = given);
	go.run(instance);
	delete globalThis.rnnrunReady;
	return { functions, exports: instance.exports };
}

/** Returns a result of the program, or throws it if it is an error. */
export function result(value) {
	if (value instanceof Error) {
		throw value;
	}
	return value;
}
