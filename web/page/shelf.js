import { element } from "./panel.js";
import { builtin } from "./rnnrun/worker-client.js";

/** The models of the page. Each is loaded once, when it is first used. */
export class Shelf {
	#client;
	#models = new Map();

	constructor(client) {
		this.#client = client;
	}

	get(name) {
		if (!this.#models.has(name)) {
			const loading = this.#client.load(builtin(name));
			this.#models.set(name, loading);
			loading.then(
				({ kernels }) => (element("kernels").textContent = kernels),
				() => this.#models.delete(name), // the next attempt may succeed
			);
		}
		return this.#models.get(name);
	}
}
