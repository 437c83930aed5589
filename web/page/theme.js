import { element } from "./panel.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const page = document.documentElement.dataset; // first-theme.js has set the theme and the visitor's choice

/** Sets the page to light or dark: the choice of the visitor, or else of the system. */
export function theme() {
	const choice = element("theme");
	choice.value = page.chosen;
	const show = () => {
		page.theme = choice.value || (dark.matches ? "dark" : "light");
		dispatchEvent(new Event("themechange")); // redraws canvases
	};
	choice.addEventListener("change", () => {
		store(choice.value);
		show();
	});
	dark.addEventListener("change", show);
}

/** Returns the value of a colour in the style sheet. */
export function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// If the browser does not allow storage, the choice lasts until the page is left.
function store(value) {
	try {
		localStorage.setItem("theme", value);
	} catch {}
}
