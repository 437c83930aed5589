// The package in Node.js: node --test test/ after node build.mjs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { Resampler, builtin, load, segmenter } from "../dist/index.js";

const testdata = path.join(import.meta.dirname, "../../testdata");

test("the first program of the README prints what it says", async () => {
	const web = path.dirname(import.meta.dirname);
	const [, program] = /```js\n(.*?)```/s.exec(await readFile(path.join(web, "README.md"), "utf8"));
	const [, want] = /console\.log.*\/\/ (.*)\n/.exec(program);
	const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: web, encoding: "utf8" });
	assert.equal(printed, `${want}\n`);
});

test("a classifier gives a class and the probabilities of all", async () => {
	const model = await load(builtin("sentiment-ko"));
	assert.equal(model.task, "classify");
	assert.deepEqual(model.labels, ["negative", "positive"]);
	const answer = model.classify("정말 재미있는 영화였어요");
	assert.equal(answer.label, "positive");
	assert.equal(answer.index, 1);
	assert.equal(answer.probabilities.length, 2);
	assert.equal(answer.probability, answer.probabilities[1]);
	assert.equal(model.classify("지루하고 재미없다").label, "negative");
	assert.deepEqual(model.classify(model.encode("정말 재미있는 영화였어요")), answer);
	model.close();
	assert.throws(() => model.classify("x"), /closed/);
});

test("a model is a URL, a path, a response, a blob or bytes", async () => {
	const url = builtin("vad");
	const bytes = await readFile(url);
	const sources = [url, url.href, path.relative(".", url.pathname), new Response(bytes), new Blob([bytes]), bytes, Uint8Array.from(bytes).buffer];
	for (const source of sources) {
		assert.equal((await load(source)).task, "regress");
	}
	await assert.rejects(load(new Response("", { status: 404, statusText: "Not Found" })), /404 Not Found/);
	await assert.rejects(load("nowhere.rnn"), /nowhere\.rnn/);
});

test("a seed gives the same text on every kernel set", async () => {
	const texts = [];
	for (const kernels of [undefined, "simd128", "generic"]) {
		const model = await load(builtin("shakespeare"), { kernels });
		texts.push([...model.generate({ prompt: "ROMEO:", tokens: 60, seed: 1 })].join(""));
		if (kernels) {
			assert.equal(model.kernels, kernels);
		}
	}
	assert.match(texts[0], /^ROMEO:/);
	assert.equal(texts[0].length, 66);
	assert.equal(texts[1], texts[0]);
	assert.equal(texts[2], texts[0]);
});

test("a generator gives the states after each step, and can be left", async () => {
	const model = await load(builtin("shakespeare"));
	const seen = [];
	let written = "";
	for (const { text, states } of model.generate({ prompt: "A", seed: 1, states: true })) {
		written += text;
		assert.deepEqual(states.map(({ layer, h }) => [layer, h.length]), [[0, 192], [1, 192]]);
		seen.push(states[1].h.slice());
		if (seen.length === 5) {
			break;
		}
	}
	const session = model.session();
	session.step(10); // the start token of the model
	for (const [i, token] of model.encode(written).entries()) {
		session.step(token);
		if (i > 0) { // the last letter that was read is in the next piece
			assert.ok(session.states()[1].h.every((v, unit) => v === seen[i - 1][unit]));
		}
	}
});

test("steps give the bits of a run, and a snapshot goes on with them", async () => {
	const model = await load(builtin("shakespeare"));
	const tokens = model.encode("To be, or not to be");
	assert.equal(model.decode(tokens), "To be, or not to be");
	const whole = model.session().run(tokens).slice();
	const session = model.session();
	const size = model.outputSize;
	let snapshot;
	tokens.forEach((token, i) => {
		assert.deepEqual(session.step(token), whole.subarray(i * size, (i + 1) * size));
		if (i === 9) {
			snapshot = session.snapshot();
		}
	});
	assert.ok(snapshot instanceof Uint8Array);
	session.restore(snapshot);
	assert.deepEqual(session.step(tokens[10]), whole.subarray(10 * size, 11 * size));
	session.reset();
	assert.deepEqual(session.step(tokens[0]), whole.subarray(0, size));
	assert.ok(session.finite());
});

test("numbers are written to the memory and read from it without copies", async () => {
	const model = await load(builtin("vad"));
	const session = model.session();
	const x = new Float32Array(model.inputSize);
	const y = session.step(x);
	assert.ok(y instanceof Float32Array);
	assert.equal(y.length, 1);
	assert.equal(session.step(x).buffer, y.buffer);
	assert.equal(session.run(new Float32Array(3 * model.inputSize)).length, 3);
	assert.equal(session.step(x).length, 1);
});

