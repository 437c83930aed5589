// Sets the theme before anything is painted. It is no module, since those run later: see theme.js.
{
	let chosen = "";
	try {
		chosen = localStorage.getItem("theme") ?? "";
	} catch {} // a browser may refuse to store anything
	document.documentElement.dataset.theme = chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
	document.documentElement.dataset.chosen = chosen;
}
