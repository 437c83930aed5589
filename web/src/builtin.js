/** Gives the URL of a model that comes with the package. */
export function builtin(name) {
	return new URL(`models/${name}.rnn`, import.meta.url);
}
