import { States } from "./memory.js";
import { Owner } from "./owner.js";
import { Session } from "./session.js";

/** A model. */
export class Model extends Owner {
	#exports;
	#session; // session for classify and tag
	#translators = new Map();

	constructor(exports, object) {
		super(object);
		this.#exports = exports;
		for (const [name, value] of Object.entries(object)) {
			if (typeof value !== "function") {
				this[name] = value;
			}
		}
	}

	session() {
		return new Session(this.#exports, this, this.#only("session"));
	}

	classify(input) {
		return (this.#session ??= this.session()).classify(input);
	}

	tag(text) {
		return (this.#session ??= this.session()).tag(text);
	}

	*generate({ prompt = "", tokens = 500, temperature = 0.8, topK = 0, seed = randomSeed(), states = false } = {}) {
		const generator = this.#only("generator", { prompt, tokens, temperature, topK, seed });
		const owner = new Owner(generator);
		const layers = new States(this.#exports.mem, generator, this.#exports.generatorState);
		try {
			for (;;) {
				const text = owner.call("next");
				if (text === null) {
					return;
				}
				yield states ? { text, states: layers.get() } : text;
			}
		} finally {
			owner.call("stop");
			owner.close();
		}
	}

	translate(text, { beam = 4, maxLength = 256 } = {}) {
		const key = `${beam} ${maxLength}`;
		let translator = this.#translators.get(key);
		if (!translator) {
			translator = new Owner(this.#only("translator", { beam, maxLength }));
			this.#translators.set(key, translator);
		}
		return translator.call("translate", text);
	}

	verify() {
		this.call("verify");
	}

	encode(text) {
		return Int32Array.from(this.call("encode", text));
	}

	decode(tokens) {
		return this.call("decode", tokens);
	}

	pieces(text) {
		return this.call("pieces", text);
	}

	close() {
		this.#session?.close();
		for (const translator of this.#translators.values()) {
			translator.close();
		}
		super.close();
	}

	// only calls a method that not every kind of model has.
	#only(method, ...args) {
		if (!this.object[method]) {
			throw new Error(
				this.task === "translate"
					? "the model translates sequences: use translate"
					: "the model does not translate sequences",
			);
		}
		return this.call(method, ...args);
	}
}

function randomSeed() {
	return Math.floor(Math.random() * 2 ** 53);
}
