/** Returns the URL of a model in the package. */
export function builtin(name) {
	return new URL(`models/${name}.rnn`, import.meta.url);
}
