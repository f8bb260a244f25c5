import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ExitCode } from "../../exit-codes.ts";
import { attachRig } from "../../rig/attach-rig.ts";
import { snapshotRig, type RigSnapshot } from "../../rig/snapshot/snapshot.ts";
import { untilSame } from "../../rig/snapshot/until-same.ts";
import { loadSuites, suiteNamed } from "../../session/suite-catalog.ts";
import { prepareHost } from "../../setup/prepare-host.ts";
import { ensureCheckout } from "../ensure-checkout.ts";
import { runAndKill } from "../kill-test/kill-point.ts";
import { seededFractions } from "../kill-test/seeded-fractions.ts";
import { onInterrupt } from "../interrupt.ts";
import { Progress } from "../progress.ts";

export interface KillTestOptions {
  /** Names of scenarios' suites; none: all of them. */
  suites: readonly string[];
  /** How many runs are killed, over all suites. */
  points: number;
  /** Factor on the durations of the scenarios, so that a point takes seconds. */
  pace: number;
  seed: number;
  json: boolean;
}

const SETTLE_MS = 30_000;
const RIG = "kill-test";
/** It has all that any scenario asks for: three nodes, a lighthouse of its own, a relay. */
const TOPOLOGY = "overlay";

const scenarioSuites = (): string[] =>
  Object.entries(loadSuites()).flatMap(([name, suite]) => ("scenarios" in suite ? [name] : []));

async function snapshot(): Promise<RigSnapshot> {
  const rig = await attachRig(RIG);
  try {
    return await snapshotRig(rig);
  } finally {
    await rig.disconnect();
  }
}

/**
 * `edgeproof test-kill`: kills runs of scenarios by SIGKILL at random moments and heals after each; the rig has to be
 * what it was before. Moments are uniform over the time that a whole run of the suite takes.
 */
export async function testKill(options: KillTestOptions): Promise<ExitCode> {
  ensureCheckout("test-kill");
  const suites = options.suites.length > 0 ? options.suites : scenarioSuites();
  for (const suite of suites) suiteNamed(suite);
  const progress = new Progress(false);
  const signal = onInterrupt(progress.say);
  await using _host = await prepareHost(progress.say, signal);
  const output = await mkdtemp(join(tmpdir(), "edgeproof-kill-"));
  const runArgv = (suite: string) => [
    ...["run", "--suite", suite, "--rig", RIG, "--pace", String(options.pace)],
    ...["--quiet", "--seed", String(options.seed), "--output", output],
  ];
  let passed = 0;
  let failed = 0;
  const differences: { suite: string; killedAfterMs: number; found: string[] }[] = [];
  try {
    const up = await runAndKill({ argv: ["up", TOPOLOGY, "--name", RIG, "--quiet"] });
    if (up.exitCode !== 0) throw new Error(`the rig did not come up:\n${up.output}`);
    const durations = new Map<string, number>();
    for (const suite of suites) {
      signal.throwIfAborted();
      const whole = await runAndKill({ argv: runArgv(suite) });
      durations.set(suite, whole.ranMs);
      progress.say(
        `${suite} takes ${(whole.ranMs / 1000).toFixed(1)} s at this pace, exit ${whole.exitCode}`,
      );
    }
    const clean = await snapshot();
    const fractions = seededFractions(options.seed, options.points);
    for (const [index, fraction] of fractions.entries()) {
      signal.throwIfAborted();
      const suite = suites[index % suites.length] ?? "";
      const killAfterMs = fraction * (durations.get(suite) ?? 0);
      await runAndKill({ argv: runArgv(suite), killAfterMs });
      const began = performance.now();
      const healed = await runAndKill({ argv: ["heal", RIG, "--json"] });
      const healMs = performance.now() - began;
      const found = await untilSame(clean, snapshot, { timeoutMs: SETTLE_MS, signal });
      signal.throwIfAborted();
      if (healed.exitCode !== 0) found.unshift(`heal exited with ${healed.exitCode}: ${healed.output}`);
      if (found.length === 0) passed++;
      else {
        failed++;
        differences.push({ suite, killedAfterMs: killAfterMs, found });
      }
      const where = `${suite} killed after ${(killAfterMs / 1000).toFixed(2)} s, healed in ${(healMs / 1000).toFixed(1)} s`;
      const verdict =
        found.length === 0 ? "as before" : `${found.length} differences\n  ${found.join("\n  ")}`;
      progress.say(`${index + 1}/${options.points} ${where}: ${verdict}`);
    }
  } finally {
    await runAndKill({ argv: ["down", RIG] });
    await rm(output, { recursive: true, force: true });
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ passed, failed, differences })}\n`);
  else process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? ExitCode.met : ExitCode.broken;
}
