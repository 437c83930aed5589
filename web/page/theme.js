import { element } from "./panel.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const page = document.documentElement.dataset; // first-theme.js has set its theme, and what the visitor chose

/** Shows the page light or dark, as the visitor or else the system has it. */
export function theme() {
	const choice = element("theme");
	choice.value = page.chosen;
	const show = () => {
		page.theme = choice.value || (dark.matches ? "dark" : "light");
		dispatchEvent(new Event("themechange")); // for what is drawn
	};
	choice.addEventListener("change", () => {
		store(choice.value);
		show();
	});
	dark.addEventListener("change", show);
}

/** Gives the value of a colour of the style sheet. */
export function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// If the browser refuses, the choice lasts as long as the page.
function store(value) {
	try {
		localStorage.setItem("theme", value);
	} catch {}
}
