import { didYouMean } from "../../harness/config/did-you-mean.ts";
import type { LinkDirection } from "../wan/wan-engine.ts";
import type { TargetMachine, TargetProblem } from "./inventory.ts";
import { selectMachines } from "./select-machines.ts";
import type { LinkSelector } from "./selector-schema.ts";

export interface LinkSelection {
  directions: LinkDirection[];
  problems: TargetProblem[];
}

const every = (from: readonly TargetMachine[], to: readonly TargetMachine[]): LinkDirection[] =>
  from.flatMap((a) => to.filter((b) => b !== a).map((b) => ({ from: a.name, to: b.name })));

const reversed = (directions: readonly LinkDirection[]): LinkDirection[] =>
  directions.map(({ from, to }) => ({ from: to, to: from }));

const once = (directions: readonly LinkDirection[]): LinkDirection[] => [
  ...new Map(directions.map((direction) => [`${direction.from}\0${direction.to}`, direction])).values(),
];

function betweenSites(
  [one, other]: readonly [string, string],
  inventory: readonly TargetMachine[],
): LinkSelection {
  const sites = [...new Set(inventory.map(({ site }) => site))];
  const problems = [one, other].flatMap((site, index): TargetProblem[] =>
    sites.includes(site)
      ? []
      : [
          {
            path: ["between", index],
            message: `there is no site \`${site}\``,
            expected: `one of ${sites.join(", ")}`,
            fix: didYouMean(site, sites),
          },
        ],
  );
  if (one === other)
    problems.push({ path: ["between"], message: `\`${one}\` is there twice`, expected: "two sites" });
  const of = (site: string) => inventory.filter((machine) => machine.site === site);
  const there = every(of(one), of(other));
  return { directions: problems.length > 0 ? [] : [...there, ...reversed(there)], problems };
}

/** The directions that a selector means, each once; without problems there is at least one. */
export function selectLinks(
  selector: LinkSelector,
  inventory: readonly TargetMachine[],
  seed: number,
): LinkSelection {
  if (selector.all) return { directions: every(inventory, inventory), problems: [] };
  if (selector.between) return betweenSites(selector.between, inventory);
  const options = { inventory, seed, among: "machines" } as const;
  const from = selectMachines(selector.from ?? { all: true }, options);
  const { to = "rest" } = selector;
  const others = inventory.filter((machine) => !from.machines.includes(machine));
  const peers = to === "rest" ? { machines: others, problems: [] } : selectMachines(to, options);
  const problems = [
    ...from.problems.map((problem) => ({ ...problem, path: ["from", ...problem.path] })),
    ...peers.problems.map((problem) => ({ ...problem, path: ["to", ...problem.path] })),
  ];
  if (problems.length > 0) return { directions: [], problems };
  const there = every(from.machines, peers.machines);
  if (there.length === 0)
    return {
      directions: [],
      problems: [{ path: [], message: "no link is selected", expected: "two machines" }],
    };
  return { directions: once(selector.bothWays ? [...there, ...reversed(there)] : there), problems: [] };
}
