// The kernels in WebAssembly for Go programs that were built with
//
//	GOOS=js GOARCH=wasm go build -tags wasmsimd -o main.wasm
//
// To run one in a page, a worker or Node.js, use the wasm_exec.js of the same Go release:
//
//	import { instantiate } from "./kernels.js";
//
//	const go = new Go();
//	const { instance } = await instantiate(fetch("main.wasm"), go.importObject);
//	await go.run(instance);
//
// For GOOS=wasip1, use the imports of a WASI instead. The program computes the same bits
// with any set of kernels, and with those in Go, which it uses if the host has no SIMD or
// `options.sets` is empty.

import * as modules from "./modules.js";

const imports = "rnnrun"; // name of the module that Go imports

/** The names of the sets, the fastest first. Their indexes are the bits of the available sets. */
export const sets = ["relaxedsimd", "simd128"];

/**
 * Instantiates a Go program, and binds the kernels that this host can run.
 *
 * @param {Response|BufferSource|WebAssembly.Module|Promise<Response|BufferSource|WebAssembly.Module>} program
 * @param {WebAssembly.Imports} importObject of the Go class of wasm_exec.js, or of a WASI; it is not changed
 * @param {{sets?: string[]}} [options] the sets to try: all, if not given
 * @returns {Promise<{module: WebAssembly.Module, instance: WebAssembly.Instance, sets: string[]}>}
 *     the program, and the names of the sets that were bound
 */
export async function instantiate(program, importObject, options = {}) {
	const [module, trampolines] = await Promise.all([compile(await program), WebAssembly.instantiate(decode(modules.trampolines))]);
	const exported = trampolines.instance.exports;
	const instance = await WebAssembly.instantiate(module, { ...importObject, [imports]: exported });
	const bound = [];
	for (const name of options.sets ?? sets) {
		if (await bind(name, instance, exported)) {
			bound.push(name);
		}
	}
	return { module, instance, sets: bound };
}

async function compile(program) {
	if (program instanceof WebAssembly.Module) {
		return program;
	}
	if (typeof Response === "undefined" || !(program instanceof Response)) {
		return WebAssembly.compile(program);
	}
	if (!program.ok) {
		throw new Error(`${program.url}: ${program.status} ${program.statusText}`);
	}
	// Many servers do not know the type application/wasm.
	return program.headers.get("Content-Type")?.startsWith("application/wasm")
		? WebAssembly.compileStreaming(program)
		: WebAssembly.compile(await program.arrayBuffer());
}

// bind puts the functions of a set, with the memory of the program, into the table, unless
// the host cannot run them.
async function bind(name, program, { table, sets: available }) {
	const bytes = decode(modules[name]);
	if (!WebAssembly.validate(bytes)) {
		return false;
	}
	const { mem, memory } = program.exports; // mem if GOOS is js, memory if it is wasip1
	await WebAssembly.instantiate(bytes, { [imports]: { memory: mem ?? memory, table } });
	available.value |= 1 << sets.indexOf(name);
	return true;
}

function decode(base64) {
	return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
