import { shownPath } from "../../config/yaml-file.ts";
import { ExitCode } from "../../exit-codes.ts";
import { plannedMs } from "../../matrix/matrix-progress.ts";
import { loadSuite } from "../../session/load-suite.ts";
import { loadSuites } from "../../session/suite-catalog.ts";

/** Lists what `run --suite` knows. */
export function suites(json: boolean): ExitCode {
  const found = Object.keys(loadSuites()).map((name) => {
    const { topology, scenarios, files, objectives, matrix } = loadSuite(name, { seed: 1 });
    const durations = [
      ...scenarios
        .flatMap(({ steady, fault, healed }) => [steady, fault, healed])
        .map(({ durationMs }) => durationMs),
      ...(matrix?.cells ?? []).map(plannedMs),
    ];
    const minutes = durations.reduce((sum, ms) => sum + ms, 0) / 60_000;
    return {
      name,
      topology: topology.name,
      asks: scenarios.map(({ description }) => description).join(" ") || files.map(shownPath).join(", "),
      minutes,
      ...(matrix ? { cells: matrix.cells.length } : {}),
      objectives: objectives.length,
      notRun: scenarios.flatMap(({ notRun }) => (notRun === undefined ? [] : [notRun])),
    };
  });
  if (json) {
    process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
    return ExitCode.met;
  }
  const widest = Math.max(...found.map(({ name }) => name.length));
  for (const { name, topology, asks, minutes, notRun, cells } of found) {
    const count = cells === undefined ? "" : `, ${cells} cells`;
    const length = minutes > 0 ? `${count}, ${minutes.toFixed(1)} min of phases` : "";
    process.stdout.write(`${name.padEnd(widest)}  ${asks} (${topology}${length})\n`);
    for (const text of notRun) process.stdout.write(`${" ".repeat(widest)}  not run: ${text}\n`);
  }
  return ExitCode.met;
}
