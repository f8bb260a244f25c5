import { attachJudgements, attachment, attachPlots, parameter } from "../../reports/allure.ts";
import { judge } from "../judge/judge.ts";
import { failsRun, overallVerdict } from "../judge/judgement.ts";
import { isAboutPhase } from "../judge/objective.ts";
import { currentSession } from "../session/current-session.ts";
import { expect } from "./expect.ts";

/** What `judgesPhase` asks for. */
export interface JudgesPhaseOptions {
  /** A phase that no objective is about is refused. @default true */
  required?: boolean;
  /** One more test: that the phase's faults really held, by their receipts. @default true */
  receipts?: boolean;
}

/**
 * For suites, within `describe`: one mocha test for each objective of the run that is about a phase, and one that the
 * phase's faults really held. The phase itself is run in a `before` hook.
 *
 * @throws Error where no objective is about the phase, unless that is allowed
 * @example
 * ```ts
 * describe("How does it answer", () => {
 *   before("load it", () => session.current().phase({ name: "calm", kind: "steady" }, async (phase) => { ... }));
 *   judgesPhase("calm");
 * });
 * ```
 */
export function judgesPhase(
  phase: string,
  { required = true, receipts: withReceipts = true }: JudgesPhaseOptions = {},
): void {
  const session = currentSession();
  const objectives = session.objectives
    .filter(({ scope }) => scope.phase !== undefined && isAboutPhase(scope.phase, phase))
    // One that is about several phases is asked of each by itself.
    .map((objective) => ({ ...objective, scope: { ...objective.scope, phase } }));
  if (required && objectives.length === 0) throw new Error(`no objective is about phase ${phase}`);

  for (const objective of objectives)
    it(objective.name, async function () {
      const run = session.recorded(phase);
      const { profile = "", faults = [] } = phaseOf(phase) ?? {};
      await parameter("phase", phase);
      await parameter("network profile", profile);
      await parameter("faults", faults.join(", ") || "none");
      await parameter(
        "device class",
        "deviceClass" in objective.scope ? (objective.scope.deviceClass ?? "all") : "all",
      );
      const judgements = judge(run, [objective]);
      await attachJudgements(judgements);
      await attachPlots(run, phase);
      // A test of edgeproof itself asks whether the rig works; what a noisy host keeps open is skipped and counted.
      if (session.skipInconclusive && overallVerdict(judgements) === "inconclusive") this.skip();
      expect(run).to.meet(objective);
      // Passed, and not met: a failure that is known.
      if (judgements.some((one) => one.verdict !== "met" && !failsRun(one))) this.skip();
    });

  if (!withReceipts) return;
  it("every fault of the phase held for its whole window, by its receipt", async function () {
    const faults = phaseOf(phase)?.faults;
    expect(faults, `phase ${phase} was not recorded`).to.be.an("array");
    if (faults?.length === 0) this.skip();
    const receipts = session
      .recorded(phase)
      .events.flatMap((event) =>
        event.type === "receipt" && event.receipt.phase === phase ? [event.receipt] : [],
      );
    await attachment("receipts", JSON.stringify(receipts, undefined, 2), "application/json");
    expect(receipts.map(({ fault }) => fault)).to.have.members(faults ?? []);
    for (const { fault, held, reasons } of receipts)
      expect(held, `${fault}: ${reasons.join("; ")}`).to.equal(true);
  });
}

function phaseOf(name: string) {
  const { events } = currentSession().recorded(name);
  return events.flatMap((event) =>
    event.type === "phase" && event.phase.name === name ? [event.phase] : [],
  )[0];
}
