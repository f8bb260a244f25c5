import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { type Evidence, type StateReading, checkStates } from "../evidence.ts";
import type { FaultRig } from "../fault-rig.ts";
import { Newcomer } from "./newcomer.ts";
import { pinged } from "./readings.ts";
import { type ExpectedState, stateEvidence, untilAll } from "../state-evidence.ts";
import { answersOf } from "./targets.ts";

/** A handshake is tried for 5.5 s (Nebula 1.10.3: 10 tries, 100 ms apart and longer each time). */
const MEET_MS = 12_000;

export interface NewPairOptions {
  rig: FaultRig;
  /** Machines that cannot meet anybody while the fault is in force. */
  nodes: readonly NodeHandle[];
  others: readonly NodeHandle[];
  /** Reaches the newcomer all the time. */
  control: NodeHandle;
  /** Where newcomers run. */
  host: NodeHandle;
}

/** Pairs that have a tunnel go on, pairs that have none get none: asked of newcomers, another one each time. */
export function newPairEvidence({ rig, nodes, others, control, host }: NewPairOptions): Evidence {
  const meets = [control, ...nodes];
  const reach = (from: NodeHandle, { address }: Newcomer): StateReading => ({
    subject: `${from.name} -> a newcomer (${address})`,
    quantity: "tunnel",
    read: () => pinged(from, address),
  });
  const old = answersOf(others, nodes).map((reading): ExpectedState => ({ ...reading, during: true }));

  /** Everyone meets a newcomer, which may take its time. */
  async function everyoneMeets() {
    const newcomer = await Newcomer.start({ rig, host, meets });
    try {
      const readings = meets.map((from) => reach(from, newcomer));
      await untilAll(readings, true, { timeoutMs: MEET_MS });
      return await checkStates([...answersOf(others, nodes), ...readings], true);
    } finally {
      await newcomer.leave();
    }
  }

  return {
    before: everyoneMeets,
    during() {
      const opened = open();
      opened.catch(() => undefined);
      return {
        async stop() {
          const { newcomer, window } = await opened;
          try {
            return await window.stop();
          } finally {
            await newcomer.leave();
          }
        },
      };
    },
    after: everyoneMeets,
  };

  async function open() {
    const newcomer = await Newcomer.start({ rig, host, meets });
    // It comes up by itself and meets the control before it is judged.
    await untilAll([reach(control, newcomer)], true, { timeoutMs: MEET_MS });
    const window = stateEvidence([
      ...old,
      { ...reach(control, newcomer), during: true },
      ...nodes.map((node) => ({ ...reach(node, newcomer), during: false })),
    ]).during();
    return { newcomer, window };
  }
}
