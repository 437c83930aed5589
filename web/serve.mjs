// Serves the static files in site/: node serve.mjs [PORT]

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";

const types = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".svg": "image/svg+xml", ".wasm": "application/wasm" };

/** Serves a folder on a port of this machine; 0: any free port. */
export function serve(folder, port = 0) {
	const server = createServer(async (request, response) => {
		try {
			const name = path.normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname)); // removes ".."
			const file = path.join(folder, name.endsWith("/") ? `${name}index.html` : name);
			const content = await readFile(file);
			response.writeHead(200, { "Content-Type": types[path.extname(file)] ?? "application/octet-stream" }).end(content);
		} catch {
			response.writeHead(404).end(`${request.url} not found\n`);
		}
	});
	return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === import.meta.filename) {
	const server = await serve(path.join(import.meta.dirname, "site"), Number(process.argv[2] ?? 8000));
	console.log(`http://localhost:${server.address().port}/`);
}
