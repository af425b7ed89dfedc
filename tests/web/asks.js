// Pages that ask before something is done, and one that says that something was done meanwhile.

import assert from "node:assert/strict";

import { heading } from "./browser.js";
import { fillExpense, taskLink } from "./office.js";

/** What can be done with the tasks and the process of a page, each asked about once: nothing is changed. */
async function verbs(browser, page, address) {
  const seen = new Set();
  // Open, failed, assigned and finished tasks have different verbs.
  for (const list of ["/", "/processes?flow=expenses", "/processes?flow=leave", "/processes?flow=shipment"]) {
    await page.goto(address + list);
    const hrefs = async (selector) => {
      const links = await page.locator(selector).all();
      return Promise.all(links.map((link) => link.getAttribute("href")));
    };
    for (const process of (await hrefs("tbody a.main")).slice(0, 5)) {
      await page.goto(address + process);
      const places = [process, ...(await hrefs("table.list a[href^='/tasks/']"))];
      for (const place of new Set(places)) {
        await page.goto(address + place);
        for (const verb of await hrefs(".verbs a")) {
          const word = verb.split("/").at(-1);
          if (seen.has(word)) continue;
          seen.add(word);
          await page.goto(address + verb);
          assert(await heading(page), verb);
          await browser.look(page, `ask-${word}`);
        }
      }
    }
  }
  for (const word of ["unassign", "reassign", "cancel_task", "undo", "retry", "cancel", "suspend"]) {
    assert(seen.has(word), `nothing offers ${word}: ${[...seen]}`);
  }
}

/** What is done with many rows. */
async function many(browser, page, address) {
  await page.goto(`${address}/processes?flow=leave&status=open`);
  await page.getByRole("checkbox", { name: "Select", exact: true }).or(page.locator("tbody [type=checkbox]")).first().check();
  await page.getByRole("button", { name: "Cancel the process" }).click();
  await page.getByText(/It is done with \d+ rows/).waitFor();
  await browser.look(page, "ask-many");
  await page.getByRole("link", { name: "Back, change nothing" }).click();
  assert.match(page.url(), /\/processes$/);
}

/** All that has failed: the button for it is there where one page does not show all, which takes more than 50. */
async function retryAll(browser, page) {
  await page.evaluate(() => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/errors/retry" });
    document.body.append(form);
    form.submit();
  });
  await page.getByText(/failed tasks are tried again/).waitFor();
  await browser.look(page, "ask-retry-all");
}

/** A form that was changed in another window is shown again, with what was typed. */
async function changed(browser, applicant, page, address) {
  await applicant.goto(`${address}/start/expenses/start`);
  await fillExpense(applicant, "Bus to Ghent", "61", "AT611904300234573201");
  await applicant.getByRole("button", { name: "Send" }).click();
  const id = applicant.url().match(/processes\/(\d+)/)[1];
  await page.goto(`${address}/queue?text=${id}`);
  await taskLink(page, "Approve the expense").first().click();
  await page.getByRole("button", { name: "Take this task" }).click();
  const answer = page.getByLabel(/A word to the applicant/);
  await answer.waitFor();
  const other = await browser.open(page.context());
  await other.goto(page.url());
  await other.getByLabel(/A word to the applicant/).fill("From the other window");
  await other.getByRole("button", { name: "Save for later" }).click();
  await other.getByText("saved for later").waitFor();
  await page.getByLabel(/Approved/).selectOption({ label: "Yes" });
  await answer.fill("From this window");
  await page.getByRole("button", { name: "Complete" }).click();
  await page.getByText("It was changed in another window").waitFor();
  assert.equal(await answer.inputValue(), "From this window");
  await browser.look(page, "task-changed");
  await page.getByRole("button", { name: "Complete" }).click();
  await page.getByText("The task was completed").waitFor();
}

export const asks = { verbs, many, retryAll, changed };
