// The sources of models and programs.

/** Fetches a URL: returns a Response or, for a file in Node.js, its bytes. */
export async function read(url) {
	if (url.protocol !== "file:") {
		return fetch(url);
	}
	const { readFile } = await import("node:fs/promises");
	return readFile(url);
}

/** Returns the bytes of a source: see Source in index.d.ts. */
export async function bytesOf(source) {
	if (typeof source === "string" || isURL(source)) {
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

/** Reports whether a value is a URL. The audio thread has no URL class. */
export function isURL(source) {
	return typeof URL !== "undefined" && source instanceof URL;
}

// base returns the base of relative URLs: in Node.js, the working directory.
async function base() {
	if (globalThis.location) {
		return globalThis.location.href;
	}
	const { pathToFileURL } = await import("node:url");
	return pathToFileURL("./");
}
