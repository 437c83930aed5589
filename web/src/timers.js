/** The functions that setTimeout was given, for a scope without it. */
export class Timers {
	#waiting = new Map();
	#last = 0;

	add(f, milliseconds = 0) {
		this.#waiting.set(++this.#last, { f, due: Date.now() + milliseconds });
		return this.#last;
	}

	remove(id) {
		this.#waiting.delete(id);
	}

	/** Calls those that are due. */
	run() {
		if (this.#waiting.size === 0) {
			return;
		}
		const now = Date.now();
		for (const [id, { f, due }] of this.#waiting) {
			if (due <= now) {
				this.#waiting.delete(id);
				f();
			}
		}
	}
}
