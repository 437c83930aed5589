import { result } from "./program.js";

const collected = new FinalizationRegistry((object) => object.close());

/** The owner of an object of the program. It releases the object when it is closed or garbage-collected. */
export class Owner {
	#object;

	constructor(object) {
		this.#object = object;
		collected.register(this, object, this);
	}

	get object() {
		if (!this.#object) {
			throw new Error("the object is closed: load or create another one");
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
