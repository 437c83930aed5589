/** Returns the element with an id. */
export const element = (id) => document.getElementById(id);

/** Creates an element with a text. */
export function make(tag, text, properties = {}) {
	return Object.assign(document.createElement(tag), { textContent: text }, properties);
}

/** Wraps a function: if it fails, the element with this id shows the error, and the answer is cleared. */
export function showing(id, f, answer) {
	return async (...args) => {
		const place = element(id);
		place.textContent = "";
		try {
			await f(...args);
		} catch (error) {
			place.textContent = error.message;
			answer?.replaceChildren();
		}
	};
}

/**
 * Calls f with the text of a field: when the page opens, while the visitor types, and at a
 * click on an example, a button with a text in data-NAME. NAME-error shows the errors of f.
 */
export function answering(name, field, answer, f) {
	const run = newest(showing(`${name}-error`, f, answer));
	field.addEventListener("input", run);
	for (const button of document.querySelectorAll(`[data-${name}]`)) {
		button.addEventListener("click", () => {
			field.value = button.dataset[name];
			run();
		});
	}
	run();
}

// newest runs only one call at a time, and then the newest of the calls that wait; it skips the others.
function newest(f) {
	let running = false;
	let again = false;
	return async function run() {
		if (running) {
			again = true;
			return;
		}
		running = true;
		do {
			again = false;
			await f();
		} while (again);
		running = false;
	};
}

/** Waits for the next frame, or for a moment if the page is hidden. */
export function drawn() {
	return new Promise((resolve) => (document.hidden ? setTimeout(resolve, 16) : requestAnimationFrame(resolve)));
}

/** Reports whether the visitor prefers reduced motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
