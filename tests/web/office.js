// The people of the example `office`, as the tests use it.

import assert from "node:assert/strict";

/** A person of the office, who signs in in a browser of their own. */
export async function signIn(browser, address, name, options = {}) {
  const page = await browser.person(options);
  await page.goto(`${address}/`);
  assert.match(page.url(), /\/sign-in$/, "who is not signed in is led to the page for it");
  await enter(page, name);
  assert.equal(page.url(), `${address}/`);
  return page;
}

/** Fills in the page of signing in. */
export async function enter(page, name, password = "office") {
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(password);
  await page.locator("button.primary").click();
}

export const taskLink = (page, title) => page.getByRole("link", { name: title, exact: true });

export async function fillExpense(page, purpose, amount, account) {
  await page.getByLabel(/What was it for/).fill(purpose);
  await page.getByLabel(/Category/).selectOption({ label: "Travel" });
  await page.getByLabel(/Amount in euros/).fill(amount);
  await page.getByLabel(/Day of the payment/).fill("2026-11-24");
  await page.getByLabel(/Bank account/).fill(account);
}
