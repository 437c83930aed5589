// Builds the package in dist/, and the page with all its files in site/:
//
//	node build.mjs
//
// It needs Go. It copies the models, the kernels and Go's wasm_exec.js, which are elsewhere.

import { execFileSync } from "node:child_process";
import { cp, mkdir, rm } from "node:fs/promises";
import path from "node:path";

const web = import.meta.dirname;
const root = path.dirname(web);
const dist = path.join(web, "dist");
const site = path.join(web, "site");

const models = ["g2p-en", "sentiment-ko", "shakespeare", "vad"];

await Promise.all([dist, site].map((folder) => rm(folder, { recursive: true, force: true })));
await mkdir(path.join(dist, "models"), { recursive: true });

const go = (args, env) => execFileSync("go", args, { cwd: root, encoding: "utf8", env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] }).trim();

go(["build", "-trimpath", "-ldflags=-s -w", "-tags=wasmsimd", "-o", path.join(dist, "rnnrun.wasm"), "./web/wasm"], { GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" });

await Promise.all([
	cp(path.join(web, "src"), dist, { recursive: true }),
	cp(path.join(go(["env", "GOROOT"]), "lib/wasm/wasm_exec.js"), path.join(dist, "wasm_exec.js")),
	...["kernels.js", "modules.js"].map((name) => cp(path.join(root, "kernels/wasm", name), path.join(dist, name))),
	...["LICENSE", "THIRD_PARTY_NOTICES"].map((name) => cp(path.join(root, name), path.join(dist, name))),
	...models.map((name) => cp(path.join(root, "models", `${name}.rnn`), path.join(dist, "models", `${name}.rnn`))),
	cp(path.join(root, "models/CREDITS"), path.join(dist, "models/CREDITS")),
]);

await cp(path.join(web, "page"), site, { recursive: true });
await cp(dist, path.join(site, "rnnrun"), { recursive: true });
await cp(path.join(root, "testdata/vad/five-seven.wav"), path.join(site, "five-seven.wav"));
