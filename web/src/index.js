// rnnrun for JavaScript, in the thread that calls it: see worker-client.js for one that a
// page can wait for.

import { Model } from "./model.js";
import { read, result, start } from "./program.js";
import { Segmenter } from "./segmenter.js";

export { Resampler } from "./resampler.js";

/** Loads a model. */
export async function load(source, { kernels } = {}) {
	const [{ functions, exports }, bytes] = await Promise.all([start(), bytesOf(source)]);
	return new Model(exports, result(functions.load(bytes, kernels)));
}

/** Makes a finder of the segments of speech. */
export async function segmenter(options) {
	const { functions } = await start();
	return new Segmenter(functions, options);
}

/** Gives the URL of a model that comes with the package. */
export function builtin(name) {
	return new URL(`models/${name}.rnn`, import.meta.url);
}

// base gives what URLs are relative to: in Node.js, the working directory.
async function base() {
	if (globalThis.location) {
		return globalThis.location.href;
	}
	const { pathToFileURL } = await import("node:url");
	return pathToFileURL("./");
}

async function bytesOf(source) {
	if (typeof source === "string" || source instanceof URL) {
		source = await read(new URL(source, await base()));
	}
	if (typeof Response !== "undefined" && source instanceof Response) {
		if (!source.ok) {
			throw new Error(`${source.url}: ${source.status} ${source.statusText}`);
		}
		source = await source.arrayBuffer();
	}
	if (typeof Blob !== "undefined" && source instanceof Blob) {
		source = await source.arrayBuffer();
	}
	return ArrayBuffer.isView(source)
		? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
		: new Uint8Array(source);
}
