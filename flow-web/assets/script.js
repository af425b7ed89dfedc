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

// A form is sent once: a second press of its button does nothing while the first is on its way.
for (const form of document.querySelectorAll("form[method=post]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  // Back in the history, the page is as it was: it may be sent again, and the server decides.
  addEventListener("pageshow", () => { sent = false; });
}
