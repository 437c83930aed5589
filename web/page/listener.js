import { HeatMap } from "./heatmap.js";
import { element } from "./panel.js";
import { Timeline } from "./timeline.js";

/** Runs the model on sound, step by step, and shows its outputs. */
export class Listener {
	timeline = new Timeline("timeline");
	#shelf;
	#client;
	#map = new HeatMap("voice-states", "voice-read", { cell: 4, row: 2 });
	#session;
	#segmenter;
	#step; // samples of the current step so far
	#filled = 0;
	#probability = 0;
	#segments = [];
	#work = Promise.resolve(); // blocks are processed in order

	constructor(shelf, client) {
		this.#shelf = shelf;
		this.#client = client;
	}

	/** Begins a new sound. Shows its last seconds, or all of it. */
	begin(windowSeconds) {
		return this.#queue(async () => {
			const model = await this.#shelf.get("vad");
			await this.#session?.close();
			await this.#segmenter?.close();
			this.#session = await model.session();
			this.#segmenter = await this.#client.segmenter({ stepSeconds: 1 / model.sampleRate });
			this.#step = new Float32Array(model.inputSize);
			this.#filled = 0;
			this.#segments = [];
			this.#map.clear();
			this.timeline.begin(1 / model.sampleRate, windowSeconds);
			this.#tell("Listening…");
		});
	}

	push(samples) {
		return this.#queue(async () => {
			for (const sample of samples) {
				this.#step[this.#filled++] = sample;
				if (this.#filled === this.#step.length) {
					this.#filled = 0;
					await this.#read(this.#step);
				}
			}
			element("hearing").textContent = `probability of speech ${this.#probability.toFixed(2)}`;
		});
	}

	end() {
		return this.#queue(async () => {
			this.#found(await this.#segmenter.end());
			if (this.#segments.length === 0) {
				this.#tell("No speech.");
			}
		});
	}

	async #read(samples) {
		const [[probability], states] = await Promise.all([this.#session.step(samples), this.#session.states()]);
		this.#probability = probability;
		this.timeline.push(samples, probability);
		this.#map.push(states);
		this.#found(await this.#segmenter.push([probability]));
	}

	#found(segments) {
		for (const segment of segments) {
			this.#segments.push(segment);
			this.timeline.segment(segment);
			const last = this.#segments.slice(-6).map(({ start, end }) => `${start.toFixed(2)}–${end.toFixed(2)} s`);
			this.#tell(`Speech: ${last.join(", ")}`);
		}
	}

	#tell(text) {
		element("segments").textContent = text;
	}

	#queue(work) {
		const done = this.#work.then(work);
		this.#work = done.catch(() => {});
		return done;
	}
}
