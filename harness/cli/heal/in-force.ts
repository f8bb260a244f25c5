import { type JournalEntry, readJournal } from "../../../chaos/journal/journal.ts";
import type { DirectedLink } from "../../../chaos/wan/wan-engine.ts";
import type { RigNode } from "../../rig/driver/rig-node.ts";
import type { Lease } from "../../rig/node-handle.ts";
import { patienceOf } from "../../rig/patience.ts";
import { lives } from "../../rig/process-mark.ts";
import { rigFolder } from "../../rig/rig-state.ts";
import type { Rig } from "../../rig/rig.ts";
import { withWanOf } from "../../session/open-wan.ts";
import { messageOf } from "../../errors.ts";

/** What faults have changed on a rig and not put back, wherever it can be seen. */
export interface InForce {
  journal: { fault: string; what: string; since: number; runAlive: boolean; pid: number }[];
  leases: { node: string; fault: string; what: string; remainingMs: number }[];
  wan: DirectedLink[];
  held: { node: string; service: string }[];
  machines: { node: string; state: "paused" | "off" | "gone" }[];
  /** Tables of nft that carry our name. */
  tables: { node: string; table: string }[];
  /** What could not be asked, and why. */
  unknown: string[];
}

const LIMIT_MS = 10_000;
const OWN_TABLE = /^table (\S+ edgeproof-\S+)$/;

const within = <T>(work: Promise<T>, limitMs: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });

export async function ownTables(node: RigNode): Promise<string[]> {
  const { stdout } = await node.exec(["nft", "list", "tables"]);
  return stdout.split("\n").flatMap((line) => OWN_TABLE.exec(line.trim())?.[1] ?? []);
}

/** Where it cannot be asked, every machine that should run counts as gone. */
export async function machineStates(rig: Rig): Promise<Map<string, "running" | "paused" | "off" | "gone">> {
  const { nodes, driver } = rig.parts;
  const asked = [...nodes.keys()].map(async (name) => {
    return [name, await driver.power.state(name)] as const;
  });
  return new Map(await Promise.all(asked));
}

const journalled = (entries: readonly JournalEntry[]): InForce["journal"] =>
  entries.map(({ fault, what, at, run }) => ({ fault, what, since: at, runAlive: lives(run), pid: run.pid }));

/** Reads the journal, and asks every machine that runs and the WAN engine. */
export async function inForce(rig: Rig): Promise<InForce> {
  const found: InForce = {
    journal: [],
    ...{ leases: [], wan: [], held: [], machines: [], tables: [], unknown: [] },
  };
  try {
    found.journal = journalled(readJournal(rigFolder(rig.name)));
  } catch (error) {
    found.unknown.push(`journal: ${messageOf(error)}`);
  }
  const states = await machineStates(rig);
  const limitMs = LIMIT_MS * patienceOf(rig.topology);
  const askNode = async (node: RigNode): Promise<void> => {
    const [leases, services, tables] = await Promise.all([node.leases(), node.services(), ownTables(node)]);
    found.leases.push(...leases.map((lease) => leaseOf(node.name, lease)));
    found.held.push(
      ...services.filter(({ held }) => held).map(({ name }) => ({ node: node.name, service: name })),
    );
    found.tables.push(...tables.map((table) => ({ node: node.name, table })));
  };
  const asked = rig.answering.map(async (node) => {
    const { name } = node;
    const state = states.get(name) ?? "gone";
    if (state !== "running") return void found.machines.push({ node: name, state });
    await within(askNode(node), limitMs).catch((error: unknown) =>
      found.unknown.push(`${name}: ${messageOf(error)}`),
    );
  });
  for (const host of rig.wanHosts)
    if (states.get(host.name) === "running")
      asked.push(
        within(
          withWanOf(host, (wan) => wan.inForce()),
          limitMs,
        ).then(
          (links) => void found.wan.push(...links),
          (error: unknown) => void found.unknown.push(`WAN engine of ${host.name}: ${messageOf(error)}`),
        ),
      );
  await Promise.all(asked);
  return found;
}

const leaseOf = (node: string, { fault, what, expiresAt }: Lease): InForce["leases"][number] => ({
  ...{ node, fault, what, remainingMs: expiresAt - Date.now() },
});

/** For people, one line each; nothing where nothing is in force and all could be asked. */
export function describeInForce(found: InForce): string[] {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;
  return [
    ...found.journal.map(
      ({ fault, what, since, runAlive, pid }) =>
        `fault ${fault}: ${what}, for ${seconds(Date.now() - since)}, run ${pid} ${runAlive ? "is alive" : "is DEAD"}`,
    ),
    ...found.leases.map(
      ({ node, fault, what, remainingMs }) =>
        `lease on ${node}: ${fault}: ${what}, ${remainingMs > 0 ? `undone in ${seconds(remainingMs)} unless renewed` : "being undone"}`,
    ),
    ...found.wan.map(({ from, to, params }) => `WAN ${from} -> ${to}: ${JSON.stringify(params)}`),
    ...found.held.map(({ node, service }) => `service ${service} of ${node} is held`),
    ...found.machines.map(({ node, state }) => `machine ${node} is ${state}`),
    ...found.tables.map(({ node, table }) => `nft table ${table} on ${node}`),
    ...found.unknown.map((what) => `unknown: ${what}`),
  ];
}
