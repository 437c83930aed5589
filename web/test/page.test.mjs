// The page in Chromium: node --test test/ after node build.mjs. CHROMIUM names another
// browser of its kind.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createRequire } from "node:module";
import { after, afterEach, before, test } from "node:test";

import { chromium } from "playwright-core";

import { serve } from "../serve.mjs";

const web = path.dirname(import.meta.dirname);
const site = path.join(web, "site");
const shots = process.env.SCREENSHOTS; // a folder to keep screenshots in
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let server, browser, page, faults;

before(async () => {
	server = await serve(site);
	browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: [
			"--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync",
			"--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
			`--use-file-for-fake-audio-capture=${path.join(site, "five-seven.wav")}`,
		],
	});
	if (shots) {
		await mkdir(shots, { recursive: true });
	}
});

after(async () => {
	await browser?.close();
	server?.close();
});

afterEach(() => page.context().close());

async function open({ width = 1280, height = 900, theme = "light", reducedMotion = "reduce", before = () => {} } = {}) {
	const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion, permissions: ["microphone"] });
	page = await context.newPage();
	page.setDefaultTimeout(30_000);
	faults = [];
	page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
	page.on("pageerror", (error) => faults.push(String(error)));
	page.on("requestfailed", (request) => faults.push(`${request.url()}: ${request.failure().errorText}`));
	page.on("request", (request) => request.url().startsWith(address()) || request.url().startsWith("blob:") || faults.push(`asks ${request.url()}`));
	await before(page);
	await page.goto(address());
}

const address = () => `http://127.0.0.1:${server.address().port}/`;

// done closes the page, which must have had no faults but those that were meant.
async function done(meant) {
	await page.context().close();
	assert.deepEqual(faults.filter((fault) => !meant?.test(fault)), []);
}

// shot gives a screenshot, which must show something.
async function shot(name, target = page) {
	const picture = await target.screenshot(shots ? { path: path.join(shots, `${name}.png`) } : {});
	assert.ok(picture.length > 5000, `${name} is a picture of ${picture.length} bytes`);
}

// colours counts the different colours that a canvas shows.
const colours = (id) =>
	page.locator(id).evaluate((canvas) => {
		const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
		return new Set(new Uint32Array(data.buffer)).size;
	});

const has = (id, pattern) => page.waitForFunction(([id, source]) => new RegExp(source).test(document.querySelector(id).textContent), [id, pattern.source]);

test("a review is classified when the page opens, at a click, and while it is written", async () => {
	await open();
	await has("#review-answer", /^Positive \d+\.\d % sure$/);
	await page.getByRole("button", { name: "A waste of time, dull" }).click();
	await has("#review-answer", /^Negative/);
	await page.getByLabel("A review, in Korean").fill("최고의 영화! 감동적이다");
	await has("#review-answer", /^Positive/);
	await page.getByLabel("A review, in Korean").fill("");
	await has("#review-answer", /^Write something/);
	await shot("review", page.locator("#review"));
	await done();
});

test("what cannot be loaded is said, and works when it can", async () => {
	await open({ before: (page) => page.route("**/rnnrun.wasm", (route) => route.fulfill({ status: 503 })) });
	await has("#review-error", /rnnrun\.wasm: 503/);
	assert.equal(await page.locator("#review-answer").textContent(), "");
	await page.unroute("**/rnnrun.wasm");
	await page.getByRole("button", { name: "A waste of time, dull" }).click();
	await has("#review-answer", /^Negative/);
	assert.equal(await page.locator("#review-error").textContent(), "");
	await done(/503|ERR_ABORTED/);
});

test("calls of a worker that is closed fail", async () => {
	await open();
	const errors = await page.evaluate(async () => {
		const { connect } = await import("./rnnrun/worker-client.js");
		const client = connect();
		const model = await client.load("rnnrun/models/vad.rnn");
		const session = await model.session();
		await session.close();
		const closed = await session.step(new Float32Array(256)).catch((error) => error.message);
		const waiting = model.verify().catch((error) => error.message);
		client.close();
		return [closed, await waiting, await model.verify().catch((error) => error.message), await connect(new Worker("nowhere.js")).load("x").catch((error) => error.message)];
	});
	assert.match(errors[0], /closed/);
	assert.match(errors[1], /closed/);
	assert.match(errors[2], /closed/);
	assert.match(errors[3], /cannot be loaded|failed/);
	await done(/404|nowhere/);
});

