import { ExitCode } from "../../exit-codes.ts";
import { prepareTests } from "../../setup/prepare-host.ts";
import { nodeTarget } from "../../toolchain/node-target.ts";
import { resolveNodeTools } from "../../toolchain/resolve.ts";
import { ensureCheckout } from "../ensure-checkout.ts";
import { Progress } from "../progress.ts";
import { unitTests } from "../unit-tests.ts";
import { executeAll, printOutcome } from "./run.ts";

/** Above this share of undecided objectives a run has tested too little to count as one. */
const MOST_UNDECIDED = 0.5;

/** From the worst to the best that several suites can end with. */
const FROM_WORST = [
  ExitCode.interrupted,
  ExitCode.internal,
  ExitCode.broken,
  ExitCode.missed,
  ExitCode.inconclusive,
];

const worstExitCode = (codes: readonly ExitCode[]): ExitCode =>
  FROM_WORST.find((code) => codes.includes(code)) ?? ExitCode.met;

/**
 * `npm test`: unit tests, then on one real rig the quickstart's suites and BenchFaaS's tests in their small form. An
 * objective that a noisy host left open is a skipped test; if most are, the run is inconclusive. The last line is
 * `N passed, N failed, N skipped`.
 */
export async function test(options: { output: string; seed: number }): Promise<ExitCode> {
  ensureCheckout("test");
  const progress = new Progress(false);
  await prepareTests(progress.say);
  // The tests of the load generator need the real one.
  await resolveNodeTools(["k6"], nodeTarget(process.arch), { onProgress: progress.toolchain });
  const unit = await unitTests();
  const run = { suite: "quickstart", ...options, json: false, quiet: false, skipInconclusive: true };
  const outcomes = await executeAll(run, ["benchfaas-small"]);
  for (const outcome of outcomes) printOutcome(outcome, { json: false });
  const sum = (word: "passed" | "failed" | "skipped"): number =>
    outcomes.reduce((total, { tests }) => total + tests[word], unit[word]);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  const judgements = outcomes.flatMap((outcome) => outcome.judgements);
  const exitCode = worstExitCode(outcomes.map((outcome) => outcome.exitCode));
  const undecided = judgements.filter(({ verdict }) => verdict === "inconclusive").length;
  const few = undecided > judgements.length * MOST_UNDECIDED;
  if (few)
    process.stdout.write(
      `${undecided} of ${judgements.length} objectives are undecided: the host was too busy\n`,
    );
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  if (unit.failed > 0) return ExitCode.internal;
  if (exitCode === ExitCode.inconclusive && !few && failed === 0) return ExitCode.met;
  return exitCode;
}
