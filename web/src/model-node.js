// A model as a Web Audio node, in the audio thread.

import { bytesOf, isURL } from "./source.js";

/** Creates a node that runs a model of one channel. */
export async function modelNode(context, source, { outputs, program } = {}) {
	const [module, model] = await Promise.all([
		compiled(program ?? new URL("rnnrun.wasm", import.meta.url)),
		bytesOf(source),
		context.audioWorklet.addModule(new URL("model-worklet.js", import.meta.url)),
	]);
	const node = new AudioWorkletNode(context, "rnnrun-model", {
		numberOfInputs: 1,
		numberOfOutputs: 1,
		outputChannelCount: [1],
		channelCount: 1,
		channelCountMode: "explicit",
		processorOptions: { program: module, model },
	});
	await new Promise((resolve, reject) => {
		node.onprocessorerror = () => reject(new Error("the model cannot run in the audio thread"));
		node.port.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve());
	});
	node.port.onmessage = ({ data }) => outputs?.(data.outputs);
	return node;
}

// The compiled program is sent to the audio thread, which cannot fetch it.
async function compiled(program) {
	return isURL(program) ? WebAssembly.compile(await bytesOf(program)) : program;
}
