// One page of a headless Chromium: a command a line in, JSON; an answer a line out.
// The page's own policy is in force in all of it (no bypassCSP), and it has no network.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// What is out of sight is not laid out (content-visibility), and axe took its place for
// that of its neighbours: targets too small, text that overlaps.
const layOut = `(() => {
  const [sheet] = document.styleSheets;
  sheet?.insertRule("* { content-visibility: visible !important }", sheet.cssRules.length);
})()`;
const [program] = process.argv.slice(2);
// no sandbox: containers and root have none, and the page is our own
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
let page;
let told;

const commands = {
  async open({ url, width, options }) {
    if (page) await page.context().close();
    const context = await browser.newContext({
      offline: true, viewport: { width, height: 900 }, ...options,
    });
    page = await context.newPage();
    told = { errors: [], requests: [], dialogs: [] };
    page.on("console", (said) => {
      if (["error", "warning"].includes(said.type())) told.errors.push(said.text());
    });
    page.on("pageerror", (error) => told.errors.push(String(error)));
    page.on("request", (request) => told.requests.push(request.url()));
    page.on("dialog", (dialog) => {
      told.dialogs.push(dialog.message());
      return dialog.dismiss();
    });
    await page.goto(url);
    // the page itself is no request of the page
    told.requests.splice(told.requests.indexOf(url.split("#")[0]), 1);
  },
  told: async () => told,
  ask: async ({ expression }) => (await page.evaluate(expression)) ?? null,
  press: async ({ keys }) => {
    for (const key of keys) await page.keyboard.press(key);
  },
  click: async ({ selector }) => page.click(selector),
  media: async ({ media }) => page.emulateMedia({ media }),
  async axe({ tags }) {
    await page.evaluate(layOut);
    await page.evaluate(axe);
    const found = await page.evaluate(
      (values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags,
    );
    const short = (rules) => rules.map(({ id, nodes }) => ({
      id, nodes: nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
    }));
    return {
      violations: short(found.violations), incomplete: short(found.incomplete),
      passes: found.passes.length,
    };
  },
  pdf: async ({ path }) => {
    await page.pdf({ path, preferCSSPageSize: true, printBackground: true });
  },
  screenshot: async ({ path, width, height }) => {
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height } });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await commands[command](given)) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
