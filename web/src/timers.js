/** The functions passed to setTimeout, for a scope without timers. */
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

	/** Calls the functions that are due. */
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
