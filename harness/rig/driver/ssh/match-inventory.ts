import { didYouMean } from "../../../config/did-you-mean.ts";
import type { Inventory, InventoryNode } from "../../../config/inventory.ts";
import type { Topology } from "../../../config/model.ts";
import { shownPath } from "../../../config/yaml-file.ts";
import { usageError } from "../../../errors.ts";
import { planMachines } from "../../rig-plan.ts";

export interface MatchedNode {
  /** The machine's name in the rig. */
  machine: string;
  node: InventoryNode;
}

const missing = (role: string, wanted: number, given: number): string =>
  wanted === 1
    ? `the inventory has no node with \`role: ${role}\``
    : `the inventory has ${given} of the ${wanted} nodes with \`role: ${role}\` that the topology wants`;

/**
 * Which machine of the inventory is which of the topology. Nodes of the cluster go by name; testers (in the
 * order of the inventory) and lighthouse by role, since the rig has its own names for them.
 * @throws EdgeproofError (usage) that names all that does not fit
 */
export function matchInventory(topology: Topology, inventory: Inventory): MatchedNode[] {
  const machines = planMachines(topology, new Map(), false);
  const wanted = machines.filter(({ role }) => role === "server" || role === "agent");
  const given = inventory.nodes.filter(({ role }) => role === "server" || role === "agent");
  const names = wanted.map(({ name }) => name);
  const problems: string[] = [];
  const matched: MatchedNode[] = [];
  for (const machine of wanted) {
    const node = given.find(({ name }) => name === machine.name);
    if (!node) {
      const near = didYouMean(
        machine.name,
        given.map(({ name }) => name).filter((name) => !names.includes(name)),
      );
      problems.push(`the inventory has no node \`${machine.name}\`${near === undefined ? "" : `: ${near}`}`);
      continue;
    }
    const at = inventory.where(node.name);
    const differ = (what: string, here: string | undefined, there: string): void => {
      if (here !== undefined && here !== there)
        problems.push(`${at}: the ${what} of \`${node.name}\` is \`${here}\`, in the topology \`${there}\``);
    };
    differ("role", node.role, machine.role);
    differ("site", node.site, machine.site);
    differ("class", node.deviceClass, machine.deviceClass);
    matched.push({ machine: machine.name, node });
  }
  for (const { name } of given)
    if (!names.includes(name))
      problems.push(`${inventory.where(name)}: the topology has no node \`${name}\``);
  for (const role of ["tester", "lighthouse"] as const) {
    const planned = machines.filter((machine) => machine.role === role);
    const there = inventory.nodes.filter((node) => node.role === role);
    for (const [index, machine] of planned.entries()) {
      const node = there[index];
      if (node) matched.push({ machine: machine.name, node });
    }
    if (there.length < planned.length) problems.push(missing(role, planned.length, there.length));
    for (const { name } of there.slice(planned.length))
      problems.push(
        role === "lighthouse"
          ? `${inventory.where(name)}: the topology has no dedicated lighthouse`
          : `${inventory.where(name)}: the topology has \`testers: ${planned.length}\``,
      );
  }
  if (problems.length === 0) return matched;
  throw usageError(
    "inventory-mismatch",
    `inventory and topology do not fit:\n${problems.map((problem) => `    ${problem}`).join("\n")}`,
    {
      where: shownPath(inventory.file),
      expected: `nodes ${names.join(", ")} as in ${shownPath(topology.file)}, and one with \`role: tester\``,
      fix: "correct one of the two files",
    },
  );
}
