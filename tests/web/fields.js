// A form with a field of every type, in a browser: filled in wrongly, corrected, sent, kept for later and completed, with
// JavaScript and without, in English and in German; and once by the keyboard alone.
//
//     node fields.js EVERY-FIELD [SCREENSHOTS]
//
// On a new SQLite file; with EVERY_FIELD_DATABASE on that database, which must be empty.

import assert from "node:assert/strict";

import { Browser, serve } from "./browser.js";
import { FIELDS, STORED_INSIDE, expected, input, read, write } from "./every.js";
import { byKeyboard } from "./keyboard.js";

const [program, screenshots] = process.argv.slice(2);
assert(program, "usage: node fields.js EVERY-FIELD [SCREENSHOTS]");
const server = await serve(program, process.env.EVERY_FIELD_DATABASE);
const browser = await Browser.launch(screenshots);

const NAMES = Object.keys(FIELDS);
const WORDS = {
  en: { send: "Send", complete: "Complete", save: "Save for later", take: "Take this task", saved: "saved for later",
    add: "Add a row: Lines", remove: "Remove: Lines 1", started: "It was started", done: "The task was completed" },
  de: { send: "Absenden", complete: "Erledigen", save: "Zwischenspeichern", take: "Aufgabe übernehmen", saved: "Zwischengespeichert",
    add: "Zeile hinzufügen: Lines", remove: "Entfernen: Lines 1", started: "Gestartet", done: "Die Aufgabe wurde erledigt" },
};

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Lets the browser send what it would refuse itself: a form may come from anywhere. */
const lift = (page) => page.evaluate(() => {
  document.querySelector("form.form").noValidate = true;
  for (const input of document.querySelectorAll("[maxlength]")) input.removeAttribute("maxlength");
});

/** Looks for a choice that is not among the first 50. */
async function search(page, name, text) {
  await page.locator(`[name="flow.search.${name}"]`).fill(text);
  await page.locator(`[name="flow.search.${name}"] + button`).click();
}

/** What the page has in all fields is what was typed. */
async function assertShown(page, sets, german, stored = false) {
  for (const name of NAMES) {
    assert.deepEqual(await read(page, name), expected(name, sets(name), german, stored), name);
  }
}

/** Each row of the layout is one line of inputs. */
async function assertRows(page, name) {
  const rows = await page.evaluate(() => [...document.querySelectorAll(".beside-each-other")].map((row) => {
    const controls = [...row.children].map((cell) => cell.querySelector("input:not([type=hidden]), select, textarea"));
    return controls.map((control) => {
      const { top, bottom } = control.getBoundingClientRect();
      return { name: control.name, type: control.type, top: Math.round(top), bottom: Math.round(bottom) };
    });
  }));
  assert(rows.length > 9, "the layout has rows");
  for (const row of rows) {
    const beside = Math.max(...row.map(({ top }) => top)) < Math.min(...row.map(({ bottom }) => bottom));
    const tops = row.filter(({ type }) => type !== "checkbox").map(({ top }) => top);
    if (!beside || Math.max(...tops) - Math.min(...tops) > 2) {
      browser.problems.push(`${name}: a row of the layout is not one line: ${row.map((one) => `${one.name} ${one.top}`).join(", ")}`);
    }
  }
}

