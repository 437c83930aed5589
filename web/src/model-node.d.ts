import type { Source } from "./index.js";

export interface ModelNodeOptions {
	/** Is given the outputs of each step, if they are no sound. */
	outputs?: (y: Float32Array) => void;
	/** Where rnnrun.wasm is, if not beside the package, or the program when it is compiled. */
	program?: URL | WebAssembly.Module;
}

/**
 * Makes a node of Web Audio that runs a model in the thread of the sound. The model reads one
 * channel, as many samples a step as it has inputs, at the rate of the context. If it gives as
 * many numbers as it reads, such as an amplifier, they are the sound of the node; if not, such
 * as a voice detector, they go to options.outputs.
 */
export function modelNode(context: BaseAudioContext, source: Exclude<Source, Response>, options?: ModelNodeOptions): Promise<AudioWorkletNode>;
