// Prints the size of the files that a visitor of the page in site/ with one model fetches: node sizes.mjs.
// Brotli takes some ten seconds.

import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const site = path.join(import.meta.dirname, "site");

const fetched = (await readdir(site, { recursive: true, withFileTypes: true }))
	.filter((entry) => entry.isFile() && /\.(html|css|js|wasm)$/.test(entry.name))
	.map((entry) => path.join(entry.parentPath, entry.name));
fetched.push(path.join(site, "rnnrun/models/sentiment-ko.rnn"));
const sum = async (size) => (await Promise.all(fetched.map(size))).reduce((a, b) => a + b, 0);
const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
console.log(`the page with one model: ${kilobytes(await sum(async (file) => (await stat(file)).size))}`);
console.log(`by gzip: ${kilobytes(await sum(async (file) => gzipSync(await readFile(file), { level: 9 }).length))}`);
console.log(`by brotli: ${kilobytes(await sum(async (file) => brotliCompressSync(await readFile(file)).length))}`);
