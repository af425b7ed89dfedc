// What people do on the pages of the example `office`, in a browser: with axe-core on each page, without errors in the
// console, and once without JavaScript.
//
//     node walk.js OFFICE [SCREENSHOTS]
//
// On a new SQLite file; with OFFICE_DATABASE on that database, which must be empty.

import assert from "node:assert/strict";

import { Validator } from "@seriousme/openapi-schema-validator";

import { Browser, heading, serve, until } from "./browser.js";
import { asks } from "./asks.js";
import { enter, fillExpense, signIn as signInAt, taskLink } from "./office.js";
import { withoutJavaScript } from "./work.js";

const [office, screenshots] = process.argv.slice(2);
assert(office, "usage: node walk.js OFFICE [SCREENSHOTS]");
const server = await serve(office, process.env.OFFICE_DATABASE);
const { address } = server;
const browser = await Browser.launch(screenshots);
const signIn = (name, options) => signInAt(browser, address, name, options);
const look = (page, name) => browser.look(page, name);
const open = (context) => browser.open(context);

try {
  // Signing in: a wrong password, and a cookie that page scripts cannot read.
  const wrong = await browser.person();
  await wrong.goto(`${address}/sign-in`);
  await look(wrong, "sign-in");
  await enter(wrong, "anna", "guess");
  await wrong.getByRole("alert").waitFor();
  const anna = await signIn("anna");
  // It leads to the page that was asked for, also after a mistake, and to no other site.
  const german = await browser.person({ locale: "de-DE" });
  await german.goto(`${address}/processes?flow=leave&status=open`);
  assert.equal(await german.locator("html").getAttribute("lang"), "de");
  await enter(german, "emil", "guess");
  await german.getByText("Name und Kennwort passen nicht zusammen.").waitFor();
  await look(german, "german-sign-in");
  await enter(german, "emil");
  assert.equal(german.url(), `${address}/processes?flow=leave&status=open`);
  for (const next of ["//example.org/", "/\\example.org", "https://example.org/", "/\t/example.org"]) {
    await german.context().clearCookies();
    await german.goto(`${address}/sign-in?next=${encodeURIComponent(next)}`);
    await enter(german, "emil");
    assert.equal(german.url(), `${address}/`, next);
  }
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

  // Pages that ask before something is done.
  await asks.verbs(browser, clara, address);
  await asks.many(browser, clara, address);
  await asks.changed(browser, anna, ben, address);

  // What failed in the background is tried again, all at once.
  await until(clara, `${address}/errors`, async () => (await clara.getByText("the bank does not answer").count()) > 0);
  // More than a page of them would be asked about first.
  await asks.retryAll(browser, clara);
  await clara.goto(`${address}/errors`);
  await look(clara, "errors");
  await clara.getByRole("checkbox", { name: "Select", exact: true }).check();
  await clara.getByRole("button", { name: "Try again" }).click();
  await clara.getByText("Done with all 2 rows").waitFor();
  await look(clara, "bulk");
  await clara.goto(`${address}/work`);
  await look(clara, "work");
  const paid = async () => (await clara.getByText("Packing tape").count()) === 0;
  await until(clara, `${address}/processes?flow=expenses&status=open`, paid);
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
  await taskLink(emil, "Transport wählen").first().focus();
  await emil.keyboard.press("Enter");
  await emil.getByRole("button", { name: "Aufgabe übernehmen" }).press("Enter");
  await emil.getByText("Die Aufgabe gehört jetzt Ihnen").waitFor();
  await emil.getByLabel(/Transport/).selectOption({ label: "Bahn" });
  await emil.getByLabel(/Abholung/).fill("2026-12-01T08:30:00");
  await look(emil, "german-task");
  const other = await open(emil.context());
  await other.goto(emil.url());
  await other.getByRole("link", { name: "Zurückgeben" }).click();
  await look(other, "german-ask-unassign");
  await other.goto(`${address}/start/leave/start`);
  await look(other, "german-start-form");
  await other.goto(`${address}/requests`);
  await look(other, "german-requests");
  await emil.getByRole("button", { name: "Erledigen" }).press("Enter");
  await emil.getByText("Die Aufgabe wurde erledigt").waitFor();
  const process = await emil.locator("main a[href^='/processes/']").first().getAttribute("href");
  await emil.goto(`${address}${process}`);
  await emil.getByText("01.12.2026, 08:30").waitFor();
  await look(emil, "german-process");

  // Every flow, without JavaScript.
  await withoutJavaScript(browser, address);

  const form = await signIn("anna");
  await form.goto(`${address}/start/shipment/start`);
  await look(form, "rows");

  // Out, and out it is.
  await anna.getByRole("button", { name: "Sign out" }).click();
  await anna.goto(`${address}/processes`);
  assert.match(anna.url(), /\/sign-in\?next=%2Fprocesses$/);
} catch (error) {
  await browser.failed("walk", error);
} finally {
  await browser.chromium.close();
  server.stop();
}
process.exit(browser.report());
