import { keepDrawn } from "./canvas.js";
import { element } from "./panel.js";
import { colour } from "./theme.js";

const most = 4000; // columns to keep
const gap = 8; // between layers
const labelHeight = 24;

/**
 * A heat map of hidden states, with a column per step, a row per unit and a block per layer.
 * The newest step is on the right. The pointer and the arrow keys read units.
 */
export class HeatMap {
	#canvas;
	#readout;
	#cell; // the width of a column
	#row; // the height of a unit
	#columns = []; // {layers: Float32Array[], label: string}
	#removed = 0; // columns that have been dropped
	#cursor; // {column, row} of the unit that is read
	#redraw;

	constructor(canvas, readout, { cell = 10, row = 1 } = {}) {
		this.#canvas = element(canvas);
		this.#readout = element(readout);
		this.#cell = cell;
		this.#row = row;
		this.#canvas.addEventListener("pointermove", (event) => this.#point(event));
		this.#canvas.addEventListener("keydown", (event) => this.#key(event));
		this.#redraw = keepDrawn(this.#canvas, (context) => this.#draw(context));
	}

	clear() {
		this.#columns = [];
		this.#removed = 0;
		this.#cursor = undefined;
		this.#redraw();
	}

	push(states, label = "") {
		this.#columns.push({ layers: states.map(({ h }) => h), label });
		if (this.#columns.length > most) {
			this.#columns.shift();
			this.#removed++;
		}
		this.#redraw();
	}

	#shown() {
		return Math.min(Math.floor(this.#canvas.clientWidth / this.#cell), this.#columns.length);
	}

	#draw(context) {
		context.imageSmoothingEnabled = false;
		const columns = this.#columns.slice(-this.#shown());
		if (columns.length === 0) {
			return;
		}
		let top = 0;
		const colours = scaleOfColours();
		for (let layer = 0; layer < columns[0].layers.length; layer++) {
			const units = columns[0].layers[layer].length;
			context.drawImage(picture(columns, layer, units, colours), 0, top, columns.length * this.#cell, units * this.#row);
			top += units * this.#row + gap;
		}
		context.font = "12px ui-monospace, Menlo, monospace";
		context.textAlign = "center";
		context.fillStyle = colour("ink");
		columns.forEach(({ label }, i) => context.fillText(label === "\n" ? "↵" : label, (i + 0.5) * this.#cell, top + labelHeight / 2));
		this.#drawCursor(context, columns);
	}

	#drawCursor(context, columns) {
		if (!this.#cursor) {
			return;
		}
		const { column, row } = this.#cursor;
		const { layer } = this.#unit(row);
		const x = (column - this.#removed - (this.#columns.length - columns.length)) * this.#cell;
		const y = row * this.#row + layer * gap;
		context.strokeStyle = colour("ink");
		context.lineWidth = 2;
		context.strokeRect(x - 1, y - 3, this.#cell + 2, this.#row + 6);
	}

	// unit returns the layer and the unit of a row, counted over all layers.
	#unit(row) {
		let layer = 0;
		for (const { length } of this.#columns[0].layers) {
			if (row < length) {
				return { layer, unit: row };
			}
			row -= length;
			layer++;
		}
		return undefined;
	}

	#rows() {
		return this.#columns[0].layers.reduce((sum, { length }) => sum + length, 0);
	}

	#point({ offsetX, offsetY }) {
		const shown = this.#shown();
		const column = Math.floor(offsetX / this.#cell);
		if (column < 0 || column >= shown) {
			return;
		}
		let top = 0;
		let row = 0;
		for (const { length } of this.#columns[0].layers) {
			const unit = Math.floor((offsetY - top) / this.#row);
			if (unit >= 0 && unit < length) {
				this.#read(this.#columns.length - shown + column + this.#removed, row + unit);
			}
			top += length * this.#row + gap;
			row += length;
		}
	}

	#key(event) {
		const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], PageUp: [0, -16], PageDown: [0, 16] };
		const move = moves[event.key];
		if (!move || this.#columns.length === 0) {
			return;
		}
		event.preventDefault();
		const last = this.#removed + this.#columns.length - 1;
		const first = last - this.#shown() + 1;
		const { column, row } = this.#cursor ?? { column: last, row: 0 };
		this.#read(Math.min(Math.max(column + move[0], first), last), Math.min(Math.max(row + move[1], 0), this.#rows() - 1));
	}

	#read(column, row) {
		this.#cursor = { column, row };
		const { layers, label } = this.#columns[column - this.#removed];
		const { layer, unit } = this.#unit(row);
		const step = label ? `step ${column + 1}, ${JSON.stringify(label)}` : `step ${column + 1}`;
		this.#readout.textContent = `${step}: unit ${unit + 1} of layer ${layer + 1} is ${layers[layer][unit].toFixed(3)}`;
		this.#redraw();
	}
}

// picture returns the states of a layer as an image, with one pixel per unit and step.
function picture(columns, layer, units, colours) {
	const canvas = new OffscreenCanvas(columns.length, units);
	const image = new ImageData(columns.length, units);
	const pixels = new Uint32Array(image.data.buffer);
	columns.forEach(({ layers }, x) => {
		const h = layers[layer];
		for (let unit = 0; unit < units; unit++) {
			pixels[unit * columns.length + x] = colours[Math.max(0, Math.min(256, Math.round(128 + 128 * h[unit])))];
		}
	});
	canvas.getContext("2d").putImageData(image, 0, 0);
	return canvas;
}

// scaleOfColours returns the colours for -1 to 1 in 257 steps, as the pixels of an image.
function scaleOfColours() {
	const [cold, zero, warm] = ["cold-state", "zero-state", "warm-state"].map((name) => components(colour(name)));
	const colours = new Uint32Array(257);
	const bytes = new Uint8ClampedArray(colours.buffer);
	for (let i = 0; i <= 256; i++) {
		const t = Math.abs(i - 128) / 128;
		const end = i < 128 ? cold : warm;
		bytes.set([...zero.map((z, k) => z + (end[k] - z) * t), 255], 4 * i);
	}
	return colours;
}

function components(hex) {
	return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
