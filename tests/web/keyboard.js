// From the inbox to a completed task and a cancelled process by the keyboard alone: Tab, Shift+Tab, Enter, Space, arrows
// and letters.

import assert from "node:assert/strict";

import { FIELDS, STORED_INSIDE } from "./every.js";
import { heading } from "./browser.js";

/** Presses Tab (or Shift+Tab) until what has the focus matches, which must be visible then. */
async function go(page, selector, key = "Tab") {
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press(key);
    const found = await page.evaluate((wanted) => {
      const focused = document.activeElement;
      if (!focused.matches(wanted)) return null;
      const { top, bottom, width } = focused.getBoundingClientRect();
      return { shown: width > 1 && top < innerHeight && bottom > 0, outline: getComputedStyle(focused).outlineStyle };
    }, selector);
    if (found) {
      assert(found.shown, `${selector} has the focus and is not visible`);
      assert.notEqual(found.outline, "none", `${selector} has the focus, and nobody sees it`);
      return;
    }
  }
  assert.fail(`${selector} is not reached by ${key}`);
}

/** Presses a button or follows a link, and waits for the page. */
async function enter(page) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

const type = async (page, text) => {
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
};

export async function byKeyboard(browser, address) {
  const page = await browser.person({ locale: "en-US" });
  const values = { ...STORED_INSIDE, pin: "hunter2" };
  for (const [name, field] of Object.entries(FIELDS)) {
    if (!/[.[]/.test(name)) values[name] = field.stored ?? field.right;
  }
  const started = await page.request.post(`${address}/api/starts/every/start`, { data: values });
  const { id } = await started.json();
  await page.request.post(`${address}/api/tasks/${id}.2/assign`, { data: {} });

  // The first stop of each page skips its menu.
  await page.goto(`${address}/`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await go(page, `a[href="/tasks/${id}.2"]`);
  await enter(page);
  assert.equal(await heading(page), "Check everything");

  // A text, a date, choices, a box, a search, rows; back and forth.
  await go(page, "#field-title");
  await type(page, "Typed");
  await go(page, "#field-urgent");
  await page.keyboard.press("Space");
  await go(page, "#field-agreed");
  await page.keyboard.press("ArrowDown");
  await go(page, "#field-day");
  await page.keyboard.type("12312027");
  await go(page, "#field-colour");
  await page.keyboard.press("ArrowDown");
  await go(page, "#field-nickname", "Shift+Tab");
  await type(page, "Al");
  await go(page, "#field-colours-2");
  await page.keyboard.press("Space");
  await go(page, "[name='flow.search.client']");
  await page.keyboard.type("client 99");
  await go(page, "[name='flow.search.client'] + button");
  await enter(page);
  await go(page, "#field-client");
  await page.keyboard.type("Client 99");
  await go(page, "[value='add:lines']");
  await enter(page);
  await go(page, "[name='lines[1].what']");
  await page.keyboard.type("Washer");
  await go(page, "[name='lines[1].pieces']");
  await page.keyboard.type("2");
  await go(page, "[name='lines[1].price']");
  await page.keyboard.type("0.02");
  await go(page, "[value='remove:lines0']", "Shift+Tab");
  await enter(page);
  await go(page, "#field-pin");
  await page.keyboard.type("hunter2");
  await go(page, "button.primary");
  await enter(page);
  await page.getByText("The task was completed").waitFor();
  const stored = (await (await page.request.get(`${address}/api/processes/${id}`)).json()).values;
  const { pin, ...others } = values;
  assert.deepEqual(stored, {
    ...others, title: "Typed", urgent: false, agreed: false, day: "2027-12-31", colour: "blue", nickname: "Al", client: 99,
    colours: ["red", "green", "blue"], lines: [{ what: "Washer", pieces: 2, price: "0.02", fragile: false }],
  });

  // The next task, and its process is cancelled with a reason.
  assert.equal(await heading(page), "File it");
  await go(page, "button.primary");
  await enter(page);
  await page.getByText("The task is yours").waitFor();
  await go(page, "button.primary");
  await go(page, `.path a[href="/processes/${id}"]`, "Shift+Tab");
  await enter(page);
  await go(page, `a[href="/processes/${id}/cancel"]`);
  await enter(page);
  await go(page, "#note");
  await page.keyboard.type("No longer wanted");
  await go(page, "button.danger");
  await enter(page);
  await page.getByText("The process was cancelled").waitFor();
  await page.getByText("No longer wanted").waitFor();
  await page.context().close();
}
