// Whether bpmn-js opens the BPMN files of a folder in a browser: without a warning, and with as many shapes and edges as
// the file has. It needs Chromium.
//
//     node open.js FOLDER [SCREENSHOTS]

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const require = createRequire(import.meta.url);
const viewer = readFileSync(require.resolve("bpmn-js/dist/bpmn-viewer.production.min.js"), "utf8");
const [folder, screenshots] = process.argv.slice(2);
const names = readdirSync(folder).filter((name) => name.endsWith(".bpmn")).sort();
const chromium = process.env.CHROMIUM ?? "chromium";

// What runs in the page: it leaves its results as JSON in the title.
async function openAll(files, stay) {
  const results = [];
  for (const [name, xml] of files) {
    const viewer = new BpmnJS({ container: "#canvas" });
    try {
      const { warnings } = await viewer.importXML(xml);
      const elements = viewer.get("elementRegistry").filter((element) => element.parent && !element.labelTarget);
      const edges = elements.filter((element) => element.waypoints).length;
      results.push({ name, warnings: warnings.map(String), edges, shapes: elements.length - edges });
    } catch (error) {
      results.push({ name, warnings: [String(error)], edges: 0, shapes: 0 });
    }
    if (!stay) viewer.destroy();
  }
  document.getElementById("results").textContent = JSON.stringify(results);
}

function page(files, stay) {
  // `</script>` in a file would end the script.
  const data = JSON.stringify(files).replaceAll("<", "\\u003c");
  return `<!doctype html><meta charset="utf-8"><style>html, body, #canvas { height: 100%; margin: 0 } #results { display: none }</style>
<div id="canvas"></div><pre id="results"></pre><script>${viewer}</script>
<script>${openAll}; openAll(${data}, ${stay});</script>`;
}

const work = mkdtempSync(join(tmpdir(), "flow-bpmn-"));
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", `--user-data-dir=${join(work, "profile")}`];
function run(files, stay, ...more) {
  const path = join(work, "page.html");
  writeFileSync(path, page(files, stay));
  return execFileSync(chromium, [...flags, "--virtual-time-budget=600000", ...more, `file://${path}`], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

let faults = 0;
let opened = 0;
try {
  for (let at = 0; at < names.length; at += 50) {
    const files = names.slice(at, at + 50).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
    const dom = run(files, false, "--dump-dom");
    const text = /<pre id="results">([^<]*)<\/pre>/.exec(dom)?.[1] ?? "";
    const results = JSON.parse(text.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&") || "[]");
    for (const [name, xml] of files) {
      const result = results.find((result) => result.name === name);
      const count = (tag) => xml.split(`<bpmndi:${tag} `).length - 1;
      const wanted = { shapes: count("BPMNShape"), edges: count("BPMNEdge") };
      opened += result ? 1 : 0;
      if (!result || result.warnings.length > 0 || result.shapes !== wanted.shapes || result.edges !== wanted.edges) {
        faults += 1;
        console.error(`${name}: ${JSON.stringify(result)}, wanted ${JSON.stringify(wanted)}`);
      }
    }
    if (screenshots) {
      for (const file of files) {
        const image = join(screenshots, `${basename(file[0], ".bpmn")}.png`);
        run([file], true, `--screenshot=${image}`, "--window-size=1600,900");
      }
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${opened} of ${names.length} files opened, ${faults} faults`);
if (faults > 0 || opened === 0) process.exit(1);
