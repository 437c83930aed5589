// The built site in Chromium: node --test check.mjs after vitepress build. CHROMIUM names
// another browser of its kind, SCREENSHOTS a folder to keep screenshots in.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { serve } from "../web/serve.mjs";

const pages = { home: "", guide: "docs/training.html", tutorial: "docs/ko/tutorials/activity.html" };
const shots = process.env.SCREENSHOTS;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let server, browser;

before(async () => {
  server = await serve(path.join(import.meta.dirname, "dist"));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  if (shots) await mkdir(shots, { recursive: true });
});

after(async () => {
  await browser?.close();
  server?.close();
});

// visit opens a page, does something with it, and closes it. The page must have no errors,
// and ask nobody else for anything.
async function visit(name, { width = 1280, colorScheme = "light" }, look) {
  const root = `http://127.0.0.1:${server.address().port}/`;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("response", (response) => response.ok() || faults.push(`${response.url()}: ${response.status()}`));
  page.on("request", (request) => request.url().startsWith(root) || request.url().startsWith("data:") || faults.push(`asks ${request.url()}`));
  await page.goto(root + pages[name], { waitUntil: "networkidle" });
  await look(page);
  await context.close();
  assert.deepEqual(faults, []);
}

for (const name of Object.keys(pages)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      test(`accessible: ${name}, ${colorScheme}, ${width} px`, () =>
        visit(name, { width, colorScheme }, async (page) => {
          if (shots) await page.screenshot({ path: path.join(shots, `${name}-${colorScheme}-${width}.png`) });
          assert.equal(await page.locator("html.dark").count(), colorScheme === "dark" ? 1 : 0);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page scrolls sideways");
          await page.evaluate(axe);
          const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
          assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ").slice(0, 300)}`), []);
          assert.ok(passes.length > 10);
        }));
    }
  }
}

for (const [name, words, link] of [["home", "snapshot", "/docs/"], ["tutorial", "분류기", "/docs/ko/tutorials/"]]) {
  test(`the search finds ${words}`, () =>
    visit(name, {}, async (page) => {
      await page.locator(".DocSearch-Button").click();
      await page.locator("#localsearch-input").fill(words);
      await page.locator(`a.result[href*="${link}"]`).first().waitFor({ timeout: 30_000 });
    }));
}

const play = path.join(import.meta.dirname, "dist/play");
test("the page of the models classifies a review", { skip: !existsSync(play) && "the site was built without PLAY" }, () =>
  visit("home", {}, async (page) => {
    await page.locator(".VPNavBarMenuLink", { hasText: "Try it" }).click();
    await page.locator("#review-answer", { hasText: /^Positive \d+\.\d % sure$/ }).waitFor({ timeout: 30_000 });
  }));

test("the menu of languages leads to the Korean start page", () =>
  visit("home", {}, async (page) => {
    await page.locator(".VPNavBarTranslations button").hover();
    await page.locator(".VPNavBarTranslations a", { hasText: "한국어" }).click();
    await page.locator("html[lang=ko] .VPNavBarMenuLink", { hasText: "튜토리얼" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/docs/ko/");
  }));
