import { Owner } from "./owner.js";
import { result } from "./program.js";

/** Finds the segments of speech in a stream of probabilities. */
export class Segmenter extends Owner {
	#seconds; // duration of a step

	constructor(functions, { stepSeconds, threshold = 0.5, release = Math.max(threshold - 0.15, 0.01), minSpeech = 0.25, minSilence = 0.1, pad = 0.03 }) {
		if (!(stepSeconds > 0)) throw new TypeError(`stepSeconds is ${stepSeconds}: give the duration of a step in seconds`);
		super(result(functions.segmenter({ stepSeconds, threshold, release, minSpeech, minSilence, pad })));
		this.#seconds = stepSeconds;
	}

	push(probabilities) {
		return Array.from(probabilities, (p) => this.call("push", p)).flatMap((s) => this.#segment(s));
	}

	end() {
		return this.#segment(this.call("end"));
	}

	#segment(steps) {
		return steps === null ? [] : [{ start: steps.start * this.#seconds, end: steps.end * this.#seconds }];
	}
}
