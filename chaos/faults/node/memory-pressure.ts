import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import { quantity } from "../../../harness/config/quantity-schema.ts";
import type { ReceiptCheck } from "../../../harness/record/model.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { LoadReading, ResourceReading } from "../../pressure/probe.ts";
import { ChangeFault } from "../change-fault.ts";
import { type FaultContext, defineFault } from "../definition.ts";
import { readRepeatedly } from "../read-repeatedly.ts";
import { joinEvidence } from "./join-evidence.ts";
import { machineName, pressureChange, probeMachine } from "./machine-programs.ts";
import { checkNumber } from "./numbers.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

const MIB = 1024 ** 2;
/** The program itself needs 8 to 24 MiB beside what it holds (measured, Node 20). */
const PROGRAM_BYTES = 32 * MIB;
const TOLERANCE = 0.02;
/** Less than that cannot be told from the program itself. */
const LEAST_BYTES = 2 * PROGRAM_BYTES;
/** chaos/pressure/memory.ts refuses the same on the machine. */
const MOST_OF_AVAILABLE = 0.9;
/** What others may take or give back meanwhile, of what was available. */
const DRIFT = 0.02;
const INTERVAL_MS = 1_000;

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(2)} GiB`;

interface Reading {
  load: LoadReading;
  available: number;
}

/** One machine's share of the fault. Its size is settled when the fault begins: it depends on what is available then. */
class MemoryHold {
  readonly node: NodeHandle;
  private readonly context: FaultContext;
  private readonly wanted: { bytes: number } | { leave: number };
  private available = 0;

  constructor(node: NodeHandle, wanted: { bytes: number } | { leave: number }, context: FaultContext) {
    this.node = node;
    this.wanted = wanted;
    this.context = context;
  }

  get bytes(): number {
    const { wanted } = this;
    return "bytes" in wanted ? wanted.bytes : Math.floor(this.available * (1 - wanted.leave));
  }

  /** @throws EdgeproofError where the machine must not lose as much. */
  async settle(): Promise<void> {
    const resources = await probeMachine<ResourceReading>(this.context.rig, this.node, "resources");
    this.available = resources.availableBytes;
    const most = MOST_OF_AVAILABLE * this.available;
    if (this.bytes === 0 || (this.bytes >= LEAST_BYTES && this.bytes <= most)) return;
    throw usageError(
      "MEMORY_PRESSURE_SIZE",
      `${gib(this.bytes)} of ${this.node.name}'s ${gib(this.available)} available memory cannot be held`,
      {
        where: `fault ${this.context.name}`,
        expected: `0, or from ${gib(LEAST_BYTES)} to 90 % of what is available, ${gib(most)}`,
      },
    );
  }

  async read(): Promise<Reading> {
    const { rig } = this.context;
    const [load, { availableBytes: available }] = await Promise.all([
      probeMachine<LoadReading>(rig, this.node, "load", machineName(this.context)),
      probeMachine<ResourceReading>(rig, this.node, "resources"),
    ]);
    return { load, available };
  }

  judge(readings: readonly (Reading | undefined)[]): ReceiptCheck[] {
    const known = readings.filter((reading) => reading !== undefined);
    const all = known.length === readings.length;
    const { bytes } = this;
    const least = (values: number[]): number | undefined => (all ? Math.min(...values) : undefined);
    const common = { quantity: "memory-bytes", samples: known.length } as const;
    const resident = checkNumber({
      ...common,
      subject: `${this.node.name} held`,
      asked: bytes,
      measured: least(known.map(({ load }) => load.anonymousBytes)),
      tolerance: PROGRAM_BYTES + TOLERANCE * bytes,
    });
    const slack = bytes / 2 + DRIFT * this.available;
    if (bytes <= slack) return [resident];
    const available = checkNumber({
      ...common,
      subject: `${this.node.name} available`,
      asked: this.available - bytes,
      measured: all ? Math.max(...known.map((reading) => reading.available)) : undefined,
      tolerance: slack,
      beyond: "less",
    });
    return [resident, available];
  }

  async none(): Promise<ReceiptCheck[]> {
    const found = await this.read().catch(() => undefined);
    const check = {
      subject: `${this.node.name} held`,
      quantity: "memory-bytes",
      asked: 0,
      tolerance: 0,
    } as const;
    return [checkNumber({ ...check, measured: found?.load.anonymousBytes, samples: found ? 1 : 0 })];
  }
}

export const memoryPressure = defineFault({
  name: "memory-pressure",
  layer: "node",
  summary: "A process holds memory of a machine, resident, so that others do without.",
  target: "nodes",
  parameters: z
    .strictObject({
      bytes: quantity("size", "How much is held: 0, or from 64MiB.").optional(),
      leave: quantity("share", "Share of the available memory that is left, at least 10%.").optional(),
    })
    .refine(({ bytes, leave }) => (bytes === undefined) !== (leave === undefined), {
      error: "either `bytes` or `leave`",
    }),
  proof:
    "Resident memory of the load's process over the window, and how much less is available (/proc, cgroup).",
  undo: "The load's process is killed; on its lease by the machine, and it ends by itself with the machine's agent.",
  limits: [
    "Refused above 90 % of what is available to the machine: its cgroup's, or the kernel's estimate.",
    "Should the machine run out in spite of that, the load is what the kernel kills first, and the receipt is broken.",
    "A container machine without a memory limit takes the host's memory.",
    "How much less is available is judged only where it is more than half of what is held and 2 % of what there was.",
  ],
  example: "- { fault: memory-pressure, target: pi4-1, leave: 25% }",
  async build({ bytes, leave }, target, context) {
    const { name, phase, guard, rig } = context;
    const nodes = nodesOf(target);
    const wanted = bytes === undefined ? { leave: leave ?? 1 } : { bytes };
    const holds = nodes.map((node) => new MemoryHold(node, wanted, context));
    await Promise.all(holds.map((hold) => hold.settle()));
    const amount = "bytes" in wanted ? `${wanted.bytes} bytes` : `all but ${wanted.leave * 100} %`;
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `${amount} of the memory of ${listNames(nodes)} held`,
      affects: namesOf(nodes),
      changes: holds.map((hold) =>
        pressureChange(rig, hold.node, {
          what: `hold ${amount} of memory (pressure start)`,
          begin: () => ["start", machineName(context), JSON.stringify({ kind: "memory", bytes: hold.bytes })],
          end: ["stop", machineName(context)],
        }),
      ),
      evidence: joinEvidence(
        holds.map((hold) => ({
          async before() {
            await hold.settle();
            return hold.none();
          },
          during() {
            const watch = readRepeatedly(() => hold.read(), INTERVAL_MS);
            return { stop: async () => hold.judge(await watch.stop()) };
          },
          after: () => hold.none(),
        })),
      ),
    });
  },
});
