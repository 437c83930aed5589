// Functions that Go's wasm_exec.js and the kernels need, but AudioWorklets do not have.

import { Timers } from "./timers.js";

/** Runs the functions of setTimeout that are due, since AudioWorklets have no timers. Call it regularly. */
export const timers = new Timers();

const started = Date.now();

const missing = {
	performance: { now: () => Date.now() - started },
	// Go only seeds its maps with it; nothing secret depends on it.
	crypto: { getRandomValues: (array) => array.map((_, i) => (array[i] = Math.random() * 2 ** 32)) },
	setTimeout: (f, milliseconds) => timers.add(f, milliseconds),
	clearTimeout: (id) => timers.remove(id),
	atob,
	TextEncoder: class {
		encode(text) {
			return Uint8Array.from(unescape(encodeURIComponent(text.toWellFormed?.() ?? text)), (c) => c.charCodeAt(0));
		}
	},
	TextDecoder: class {
		decode(view) {
			const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
			const latin1 = Array.from(bytes, (b) => String.fromCharCode(b)).join("");
			try {
				return decodeURIComponent(escape(latin1));
			} catch {
				return latin1; // not UTF-8
			}
		}
	},
};

for (const [name, value] of Object.entries(missing)) {
	globalThis[name] ??= value;
}

function atob(base64) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const values = new Uint8Array(128);
	for (let i = 0; i < alphabet.length; i++) {
		values[alphabet.charCodeAt(i)] = i;
	}
	const digits = base64.replace(/=+$/, "");
	const text = [];
	for (let i = 0, bits = 0; i < digits.length; i++) {
		bits = (bits << 6) | values[digits.charCodeAt(i)];
		if (i % 4 !== 0) {
			text.push(String.fromCharCode((bits >> (6 - 2 * (i % 4))) & 255));
		}
	}
	return text.join("");
}
