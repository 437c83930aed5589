import { chromium } from "playwright-core"; import { serve } from "../web/serve.mjs"; import path from "node:path"; import { mkdir } from "node:fs/promises";
const server = await serve(path.join(import.meta.dirname, "dist")); const root = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
await mkdir("/tmp/shots", { recursive: true });
const pages = { home: "", readme: "README.html", training: "docs/training.html", van: "docs/ko/tutorials/vanishing-gradient.html", sensors: "docs/sensors.html", bench: "bench/RESULTS.html" };
for (const [name, p] of Object.entries(pages)) for (const [w, s] of [[1280, "light"], [390, "dark"]]) {
  if (process.argv[2] && !process.argv[2].split(",").includes(name)) continue;
  const c = await browser.newContext({ viewport: { width: w, height: 900 }, colorScheme: s, reducedMotion: "reduce" }); const page = await c.newPage();
  await page.goto(root + p, { waitUntil: "networkidle" }); const h = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: w, height: Math.min(h, 6000) }); await page.waitForTimeout(500);
  await page.screenshot({ path: `/tmp/shots/${name}-${w}-${s}.png` }); 
  const wide = await page.evaluate(() => [...document.querySelectorAll("img,table,pre,mjx-container")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName + " " + (e.getAttribute("src") ?? e.textContent.slice(0, 30)) + " overflow " + getComputedStyle(e).overflowX + " parent " + getComputedStyle(e.parentElement).overflowX).slice(0, 8));
  console.log(name, w, h, wide); await c.close();
}
await browser.close(); server.close();
