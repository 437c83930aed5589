import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { repository, repositoryLinks } from "./links.mjs";
import { copyPlay, playing } from "./play.mjs";
import { koreanSidebar, sidebar } from "./sidebar.mjs";

// The pages are those that GitHub shows, at the same paths; site/index.md is the home page.
export default defineConfig({
  title: "rnnrun",
  description: "Recurrent neural networks on small devices: one static binary or one Go import, and the same bits everywhere",
  base: process.env.SITE_BASE ?? "/",
  head: [["link", { rel: "icon", href: "data:," }]],
  srcDir: "..",
  srcExclude: ["**/node_modules/**", "models/**", "packaging/**", "data/**"],
  outDir: "dist",
  cacheDir: "node_modules/.cache",
  rewrites: { "site/index.md": "index.md" },
  cleanUrls: false,
  buildEnd: copyPlay,
  // Pages outside of this folder find Vue here.
  vite: {
    resolve: {
      alias: [
        { find: /^vue$/, replacement: fileURLToPath(new URL("../node_modules/vue/dist/vue.runtime.esm-bundler.js", import.meta.url)) },
        { find: /^vue\/server-renderer$/, replacement: fileURLToPath(new URL("../node_modules/vue/server-renderer/index.mjs", import.meta.url)) },
      ],
    },
  },
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    math: true,
    config: repositoryLinks,
  },
  locales: {
    root: { label: "English", lang: "en" },
    "docs/ko": {
      label: "한국어",
      lang: "ko",
      link: "/docs/ko/",
      themeConfig: {
        nav: [{ text: "시작", link: "/docs/ko/" }, { text: "튜토리얼", link: "/docs/ko/tutorials/" }, ...playing("써 보기")],
        sidebar: koreanSidebar(),
        outline: { level: [2, 3], label: "이 페이지에서" },
        docFooter: { prev: "이전", next: "다음" },
      },
    },
  },
  themeConfig: {
    nav: [
      { text: "Start", link: "/README" },
      { text: "Tutorials", link: "/docs/tutorials/" },
      { text: "Commands", link: "/docs/commands" },
      { text: "Benchmarks", link: "/bench/RESULTS" },
      ...playing("Try it"),
    ],
    sidebar: sidebar(),
    i18nRouting: false, // few pages are in both languages: the menu leads to the first
    outline: [2, 3],
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: repository }],
    editLink: { pattern: `${repository}/edit/main/:path`, text: "Edit this page" },
  },
});
