import { didYouMean } from "../../harness/config/did-you-mean.ts";
import { choose } from "./choose.ts";
import { isClusterNode, type TargetMachine, type TargetProblem } from "./inventory.ts";
import type { MachineSelector } from "./selector-schema.ts";

export interface MachineSelection {
  machines: TargetMachine[];
  /** How many there were to choose from; undefined where nothing was chosen by seed. */
  chosenFrom?: number;
  problems: TargetProblem[];
}

export interface SelectOptions {
  inventory: readonly TargetMachine[];
  seed: number;
  /** Which machines `all`, `site`, `class` and so on may mean; names and roles reach every machine. */
  among: "cluster" | "machines";
}

type Path = TargetProblem["path"];
type SelectorMap = Exclude<MachineSelector, string>;

const unique = (values: readonly string[]): string[] => [...new Set(values)].filter((value) => value !== "");

const unknown = (path: Path, what: string, wanted: string, known: readonly string[]): TargetProblem => ({
  path,
  message: `there is no ${what} \`${wanted}\``,
  expected: `one of ${known.join(", ")}`,
  fix: didYouMean(wanted, known),
});

/** What is named and is not there. */
function unknownNames(selector: SelectorMap, inventory: readonly TargetMachine[]): TargetProblem[] {
  const names = inventory.map(({ name }) => name);
  const checks: [Path, string, string | undefined, string[]][] = [
    [["node"], "machine", selector.node, names],
    ...(selector.nodes ?? []).map((name, index): [Path, string, string, string[]] => [
      ["nodes", index],
      "machine",
      name,
      names,
    ]),
    [["site"], "site", selector.site, unique(inventory.map(({ site }) => site))],
    [["class"], "device class", selector.class, unique(inventory.map(({ deviceClass }) => deviceClass))],
    [
      ["role"],
      "machine with the role",
      selector.role,
      [...unique(inventory.map(({ role }) => role)), "lighthouse"],
    ],
  ];
  return checks.flatMap(([path, what, wanted, known]) =>
    wanted === undefined || known.includes(wanted) ? [] : [unknown(path, what, wanted, known)],
  );
}

/** Without dedicated lighthouses the server is one. */
const hasRole = (machine: TargetMachine, role: string, inventory: readonly TargetMachine[]): boolean =>
  machine.role === role ||
  (role === "lighthouse" &&
    machine.role === "server" &&
    !inventory.some((other) => other.role === "lighthouse"));

function fits(machine: TargetMachine, selector: SelectorMap, options: SelectOptions): boolean {
  const { among, inventory } = options;
  const { node, nodes, site, class: deviceClass, role, label } = selector;
  const byName = [...(node === undefined ? [] : [node]), ...(nodes ?? [])];
  const named = byName.length > 0 || role !== undefined;
  if (!named && among === "cluster" && !isClusterNode(machine)) return false;
  const [key = "", value = ""] = label === undefined ? [] : label.split("=");
  return (
    (byName.length === 0 || byName.includes(machine.name)) &&
    (site === undefined || machine.site === site) &&
    (deviceClass === undefined || machine.deviceClass === deviceClass) &&
    (role === undefined || hasRole(machine, role, inventory)) &&
    (label === undefined || machine.labels[key] === value)
  );
}

/** The machines that a selector means, in the topology's order; without problems there is at least one. */
export function selectMachines(selector: MachineSelector, options: SelectOptions): MachineSelection {
  const { inventory, seed } = options;
  if (typeof selector === "string") {
    const machine = inventory.find(({ name }) => name === selector);
    const names = inventory.map(({ name }) => name);
    return machine
      ? { machines: [machine], problems: [] }
      : { machines: [], problems: [unknown([], "machine", selector, names)] };
  }
  const problems = unknownNames(selector, inventory);
  if (problems.length > 0) return { machines: [], problems };
  const { all, count, fraction, ...wanted } = selector;
  const nothing = (message: string, expected: string): MachineSelection => ({
    machines: [],
    problems: [{ path: [], message, expected }],
  });
  if (Object.keys(wanted).length === 0 && all === undefined && count === undefined && fraction === undefined)
    return nothing("the selection is empty", "node, nodes, site, class, role, label or `all: true`");
  if (all !== undefined && Object.keys(wanted).length > 0)
    return nothing("`all` stands beside another selection", "`all: true` alone, or the others without it");
  if (count !== undefined && fraction !== undefined)
    return nothing("`count` and `fraction` are both there", "one of them");
  const found = inventory.filter((machine) => fits(machine, selector, options));
  if (found.length === 0)
    return nothing("no machine is selected", "a selection that fits at least one machine");
  const size = count ?? (fraction === undefined ? undefined : Math.ceil(fraction * found.length - 1e-9));
  if (size === undefined) return { machines: found, problems: [] };
  if (size < 1 || size > found.length)
    return nothing(`${size} of ${found.length} machines are asked for`, `1 to ${found.length} of them`);
  return { machines: choose(found, size, seed), chosenFrom: found.length, problems: [] };
}