test("a word has sounds, signs of the phonetic alphabet", async () => {
	await open();
	await has("#word-answer", /θ.*ɔ.*t/);
	await page.getByRole("button", { name: "neural", exact: true }).click();
	await has("#word-answer", /^nas in knee/);
	await page.getByLabel("An English word").fill("one23");
	await page.waitForTimeout(200);
	await done();
});

test("a seed and a temperature give a text, and the states are drawn", async () => {
	await open();
	await page.getByLabel("Temperature").fill("0.5");
	await has("#written", /^Done after \d+ letters\. Seed 1 at temperature 0\.5/);
	const text = await page.locator("#text").textContent();
	assert.ok(text.startsWith("ROMEO:"));
	assert.equal(text.length, 606);
	await page.getByRole("button", { name: "Write" }).click();
	await page.waitForTimeout(300);
	await has("#written", /^Done/);
	assert.equal(await page.locator("#text").textContent(), text);
	await page.waitForTimeout(200);
	assert.ok((await colours("#states")) > 100);
	await page.locator("#states").focus();
	await page.keyboard.press("ArrowLeft");
	await has("#states-read", /^step \d+, ".": unit 1 of layer 1 is -?\d\.\d{3}$/);
	await page.keyboard.press("PageDown");
	await has("#states-read", /unit 17 of layer 1/);
	await page.locator("#states").hover({ position: { x: 15, y: 304 } });
	await has("#states-read", /unit 10\d of layer 2/);
	await shot("shakespeare", page.locator("#shakespeare"));
	await done();
});

test("a text is written letter by letter, and stops at a click", async () => {
	await open({ reducedMotion: "no-preference" });
	await page.getByRole("button", { name: "Write" }).click();
	await page.waitForFunction(() => document.querySelector("#text").textContent.length > 10);
	await page.getByRole("button", { name: "Stop", exact: true }).click();
	await has("#written", /^Stopped after \d+ letters/);
	assert.ok((await page.locator("#text").textContent()).length < 600);
	await done();
});

test("a prompt with letters that the model does not know says so", async () => {
	await open();
	await page.getByLabel("Begin with").fill("é");
	await page.getByRole("button", { name: "Write" }).click();
	await has("#writer-error", /é/);
	await done();
});

test("speech is found in a file", async () => {
	await open();
	await page.getByRole("button", { name: "Try a sample" }).click();
	await has("#segments", /^Speech: 0\.32–0\.67 s, 0\.99–1\.36 s$/);
	await page.waitForTimeout(200);
	assert.ok((await colours("#timeline")) > 10);
	assert.ok((await colours("#voice-states")) > 100);
	await page.getByLabel("A sound file").setInputFiles(path.join(site, "five-seven.wav"));
	await has("#segments", /^Speech: 0\.32–0\.67 s, 0\.99–1\.36 s$/);
	await page.getByLabel("A sound file").setInputFiles(path.join(web, "package.json"));
	await has("#voice-error", /cannot read this sound/);
	await shot("voice", page.locator("#voice"));
	await done();
});

test("speech is found in what the microphone hears", async () => {
	await open();
	await page.getByRole("button", { name: "Use the microphone" }).click();
	await has("#segments", /^Speech: \d+\.\d\d–\d+\.\d\d s/);
	await page.getByRole("button", { name: "Stop listening" }).click();
	await page.getByRole("button", { name: "Use the microphone" }).waitFor();
	await done();
});

// Chromium and WebKit have different names for the error.
for (const [name, says] of [["NotFoundError", /no microphone/], ["OverconstrainedError", /no microphone/], ["NotAllowedError", /does not let this page/]]) {
	test(`a microphone that cannot be used is said: ${name}`, async () => {
		await open();
		await page.evaluate((name) => (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("Invalid constraint", name))), name);
		await page.getByRole("button", { name: "Use the microphone" }).click();
		await has("#voice-error", says);
		assert.equal(await page.locator("#microphone").textContent(), "Use the microphone");
		await done();
	});
}

