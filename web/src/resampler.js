/**
 * Changes the sample rate of a stream, by a windowed sinc that leaves out what the lower of
 * both rates cannot hold. The program has one in Go (internal/wav), but a page
 * whose models run in a worker does not load it.
 */
export class Resampler {
	static #crossings = 16; // of zero, on each side

	#ratio;
	#cutoff;
	#reach; // samples of the input on each side
	#kept; // of the input
	#first = 0; // the index of the first sample that is kept
	#next = 0; // the index of the next output

	/** @param {number} from @param {number} to samples a second */
	constructor(from, to) {
		this.#ratio = from / to;
		this.#cutoff = Math.min(1, to / from);
		this.#reach = Math.ceil(Resampler.#crossings / this.#cutoff);
		this.#kept = new Float32Array(0);
	}

	/** Reads samples, and gives those of the output that are known by then. */
	push(samples) {
		if (this.#ratio === 1) {
			return samples;
		}
		const input = new Float32Array(this.#kept.length + samples.length);
		input.set(this.#kept);
		input.set(samples, this.#kept.length);
		const end = this.#first + input.length;
		const output = [];
		for (; this.#next * this.#ratio + this.#reach < end; this.#next++) {
			output.push(this.#at(input, this.#next * this.#ratio));
		}
		const first = Math.max(Math.floor(this.#next * this.#ratio) - this.#reach, this.#first);
		this.#kept = input.slice(first - this.#first);
		this.#first = first;
		return Float32Array.from(output);
	}

	#at(input, center) {
		const from = Math.max(Math.ceil(center - this.#reach), this.#first);
		const to = Math.floor(center + this.#reach);
		let sum = 0;
		for (let i = from; i <= to; i++) {
			const t = (i - center) * this.#cutoff;
			const window = 0.5 + 0.5 * Math.cos((Math.PI * (i - center)) / (this.#reach + 1));
			sum += input[i - this.#first] * this.#cutoff * sinc(t) * window;
		}
		return sum;
	}
}

function sinc(t) {
	return t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
}
