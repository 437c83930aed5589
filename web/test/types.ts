// What programs in TypeScript write: it must compile. npx tsc -p test

import { Resampler, builtin, load, segmenter, type Class, type Model, type Session } from "../dist/index.js";
import { modelNode } from "../dist/model-node.js";
import { connect, type RemoteModel } from "../dist/worker-client.js";

export async function here(): Promise<void> {
	const model: Model = await load(builtin("sentiment-ko"), { kernels: "simd128" });
	const answer: Class = model.classify("좋아요");
	const session: Session = model.session();
	const y: Float32Array = session.step(new Float32Array(model.inputSize));
	session.step(3);
	session.run([1, 2, 3]);
	session.restore(session.snapshot());
	for (const { h, c } of session.states()) {
		h.set(c ?? y);
	}
	let text = "";
	for (const piece of model.generate({ prompt: answer.label, seed: 1 })) {
		text += piece;
	}
	for (const { text: piece, states } of model.generate({ states: true })) {
		text += piece + states.length;
	}
	text += model.translate(text, { beam: 2 })[0]?.score;
	(await segmenter({ stepSeconds: 0.016 })).push(new Resampler(48000, 16000).push(y));
	// @ts-expect-error: no such set
	await load("model.rnn", { kernels: "avx2" });
	// @ts-expect-error: no such model
	builtin("gpt");
	// @ts-expect-error: a step is no text
	session.step("a");
}

export async function inSound(context: AudioContext): Promise<void> {
	const node: AudioWorkletNode = await modelNode(context, "amplifier.rnn", { outputs: (y) => console.log(y[0]) });
	node.connect(context.destination);
}

export async function inWorker(): Promise<void> {
	const client = connect();
	const model: RemoteModel = await client.load("model.rnn");
	const size: number = model.inputSize;
	const session = await model.session();
	const y: Float32Array = await session.step(new Float32Array(size));
	for await (const piece of model.generate({ temperature: y[0] })) {
		piece.toUpperCase();
	}
	for await (const { states } of model.generate({ states: true })) {
		states[0]?.h.fill(0);
	}
	// @ts-expect-error: it is a promise
	(await model.classify("x")).label === (model.classify("x").label);
	client.close();
}
