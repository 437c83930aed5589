import { element } from "./panel.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Shows the page light or dark, as the visitor or else the system has it. */
export function theme() {
	const choice = element("theme");
	choice.value = stored();
	const show = () => {
		document.documentElement.dataset.theme = choice.value || (dark.matches ? "dark" : "light");
		dispatchEvent(new Event("themechange")); // for what is drawn
	};
	choice.addEventListener("change", () => {
		store(choice.value);
		show();
	});
	dark.addEventListener("change", show);
	show();
}

/** Gives the value of a colour of the style sheet. */
export function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// A browser may refuse to store anything: then the choice lasts as long as the page.
function stored() {
	try {
		return localStorage.getItem("theme") ?? "";
	} catch {
		return "";
	}
}

function store(value) {
	try {
		localStorage.setItem("theme", value);
	} catch {}
}
