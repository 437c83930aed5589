import { States, View } from "./memory.js";
import { Owner } from "./owner.js";

/** One stream through a model. */
export class Session extends Owner {
	#exports;
	#model;
	#numbers;
	#tokens;
	#outputs;
	#states;

	constructor(exports, model, object) {
		super(object);
		this.#exports = exports;
		this.#model = model;
		this.#numbers = new View(exports.mem);
		this.#tokens = new View(exports.mem, Int32Array);
		this.#outputs = new View(exports.mem);
		this.#states = new States(exports.mem, object, exports.sessionState);
	}

	step(x) {
		if (typeof x === "number") {
			return this.#given(this.#exports.stepToken(this.object.address, x), this.#model.outputSize);
		}
		this.#write(x);
		return this.#given(this.#exports.stepNumbers(this.object.address), this.#model.outputSize);
	}

	run(xs) {
		const { inputSize, outputSize, pooled } = this.#model;
		const tokens = this.#readsTokens();
		const steps = tokens ? xs.length : Math.floor(xs.length / inputSize);
		const length = pooled ? outputSize : steps * outputSize;
		if (tokens) {
			this.#writeTokens(xs);
			return this.#given(this.#exports.runTokens(this.object.address), length);
		}
		this.#write(xs);
		return this.#given(this.#exports.runNumbers(this.object.address), length);
	}

	classify(input) {
		if (typeof input === "string") {
			return this.call("classify", "text", input);
		}
		if (this.#readsTokens()) {
			this.#writeTokens(input);
			return this.call("classify", "tokens");
		}
		this.#write(input);
		return this.call("classify", "numbers");
	}

	tag(text) {
		const pieces = this.#model.pieces(text);
		return this.call("tag", text).map((tag, i) => ({ ...tag, text: pieces[i] }));
	}

	states() {
		void this.object; // throws if closed
		return this.#states.get();
	}

	snapshot() {
		return this.call("snapshot");
	}

	restore(snapshot) {
		this.call("restore", snapshot);
	}

	reset() {
		this.call("reset");
	}

	finite() {
		return this.call("finite");
	}

	#readsTokens() {
		return this.#model.vocabularySize > 0;
	}

	#write(xs) {
		if (this.#numbers.length !== xs.length) {
			this.#numbers.at(this.#exports.numbers(this.object.address, xs.length), xs.length);
		}
		this.#numbers.again().set(xs);
	}

	#writeTokens(tokens) {
		this.#tokens.at(this.#exports.tokens(this.object.address, tokens.length), tokens.length).set(tokens);
	}

	#given(address, length) {
		if (address === 0) {
			this.call("failed");
		}
		return this.#outputs.at(address, length);
	}
}
