/**
 * Views of numbers in the memory of the program. They are kept until the memory grows, which
 * detaches all views, and are then created again.
 */
export class View {
	#memory;
	#type;
	#address = 0;
	#length = 0;
	#array;

	/** @param {WebAssembly.Memory} memory @param {typeof Float32Array | typeof Int32Array} type */
	constructor(memory, type = Float32Array) {
		this.#memory = memory;
		this.#type = type;
	}

	get length() {
		return this.#length;
	}

	/** Returns the numbers at an address. */
	at(address, length) {
		address >>>= 0; // addresses are signed in WebAssembly
		if (address !== this.#address || length !== this.#length) {
			this.#address = address;
			this.#length = length;
			this.#array = undefined;
		}
		return this.again();
	}

	/** Returns the same numbers again. */
	again() {
		const { buffer } = this.#memory;
		if (this.#array?.buffer !== buffer) {
			this.#array = new this.#type(buffer, this.#address, this.#length);
		}
		return this.#array;
	}
}

/** The states of the layers of a session or a generator. */
export class States {
	#address;
	#read;
	#states;

	/** @param read the exported function that returns the address of a state */
	constructor(memory, { address, states }, read) {
		this.#address = address;
		this.#read = read;
		this.#states = states.map((s) => ({ ...s, h: new View(memory), c: new View(memory) }));
	}

	get() {
		return this.#states.map(({ layer, direction, size, cellSize, h, c }) => {
			const state = { layer, direction, h: h.at(this.#read(this.#address, layer, direction, 0), size) };
			if (cellSize > 0) {
				state.c = c.at(this.#read(this.#address, layer, direction, 1), cellSize);
			}
			return state;
		});
	}
}
