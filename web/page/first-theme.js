// Sets the theme before anything is painted. It is not a module, because modules run later: see theme.js.
{
	let chosen = "";
	try {
		chosen = localStorage.getItem("theme") ?? "";
	} catch {} // the browser may not allow storage
	document.documentElement.dataset.theme = chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
	document.documentElement.dataset.chosen = chosen;
}
