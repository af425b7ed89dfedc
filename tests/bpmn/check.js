// Whether the BPMN files of a folder are what other tools read: valid against the schema of the OMG, read by bpmn-moddle
// without a warning, clean under the recommended rules of bpmnlint, with a shape for each node and an edge for each flow.
// Of `any_*`, flows that the checks may refuse, bpmnlint would say the same as the checks, so it is not asked.
//
//     node check.js FOLDER

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BpmnModdle } from "bpmn-moddle";
import Linter from "bpmnlint/lib/linter.js";
import NodeResolver from "bpmnlint/lib/resolver/node-resolver.js";
import { validateXML } from "xmllint-wasm";

// Rules of taste, which speak against flows as Viewflow's users draw them, and against an exact picture of them.
const NOT_FOLLOWED = {
  "fake-join": "a node may be led to from several: each is one shape here, and no gateway that the flow has not",
  "no-gateway-join-fork": "so may a gateway",
  "no-inclusive-gateway": "a Split with conditions is one",
  "no-duplicate-sequence-flows": "a Split may lead to one node twice: there will be two tasks of it",
  "no-complex-gateway": "a SplitFirst of tasks is one: an event-based gateway may lead to events alone",
  "superfluous-gateway": "the flow has it, and a check of its own says so",
};

const require = createRequire(import.meta.url);
const schemas = join(dirname(require.resolve("bpmn-moddle/package.json")), "resources/bpmn/xsd");
const schema = (name) => ({ fileName: name, contents: readFileSync(join(schemas, name), "utf8") });
const preload = ["BPMNDI.xsd", "DC.xsd", "DI.xsd", "Semantic.xsd"].map(schema);

const rules = Object.fromEntries(Object.keys(NOT_FOLLOWED).map((rule) => [rule, "off"]));
const config = { extends: "bpmnlint:recommended", rules };
// Rules keep what they have seen: a new linter for each file.
const linter = () => new Linter({ config, resolver: new NodeResolver({ require }) });

async function faults(name, xml) {
  const found = [];
  const { rootElement, warnings } = await new BpmnModdle().fromXML(xml);
  found.push(...warnings.map((warning) => `bpmn-moddle: ${warning.message}`));
  const process = rootElement.rootElements.find((element) => element.$type === "bpmn:Process");
  const drawn = rootElement.diagrams[0].plane.planeElement.map((shape) => shape.bpmnElement.id).sort();
  const elements = [...process.flowElements, ...(process.artifacts ?? [])].map((element) => element.id).sort();
  if (JSON.stringify(drawn) !== JSON.stringify(elements)) {
    found.push(`drawn are ${drawn}, in the process are ${elements}`);
  }
  if (name.startsWith("any_")) return found;
  // Nothing leads to an obsolete node any more.
  const isObsolete = (id) =>
    process.flowElements.find((element) => element.id === id)?.documentation?.some((text) => text.text.startsWith("Obsolete: "));
  for (const [rule, all] of Object.entries(await linter().lint(rootElement))) {
    const reports = rule === "no-implicit-start" ? all.filter((report) => !isObsolete(report.id)) : all;
    found.push(...reports.map((report) => `bpmnlint ${rule}: ${report.id}: ${report.message}`));
  }
  return found;
}

async function invalid(files) {
  const checked = await validateXML({
    xml: files.map(([fileName, contents]) => ({ fileName, contents })),
    schema: [schema("BPMN20.xsd")],
    preload,
    initialMemoryPages: 1024,
    maxMemoryPages: 8192,
  });
  return checked.errors.map((error) => `schema: ${error.rawMessage}`);
}

const folder = process.argv[2];
const names = readdirSync(folder).filter((name) => name.endsWith(".bpmn")).sort();
const files = names.map((name) => [name, readFileSync(join(folder, name), "utf8")]);
let count = 0;
const say = (text) => {
  count += 1;
  if (count <= 50) console.error(text);
};
for (const [name, xml] of files) {
  for (const fault of await faults(name, xml)) say(`${name}: ${fault}`);
}
for (let at = 0; at < files.length; at += 200) {
  (await invalid(files.slice(at, at + 200))).forEach(say);
}
console.log(`${files.length} files, ${count} faults`);
if (count > 0 || files.length === 0) process.exit(1);
