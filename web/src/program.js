// The program in WebAssembly: rnnrun in Go, and its kernels.

import "./wasm_exec.js"; // makes globalThis.Go
import { instantiate } from "./kernels.js";

let program; // of this thread: one is enough for any number of models

/** Starts the program, once, and resolves to its functions, its exports and its memory. */
export function start() {
	program ??= run(new URL("rnnrun.wasm", import.meta.url)).catch((error) => {
		program = undefined; // the network may be back the next time
		throw error;
	});
	return program;
}

async function run(url) {
	const go = new globalThis.Go();
	const { instance, sets } = await instantiate(read(url), go.importObject);
	// The program calls rnnrunReady before run returns the promise of its end.
	let functions;
	globalThis.rnnrunReady = (given) => (functions = given);
	go.run(instance);
	delete globalThis.rnnrunReady;
	return { functions, exports: instance.exports, sets };
}

/** Gives what a URL names: a Response, or in Node.js the bytes of a file. */
export async function read(url) {
	if (url.protocol !== "file:") {
		return fetch(url);
	}
	const { readFile } = await import("node:fs/promises");
	return readFile(url);
}

/** Gives a result of the program, or throws it if it is an error. */
export function result(value) {
	if (value instanceof Error) {
		throw value;
	}
	return value;
}
