import type { Source } from "./index.js";

export interface ModelNodeOptions {
	/** Called with the outputs of each step, if they are not sound. */
	outputs?: (y: Float32Array) => void;
	/** The location of rnnrun.wasm, if it is not beside the package, or the compiled program. */
	program?: URL | WebAssembly.Module;
}

/**
 * Creates a Web Audio node that runs a model in the audio thread. The model reads one channel
 * at the sample rate of the context; a step has as many samples as the model has inputs. If
 * the model has as many outputs as inputs, as an amplifier does, they are the sound of the
 * node. Otherwise, as for a voice detector, they are passed to options.outputs.
 */
export function modelNode(context: BaseAudioContext, source: Exclude<Source, Response>, options?: ModelNodeOptions): Promise<AudioWorkletNode>;
