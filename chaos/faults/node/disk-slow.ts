import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import { quantity } from "../../../harness/config/quantity-schema.ts";
import type { ReceiptCheck } from "../../../harness/record/model.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { ChangeFault } from "../change-fault.ts";
import { type FaultContext, defineFault } from "../definition.ts";
import type { Evidence } from "../evidence.ts";
import type { FaultRig } from "../fault-rig.ts";
import { median } from "../../probe/statistics.ts";
import { readRepeatedly } from "../read-repeatedly.ts";
import { joinEvidence } from "./join-evidence.ts";
import { machineName, pressureChange, probeMachine } from "./machine-programs.ts";
import { checkNumber } from "./numbers.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

const BLOCK_BYTES = 4096;
const LARGEST_WRITE_BYTES = 4 * 1024 ** 2;
/** With a rate, a probe's write is so large that it takes this long: far above what a sound disk needs. */
const WRITE_MS = 250;
const WRITES = 4;
const INTERVAL_MS = 500;
const TOLERANCE = 0.2;
/** One synchronous write may be up to four operations of the disk: data, journal, commit, and their order. */
const MOST_OPERATIONS = 4;
/** A sound disk that others use too. */
const SOUND_SLACK_MS = 25;
const LEAST_RATE = 64 * 1024;
const LONGEST_LATENCY_MS = 1_000;

interface SlowParams {
  path: string;
  bytesPerSecond?: number | undefined;
  latency?: number | undefined;
}

const limitOf = ({ bytesPerSecond, latency }: SlowParams): Record<string, number> => {
  if (bytesPerSecond !== undefined) return { bytesPerSecond: Math.round(bytesPerSecond) };
  return latency ? { operationsPerSecond: Math.max(1, Math.floor(1000 / latency)) } : {};
};

/** What a write of the probe should take, beside what it takes anyway. */
function expectedWrite({ bytesPerSecond, latency = 0 }: SlowParams): {
  bytes: number;
  addedMs: number;
  toleranceMs: number;
} {
  if (bytesPerSecond === undefined)
    return {
      bytes: BLOCK_BYTES,
      addedMs: (latency * (1 + MOST_OPERATIONS)) / 2,
      toleranceMs: (latency * (MOST_OPERATIONS - 1)) / 2 + TOLERANCE * latency,
    };
  const wanted = Math.round((bytesPerSecond * WRITE_MS) / 1000 / BLOCK_BYTES) * BLOCK_BYTES;
  const bytes = Math.min(LARGEST_WRITE_BYTES, Math.max(BLOCK_BYTES, wanted));
  const addedMs = (bytes / bytesPerSecond) * 1000;
  return { bytes, addedMs, toleranceMs: TOLERANCE * addedMs };
}

function slowEvidence(node: NodeHandle, params: SlowParams, context: FaultContext): Evidence {
  const { bytes, addedMs, toleranceMs } = expectedWrite(params);
  const writes = () =>
    probeMachine<number[]>(context.rig, node, "writes", params.path, String(bytes), String(WRITES));
  const common = { subject: `${node.name} ${params.path}`, quantity: "disk-write-ms" } as const;
  let sound = 0;
  const asSound = (times: readonly number[]): ReceiptCheck[] => [
    checkNumber({
      ...common,
      asked: sound,
      // Below half of what the fault adds: a slow disk must not pass for a sound one.
      tolerance: Math.min(SOUND_SLACK_MS + 2 * sound, addedMs > 0 ? addedMs / 2 : Infinity),
      measured: median(times),
      samples: times.length,
      beyond: "less",
    }),
  ];
  return {
    async before() {
      const times = await writes();
      sound = times.length > 0 ? median(times) : 0;
      return asSound(await writes().catch(() => []));
    },
    during() {
      const watch = readRepeatedly(writes, INTERVAL_MS);
      return {
        async stop() {
          const readings = await watch.stop();
          const times = readings.every((reading) => reading !== undefined) ? readings.flat() : [];
          if (addedMs === 0) return asSound(times);
          const check = { ...common, asked: sound + addedMs, tolerance: toleranceMs + sound };
          return [checkNumber({ ...check, measured: median(times), samples: times.length })];
        },
      };
    },
    after: async () => asSound(await writes().catch(() => [])),
  };
}

