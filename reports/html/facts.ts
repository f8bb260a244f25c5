import type { RecordedRun } from "../../harness/record/model.ts";
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
    ...header.nodes.map(({ name, role, site, deviceClass, emulation, architecture }): [string, string] => [
      name,
      `${role} in ${site}, ${architecture}, ${deviceClass} (${emulation === "limits" ? "emulated by limits" : "by label only"})`,
    ]),
    ...Object.entries(header.settings).map(([name, value]): [string, string] => [name, String(value)]),
    ...Object.entries(header.versions),
  ]);
};
