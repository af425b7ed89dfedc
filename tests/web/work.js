// Every flow of the example `office` to its ends, and all that is done with tasks: without JavaScript.

import assert from "node:assert/strict";

import { heading, until } from "./browser.js";
import { fillExpense, signIn } from "./office.js";

const IBAN = "AT611904300234573201";

/** The process that a page is about. */
const process = (page) => page.url().match(/\/(?:processes|tasks)\/(\d+)/)[1];

const press = (page, name) => page.getByRole("button", { name, exact: true }).first().click();

const said = (page, text) => page.getByText(text).first().waitFor();

/** The link of a task of a process: the number is also found in the references of others. */
const taskOf = (page, id, title) => page.locator(`a.main[href^="/tasks/${id}."]`, { hasText: title });

/** Takes a task of a process out of the queue. */
async function take(page, address, id, title) {
  await page.goto(`${address}/queue?text=${id}`);
  await taskOf(page, id, title).click();
  await page.getByRole("button", { name: /Take this task|Aufgabe übernehmen/ }).click();
}

async function isOver(page, address, id, end) {
  await until(page, `${address}/processes/${id}`, () => page.locator(".facts .status.DONE").count());
  await page.locator("table.list").last().getByText(end, { exact: true }).waitFor();
}

async function expenses({ address, anna, ben, clara }) {
  const ask = async (purpose, amount) => {
    await anna.goto(`${address}/start/expenses/start`);
    await fillExpense(anna, purpose, amount, IBAN);
    await press(anna, "Send");
    await said(anna, "It was started.");
    return process(anna);
  };
  // A mistake first: what was typed is kept.
  await anna.goto(`${address}/start/expenses/start`);
  await fillExpense(anna, "Too exact", "80.123", IBAN);
  await press(anna, "Send");
  await anna.locator("#field-amount-fault").waitFor();
  assert.equal(await anna.getByLabel(/Amount/).inputValue(), "80.123");
  const [small, approved, refused] = [await ask("Tram", "2.40"), await ask("Hotel", "180"), await ask("Balloon", "900")];
  await take(ben, address, approved, "Approve the expense");
  await ben.getByLabel(/Approved/).selectOption({ label: "Yes" });
  await press(ben, "Complete");
  await said(ben, "The task was completed");
  await take(clara, address, refused, "Approve the expense");
  await clara.getByLabel(/A word to the applicant/).fill("Not by balloon");
  await press(clara, "Save for later");
  await said(clara, "saved for later");
  await clara.getByLabel(/Approved/).selectOption({ label: "No" });
  await press(clara, "Complete");
  await said(clara, "The task was completed");
  for (const [id, end] of [[small, "Paid"], [approved, "Paid"], [refused, "Refused"]]) await isOver(anna, address, id, end);
  await said(anna, "Not by balloon");
}

async function leave({ address, anna, ben, clara }) {
  const ask = async (first, last) => {
    await anna.goto(`${address}/start/leave/start`);
    await anna.getByLabel(/First day/).fill(first);
    await anna.getByLabel(/Last day/).fill(last);
    await press(anna, "Send");
  };
  const decide = async (page, id, decision, reason) => {
    await take(page, address, id, "Approve the leave");
    await page.getByLabel(/Decision/).selectOption({ label: decision });
    await page.getByLabel(/Reason/).fill(reason);
    await press(page, "Complete");
    await said(page, "The task was completed");
  };
  // A rule over two fields.
  await ask("2027-04-09", "2027-04-05");
  await anna.locator("#field-last_day-fault").getByText("is before the first day").waitFor();
  assert.equal(await anna.getByLabel(/First day/).inputValue(), "2027-04-09");
  await anna.getByLabel(/First day/).fill("2027-04-01");
  await press(anna, "Send");
  await said(anna, "It was started.");
  const id = process(anna);
  await decide(ben, id, "To be changed", "Not before Easter");
  await anna.goto(`${address}/?text=${id}`);
  await taskOf(anna, id, "Change the request").click();
  await said(anna, "Not before Easter");
  await anna.getByLabel(/First day/).fill("2027-04-12");
  await press(anna, "Complete");
  await anna.locator("#field-last_day-fault").waitFor();
  await anna.getByLabel(/Last day/).fill("2027-04-16");
  await press(anna, "Complete");
  await said(anna, "The task was completed");
  await decide(clara, id, "Approved", "Enjoy it");
  await isOver(anna, address, id, "Booked");
  await ask("2027-12-24", "2027-12-31");
  await said(anna, "It was started.");
  const refused = process(anna);
  await decide(ben, refused, "Refused", "Everybody wants that week");
  await isOver(anna, address, refused, "Refused");
  // Who has asked withdraws it, with a reason.
  await ask("2027-06-01", "2027-06-02");
  await said(anna, "It was started.");
  await anna.getByRole("link", { name: "Cancel the process" }).click();
  await anna.getByLabel("Reason").fill("The trip is off");
  await press(anna, "Cancel the process");
  await said(anna, "The process was cancelled");
  await said(anna, "The trip is off");
}

