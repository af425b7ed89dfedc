// The fields of the app `every-field`: what is typed into each, right and wrong, and what is stored of it.

/**
 * For each field:
 * - `right`, `other`: what is typed or chosen; a list for several inputs, a boolean for a checkbox
 * - `wrong`: what is refused; without it nothing wrong can be entered
 * - `stored`: what REST returns of `right`, where it is another value
 * - `shown`: what the input has of `right` once it is stored, where it is written in another way
 * A price is written with a point: German people type a comma.
 */
export const FIELDS = {
  title: { right: "Ladder, 3 m", other: "Ladder", wrong: "x".repeat(41) },
  nickname: { right: "Jo", other: "", wrong: "x".repeat(21) },
  story: { right: 'Two\nlines: <b>&amp; "quoted" – ä€', other: "One line", wrong: "" },
  email: { right: "jo@example.org", other: "jo.b@example.org", wrong: "nobody" },
  site: { right: "https://example.org/a?b=c&d", other: "https://example.org/", wrong: "nowhere" },
  slug: { right: "red-ladder_1", other: "ladder", wrong: "two words" },
  folder: { right: "2026/invoice.pdf", other: "a/b/c.txt", wrong: "../secret" },
  code: { right: "ABC-12", other: "XYZ-99", wrong: "abc" },
  pieces: { right: "42", other: "500", wrong: "501", stored: 42 },
  ratio: { right: "0.25", other: "0.5", wrong: "1.5", stored: 0.25 },
  price: { right: "12.50", other: "0.05", wrong: "1.234", comma: true },
  limit: { right: "-3.125", other: "", wrong: "much", comma: true },
  urgent: { right: true, other: false, stored: true },
  agreed: { right: "true", other: "false", wrong: "", stored: true },
  insured: { right: "false", other: "", stored: false },
  day: { right: "2026-11-24", other: "2027-02-28", wrong: "" },
  hour: { right: "14:30:05", other: "00:00:01", wrong: "" },
  // In the zone of the pages, which is Berlin's.
  moment: { right: "2026-07-01T08:30:15", other: "2026-12-31T23:59:59", wrong: "", stored: "2026-07-01T06:30:15+00:00" },
  reminder: { right: "2026-12-01T08:30:01", other: "", stored: "2026-12-01T07:30:01+00:00" },
  length: { right: "PT1H30M", other: "P2D", wrong: "soon", stored: "P0DT01H30M00S", shown: "P0DT01H30M00S" },
  key: { right: "67e55044-10b1-426f-9247-bb680e5fe0c8", other: "00000000-0000-0000-0000-000000000001", wrong: "xyz" },
  ip: { right: "2001:db8::1", other: "10.0.0.1", wrong: "999.1.1.1" },
  seal: { right: "AP8Q", other: "", wrong: "!!" },
  colour: { right: "green", other: "blue", wrong: "" },
  second: { right: "blue", other: "" },
  colours: { right: ["red", "blue"], other: ["green"] },
  words: { right: ["one", "two"], other: ["three", ""] },
  numbers: { right: ["7", "-1"], other: ["0", ""], wrong: ["1.5", ""], stored: [7, -1], fault: "numbers[0]" },
  client: { right: "117", other: "117", stored: 117 },
  helper: { right: "4", other: "", stored: 4 },
  country: { right: "germany", other: "germany", wrong: "" },
  town: { right: "45", other: "45", stored: 45 },
  "address.street": { right: "Elm Street", other: "Oak", wrong: "" },
  "address.number": { right: "17", other: "1", wrong: "0" },
  "address.since": { right: "2020-02-29", other: "" },
  "lines[0].what": { right: "Bolt", other: "Nut", wrong: "x".repeat(31) },
  "lines[0].pieces": { right: "3", other: "99", wrong: "100" },
  "lines[0].price": { right: "0.10", other: "7.00", wrong: "1.234", comma: true },
  "lines[0].fragile": { right: true, other: false },
  anything: { right: '{"a":[1,null,"x"]}', other: "[true]", wrong: "", stored: { a: [1, null, "x"] } },
  pin: { right: "hunter2", other: "hunter3", wrong: "123", secret: true },
};

/** The inner fields, as REST returns them of `right`. */
export const STORED_INSIDE = {
  address: { street: "Elm Street", number: 17, since: "2020-02-29" },
  lines: [{ what: "Bolt", pieces: 3, price: "0.10", fragile: true }],
};

export const input = (page, name) => page.locator(`[id="field-${name}"]`);

/** Types or chooses what `set` says: one of `right`, `other`, `wrong`. */
export async function write(page, name, set, german) {
  const field = FIELDS[name];
  const value = text(field, set, german);
  if (name === "colours") {
    for (const box of await page.locator(`input[name="${name}"]`).all()) {
      await box.setChecked(value.includes(await box.getAttribute("value")));
    }
  } else if (Array.isArray(value)) {
    for (const [at, line] of value.entries()) await page.locator(`input[name="${name}"]`).nth(at).fill(line);
  } else if (typeof value === "boolean") {
    await input(page, name).setChecked(value);
  } else if (await isSelect(page, name)) {
    await input(page, name).selectOption(value);
  } else {
    await input(page, name).fill(value);
  }
}

/** What the page has in a field. */
export async function read(page, name) {
  if (name === "colours") {
    const checked = await page.locator(`input[name="${name}"]:checked`).all();
    return Promise.all(checked.map((box) => box.getAttribute("value")));
  }
  const { right } = FIELDS[name];
  if (Array.isArray(right)) {
    const lines = await page.locator(`input[name="${name}"]`).all();
    return (await Promise.all(lines.map((line) => line.inputValue()))).filter((line) => line);
  }
  return typeof right === "boolean" ? input(page, name).isChecked() : input(page, name).inputValue();
}

/** What `read` finds once `set` was typed; `stored`: and kept by the server. */
export function expected(name, set, german, stored = false) {
  const field = FIELDS[name];
  if (field.secret) return "";
  if (Array.isArray(field[set])) return field[set].filter((line) => line);
  if (stored && set === "right" && field.shown) return field.shown;
  return text(field, set, german);
}

const text = (field, set, german) => (german && field.comma ? field[set].replace(".", ",") : field[set]);

const isSelect = async (page, name) => (await page.locator(`select[id="field-${name}"]`).count()) > 0;
