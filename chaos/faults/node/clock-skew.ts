import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import { quantity } from "../../../harness/config/quantity-schema.ts";
import type { ReceiptCheck } from "../../../harness/record/model.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import type { Evidence } from "../evidence.ts";
import { readRepeatedly } from "../read-repeatedly.ts";
import { joinEvidence } from "./join-evidence.ts";
import { machineName, pressureChange } from "./machine-programs.ts";
import { checkNumber } from "./numbers.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

const ASKED_TIMES = 5;
const INTERVAL_MS = 2_000;
/** Besides half of the round trip of the asking, which nothing can tell apart. */
const TOLERANCE_MS = 20;

export interface ClockReading {
  /** The machine's clock minus the tester's, ms. */
  offsetMs: number;
  /** The offset may be wrong by as much. */
  uncertaintyMs: number;
}

/** The machine's clock against the tester's, by the quickest of some questions (RFC 5905's idea, with one stamp). */
async function readClock(
  ask: () => Promise<number>,
  now: () => number = () => performance.timeOrigin + performance.now(),
): Promise<ClockReading> {
  let best: ClockReading | undefined;
  for (let asked = 0; asked < ASKED_TIMES; asked++) {
    const sent = now();
    const there = await ask();
    const received = now();
    const uncertaintyMs = (received - sent) / 2;
    if (best && best.uncertaintyMs <= uncertaintyMs) continue;
    best = { offsetMs: there - (sent + received) / 2, uncertaintyMs };
  }
  if (!best) throw new Error("the clock was not asked");
  return best;
}

/** ms since the epoch, by the machine's own clock. */
const askMachine = async (node: NodeHandle): Promise<number> =>
  Number((await node.exec(["date", "+%s%N"])).stdout.trim()) / 1e6;

function clockEvidence(node: NodeHandle, askedMs: number): Evidence {
  const read = () => readClock(() => askMachine(node));
  let before: ClockReading | undefined;
  const judge = (readings: readonly (ClockReading | undefined)[], asked: number): ReceiptCheck[] => {
    const known = readings.filter((reading) => reading !== undefined);
    const worst = known.toSorted((a, b) => Math.abs(b.offsetMs - asked) - Math.abs(a.offsetMs - asked))[0];
    const complete = known.length === readings.length && before !== undefined;
    return [
      checkNumber({
        subject: node.name,
        quantity: "clock-offset-ms",
        asked,
        measured: complete ? worst?.offsetMs : undefined,
        tolerance: TOLERANCE_MS + (worst?.uncertaintyMs ?? 0) + (before?.uncertaintyMs ?? 0),
        samples: known.length,
      }),
    ];
  };
  const asBefore = async () => judge([await read().catch(() => undefined)], before?.offsetMs ?? 0);
  return {
    async before() {
      before = await read();
      return asBefore();
    },
    during() {
      const watch = readRepeatedly(read, INTERVAL_MS);
      return { stop: async () => judge(await watch.stop(), (before?.offsetMs ?? 0) + askedMs) };
    },
    after: asBefore,
  };
}

export const clockSkew = defineFault({
  name: "clock-skew",
  layer: "node",
  summary: "A real machine's wall clock is set ahead or back.",
  target: "nodes",
  parameters: z.strictObject({
    offset: quantity("duration", "How far the clock is set off."),
    direction: z.enum(["ahead", "back"]).default("ahead").describe("Which way. Default ahead."),
  }),
  proof:
    "The machine's clock against the tester's, corrected by half the round trip of asking, over the window.",
  undo: "The clock is set to the true time, by the machine's steady clock; on its lease by the machine.",
  limits: [
    "ssh driver only: a container has its host's clock.",
    "A time daemon that steps the clock back (chrony, systemd-timesyncd) ends the fault early, and the receipt is broken: stop it before.",
    "After a reboot the machine takes its time anew, and nothing is set back.",
  ],
  example: "- { fault: clock-skew, target: pi4-1, offset: 5m, direction: back }",
  build({ offset, direction }, target, context) {
    const { name, phase, guard, rig } = context;
    if (rig.driver === "container")
      throw usageError(
        "NO_OWN_CLOCK",
        "a container machine has its host's clock: setting it would set the host's",
        {
          where: `fault ${name}`,
          expected: "machines of the ssh driver",
        },
      );
    const nodes = nodesOf(target);
    const offsetMs = direction === "ahead" ? offset : -offset;
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `clock of ${listNames(nodes)} set ${offset} ms ${direction}`,
      affects: namesOf(nodes),
      changes: nodes.map((node) =>
        pressureChange(rig, node, {
          what: `set the clock ${offset} ms ${direction} (pressure clock-skew)`,
          begin: () => ["clock-skew", machineName(context), String(offsetMs)],
          end: ["clock-restore", machineName(context)],
        }),
      ),
      evidence: joinEvidence(nodes.map((node) => clockEvidence(node, offsetMs))),
    });
  },
});