test("a model in the thread of the sound gives the bits of one in a worker", async () => {
	await open();
	const [heard, want, fault] = await page.evaluate(async () => {
		const rate = 16000;
		const [{ modelNode }, { connect }] = await Promise.all([import("./rnnrun/model-node.js"), import("./rnnrun/worker-client.js")]);
		const context = new OfflineAudioContext(1, rate, rate);
		const sound = await context.decodeAudioData(await (await fetch("five-seven.wav")).arrayBuffer());
		const heard = [];
		const node = await modelNode(context, "rnnrun/models/vad.rnn", { outputs: (y) => heard.push(y[0]) });
		const player = new AudioBufferSourceNode(context, { buffer: sound });
		player.connect(node).connect(context.destination);
		player.start();
		await context.startRendering();
		const model = await connect().load("rnnrun/models/vad.rnn");
		const session = await model.session();
		const want = await session.run(sound.getChannelData(0).subarray(0, Math.floor(rate / model.inputSize) * model.inputSize));
		for (let tries = 0; heard.length < want.length && tries < 100; tries++) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		const fault = await modelNode(context, "rnnrun/models/shakespeare.rnn").catch((error) => error.message);
		return [heard, [...want], fault];
	});
	assert.ok(want.length === 62 && Math.max(...want) > 0.9);
	assert.deepEqual(heard, want);
	assert.match(fault, /kind of input/);
	await done();
});

test("a model that gives sound is a node that gives it", async () => {
	await open();
	const bytes = [...(await readFile(path.join(web, "../examples/sensor/sensor.rnn")))]; // of one number a step
	const [heard, want] = await page.evaluate(async (bytes) => {
		const model = Uint8Array.from(bytes);
		const [{ modelNode }, { load }] = await Promise.all([import("./rnnrun/model-node.js"), import("./rnnrun/index.js")]);
		const context = new OfflineAudioContext(1, 1024, 8000);
		const buffer = new AudioBuffer({ length: 1024, sampleRate: 8000 });
		buffer.getChannelData(0).forEach((_, i, samples) => (samples[i] = Math.sin(i / 9)));
		const player = new AudioBufferSourceNode(context, { buffer });
		player.connect(await modelNode(context, model)).connect(context.destination);
		player.start();
		const sound = await context.startRendering();
		const session = (await load(model)).session();
		return [[...sound.getChannelData(0)], [...session.run(buffer.getChannelData(0))]];
	}, bytes);
	assert.ok(want.length === 1024 && new Set(want).size > 500);
	assert.deepEqual(heard, want);
	await done();
});

test("every model gives the bits of its author's machine", async () => {
	await open();
	await page.getByRole("button", { name: "Verify the bits" }).click();
	await has("#verified", /^Bit for bit .*sentiment-ko ✓, g2p-en ✓, shakespeare ✓, vad ✓$/);
	await has("#kernels", /simd|generic/);
	await done();
});

for (const theme of ["light", "dark"]) {
	for (const [name, width, height] of [["wide", 1280, 900], ["narrow", 390, 844]]) {
		test(`the page is accessible: ${theme}, ${name}`, async () => {
			await open({ width, height, theme });
			await has("#review-answer", /sure/);
			await has("#word-answer", /as in/);
			await page.getByRole("button", { name: "Write" }).click();
			await has("#written", /^Done/);
			await page.getByRole("button", { name: "Try a sample" }).click();
			await has("#segments", /^Speech: .*, /);
			await page.evaluate(axe);
			const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
			assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ").slice(0, 300)}`), []);
			assert.ok(passes.length > 20);
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page scrolls sideways");
			await page.evaluate(() => scrollTo(0, 0));
			await shot(`${theme}-${name}`);
			if (shots) {
				await page.screenshot({ path: path.join(shots, `${theme}-${name}-whole.png`), fullPage: true });
			}
			await done();
		});
	}
}

test("the visitor's theme goes before the system's, and lasts", async () => {
	await open({ theme: "light" });
	await page.getByLabel("Theme").selectOption("dark");
	assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
	await has("#review-answer", /sure/);
	await page.reload();
	await has("#review-answer", /sure/);
	assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
	assert.equal(await page.getByLabel("Theme").inputValue(), "dark");
	await page.getByLabel("Theme").selectOption("System");
	assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
	await page.emulateMedia({ colorScheme: "dark" });
	await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
	await done();
});

test("the keyboard reaches everything", async () => {
	await open();
	await has("#review-answer", /sure/);
	const reached = new Set();
	for (let i = 0; i < 60; i++) {
		await page.keyboard.press("Tab");
		reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim()));
	}
	for (const id of ["Skip to the models", "theme", "verify", "review-text", "word", "prompt", "temperature", "seed", "write", "text", "states", "microphone", "sample", "sound", "voice-states"]) {
		assert.ok(reached.has(id), `${id} is not reached by Tab`);
	}
	await done();
});
