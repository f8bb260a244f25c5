import { setTimeout as delay } from "node:timers/promises";

import { EdgeproofError, rigError, usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { readBootMark } from "./boot-mark.ts";

/**
 * `orderly`: services are asked to end and file systems are written out. `reset`: the kernel restarts the machine at once,
 * as if its power had been cut for a moment; what was not yet on the disk is lost.
 */
export type RebootHow = "orderly" | "reset";

const SYSRQ = "/proc/sysrq-trigger";
/** Documentation/admin-guide/sysrq.rst: reboot at once, without syncing or unmounting. */
const RESET = "b";
const COMMAND: Record<RebootHow, { argv: string[]; stdin?: string }> = {
  orderly: { argv: ["systemctl", "reboot"] },
  reset: { argv: ["tee", SYSRQ], stdin: RESET },
};
export const rebootCommand = (how: RebootHow): string =>
  how === "orderly" ? "systemctl reboot" : `echo ${RESET} > ${SYSRQ}`;

const BOOT_TIMEOUT_MS = 300_000;
const ASK_INTERVAL_MS = 1_000;
/** A connection to a machine that was reset may hang, ms. */
const ASK_LIMIT_MS = 10_000;

/** @throws EdgeproofError (usage) where the machine could not do it; nothing was touched then */
export async function requireReboot(node: NodeHandle, how: RebootHow): Promise<void> {
  const needed = how === "orderly" ? ["systemctl", "--version"] : ["test", "-w", SYSRQ];
  const { exitCode } = await node.exec(needed, { allowFailure: true });
  if (exitCode === 0) return;
  throw usageError("NO_REBOOT", `${node.name} cannot be rebooted this way`, {
    where: node.name,
    expected: how === "orderly" ? "a machine with systemd" : `a kernel with ${SYSRQ}, and root`,
    fix: how === "orderly" ? "use `how: reset`" : "use `how: orderly`",
  });
}

/** Resolves when the machine has booted anew and answers: another boot id than `old`. */
export async function reboot(node: NodeHandle, how: RebootHow, old: string): Promise<void> {
  const { argv, ...options } = COMMAND[how];
  let refusal: unknown;
  // The connection ends with the machine, before the answer comes or instead of it.
  node.exec(argv, options).catch((error: unknown) => {
    if (error instanceof EdgeproofError && error.code === "NODE_COMMAND_FAILED") refusal = error;
  });
  await untilBootIdIsNot(node, old, BOOT_TIMEOUT_MS, () => {
    if (refusal) throw refusal as Error;
  });
}

/** A machine that reboots answers its old boot id, then nothing, then the new one. */
export async function untilBootIdIsNot(
  node: NodeHandle,
  old: string,
  limitMs: number,
  check: () => void = () => undefined,
): Promise<void> {
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await delay(ASK_INTERVAL_MS)) {
    check();
    const mark = await Promise.race([
      readBootMark(node).catch(() => undefined),
      delay(ASK_LIMIT_MS, undefined, { ref: false }),
    ]);
    if (mark && mark.bootId !== old) return;
  }
  throw rigError("NODE_NOT_REBOOTED", `${node.name} did not boot anew`, {
    where: node.name,
    expected: `another boot id within ${limitMs / 1000} s`,
    fix: "Look at the machine: a real one that does not come back has to be switched off and on by hand.",
  });
}
