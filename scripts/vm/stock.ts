import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { rigError } from "../../harness/errors.ts";
import { connectTo, type Lab } from "./lab.ts";
import { diffNode, type NodeSnapshot, takeNodeSnapshot } from "./node-snapshot.ts";

const fileOf = ({ folder }: Lab): string => join(folder, "stock.json");

async function snapshots(lab: Lab): Promise<Record<string, NodeSnapshot>> {
  const connections = connectTo(lab);
  try {
    const taken = lab.machines.map(
      async ({ name }) => [name, await takeNodeSnapshot(connections.to(name))] as const,
    );
    return Object.fromEntries(await Promise.all(taken));
  } finally {
    await connections.close();
  }
}

/** Writes down what every machine is, before anything was put there. */
export async function takeStock(lab: Lab): Promise<void> {
  writeFileSync(fileOf(lab), JSON.stringify(await snapshots(lab)));
}

/** Prints what is not as it was, and what was compared. @throws EdgeproofError where anything is */
export async function compareWithStock(lab: Lab, after: string): Promise<void> {
  const before = JSON.parse(readFileSync(fileOf(lab), "utf8")) as Record<string, NodeSnapshot>;
  const now = await snapshots(lab);
  const compared = Object.values(before).flatMap((sections) => Object.values(sections));
  const facts = compared.reduce((sum, lines) => sum + lines.length, 0);
  const differences = lab.machines.flatMap(({ name }) =>
    diffNode(before[name] ?? {}, now[name] ?? {}).map((line) => `${name} ${line}`),
  );
  for (const line of differences) process.stdout.write(`${line}\n`);
  if (facts === 0) throw rigError("VM_NO_STOCK", "nothing was written down of the machines");
  process.stdout.write(
    `${after}: ${facts} facts of ${lab.machines.length} machines compared, ${differences.length} differ\n`,
  );
  if (differences.length > 0)
    throw rigError("VM_NOT_AS_BEFORE", `${differences.length} facts of the machines differ after ${after}`, {
      expected: "every machine as before",
    });
}
