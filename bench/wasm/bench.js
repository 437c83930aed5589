// Measures the cases in Node.js or in a page, and returns what main.go prints.

// A peer that is slow makes fewer rounds.
const leastRounds = 3;
const mostMilliseconds = 2000;

/**
 * @param {{cases: {name: string, input: number, hidden: number, layers: number, steps: number, inputs: number[]}[],
 *     rounds: number, milliseconds: number}} plan
 * @param {object} ort onnxruntime-web
 * @param {(file: string) => Promise<Uint8Array>} read
 * @param {typeof import("../../kernels/wasm/kernels.js").instantiate} instantiate
 */
export async function bench(plan, ort, read, instantiate) {
	ort.env.wasm.numThreads = 1;
	const program = await WebAssembly.compile(await read("program.wasm"));
	const runners = [];
	for (const set of ["relaxedsimd", "simd128", "generic"]) {
		const runner = await ours(program, set, instantiate);
		if (runner) {
			runners.push(runner);
		}
	}
	const results = [];
	for (const [index, c] of plan.cases.entries()) {
		const peers = [...runners, onnx(ort, await read(`case${index}.onnx`))];
		results.push({ name: c.name, peers: await measure(c, index, peers, plan) });
	}
	return results;
}

async function ours(program, set, instantiate) {
	const go = new Go();
	go.env = { RNNRUN_KERNELS: set };
	const { instance, sets } = await instantiate(program, go.importObject);
	if (set !== "generic" && !sets.includes(set)) {
		return undefined;
	}
	go.run(instance);
	const { open, run } = globalThis.rnnrun;
	return {
		name: set,
		open: async (index) => open(index),
		run: async (calls) => run(calls),
	};
}

function onnx(ort, model) {
	let session, c, state, step;
	const data = (t) => Float32Array.from(t.data);
	const call = async () => {
		if (c.steps > 0) {
			return (await session.run({ x: new ort.Tensor("float32", c.inputs, [c.steps, 1, c.input]) }))[`all${c.layers - 1}`];
		}
		const x = new ort.Tensor("float32", c.inputs.subarray(step * c.input, (step + 1) * c.input), [1, 1, c.input]);
		step = (step + 1) % (c.inputs.length / c.input);
		const outputs = await session.run({ x, ...state });
		for (const name of Object.keys(state)) {
			state[name] = outputs[`next_${name}`];
		}
		return outputs[`next_h${c.layers - 1}`];
	};
	return {
		name: "onnxruntime-web",
		open: async (_, opened) => {
			c = opened;
			session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
			state = {};
			step = 0;
			for (const name of session.inputNames.filter((n) => n !== "x")) {
				state[name] = new ort.Tensor("float32", new Float32Array(c.hidden), [1, 1, c.hidden]);
			}
			if (c.steps > 0) {
				return data(await call());
			}
			const all = [];
			for (let i = 0; i < c.inputs.length / c.input; i++) {
				all.push(...data(await call()));
			}
			return Float32Array.from(all);
		},
		run: async (calls) => {
			for (let i = 0; i < calls; i++) {
				await call();
			}
		},
	};
}

// measure returns the median time of a call in microseconds, that of the fastest round,
// and the greatest difference of outputs from the first peer's. Peers take turns.
async function measure(c, index, peers, { rounds, milliseconds }) {
	const opened = { ...c, inputs: Float32Array.from(c.inputs) };
	const list = [];
	let first;
	for (const peer of peers) {
		const y = await peer.open(index, opened);
		first ??= y;
		const difference = y.length === first.length ? y.reduce((m, v, i) => Math.max(m, Math.abs(v - first[i])), 0) : NaN;
		let calls = 1;
		let took = await time(peer, calls);
		while (took < milliseconds) {
			calls = Math.ceil(calls * Math.min(10, 1.2 * milliseconds / Math.max(took, 0.1)));
			took = await time(peer, calls);
		}
		list.push({ name: peer.name, difference, calls, times: [] });
	}
	for (let i = 0; i < rounds; i++) {
		for (const [k, peer] of peers.entries()) {
			const { times, calls } = list[k];
			if (i < leastRounds || times.length * calls * times[0] < mostMilliseconds) {
				times.push((await time(peer, calls)) / calls);
			}
		}
	}
	return list.map(({ name, difference, times }) => {
		times.sort((a, b) => a - b);
		return { name, difference, median: 1000 * times[times.length >> 1], fastest: 1000 * times[0] };
	});
}

async function time(peer, calls) {
	const start = clock();
	await peer.run(calls);
	return clock() - start;
}

// clock returns milliseconds: of the CPU, which other programs do not change much, but a
// page cannot ask for that.
function clock() {
	if (!globalThis.process?.cpuUsage) {
		return performance.now();
	}
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}
