import { LinkStack } from "../../../chaos/wan/link-stack.ts";
import { profileLinks } from "../../../chaos/wan/profile-links.ts";
import { validateLinks } from "../../../chaos/wan/validate-links.ts";
import type { DirectedLink, WanEngine } from "../../../chaos/wan/wan-engine.ts";
import { probedPairs, probePairs } from "../../../chaos/probe/link-plan.ts";
import { loadClasses, loadProfiles, loadTopology } from "../../config/load.ts";
import type { Topology } from "../../config/model.ts";
import { judge } from "../../judge/judge.ts";
import type { Objective } from "../../judge/objective.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { planMachines } from "../../rig/rig-plan.ts";
import { planPairs } from "../../statistics/pair-plan.ts";
import { syntheticRun } from "../bench-judge/synthetic-run.ts";
import { syntheticTimes } from "../bench-judge/synthetic-times.ts";
import type { Subject } from "./growth.ts";

/** A topology of many nodes at a tenth as many sites. */
function topologyOf(nodes: number): Topology {
  const topology = loadTopology("five-nodes");
  const sites = Array.from({ length: Math.ceil(nodes / 10) }, (_, index) => `site-${index}`);
  return {
    ...topology,
    sites,
    links: [],
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: `node-${index}`,
      site: sites[index % sites.length]!,
      role: index === 0 ? ("server" as const) : ("agent" as const),
      deviceClass: "pi4",
    })),
  };
}

const members = (nodes: number): { name: string; site: string }[] =>
  planMachines(topologyOf(nodes), new Map(), true);

/** Keeps links in memory: what is measured is the harness, not the engine. */
const engineInMemory = (): WanEngine => {
  let kept: readonly DirectedLink[] = [];
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    ...{ backend: "userspace", clear: nothing, close: nothing },
    apply(links) {
      kept = links;
      return Promise.resolve();
    },
    inForce: () => Promise.resolve([...kept]),
    counters: () => Promise.resolve([]),
  };
};

const objectives: Objective[] = [
  { name: "p95", quantity: "response-time", percentile: "p95", limit: 1000, scope: { deviceClass: "*" } },
  { name: "errors", quantity: "error-rate", limit: 0.01, scope: {} },
];

const NODES = [50, 100, 200, 400, 800];
const LINKED = [16, 32, 64, 128, 256];
const SAMPLES = [12_500, 25_000, 50_000, 100_000, 200_000];
const EVERY_DIRECTION = "there is a link for every direction, so a profile grows with the square";

/** How the harness's own cost grows with nodes, links, probes and samples. */
export const subjects = (): Subject[] => {
  const profile = loadProfiles().get("typ")!;
  const classes = loadClasses();
  const linksOf = (nodes: number): DirectedLink[] => profileLinks(members(nodes), profile, []);
  return [
    {
      what: "plan the machines of a topology, by nodes",
      sizes: NODES,
      most: 1,
      prepare(nodes) {
        const topology = topologyOf(nodes);
        return () => planMachines(topology, classes, true);
      },
    },
    {
      what: "a profile's links made and checked, by machines",
      sizes: LINKED,
      most: 2,
      note: EVERY_DIRECTION,
      prepare(nodes) {
        const machines = members(nodes);
        const names = machines.map(({ name }) => name);
        return () => validateLinks(profileLinks(machines, profile, []), names);
      },
    },
    {
      what: "a profile on top of a link stack, by machines",
      sizes: LINKED,
      most: 2,
      note: EVERY_DIRECTION,
      prepare(nodes) {
        const links = linksOf(nodes);
        return async () => {
          const stack = new LinkStack(engineInMemory());
          // A copy: the stack keeps an index of links that it knows.
          await stack.set("profile", [...links]);
        };
      },
    },
    {
      what: "the same, by links",
      sizes: LINKED.map((nodes) => linksOf(nodes).length),
      most: 1,
      prepare(count) {
        const links = linksOf(LINKED.find((nodes) => linksOf(nodes).length === count)!);
        return async () => {
          const stack = new LinkStack(engineInMemory());
          await stack.set("profile", [...links]);
        };
      },
    },
    {
      what: "pairs to probe planned, by machines",
      sizes: NODES,
      most: 1,
      note: "a sample above 16 machines",
      prepare(nodes) {
        const names = members(nodes).map(({ name }) => name);
        return () => planPairs(names, { seed: 1, hubs: names.slice(0, 2) });
      },
    },
    {
      what: "pairs to probe of a profile's links, by machines",
      sizes: LINKED,
      most: 2,
      note: "planned from every link; probed is a sample above 120 pairs",
      prepare(nodes) {
        const links = linksOf(nodes);
        const machines = members(nodes) as unknown as NodeHandle[];
        return () => probedPairs(probePairs(links, machines));
      },
    },
    {
      what: "samples judged by two objectives, by samples",
      sizes: SAMPLES,
      most: 1,
      prepare(count) {
        const run = syntheticRun(syntheticTimes("correlated", count, 1));
        return () => judge(run, objectives);
      },
    },
  ];
};