test("a session goes on when the memory of the program has grown", async () => {
	const model = await load(builtin("vad"));
	const session = model.session();
	const x = Float32Array.from({ length: model.inputSize }, (_, i) => Math.sin(i));
	const first = session.step(x);
	const [want, states] = [first.slice(), session.states().map(({ h }) => h.slice())];
	for (let others = 0; first.length > 0; others++) {
		assert.ok(others < 10, "the memory does not grow");
		model.session().run(new Float32Array(20_000 * model.inputSize));
	}
	assert.deepEqual(session.states().map(({ h }) => h.slice()), states);
	session.reset();
	assert.deepEqual(session.step(x), want);
});

test("voice activity is found where rnnrun vad finds it", async () => {
	const model = await load(builtin("vad"));
	const wav = await readFile(path.join(testdata, "vad/five-seven.wav"));
	assert.equal(wav.readUInt32LE(24), 16000);
	const samples = Float32Array.from({ length: (wav.length - 44) >> 1 }, (_, i) => wav.readInt16LE(44 + 2 * i) / 32768);
	const steps = Math.floor(samples.length / model.inputSize);
	const finder = await segmenter({ stepSeconds: 1 / model.sampleRate });
	const found = finder.push(model.session().run(samples.subarray(0, steps * model.inputSize)));
	found.push(...finder.end());
	assert.deepEqual(
		found.map(({ start, end }) => [start.toFixed(3), end.toFixed(3)]),
		[["0.320", "0.672"], ["0.992", "1.360"]],
	);
});

test("speech counts if it is long enough, and has a margin", async () => {
	const steps = (count, p) => new Float32Array(count).fill(p);
	for (const [count, want] of [[15, []], [16, [{ start: 8, end: 28 }]]]) { // a quarter of a second is 15.6 steps
		const finder = await segmenter({ stepSeconds: 0.016 });
		const found = [...finder.push(steps(10, 0)), ...finder.push(steps(count, 1)), ...finder.push(steps(10, 0)), ...finder.end()];
		assert.deepEqual(found.map(({ start, end }) => ({ start: Math.round(start / 0.016), end: Math.round(end / 0.016) })), want);
	}
	const finder = await segmenter({ stepSeconds: 1, minSpeech: 1, minSilence: 2, pad: 0 });
	assert.deepEqual(finder.push([1, 1]), []);
	assert.deepEqual(finder.end(), [{ start: 0, end: 2 }]);
	await assert.rejects(segmenter({ stepSeconds: 1, threshold: 2 }), /threshold is 2/);
	await assert.rejects(segmenter({}), /stepSeconds is undefined/);
});

test("the sounds of a word", async () => {
	const model = await load(builtin("g2p-en"));
	const [best, ...others] = model.translate("hello");
	assert.equal(best.text, "HH EH L OW");
	assert.equal(others.length, 3);
	assert.ok(best.score > others[0].score);
	assert.throws(() => model.session(), /translates/);
});

test("every model gives the bits of its author's machine", async () => {
	for (const name of ["g2p-en", "sentiment-ko", "shakespeare", "vad"]) {
		const model = await load(builtin(name));
		assert.ok(model.goldens > 0);
		model.verify();
	}
});

test("errors are those of the program", async () => {
	await assert.rejects(load(new Uint8Array(100)), /magic|too short|not a/i);
	const bytes = new Uint8Array(await readFile(builtin("vad")));
	bytes[bytes.length - 100] ^= 1;
	await assert.rejects(load(bytes), /checksum/i);
	await assert.rejects(load(builtin("vad"), { kernels: "avx2" }), /avx2/);
	const model = await load(builtin("vad"));
	assert.throws(() => model.session().step(new Float32Array(3)), /3.*256/);
	assert.throws(() => model.session().step(7), /kind of input/);
	assert.throws(() => model.classify("x"), /does not classify/);
	assert.throws(() => [...model.generate()], /does not write text/);
	assert.throws(() => model.translate("x"), /does not translate/);
	assert.throws(() => model.session().restore(new Uint8Array(3)), /snapshot/);
	const writer = await load(builtin("shakespeare"));
	assert.throws(() => [...writer.generate({ prompt: "é" })], /é/);
	assert.throws(() => [...writer.generate({ temperature: -1 })], /temperature/);
});

test("a resampler keeps a tone, whatever the pieces", () => {
	const tone = (rate, n) => Float32Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / rate));
	const input = tone(44100, 8820);
	const whole = new Resampler(44100, 16000).push(input);
	const resampler = new Resampler(44100, 16000);
	const pieces = [];
	for (let at = 0; at < input.length; at += 128) {
		pieces.push(...resampler.push(input.subarray(at, at + 128)));
	}
	assert.deepEqual(Float32Array.from(pieces), whole);
	const want = tone(16000, whole.length);
	assert.ok(whole.length > 3100);
	for (let i = 50; i < whole.length; i++) {
		assert.ok(Math.abs(whole[i] - want[i]) < 1e-3, `${i}: ${whole[i]} and not ${want[i]}`);
	}
	const high = new Resampler(44100, 16000).push(Float32Array.from({ length: 8820 }, (_, i) => Math.sin((2 * Math.PI * 12000 * i) / 44100)));
	assert.ok(high.subarray(50).every((v) => Math.abs(v) < 1e-2));
});
