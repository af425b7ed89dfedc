// Conveniences alone: every page works without this.
"use strict";

// What is wrong with a form is read first.
const invalid = document.getElementById("invalid");
if (invalid) invalid.focus();

// One box selects all rows of its table.
for (const cell of document.querySelectorAll("thead .select")) {
  const boxes = [...cell.closest("table").querySelectorAll("tbody .select input")];
  if (boxes.length < 2) continue;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", cell.textContent.trim());
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  cell.append(all);
}

// What is filled in is kept as a draft while somebody types: once nothing was typed for a moment, ten seconds after the
// first key at the latest, and when the page is left. Each draft changes the tag of the task, which the form sends with
// the next one.
const QUIET = 1500, LATEST = 10_000, AGAIN = [3000, 10_000, 30_000], TIMEOUT = 10_000, PATIENCE = 3000;

function keepDraft(form) {
  const tag = form.querySelector("[name='flow.tag']");
  const note = form.querySelector(".kept");
  const secrets = new Set([...form.querySelectorAll("input[type=password]")].map((input) => input.name));
  const filled = () => {
    const pairs = [...new FormData(form)].filter(([name]) => name !== tag.name && !secrets.has(name));
    return new URLSearchParams(pairs).toString();
  };
  // What a form that was refused shows is kept nowhere yet.
  let last = form.dataset.keep === "unsaved" ? null : filled();
  let timer = 0, since = 0, failures = 0;
  let running = null, stopped = false, lost = false;

  // Why it was not kept, if it was not: a key of the note's texts.
  async function send() {
    const text = filled();
    const body = new URLSearchParams(text);
    body.set(tag.name, tag.value);
    body.set("flow.do", "keep");
    const timeout = new AbortController();
    const end = setTimeout(() => timeout.abort(), TIMEOUT);
    try {
      // A browser sends no more than 64 kB for a page that is left.
      const options = { method: "POST", body, keepalive: text.length < 60_000, redirect: "manual", signal: timeout.signal };
      const answer = await fetch(form.getAttribute("action"), options);
      if (answer.status === 204) {
        tag.value = answer.headers.get("etag").replaceAll('"', "");
        last = text;
        return "kept";
      }
      if (answer.type === "opaqueredirect" || answer.status === 401) return "out";
      return [403, 404, 409, 412].includes(answer.status) ? "changed" : "offline";
    } catch {
      return "offline";
    } finally {
      clearTimeout(end);
    }
  }

  async function keep() {
    clearTimeout(timer);
    if (stopped || lost || running || filled() === last) return;
    since = 0;
    running = send();
    const outcome = await running;
    running = null;
    if (stopped) return;
    note.textContent = note.dataset[outcome];
    lost = outcome === "changed";
    if (outcome === "kept") {
      failures = 0;
      for (const button of form.querySelectorAll("[value=discard]")) button.hidden = false;
      if (filled() !== last) later();
    } else if (!lost) {
      timer = setTimeout(keep, AGAIN[Math.min(failures, AGAIN.length - 1)]);
      failures += 1;
    }
  }

  function later() {
    clearTimeout(timer);
    since ||= Date.now();
    timer = setTimeout(keep, Math.max(0, Math.min(QUIET, since + LATEST - Date.now())));
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    if (running) running.then(() => setTimeout(keep)); else keep();
  });
  // Back in the history, it is not known whether the last draft has come through.
  addEventListener("pageshow", (event) => { if (event.persisted && running) location.reload(); });
  return {
    // Nothing more is kept. What is on its way is waited for, but not for long.
    stop() {
      stopped = true;
      clearTimeout(timer);
      if (!running) return null;
      note.textContent = note.dataset.sending;
      return Promise.race([running, new Promise((done) => setTimeout(done, PATIENCE))]);
    },
    go() { stopped = false; },
  };
}

// A form is sent once: a second press of its button does nothing while the first is on its way.
for (const form of document.querySelectorAll("form[method=post]")) {
  const draft = form.hasAttribute("data-keep") ? keepDraft(form) : null;
  let sent = false, waiting = false;
  form.addEventListener("submit", (event) => {
    if (sent || waiting) return event.preventDefault();
    const running = draft && draft.stop();
    if (!running) { sent = true; return; }
    waiting = true;
    event.preventDefault();
    running.then(() => { waiting = false; sent = false; form.requestSubmit(event.submitter); });
  });
  // Back in the history, the page is as it was: it may be sent again, and the server decides.
  addEventListener("pageshow", () => { sent = waiting = false; if (draft) draft.go(); });
}