async function shipment({ address, anna, dora }) {
  await anna.goto(`${address}/start/shipment/start`);
  await anna.getByLabel(/^Order/).fill("2027-001");
  await anna.getByLabel(/^Address/).fill("1 Quay\nCork");
  await anna.getByLabel("What").first().fill("Desk");
  await anna.getByLabel("Pieces").first().fill("2");
  await press(anna, "Add a row: Items");
  await anna.getByLabel("What").nth(1).fill("Chair");
  await press(anna, "Remove: Items 1");
  assert.equal(await anna.getByLabel("What").first().inputValue(), "Chair");
  // Enter sends the form, and presses none of the buttons before it.
  await anna.getByLabel("Pieces").first().fill("0");
  await anna.getByLabel("Pieces").first().press("Enter");
  assert.match(anna.url(), /start(#.*)?$/);
  await anna.getByLabel("Pieces").first().fill("6");
  await anna.getByLabel("Pieces").first().press("Enter");
  await said(anna, "It was started.");
  const id = process(anna);
  await anna.goto(`${address}/processes/${id}`);
  await said(anna, "What: Chair, Pieces: 6");
  await take(dora, address, id, "Pack the goods");
  await dora.getByLabel(/Weight/).fill("2.5");
  await press(dora, "Complete");
  await said(dora, "The task was completed");
  await take(anna, address, id, "Choose the carrier");
  await anna.getByLabel(/Carrier/).selectOption({ label: "Rail" });
  await anna.getByLabel(/Pick-up/).fill("2026-12-01T08:30:00");
  await press(anna, "Complete");
  await said(anna, "The task was completed");
  await dora.goto(`${address}/?text=${id}`);
  await taskOf(dora, id, "Hand over the parcel").click();
  await press(dora, "Complete");
  await isOver(anna, address, id, "Sent");
}

/** What is done with tasks: given away, back, put off, commented on, tried again. */
async function tasks({ address, anna, ben, clara }) {
  const start = async (purpose, account) => {
    await anna.goto(`${address}/start/expenses/start`);
    await fillExpense(anna, purpose, account ? "20" : "700", account ?? IBAN);
    await press(anna, "Send");
    return process(anna);
  };
  const id = await start("Projector");
  await take(ben, address, id, "Approve the expense");
  const task = ben.url().split("?")[0];
  await ben.getByRole("link", { name: "Give to somebody else" }).click();
  await ben.getByLabel("Name of the person").fill("ruiz");
  await press(ben, "Search");
  await ben.getByLabel(/Assign to/).selectOption({ label: "Clara Ruiz" });
  await ben.getByLabel("Reason").fill("You know projectors");
  await press(ben, "Give to somebody else");
  await said(ben, "was given to somebody else");
  // Put off, and shown again.
  await clara.goto(`${address}/?text=${id}`);
  await taskOf(clara, id, "Approve the expense").click();
  await said(clara, "You know projectors");
  await clara.getByRole("link", { name: "Put off" }).click();
  await clara.getByLabel("Until").fill("2020-01-01T08:00");
  await press(clara, "Put off");
  await clara.locator("#until-fault").waitFor();
  await clara.getByLabel("Until").fill("2037-01-01T08:00");
  await press(clara, "Put off");
  await said(clara, "The task is put off");
  await clara.goto(`${address}/?text=${id}`);
  assert.equal(await taskOf(clara, id, "Approve the expense").count(), 0);
  await clara.goto(`${task}/snooze`);
  await press(clara, "Show it again");
  await clara.goto(`${address}/?text=${id}`);
  await taskOf(clara, id, "Approve the expense").click();
  // Given back, one and several.
  await clara.getByRole("link", { name: "Give back" }).click();
  await clara.getByLabel("Reason").fill("Nor do I");
  await press(clara, "Give back");
  await said(clara, "The task is back in the queue");
  await clara.goto(`${address}/queue?text=${id}`);
  await clara.locator(`[name="flow.id"][value^="${id}."]`).check();
  await press(clara, "Take");
  await said(clara, "It is done.");
  await clara.goto(`${address}/?text=${id}`);
  await clara.locator(`[name="flow.id"][value^="${id}."]`).check();
  await press(clara, "Give back");
  await said(clara, "It is done.");
  // A comment, which must say something.
  await clara.goto(`${address}/processes/${id}`);
  await clara.locator("#comment").fill("Which room is it for?");
  await press(clara, await clara.locator("form[action$='/comment'] button").innerText());
  await said(clara, "Which room is it for?");
  // Two that fail are tried again at once; then a process is cancelled from the list, which asks first.
  for (const purpose of ["Stamps", "Envelopes"]) await start(purpose, "DE02120300000000202013");
  const failed = async () => (await clara.getByRole("cell", { name: /Stamps|Envelopes/ }).count()) === 2;
  await until(clara, `${address}/errors`, failed);
  await clara.getByRole("button", { name: /^Try all \d+ again$/ }).click();
  await said(clara, /Done with all \d+ rows/);
  await until(clara, `${address}/errors`, async () => !(await clara.getByText("the bank does not answer").count()));
  await clara.goto(`${address}/processes?text=${id}`);
  await clara.locator(`[name="flow.id"][value="${id}"]`).check();
  await press(clara, "Cancel the process");
  assert.equal(await heading(clara), "Cancel the process");
  await clara.getByLabel("Reason").fill("Nobody answers");
  await press(clara, "Cancel the process");
  await said(clara, "It is done.");
  await clara.goto(`${address}/processes/${id}`);
  await said(clara, "Nobody answers");
}

/** In German: a shipment, a comment, and leave that is refused at first. */
async function german({ address, emil }) {
  await emil.goto(`${address}/start/shipment/start`);
  await emil.getByLabel(/^Bestellung/).fill("2027-002");
  await emil.getByLabel(/^Adresse/).fill("Hafengasse 4\n1030 Wien");
  await emil.getByLabel("Was").first().fill("Lampe");
  await emil.getByLabel("Stück").first().fill("3");
  await press(emil, "Absenden");
  await said(emil, "Gestartet.");
  const id = process(emil);
  await take(emil, address, id, "Transport wählen");
  await emil.getByLabel(/Transport/).selectOption({ label: "Eigener Wagen" });
  await press(emil, "Erledigen");
  await said(emil, "Die Aufgabe wurde erledigt");
  await take(emil, address, id, "Waren packen");
  await emil.getByLabel(/Gewicht/).fill("0.5");
  await press(emil, "Erledigen");
  assert.equal(await heading(emil), "Paket übergeben");
  await press(emil, "Erledigen");
  await isOver(emil, address, id, "Versandt");
  await emil.locator("#comment").fill("Gut angekommen");
  await emil.locator("form[action$='/comment'] button").click();
  await said(emil, "Gut angekommen");
  await emil.goto(`${address}/start/expenses/start`);
  await emil.getByLabel(/Wofür/).fill("Bücher");
  await emil.getByLabel(/Art der Ausgabe/).selectOption({ label: "Büromaterial" });
  await emil.getByLabel(/Betrag/).fill("31,50");
  await emil.getByLabel(/Tag der Zahlung/).fill("2026-11-24");
  await emil.getByLabel(/Bankkonto/).fill(IBAN);
  await press(emil, "Absenden");
  await said(emil, "Gestartet.");
  await said(emil, "31,50");
  await isOver(emil, address, process(emil), "Ausgezahlt");
}

/** All of it. */
export async function withoutJavaScript(browser, address) {
  const people = { address };
  for (const name of ["anna", "ben", "clara", "dora", "emil"]) {
    people[name] = await signIn(browser, address, name, { javaScriptEnabled: false });
  }
  for (const part of [expenses, leave, shipment, tasks, german]) {
    const start = Date.now();
    await part(people);
    console.log(`without JavaScript, ${part.name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
}
