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

// What is filled in is kept as a draft while somebody types: once nothing was typed for a moment, and when the page is
// left. Each draft changes the tag of the task, which the form sends with the next one.
function keepDraft(form) {
  const tag = form.querySelector("[name='flow.tag']");
  const note = form.querySelector(".kept");
  const saved = () => new URLSearchParams([...new FormData(form)].filter(([name]) => !secrets.has(name))).toString();
  const secrets = new Set([...form.querySelectorAll("input[type=password]")].map((input) => input.name));
  secrets.add(tag.name);
  let last = saved();
  let timer = 0;
  let running = null;
  let over = false;

  async function send() {
    const text = saved();
    const body = new URLSearchParams(text);
    body.set(tag.name, tag.value);
    body.set("flow.do", "keep");
    let status = 0;
    try {
      // A browser sends no more than 64 kB for a page that is left.
      const keepalive = text.length < 60000;
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body, keepalive, redirect: "error" });
      status = answer.status;
      if (status === 204) {
        tag.value = answer.headers.get("etag").replaceAll('"', "");
        last = text;
      }
    } catch {
      // Without a connection it is tried again once something else is typed.
    }
    // What cannot be kept now cannot be kept later either; too much at once, or a value, may be mended.
    over ||= status >= 400 && status < 500 && ![413, 422, 429].includes(status);
    note.textContent = status === 204 ? note.dataset.kept : note.dataset.lost;
  }

  async function keep() {
    clearTimeout(timer);
    if (over || running || saved() === last) return;
    running = send();
    await running;
    running = null;
    if (!over && saved() !== last && note.textContent === note.dataset.kept) later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(keep, 1500);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  // Back in the history, it is not known whether the last draft has come through.
  addEventListener("pageshow", (event) => { if (event.persisted && running) location.reload(); });
  // Nothing more is kept, and the form waits for what is on its way.
  return { stop() { over = true; clearTimeout(timer); return running; }, go() { over = false; } };
}

// A form is sent once: a second press of its button does nothing while the first is on its way.
for (const form of document.querySelectorAll("form[method=post]")) {
  const draft = form.hasAttribute("data-keep") ? keepDraft(form) : null;
  let sent = false;
  form.addEventListener("submit", (event) => {
    const running = draft && !sent ? draft.stop() : null;
    if (sent || running) event.preventDefault();
    if (running) running.then(() => form.requestSubmit(event.submitter));
    else sent = true;
  });
  // Back in the history, the page is as it was: it may be sent again, and the server decides.
  addEventListener("pageshow", () => { sent = false; if (draft) draft.go(); });
}
