import { nodeKill } from "../../chaos/faults/node/node-kill.ts";
import type { Guard } from "../../chaos/journal/change.ts";
import { rigError } from "../errors.ts";
import type { NodeFailure } from "../record/model.ts";
import { NodeOutage } from "./node-outage.ts";
import { atShare } from "./offered-rate.ts";
import type { Session } from "./session.ts";

/** Which node loses its power, and what is loaded meanwhile. */
export interface OutageSpec {
  /** Name of the phase that it becomes. */
  phase: string;
  /** A deployed function, which is loaded meanwhile. */
  fn: string;
  /** The node that loses its power. */
  node: string;
  /** Requests a second. */
  ratePerSecond: number;
  /** How long the load and the outage last. */
  durationMs: number;
  /** @default 5000 */
  timeoutMs?: number;
}

/**
 * Cuts a node's power under load for a phase, gives it back, and records when the cluster noticed, when its pods were
 * replaced, from when to when requests failed, and when it was Ready again.
 */
export async function measureOutage(session: Session, spec: OutageSpec): Promise<NodeFailure> {
  const { phase, fn, node, durationMs } = spec;
  const { rig, faultRig, guard, links, seed } = session;
  const victim = rig.topology.nodes.find(({ name }) => name === node);
  if (!victim)
    throw rigError("NO_SUCH_NODE", `the topology has no node ${node}`, { where: rig.topology.file });
  const outage = new NodeOutage(phase, node, victim.deviceClass, session.patience);
  await outage.observe(rig, fn);
  const noting: Guard = {
    apply(name, change) {
      outage.killed(Date.now());
      return guard.apply(name, change);
    },
    revert(name) {
      outage.restarted(Date.now());
      return guard.revert(name);
    },
  };
  const fault = await nodeKill.build(
    {},
    { kind: "nodes", nodes: [faultRig.machine(node)] },
    {
      ...{ name: "node-kill", phase, rig: faultRig, guard: noting, links, seed, unprobed: [] },
      functionUrl: (name) => session.gateway.route(name).url,
    },
  );
  try {
    await session.phase({ name: phase, kind: "fault", faults: [fault] }, async () => {
      const { node: _, ...offered } = spec;
      const load = session.load(atShare(offered, session.rate, "as-long"));
      load.catch(() => undefined);
      await outage.untilReplaced(durationMs);
      outage.requests(await load);
    });
    await outage.untilRejoined();
  } finally {
    outage.stop();
    session.recorder.event({ type: "node-failure", at: Date.now(), nodeFailure: outage.facts });
    session.forgetFacts();
  }
  return outage.facts;
}
