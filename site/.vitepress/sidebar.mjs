import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../../", import.meta.url));

// The guides, and the pages that define something, in the order to read them. Pages that
// are named nowhere are listed after the guides, so that none is forgotten.
const guides = ["training", "sensors", "anomaly", "keywords", "sound", "amplifier", "convert", "export", "quantization", "frontends", "serve", "wasm"];
const reference = ["commands", "arch", "activations", "design"];
const benchmarks = ["benchmarks", "results"];

export function sidebar() {
  const named = new Set([...guides, ...reference, ...benchmarks]);
  const others = pages("docs").filter((name) => !named.has(name));
  return [
    { text: "Start", items: [page("README", "rnnrun"), page("examples/README"), page("web/README"), page("beam/README")] },
    { text: "Tutorials", items: folder("docs/tutorials") },
    { text: "Guides", items: [...guides, ...others].map((name) => page(`docs/${name}`)) },
    { text: "Reference", items: [...reference.map((name) => page(`docs/${name}`)), ...packages] },
    { text: "Benchmarks", items: [page("bench/RESULTS"), page("bench/cost/COST"), ...benchmarks.map((name) => page(`docs/${name}`))] },
    { text: "Project", items: [page("CONTRIBUTING"), page("CHANGELOG"), page("SECURITY"), page("testdata/README")] },
    korean(),
  ];
}

export function koreanSidebar() {
  return [korean(), { text: "English", items: [page("README", "rnnrun"), page("docs/tutorials/index")] }];
}

const packages = ["runtime", "format", "kernels"].map((name) => ({
  text: `package ${name}`,
  link: `https://pkg.go.dev/github.com/rnnrun/rnnrun/${name}`,
}));

const korean = () => ({ text: "한국어", items: [page("docs/ko/index", "시작"), ...folder("docs/ko/tutorials")] });

const folder = (path) => pages(path).map((name) => page(`${path}/${name}`));

// pages are the names of a folder's pages, index first.
function pages(folder) {
  const names = readdirSync(checkout + folder).filter((file) => file.endsWith(".md")).map((file) => file.slice(0, -3));
  return names.sort((a, b) => (b === "index") - (a === "index") || (a < b ? -1 : 1));
}

// page is a link by the title of its page.
function page(path, text) {
  return { text: text ?? readFileSync(`${checkout}${path}.md`, "utf8").match(/^# (.*)/m)[1], link: `/${path.replace(/index$/, "")}` };
}
