import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import { quantity } from "../../../harness/config/quantity-schema.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { DiskReading } from "../../pressure/probe.ts";
import { ChangeFault } from "../change-fault.ts";
import { type FaultContext, defineFault } from "../definition.ts";
import type { Evidence } from "../evidence.ts";
import { readRepeatedly } from "../read-repeatedly.ts";
import { joinEvidence } from "./join-evidence.ts";
import { machineName, pressureChange, probeMachine } from "./machine-programs.ts";
import { checkNumber } from "./numbers.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

/** In-memory file systems that the container driver makes for one machine alone. Everything else is the host's disk. */
const OWN_MOUNTS = ["/run", "/tmp", "/dev/shm"];
const INTERVAL_MS = 1_000;
/** What a machine's own services write and remove meanwhile. */
const DRIFT_BYTES = 4 * 1024 ** 2;
const DRIFT = 0.01;

interface DiskParams {
  path: string;
  leave?: number | undefined;
  take?: number | undefined;
}

/** @throws EdgeproofError where the room cannot be taken, or is not this machine's alone. */
async function inspect(
  node: NodeHandle,
  { path, leave, take }: DiskParams,
  { rig, name }: FaultContext,
): Promise<DiskReading> {
  const disk = await probeMachine<DiskReading>(rig, node, "disk", path);
  const where = `fault ${name}, ${node.name}`;
  if (rig.driver === "container" && !(disk.type === "tmpfs" && OWN_MOUNTS.includes(disk.mount)))
    throw usageError(
      "DISK_OF_THE_HOST",
      `${path} lies on ${disk.mount} (${disk.type}), which is the host's disk`,
      {
        where,
        expected: `on a container machine a path below ${OWN_MOUNTS.join(", ")}: file systems of its own`,
        fix: "choose such a path, or a real machine: this fault never fills the host's disk",
      },
    );
  if (disk.totalBytes === 0)
    throw usageError("DISK_WITHOUT_SIZE", `${disk.mount} has no size, so it cannot be full`, { where });
  const least = take ?? leave ?? 0;
  if (least <= disk.freeBytes) return disk;
  throw usageError("DISK_TOO_SMALL", `${disk.mount} has ${disk.freeBytes} bytes free, fewer than ${least}`, {
    where,
    expected: `\`leave\` or \`take\` of at most that`,
  });
}

/** One machine's file system: how much was free before decides what is asked. */
function fillEvidence(node: NodeHandle, params: DiskParams, context: FaultContext): Evidence {
  const read = async () =>
    (await probeMachine<DiskReading>(context.rig, node, "disk", params.path)).freeBytes;
  const common = { subject: `${node.name} ${params.path}`, quantity: "disk-free-bytes" } as const;
  let before = 0;
  const unharmed = (measured: number | undefined) => [
    checkNumber({
      ...common,
      asked: before,
      tolerance: DRIFT_BYTES + DRIFT * before,
      measured,
      samples: measured === undefined ? 0 : 1,
    }),
  ];
  return {
    async before() {
      before = (await inspect(node, params, context)).freeBytes;
      return unharmed(await read().catch(() => undefined));
    },
    during() {
      const watch = readRepeatedly(read, INTERVAL_MS);
      return {
        async stop() {
          const readings = await watch.stop();
          const known = readings.filter((reading) => reading !== undefined);
          const asked = params.leave ?? before - (params.take ?? 0);
          const taken = before - asked;
          const check = checkNumber({
            ...common,
            asked,
            // Never so wide that a file system which nobody filled would pass.
            tolerance: taken === 0 ? DRIFT_BYTES + DRIFT * before : Math.min(DRIFT_BYTES, taken / 2),
            measured: known.length === readings.length ? Math.max(...known) : undefined,
            samples: known.length,
            ...(taken === 0 ? {} : { beyond: "less" as const }),
          });
          return [check];
        },
      };
    },
    after: async () => unharmed(await read().catch(() => undefined)),
  };
}

export const diskFull = defineFault({
  name: "disk-full",
  layer: "node",
  summary: "A file system of a machine is filled until little room is left.",
  target: "nodes",
  parameters: z
    .strictObject({
      path: z
        .string()
        .startsWith("/")
        .describe("A directory on the file system, such as `/run` or `/var/lib/kubelet`."),
      leave: quantity("size", "Room that is left for root's processes, such as 4MiB.").optional(),
      take: quantity("size", "Room that is taken. Either this or `leave`.").optional(),
    })
    .refine(({ leave, take }) => (leave === undefined) !== (take === undefined), {
      error: "either `leave` or `take`",
    }),
  proof:
    "Free bytes of the file system (statfs on the machine) over the whole window, against what was free before.",
  undo: "The file is removed, or the file system in memory has its former size again; on its lease by the machine.",
  limits: [
    "Container machines: only file systems in memory that are the machine's own (/run, /tmp, /dev/shm), by a smaller size that takes no memory.",
    "Real machines: any file system where blocks can be allocated (`fallocate`), by one file.",
    "What others free meanwhile is not taken anew.",
  ],
  example: "- { fault: disk-full, target: pi4-1, path: /run, leave: 4MiB }",
  async build(params, target, context) {
    const { name, phase, guard, rig } = context;
    const nodes = nodesOf(target);
    await Promise.all(nodes.map((node) => inspect(node, params, context)));
    const { path, leave, take } = params;
    const amount = leave === undefined ? `${take} bytes taken` : `${leave} bytes left`;
    const spec = {
      path,
      ...(leave === undefined ? { takeBytes: take } : { leaveBytes: leave }),
    };
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `file system of ${path} on ${listNames(nodes)}: ${amount}`,
      affects: namesOf(nodes),
      changes: nodes.map((node) =>
        pressureChange(rig, node, {
          what: `fill the file system of ${path}, ${amount} (pressure disk-fill)`,
          begin: () => ["disk-fill", machineName(context), JSON.stringify(spec)],
          end: ["disk-free", machineName(context)],
        }),
      ),
      evidence: joinEvidence(nodes.map((node) => fillEvidence(node, params, context))),
    });
  },
});
