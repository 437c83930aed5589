// A worker that serves the objects of the package to worker-client.js.

import { load, segmenter } from "./index.js";
import { Model } from "./model.js";
import { Segmenter } from "./segmenter.js";
import { Session } from "./session.js";

const objects = new Map([[0, { load, segmenter }]]);
let last = 0;

globalThis.addEventListener("message", async ({ data: { id, target, method, args } }) => {
	const buffers = [];
	try {
		postMessage({ id, result: sent(await call(target, method, args), buffers) }, buffers);
	} catch (error) {
		postMessage({ id, error });
	}
});

function call(target, method, args) {
	const object = objects.get(target);
	if (!object) {
		throw new Error("the object is closed");
	}
	if (method === "close") {
		objects.delete(target);
		return (object.close ?? object.return).call(object);
	}
	return object[method](...args);
}

// sent converts a result for a message: it copies views, because a message would copy the
// whole memory of the program, and replaces objects, which stay here, by numbers.
function sent(value, buffers) {
	if (ArrayBuffer.isView(value)) {
		const copy = value.slice();
		buffers.push(copy.buffer);
		return copy;
	}
	const kind = kindOf(value);
	if (kind) {
		objects.set(++last, value);
		return { remote: kind, target: last, fields: { ...value } };
	}
	if (Array.isArray(value)) {
		return value.map((v) => sent(v, buffers));
	}
	if (value !== null && typeof value === "object") {
		return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, sent(v, buffers)]));
	}
	return value;
}

function kindOf(value) {
	switch (true) {
		case value instanceof Model:
			return "model";
		case value instanceof Session:
			return "session";
		case value instanceof Segmenter:
			return "segmenter";
		case typeof value?.next === "function":
			return "iterator";
	}
	return undefined;
}