export const diskSlow = defineFault({
  name: "disk-slow",
  layer: "node",
  summary: "Reads and writes of a machine's processes on one disk are slowed by cgroup limits.",
  target: "nodes",
  parameters: z
    .strictObject({
      path: z
        .string()
        .startsWith("/")
        .default("/var/lib/kubelet")
        .describe("A directory on the disk. Default /var/lib/kubelet."),
      bytesPerSecond: quantity("size", "Bytes a second, read and written each, at least 64KiB.").optional(),
      latency: quantity(
        "duration",
        "Time that each operation takes at least, up to 1s: at most 1/latency a second. Either this or a rate.",
      ).optional(),
    })
    .refine(({ bytesPerSecond, latency }) => (bytesPerSecond === undefined) !== (latency === undefined), {
      error: "either `bytesPerSecond` or `latency`",
    }),
  proof: "Median time of synchronous writes (O_DSYNC) by a probe on the machine, over the window.",
  undo: "The limits are taken away; on its lease by the machine.",
  limits: [
    "cgroup v2 with the io controller (io.max), or v1 with blkio.throttle.",
    "v1 limits each cgroup by itself, those that are there when the fault begins, and only what is written through to the disk.",
    "With `latency` a synchronous write takes one to four times as long: it is up to four operations.",
    "A path that lies on no block device (tmpfs, overlay, btrfs) is refused, as is a disk that has limits already.",
  ],
  example: "- { fault: disk-slow, target: pi4-1, bytesPerSecond: 1MiB }",
  async build(params, target, context) {
    const { name, phase, guard, rig } = context;
    const { path, bytesPerSecond, latency } = params;
    if ((bytesPerSecond ?? LEAST_RATE) < LEAST_RATE || (latency ?? 0) > LONGEST_LATENCY_MS)
      throw usageError("DISK_TOO_SLOW", "a disk that slow keeps its machine from undoing the fault", {
        where: `fault ${name}`,
        expected: "at least 64KiB a second, or a latency of at most 1s",
      });
    const nodes = nodesOf(target);
    // Asks the machine for the disk: what cannot be limited is refused before anything is touched.
    for (const node of nodes) await refuseOthers(node, path, context);
    const spec = { path, ...limitOf(params), ownRoot: rig.driver === "container" };
    const speed =
      bytesPerSecond === undefined ? `${latency} ms an operation` : `${bytesPerSecond} bytes a second`;
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `the disk of ${path} on ${listNames(nodes)} slowed to ${speed}`,
      affects: namesOf(nodes),
      changes: nodes.map((node) =>
        pressureChange(rig, node, {
          what: `limit the disk of ${path} to ${speed} (pressure io-slow)`,
          begin: () => ["io-slow", machineName(context), JSON.stringify(spec)],
          end: ["io-restore", machineName(context)],
        }),
      ),
      evidence: joinEvidence(nodes.map((node) => slowEvidence(node, params, context))),
    });
  },
});

const rootOf = ({ driver }: FaultRig): string => (driver === "container" ? "own" : "shared");

async function refuseOthers(node: NodeHandle, path: string, { rig, name }: FaultContext): Promise<void> {
  await probeMachine<string>(rig, node, "limitable", path, rootOf(rig)).catch((cause: unknown) => {
    throw usageError("DISK_NOT_LIMITABLE", `the disk of ${path} on ${node.name} cannot be slowed`, {
      where: `fault ${name}`,
      expected: "a path on a block device, and a cgroup tree that limits such devices and does not yet",
      cause,
    });
  });
}
