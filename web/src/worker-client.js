// The package in a worker: the same objects, with methods that return promises.

export { builtin } from "./builtin.js";

/** Starts a worker. */
export function connect(worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" })) {
	const calls = new Calls(worker);
	return {
		load: (source, options) => calls.call(0, "load", [absolute(source), options]),
		segmenter: (options) => calls.call(0, "segmenter", [options]),
		close: () => calls.close(),
	};
}

// absolute returns an absolute URL, since the base of the worker differs from that of the page.
function absolute(source) {
	return typeof source === "string" || source instanceof URL ? new URL(source, location.href).href : source;
}

class Calls {
	#worker;
	#waiting = new Map();
	#last = 0;
	#failure; // the error of all further calls

	constructor(worker) {
		this.#worker = worker;
		worker.addEventListener("message", ({ data }) => this.#answer(data));
		worker.addEventListener("error", (event) => this.#fail(new Error(`the worker of rnnrun failed: ${event.message ?? "it cannot be loaded"}`)));
	}

	call(target, method, args) {
		return new Promise((resolve, reject) => {
			if (this.#failure) {
				throw this.#failure;
			}
			const id = ++this.#last;
			this.#waiting.set(id, { resolve, reject });
			this.#worker.postMessage({ id, target, method, args });
		});
	}

	close() {
		this.#worker.terminate();
		this.#fail(new Error("the worker of rnnrun is closed"));
	}

	#answer({ id, result, error }) {
		const { resolve, reject } = this.#waiting.get(id);
		this.#waiting.delete(id);
		if (error) {
			reject(error);
		} else {
			resolve(result?.remote ? new kinds[result.remote](this, result) : result);
		}
	}

	#fail(error) {
		this.#failure = error;
		for (const { reject } of this.#waiting.values()) {
			reject(error);
		}
		this.#waiting.clear();
	}
}

class Remote {
	#calls;
	#target;

	constructor(calls, { target, fields }) {
		this.#calls = calls;
		this.#target = target;
		Object.assign(this, fields);
	}

	call(method, ...args) {
		return this.#calls.call(this.#target, method, args);
	}

	close() {
		return this.call("close");
	}
}

// remote returns the class of a remote object with these methods.
function remote(...methods) {
	const kind = class extends Remote {};
	for (const method of methods) {
		kind.prototype[method] = function (...args) {
			return this.call(method, ...args);
		};
	}
	return kind;
}

class RemoteModel extends remote("session", "classify", "tag", "translate", "verify", "encode", "decode", "pieces") {
	async *generate(options) {
		const pieces = await this.call("generate", options);
		try {
			for (;;) {
				const { done, value } = await pieces.next();
				if (done) {
					return;
				}
				yield value;
			}
		} finally {
			await pieces.close();
		}
	}
}

const kinds = {
	model: RemoteModel,
	session: remote("step", "run", "classify", "tag", "states", "snapshot", "restore", "reset", "finite"),
	segmenter: remote("push", "end"),
	iterator: remote("next"),
};
