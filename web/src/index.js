// rnnrun for JavaScript, in the calling thread. worker-client.js runs it in a worker.

import { Model } from "./model.js";
import { result, start } from "./program.js";
import { Segmenter } from "./segmenter.js";
import { bytesOf } from "./source.js";

export { builtin } from "./builtin.js";
export { Resampler } from "./resampler.js";

/** Loads a model. */
export async function load(source, { kernels, program } = {}) {
	const [{ functions, exports }, bytes] = await Promise.all([start(program), bytesOf(source)]);
	return new Model(exports, result(functions.load(bytes, kernels)));
}

/** Creates a segmenter, which finds segments of speech. */
export async function segmenter(options) {
	const { functions } = await start();
	return new Segmenter(functions, options);
}
