import { existsSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = "https://github.com/rnnrun/rnnrun";
const checkout = fileURLToPath(new URL("../..", import.meta.url));

// repositoryLinks points links to files that are no pages, such as programs and folders,
// to the repository.
export function repositoryLinks(md) {
  md.core.ruler.push("repository", (state) => {
    for (const token of state.tokens.flatMap((token) => token.children ?? [])) {
      if (token.type === "link_open") {
        token.attrSet("href", address(token.attrGet("href"), state.env.realPath ?? state.env.path));
      }
    }
  });
}

// address is where a link of a page leads. VitePress itself refuses links to pages that do
// not exist; links to other files are refused here.
function address(href, page) {
  if (/^([a-z]+:|#|\/)/i.test(href)) return href;
  const file = resolve(dirname(page), decodeURI(href.replace(/#.*/, "")));
  if (file.endsWith(".md")) return href;
  if (!existsSync(file)) throw new Error(`${relative(checkout, page)} links to ${href}, which does not exist`);
  const kind = statSync(file).isDirectory() ? "tree" : "blob";
  return `${repository}/${kind}/main/${relative(checkout, file)}`;
}
