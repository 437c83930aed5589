/**
 * Converts the sample rate of a stream with a windowed sinc, which removes frequencies that
 * the lower of the two rates cannot represent. The program also has a resampler, in Go
 * (internal/wav), but a page whose models run in a worker does not load the program.
 */
export class Resampler {
	static #crossings = 16; // zero crossings on each side

	#ratio;
	#cutoff;
	#reach; // input samples on each side
	#kept; // input samples that are still needed
	#first = 0; // index of the first sample in #kept
	#next = 0; // index of the next output

	/** @param {number} from @param {number} to samples per second */
	constructor(from, to) {
		this.#ratio = from / to;
		this.#cutoff = Math.min(1, to / from);
		this.#reach = Math.ceil(Resampler.#crossings / this.#cutoff);
		this.#kept = new Float32Array(0);
	}

	/** Takes samples, and returns the output samples that can be computed so far. */
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
