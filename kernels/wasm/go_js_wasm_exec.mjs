// Runs a GOOS=js GOARCH=wasm program with the kernels, as Go's lib/wasm/go_js_wasm_exec does
// without them:
//
//	GOOS=js GOARCH=wasm go test -tags wasmsimd -exec "node --stack-size=8192 …/go_js_wasm_exec.mjs"
//
// Before version 22, Node.js needs the flag --experimental-wasm-relaxed-simd for the set relaxedsimd.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instantiate } from "./kernels.js";

const require = createRequire(import.meta.url);
globalThis.require = require;
globalThis.fs = require("node:fs");
globalThis.path = require("node:path");
const root = process.env.GOROOT ?? execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();
require(join(root, "lib/wasm/wasm_exec.js"));

const go = new Go();
go.argv = process.argv.slice(2);
go.env = { TMPDIR: tmpdir(), ...process.env };
go.exit = process.exit;
const { instance } = await instantiate(readFileSync(process.argv[2]), go.importObject);
process.on("exit", (code) => {
	if (code === 0 && !go.exited) { // a deadlock: make Go print its stacks
		go._pendingEvent = { id: 0 };
		go._resume();
	}
});
await go.run(instance);
