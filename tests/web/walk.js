// What people do on the pages of the example `office`, in a browser: with axe-core on each page, without errors in the
// console, and once without JavaScript.
//
//     node walk.js OFFICE [SCREENSHOTS]
//
// On a new SQLite file; with OFFICE_DATABASE on that database, which must be empty.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Validator } from "@seriousme/openapi-schema-validator";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url)("axe-core").source;
const [office, screenshots] = process.argv.slice(2);
assert(office, "usage: node walk.js OFFICE [SCREENSHOTS]");
if (screenshots) mkdirSync(screenshots, { recursive: true });

const folder = mkdtempSync(join(tmpdir(), "office-"));
const database = process.env.OFFICE_DATABASE ?? join(folder, "office.sqlite");
const server = spawn(office, ["--database", database, "--port", "0"]);
const address = await new Promise((resolve, reject) => {
  let text = "";
  server.stdout.on("data", (data) => {
    text += data;
    const found = text.match(/http:\/\/\S+/);
    if (found) resolve(found[0]);
  });
  server.stderr.on("data", (data) => process.stderr.write(data));
  server.on("exit", (code) => reject(new Error(`the office ended with ${code}`)));
});

const path = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
const problems = [];
let pages = 0;

// A person, in a browser of their own.
async function signIn(name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(10_000);
  const page = await open(context);
  await page.goto(`${address}/`);
  assert.match(page.url(), /\/sign-in$/, "who is not signed in is led to the page for it");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill("office");
  await page.getByRole("button", { name: "Sign in" }).click();
  assert.equal(page.url(), `${address}/`);
  return page;
}

