// What the tests in a browser share: a program that serves pages, Chromium, and what every page must be.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url)("axe-core").source;

/** Starts a program that serves pages, on a new SQLite file or on `database`, which must be empty. */
export async function serve(program, database) {
  const folder = mkdtempSync(join(tmpdir(), "flow-web-"));
  const server = spawn(program, ["--database", database ?? join(folder, "test.sqlite"), "--port", "0"]);
  const address = await new Promise((resolve, reject) => {
    let text = "";
    server.stdout.on("data", (data) => {
      text += data;
      const found = text.match(/http:\/\/\S+/);
      if (found) resolve(found[0]);
    });
    server.stderr.on("data", (data) => process.stderr.write(data));
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  const stop = () => {
    server.removeAllListeners("exit");
    server.kill();
    rmSync(folder, { recursive: true });
  };
  return { address, stop };
}

/** Chromium, with what was found wrong on its pages. */
export class Browser {
  problems = [];
  looks = 0;

  static async launch(screenshots) {
    const started = new Browser();
    started.screenshots = screenshots;
    if (screenshots) mkdirSync(screenshots, { recursive: true });
    const path = process.env.CHROMIUM ?? "/usr/bin/chromium";
    started.chromium = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
    return started;
  }

  /** A page in a browser of its own: with cookies, a language and settings of its own. */
  async person(options = {}) {
    const context = await this.chromium.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(10_000);
    return this.open(context);
  }

  /** One more page of somebody's. */
  async open(context) {
    const page = await context.newPage();
    // A page of an error is one that was asked for, a draft that is too late is refused; anything else in the console is a fault.
    page.on("console", (message) => {
      const expected = /the server responded with a status of (403|404|409|412|422)/.test(message.text());
      if (message.type() === "error" && !expected) this.problems.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.problems.push(`${page.url()}: ${error}`));
    return page;
  }

  /** What every page must be: nothing that axe-core finds, one h1, a title, nothing wider than the screen. */
  async look(page, name) {
    await this.#check(page, name, "light");
    await page.emulateMedia({ colorScheme: "dark" });
    await this.#check(page, name, "dark");
    await page.emulateMedia({ colorScheme: "light" });
    const size = page.viewportSize();
    await page.setViewportSize({ width: 360, height: 740 });
    await this.#check(page, name, "narrow");
    await page.setViewportSize(size);
  }

  async #check(page, name, what) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, help, nodes } of violations) {
      this.problems.push(`${name} (${what}): ${id}: ${help}: ${nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
    }
    const { h1, wide } = await page.evaluate(() => ({
      h1: document.querySelectorAll("h1").length,
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    if (h1 !== 1) this.problems.push(`${name}: ${h1} h1`);
    if (wide > 0) this.problems.push(`${name} (${what}): ${wide} pixels wider than the screen`);
    if (!(await page.title())) this.problems.push(`${name}: no title`);
    if (this.screenshots) await page.screenshot({ path: join(this.screenshots, `${name}-${what}.png`), fullPage: true });
    this.looks += 1;
  }

  /** What has ended a test is one problem more, with a picture of each page that was open. */
  async failed(what, error) {
    this.problems.push(`${what}: ${error.stack}`);
    const pages = this.chromium.contexts().flatMap((context) => context.pages());
    for (const [at, page] of pages.entries()) {
      this.problems.push(`${what}: open was ${page.url()}`);
      if (!this.screenshots) continue;
      const path = join(this.screenshots, `failed-${what.replaceAll(/\W+/g, "-")}-${at}.png`);
      await page.screenshot({ path, fullPage: true }).catch(() => {});
    }
  }

  /** Says what was found; the code that the program ends with. */
  report() {
    for (const problem of this.problems) console.error(problem);
    const count = this.problems.length;
    console.log(`${this.looks} looks at pages, ${count} problems`);
    return count ? 1 : 0;
  }
}

export const heading = (page) => page.getByRole("heading", { level: 1 }).innerText();

/** Asks a page again and again until `done`: what happens in the background takes its time. */
export async function until(page, address, done) {
  for (let tries = 0; tries < 50; tries += 1) {
    await page.goto(address);
    if (await done()) return;
    await page.waitForTimeout(200);
  }
  assert.fail(`${address} is not what was waited for`);
}
