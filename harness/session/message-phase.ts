import { rigError } from "../errors.ts";
import type { ChannelRecord } from "../messages/plan.ts";
import type { PhaseKind } from "../record/model.ts";
import { buildFaults } from "./build-faults.ts";
import { brokerOf, exchangeMessages, type MessageLoad, recordRecovery } from "./messages.ts";
import { runTimeline } from "./run-timeline.ts";
import type { Session } from "./session.ts";
import { trialScenario } from "./try-fault.ts";

export interface MessagePhase extends Omit<MessageLoad, "onOpen"> {
  kind: PhaseKind;
}

export interface FaultedMessagePhase extends Omit<MessagePhase, "kind"> {
  /** Faults as in a scenario's fault phase, YAML; their times count from when the messages begin. */
  faults: string;
  /** What recovery is counted from: the end of the last fault, or the beginning of the one that hits a channel's broker. */
  recoveryFrom: "end" | { kills: Readonly<Record<string, string>> };
}

/** A phase in which messages are exchanged, with nothing broken. */
export async function messagePhase(session: Session, { kind, ...load }: MessagePhase): Promise<void> {
  await session.phase({ name: load.phase, kind }, async () => {
    await exchangeMessages(session, load);
  });
}

/** The same with faults that come and go while messages are on their way, and with the time until new ones do. */
export async function faultedMessagePhase(session: Session, spec: FaultedMessagePhase): Promise<void> {
  const { faults: text, recoveryFrom, ...load } = spec;
  const { phase, durationMs } = load;
  const { faultRig: rig, guard, links, seed, signal, say } = session;
  // Of a trial only its faults count; the function is never called.
  const trial = { phase, faults: text, windowMs: durationMs, fn: "hello-world" };
  const scenario = trialScenario(trial, session.rig.topology, seed);
  const functionUrl = (fn: string): string => session.gateway.route(fn).url;
  const entries = await buildFaults(scenario, { rig, guard, links, seed, functionUrl });
  let records: ChannelRecord[] = [];
  await session.phase({ name: phase, kind: "fault" }, async (faults) => {
    let opened: () => void = () => undefined;
    const open = new Promise<void>((resolve) => (opened = resolve));
    const exchanged = exchangeMessages(session, { ...load, onOpen: opened });
    exchanged.catch(() => undefined);
    await Promise.race([open, exchanged]);
    const timeline = { entries, faults, beganAt: Date.now(), signal, say, onInForce: () => undefined };
    [records] = await Promise.all([exchanged, runTimeline(timeline)]);
  });

  const moment = (at: number | undefined): number => {
    if (at === undefined)
      throw rigError("NO_FAULT_TIME", `${phase} does not know when its fault was in force`);
    return at;
  };
  for (const record of records) {
    const ended = entries.map(({ name }) => moment(guard.revertedAt(name)));
    const killer = recoveryFrom === "end" ? undefined : recoveryFrom.kills[brokerOf(record.channel)];
    if (recoveryFrom !== "end" && killer === undefined) continue;
    const [at, since] =
      killer === undefined
        ? [Math.max(...ended), "the end of the fault"]
        : [moment(guard.begunAt(killer)), `${killer} was done`];
    recordRecovery(session, [record], { phase, at, since });
  }
}
