// An AudioWorkletProcessor that sends its input to its port, as Float32Arrays of `length`
// samples of one channel.

class Capture extends AudioWorkletProcessor {
	#length;
	#chunk;
	#filled = 0;

	constructor({ processorOptions }) {
		super();
		this.#length = processorOptions?.length ?? 1024;
		this.#chunk = new Float32Array(this.#length);
	}

	process([channels]) {
		const count = channels.length;
		for (let i = 0; count > 0 && i < channels[0].length; i++) {
			let sum = 0;
			for (const channel of channels) {
				sum += channel[i];
			}
			this.#chunk[this.#filled++] = sum / count;
			if (this.#filled === this.#length) {
				this.port.postMessage(this.#chunk, [this.#chunk.buffer]);
				this.#chunk = new Float32Array(this.#length);
				this.#filled = 0;
			}
		}
		return true;
	}
}

registerProcessor("rnnrun-capture", Capture);
