import { loadInventory } from "../../config/inventory.ts";
import { ExitCode } from "../../exit-codes.ts";
import { type Finding, type NodeReport, inspectNodes } from "../../rig/driver/ssh/preflight/inspect-nodes.ts";

const MARK: Record<Finding["state"], string> = { ok: "ok", warning: "look at", missing: "missing" };

/** Shows what each node of an inventory needs and has; changes nothing on any. Exit code 0 if all can be nodes of a rig. */
export async function doctorInventory(file: string, json: boolean): Promise<ExitCode> {
  const reports = await inspectNodes(loadInventory(file));
  const unmet = reports.filter(({ findings }) => findings.some(({ state }) => state === "missing"));
  if (json) process.stdout.write(`${JSON.stringify(reports, undefined, 2)}\n`);
  else process.stdout.write(`${reports.flatMap(lines).join("\n")}\n${summary(reports, unmet)}\n`);
  return unmet.length === 0 ? ExitCode.met : ExitCode.usage;
}

function lines({ node, address, findings }: NodeReport): string[] {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return [
    `${node} (${address})`,
    ...findings.flatMap(({ name, state, detail, fix }) => [
      `  ${MARK[state].padEnd(8)}  ${name.padEnd(width)}  ${detail}`,
      ...(state !== "ok" && fix !== undefined ? [`${" ".repeat(width + 14)}fix: ${fix}`] : []),
    ]),
  ];
}

const summary = (all: readonly NodeReport[], unmet: readonly NodeReport[]): string =>
  unmet.length === 0
    ? `all ${all.length} nodes can be used`
    : `${unmet.length} of ${all.length} nodes cannot be used: ${unmet.map(({ node }) => node).join(", ")}`;