async function open(context) {
  const page = await context.newPage();
  // A page of an error is one that was asked for; anything else in the console is a fault.
  page.on("console", (message) => {
    const expected = /the server responded with a status of (403|404|409|422)/.test(message.text());
    if (message.type() === "error" && !expected && !/favicon/.test(message.location().url)) {
      problems.push(`${page.url()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error}`));
  return page;
}

// What every page must be: nothing that axe-core finds, one h1, a title, nothing wider than the screen.
async function look(page, name) {
  const check = async (what) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, help, nodes } of violations) {
      problems.push(`${name} (${what}): ${id}: ${help}: ${nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
    }
    const { h1, wide } = await page.evaluate(() => ({
      h1: document.querySelectorAll("h1").length,
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    if (h1 !== 1) problems.push(`${name}: ${h1} h1`);
    if (wide > 0) problems.push(`${name} (${what}): ${wide} pixels wider than the screen`);
    if (!(await page.title())) problems.push(`${name}: no title`);
    if (screenshots) await page.screenshot({ path: join(screenshots, `${name}-${what}.png`), fullPage: true });
    pages += 1;
  };
  await check("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await check("dark");
  await page.emulateMedia({ colorScheme: "light" });
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  await check("narrow");
  await page.setViewportSize(size);
}

const heading = (page) => page.getByRole("heading", { level: 1 }).innerText();
const taskLink = (page, title) => page.getByRole("link", { name: title, exact: true });

async function fillExpense(page, purpose, amount, account) {
  await page.getByLabel(/What was it for/).fill(purpose);
  await page.getByLabel(/Category/).selectOption({ label: "Travel" });
  await page.getByLabel(/Amount in euros/).fill(amount);
  await page.getByLabel(/Day of the payment/).fill("2026-11-24");
  await page.getByLabel(/Bank account/).fill(account);
}

try {
  // Signing in: a wrong password, and a cookie that page scripts cannot read.
  const nobody = await browser.newContext();
  const wrong = await open(nobody);
  await wrong.goto(`${address}/sign-in`);
  await look(wrong, "sign-in");
  await wrong.getByLabel("Name").fill("anna");
  await wrong.getByLabel("Password").fill("guess");
  await wrong.getByRole("button", { name: "Sign in" }).click();
  await wrong.getByRole("alert").waitFor();
  const anna = await signIn("anna");
  const [cookie] = await anna.context().cookies();
  assert(cookie.httpOnly && cookie.sameSite === "Lax", "the cookie is for the server alone");

  // What programs read: it is OpenAPI 3.1.
  const description = await anna.evaluate(() => fetch("/api/openapi.json").then((sent) => sent.json()));
  const { valid, errors } = await new Validator().validate(description);
  assert(valid, JSON.stringify(errors));

  // A start: what is wrong is said beside its field, and nothing typed is lost.
  await look(anna, "inbox");
  await anna.getByRole("link", { name: "Start", exact: true }).click();
  await look(anna, "start");
  await anna.getByRole("link", { name: "Ask for money back" }).click();
  await look(anna, "start-form");
  await anna.getByRole("button", { name: "Send" }).click();
  assert.match(anna.url(), /\/start\/expenses\/start$/, "the browser asks for what is required");
  await fillExpense(anna, "Flight to Oslo", "480.555", "nonsense");
  await anna.evaluate(() => { document.querySelector("form.form").noValidate = true; });
  await anna.getByRole("button", { name: "Send" }).click();
  await anna.getByRole("alert").waitFor();
  assert.equal(await anna.evaluate(() => document.activeElement.id), "invalid", "what is wrong is read first");
  assert.equal(await anna.getByLabel(/What was it for/).inputValue(), "Flight to Oslo");
  const amount = anna.getByLabel(/Amount in euros/);
  assert.equal(await amount.getAttribute("aria-invalid"), "true");
  await look(anna, "start-form-invalid");
  await fillExpense(anna, "Flight to Oslo", "480.55", "AT611904300234573201");
  const sentBefore = await anna.evaluate(() => [...new FormData(document.querySelector("form.form"))]);
  await anna.getByRole("button", { name: "Send" }).click();
  await anna.getByRole("status").waitFor();
  assert.match(anna.url(), /\/processes\/\d+\?done=start/);
  const flight = anna.url().match(/processes\/(\d+)/)[1];
  await look(anna, "process");
  // The same form again, as from a second tab: it says that it was sent before.
  await anna.evaluate((body) => fetch("/start/expenses/start", { method: "POST", body: new URLSearchParams(body) }).then((sent) => location.assign(sent.url)), sentBefore);
  await anna.getByText("Nothing new was started").waitFor();
  assert.match(anna.url(), new RegExp(`/processes/${flight}\\?`));
  await anna.getByRole("link", { name: "My requests" }).click();
  await look(anna, "requests");

  // Two people want one task: the second reads who was quicker.
  const [ben, clara] = [await signIn("ben"), await signIn("clara")];
  for (const page of [ben, clara]) {
    await page.goto(`${address}/queue?text=${flight}`);
    await taskLink(page, "Approve the expense").click();
  }
  await look(ben, "task-free");
  await ben.getByRole("button", { name: "Take this task" }).click();
  await ben.getByText("The task is yours").waitFor();
  await look(ben, "task-form");
  await clara.getByRole("button", { name: "Take this task" }).click();
  assert.equal(await heading(clara), "Somebody was quicker");
  await clara.getByText("by Ben Okafor").waitFor();
  await look(clara, "conflict");

  // One person in two tabs: the second form changes nothing, and says so.
  const tab = await open(ben.context());
  await tab.goto(ben.url());
  await ben.getByLabel(/Approved/).selectOption({ label: "Yes" });
  await ben.getByLabel(/A word to the applicant/).fill("Have a good trip");
  await ben.getByRole("button", { name: "Save for later" }).click();
  await ben.getByText("saved for later").waitFor();
  assert.equal(await ben.getByLabel(/A word to the applicant/).inputValue(), "Have a good trip");
  await ben.getByRole("button", { name: "Complete" }).click();
  await ben.getByText("The task was completed").waitFor();
  await tab.getByLabel(/Approved/).selectOption({ label: "No" });
  await tab.getByRole("button", { name: "Complete" }).click();
  assert.equal(await heading(tab), "This is not possible now");
  await tab.getByText("by Ben Okafor").waitFor();
  await ben.goto(`${address}/archive`);
  await look(ben, "archive");

  // A draft is kept while one types, and the form that is sent at once waits for it: nobody has changed it meanwhile.
  await ben.goto(`${address}/queue?flow=expenses`);
  await taskLink(ben, "Approve the expense").first().click();
  await ben.getByRole("button", { name: "Take this task" }).click();
  await ben.getByLabel(/A word to the applicant/).pressSequentially("All is well");
  await ben.getByText("What you have filled in is kept.").waitFor();
  await ben.reload();
  assert.equal(await ben.getByLabel(/A word to the applicant/).inputValue(), "All is well");
  // A deputy sees what waits for Ben, and does it in his name. What he has half filled in is his.
  const frida = await signIn("frida");
  await frida.goto(ben.url().split("?")[0]);
  assert.equal(await frida.getByLabel(/A word to the applicant/).inputValue(), "");
  await look(frida, "task-of-another");
  await frida.getByLabel(/Approved/).selectOption({ label: "Yes" });
  await frida.getByLabel(/A word to the applicant/).fill("Ben says yes");
  // Its draft is on its way when the form is sent.
  await frida.route("**/tasks/*", async (route) => {
    if (route.request().postData()?.includes("flow.do=keep")) await new Promise((done) => setTimeout(done, 1000));
    await route.continue();
  });
  await frida.waitForRequest((request) => request.postData()?.includes("flow.do=keep") ?? false);
  await frida.getByRole("button", { name: "Complete" }).click();
  await frida.getByText("The task was completed").waitFor();
  await frida.goto(ben.url().split("?")[0]);
  await frida.getByText(/Frida Holm.*for Ben Okafor/).first().waitFor();

  // A list of checked rows, and giving one to somebody else.
  await ben.goto(`${address}/queue`);
  await look(ben, "queue");
  await ben.goto(`${address}/`);
  await taskLink(ben, "Approve the expense").or(taskLink(ben, "Approve the leave")).first().click();
  await ben.getByRole("link", { name: "Give to somebody else" }).click();
  await look(ben, "reassign");
  await ben.getByLabel(/Assign to/).selectOption({ label: "Clara Ruiz" });
  await ben.getByLabel("Reason").fill("I am away on Friday");
  await ben.getByRole("button", { name: "Give to somebody else" }).click();
  await ben.getByText("was given to somebody else").waitFor();

  // A manager cancels with a reason, which the history keeps.
  await clara.goto(`${address}/processes?flow=leave&status=open`);
  await look(clara, "processes");
  await clara.locator("tbody a.main").first().click();
  await clara.getByRole("link", { name: "Cancel the process" }).click();
  await look(clara, "cancel");
  await clara.getByLabel("Reason").fill("Asked for twice");
  await clara.getByRole("button", { name: "Cancel the process" }).click();
  await clara.getByText("The process was cancelled").waitFor();
  await clara.getByText("Asked for twice").waitFor();
  await look(clara, "process-canceled");

  // What failed in the background is tried again, all at once.
  await clara.goto(`${address}/errors`);
  for (let tries = 0; tries < 50 && !(await clara.getByText("the bank does not answer").count()); tries += 1) {
    await clara.waitForTimeout(200);
    await clara.reload();
  }
  await look(clara, "errors");
  await clara.getByRole("checkbox", { name: "Select", exact: true }).check();
  await clara.getByRole("button", { name: "Try again" }).click();
  await clara.getByText("Done with all 2 rows").waitFor();
  await look(clara, "bulk");
  await clara.goto(`${address}/work`);
  await look(clara, "work");
  for (let tries = 0; tries < 50; tries += 1) {
    await clara.goto(`${address}/processes?flow=expenses&status=open`);
    if (!(await clara.getByText("Packing tape").count())) break;
    await clara.waitForTimeout(200);
  }
  assert.equal(await clara.getByText("Packing tape").count(), 0, "it is paid now");
  await clara.goto(`${address}/errors`);
  await clara.getByText("Nothing has failed").waitFor();

  // How much is open, where and with whom.
  await clara.goto(`${address}/flows`);
  await look(clara, "overview");
  await clara.getByRole("link", { name: "Expenses", exact: true }).click();
  await look(clara, "flow");
  await clara.getByRole("link", { name: /^See all/ }).first().click();
  await look(clara, "tasks");
  await clara.goto(`${address}/workload`);
  await look(clara, "workload");
  const file = clara.waitForEvent("download");
  await clara.goto(`${address}/processes?flow=shipment`);
  await clara.getByRole("link", { name: /file for spreadsheets/ }).click();
  assert.equal((await file).suggestedFilename(), "processes.csv");

  // A task is put off until tomorrow.
  await clara.goto(`${address}/queue`);
  const before = await clara.locator("tbody tr").count();
  await clara.locator("tbody a.main").first().click();
  await clara.getByRole("link", { name: "Put off" }).click();
  await look(clara, "snooze");
  await clara.getByRole("button", { name: "Until tomorrow at eight" }).click();
  await clara.getByText("The task is put off").waitFor();
  await clara.goto(`${address}/queue`);
  assert.equal(await clara.locator("tbody tr").count(), before - 1);

  // What somebody may not see is not there.
  await anna.goto(`${address}/processes/99999`);
  assert.equal(await heading(anna), "There is nothing here");
  await look(anna, "not-found");
  const guest = await signIn("guest");
  await guest.goto(`${address}/processes/${flight}`);
  assert.equal(await heading(guest), "There is nothing here");

  // In German, with the keyboard alone.
  const emil = await signIn("emil");
  await look(emil, "german-inbox");
  await emil.keyboard.press("Tab");
  assert.equal(await emil.evaluate(() => document.activeElement.className), "skip");
  await emil.goto(`${address}/queue`);
  await look(emil, "german-queue");
  await taskLink(emil, "Choose the carrier").first().focus();
  await emil.keyboard.press("Enter");
  await emil.getByRole("button", { name: "Aufgabe übernehmen" }).press("Enter");
  await emil.getByText("Die Aufgabe gehört jetzt Ihnen").waitFor();
  await emil.getByLabel(/Carrier/).selectOption({ label: "Rail" });
  await emil.getByLabel(/Pick-up/).fill("2026-12-01T08:30:00");
  await look(emil, "german-task");
  await emil.getByRole("button", { name: "Erledigen" }).press("Enter");
  await emil.getByText("Die Aufgabe wurde erledigt").waitFor();
  const process = await emil.locator("main a[href^='/processes/']").first().getAttribute("href");
  await emil.goto(`${address}${process}`);
  await emil.getByText("01.12.2026, 08:30").waitFor();
  await look(emil, "german-process");

  // All of it without JavaScript.
  const dora = await signIn("dora", { javaScriptEnabled: false });
  await dora.goto(`${address}/start/leave/start`);
  await dora.getByLabel(/First day/).fill("2027-03-01");
  await dora.getByLabel(/Last day/).fill("2027-03-05");
  await dora.getByLabel(/Who stands in/).fill("Emil");
  await dora.getByRole("button", { name: "Send" }).click();
  await dora.getByText("It was started.").waitFor();
  await dora.goto(`${address}/queue`);
  await taskLink(dora, "Pack the goods").first().click();
  await dora.getByRole("button", { name: "Take this task" }).click();
  await dora.getByLabel(/Weight/).fill("2.5");
  await dora.getByRole("button", { name: "Complete" }).click();
  await dora.getByText("The task was completed").waitFor();

  // Rows of a form: added, removed, and Enter sends the form.
  const clerk = await signIn("anna", { javaScriptEnabled: false });
  await clerk.goto(`${address}/start/shipment/start`);
  await clerk.getByLabel(/^Order/).fill("2026-200");
  await clerk.getByLabel(/^Address/).fill("1 Quay, Cork");
  await clerk.getByLabel("What").first().fill("Desk");
  await clerk.getByLabel("Pieces").first().fill("2");
  await clerk.getByRole("button", { name: "Add a row: Items" }).click();
  await clerk.getByLabel("What").nth(1).fill("Chair");
  await clerk.getByRole("button", { name: "Remove: Items 1" }).click();
  assert.equal(await clerk.getByLabel("What").first().inputValue(), "Chair");
  await clerk.getByLabel("Pieces").first().fill("0");
  await clerk.getByLabel("Pieces").first().press("Enter");
  assert.match(clerk.url(), /start(#.*)?$/);
  await clerk.getByLabel("Pieces").first().fill("6");
  await clerk.getByLabel("Pieces").first().press("Enter");
  await clerk.getByText("It was started.").waitFor();
  await clerk.getByText("What: Chair, Pieces: 6").waitFor();
  const form = await signIn("anna");
  await form.goto(`${address}/start/shipment/start`);
  await look(form, "rows");

  // Out, and out it is.
  await anna.getByRole("button", { name: "Sign out" }).click();
  await anna.goto(`${address}/processes`);
  assert.match(anna.url(), /\/sign-in$/);
} finally {
  await browser.close();
  server.removeAllListeners("exit");
  server.kill();
  rmSync(folder, { recursive: true });
}
for (const problem of problems) console.error(problem);
console.log(`${pages} looks at pages, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