/** Fills in the form and its task. */
async function fillIn(language, javaScriptEnabled) {
  const german = language === "de";
  const words = WORDS[language];
  const name = (what) => `${language}-${what}`;
  const page = await browser.person({ javaScriptEnabled, locale: german ? "de-DE" : "en-GB" });
  await page.goto(`${server.address}/start/every/start`);
  assert.equal(await page.locator("html").getAttribute("lang"), language);
  const look = async (what) => {
    if (javaScriptEnabled) await browser.look(page, name(what));
  };
  await look("start");
  if (javaScriptEnabled) await assertRows(page, name("start"));

  // The towns are those of the country; a search finds those beyond the first 50.
  await write(page, "title", "right", german);
  await input(page, "country").selectOption("austria");
  await page.locator('button[value="choices"]').last().click();
  assert.deepEqual(await input(page, "town").locator("option").allInnerTexts(), ["", "Graz", "Linz", "Wien"]);
  assert.equal(await read(page, "title"), FIELDS.title.right, "what was typed is kept");
  await input(page, "country").selectOption("germany");
  await page.locator('button[value="choices"]').last().click();
  assert.equal(await input(page, "town").locator("option").count(), 51);
  await search(page, "town", "neustadt 42");
  assert.deepEqual(await input(page, "town").locator("option").allInnerTexts(), ["", "Neustadt 42"]);
  await input(page, "town").selectOption("45");
  await search(page, "client", "117");
  await input(page, "client").selectOption({ label: "Client 117" });
  await input(page, "helper").selectOption("4");
  await look("search");

  // A mistake in each field: each is said beside its field, and what was typed is kept. Without its country a town is
  // none, so that these are right.
  const set = (one) => ("wrong" in FIELDS[one] && one !== "country" ? "wrong" : "right");
  await lift(page);
  for (const one of NAMES.filter((one) => one !== "town")) await write(page, one, set(one), german);
  const wrong = NAMES.filter((one) => set(one) === "wrong");
  await press(page, words.send);
  await page.locator("#invalid").waitFor();
  for (const one of wrong) {
    const place = FIELDS[one].fault ?? one;
    const fault = page.locator(`[id="field-${one}-fault"]`);
    if (!(await fault.count())) {
      browser.problems.push(`${name("wrong")}: the fault of ${place} does not stand beside its field`);
      continue;
    }
    assert.equal(await input(page, one).getAttribute("aria-invalid"), "true", one);
    assert((await input(page, one).getAttribute("aria-describedby")).includes(`field-${one}-fault`), one);
    assert.equal(await page.locator(`#invalid a[href="#field-${one}"]`).count(), 1, one);
  }
  const said = await page.locator(".fault").allInnerTexts();
  if (german) {
    // What the app's own rules say is the app's.
    for (const text of said.filter((text) => /\b(is|are|may|must|expected|has)\b/.test(text) && !/four characters/.test(text))) {
      browser.problems.push(`${name("wrong")}: a fault is not in German: ${text}`);
    }
  }
  // 1,234 is within its range, and has too many places.
  if (/0 (und|and) 100/.test(await page.locator("#field-price-fault").innerText())) {
    browser.problems.push(`${name("wrong")}: too many decimal places are said to be out of range`);
  }
  await assertShown(page, set, german);
  await look("wrong");
  if (javaScriptEnabled) assert.equal(await page.evaluate(() => document.activeElement.id), "invalid");

  // A missing choice is said beside its field as well, with all else; one that may be missing is not.
  for (const one of NAMES) await write(page, one, "right", german);
  await lift(page);
  for (const one of ["client", "helper"]) await input(page, one).selectOption("");
  await input(page, "title").fill("");
  await press(page, words.send);
  await page.locator('[id="field-client-fault"]').waitFor();
  if (await page.locator('[id="field-helper-fault"]').count()) {
    browser.problems.push(`${name("choices")}: an optional choice that is left empty is refused`);
  }
  if (!(await page.locator('[id="field-title-fault"]').count())) {
    browser.problems.push(`${name("choices")}: a missing choice hides the faults of other fields`);
  }
  await write(page, "title", "right", german);
  await search(page, "helper", "client 4");
  await write(page, "helper", "right", german);

  // Rows come and go, and the others stay as they are.
  await write(page, "client", "right", german).catch(async () => {
    await search(page, "client", "117");
    await write(page, "client", "right", german);
  });
  await press(page, words.add);
  await page.locator('[name="lines[1].what"]').fill("Washer");
  await page.locator('[name="lines[1].pieces"]').fill("2");
  await press(page, words.remove);
  assert.equal(await read(page, "lines[0].what"), "Washer");
  await press(page, words.remove);
  assert.equal(await read(page, "lines[0].what"), "");
  await assertShown(page, (one) => (one.startsWith("lines") ? "none" : "right"), german).catch((error) => {
    if (!/lines/.test(error.message)) throw error;
  });

  // All of it right.
  for (const one of NAMES) await write(page, one, "right", german);
  await press(page, words.send);
  await page.getByText(words.started).waitFor();
  const id = page.url().match(/\/(?:processes|tasks)\/(\d+)/)[1];
  await page.goto(`${server.address}/processes/${id}`);
  await page.getByText(german ? "12,50" : "12.50", { exact: true }).waitFor();
  await page.getByText(german ? "01.07.2026, 08:30" : "1 Jul 2026, 08:30").waitFor();
  assert.equal(await page.getByText("hunter2").count(), 0, "a secret is not shown");
  await look("process");
  const values = async () => (await (await page.request.get(`${server.address}/api/processes/${id}`)).json()).values;
  const stored = { ...STORED_INSIDE };
  for (const [one, field] of Object.entries(FIELDS)) {
    if (!/[.[]/.test(one) && !field.secret) stored[one] = field.stored ?? field.right;
  }
  assert.deepEqual(await values(), stored);

  // The task shows it again, and keeps what is changed for later.
  await page.goto(`${server.address}/tasks/${id}.2`);
  await press(page, words.take);
  await assertShown(page, () => "right", german, true);
  await look("task");
  if (javaScriptEnabled) await assertRows(page, name("task"));
  for (const one of NAMES) await write(page, one, "other", german);
  await press(page, words.save);
  await page.getByText(words.saved).waitFor();
  await page.reload();
  await assertShown(page, () => "other", german, true);
  assert.deepEqual(await values(), stored, "a draft is no value of the process");
  // A mistake is kept for later too.
  await write(page, "email", "wrong", german);
  await press(page, words.save);
  await page.getByText(words.saved).waitFor();
  assert.equal(await read(page, "email"), FIELDS.email.wrong);
  for (const one of NAMES) await write(page, one, "right", german);
  await press(page, words.complete);
  await page.getByText(words.done).waitFor();
  assert.deepEqual(await values(), stored);
  await page.context().close();
}

const step = async (what, run) => {
  const start = Date.now();
  try {
    await run();
  } catch (error) {
    await browser.failed(what, error);
  }
  console.log(`${what}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
};

try {
  for (const language of ["en", "de"]) {
    for (const javaScript of [true, false]) {
      await step(`${language}, ${javaScript ? "with" : "without"} JavaScript`, () => fillIn(language, javaScript));
    }
  }
  await step("by the keyboard", () => byKeyboard(browser, server.address));
} finally {
  await browser.chromium.close();
  server.stop();
}
process.exit(browser.report());
