import type { ScoreName } from "../../harness/characterize/model.ts";
import type { RecordedNode, RecordedRun } from "../../harness/record/model.ts";
import { scoreText } from "../characterization-table.ts";
import { html, type Markup } from "./markup.ts";

/** Names with what is known of them, such as the versions of a run. */
export const factsList = (entries: readonly (readonly [name: string, value: string])[]): Markup =>
  html`<dl>
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;

/** An emulated class is never shown as the device itself. */
function nodeText({ role, site, deviceClass, emulation, architecture, ...more }: RecordedNode): string {
  const { emulated, measured } = more;
  const how =
    emulation !== "limits"
      ? "by label only"
      : emulated
        ? `emulated by limits: ${emulated.text}`
        : "emulated by limits";
  const scores = Object.entries(measured?.scores ?? {});
  const found = scores.map(([name, estimate]) => `${name} ${scoreText(name as ScoreName, estimate)}`);
  return [
    `${role} in ${site}, ${architecture}, ${deviceClass} (${how})`,
    ...(measured
      ? [
          `measured ${new Date(measured.at).toISOString()}: nearest class ${measured.nearest}; ${found.join(", ")}`,
        ]
      : []),
  ].join("; ");
}

/** What ran where, with which settings and versions. */
export const runFacts = (run: RecordedRun): Markup => {
  const { header } = run;
  const { host } = header;
  return factsList([
    ["run", `${header.id}${run.complete ? "" : " (cut off)"}`],
    ["started", new Date(header.startedAt).toISOString()],
    ["topology", `${header.topology}, ${header.engine}, functions by ${header.functionsLayer}`],
    ["WAN engine", header.wanBackend],
    ["seed", String(header.seed)],
    [
      "host",
      `${host.os} ${host.kernel}, ${host.cores} cores, ${host.memoryMiB} MiB, engine ${host.containerEngine}`,
    ],
    ...header.nodes.map((node): [string, string] => [node.name, nodeText(node)]),
    ...Object.entries(header.settings).map(([name, value]): [string, string] => [name, String(value)]),
    ...Object.entries(header.versions),
  ]);
};
