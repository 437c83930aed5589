// node node.mjs FOLDER: measures in Node.js, and prints the results as JSON.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = process.argv[2];
const require = createRequire(import.meta.url);
globalThis.require = require;
globalThis.fs = require("node:fs");
globalThis.path = require("node:path");
require(join(folder, "wasm_exec.js"));
const { bench } = await import(join(folder, "bench.js"));
const { instantiate } = await import(join(folder, "kernels.js"));
const ort = await import(join(folder, "ort/ort.wasm.min.mjs"));
const plan = JSON.parse(await readFile(join(folder, "plan.json"), "utf8"));
const results = await bench(plan, ort, (file) => readFile(join(folder, file)), instantiate);
process.stdout.write(JSON.stringify(results));
process.exit(0);
