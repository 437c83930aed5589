// An AudioWorkletProcessor that runs a model in the audio thread: see model-node.js.

import { timers } from "./audio-scope.js"; // first, because the other imports need it
import { load } from "./index.js";

class ModelProcessor extends AudioWorkletProcessor {
	#session;
	#step; // samples of the next step
	#filled = 0;
	#outputs; // outputs of the last step, if they are sound

	constructor({ processorOptions: { program, model } }) {
		super();
		this.#start(program, model).then(
			() => this.port.postMessage({ ready: true }),
			(error) => this.port.postMessage({ error: error.message }),
		);
	}

	async #start(program, bytes) {
		const model = await load(bytes, { program });
		const session = model.session();
		this.#step = new Float32Array(model.inputSize);
		if (model.outputSize === model.inputSize) {
			this.#outputs = new Float32Array(model.outputSize);
		}
		session.step(this.#step); // throws now if the model cannot be stepped
		session.reset();
		this.#session = session;
	}

	process([input], [output]) {
		timers.run();
		if (!this.#session || input.length === 0) {
			return true;
		}
		for (let i = 0; i < input[0].length; i++) {
			this.#step[this.#filled++] = input[0][i];
			const full = this.#filled === this.#step.length;
			if (full) {
				this.#filled = 0;
				this.#given(this.#session.step(this.#step));
			}
			if (this.#outputs) {
				// The first output sample of a step is played when its last input sample arrives.
				output[0][i] = this.#outputs[this.#filled];
			}
		}
		return true;
	}

	#given(outputs) {
		if (this.#outputs) {
			this.#outputs.set(outputs);
		} else {
			this.port.postMessage({ outputs: outputs.slice() });
		}
	}
}

registerProcessor("rnnrun-model", ModelProcessor);
