import { keepDrawn } from "./canvas.js";
import { element } from "./panel.js";
import { colour } from "./theme.js";

/** A chart of sound, the probability of speech, and the segments of speech. */
export class Timeline {
	#steps = []; // {peak, probability}
	#first = 0; // index of the first step in #steps
	#segments = [];
	#seconds; // duration of a step
	#window; // steps in the chart; undefined: all
	#position; // position of the player, in seconds
	#redraw;

	constructor(canvas) {
		this.#redraw = keepDrawn(element(canvas), (context, width, height) => this.#draw(context, width, height));
	}

	begin(stepSeconds, windowSeconds) {
		this.#steps = [];
		this.#first = 0;
		this.#segments = [];
		this.#position = undefined;
		this.#seconds = stepSeconds;
		this.#window = windowSeconds && Math.round(windowSeconds / stepSeconds);
		this.#redraw();
	}

	push(samples, probability) {
		this.#steps.push({ peak: samples.reduce((peak, v) => Math.max(peak, Math.abs(v)), 0), probability });
		if (this.#steps.length > this.#window) {
			this.#steps.shift();
			this.#first++;
		}
		this.#redraw();
	}

	segment(segment) {
		this.#segments.push(segment);
		this.#redraw();
	}

	play(seconds) {
		this.#position = seconds;
		this.#redraw();
	}

	#draw(context, width, height) {
		const count = this.#window ?? this.#steps.length;
		if (count === 0) {
			return;
		}
		const x = (step) => ((step - this.#first) / count) * width;
		this.#drawSegments(context, (seconds) => x(seconds / this.#seconds), height);
		context.fillStyle = colour("soft");
		this.#steps.forEach(({ peak }, i) => {
			const half = Math.max(0.5, Math.sqrt(peak) * (height / 2 - 6)); // the square root makes quiet sound visible
			context.fillRect(x(this.#first + i), height / 2 - half, Math.max(width / count - 0.5, 0.5), 2 * half);
		});
		context.strokeStyle = colour("accent");
		context.lineWidth = 2.5;
		context.beginPath();
		this.#steps.forEach(({ probability }, i) => context.lineTo(x(this.#first + i + 0.5), height - 5 - probability * (height - 10)));
		context.stroke();
		if (this.#position !== undefined) {
			context.fillStyle = colour("ink");
			context.fillRect(x(this.#position / this.#seconds) - 1, 0, 2, height);
		}
	}

	#drawSegments(context, x, height) {
		for (const { start, end } of this.#segments) {
			context.fillStyle = colour("band");
			context.fillRect(x(start), 0, x(end) - x(start), height);
			context.fillStyle = colour("warm");
			context.fillRect(x(start), 0, x(end) - x(start), 4);
		}
	}
}
