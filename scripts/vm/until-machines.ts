import { setTimeout as delay } from "node:timers/promises";

import { rigError } from "../../harness/errors.ts";
import { connectTo } from "./lab.ts";
import type { LabRun } from "./run-edgeproof.ts";

const POLL_MS = 3_000;
const PATHS = 'export PATH="$PATH:/usr/sbin:/sbin"';

/** What a machine is asked, past the rig on it: a shell's condition. */
const QUESTIONS = {
  impaired: 'tc qdisc show | grep -q "htb ed00:"',
  "agent-runs": "systemctl is-active --quiet edgeproof-agent.service",
};

export interface UntilMachines {
  question: keyof typeof QUESTIONS;
  /** How many of the machines it has to be true of. */
  wanted: "all" | "some" | "none";
  /** @default all machines */
  of?: readonly string[];
  limitMs: number;
}

/** Asks machines again and again. Resolves with how long it took, s. @throws EdgeproofError at the limit */
export async function untilMachines(
  { lab, signal }: LabRun,
  { question, wanted, of = lab.machines.map(({ name }) => name), limitMs }: UntilMachines,
): Promise<number> {
  const began = performance.now();
  const script = `${PATHS}; if ${QUESTIONS[question]}; then echo yes; else echo no; fi`;
  const connections = connectTo(lab);
  try {
    for (;;) {
      const asked = of.map(
        async (name) => (await connections.to(name).run(script, [])).stdout.trim() === "yes",
      );
      const yes = (await Promise.all(asked)).filter(Boolean).length;
      const seconds = Math.round((performance.now() - began) / 1000);
      if (wanted === "all" ? yes === of.length : wanted === "some" ? yes > 0 : yes === 0) return seconds;
      if (seconds * 1000 > limitMs)
        throw rigError("VM_MACHINES", `${yes} of ${of.length} machines are ${question} after ${seconds} s`, {
          where: of.join(", "),
          expected: `${wanted} within ${limitMs / 1000} s`,
        });
      await delay(POLL_MS, undefined, { signal });
    }
  } finally {
    await connections.close();
  }
}
