import { HeatMap } from "./heatmap.js";
import { drawn, element, make, showing, still } from "./panel.js";

const letters = 600; // letters in a text

/** Generates a text, one letter per frame, and draws the state after each. */
export function shakespeare(shelf) {
	const form = element("writer");
	const temperature = element("temperature");
	const stop = element("stop");
	const map = new HeatMap("states", "states-read");
	let writing = {}; // the current text; end is "stopped" or "replaced" if it must not continue

	const write = showing("writer-error", async () => {
		writing.end = "replaced";
		const mine = (writing = {});
		const options = {
			prompt: element("prompt").value,
			temperature: temperature.valueAsNumber,
			seed: element("seed").valueAsNumber || 0,
			tokens: letters,
			states: true,
		};
		stop.disabled = false;
		try {
			await writeOut(await shelf.get("shakespeare"), options, map, mine);
		} finally {
			if (mine === writing) {
				stop.disabled = true;
			}
		}
	});

	form.addEventListener("submit", (event) => {
		event.preventDefault();
		write();
	});
	stop.addEventListener("click", () => (writing.end = "stopped"));
	temperature.addEventListener("input", () => (element("temperature-value").value = temperature.valueAsNumber.toFixed(2)));
	temperature.addEventListener("change", write);
}

async function writeOut(model, options, map, writing) {
	const page = element("text");
	const status = element("written");
	const prompt = make("span", "", { className: "prompt" });
	const text = make("span", "");
	page.replaceChildren(prompt, text);
	page.ariaBusy = "true"; // screen readers wait until it is complete
	status.textContent = "Writing…";
	map.clear();
	let count = 0;
	let after; // states after the letter in the next piece, since the last letter is held back
	for await (const { text: piece, states } of model.generate(options)) {
		if (writing.end) {
			break;
		}
		if (after) {
			map.push(after, piece);
		}
		after = states;
		(count < options.prompt.length ? prompt : text).append(piece);
		count += piece.length;
		page.scrollTop = page.scrollHeight;
		if (!still()) {
			await drawn();
		}
	}
	if (writing.end === "replaced") {
		return;
	}
	page.ariaBusy = "false";
	status.textContent = `${writing.end ? "Stopped" : "Done"} after ${count} letters. Seed ${options.seed} at temperature ${options.temperature} gives this text on every device.`;
}
