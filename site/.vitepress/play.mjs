import { cp } from "node:fs/promises";
import { join } from "node:path";

// PLAY is the folder with the page of the built-in models, which the build of web/ writes.
const folder = process.env.PLAY;

// playing is the link to that page, if there is one. It is no page of VitePress: the target
// makes the browser load it.
export const playing = (text) => (folder ? [{ text, link: "/play/", target: "_self" }] : []);

// copyPlay puts the page beside those of the site.
export async function copyPlay({ outDir }) {
  if (folder) await cp(folder, join(outDir, "play"), { recursive: true });
}
