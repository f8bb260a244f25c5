import { httpProbe } from "../../chaos/probe/http-probe.ts";
import { rigError } from "../errors.ts";
import type { Session } from "./session.ts";

/**
 * Resolves when the tester got 150 answers in a row from a function, over its node port: then no route leads to a dead pod
 * any more (one in ten would be seen with a probability of 1 - 1e-7). How long it took is recorded as a note.
 */
export async function untilAnswering(session: Session, fn: string, timeoutMs: number): Promise<void> {
  const { signal, rig, gateway, recorder, patience } = session;
  const began = Date.now();
  const url = `${gateway.route(fn).url}healthz`;
  for (;;) {
    signal.throwIfAborted();
    const probe = { count: 150, intervalMs: 5 * patience, timeoutMs: 1_000 * patience, signal };
    const answers = await httpProbe(rig.tester, url, probe);
    const seconds = (Date.now() - began) / 1000;
    if (answers.length === probe.count && answers.every((answer) => answer !== undefined)) {
      const text = `${fn} answered ${probe.count} requests in a row ${seconds.toFixed(1)} s after its replicas were ready`;
      return recorder.event({ type: "note", at: Date.now(), text });
    }
    if (seconds * 1000 > timeoutMs * patience)
      throw rigError("NOT_ANSWERING", `${fn} does not answer every request after ${seconds.toFixed(0)} s`, {
        where: url,
      });
  }
}
