import type { Inventory, InventoryNode } from "../../../../config/inventory.ts";
import { EdgeproofError, messageOf } from "../../../../errors.ts";
import { SshConnections } from "../connections.ts";
import { parseFacts } from "../node-facts.ts";
import { remoteScript } from "../remote-scripts.ts";
import type { SshTransport } from "../transport.ts";
import { judgeNode, type Finding } from "./judge-node.ts";
import { parseReadings } from "./node-readings.ts";

export type { Finding } from "./judge-node.ts";

export interface NodeReport {
  node: string;
  role: InventoryNode["role"];
  address: string;
  findings: Finding[];
}

/** Written to the node's disk to see how fast it is, and removed. */
const WRITE_MEBIBYTES = 6;
const LIMIT_MS = 180_000;
const CLOCK_ASKED = 3;

/** Half of the shortest round trip is how exactly the offset is known (Cristian's algorithm). */
async function askClock(
  transport: SshTransport,
): Promise<{ offsetS: number | undefined; uncertainS: number }> {
  let best: { offsetS: number | undefined; uncertainS: number } = {
    offsetS: undefined,
    uncertainS: Infinity,
  };
  for (let round = 0; round < CLOCK_ASKED; round++) {
    const before = Date.now();
    const { stdout } = await transport.run("date +%s.%N", []);
    const after = Date.now();
    const theirs = Number(stdout.trim());
    const uncertainS = (after - before) / 2000;
    if (Number.isFinite(theirs) && uncertainS < best.uncertainS)
      best = { offsetS: theirs - (before + after) / 2000, uncertainS };
  }
  return best;
}

async function inspect(node: InventoryNode, transport: SshTransport, peer: string): Promise<Finding[]> {
  try {
    const facts = parseFacts((await transport.run(remoteScript.facts(), [])).stdout);
    const time = await askClock(transport);
    const { stdout } = await transport.run(remoteScript.preflight(), [String(WRITE_MEBIBYTES), peer], {
      timeoutMs: LIMIT_MS,
    });
    return judgeNode(node, facts, parseReadings(stdout), time, Boolean(process.env.EDGEPROOF_K3S));
  } catch (error) {
    const known = error instanceof EdgeproofError ? error : undefined;
    const cause = known?.cause instanceof Error ? ` (${known.cause.message.split("\n").at(-1)})` : "";
    const fix = known?.fix;
    return [
      {
        name: "ssh",
        state: "missing",
        detail: `${messageOf(error)}${cause}`,
        ...(fix === undefined ? {} : { fix }),
      },
    ];
  }
}

/** Asks every node of the inventory at once; nothing on any of them is changed. */
export async function inspectNodes(inventory: Inventory): Promise<NodeReport[]> {
  const { nodes, knownHosts } = inventory;
  const connections = new SshConnections(
    nodes.map((node) => ({ ...node, machine: node.name })),
    knownHosts,
  );
  try {
    return await Promise.all(
      nodes.map(async (node) => {
        const peer = nodes.find((other) => other !== node)?.underlay ?? node.underlay;
        const findings = await inspect(node, connections.to(node.name), peer);
        return { node: node.name, role: node.role, address: `${node.address} port ${node.port}`, findings };
      }),
    );
  } finally {
    await connections.close();
  }
}
