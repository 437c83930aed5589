import { result } from "./program.js";

const collected = new FinalizationRegistry((object) => object.close());

/** What owns an object of the program, and gives it back when it is closed or collected. */
export class Owner {
	#object;

	constructor(object) {
		this.#object = object;
		collected.register(this, object, this);
	}

	get object() {
		if (!this.#object) {
			throw new Error("it is closed: load or make another");
		}
		return this.#object;
	}

	call(method, ...args) {
		return result(this.object[method](...args));
	}

	close() {
		collected.unregister(this);
		this.#object?.close();
		this.#object = undefined;
	}
}
