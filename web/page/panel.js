/** Gives the element of that id. */
export const element = (id) => document.getElementById(id);

/** Makes an element with a text. */
export function make(tag, text, properties = {}) {
	return Object.assign(document.createElement(tag), { textContent: text }, properties);
}

/** Has a function that fails show why, in the element of that id, and no answer. */
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
 * Has f answer what is written in a field: when the page opens, while it is written, and at a
 * click on an example, a button whose data-NAME is a text. NAME-error shows why f fails.
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

// newest has only the newest of many calls run at a time: those in between are left out.
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

/** Waits until the page is drawn the next time, or for a moment if it is not seen. */
export function drawn() {
	return new Promise((resolve) => (document.hidden ? setTimeout(resolve, 16) : requestAnimationFrame(resolve)));
}

/** Tells whether the visitor wants pictures to stand still. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
